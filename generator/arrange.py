"""
The manifest's lines in their order: top-level keys, entries, and the comments that belong to each.

In a gap between two pieces, comments deeper than the pieces belong to the upper one; so do those that follow
it directly and have an empty line below. All others belong to the lower one, and stand directly above it.
Behind the last piece only the deeper ones belong to it: the rest stays where it is, at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generator.layout import STEP, Layout
from generator.relay import relaid

_ORDER = {"version": 0, "fail_under": 1, "defaults": 2, "integrations": 4}
_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """A top-level key or an entry: the comments above it and all its lines."""

    above: list[str]
    lines: list[str]
    key: str = ""
    apart: bool = False  # an empty line stands before it
    open_ended: bool = False  # its text owns every empty line below it


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands behind a piece: where its content and where its comments end, and both halves' lines."""

    end: int
    turn: int
    own: list[str]
    above: list[str]
    apart: bool  # an empty line stands between the halves


def arranged(layout: Layout, order: Sequence[int]) -> list[str]:
    """All lines, the entries in the given order of their indices."""
    return list(_Arranger(layout, relaid(layout)).lines(order))


@dataclass(frozen=True, slots=True)
class _Arranger:
    layout: Layout
    new: list[str]

    def lines(self, order: Sequence[int]) -> Iterator[str]:
        first = self.layout.keys[0][0]
        head = _squeezed(self.new[:first])
        sections, tail = self._sections(order, apart=bool(head) and self._is_blank(first - 1))
        ranked = sorted(sections, key=lambda section: _ORDER.get(section.key, _UNKNOWN))
        yield from head
        for section in ranked:
            below_head = section is ranked[0] and bool(head and section.above)
            yield from _joined(section.above, section.lines, apart=section.apart or below_head)
        yield from tail

    def _sections(self, order: Sequence[int], *, apart: bool) -> tuple[list[_Piece], list[str]]:
        total = len(self.new)
        stops = [*(line for line, _ in self.layout.keys[1:]), total]
        above: list[str] = []
        sections = []
        for (start, key), stop in zip(self.layout.keys, stops, strict=True):
            gap = self._gap(start, stop, 0, 0, last=stop == total)
            listed = key == "integrations" and bool(self.layout.dashes)
            plain = [*self.new[start : gap.end], *gap.own]
            lines = list(self._list(start, gap.turn, order)) if listed else plain
            sections.append(_Piece(above, lines, key, apart or key == "integrations"))
            above, apart = gap.above, gap.apart
        return sections, list(_joined(above, [], apart=apart and bool(above)))

    def _list(self, start: int, stop: int, order: Sequence[int]) -> Iterator[str]:
        """``integrations:`` and its entries; comments between the two may belong to the list."""
        dashes = self.layout.dashes
        column = self.layout.indent(dashes[0])
        head = gap = self._gap(start, dashes[0], column, STEP, owns_deeper=False)
        pieces = []
        for dash, following in zip(dashes, [*dashes[1:], stop], strict=True):
            above = gap.above
            gap = self._gap(dash, following, column, STEP, last=following == stop)
            owns_blanks = gap.end - 1 in self.layout.keeps_blanks and not gap.own
            lines = [*self.new[dash : gap.end], *gap.own]
            pieces.append(_Piece(above, lines, open_ended=owns_blanks))
        yield from (*self.new[start : head.end], *head.own)
        apart = bool(head.own)
        for piece in (pieces[index] for index in order):
            yield from _joined(piece.above, piece.lines, apart=apart)
            apart = not piece.open_ended
        yield from _joined(gap.above, [], apart=gap.apart and bool(gap.above))

    def _gap(
        self, start: int, stop: int, column: int, wanted: int, *, last: bool = False, owns_deeper: bool = True
    ) -> _Gap:
        """Divide what stands behind a piece; pieces stand at ``column``, and will at ``wanted``."""
        end = next((n + 1 for n in range(stop - 1, start, -1) if n in self.layout.content), start + 1)
        deep = end
        while deep < stop and (self._is_blank(deep) or (owns_deeper and self.layout.indent(deep) > column)):
            deep += 1
        turn = deep if last else self._attached(deep, end, stop)
        own = [*self.new[end:deep], *self._at(range(deep, turn), wanted)]
        above = self._at(range(turn, stop), wanted)
        apart = (turn > end and self._is_blank(turn - 1)) or (turn < stop and self._is_blank(turn))
        return _Gap(end, turn, _squeezed(own, start=True), _squeezed(above), apart)

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


def _squeezed(lines: Sequence[str], *, start: bool = False) -> list[str]:
    """No empty lines at the end, nor at the start unless ``start``, and never two together."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1].strip()) or (start and not kept):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
