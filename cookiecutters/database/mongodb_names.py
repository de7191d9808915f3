"""What the methods of a collection are called, and where two would be called alike.

``orders`` gives ``insert_order``, ``insert_orders``, ``get_order``, ``replace_order``, ``delete_order``,
``write_orders``, ``count_orders`` and ``watch_orders``. A find ``by_customer`` gives
``find_orders_by_customer`` (``find_order_by_…`` where it returns one), a find ``recent``
``find_recent_orders``; an update ``mark_paid`` gives ``mark_order_paid``. A name that has the collection's
noun in it stays as it is.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling.names import identifier, singular, snake
from generator.shapes import Complaint

STANDARD = ("insert", "insert_many", "get", "replace", "delete", "write", "count", "watch")
# What the runtime's adapters have already, and what a module of a package needs.
TAKEN = frozenset(
    [
        "aclose",
        "close",
        "ensure_indexes",
        "from_config",
        "healthcheck",
        "metrics",
        "run_in_transaction",
        "transaction",
    ]
)
_PREPOSITIONS = frozenset(
    [
        "after",
        "at",
        "before",
        "by",
        "containing",
        "for",
        "from",
        "in",
        "of",
        "on",
        "since",
        "to",
        "with",
        "without",
    ]
)
_VERBS = {"one": "find", "many": "find", "stream": "stream", "count": "count"}


def operations(collections: Mapping[str, Any]) -> Iterator[tuple[str, str, str, tuple[str | int, ...]]]:
    """Every operation: its key, collection and method, and where it stands in the collection."""
    for name, told in collections.items():
        if not told:
            continue
        for kind in STANDARD:
            yield f"{name}.{kind}", name, _standard(name, kind), ()
        for find, facts in told.get("finds", {}).items():
            yield f"{name}.finds.{find}", name, _find(name, find, facts["returns"]), ("finds", find)
        for update, facts in told.get("updates", {}).items():
            many = bool(facts.get("many"))
            yield f"{name}.updates.{update}", name, _update(name, update, many), ("updates", update)


def named(collections: Mapping[str, Any], kept: Mapping[str, str]) -> dict[str, str]:
    """The method of every operation; a name that a lock has stays, and what collides with it gives way."""
    wanted = {key: name for key, _, name, _ in operations(collections)}
    held = {key: name for key, name in kept.items() if key in wanted}
    taken = {*TAKEN, *held.values()}
    found = {}
    for key, name in wanted.items():
        free = held.get(key) or _free(name, taken)
        taken.add(free)
        found[key] = free
    return found


def clashes(collections: Mapping[str, Any]) -> list[Complaint]:
    """Operations whose methods would be called alike."""
    seen: dict[str, str] = {}
    found = []
    for key, collection, name, at in operations(collections):
        where = ("requirements", "collections", collection, *at)
        if name in TAKEN or not name.isidentifier() or keyword.iskeyword(name):
            found.append(Complaint(where, f"{name!r} cannot name a method here. Call it otherwise."))
        elif name in seen:
            other = f"{seen[name]} and {key} would both be the method {name}"
            found.append(Complaint(where, f"{other}. Call one of them otherwise."))
        seen.setdefault(name, key)
    return found


def nouns(collection: str) -> tuple[str, str]:
    """One document and several, as names use them; a word that is its own plural gets ``_list``."""
    many = identifier(collection)
    one = singular(many)
    return one, many if many != one else f"{one}_list"


def _standard(collection: str, kind: str) -> str:
    one, many = nouns(collection)
    if kind == "insert_many":
        return f"insert_{many}"
    return f"{kind}_{many if kind in ('write', 'count', 'watch') else one}"


def _find(collection: str, name: str, returns: str) -> str:
    one, many = nouns(collection)
    noun, word, verb = one if returns == "one" else many, snake(name), _VERBS[returns]
    if word.partition("_")[0] in _PREPOSITIONS:
        return f"{verb}_{noun}_{word}"
    return identifier(word) if _mentions(word, one, many) else f"{verb}_{word}_{noun}"


def _update(collection: str, name: str, many: bool) -> str:
    one, several = nouns(collection)
    word = snake(name)
    if _mentions(word, one, several):
        return identifier(word)
    verb, _, rest = word.partition("_")
    return "_".join(part for part in (verb, several if many else one, rest) if part)


def _mentions(word: str, one: str, many: str) -> bool:
    padded = f"_{word}_"
    return f"_{one}_" in padded or f"_{many}_" in padded


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
