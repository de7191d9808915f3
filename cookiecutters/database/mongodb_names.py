"""What the methods of a collection are called, and where two would be called alike.

``orders`` gives ``insert_order``, ``insert_orders``, ``get_order``, ``replace_order``, ``delete_order``,
``write_orders``, ``count_orders`` and ``watch_orders``. A find ``by_customer`` gives
``find_orders_by_customer`` (``find_order_by_…`` where it returns one), a find ``recent``
``find_recent_orders``; an update ``mark_paid`` gives ``mark_order_paid``. A name that has the collection's
noun in it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling.names import identifier, snake
from generator.shapes import Complaint

from . import method_names
from .method_names import Operation
from .method_names import nouns as nouns

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


def operations(collections: Mapping[str, Any]) -> Iterator[Operation]:
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
    """The method of every operation; see ``method_names``."""
    return method_names.named(operations(collections), kept, TAKEN)


def clashes(collections: Mapping[str, Any]) -> list[Complaint]:
    """Operations whose methods would be called alike."""
    return method_names.clashes(operations(collections), "collections", TAKEN)


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
