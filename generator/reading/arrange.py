"""
The manifest's lines in their order: top-level keys, entries, each entry's keys, and the comments of each.

In a gap between two pieces, comments deeper than the pieces belong to the upper one; so do those that follow
it directly and have an empty line below. All others belong to the lower one, and stand directly above it.
Behind the last piece only the deeper ones belong to it: the rest stays where it is, at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.reading.layout import STEP, Item, Layout
from generator.reading.slices import shifted, tidied

_TOP = {"version": 0, "fail_under": 1, "defaults": 2, "integrations": 4}
_UNKNOWN = 3
# An entry's own keys: what it is, whose it is, where it runs, what it needs. Unknown ones stand last.
_ENTRY = (
    *("name", "service", "type", "description", "owner", "tags", "spec", "environments", "budget_usd"),
    *("moved_from", "disabled", "requirements", "methods"),
)
_RANKS = {key: rank for rank, key in enumerate(_ENTRY)}
ENTRY_KEYS = _ENTRY


@dataclass(frozen=True, slots=True)
class _Gap:
    """Where a piece and its deeper comments end, and what it and the next one own of the rest."""

    end: int
    deep: int
    turn: int
    own: list[str]
    above: list[str]
    apart: bool  # an empty line stands between the halves


@dataclass(frozen=True, slots=True)
class _Piece:
    """A top-level key, an entry or one of its keys: the comments above it and where its lines are."""

    above: list[str]
    start: int
    gap: _Gap
    key: str = ""
    apart: bool = False  # an empty line stands before it


def arranged(layout: Layout, order: Sequence[int]) -> list[str]:
    """All lines, the entries in the given order of their indices."""
    return list(_Arranger(layout).lines(order))


def seam(layout: Layout, index: int) -> int:
    """The line before which a new entry goes so that *index* others precede it: no comment changes hands."""
    return _Arranger(layout).seam(index)


@dataclass(frozen=True, slots=True)
class _Arranger:
    layout: Layout

    def lines(self, order: Sequence[int]) -> Iterator[str]:
        first = self.layout.keys[0][0]
        head = _squeezed(self.layout.lines[:first])
        pieces = self._pieces(self.layout.keys, len(self.layout.lines), 0, 0)
        ranked = sorted(pieces, key=lambda piece: _TOP.get(piece.key, _UNKNOWN))
        yield from head
        for piece in ranked:
            entries = piece.key == "integrations"
            below_head = bool(head) and (self._is_blank(first - 1) if piece is pieces[0] else False)
            below_head = below_head or (piece is ranked[0] and bool(head and piece.above))
            listed = entries and bool(self.layout.items)
            lines = self._list(piece, order) if listed else self._slice(piece, 0, 0)
            yield from _joined(piece.above, lines, apart=piece.apart or entries or below_head)
        yield from self._tail(pieces)

    def _pieces(self, starts: Sequence[tuple[int, str]], stop: int, column: int, wanted: int) -> list[_Piece]:
        above: list[str] = []
        apart, pieces = False, []
        for (start, key), following in zip(starts, [*(at for at, _ in starts[1:]), stop], strict=True):
            gap = self._gap(start, following, column, wanted, last=following == stop)
            pieces.append(_Piece(above, start, gap, key, apart))
            above, apart = gap.above, gap.apart
        return pieces

    def _tail(self, pieces: Sequence[_Piece]) -> Iterator[str]:
        gap = pieces[-1].gap
        return _joined(gap.above, [], apart=gap.apart and bool(gap.above))

    def _list(self, section: _Piece, order: Sequence[int]) -> Iterator[str]:
        """``integrations:`` and its entries; comments between the two may belong to the list."""
        items = self.layout.items
        first = items[0].line
        column = self.layout.indent(first)
        head = self._gap(section.start, first, column, STEP, owns_deeper=False)
        pieces = self._pieces([(item.line, "") for item in items], section.gap.turn, column, STEP)
        yield from (*self.layout.lines[section.start : head.end], *head.own)
        apart = bool(head.own)
        for index in order:
            piece = pieces[index]
            above = head.above if not index else piece.above
            yield from self._item(items[index], piece, above, column, apart)
            apart = not self._is_open_ended(piece)
        yield from self._tail(pieces)

    def seam(self, index: int) -> int:
        items, keys = self.layout.items, self.layout.keys
        at = next(number for number, (_, key) in enumerate(keys) if key == "integrations")
        below = [*(line for line, _ in keys), len(self.layout.lines)][at + 1]
        section = self._gap(keys[at][0], below, 0, 0, last=at == len(keys) - 1)
        column = self.layout.indent(items[0].line)
        if not index:
            head = self._gap(keys[at][0], items[0].line, column, STEP, owns_deeper=False)
            return next(self._past_blanks(head.turn))
        last = index == len(items)
        stop = section.turn if last else items[index].line
        gap = self._gap(items[index - 1].line, stop, column, STEP, last=last)
        return max(gap.deep, gap.end) if last else next(self._past_blanks(gap.turn))

    def _past_blanks(self, line: int) -> Iterator[int]:
        while self._is_blank(line):
            line += 1
        yield line

    def _item(self, item: Item, piece: _Piece, above: list[str], column: int, apart: bool) -> Iterator[str]:
        ranks = [_RANKS.get(key, len(_RANKS)) for _, key in item.keys]
        formed = self._is_formed(piece) and ranks == sorted(ranks)
        if formed or item.fixed or not self._has_own_lines(item):
            yield from _joined(above, self._slice(piece, column, STEP), apart=apart)
        else:
            pieces = self._pieces(item.keys, piece.gap.deep, item.column, 2 * STEP)
            ranked = sorted(pieces, key=lambda piece: _RANKS.get(piece.key, len(_RANKS)))
            yield from _joined([*above, *shifted(ranked[0].above, -STEP)], [], apart=apart)
            yield from self._own_keys(ranked, item.column)
            yield from self._tail(pieces)
            yield from piece.gap.own

    def _own_keys(self, pieces: Sequence[_Piece], column: int) -> Iterator[str]:
        """The keys of an entry, the first of them behind its dash."""
        first, *others = self._slice(pieces[0], column, 2 * STEP)
        yield f"{' ' * STEP}- {first.lstrip()}"
        yield from others
        for before, piece in pairwise(pieces):
            apart = piece.apart and not self._is_open_ended(before)
            yield from _joined(piece.above, self._slice(piece, column, 2 * STEP), apart=apart)

    def _has_own_lines(self, item: Item) -> bool:
        """Does each key of the item begin a line, but for the dash before the first?"""
        heads = [self.layout.lines[line][: item.column].strip() for line, _ in item.keys]
        return bool(heads) and item.keys[0][0] == item.line and heads == ["-", *[""] * (len(heads) - 1)]

    def _slice(self, piece: _Piece, column: int, wanted: int) -> list[str]:
        lines = self.layout.lines[piece.start : piece.gap.deep]
        if lines[0][:column].strip():  # the dash of the entry
            lines[0] = " " * column + lines[0][column:]
        formed = column == wanted and self._is_formed(piece)
        return [*(lines if formed else tidied(lines, column, wanted)), *piece.gap.own]

    def _is_formed(self, piece: _Piece) -> bool:
        return self.layout.untidy.isdisjoint(range(piece.start, piece.gap.deep))

    def _is_open_ended(self, piece: _Piece) -> bool:
        """Does its text own every empty line below it?"""
        gap = piece.gap
        return gap.end - 1 in self.layout.keeps_blanks and gap.deep == gap.end and not gap.own

    def _gap(
        self, start: int, stop: int, column: int, wanted: int, *, last: bool = False, owns_deeper: bool = True
    ) -> _Gap:
        """Divide what stands behind a piece; pieces stand at ``column``, and will at ``wanted``."""
        end = next((n + 1 for n in range(stop - 1, start, -1) if n in self.layout.content), start + 1)
        below = end
        outer = column if owns_deeper else math.inf
        while below < stop and (self._is_blank(below) or self.layout.indent(below) > outer):
            below += 1
        deep = next((n + 1 for n in range(below - 1, end - 1, -1) if not self._is_blank(n)), end)
        turn = below if last else self._attached(below, end, stop)
        own, above = self._at(range(below, turn), wanted), self._at(range(turn, stop), wanted)
        apart = (turn > end and self._is_blank(turn - 1)) or (turn < stop and self._is_blank(turn))
        return _Gap(end, deep, turn, _squeezed(own), _squeezed(above), apart)

    def _attached(self, line: int, end: int, stop: int) -> int:
        """Behind the comments that directly follow what is above, if an empty line ends them."""
        if line > end and self._is_blank(line - 1):
            return line
        return next((n for n in range(line, stop) if self._is_blank(n)), line)

    def _at(self, numbers: Iterable[int], wanted: int) -> list[str]:
        texts = (self.layout.lines[number].strip() for number in numbers)
        return [" " * wanted + text if text else "" for text in texts]

    def _is_blank(self, line: int) -> bool:
        return not self.layout.lines[line].strip()


def _joined(above: Iterable[str], lines: Iterable[str], *, apart: bool) -> Iterator[str]:
    yield from [""] if apart else []
    yield from above
    yield from lines


def _squeezed(lines: Sequence[str]) -> list[str]:
    """No empty lines at the ends, and never two together."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
