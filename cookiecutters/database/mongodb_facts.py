"""A collection of a MongoDB entry and an operation on it, worked out: what methods, words and tests tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.kinds import Kind

from .mongodb_entry import ID
from .mongodb_names import nouns

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection, worked out."""

    name: str
    told: Mapping[str, Any]
    constant: str
    kind: Kind  # of a document
    rows: Mapping[str, Kind]  # of the projection of each find that has one
    id_annotation: str

    @property
    def schema(self) -> Schema:
        schema: Schema = self.told["schema"]
        return schema

    @property
    def has_object_ids(self) -> bool:
        """Are its ids ObjectIds?"""
        return bool(self.schema["properties"]["id"] == ID)

    @property
    def argument(self) -> str:
        """What methods call one document."""
        return nouns(self.name)[0]


@dataclass(frozen=True, slots=True)
class Method:
    """One operation: *kind* is one of ``STANDARD``, or what its find returns, or "update"."""

    key: str
    name: str
    kind: str
    collection: Collection
    told: Mapping[str, Any] = field(default_factory=dict)  # of a find or update
    find: str = ""

    @property
    def row(self) -> Kind:
        """What comes back of each document."""
        return self.collection.rows.get(self.find, self.collection.kind)

    @property
    def parameters(self) -> Mapping[str, Schema]:
        found: Mapping[str, Schema] = self.told.get("parameters", {})
        return found

    @property
    def by_name(self) -> bool:
        """Are several values given by their names? Nobody remembers their order, and a manifest has none."""
        return len(self.parameters) > 1

    @property
    def returns(self) -> str:
        """The annotation of what it returns."""
        document = self.collection.kind.text
        return {
            "get": f"{document} | None",
            "replace": "bool",
            "delete": "bool",
            "write": "Written",
            "insert_many": "Written",
            "count": "int",
            "update": "int",
            "watch": f"Stream[Change[{document}]]",
            "one": f"{self.row.text} | None",
            "many": f"list[{self.row.text}]",
            "stream": f"Stream[{self.row.text}]",
        }.get(self.kind, "None")

    @property
    def form_of(self) -> str:
        """What makes its async form."""
        return "streamed" if self.kind in ("stream", "watch") else "awaited"
