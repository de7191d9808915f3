"""The lines of a surveyed text, edited and at their columns; comments go where their neighbours go."""

from __future__ import annotations

from collections.abc import Iterator

from generator.layout import Layout


def relaid(layout: Layout) -> list[str]:
    """Every line as it should be, in the old order."""
    shifts = _shifts(layout)
    return [_moved(_edited(layout, number), shift) for number, shift in enumerate(shifts)]


def _edited(layout: Layout, number: int) -> str:
    text = layout.lines[number]
    for start, end, replacement in sorted(layout.edits.get(number, ()), reverse=True):
        text = text[:start] + replacement + text[end:]
    continued = number in layout.protected or number + 1 in layout.shifts
    return text if continued else text.rstrip()


def _moved(text: str, shift: int) -> str:
    if not shift or not text.strip():
        return text
    return " " * shift + text if shift > 0 else text[min(-shift, len(text) - len(text.lstrip(" "))) :]


def _shifts(layout: Layout) -> Iterator[int]:
    columns: dict[int, int] = {}  # where the open collections stood, and where they stand now
    following = _following(layout)
    for number in range(len(layout.lines)):
        old, below = layout.indent(number), following[number]
        if number in layout.indents:
            new = layout.indents[number]
            columns = {column: known for column, known in columns.items() if column < old} | {old: new}
            yield new - old
        elif number in layout.shifts:
            yield layout.shifts[number]
        elif below is not None and layout.indent(below) == old:
            yield layout.indents[below] - old
        else:
            yield _between(old, columns) - old


def _following(layout: Layout) -> list[int | None]:
    """For each line, the next one that a key or a dash begins."""
    following: list[int | None] = []
    after = None
    for number in range(len(layout.lines) - 1, -1, -1):
        following.append(after)
        after = number if number in layout.indents else after
    return following[::-1]


def _between(old: int, columns: dict[int, int]) -> int:
    """A comment's column: as far behind the collection around it as before, but not into the one inside."""
    outer = max((column for column in columns if column <= old), default=None)
    inner = min((column for column in columns if column > old), default=None)
    new = old if outer is None else columns[outer] + old - outer
    return new if inner is None else min(new, columns[inner])
