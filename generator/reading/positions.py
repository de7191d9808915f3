"""Where each key and value of a YAML text stands; filled by a second pass, only when there is a problem."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any

Spot = tuple[int, int]
Pointer = tuple[str | int, ...]
Place = tuple[Spot, Spot]  # of the key, of the value


class Positions:
    """Line and column (from 1) of every key and value, found again by walking the data itself."""

    def __init__(self, entries: Container[int] | None = None) -> None:
        """``entries``: the indices of those to remember; None for all."""
        self.entries = entries
        self._places: dict[int, dict[Any, Place]] = {}
        self._alive: list[Any] = []  # a container must outlive its id

    def open(self, container: Any) -> dict[Any, Place]:
        """The places of a container's keys or indices, to be filled while it is read."""
        self._alive.append(container)
        return self._places.setdefault(id(container), {})

    def inherit(self, container: Any, source: Any) -> None:
        """A merged key stands where it was written."""
        mine = self._places.setdefault(id(container), {})
        for key, place in self._places.get(id(source), {}).items():
            mine.setdefault(key, place)

    def extend(self, container: list[Any], more: list[Any]) -> None:
        """Append the places of a list's continuation, which another pass has read."""
        mine, offset = self.open(container), len(container)
        for index, spots in self._places.get(id(more), {}).items():
            mine[offset + index] = spots

    def find(self, data: Any, pointer: Sequence[str | int], *, key: bool = False) -> Spot:
        """The spot of what the pointer names, or of the nearest thing around it that was written."""
        spot, node = (1, 1), data
        for depth, step in enumerate(pointer, 1):
            places = self._places.get(id(node), {}).get(step)
            if places is None:
                return spot
            spot = places[0 if key and depth == len(pointer) else 1]
            node = at(node, (step,))
        return spot

    def all(self, data: Any) -> Iterator[tuple[Spot, Pointer]]:
        """Every value's spot and pointer; what aliases repeat is told once."""
        waiting: list[tuple[Any, Pointer]] = [(data, ())]
        seen = set()
        while waiting:
            container, pointer = waiting.pop()
            if id(container) not in seen:
                seen.add(id(container))
                for step, (_, spot) in self._places.get(id(container), {}).items():
                    yield spot, (*pointer, step)
                    waiting.append((at(container, (step,)), (*pointer, step)))


def at(data: Any, pointer: Sequence[str | int]) -> Any:
    """What stands there in the data; None where nothing does."""
    for step in pointer:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def place(name: Any, value: Any, first_line: int) -> Place:
    """Where two events start. A block mapping or list counts as standing at its key."""
    key = name.start_mark.line + first_line, name.start_mark.column + 1
    if name is value or getattr(value, "flow_style", None) is False:
        return key, key
    return key, (value.start_mark.line + first_line, value.start_mark.column + 1)
