"""
Where everything in a manifest's text stands, from libyaml's tokens: what ``fmt`` needs to move whole lines.

Nothing is parsed into data and emitted again, since round-trip emitters lose comments inside flow mappings
and join wrapped text. Lines keep their content; only their indentation, the gap behind a dash and quotes
are changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import tokens as t

STEP = 2


@dataclass(slots=True)
class Layout:
    """Facts about lines, which count from 0."""

    lines: list[str]
    keys: list[tuple[int, str]] = field(default_factory=list)  # the top-level keys and their lines
    dashes: list[int] = field(default_factory=list)  # the first lines of the items of ``integrations``
    indents: dict[int, int] = field(default_factory=dict)  # where a key or dash that begins a line belongs
    shifts: dict[int, int] = field(default_factory=dict)  # how far lines that continue a value move
    protected: set[int] = field(default_factory=set)  # lines whose every character is content
    content: set[int] = field(default_factory=set)  # lines that hold more than a comment
    keeps_blanks: set[int] = field(default_factory=set)  # last lines of values that own the blanks below
    edits: dict[int, set[tuple[int, int, str]]] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    plain: bool = False  # one document, a block mapping: entries can be moved

    def indent(self, line: int) -> int:
        text = self.lines[line]
        return len(text) - len(text.lstrip(" "))


def survey(text: str) -> Layout:
    """Look through a text that is known to be readable."""
    return _Surveyor(text).survey()


@dataclass(frozen=True, slots=True)
class _Block:
    """An open block collection: where it stands, and where it should."""

    kind: str  # "mapping", "sequence", or "indentless" (a sequence whose dashes stand below the key)
    column: int
    wanted: int


class _Surveyor:
    def __init__(self, text: str) -> None:
        self._text = text
        self._layout = Layout(text.split("\n"))
        self._blocks: list[_Block] = []
        self._flows = 0  # how many flow collections are open, and the line where the outermost began
        self._flow_start = 0
        self._dash: tuple[int, int] | None = None  # a dash that nothing has followed yet
        self._key_at_top = False
        self._documents = self._end = 0

    def survey(self) -> Layout:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for token in yaml.scan(self._text, Loader=loader):
            start = token.start_mark
            if start.index > self._end:
                self._between(start.index)
            take = _TAKES.get(token.__class__)
            if take is not None:
                take(self, token, start.line, start.column)
            self._end = max(self._end, token.end_mark.index)
        self._between(len(self._text))
        self._layout.plain = bool(self._layout.keys) and not self._documents
        return self._layout

    def _between(self, index: int) -> None:
        """Between two tokens there are spaces and comments."""
        gap = self._text[self._end : index]
        if "#" in gap:
            self._layout.comments += [part.strip() for part in gap.split("\n") if "#" in part]

    def _document(self, token: Any, line: int, column: int) -> None:
        self._documents += 1
        self._layout.content.add(line)

    # -- block collections

    def _open(self, token: Any, line: int, column: int) -> None:
        kind = "mapping" if token.__class__ is t.BlockMappingStartToken else "sequence"
        self._blocks.append(_Block(kind, column, self._wanted()))
        self._close_gap(line, column)

    def _close(self, token: Any, line: int, column: int) -> None:
        self._end_indentless()
        self._blocks.pop()

    def _wanted(self) -> int:
        return self._blocks[-1].wanted + STEP if self._blocks else 0

    def _end_indentless(self) -> None:
        if self._blocks and self._blocks[-1].kind == "indentless":
            self._blocks.pop()

    def _entry(self, token: Any, line: int, column: int) -> None:
        if self._blocks[-1].kind == "mapping":
            self._blocks.append(_Block("indentless", column, self._wanted()))
        self._close_gap(line, column)
        self._begin(line, column)
        self._dash = (line, column)
        if len(self._blocks) == 2 and self._layout.keys and self._layout.keys[-1][1] == "integrations":
            self._layout.dashes.append(line)

    def _key(self, token: Any, line: int, column: int) -> None:
        if self._flows:
            return
        self._end_indentless()
        self._close_gap(line, column)
        self._begin(line, column)
        self._key_at_top = len(self._blocks) == 1

    def _begin(self, line: int, column: int) -> None:
        """A key or a dash that begins its line decides where the line goes."""
        self._layout.content.add(line)
        if not self._layout.lines[line][:column].strip():
            self._layout.indents[line] = self._blocks[-1].wanted

    def _close_gap(self, line: int, column: int) -> None:
        """One space between a dash and what follows."""
        if self._dash is not None and self._dash[0] == line and column > self._dash[1] + 2:
            self._edit(line, self._dash[1] + 1, column, " ")

    # -- values

    def _node(self, token: Any, line: int, column: int) -> None:
        self._close_gap(line, column)
        self._dash = None
        self._layout.content.add(line)

    def _flow(self, token: Any, line: int, column: int) -> None:
        self._node(token, line, column)
        self._flow_start = self._flow_start if self._flows else line
        self._flows += 1

    def _end_flow(self, token: Any, line: int, column: int) -> None:
        self._flows -= 1
        if not self._flows:
            self._continue(self._flow_start, line)

    def _scalar(self, token: Any, line: int, column: int) -> None:
        self._node(token, line, column)
        if self._key_at_top and not self._flows:
            self._layout.keys.append((line, token.value))
        self._key_at_top = False
        if token.style in ("|", ">"):
            self._block_scalar(token, line, column)
        elif token.end_mark.line > line:
            self._continue(line, token.end_mark.line)
        elif token.style == "'":
            self._requote(token, line, column)

    def _block_scalar(self, token: Any, line: int, column: int) -> None:
        head, _, comment = self._layout.lines[line][column:].partition(" #")
        self._layout.comments += [f"#{comment}".strip()] if comment else []
        last = token.end_mark.line - (1 if token.end_mark.column == 0 else 0)
        while "+" not in head and last > line and not self._layout.lines[last].strip():
            last -= 1
        if "+" in head:
            self._layout.keeps_blanks.add(last)
        self._continue(line, last)
        self._layout.protected.update(range(line + 1, last + 1))

    def _continue(self, first: int, last: int) -> None:
        """The lines behind the first one of a value move as its collection does."""
        if last == first:
            return
        shift = self._blocks[-1].wanted - self._blocks[-1].column if self._blocks else 0
        for line in range(first + 1, last + 1):
            self._layout.shifts[line] = shift
            self._layout.content.add(line)

    def _requote(self, token: Any, line: int, column: int) -> None:
        """Double quotes, where they need no escapes."""
        if token.value.isprintable() and '"' not in token.value and "\\" not in token.value:
            self._edit(line, column, token.end_mark.column, f'"{token.value}"')

    def _edit(self, line: int, start: int, end: int, text: str) -> None:
        self._layout.edits.setdefault(line, set()).add((start, end, text))


_Take = Callable[[_Surveyor, Any, int, int], None]
_TAKES: Mapping[type, _Take] = {
    t.DirectiveToken: _Surveyor._document,
    t.DocumentStartToken: _Surveyor._document,
    t.DocumentEndToken: _Surveyor._document,
    t.BlockMappingStartToken: _Surveyor._open,
    t.BlockSequenceStartToken: _Surveyor._open,
    t.BlockEndToken: _Surveyor._close,
    t.BlockEntryToken: _Surveyor._entry,
    t.KeyToken: _Surveyor._key,
    t.FlowMappingStartToken: _Surveyor._flow,
    t.FlowSequenceStartToken: _Surveyor._flow,
    t.FlowMappingEndToken: _Surveyor._end_flow,
    t.FlowSequenceEndToken: _Surveyor._end_flow,
    t.ScalarToken: _Surveyor._scalar,
    t.AliasToken: _Surveyor._node,
    t.AnchorToken: _Surveyor._node,
    t.TagToken: _Surveyor._node,
}
