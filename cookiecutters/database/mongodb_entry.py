"""The one canonical form of a MongoDB entry: what is wrong becomes a complaint, never a crash.

    collections: {orders: {
        fields: {customer: string, total: number, …}   # shapes; `id` is _id, an ObjectId unless it is said
        document: Order                                 # the type's name
        indexes: [customer, [-placed_at, customer], {fields: [email], unique: true, name, partial, sparse,
                  expire_after: 30d}]
        finds: {by_customer: {filter, sort: [-placed_at], limit: 50, projection: [customer], returns, row}}
        updates: {mark_paid: {filter, update: {$set: {…}}, many, upsert}}}}

Canonical: fields are a JSON Schema, keys and sorts lists of ``[field, 1 or -1]``; see ``mongodb_filters``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.connection import Reader, mapping
from generator.modelling.names import identifier, pascal, singular
from generator.shapes import Complaint, named_types, to_schema, without_null

from .mongodb_filters import Reading
from .mongodb_names import clashes
from .mongodb_settings import read_settings

KEYS = ("fields", "document", "indexes", "finds", "updates", "summary")
FIND_KEYS = ("filter", "sort", "limit", "projection", "returns", "row", "summary")
UPDATE_KEYS = ("filter", "update", "many", "upsert", "summary")
INDEX_KEYS = ("fields", "unique", "name", "partial", "sparse", "expire_after")
RETURNS = ("one", "many", "stream", "count")
DIRECTIONS = (1, -1, "text", "2dsphere", "hashed")
ID = {"type": "string", "format": "objectid"}


def read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The entry in canonical form, and everything in it that cannot be understood."""
    complaints: list[Complaint] = []
    raw = mapping(entry.get("requirements"))
    settings, environments = read_settings(entry, complaints)
    types = named_types(raw.get("types"), complaints, ("requirements", "types"))
    collections = {}
    for name, told in mapping(raw.get("collections")).items():
        at = ("requirements", "collections", str(name))
        collections[str(name)] = _Collection(str(name), types, complaints, at).read(told)
    complaints += clashes(collections)
    complaints += _same_documents(collections, types)
    found = {**settings, **({"types": types} if types else {}), "collections": collections}
    return {**entry, "requirements": found, "environments": environments}, complaints


def _same_documents(collections: Mapping[str, Any], types: Mapping[str, Any]) -> list[Complaint]:
    """Two types of one name, where a document's name is that of another type."""
    found, seen = [], dict.fromkeys(types, "types")
    for name, told in collections.items():
        document = told.get("document", "")
        if document in seen:
            at = ("requirements", "collections", name, "document")
            found.append(
                Complaint(at, f"{seen[document]} has {document} already. Say document: {document}Document.")
            )
        seen[document] = name
    return found


class _Collection:
    """Reads one collection."""

    def __init__(
        self, name: str, types: Mapping[str, Any], complaints: list[Complaint], at: tuple[str | int, ...]
    ) -> None:
        self.name, self.types, self.complaints, self.at = name, types, complaints, at
        self.reading = Reading({}, types, complaints)

    def complain(self, message: str, *at: str | int) -> None:
        self.complaints.append(Complaint((*self.at, *at), message))

    def read(self, raw: Any) -> dict[str, Any]:
        told = mapping(raw)
        if not told or "$" in self.name or self.name.startswith("system."):
            self.complain(
                "a collection has a plain name and fields. Write orders: {fields: {customer: string}}."
            )
            return {}
        self._only(told, KEYS)
        schema = self._schema(told.get("fields"))
        self.reading = Reading(schema, self.types, self.complaints)
        found = {
            "document": self._document(told.get("document")),
            "schema": schema,
            "indexes": [self._index(one, index) for index, one in enumerate(_listed(told.get("indexes")))],
            "finds": {str(k): self._find(str(k), v) for k, v in mapping(told.get("finds")).items()},
            "updates": {str(k): self._update(str(k), v) for k, v in mapping(told.get("updates")).items()},
            "summary": told.get("summary"),
        }
        return {key: value for key, value in found.items() if value not in (None, [], {})}

    def _only(self, told: Mapping[str, Any], keys: tuple[str, ...], *at: str | int) -> None:
        for key in told:
            if key not in keys:
                self.complain(f"there is no {key!r} here. Use {', '.join(keys)}.", *at, key)

    def _document(self, told: Any) -> str:
        name = pascal(singular(identifier(self.name)))
        if told is None or (isinstance(told, str) and told.isidentifier() and pascal(told) == told):
            return told or name
        self.complain(f"{str(told)[:40]!r} cannot name a type. Write document: {name}.", "document")
        return name

    def _schema(self, fields: Any) -> dict[str, Any]:
        if not mapping(fields):
            self.complain("it has no fields. Write fields: {customer: string, total: number}.", "fields")
            return {"type": "object", "properties": {"id": ID}, "required": ["id"]}
        at = (*self.at, "fields")
        parts = {str(k): to_schema(v, self.types, self.complaints, (*at, str(k))) for k, v in fields.items()}
        required = [
            name for name, part in parts.items() if not without_null(part)[1] and "default" not in part
        ]
        schema = {"type": "object", "properties": parts, "required": required}
        for name, part in parts.items():
            if _is_choice(part):
                self.complain("a field has one type. Name it, or write any or object.", "fields", name)
        for name in ("_id", *(key for key in schema["properties"] if key.startswith("$") or "." in key)):
            if name in schema["properties"]:
                mend = "Call it id" if name == "_id" else "Leave $ and dots out"
                self.complain(f"a field cannot be called {name!r} here. {mend}.", "fields", name)
        return self._with_id(schema)

    def _with_id(self, schema: dict[str, Any]) -> dict[str, Any]:
        own = schema["properties"].get("id", ID)
        kind = without_null(own)[0]
        if kind.get("type") not in ("string", "integer"):
            self.complain("an id is a string or an integer. Leave it out for an ObjectId.", "fields", "id")
        required = sorted({*schema.get("required", ()), "id"})
        return {
            **schema,
            "properties": {"id": kind, **{k: v for k, v in schema["properties"].items() if k != "id"}},
            "required": required,
        }

    def _find(self, name: str, raw: Any) -> dict[str, Any]:
        told, at = mapping(raw), ("finds", name)
        self._only(told, FIND_KEYS, *at)
        self.reading.parameters = {}
        returns = told.get("returns", "many")
        if returns not in RETURNS:
            self.complain(f"{returns!r} is nothing to return. Use {', '.join(RETURNS)}.", *at, "returns")
            returns = "many"
        projection = self._projection(told.get("projection"), *at, "projection")
        found = {
            "filter": self.reading.filter(told.get("filter", {}), *self.at, *at, "filter"),
            "sort": self._keys(told.get("sort"), (1, -1), *at, "sort"),
            "limit": self._limit(told.get("limit"), *at, "limit"),
            "projection": projection,
            "returns": returns,
            "row": self._row(told.get("row"), *at) if projection else None,
            "parameters": self.reading.parameters,
            "summary": _line(told.get("summary")),
        }
        return {key: value for key, value in found.items() if value or key == "filter"}

    def _row(self, told: Any, *at: str | int) -> str | None:
        if told is None or (isinstance(told, str) and told.isidentifier() and pascal(told) == told):
            return told
        self.complain(f"{str(told)[:40]!r} cannot name a type. Write row: OrderSummary.", *at, "row")
        return None

    def _projection(self, raw: Any, *at: str | int) -> list[str]:
        names = [str(name) for name in (raw if isinstance(raw, list) else [raw] if raw else [])]
        for name in names:
            if "." in name:
                self.complain(f"{name!r} is a part of a field. Name the whole: {name.split('.')[0]}.", *at)
            else:
                self.reading.at(name, *self.at, *at)
        return list(dict.fromkeys(names))

    def _limit(self, raw: Any, *at: str | int) -> int:
        if raw is None or (isinstance(raw, int) and not isinstance(raw, bool) and raw > 0):
            return raw or 0
        self.complain(f"{str(raw)[:40]!r} is no limit. Write a number from 1.", *at)
        return 0

    def _update(self, name: str, raw: Any) -> dict[str, Any]:
        told, at = mapping(raw), ("updates", name)
        self._only(told, UPDATE_KEYS, *at)
        self.reading.parameters = {}
        filter = self.reading.filter(told.get("filter", {}), *self.at, *at, "filter")
        if not filter:
            self.complain("it has no filter, and would change any document. Write filter: {id: ':id'}.", *at)
        own = self.reading.schema["properties"]["id"] != ID
        if told.get("upsert") is True and own and "$eq" not in mapping(filter.get("id")):
            self.complain("an inserted document needs its id. Write filter: {id: ':id'}.", *at, "upsert")
        found = {
            "filter": filter,
            "update": self.reading.update(told.get("update"), *self.at, *at, "update"),
            "many": told.get("many") is True,
            "upsert": told.get("upsert") is True,
            "parameters": self.reading.parameters,
            "summary": _line(told.get("summary")),
        }
        return {key: value for key, value in found.items() if value or key == "filter"}

    def _index(self, raw: Any, number: int) -> dict[str, Any]:
        told = raw if isinstance(raw, Mapping) else {"fields": raw}
        at = ("indexes", number)
        self._only(told, INDEX_KEYS, *at)
        keys = self._keys(told.get("fields"), DIRECTIONS, *at, "fields")
        if not keys:
            self.complain("an index has fields. Write [customer, -placed_at].", *at)
        said, where = told.get("expire_after"), (*self.at, *at, "expire_after")
        expire = None if said is None else Reader("", self.complaints).seconds(said, *where)
        first = self.reading.at(keys[0][0], *self.at, *at) if keys and expire else {}
        if expire and (len(keys) != 1 or first.get("format") != "date-time"):
            self.complain(
                "documents expire after the time in one datetime field. Name that field alone.", *at
            )
        self.reading.parameters = {}
        partial = (
            self.reading.filter(told["partial"], *self.at, *at, "partial") if "partial" in told else None
        )
        if self.reading.parameters:
            self.complain("an index takes no parameters. Write the value out.", *at, "partial")
        named = "_".join(f"{'_id' if field == 'id' else field}_{way}" for field, way in keys)
        found = {
            "name": str(told.get("name", named)),
            "keys": keys,
            "unique": told.get("unique") is True,
            "sparse": told.get("sparse") is True,
            "partial": partial,
            "expire_after": int(expire) if expire else None,
        }
        return {key: value for key, value in found.items() if value not in (None, False)}

    def _keys(self, raw: Any, ways: tuple[Any, ...], *at: str | int) -> list[list[Any]]:
        """Fields with their directions: ``[customer, -placed_at]`` or ``{customer: 1, placed_at: -1}``."""
        if isinstance(raw, Mapping) and len(raw) > 1:
            self.complain("the order of fields matters, and a mapping has none. Write [a, -b].", *at)
        if isinstance(raw, Mapping):
            pairs = [(str(name), way) for name, way in raw.items()]
        else:
            names = [str(one) for one in _listed(raw)]
            pairs = [(name.lstrip("+-"), -1 if name.startswith("-") else 1) for name in names]
        for name, way in pairs:
            self.reading.at(name, *self.at, *at)
            if way not in ways:
                self.complain(f"{way!r} is no direction. Use {', '.join(map(str, ways))}.", *at, name)
        return [list(pair) for pair in pairs]


def _is_choice(schema: Any) -> bool:
    """Does it hold a union, which nothing in a document tells apart?"""
    if not isinstance(schema, Mapping):
        return False
    inner = without_null(schema)[0]
    parts = [*inner.get("properties", {}).values(), inner.get("items"), inner.get("additionalProperties")]
    return any(word in inner for word in ("anyOf", "oneOf", "allOf")) or any(map(_is_choice, parts))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _line(value: Any) -> str | None:
    return " ".join(value.split()) if isinstance(value, str) and value.strip() else None
