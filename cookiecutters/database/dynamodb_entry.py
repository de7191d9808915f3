"""The one canonical form of a DynamoDB entry: what is wrong becomes a complaint, never a crash.

    region, endpoint_url,
    tables: {jobs: {
        partition: queue, sort: id,                     # attributes; strings, numbers, bytes or times
        attributes: {queue: string, status: string, …}  # shapes; an array with uniqueItems is a set
        indexes: {by_status: {partition: status, sort: created_at, projection: all | keys | [attributes]}}
        ttl: expires_at, version: version, item: Job, summary}}

Canonical: attributes are a JSON Schema, ``keys`` the type of each attribute that is part of a key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from generator.modelling.connection import mapping
from generator.modelling.names import identifier, pascal, singular
from generator.shapes import Complaint, named_types, to_schema, without_null

from .dynamodb_names import clashes
from .dynamodb_settings import read_settings

KEYS = ("partition", "sort", "attributes", "indexes", "ttl", "version", "item", "summary")
INDEX_KEYS = ("partition", "sort", "projection")
_NAME = re.compile(r"[A-Za-z0-9_.-]{3,200}\Z")
VERSION = {"type": "integer", "default": 0}


def read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The entry in canonical form, and everything in it that cannot be understood."""
    complaints: list[Complaint] = []
    raw = mapping(entry.get("requirements"))
    settings, environments = read_settings(entry, complaints)
    types = named_types(raw.get("types"), complaints, ("requirements", "types"))
    tables = {}
    for name, told in mapping(raw.get("tables")).items():
        at = ("requirements", "tables", str(name))
        tables[str(name)] = _Table(str(name), types, complaints, at).read(told)
    complaints += clashes(tables)
    complaints += _same_items(tables, types)
    found = {**settings, **({"types": types} if types else {}), "tables": tables}
    return {**entry, "requirements": found, "environments": environments}, complaints


def _same_items(tables: Mapping[str, Any], types: Mapping[str, Any]) -> list[Complaint]:
    """Two types of one name."""
    found, seen = [], dict.fromkeys(types, "types")
    for name, told in tables.items():
        item = told.get("item", "")
        if item in seen:
            text = f"{seen[item]} has {item} already. Say item: {item}Item."
            found.append(Complaint(("requirements", "tables", name, "item"), text))
        seen[item] = name
    return found


class _Table:
    """Reads one table."""

    def __init__(
        self, name: str, types: Mapping[str, Any], complaints: list[Complaint], at: tuple[str | int, ...]
    ) -> None:
        self.name, self.types, self.complaints, self.at = name, types, complaints, at
        self.schema: dict[str, Any] = {}
        self.keys: dict[str, str] = {}

    def complain(self, message: str, *at: str | int) -> None:
        self.complaints.append(Complaint((*self.at, *at), message))

    def read(self, raw: Any) -> dict[str, Any]:
        told = mapping(raw)
        if not _NAME.match(self.name):
            self.complain("a table's name has 3 to 200 letters, digits, _, - and dots. Give it another one.")
        for key in told:
            if key not in KEYS:
                self.complain(f"a table has no {key!r}. Use {', '.join(KEYS)}.", key)
        self.schema = self._schema(told)
        partition = self._key(told.get("partition"), "partition")
        if not partition:
            return {}
        found: dict[str, Any] = {
            "item": self._item(told.get("item")),
            "schema": self.schema,
            "partition": partition,
            "sort": self._key(told["sort"], "sort") if "sort" in told else None,
            "indexes": {
                str(k): self._index(v, "indexes", str(k)) for k, v in mapping(told.get("indexes")).items()
            },
            "ttl": self._ttl(told.get("ttl")),
            "version": self._version(told.get("version")),
            "sets": [k for k, part in self.schema["properties"].items() if is_set(part)],
            "keys": self.keys,
            "summary": " ".join(str(told["summary"]).split()) if told.get("summary") else None,
        }
        found["indexes"] = {name: index for name, index in found["indexes"].items() if index}
        return {key: value for key, value in found.items() if value not in (None, [], {})}

    def _schema(self, told: Mapping[str, Any]) -> dict[str, Any]:
        given = mapping(told.get("attributes"))
        if not given:
            self.complain(
                "it has no attributes. Write attributes: {id: string, status: string}.", "attributes"
            )
        at = (*self.at, "attributes")
        parts = {str(k): to_schema(v, self.types, self.complaints, (*at, str(k))) for k, v in given.items()}
        version = told.get("version")
        if isinstance(version, str) and version not in parts:
            parts[version] = dict(VERSION)
        for name, part in parts.items():
            if _is_choice(part):
                self.complain(
                    "an attribute has one type. Name it, or write any or object.", "attributes", name
                )
        required = [k for k, part in parts.items() if not without_null(part)[1] and "default" not in part]
        required = [k for k in required if k != version and not is_set(parts[k])]
        return {"type": "object", "properties": parts, "required": sorted(required)}

    def _item(self, told: Any) -> str:
        name = pascal(singular(identifier(self.name)))
        if told is None or (isinstance(told, str) and told.isidentifier() and pascal(told) == told):
            return told or name
        self.complain(f"{str(told)[:40]!r} cannot name a type. Write item: {name}.", "item")
        return name

    def _key(self, name: Any, *at: str | int) -> str | None:
        """An attribute that is part of a key, with its type."""
        if not isinstance(name, str) or not name:
            self.complain("a key names an attribute. Write partition: id.", *at)
            return None
        schema = self._attribute(name, *at)
        if schema is None:
            return None
        kind = _key_type(without_null(schema)[0])
        if not kind:
            self.complain(
                f"{name!r} is no text, number, time or bytes, so no key. Use another attribute.", *at
            )
            return None
        if without_null(schema)[1] and len(at) == 1:
            self.complain(f"{name!r} may be left out, and a key never is. Remove its ?.", *at)
        self.keys[name] = kind
        return name

    def _attribute(self, name: Any, *at: str | int) -> dict[str, Any] | None:
        known = self.schema["properties"]
        if name in known:
            found: dict[str, Any] = known[name]
            return found
        near = difflib.get_close_matches(str(name), known, 1)
        mend = f"Did you mean {near[0]!r}?" if near else f"Attributes are {', '.join(known) or 'none'}."
        self.complain(f"there is no attribute {str(name)[:40]!r}, so it has no type. {mend}", *at)
        return None

    def _index(self, raw: Any, *at: str | int) -> dict[str, Any]:
        told = mapping(raw)
        for key in told:
            if key not in INDEX_KEYS:
                self.complain(f"an index has no {key!r}. Use {', '.join(INDEX_KEYS)}.", *at, key)
        partition = self._key(told.get("partition"), *at, "partition")
        sort = self._key(told["sort"], *at, "sort") if "sort" in told else None
        held = told.get("projection", "all")
        if isinstance(held, list):
            held = [str(name) for name in held if self._attribute(name, *at, "projection") is not None]
        elif held not in ("all", "keys"):
            self.complain("a projection is all, keys, or a list of attributes.", *at, "projection")
        includes = {"includes": [] if held == "keys" else held} if held != "all" else {}
        found = {"partition": partition, **({"sort": sort} if sort else {}), **includes}
        return found if partition else {}

    def _ttl(self, name: Any) -> str | None:
        if name is None:
            return None
        schema = self._attribute(name, "ttl")
        if schema is not None and without_null(schema)[0].get("format") != "date-time":
            self.complain("items expire after a time. Make its attribute a datetime.", "ttl")
        if name in self.keys:
            self.complain("the time after which an item expires is no key. Use another attribute.", "ttl")
        return str(name) if schema is not None else None

    def _version(self, name: Any) -> str | None:
        if name is None:
            return None
        schema = self._attribute(name, "version")
        if schema is not None and schema.get("type") != "integer":
            self.complain("a version is an integer. Leave its attribute out, and it is one.", "version")
        return str(name) if schema is not None else None


def is_set(schema: Any) -> bool:
    """Is an attribute stored as a set?"""
    inner = without_null(schema)[0] if isinstance(schema, Mapping) else {}
    kind = mapping(inner.get("items")).get("type")
    return (
        inner.get("type") == "array"
        and inner.get("uniqueItems") is True
        and kind in ("string", "integer", "number")
    )


def _key_type(schema: Mapping[str, Any]) -> str:
    listed = schema.get("enum")
    if isinstance(listed, list) and all(isinstance(value, str) for value in listed):
        return "S"
    if schema.get("type") == "string":
        return "B" if schema.get("format") in ("byte", "binary") else "S"
    return "N" if schema.get("type") in ("integer", "number") else ""


def _is_choice(schema: Any) -> bool:
    """Does it hold a union, which nothing in an item tells apart?"""
    if not isinstance(schema, Mapping):
        return False
    inner = without_null(schema)[0]
    parts = [*inner.get("properties", {}).values(), inner.get("items"), inner.get("additionalProperties")]
    return any(word in inner for word in ("anyOf", "oneOf", "allOf")) or any(map(_is_choice, parts))
