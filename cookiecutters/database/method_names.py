"""What methods are called, for stores whose operations belong to collections or tables."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable, Mapping

from generator.modelling.names import identifier, singular
from generator.shapes import Complaint

# Its key, the collection or table, the method that it would like to be, and where it stands in there.
Operation = tuple[str, str, str, tuple[str | int, ...]]


def named(operations: Iterable[Operation], kept: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """The method of every operation; a name that a lock has stays, and what collides with it gives way."""
    wanted = {key: name for key, _, name, _ in operations}
    held = {key: name for key, name in kept.items() if key in wanted}
    gone = {*taken, *held.values()}
    found = {}
    for key, name in wanted.items():
        found[key] = held.get(key) or _free(name, gone)
        gone.add(found[key])
    return found


def clashes(operations: Iterable[Operation], place: str, taken: Collection[str]) -> list[Complaint]:
    """Operations whose methods would be called alike; *place* is the key that they stand below."""
    seen: dict[str, str] = {}
    found = []
    for key, owner, name, at in operations:
        where = ("requirements", place, owner, *at)
        if name in taken or not name.isidentifier() or keyword.iskeyword(name):
            found.append(Complaint(where, f"{name!r} cannot name a method here. Call it otherwise."))
        elif name in seen:
            other = f"{seen[name]} and {key} would both be the method {name}"
            found.append(Complaint(where, f"{other}. Call one of them otherwise."))
        seen.setdefault(name, key)
    return found


def nouns(name: str) -> tuple[str, str]:
    """One of them and several, as names use them; a word that is its own plural gets ``_list``."""
    many = identifier(name)
    one = singular(many)
    return one, many if many != one else f"{one}_list"


def _free(name: str, taken: Collection[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
