"""
Where everything in a manifest's text stands, from libyaml's tokens: what ``fmt`` needs to move whole lines,
and which lines are out of form, so that only they are given to the slower library that mends them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import tokens as t

STEP = 2
_NESTED = 2 * STEP  # a list inside a list


@dataclass(slots=True)
class Item:
    """An item of ``integrations``: its dash, and its own keys if it is a mapping."""

    line: int
    keys: list[tuple[int, str]] = field(default_factory=list)
    column: int = 0  # where the keys stand
    fixed: bool = False  # an anchor, an alias or a text that owns the blanks below keeps its keys in order


@dataclass(slots=True)
class Layout:
    """Facts about lines, which count from 0."""

    lines: list[str]
    keys: list[tuple[int, str]] = field(default_factory=list)  # the top-level keys and their lines
    items: list[Item] = field(default_factory=list)
    content: set[int] = field(default_factory=set)  # lines that hold more than a comment
    keeps_blanks: set[int] = field(default_factory=set)  # last lines of values that own the blanks below
    columns: dict[int, int] = field(default_factory=dict)  # where a comment on a line of its own belongs
    behind: dict[int, str] = field(default_factory=dict)  # the comment behind something on its line
    untidy: set[int] = field(default_factory=set)  # lines that are perhaps out of form
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
        self._key_at: tuple[int, int] | None = None  # the depth and the column of a key without its scalar
        self._before: type | None = None  # the last token on this line, if one with a width
        self._line = -1
        self._documents = self._end = self._end_line = 0

    def survey(self) -> Layout:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for token in yaml.scan(self._text, Loader=loader):
            start, end = token.start_mark, token.end_mark
            if start.index > self._end and start.line != self._end_line:
                self._between(start.index, start.column, token.__class__)
                self._end, self._end_line = start.index, start.line
            take = _TAKES.get(token.__class__)
            if take is not None:
                take(self, token, start.line, start.column)
            if end.index > start.index:
                self._space(token.__class__, start)
                self._before, self._end, self._end_line = token.__class__, end.index, end.line
        self._between(len(self._text), 0, t.StreamEndToken)
        self._layout.untidy.update(n for n, line in enumerate(self._layout.lines) if line[-1:].isspace())
        self._layout.plain = bool(self._layout.keys) and not self._documents
        return self._layout

    def _space(self, kind: type, start: Any) -> None:
        """Is there the one space, or none, between two tokens on a line?"""
        if start.line == self._line:
            wanted = 0 if kind in _CLOSE or self._before in _OPEN else 1
            if kind is t.BlockEntryToken:
                wanted = _NESTED - 1
            if start.index - self._end != wanted:
                self._layout.untidy.add(start.line)
        self._line = start.line

    def _between(self, index: int, column: int, kind: type) -> None:
        """Between two tokens on different lines there may be comments."""
        gap = self._text[self._end : index]
        if "#" not in gap:
            return
        for number, part in enumerate(gap.split("\n"), self._end_line):
            comment = part.strip()
            if comment:
                self._layout.comments.append(comment)
                self._comment(number, comment, column, kind)

    def _comment(self, number: int, comment: str, column: int, kind: type) -> None:
        """A comment on a line of its own stays with, or a step inside, the collection it stands in."""
        if self._layout.lines[number].strip() != comment:
            self._layout.behind[number] = comment
        elif not self._flows:
            here, columns = self._layout.indent(number), self._around(column, kind)
            outer = max((c for c in columns if c <= here), default=min(columns))
            self._layout.columns[number] = wanted = columns[outer] + (STEP if here > outer else 0)
            if wanted != here:
                self._layout.untidy.add(number)

    def _around(self, column: int, kind: type) -> dict[int, int]:
        """Where collections around a comment stand, and should; the next token is at ``column``."""
        columns = {block.column: block.wanted for block in self._blocks} or {0: 0}
        top = self._blocks[-1] if self._blocks else _Block("mapping", 0, -STEP)
        if column > top.column or (column == top.column and kind is t.BlockEntryToken):
            kin = kind is t.BlockEntryToken and top.kind != "mapping"
            columns[column] = top.wanted if kin else self._wanted(_KINDS.get(kind, "mapping"))
        elif top.kind == "indentless" and column == top.column:
            columns[column] = self._blocks[-2].wanted
        return columns

    def _document(self, token: Any, line: int, column: int) -> None:
        self._documents += 1
        self._layout.content.add(line)

    # -- block collections

    def _open(self, token: Any, line: int, column: int) -> None:
        kind = _KINDS[token.__class__]
        self._blocks.append(_Block(kind, column, self._wanted(kind)))

    def _close(self, token: Any, line: int, column: int) -> None:
        self._end_indentless()
        self._blocks.pop()

    def _wanted(self, kind: str) -> int:
        if not self._blocks:
            return 0
        nested = kind == "sequence" and self._blocks[-1].kind != "mapping"
        return self._blocks[-1].wanted + (_NESTED if nested else STEP)

    def _end_indentless(self) -> None:
        if self._blocks and self._blocks[-1].kind == "indentless":
            self._blocks.pop()

    def _entry(self, token: Any, line: int, column: int) -> None:
        if self._blocks[-1].kind == "mapping":
            self._blocks.append(_Block("indentless", column, self._wanted("indentless")))
        self._begin(line, column)
        if len(self._blocks) == 2 and self._in_integrations():
            self._layout.items.append(Item(line))

    def _in_integrations(self) -> bool:
        return bool(self._layout.keys) and self._layout.keys[-1][1] == "integrations"

    def _key(self, token: Any, line: int, column: int) -> None:
        if self._flows:
            return
        self._end_indentless()
        self._begin(line, column)
        self._key_at = (len(self._blocks), column)

    def _begin(self, line: int, column: int) -> None:
        """A key or a dash that begins its line shows where the line belongs."""
        self._layout.content.add(line)
        wanted = self._blocks[-1].wanted
        if column != wanted and not self._layout.lines[line][:column].strip():
            self._layout.untidy.add(line)

    # -- values

    def _node(self, token: Any, line: int, column: int) -> None:
        self._layout.content.add(line)

    def _link(self, token: Any, line: int, column: int) -> None:
        self._layout.content.add(line)
        self._fix()

    def _fix(self) -> None:
        if self._layout.items:
            self._layout.items[-1].fixed = True

    def _flow(self, token: Any, line: int, column: int) -> None:
        self._layout.content.add(line)
        self._flow_start = self._flow_start if self._flows else line
        self._flows += 1

    def _end_flow(self, token: Any, line: int, column: int) -> None:
        self._flows -= 1
        if not self._flows:
            self._layout.content.update(range(self._flow_start, line + 1))

    def _scalar(self, token: Any, line: int, column: int) -> None:
        self._layout.content.add(line)
        if self._key_at is not None and not self._flows:
            self._named(line, token.value, *self._key_at)
        self._key_at = None
        if token.style in ("|", ">"):
            self._block_scalar(token, line, column)
        elif token.end_mark.line > line:
            self._layout.content.update(range(line, token.end_mark.line + 1))

    def _named(self, line: int, name: str, depth: int, column: int) -> None:
        if depth == 1:
            self._layout.keys.append((line, name))
        elif depth == 3 and self._layout.items and self._in_integrations():
            item = self._layout.items[-1]
            item.keys.append((line, name))
            item.column = column

    def _block_scalar(self, token: Any, line: int, column: int) -> None:
        head, _, comment = self._layout.lines[line][column:].partition(" #")
        if comment:
            self._layout.behind[line] = f"#{comment}".strip()
            self._layout.comments.append(self._layout.behind[line])
        last = token.end_mark.line - (1 if token.end_mark.column == 0 else 0)
        while "+" not in head and last > line and not self._layout.lines[last].strip():
            last -= 1
        if "+" in head:
            self._layout.keeps_blanks.add(last)
            self._fix()
        self._layout.content.update(range(line, last + 1))


_KINDS: Mapping[type, str] = {
    t.BlockMappingStartToken: "mapping",
    t.BlockSequenceStartToken: "sequence",
}
_OPEN = (t.FlowMappingStartToken, t.FlowSequenceStartToken)
_CLOSE = (t.FlowMappingEndToken, t.FlowSequenceEndToken, t.FlowEntryToken, t.ValueToken)
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
    t.AliasToken: _Surveyor._link,
    t.AnchorToken: _Surveyor._link,
    t.TagToken: _Surveyor._node,
}
