"""The catalogue of a schema, as values: tables, columns, keys, types; and what cannot be understood of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .sql_types import Type


@dataclass(frozen=True, slots=True)
class Column:
    """One column; *default*: an INSERT may leave it out. *computed*: it must."""

    name: str
    type: Type
    default: bool = False
    computed: bool = False
    comment: str = ""
    checks: tuple[str, ...] = ()  # texts that a CHECK (column IN (…)) allows
    cased: bool = False  # capital letters of the name are its own: it was quoted
    sure: bool = True  # the engine calls it so: of a view's column without a name each has its own idea


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign key."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(slots=True)
class Table:
    """One table or view; names as written, ``columns`` in order by their lower-case names."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    view: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be understood: where in the text (-1: nowhere in particular) and the mend."""

    message: str
    offset: int = -1


@dataclass(slots=True)
class Catalogue:
    """Everything that a schema defines, by lower-case name."""

    tables: dict[str, Table] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)

    def table(self, name: str) -> Table | None:
        """The table of a name with or without its schema."""
        low = name.lower()
        return self.tables.get(low) or self.tables.get(low.rpartition(".")[2])
