"""
The manifest's bytes as text that a YAML parser can read to its end.

What is wrong with the bytes is located, then made harmless (a control character becomes U+FFFD, of a merge
conflict the first side stays), so that the same run also finds the mistakes behind it.
"""

from __future__ import annotations

import bisect
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from generator.errors import ManifestError, Problem

MAX_BYTES = 64 * 2**20
_MOST_TOLD = 1_000  # of one kind: more of it help nobody

# What YAML cannot hold: everything outside its printable characters.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$", re.MULTILINE)
_WORD = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s,\[\]{}#][^\n\r,\[\]{}#]*")


@dataclass(frozen=True)
class Source:
    """Readable text (no byte order mark) and the problems that its bytes had."""

    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def spot(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, offset: int) -> str:
        """The text of the line that a character stands in."""
        start, end = self.text.rfind("\n", 0, offset) + 1, self.text.find("\n", offset)
        return self.text[start : end if end >= 0 else len(self.text)]

    def offset(self, line: int, column: int) -> int:
        """The character at a line and column; positions behind the end give the end."""
        return self._starts[line - 1] + column - 1 if line <= len(self._starts) else len(self.text)

    def word(self, line: int, column: int) -> str:
        """The scalar that starts here, as written, without quotes; shortened when long."""
        found = _WORD.match(self.text, self.offset(line, column))
        word = found[0].rstrip().strip("\"'") if found else ""
        return word if len(word) <= 60 else word[:57] + "…"

    def problem(self, offset: int, message: str) -> Problem:
        return Problem(self.name, *self.spot(offset), message)


def read(path: Path, *, limit: int = MAX_BYTES) -> Source:
    """Read a file that a person wrote. Raises ManifestError when there is nothing to go on."""
    text, problems = _decode(path.name, _bytes(path, limit))
    text = text.removeprefix("\ufeff")
    source = Source(path.name, text)
    conflicts = list(islice(_conflicts(source), _MOST_TOLD))
    problems += [problem for problem, _ in conflicts]
    if len(conflicts) == _MOST_TOLD:
        raise ManifestError(problems)
    text = _blanked(text, [gap for _, gaps in conflicts for gap in gaps])
    problems += [source.problem(at, message) for at, message in islice(_unprintable(text), _MOST_TOLD)]
    return Source(path.name, _UNPRINTABLE.sub("\ufffd", text), problems)


def _bytes(path: Path, limit: int) -> bytes:
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise _refusal(path, "is not a file. Put the manifest there.")
        if facts.st_size > limit:
            size = f"is {facts.st_size / 2**20:.1f} MiB large, over the bound of {limit / 2**20:.1f} MiB"
            raise _refusal(path, f"{size}. Describe large services in a spec file.")
        return path.read_bytes()
    except FileNotFoundError:
        raise _refusal(path, "there is no manifest. Create it; its first line is 'version: 1'.") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _refusal(path, f"cannot be read: {reason}. Check the file and its permissions.") from None


def _decode(name: str, data: bytes) -> tuple[str, list[Problem]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ManifestError([Problem(name, 1, 1, "is UTF-16 text. Save it as UTF-8.")])
    try:
        return data.decode(), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        reason = f"byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8."
        text = data.decode(errors="replace")
        return text, [Problem(name, line, len(before.decode(errors="replace")) + 1, reason)]


def _conflicts(source: Source) -> Iterator[tuple[Problem, list[tuple[int, int]]]]:
    """Each merge conflict, and the stretches to blank so that its first side stays."""
    if not source.text.startswith("<<<<<<<") and "\n<<<<<<<" not in source.text:
        return
    start = turn = None
    for mark in _CONFLICT.finditer(source.text):
        if mark[0].startswith("<"):
            if start is not None:
                yield _conflict(source, start, None), [start.span()]
            start, turn = mark, None
        elif start is not None and mark[0].startswith(">"):
            yield _conflict(source, start, mark), [start.span(), ((turn or mark).start(), mark.end())]
            start = None
        elif start is not None:
            turn = turn or mark
    if start is not None:
        yield _conflict(source, start, None), [start.span()]


def _conflict(source: Source, start: re.Match[str], end: re.Match[str] | None) -> Problem:
    first = source.spot(start.start())[0]
    last = f"s {first} to {source.spot(end.start())[0]}" if end else f" {first}, and is not ended"
    message = f"a merge conflict stands unresolved in line{last}. Keep the right side, delete the markers."
    return source.problem(start.start(), message)


def _blanked(text: str, gaps: list[tuple[int, int]]) -> str:
    parts, end = [], 0
    for begin, stop in gaps:
        parts += [text[end:begin], re.sub(r"[^\r\n]", " ", text[begin:stop])]
        end = stop
    return "".join([*parts, text[end:]])


def _unprintable(text: str) -> Iterator[tuple[int, str]]:
    for found in _UNPRINTABLE.finditer(text):
        named = "a NUL character" if found[0] == "\0" else f"the control character U+{ord(found[0]):04X}"
        yield found.start(), f"{named} cannot stand in a manifest. Delete it."


def _refusal(path: Path, message: str) -> ManifestError:
    return ManifestError([Problem(path.name, 1, 1, message)])
