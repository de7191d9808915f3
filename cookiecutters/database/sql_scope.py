"""What names mean inside a statement: tables and their aliases, columns, and the outer queries around it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .sql_schema import Catalogue, Fault
from .sql_types import UNKNOWN, Type


@dataclass(frozen=True, slots=True)
class Out:
    """One column of a result: *origin* is the table and column that it is, untouched. *cased*: its capital
    letters are its own; *sure*: the engine calls it so too."""

    name: str
    type: Type
    origin: tuple[str, str] | None = None
    cased: bool = False
    sure: bool = True


@dataclass(slots=True)
class Source:
    """One table, subquery or function in FROM; *open*: it may have any column. *written*: its name as SQL."""

    alias: str
    columns: dict[str, Out]
    open: bool = False
    optional: bool = False  # an outer join may leave it out
    written: str = ""

    def column(self, key: str) -> Out | None:
        """A column by its lower-case name."""
        found = self.columns.get(key) or (Out(key, UNKNOWN) if self.open else None)
        return replace(found, type=found.type.null()) if found and self.optional else found

    def all(self) -> list[Out]:
        """Every column, in order."""
        return [found for key in self.columns if (found := self.column(key))]


@dataclass(slots=True)
class Scope:
    """The sources of one SELECT, and the scope around it."""

    catalogue: Catalogue
    outer: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    tables: dict[str, list[Out]] = field(default_factory=dict)  # what WITH defines
    merged: set[str] = field(default_factory=set)  # columns that USING makes one
    aliases: dict[str, Type] = field(default_factory=dict)  # of the select list
    grouped: bool = False

    def defined(self, name: str) -> list[Out] | None:
        """The columns of what WITH calls *name*, here or further out."""
        here = self.tables.get(name.lower())
        return here if here is not None or self.outer is None else self.outer.defined(name)

    def add(self, source: Source) -> None:
        self.sources.append(source)

    def source(self, name: str) -> Source | None:
        """The source of a name or alias, here or further out."""
        found = next((s for s in self.sources if s.alias.lower() == name.lower()), None)
        return found if found is not None or self.outer is None else self.outer.source(name)

    def candidates(self, key: str) -> list[tuple[Source, Out]]:
        """Every source here that has the column."""
        found = [(s, out) for s in self.sources if (out := s.column(key))]
        certain = [pair for pair in found if key in pair[0].columns]
        return certain or found

    def names(self) -> list[str]:
        """Every column that may be written here."""
        own = [out.name for source in self.sources for out in source.columns.values()]
        return own + (self.outer.names() if self.outer else [])

    def aliases_here(self) -> list[str]:
        """Every source that may be named here."""
        return [s.alias for s in self.sources] + (self.outer.aliases_here() if self.outer else [])


def resolve(scope: Scope, table: str, name: str, offset: int) -> Out | Fault:
    """What a column's name means."""
    key = name.lower()
    if table:
        return _qualified(scope, table, name, offset)
    found = scope.candidates(key)
    if len(found) > 1 and key not in scope.merged:
        both = " or ".join(f"{source.alias}.{out.name}" for source, out in found[:2])
        return Fault(f"{name!r} is in several tables. Write {both}.", offset)
    if found:
        return found[0][1]
    if key in scope.aliases:
        return Out(name, scope.aliases[key])
    if scope.outer is not None:
        return resolve(scope.outer, table, name, offset)
    return Fault("", offset)


def _qualified(scope: Scope, table: str, name: str, offset: int) -> Out | Fault:
    source = scope.source(table)
    if source is None:
        hint = mend(table, scope.aliases_here(), "Name it in FROM.")
        return Fault(f"there is no table or alias {table!r} here. {hint}", offset)
    found = source.column(name.lower())
    if found is None:
        names = [out.name for out in source.columns.values()]
        return Fault(f"{source.alias} has no column {name!r}. {mend(name, names, _listed(names))}", offset)
    return found


def unknown(scope: Scope, name: str, offset: int) -> Fault:
    """The fault of a column that is nowhere."""
    names = scope.names()
    tables = ", ".join(dict.fromkeys(source.alias for source in scope.sources)) or "FROM"
    return Fault(f"there is no column {name!r} in {tables}. {mend(name, names, _listed(names))}", offset)


def mend(word: str, known: Iterable[str], otherwise: str) -> str:
    """The nearest known name as a question, or what else to do."""
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    return f"Did you mean {names[near[0]]!r}?" if near else otherwise


def _listed(names: list[str]) -> str:
    shown = ", ".join(dict.fromkeys(names[:12]))
    return f"It has {shown}." if shown else "Correct the name."


def table_source(catalogue: Catalogue, name: str, alias: str) -> Source | None:
    """A table of the catalogue, under an alias."""
    table = catalogue.table(name)
    if table is None:
        return None
    columns = {
        k: Out(c.name, c.type, (table.name.lower(), k), c.cased, c.sure) for k, c in table.columns.items()
    }
    return Source(alias or table.name, columns)


def by_name(columns: Iterable[Out]) -> dict[str, Out]:
    """Columns by their lower-case names; of two alike the first."""
    found: dict[str, Out] = {}
    for out in columns:
        found.setdefault(out.name.lower(), out)
    return found
