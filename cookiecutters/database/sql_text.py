"""Statements as Python literals that people can read."""

from __future__ import annotations

from generator.specs.sql import tokens
from generator.templating import py

from .sql_statement import DIALECTS

WIDTH = 92


def literal(statement: str, engine: str, indent: int = 4) -> str:
    """A statement as a Python literal: one line where it is short, else lines in triple quotes."""
    text = laid_out(statement, engine, indent)
    return block(text) if "\n" in text or len(text) > WIDTH else py(text)


def laid_out(statement: str, engine: str, indent: int = 4) -> str:
    """The statement with its lines indented evenly and long ones broken, where that changes no meaning."""
    dialect = DIALECTS[engine]
    marks = list(tokens(statement, dialect))
    if any("\n" in statement[t.start : t.end] for t in marks if t.kind in ("string", "quoted", "comment")):
        return statement
    lines = [line.rstrip() for line in statement.strip().split("\n")]
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line), default=0)
    lines = [lines[0], *(line[margin:] for line in lines[1:])]
    if any("--" in line or "#" in line for line in lines):
        return "\n".join([lines[0], *(" " * indent + line if line else "" for line in lines[1:])])
    broken = [piece for line in lines for piece in _broken(line, dialect)]
    return "\n".join([broken[0], *(" " * indent + line if line else "" for line in broken[1:])])


def _broken(line: str, dialect: str) -> list[str]:
    """A long line in pieces, broken at blanks outside of texts."""
    if len(line) <= WIDTH:
        return [line]
    fixed = [(t.start, t.end) for t in tokens(line, dialect) if t.kind in ("string", "quoted")]
    lead = " " * (len(line) - len(line.lstrip()))
    pieces, start = [], 0
    while len(line) - start > WIDTH:
        at = _blank(line, start + len(lead) + 1, start + WIDTH, fixed)
        at = at if at >= 0 else _next(line, start + WIDTH, fixed)
        if at < 0:
            break
        pieces.append(line[start:at])
        start = at + 1
    return (
        [pieces[0] if not i else lead + piece for i, piece in enumerate([*pieces, line[start:]])]
        if pieces
        else [line]
    )


def _blank(line: str, low: int, high: int, fixed: list[tuple[int, int]]) -> int:
    for word in (
        " FROM ",
        " WHERE ",
        " VALUES ",
        " SET ",
        " ORDER BY ",
        " GROUP BY ",
        " RETURNING ",
        " LEFT JOIN ",
        " JOIN ",
        " ON CONFLICT ",
        " AND ",
        " LIMIT ",
        " ",
    ):
        at = line.upper().rfind(word, low, high)
        if at > low and not any(start < at < end for start, end in fixed):
            return at
    return -1


def _next(line: str, low: int, fixed: list[tuple[int, int]]) -> int:
    """The first blank from *low* on, where what stands before cannot be broken."""
    blanks = (at for at in range(low, len(line)) if line[at] == " ")
    return next((at for at in blanks if not any(start < at < end for start, end in fixed)), -1)


def block(text: str) -> str:
    """A text of several lines in triple quotes; what cannot be seen is escaped."""
    inner = "".join(char if char == "\n" else _escaped(char) for char in text).replace('"""', '\\"\\"\\"')
    return f'"""{inner[:-1]}\\""""' if inner.endswith('"') else f'"""{inner}"""'


def _escaped(char: str) -> str:
    if char in "\\":
        return "\\\\"
    return char if char.isprintable() else repr(char)[1:-1]
