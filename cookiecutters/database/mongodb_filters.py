"""Filters and updates of a manifest: read, checked against the fields of their collection, never run.

A filter maps a field, or a path like ``address.city``, to a value or to operators: ``{total: {$gte: 5}}``;
``$and``, ``$or`` and ``$nor`` hold lists of filters. A value ``":customer"`` is a parameter of the method. In
canonical form a plain value is ``{"$eq": value}``. Operators that run code or read patterns that callers give
are refused, so nothing that a caller passes can ever be more than a value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.fitting import fits_deeply
from generator.modelling.names import identifier
from generator.shapes import REF, Complaint, without_null

Schema = Mapping[str, Any]
PARAMETER = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)\Z")
COMPARING = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte")
LISTS = ("$in", "$nin", "$all")
CONSTANT = ("$exists", "$type", "$regex", "$options", "$mod")
JOINING = ("$and", "$or", "$nor")
SETTING = ("$set", "$setOnInsert", "$inc", "$mul", "$min", "$max")
PUSHING = ("$push", "$addToSet", "$pull")
BARE = ("$unset", "$currentDate")
TAKEN = frozenset({"self", "timeout", "batch_size", "id_"})
DANGEROUS = ("$where", "$expr", "$function", "$accumulator", "$jsonSchema")


@dataclass(slots=True)
class Reading:
    """Fields of one collection, and what was found while its filters are read."""

    schema: Schema
    types: Mapping[str, Schema]
    complaints: list[Complaint]
    parameters: dict[str, Schema] = field(default_factory=dict)  # of the operation that is being read

    def complain(self, message: str, *at: str | int) -> None:
        self.complaints.append(Complaint(at, message))

    def at(self, path: str, *where: str | int) -> Schema:
        """The schema at a path; of a list, that of its items, which is what MongoDB compares with."""
        here: Schema = self.schema
        for part in path.split("."):
            here = self.item(here)
            properties = here.get("properties")
            if part.isdigit() or not isinstance(properties, Mapping):
                if here and here.get("type") not in ("object", None):
                    self.complain(
                        f"{path!r} leads into what has no fields. {_known(self.schema, path)}", *where
                    )
                    return {}
                continue
            if part not in properties:
                self.complain(f"there is no field {path!r}. {_known(here, part)}", *where)
                return {}
            here = properties[part]
        return self.plain(here)

    def plain(self, schema: Schema) -> dict[str, Any]:
        """The schema with its reference followed and null put aside."""
        found = without_null(schema)[0]
        for _ in range(8):
            if "$ref" not in found:
                break
            found = without_null(self.types.get(str(found["$ref"]).removeprefix(REF), {}))[0]
        return found

    def item(self, schema: Schema) -> dict[str, Any]:
        """Of a list, the schema of what is in it."""
        found = self.plain(schema)
        return self.plain(found.get("items", {})) if found.get("type") == "array" else found

    def filter(self, raw: Any, *at: str | int) -> dict[str, Any]:
        """A filter in canonical form."""
        if not isinstance(raw, Mapping):
            self.complain("a filter maps fields to values. Write {customer: ':customer'}.", *at)
            return {}
        return {str(key): self._condition(str(key), value, *at, key) for key, value in raw.items()}

    def _condition(self, key: str, value: Any, *at: str | int) -> Any:
        if key in JOINING:
            parts = value if isinstance(value, list) and value else []
            if not parts:
                self.complain(f"{key} holds a list of filters. Write {key}: [{{…}}, {{…}}].", *at)
            return [self.filter(part, *at, index) for index, part in enumerate(parts)]
        if key == "$text":
            return self._text(value, *at)
        if key.startswith("$"):
            self._refuse(key, JOINING, *at)
            return {}
        schema = self.at(key, *at)
        if isinstance(value, Mapping) and any(str(name).startswith("$") for name in value):
            return {
                str(name): self._operator(str(name), told, schema, *at, name) for name, told in value.items()
            }
        return {"$eq": self.value(value, self._compared(schema, value), *at)}

    def _compared(self, schema: Schema, value: Any) -> Schema:
        return schema if isinstance(value, list) else self.item(schema)

    def _operator(self, name: str, told: Any, schema: Schema, *at: str | int) -> Any:
        if name in COMPARING:
            return self.value(told, self._compared(schema, told), *at)
        if name in LISTS:
            item = self.item(schema)
            if isinstance(told, list):
                return [self.value(one, item, *at, index) for index, one in enumerate(told)]
            return self.value(told, {"type": "array", "items": item}, *at, must=True)
        if name == "$size":
            return self.value(told, {"type": "integer"}, *at)
        if name in CONSTANT:
            return self._constant(name, told, *at)
        if name == "$not" and isinstance(told, Mapping):
            return {str(k): self._operator(str(k), v, schema, *at, k) for k, v in told.items()}
        if name == "$elemMatch" and isinstance(told, Mapping):
            inner = Reading(self.item(schema), self.types, self.complaints, self.parameters)
            if any(str(key).startswith("$") for key in told):
                return {str(k): self._operator(str(k), v, inner.schema, *at, k) for k, v in told.items()}
            return inner.filter(told, *at)
        self._refuse(name, (*COMPARING, *LISTS, *CONSTANT, "$size", "$not", "$elemMatch"), *at)
        return None

    def _constant(self, name: str, told: Any, *at: str | int) -> Any:
        if isinstance(told, str) and PARAMETER.match(told):
            self.complain(
                f"{name} takes no parameter: a caller's value is never a pattern. Write it out.", *at
            )
        return told

    def _text(self, value: Any, *at: str | int) -> dict[str, Any]:
        told = value if isinstance(value, Mapping) else {"$search": value}
        return {**told, "$search": self.value(told.get("$search"), {"type": "string"}, *at, "$search")}

    def _refuse(self, name: str, known: Collection[str], *at: str | int) -> None:
        if name in DANGEROUS:
            self.complain(f"{name} runs code in the server. Say it with {', '.join(COMPARING)}.", *at)
            return
        near = difflib.get_close_matches(name, known, 1)
        mend = f"Did you mean {near[0]}?" if near else f"Use {', '.join(known)}."
        self.complain(f"there is no operator {name!r} here. {mend}", *at)

    def value(self, told: Any, schema: Schema, *at: str | int, must: bool = False) -> Any:
        """A constant, or ``":name"``, which becomes a parameter with the type of the field."""
        found = PARAMETER.match(told) if isinstance(told, str) else None
        if found:
            self._parameter(found[1], schema, *at)
        elif isinstance(told, str) and told.startswith(":"):
            self.complain(
                f"{told[:40]!r} names no parameter. Write a name behind the colon, like ':id'.", *at
            )
        elif isinstance(told, Mapping) and _operators(told):
            self.complain("an operator cannot stand here. Write a value, or a parameter like ':id'.", *at)
        elif isinstance(told, str) and schema.get("format") == "date-time":
            self.complain("a time cannot be written out here. Make it a parameter, like ':since'.", *at)
        elif told is not None and not must and not _fits(told, schema, self.plain):
            self.complain(f"{str(told)[:40]!r} does not fit the field. Write a value of its type.", *at)
        elif must:
            self.complain("a list belongs here. Write [a, b], or a parameter like ':values'.", *at)
        return told

    def _parameter(self, name: str, schema: Schema, *at: str | int) -> None:
        if identifier(name) != name or name in TAKEN:
            free = identifier(name) if identifier(name) not in TAKEN else f"the_{name}"
            self.complain(f"{name!r} cannot be a parameter's name in Python. Call it ':{free}'.", *at)
            return
        known = self.parameters.setdefault(name, schema)
        if known != schema:
            self.complain(f"':{name}' stands for values of two types. Give one of them its own name.", *at)

    def update(self, raw: Any, *at: str | int) -> dict[str, Any]:
        """An update in canonical form: operators, and for each the fields that it changes."""
        known = (*SETTING, *PUSHING, *BARE)
        if not isinstance(raw, Mapping) or not raw:
            self.complain("an update says what changes. Write {$set: {status: ':status'}}.", *at)
            return {}
        found: dict[str, Any] = {}
        for name, told in raw.items():
            if name not in known:
                self._refuse(str(name), known, *at, name)
            elif not isinstance(told, Mapping):
                self.complain(
                    f"{name} maps fields to values. Write {name}: {{status: ':status'}}.", *at, name
                )
            else:
                found[name] = {str(k): self._change(name, str(k), v, *at, name, k) for k, v in told.items()}
        return found

    def _change(self, name: str, path: str, value: Any, *at: str | int) -> Any:
        schema = self.at(path, *at)
        if path == "id":
            self.complain("an id never changes. Insert another document.", *at)
        if name in BARE:
            return True if name == "$currentDate" else ""
        if name in PUSHING:
            item = self.item(schema)
            if isinstance(value, Mapping) and set(value) == {"$each"}:
                return {"$each": self.value(value["$each"], {"type": "array", "items": item}, *at, "$each")}
            return self.value(value, item, *at)
        return self.value(value, schema, *at)


def _fits(told: Any, schema: Schema, plain: Callable[[Any], Schema]) -> bool:
    return not schema or fits_deeply(told, schema, plain)


def _operators(told: Mapping[Any, Any]) -> bool:
    return any(
        str(key).startswith("$") or (isinstance(v, Mapping) and _operators(v)) for key, v in told.items()
    )


def _known(schema: Schema, wanted: str) -> str:
    names = [str(name) for name in schema.get("properties") or ()]
    near = difflib.get_close_matches(wanted, names, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Fields are {', '.join(names) or 'none'}."
