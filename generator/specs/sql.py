"""SQL text: where statements, comments, strings and parameters are, without understanding the statements.

Read with the eyes of one dialect (``postgres``, ``mysql``, ``sqlite``, ``duckdb``). Files are plain
statements, migrations (goose, dbmate, sqlx, flyway: what goes up counts) or queries annotated as for sqlc
(``-- name: get_order :one``) or aiosql (``-- name: get_order^``). Nothing here raises on hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

DIALECTS = ("postgres", "mysql", "sqlite", "duckdb")
# What sqlc calls the ways to run a query, and ours.
RETURNS = {
    **dict.fromkeys(("one", "batchone"), "one"),
    **dict.fromkeys(("many", "batchmany"), "many"),
    **dict.fromkeys(("exec", "execrows", "execresult", "execlastid"), "exec"),
    **dict.fromkeys(("batch", "copyfrom", "batchexec"), "batch"),
    "stream": "stream",
}
_SUFFIXES = {"^": "one", "$": "one", "<!": "one", "*!": "batch", "!": "exec", "": ""}
_NAME = re.compile(
    r"(?:--|#|/\*)\s*name\s*:\s*(?P<name>[^\s:*^$!<]*)(?P<suffix>\^|\$|<!|\*!|!|)\s*(?::\s*(?P<kind>\w*))?"
)
_DOWN = re.compile(
    r"(?im)^[ \t]*--[ \t]*(?:\+goose[ \t]+down|migrate:down|\+migrate[ \t]+down|rollback\b).*$"
)
_UP = re.compile(r"(?im)^[ \t]*--[ \t]*(?:\+goose[ \t]+up|migrate:up|\+migrate[ \t]+up).*$")
_BLOCK = re.compile(
    r"(?i)\s*create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:definer\s*=\s*\S+\s+)?"
    r"(?:trigger|procedure|function|event)\b"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text that matters: ``comment``, ``string``, ``quoted``, ``word``, ``end`` (a semicolon),
    ``parameter`` or ``embed``; *name* of a parameter as written, a number for ``$1`` and "" for ``?``."""

    kind: str
    start: int
    end: int
    name: str = ""
    mark: str = ""  # narg or slice, where sqlc says so of a parameter


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its semicolon, and where it begins in the text."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotated query: *kind* as written ("" where not said), comments above it as *summary*."""

    name: str
    kind: str
    summary: str
    statements: tuple[Statement, ...]
    offset: int


@cache
def _tokens_of(dialect: str) -> re.Pattern[str]:
    text = {"mysql": r"""'(?:\\.|''|[^'\\])*(?:'|\Z)|"(?:\\.|""|[^"\\])*(?:"|\Z)"""}.get(
        dialect, r"""[eE]'(?:\\.|''|[^'\\])*(?:'|\Z)|'(?:''|[^'])*(?:'|\Z)"""
    )
    dollar = (
        r"|\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)" if dialect in ("postgres", "duckdb") else ""
    )
    quoted = {
        "mysql": r"`[^`]*(?:`|\Z)",
        "sqlite": r'"(?:""|[^"])*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)',
    }.get(dialect, r'"(?:""|[^"])*(?:"|\Z)')
    comment = r"--[^\n]*|/\*.*?(?:\*/|\Z)" + (r"|\#[^\n]*" if dialect == "mysql" else "")
    named = r"|\$(?P<dollar>[A-Za-z_]\w*)" if dialect in ("sqlite", "duckdb") else ""
    mark = r"|(?P<mark>\?\d*)" if dialect != "postgres" else ""
    parameter = (
        r"sqlc\s*\.\s*(?P<how>arg|narg|slice)\s*\(\s*['\"]?(?P<given>[A-Za-z_]\w*)['\"]?\s*\)"
        r"|%\((?P<percent>\w+)\)s|(?<![:\w'\")\]]):(?P<colon>[A-Za-z_]\w*)"
        r"|(?<![<@&|\w])@(?P<at>[A-Za-z_]\w*)|(?<!\w)\$(?P<number>\d+)" + named + mark
    )
    return re.compile(
        rf"(?P<comment>{comment})|(?P<string>{text}{dollar})|(?P<quoted>{quoted})"
        rf"|(?P<embed>sqlc\s*\.\s*embed\s*\(\s*(?P<embedded>[A-Za-z_]\w*)\s*\))|(?P<parameter>{parameter})"
        r"|(?P<word>[A-Za-z_]\w*)|(?P<end>;)",
        re.DOTALL,
    )


def tokens(text: str, dialect: str) -> Iterator[Token]:
    """Yield what matters in *text*, in order."""
    for found in _tokens_of(dialect).finditer(text):
        for kind in ("word", "comment", "string", "quoted", "end", "embed", "parameter"):
            if found[kind] is not None:
                break
        name = mark = ""
        if kind == "parameter":
            keys = ("given", "percent", "colon", "at", "number", "dollar", "mark")
            said = found.groupdict()
            name = next((said[key] for key in keys if said.get(key)), "").lstrip("?")
            mark = said["how"] or ""
        elif kind in ("embed", "word"):
            name = found["embedded" if kind == "embed" else "word"]
        yield Token(kind, found.start(), found.end(), name, mark)


def statements(text: str, dialect: str) -> list[Statement]:
    """Split *text* at the semicolons that end statements; bodies of triggers and routines stay whole."""
    found: list[Statement] = []
    start, first, depth = 0, -1, 0
    for token in tokens(text, dialect):
        if token.kind != "comment" and first < 0:
            first = token.start
        if token.kind == "word" and first >= 0 and token.name.upper() in ("BEGIN", "CASE", "END"):
            depth += _depth(token.name.upper(), text, first)
        if token.kind == "end" and depth <= 0:
            found += _statement(text, start, token.start, dialect)
            start, first, depth = token.end, -1, 0
    return found + _statement(text, start, len(text), dialect)


def _depth(word: str, text: str, first: int) -> int:
    return (-1 if word == "END" else 1) if _BLOCK.match(text, first) else 0


def _statement(text: str, start: int, end: int, dialect: str) -> list[Statement]:
    """The statement in a span, without comments around it."""
    piece, skipped = text[start:end], 0
    for token in tokens(piece, dialect):
        if token.kind != "comment" or piece[skipped : token.start].strip():
            break
        skipped = token.end
    body = piece[skipped:]
    plain = body.strip()
    return [Statement(plain, start + skipped + body.index(plain))] if plain else []


def annotated(text: str, dialect: str) -> list[Annotated]:
    """Return the annotated queries of a file."""
    marks = [
        (t, f) for t in tokens(text, dialect) if t.kind == "comment" and (f := _NAME.match(text, t.start))
    ]
    found = []
    for index, (token, match) in enumerate(marks):
        end = marks[index + 1][0].start if index + 1 < len(marks) else len(text)
        span = text[token.end : end]
        inner = [Statement(one.text, one.offset + token.end) for one in statements(span, dialect)]
        kind = match["kind"] if match["kind"] is not None else _SUFFIXES[match["suffix"]]
        upto = inner[0].offset - token.end if inner else len(span)
        found.append(Annotated(match["name"], kind, _prose(span[:upto], dialect), tuple(inner), token.start))
    return found


def _prose(text: str, dialect: str) -> str:
    """What comments say, as one line."""
    lines = [text[token.start : token.end] for token in tokens(text, dialect) if token.kind == "comment"]
    return " ".join(" ".join(line.strip("-/*# \t\r\n").split()) for line in lines).strip()


def upward(text: str) -> str:
    """Blank out what a migration does to go back; offsets stay."""
    kept, going = [], 0
    for found in sorted([*_DOWN.finditer(text), *_UP.finditer(text)], key=lambda one: one.start()):
        down = _DOWN.match(found[0]) is not None
        if down and going >= 0:
            kept.append(text[going : found.start()])
            going = ~found.start()
        elif not down and going < 0:
            kept.append(_blank(text[~going : found.start()]))
            going = found.start()
    return "".join([*kept, text[going:] if going >= 0 else _blank(text[~going:])])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def goes_up(path: str) -> bool:
    """Is the file one that a migration runs to go forward?"""
    name = path.rpartition("/")[2]
    return not re.search(r"(?i)[._-]down\.sql\Z|\Au\d[\w.]*__", name)


def in_order(path: str) -> tuple[object, ...]:
    """The order of migrations: by folder, then by number (V2 before V10), then by name."""
    folder, _, name = path.rpartition("/")
    repeatable = name[:3].lower() == "r__"
    return (
        folder,
        repeatable,
        [
            (not part.isdigit(), int(part) if part.isdigit() else 0, part)
            for part in re.split(r"(\d+)", name.lower())
            if part
        ],
    )


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of an offset."""
    before = text[: max(0, offset)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
