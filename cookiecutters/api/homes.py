"""Which module defines a type: that of the one group that uses it, or the one that all of them share.

What a shared type refers to is shared too, so no two modules of types import each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .imports import words

Facts = Mapping[str, Any]


def references(facts: Facts) -> dict[str, set[str]]:
    """The types of the package that each type of it names."""
    names = set(facts["names"])
    return {item["name"]: words(_code(item)) & names - {item["name"]} for item in _items(facts)}


def homes(used: Mapping[str, Collection[str]], refers: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The group whose module defines each type, "" for the shared one.

    *used* are the types that operations name, by group; those of the adapter itself, "", are shared,
    and so are types that no operation names.
    """
    reached = {group: _closure(names, refers) for group, names in used.items()}
    spare = refers.keys() - {name for names in reached.values() for name in names}
    shared = reached.pop("", set()) | _closure(spare, refers)
    times = Counter(name for names in reached.values() for name in names)
    alone = {name: group for group, names in reached.items() for name in names if times[name] == 1}
    return {name: "" if name in shared else alone.get(name, "") for name in refers}


def _closure(names: Collection[str], refers: Mapping[str, Collection[str]]) -> set[str]:
    found, waiting = set(names), list(names)
    while waiting:
        fresh = set(refers.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found


def part(facts: Facts, names: Collection[str]) -> dict[str, Any]:
    """The facts of some of the types alone."""
    return {
        key: [item for item in listed if (item["name"] if isinstance(item, Mapping) else item) in names]
        for key, listed in facts.items()
    }


def _items(facts: Facts) -> Iterator[Facts]:
    for listed in facts.values():
        yield from (item for item in listed if isinstance(item, Mapping))


def _code(item: Any) -> Iterator[str]:
    """Everything in the facts of a type that is printed as code."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, Mapping):
        for key, value in item.items():
            if key not in ("doc", "name", "wire"):
                yield from _code(value)
    elif isinstance(item, list | tuple):
        for value in item:
            yield from _code(value)
