"""Values that a translated schema allows, from a seed: the least one, the fullest one, and edges.

Every value is checked by the schema's validator before it is given away. What cannot be made is a fact about
the document, raised as ``Unsynthesized``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Literal

from generator.gates._oracles._merging import Contradiction, merged
from generator.gates._oracles._schemas import overlaps
from generator.gates._oracles._strings import number, text
from generator.gates._oracles._translate import Schema, Schemas

Level = Literal["least", "most", "wild"]
DEEPEST, LARGEST, TRIES = 6, 150, 5
STOP = 24  # levels of required fields; a schema that needs more needs itself
MOST = 1000  # items, fields or characters that a schema may ask for
STEPS = 20_000  # combinations of alternatives that are looked at for one value
ANY: Mapping[Level, Any] = {"least": "any", "most": {"any": ["thing", 1, None]}, "wild": [1.5, {"a,b": "ä"}]}

HINTS: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "additionalProperties", "required", "minProperties"),
    "array": ("items", "prefixItems", "minItems"),
    "number": ("minimum", "maximum"),
    "string": ("pattern", "minLength", "maxLength", "format"),
}


class Unsynthesized(Exception):
    """No value was found that the schema allows."""


class Sampler:
    """Makes values of one direction's schemas. *nulls*: an optional field may be null, as in answers."""

    def __init__(self, schemas: Schemas, seed: str, *, nulls: bool) -> None:
        self.schemas, self._seed, self._nulls = schemas, seed, nulls
        self.overlapping: set[str] = set()  # schemas of which only values of several alternatives were found

    def value(self, schema: Schema, level: Level, name: str, place: str = "json") -> Any:
        """Return a value of *schema*; *name* and the seed decide which. Raises Unsynthesized."""
        validator, doubtful = self.schemas.validator(schema), None
        for attempt in range(TRIES):
            seed = hashlib.sha256(f"{self._seed}\0{name}\0{level}\0{attempt}".encode()).digest()
            drawn = level if attempt < 2 else "wild" if attempt % 2 else "most"
            drawing = _Drawing(self.schemas, Random(seed), drawn, place, self._nulls)  # noqa: S311
            try:
                found = drawing.draw(schema, 0)
                errors = list(validator.iter_errors(_plain(found)))
            except (RecursionError, OverflowError, ValueError, TypeError) as error:
                raise Unsynthesized(f"no value of the schema was found: {type(error).__name__}") from error
            if not errors:
                return found
            doubtful = found if all(map(overlaps, errors)) else doubtful
        if doubtful is None:
            raise Unsynthesized(f"no value of the schema was found: {errors[0].message[:120]}")
        self.overlapping.add(name.partition(" #")[0])
        return doubtful


class _Drawing:
    """One value being made."""

    def __init__(self, schemas: Schemas, rng: Random, level: Level, place: str, nulls: bool) -> None:
        self._schemas, self._rng, self._level, self._place = schemas, rng, level, place
        self._nulls, self._drawn, self._steps = nulls, 0, 0

    @property
    def _wild(self) -> bool:
        return self._level == "wild"

    def draw(self, schema: Schema, depth: int) -> Any:
        self._drawn += 1
        if depth > STOP:
            raise Unsynthesized("the schema needs itself")
        failure = Unsynthesized("the schema has no alternatives")
        for flat in self._flat(schema, depth, 0):
            try:
                return self._of_flat(flat, depth)
            except Unsynthesized as error:
                failure = error
        raise failure

    def _flat(self, schema: Schema, depth: int, nested: int) -> Iterator[dict[str, Any]]:
        """Yield the schema without references and alternatives, one combination after another."""
        if nested > STOP:
            return
        tags = self._schemas.tags.get(str(schema.get("$ref", "")), {})
        schema = self._schemas.resolved(schema)
        if tags:  # what a union elsewhere tells apart by a tag is called so everywhere, if that can be
            called = {"properties": {name: {"enum": values} for name, values in tags.items()}}
            yield from self._flat({"allOf": [schema, called]}, depth, nested + 1)
        if "$ref" in schema:
            schema = {"allOf": [{"$ref": schema["$ref"]}, {k: v for k, v in schema.items() if k != "$ref"}]}
        rest = {k: v for k, v in schema.items() if k not in ("allOf", "anyOf", "oneOf", "x-tag")}
        if "const" in rest:
            rest["enum"] = [rest.pop("const")]
        groups = [[part] for part in schema.get("allOf", ())]
        groups += [self._ordered(schema[key], depth) for key in ("anyOf", "oneOf") if key in schema]
        tag = schema.get("x-tag")
        combined = self._tagged(groups, tag) if tag else groups
        yield from self._combined(rest, combined, depth, nested)

    def _combined(
        self, rest: dict[str, Any], groups: list[list[Schema]], depth: int, nested: int
    ) -> Iterator[dict[str, Any]]:
        self._steps += 1
        if self._steps > STEPS:
            raise Unsynthesized("the schema has too many combinations of alternatives")
        if not groups:
            yield rest
            return
        for choice in groups[0]:
            for flat in self._flat(choice, depth, nested + 1):
                try:
                    both = merged(rest, flat)
                except Contradiction:
                    continue
                yield from self._combined(both, groups[1:], depth, nested)

    def _ordered(self, choices: list[Schema], depth: int) -> list[Schema]:
        """Return alternatives in the order to try: null last, or by chance; the simple first when deep."""
        if self._wild:
            found = self._rng.sample(choices, len(choices))
            if self._nulls:
                return found
        else:
            found = list(choices)
        may_be_null = self._wild and depth > 1 and self._place == "json"
        found.sort(key=lambda choice: choice.get("type") == "null" and not may_be_null)
        if depth > DEEPEST:
            found.sort(key=lambda choice: "$ref" in choice or choice.get("type") in ("object", "array"))
        return found

    def _tagged(self, groups: list[list[Schema]], tag: list[Any]) -> list[list[Schema]]:
        """Return the alternatives that a discriminator knows, each with its tag."""
        name, mapping = tag
        by_target: dict[str, list[str]] = {}
        for value, target in mapping.items():
            by_target.setdefault(target, []).append(value)

        def known(choice: Schema) -> Schema:
            values = by_target.get(str(choice.get("$ref", "")))
            fields = {"properties": {name: {"enum": values}}, "required": [name]}
            return {"allOf": [choice, fields]} if values else choice

        tagged = [[known(choice) for choice in group] for group in groups]
        if tagged != groups or not mapping:
            return tagged
        return [*groups, [{"properties": {name: {"enum": list(mapping)}}, "required": [name]}]]

    def _of_flat(self, flat: Schema, depth: int) -> Any:
        if "enum" in flat:
            member = self._member(flat["enum"])
            return float(member) if type(member) is int and flat.get("type") == "number" else member
        if flat.get("x-binary"):
            return self._binary()
        kind = self._kind(flat)
        if any(flat.get(key, 0) > MOST for key in ("minLength", "minItems", "minProperties")):
            raise Unsynthesized("the schema asks for too much")
        if kind == "object":
            return self._object(flat, depth)
        if kind == "array":
            return self._array(flat, depth)
        if kind == "string":
            return text(flat, self._rng, self._wild, self._level == "least", self._place)
        if kind in ("integer", "number"):
            return number(flat, self._rng, self._wild, kind == "integer")
        if kind == "boolean":
            return self._level != "least" if not self._wild else self._rng.random() < 0.5
        return None if kind == "null" else self._anything()

    def _anything(self) -> Any:
        if self._place == "form":
            return {"any": "thing"}
        return ANY[self._level] if self._place == "json" else "any"

    def _binary(self) -> Any:
        if self._place == "json":
            return "binary"
        return b"\x00\xff--\r\nfile" if self._level != "least" else b"file"

    def _member(self, members: list[Any]) -> Any:
        possible = [m for m in members if m is not None and m != ""] or members
        if self._wild:
            return self._rng.choice(members if self._nulls else possible)
        return possible[0] if self._level == "least" else possible[-1]

    def _kind(self, flat: Schema) -> str:
        told = flat.get("type")
        if isinstance(told, list):
            possible = [kind for kind in told if kind != "null"] or ["null"]
            return str(self._rng.choice(told if self._nulls else possible) if self._wild else possible[0])
        if told:
            return str(told)
        return next((kind for kind, keys in HINTS.items() if any(key in flat for key in keys)), "any")

    def _object(self, flat: Schema, depth: int) -> dict[str, Any]:
        fields, needed = flat.get("properties", {}), flat.get("required", ())
        rest = flat.get("additionalProperties", {})
        found: dict[str, Any] = {}
        for name in [*needed, *(name for name in fields if name not in needed)]:
            if name in needed:
                found[name] = self.draw(fields.get(name, rest), depth + 1)
            elif self._wants_optional(depth):
                self._add(found, name, fields[name], depth)
        free = (
            "properties" not in flat and rest != {"not": {}} and self._level != "least" and depth <= DEEPEST
        )
        wanted = max(flat.get("minProperties", 0), 1 if free else 0)
        for index in range(max(wanted - len(found), 0)):
            found[f"key{index}" if not self._wild else f"a {index}, ü"] = self.draw(rest, depth + 1)
        return found

    def _wants_optional(self, depth: int) -> bool:
        if self._level == "least" or depth > DEEPEST or self._drawn > LARGEST:
            return False
        return not self._wild or self._rng.random() < 0.5

    def _add(self, found: dict[str, Any], name: str, schema: Schema, depth: int) -> None:
        """Fill an optional field; where that cannot be done it stays away, and so does null in requests."""
        try:
            value = self.draw(schema, depth + 1)
        except Unsynthesized:
            return
        if value is not None or self._nulls:
            found[name] = value

    def _array(self, flat: Schema, depth: int) -> list[Any]:
        low, high = flat.get("minItems", 0), flat.get("maxItems", 3)
        if self._place != "json":
            low = max(low, 1)
        full = 1 if depth > 2 else 2
        count = low if self._level == "least" or depth > DEEPEST or self._drawn > LARGEST else max(low, full)
        if self._wild and count > low:
            count = self._rng.randint(low, max(low, min(high, 3)))
        first, items = flat.get("prefixItems", ()), flat.get("items", {})
        found = [self.draw(part, depth + 1) for part in first]
        for _ in range(max(0, min(count, max(high, low)) - len(found))):
            found.append(self.draw(items, depth + 1))
        return self._distinct(found, items, low, depth) if flat.get("uniqueItems") is True else found

    def _distinct(self, found: list[Any], items: Schema, low: int, depth: int) -> list[Any]:
        level, self._level = self._level, "wild"
        for _ in range(20 * low):
            distinct = {json.dumps(item, sort_keys=True, default=str): item for item in found}
            if len(distinct) >= low:
                break
            found.append(self.draw(items, depth + 1))
        self._level = level
        return list({json.dumps(item, sort_keys=True, default=str): item for item in found}.values())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
