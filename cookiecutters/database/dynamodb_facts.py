"""A table of a DynamoDB entry and an operation on it, worked out: what methods, words and tests tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.kinds import Kind
from generator.modelling.names import identifier

Schema = Mapping[str, Any]
Parameter = dict[str, str]
# Parameters that methods have of their own.
OWN = frozenset({"self", "timeout", "consistent", "limit", "forward", "if_absent", "if_version"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table, worked out: the kinds of its items, of what each index holds, and of each attribute."""

    name: str
    told: Mapping[str, Any]
    constant: str
    kind: Kind
    rows: Mapping[str, Kind]
    attributes: Mapping[str, Kind]

    @property
    def key(self) -> list[str]:
        """The attributes of its key."""
        return [name for name in (self.told["partition"], self.told.get("sort")) if name]

    def parameter(self, name: str) -> Parameter:
        """An attribute as a parameter."""
        return {"name": python(name), "annotation": self.attributes[name].argument}


@dataclass(frozen=True, slots=True)
class Method:
    """One operation: *kind* is one of ``STANDARD``, or "index"."""

    key: str
    name: str
    kind: str
    table: Table
    index: str = ""

    @property
    def row(self) -> Kind:
        """What comes back of each item."""
        return self.table.rows.get(self.index, self.table.kind)

    @property
    def place(self) -> Mapping[str, Any]:
        """What it looks through: the table, or an index of it."""
        told: Mapping[str, Any] = self.table.told["indexes"][self.index] if self.index else self.table.told
        return told

    @property
    def returns(self) -> str:
        """The annotation of what it returns."""
        item = self.table.kind.text
        return {
            "get": f"{item} | None",
            "delete": "bool",
            "write": "None",
            "get_many": f"list[{item}]",
            "query": f"Iterator[{self.row.text}]",
            "index": f"Iterator[{self.row.text}]",
            "scan": f"Iterator[{item}]",
        }.get(self.kind, item)


def python(attribute: str) -> str:
    """What a parameter for an attribute is called."""
    name = identifier(attribute)
    return f"{name}_" if name in OWN else name
