"""One statement's text: its parameters in whatever style, and the statement as a driver takes it.

The user's words and layout stay; only parameters change, lists among them:

    :id  @id  %(id)s  $1  ?  sqlc.arg(id)      the parameter, as the driver of the engine writes it
    IN (:ids), sqlc.slice(ids)                 a whole list, bound as one value
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.specs.sql import Token, tokens

from .sql_types import Type

DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite", "duckdb": "duckdb"}
MARK = "v_"  # before names in the analysed form, so that none is a word of SQL
_IN = re.compile(r"(?is)(?P<not>\bnot\s+)?\bin\s*\(\s*\Z")
_CLOSE = re.compile(r"\s*\)")


@dataclass(frozen=True, slots=True)
class Use:
    """One place of a parameter; a list's place reaches from IN (or NOT IN) to the bracket."""

    name: str
    start: int
    end: int
    list: bool = False
    negated: bool = False
    begin: int = 0  # where a list's IN begins
    close: int = 0  # and where its bracket ends


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as written, its parameters, and the form that is analysed: ``:v_name`` everywhere."""

    written: str
    uses: tuple[Use, ...]
    analysed: str
    shifts: tuple[tuple[int, int], ...]
    nullable: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    stars: tuple[tuple[int, int, str], ...] = ()  # spans of stars as written, and their columns

    @property
    def names(self) -> list[str]:
        """The parameters, each once, in order."""
        return list(dict.fromkeys(use.name for use in self.uses))

    def origin(self, offset: int) -> int:
        """Where a place of the analysed form stands in what was written."""
        shift = 0
        for start, moved in self.shifts:
            if start > offset:
                break
            shift = moved
        return offset + shift


def read(written: str, engine: str) -> Text:
    """Find the parameters of a statement."""
    dialect = DIALECTS[engine]
    found = list(tokens(written, dialect))
    uses: list[Use] = []
    marks: dict[str, set[str]] = {"narg": set(), "slice": set()}
    for token in found:
        if token.kind == "parameter":
            uses.append(_use(written, token, len(uses)))
            if token.mark in marks:
                marks[token.mark].add(uses[-1].name)
    lists = frozenset(marks["slice"] | {use.name for use in uses if use.list})
    uses = [
        Use(u.name, u.start, u.end, u.name in lists, u.negated, u.begin or u.start, u.close or u.end)
        for u in uses
    ]
    analysed, shifts = _analysed(written, uses, found)
    return Text(written, tuple(uses), analysed, shifts, frozenset(marks["narg"]), lists)


def _use(text: str, token: Token, number: int) -> Use:
    name = token.name or str(number + 1)
    name = f"p{name}" if name.isdigit() else name
    before, after = _IN.search(text, 0, token.start), _CLOSE.match(text, token.end)
    if before is None or after is None:
        return Use(name, token.start, token.end)
    return Use(name, token.start, token.end, True, bool(before["not"]), before.start(), after.end())


def _analysed(
    text: str, uses: Sequence[Use], found: Sequence[Token]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    changes = [(use.start, use.end, f":{MARK}{use.name}") for use in uses]
    changes += [(token.start, token.end, f"{token.name}.*") for token in found if token.kind == "embed"]
    pieces, shifts, last, length = [], [], 0, 0
    for start, end, new in sorted(changes):
        pieces += [text[last:start], new]
        length += start - last + len(new)
        shifts.append((length, end - length))
        last = end
    return "".join([*pieces, text[last:]]), tuple(shifts)


_STYLES: Mapping[str, str] = {"postgresql": "%({})s", "mysql": "%({})s", "sqlite": ":{}", "duckdb": "${}"}
_CAST = frozenset({"enum", "uuid"})  # of lists, which PostgreSQL's driver sends as text[]
_JSON_COLUMN = {"integer": "BIGINT", "decimal": "DECIMAL(65, 10)", "float": "DOUBLE", "date": "DATE"}


def statement(text: Text, engine: str, types: Mapping[str, Type], names: Mapping[str, str]) -> str:
    """The statement as the engine's driver takes it; *names* are what parameters are called there."""
    percent = engine in ("postgresql", "mysql")
    return _written(text, engine, types, lambda name: _STYLES[engine].format(names[name]), percent=percent)


def prepared(text: Text, types: Mapping[str, Type]) -> str:
    """The statement as PostgreSQL's PREPARE takes it: parameters are $1, $2 … in order of their names."""
    numbers = {name: f"${index + 1}" for index, name in enumerate(text.names)}
    return _written(text, "postgresql", types, lambda name: numbers[name], percent=False)


def _written(
    text: Text, engine: str, types: Mapping[str, Type], place: Callable[[str], str], *, percent: bool
) -> str:
    changes = []
    known = {(start, end) for start, end, _ in text.stars}
    for use in text.uses:
        if use.list:
            start = use.begin if engine == "postgresql" else use.start
            end = use.close if engine == "postgresql" else use.end
            changes.append((start, end, _list(use, engine, types.get(use.name), place(use.name))))
        else:
            changes.append((use.start, use.end, place(use.name)))
    changes += [(start, end, _doubled(columns, percent)) for start, end, columns in text.stars]
    for token in tokens(text.written, DIALECTS[engine]):
        if token.kind == "embed" and (token.start, token.end) not in known:
            changes.append((token.start, token.end, f"{token.name}.*"))
    pieces, last = [], 0
    for start, end, new in sorted(changes):
        pieces += [_doubled(text.written[last:start], percent), new]
        last = end
    return "".join([*pieces, _doubled(text.written[last:], percent)])


def _doubled(text: str, percent: bool) -> str:
    return text.replace("%", "%%") if percent else text


def _list(use: Use, engine: str, told: Type | None, place: str) -> str:
    item = told.item if told else None
    if engine == "postgresql":
        cast = f"::{item.name}[]" if item and item.kind in _CAST and item.name else ""
        return f"<> ALL({place}{cast})" if use.negated else f"= ANY({place}{cast})"
    if engine == "duckdb":
        return f"SELECT unnest({place})"
    if engine == "sqlite":
        return " ".join(["SELECT value FROM", f"json_each({place})"])
    column = _JSON_COLUMN.get(item.kind if item else "", "VARCHAR(4000)")
    table = f"JSON_TABLE({place}, '$[*]' COLUMNS (item {column} PATH '$'))"
    return " ".join(["SELECT listed.item FROM", table, "AS listed"])


def starless(text: Text, spans: Sequence[tuple[int, int, str]]) -> Text:
    """The same with columns for stars; *spans* are of the analysed form."""
    from dataclasses import replace

    return replace(text, stars=tuple((text.origin(a), text.origin(b), columns) for a, b, columns in spans))


def renamed(text: Text, names: Mapping[str, str]) -> Text:
    """The same with parameters called otherwise: of ``?`` and ``$1`` the columns that they meet."""
    from dataclasses import replace

    if all(names.get(name, name) == name for name in text.names):
        return text
    uses = tuple(replace(use, name=names.get(use.name, use.name)) for use in text.uses)
    return replace(
        text,
        uses=uses,
        nullable=frozenset(names.get(name, name) for name in text.nullable),
        lists=frozenset(names.get(name, name) for name in text.lists),
    )
