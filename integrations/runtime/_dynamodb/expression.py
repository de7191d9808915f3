"""Expressions, whose names and values are placeholders always: no word is reserved, and no value is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .._errors import InvalidArgumentError
from .attributes import key_part, named
from .table import Above, AtLeast, AtMost, BeginsWith, Below, Between, Index, Is, Table

_SIGNS: Final = {Is: "=", Below: "<", AtMost: "<=", Above: ">", AtLeast: ">="}


@dataclass(slots=True)
class Expression:
    """Collects the names and values of one request."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        """Return the placeholder of an attribute's name."""
        known = next((mark for mark, name in self.names.items() if name == attribute), None)
        mark = known or f"#n{len(self.names)}"
        self.names[mark] = attribute
        return mark

    def value(self, written: Mapping[str, Any]) -> str:
        """Return the placeholder of a value."""
        mark = f":v{len(self.values)}"
        self.values[mark] = dict(written)
        return mark

    def arguments(self) -> dict[str, Any]:
        """Return what a request says besides its expressions."""
        found: dict[str, Any] = {}
        if self.names:
            found["ExpressionAttributeNames"] = self.names
        if self.values:
            found["ExpressionAttributeValues"] = self.values
        return found


def key_condition(said: Expression, table: Table[Any], place: Table[Any] | Index, key: Any, sort: Any) -> str:
    """Return the condition of a query: the partition's *key*, and a condition on the *sort* key or None."""
    first = f"{said.name(place.partition)} = {said.value(key_part(table, place.partition, key))}"
    if sort is None:
        return first
    if place.sort is None:
        raise InvalidArgumentError(f"{place.name} has no sort key")
    return f"{first} AND {_sorted(said, table, place.sort, sort)}"


def _sorted(said: Expression, table: Table[Any], name: str, sort: Any) -> str:
    mark = said.name(name)
    if isinstance(sort, Between):
        low, high = (said.value(key_part(table, name, value)) for value in (sort.low, sort.high))
        return f"{mark} BETWEEN {low} AND {high}"
    if isinstance(sort, BeginsWith):
        return f"begins_with({mark}, {said.value(key_part(table, name, sort.value))})"
    if type(sort) not in _SIGNS:
        raise InvalidArgumentError(
            f"a condition is Is(…), BeginsWith(…), Between(…) …, not {type(sort).__name__}"
        )
    return f"{mark} {_SIGNS[type(sort)]} {said.value(key_part(table, name, sort.value))}"


def changes(said: Expression, table: Table[Any], given: Mapping[str, Any]) -> str:
    """Return the update that sets attributes, and removes those that are None."""
    if not given:
        raise InvalidArgumentError("an update changes at least one attribute")
    written = {name: named(table, name, value) for name, value in given.items()}
    sets = [
        f"{said.name(name)} = {said.value(value)}" for name, value in written.items() if value is not None
    ]
    gone = [said.name(name) for name, value in written.items() if value is None]
    if table.version:
        mark = said.name(table.version)
        zero, one = said.value({"N": "0"}), said.value({"N": "1"})
        sets.append(f"{mark} = if_not_exists({mark}, {zero}) + {one}")
    parts = [f"SET {', '.join(sets)}" if sets else "", f"REMOVE {', '.join(gone)}" if gone else ""]
    return " ".join(part for part in parts if part)
