"""`*` and `t.*`: the columns that they stand for, and the words that name these.

A statement is sent with the columns, not with the star: a column that a migration adds later is then none of
its rows, which are read by their places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .sql_nodes import offset_of
from .sql_scope import Out, Scope, Source, mend
from .sql_words import written

if TYPE_CHECKING:
    from .sql_rows import Rows

_LESS = re.compile(r"(?is)\s*\b(?:exclude|except)\s*(?:\([^()]*\)|\w+)")  # DuckDB's


@dataclass(frozen=True, slots=True)
class Star:
    """A star whose columns are known: where it begins with its table's name, if it has one."""

    begin: int
    names: tuple[str, ...]
    less: bool = False


def columns(rows: Rows, part: Any, scope: Scope) -> list[Out]:
    """The columns of a star of a select list or RETURNING; its words are noted in ``rows.my``."""
    star = part.this if part.key == "column" else part
    less = {column.name.lower() for column in star.args.get("except_") or ()}
    found: list[tuple[Source, Out]] = []
    seen: set[str] = set()
    for source in _sources(rows, part, scope):
        for out in source.all():
            key = out.name.lower()
            if key not in less and not (key in scope.merged and key in seen):
                found.append((source, out))
                seen.add(key)
    if not (star.args.get("replace") or star.args.get("rename") or _asked_whether(part)):
        _note(rows, part, scope, found)
    return [out for _, out in found]


def _sources(rows: Rows, part: Any, scope: Scope) -> list[Source]:
    table = part.table if part.key == "column" else ""
    source = scope.source(table) if table else None
    if table and source is None:
        hint = mend(table, scope.aliases_here(), "Name it in FROM.")
        rows.my.fault(f"there is no table or alias {table!r} here. {hint}", part)
    sources = [source] if source else [] if table else scope.sources
    if not sources and not table:
        rows.my.fault("* needs a table. Write FROM.", part)
    if rows.open_tables and any(one.open for one in sources):
        rows.my.fault("* of a table that no schema defines has unknown columns. Name them.", part)
    return sources


def _note(rows: Rows, part: Any, scope: Scope, found: Sequence[tuple[Source, Out]]) -> None:
    """Remember what stands for the star, where each of its columns can be named."""
    names = [_name(rows, part, scope, source, out) for source, out in found]
    star = part.this if part.key == "column" else part
    start = star.meta.get("start", -1)
    if start < 0 or not names or not all(names):
        return
    parts = [one for key in ("table", "db", "catalog") if (one := part.args.get(key)) is not None]
    begin = min([start, *map(offset_of, parts)]) if part.key == "column" else start
    rows.my.stars[start] = Star(begin, tuple(names), bool(star.args.get("except_")))


def _name(rows: Rows, part: Any, scope: Scope, source: Source, out: Out) -> str:
    """A column as SQL, of several tables with its own; "" where nobody knows what it is called."""
    if source.open or not out.sure or not out.name:
        return ""
    name = written(out.name, rows.my.dialect, cased=out.cased)
    key = out.name.lower()
    if part.key == "column" or len(scope.sources) == 1 or key in scope.merged:
        return name
    if not source.written:
        return name if len(scope.candidates(key)) == 1 else ""
    return f"{source.written}.{name}"


def _asked_whether(part: Any) -> bool:
    """EXISTS (SELECT *) asks for no column."""
    around = part.parent.parent if part.parent is not None else None
    return around is not None and around.key == "exists"


def expansions(stars: Mapping[int, Star], text: str) -> list[tuple[int, int, str]]:
    """Spans of the analysed *text*, and the columns that stand there instead."""
    found = []
    for start, star in sorted(stars.items()):
        if text[start : start + 1] != "*":  # DuckDB's FROM t, without a select list
            continue
        rest = _LESS.match(text, start + 1) if star.less else None
        end = rest.end() if rest else start + 1
        table = text[star.begin : start]
        found.append((star.begin, end, ", ".join(f"{table}{name}" for name in star.names)))
    return found


def words(name: Any, dialect: str) -> str:
    """A name of a table as the statement has it."""
    return str(name.sql(dialect=dialect)) if name is not None else ""
