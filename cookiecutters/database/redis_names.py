"""What the methods of an adapter are called: each key's verbs, each in its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.names import identifier, is_plural, singular
from generator.shapes import REF

# Verb → the method's name: {x} is the key's own name, {xs} several of it, {s} one of it.
VERBS: Mapping[str, Mapping[str, str]] = {
    "string": {"get": "get_{x}", "many": "get_{xs}", "set": "set_{x}", "update": "update_{x}"},
    "counter": {"increment": "increment_{x}", "get": "get_{x}"},
    "hash": {"get": "get_{x}", "set": "set_{x}", "set_fields": "set_{x}_fields", "update": "update_{x}"},
    "set": {
        "add": "add_to_{x}",
        "remove": "remove_from_{x}",
        "contains": "is_in_{x}",
        "get": "get_{x}",
        "count": "count_{x}",
    },
    "zset": {
        "add": "add_to_{x}",
        "increment": "increment_in_{x}",
        "remove": "remove_from_{x}",
        "score": "get_{x}_score",
        "rank": "get_{x}_rank",
        "top": "get_top_{x}",
        "range": "get_{x}",
        "between": "get_{x}_between",
        "count": "count_{x}",
    },
    "list": {
        "push": "push_to_{x}",
        "pop": "pop_from_{x}",
        "wait": "wait_for_{x}",
        "get": "get_{x}",
        "count": "count_{x}",
    },
    "stream": {"add": "add_{s}", "read": "read_{xs}", "count": "count_{xs}"},
    "lock": {"lock": "lock_{x}"},
}
GROUP = {
    "read_group": "take_{xs}",
    "ack": "ack_{xs}",
    "claim": "claim_{xs}",
    "bury": "give_up_{s}",
    "dead": "read_dead_{xs}",
}
# What the runtime's adapters have already.
_WORDS = "pipeline command healthcheck close aclose metrics idempotency from_config"
TAKEN = frozenset(_WORDS.split())


def verbs(told: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, str]:
    """The verbs of one key, and how their methods are called."""
    kind = told["type"]
    found = dict(VERBS[kind])
    if kind == "string" and len(told["parameters"]) != 1:
        del found["many"]
    if kind == "stream" and told.get("group"):
        found |= GROUP
    if kind == "hash":
        found |= _of_fields(told, types)
    if kind == "lock":
        return found
    found["delete"] = "delete_{x}"
    if "ttl" in told:
        found |= {"ttl": "get_{x}_ttl", "refresh": "refresh_{x}"}
    if told["parameters"]:
        found["scan"] = "scan_{xs}"
    return found


def _of_fields(told: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, schema in fields(told, types).items():
        word = identifier(name)
        found[f"field {name}"] = f"get_{{x}}_{word}"
        if schema.get("type") == "integer":
            found[f"increment {name}"] = f"increment_{{x}}_{word}"
    return found


def fields(told: Mapping[str, Any], types: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a hash or a stream, by their names there."""
    schema = told["value"]
    for _ in range(8):
        if "$ref" not in schema:
            break
        schema = types.get(str(schema["$ref"]).removeprefix(REF), {})
    found: Mapping[str, Any] = schema.get("properties", {})
    return found


def spelled(pattern: str, name: str, kind: str) -> str:
    """The name of a method."""
    own = identifier(name).rstrip("_")
    if kind == "lock":
        own = own.removesuffix("_lock").removeprefix("lock_")
        return "take_lock" if own == "lock" else pattern.format(x=own)
    return pattern.format(x=own, xs=plural(own), s=singular(own))


def plural(word: str) -> str:
    """Several of them: ``session`` → ``sessions``."""
    if is_plural(word):
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def methods(place: str, name: str, told: Mapping[str, Any], types: Mapping[str, Any]) -> list[str]:
    """The methods of one key or script; two that are the same stand twice."""
    if place == "scripts":
        return [identifier(name)]
    return [spelled(pattern, name, told["type"]) for pattern in verbs(told, types).values()]
