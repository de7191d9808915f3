"""Which argument of a method takes what the document declares, and its values as the argument wants them."""

from __future__ import annotations

import inspect
import json
import re
import typing
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from generator.gates._oracles._driving.results import unpacked

OWN = frozenset({"timeout", "idempotency_key"})
Json = dict[str, Any]


@dataclass(slots=True)
class Binding:
    """Which argument takes what: by (place, name). A body's fields are in ``body``, or *whole* takes it."""

    takes: dict[tuple[str, str], str] = field(default_factory=dict)
    whole: str = ""
    unknown: list[str] = field(default_factory=list)


def normal(name: str) -> str:
    """Return a name without what spelling does to it."""
    plain = unicodedata.normalize("NFKD", name)
    return re.sub(r"[^a-z0-9]", "", plain.lower()) or re.sub(r"\W", "", name.lower())


def bind(names: list[str], operation: Json) -> Binding:
    """Match arguments to what the document declares: equal names first, then the likeliest."""
    found, free = Binding(), [name for name in names if name not in OWN]
    path = [("path", name) for name in operation["path"]]
    wires = [*path, *((place, name) for place, name in operation["parameters"] if place != "path")]
    fields = [("body", name) for name in operation["fields"] or ()]
    for some in (path, [*wires, *fields]):  # the path's names come first in every signature
        for alike in (_same, _equal, _placed):
            _match(found, free, some, alike)
    if any(place == "body" for place, _ in found.takes):
        _match(found, free, [*wires, *fields], _related)
    taken = {name for place, name in found.takes if place == "body"}
    if operation["body"] and (not taken or not set(operation["needed"]) <= taken):
        only = free[-1] if len(free) == 1 else ""
        whole = next((name for name in free if name in ("body", "content")), only)
        if whole:
            found.whole = whole
            free = [name for name in free if name != whole]
    _match(found, free, wires if found.whole else [*wires, *fields], _related)
    if "idempotency_key" in names:
        _match(found, [*free, "idempotency_key"], [w for w in wires if w[0] == "header"], _keyed)
    found.unknown = free
    return found


def _match(
    found: Binding, free: list[str], wires: list[tuple[str, str]], alike: Callable[[str, str, str], bool]
) -> None:
    for place, name in wires:
        if (place, name) in found.takes:
            continue
        argument = next((a for a in free if alike(a, place, name)), None)
        if argument is not None:
            found.takes[place, name] = argument
            free.remove(argument)


def _same(argument: str, place: str, name: str) -> bool:
    return argument.strip("_") == name


def _equal(argument: str, place: str, name: str) -> bool:
    return normal(argument) == normal(name)


def _placed(argument: str, place: str, name: str) -> bool:
    return normal(argument) == normal(f"{place} {name}")


def _related(argument: str, place: str, name: str) -> bool:
    mine, wire = normal(argument), normal(name)
    return bool(wire) and (wire in mine or wire.endswith(mine))


def _keyed(argument: str, place: str, name: str) -> bool:
    wire = normal(name)
    return argument == "idempotency_key" and ("idempot" in wire or "request" in wire)


class Refused(Exception):
    """An argument does not take a value that the document allows."""


def converted(argument: str, value: Any, annotation: Any) -> Any:
    """Return a JSON value as what the argument wants."""
    if _holds_bytes(value) or annotation is Any:
        return value
    try:
        return msgspec.convert(value, annotation, str_keys=True, dec_hook=_made)
    except TypeError:
        return value  # msgspec reads no wrapper beside other types; the method takes plain data there
    except msgspec.ValidationError as error:
        raise Refused(f"argument {argument} refuses {json.dumps(value)[:80]}: {error}") from None


def _made(kind: type, value: Any) -> Any:
    if any(base.__name__ == "OneOf" for base in kind.__mro__):
        return kind(value)
    raise TypeError(f"{kind.__name__} is not read from JSON")


def _holds_bytes(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_bytes, value))
    return isinstance(value, bytes)


def _swapped(takes: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for place, name in takes:
        alike.setdefault((place, normal(name)), []).append((place, name))
    pairs = [wires for wires in alike.values() if len(wires) == 2]
    return {**takes, **{one: takes[other] for pair in pairs for one, other in (pair, pair[::-1])}}


class Method:
    """One operation's method, in one form."""

    def __init__(self, adapter: Any, operation: Json) -> None:
        *groups, name = operation["name"].split(".")
        owner = adapter
        for group in groups:
            owner = getattr(owner, group)
        self.function = getattr(owner, name)
        plain = inspect.unwrap(self.function)
        self._hints = typing.get_type_hints(plain, include_extras=True)
        self.binding = bind(list(inspect.signature(self.function).parameters), operation)
        returned = str(typing.get_origin(self._hints.get("return")))
        self.paged = "Iterator" in returned

    def arguments(self, call: Json) -> Json:
        """Return the call's values as keyword arguments. Raises Refused."""
        try:
            return self._arguments(call, self.binding.takes)
        except Refused:  # names that differ by spelling alone may have been matched the other way round
            swapped = _swapped(self.binding.takes)
            if swapped == self.binding.takes:
                raise
            return self._arguments(call, swapped)

    def _arguments(self, call: Json, takes: dict[tuple[str, str], str]) -> Json:
        given = [((place, name), value) for place, name, value in call["values"]]
        body = unpacked(call["body"]) if "body" in call else None
        if not self.binding.whole and isinstance(body, dict):
            given += [(("body", name), value) for name, value in body.items()]
        found = {takes[wire]: unpacked(value) for wire, value in given if wire in takes}
        if self.binding.whole and "body" in call:
            found[self.binding.whole] = body
        return {name: converted(name, value, self._hints.get(name, Any)) for name, value in found.items()}
