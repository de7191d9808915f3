"""What stars of the entry's statements stand for, read apart from the generator's own reading.

The oracle holds the columns that a suite sent against it: every one, in order, by its name, and of several
tables with the table's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .sql_nodes import column_names, leftmost
from .sql_parsing import ParseFault, parse
from .sql_schema import Catalogue
from .sql_statement import DIALECTS, read

MARK = "§s"
_ITEM = re.compile(
    r'(?:(?:\w+\s*\.\s*)?(?P<table>"[^"]*"|`[^`]*`|\w+)\s*\.\s*)?(?P<name>"(?:""|[^"])*"|`[^`]*`|\w+)\Z'
)


@dataclass(frozen=True, slots=True)
class Star:
    """One star: the columns that it stands for, each with its table, and those that are one of two."""

    columns: tuple[tuple[str, str], ...]
    merged: frozenset[str]
    qualified: bool  # written t.*

    def is_said_by(self, text: str) -> bool:
        """Does *text* name exactly these columns?"""
        items = [_ITEM.match(one.strip()) for one in text.split(",")]
        pairs = [(_plain(one["table"] or ""), _plain(one["name"])) for one in items if one]
        if len(pairs) != len(items) or [name for _, name in pairs] != [name for _, name in self.columns]:
            return False
        names = [name for _, name in self.columns]
        return all(
            table == owner
            or (not table and not self.qualified and (name in self.merged or names.count(name) == 1))
            for (table, name), (owner, _) in zip(pairs, self.columns, strict=True)
        )


def _plain(name: str) -> str:
    bare = name[1:-1].replace(name[0] * 2, name[0]) if name[:1] in ('"', "`") else name
    return bare.lower()


def marked(sql: str, engine: str, known: Catalogue) -> tuple[str, list[Star]]:
    """The statement with a mark for each star whose columns the schema tells, and these stars in order."""
    text = read(sql, engine)
    try:
        tree = parse(text.analysed, DIALECTS[engine])
    except ParseFault:
        return sql, []
    found = sorted(_spans(tree, text.analysed, known, engine), key=lambda one: one[0])
    pieces, last = [], 0
    for begin, end, _ in found:
        pieces += [sql[last : text.origin(begin)], MARK]
        last = text.origin(end)
    return "".join([*pieces, sql[last:]]), [star for _, _, star in found]


def _spans(tree: Any, text: str, known: Catalogue, engine: str) -> Iterator[tuple[int, int, Star]]:
    from sqlglot import exp

    for star in tree.find_all(exp.Star):
        at = star.meta.get("start", -1)
        part = star.parent if isinstance(star.parent, exp.Column) else star
        around = part.parent
        listed = isinstance(around, (exp.Select, exp.Returning)) and not isinstance(around.parent, exp.Exists)
        told = _Reader(known, engine).star(part) if listed and text[at : at + 1] == "*" else None
        if told is not None:
            table = (
                re.search(r'(?:(?:"[^"]*"|`[^`]*`|\w+)\s*\.\s*)+\Z', text[:at]) if told.qualified else None
            )
            less = re.match(r"(?i)\s*(?:exclude|except)\s*(?:\([^()]*\)|\w+)", text[at + 1 :])
            length = less.end() if less and star.args.get("except_") else 0
            yield table.start() if table else at, at + 1 + length, told


class _Reader:
    """Reads what tables and subqueries have."""

    def __init__(self, known: Catalogue, engine: str) -> None:
        self.known, self.engine = known, engine

    def star(self, part: Any) -> Star | None:
        """The columns of a star, or None: nobody can name each of them."""
        star = part.this if part.key == "column" else part
        if star.args.get("replace") or star.args.get("rename"):
            return None
        query = part.parent.parent if part.parent.key == "returning" else part.parent
        sources, merged = self._sources(query, part.parent.key == "returning"), set[str]()
        if part.key == "column":
            sources = [one for one in sources if _alias(one) == part.table.lower()]
        else:
            merged = {
                name.name.lower() for join in query.find_all(_join()) for name in join.args.get("using") or ()
            }
        less = {column.name.lower() for column in star.args.get("except_") or ()}
        found: list[tuple[str, str]] = []
        for source in sources:
            names = self._columns(source)
            if names is None:
                return None
            seen = {name for _, name in found}
            found += [(_alias(source), n) for n in names if n not in less and not (n in merged and n in seen)]
        return Star(tuple(found), frozenset(merged), part.key == "column") if found else None

    def _sources(self, query: Any, returning: bool) -> list[Any]:
        first = query.args.get("from_")
        found = [first.this] if first is not None else []
        if returning:
            target = query.this.this if query.this.key == "schema" else query.this
            others = [] if self.engine in ("sqlite", "duckdb") else found
            found = [target, *others, *(query.args.get("using") or ())]
        joins = [*(j for one in found for j in one.args.get("joins") or ()), *(query.args.get("joins") or ())]
        return [*found, *(join.this for join in joins)]

    def _columns(self, source: Any) -> list[str] | None:
        names = [name.lower() for name in column_names(source)]
        if source.key == "table" and source.this is not None and source.this.key == "identifier":
            inner = self._defined(source)
            if inner is None:
                table = self.known.table(source.name)
                certain = table is not None and all(column.sure for column in table.columns.values())
                own: Sequence[str] | None = list(table.columns) if table is not None and certain else None
            else:
                own = self._outputs(inner[0])
                names = names or inner[1]
        elif source.key in ("subquery", "lateral"):
            own = self._outputs(source.this.this if source.key == "lateral" else source.this)
        else:
            return names or None
        return None if own is None else [*names, *own[len(names) :]]

    def _defined(self, table: Any) -> tuple[Any, list[str]] | None:
        """What WITH calls so, and its columns' names there."""
        node = table
        while node is not None:
            told = node.args.get("with_")
            for one in told.expressions if told is not None else ():
                if one.alias.lower() == table.name.lower():
                    return one.this, [name.lower() for name in column_names(one)]
            node = node.parent
        return None

    def _outputs(self, query: Any) -> list[str] | None:
        from sqlglot import exp

        query = leftmost(query.this if query.key == "subquery" else query)
        returning = query.args.get("returning")
        found: list[str] = []
        for part in returning.expressions if returning is not None else query.expressions:
            star = self.star(part) if part.is_star and part.key in ("star", "column") else None
            if star is not None:
                found += [name for _, name in star.columns]
            elif not part.is_star and isinstance(part, (exp.Alias, exp.Column)):
                found.append(part.alias_or_name.lower())
            else:
                return None
        return found


def _join() -> Any:
    from sqlglot import exp

    return exp.Join


def _alias(source: Any) -> str:
    return str(source.alias_or_name).lower()
