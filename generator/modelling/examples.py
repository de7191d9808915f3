"""Believable example values: valid for their schema, the same on every run, chosen by name, then format.

They stand in generated tests, examples and documentation, so nothing here is random, and what a document
gives as an example is used only where it fits and may be shown. An object has all its fields near the
surface, deeper down those that it must have; recursion ends at the first turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.modelling import composed, enums, tagging, unions
from generator.modelling.fitting import fits, fits_deeply, shows
from generator.modelling.names import singular
from generator.modelling.values import another, number, text
from generator.shapes import REF, without_null

__all__ = ["Examples", "example", "fits"]

Schema = Mapping[str, Any]
Inside = tuple[str, ...]  # the references that lead to a value: where one repeats, it recurs
MAX_DEPTH = 8
PLAIN = ("string", "integer", "number", "boolean")  # these end everywhere
MAX_MADE = 3_000  # values in one example
FULL = (200, 12, 6)  # how many fields an object may have to have them all, by how deep it lies
MAX_TRIED = 6
MAX_ITEMS = 20
PLAIN_VALUES = ("example", 42, True)  # for a choice between anything and something
_HIDDEN = {"request": "readOnly", "response": "writeOnly"}


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples for the schemas of one entry; *hints* maps a field's name to a value, used where it fits.

    *purpose*: ``request`` leaves out what is ``readOnly``, ``response`` what is ``writeOnly``.
    """

    types: Mapping[str, Schema]
    hints: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""
    _known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def of(self, schema: Any, name: str = "", *, purpose: str = "") -> Any:
        """An example of *schema*, valid wherever a valid value can be told without search."""
        self._known["left"] = MAX_MADE
        maker = replace(self, purpose=purpose) if purpose else self
        return maker._at(schema, name, (), 0)

    def plain(self, schema: Any) -> dict[str, Any]:
        """The schema with references followed, ``allOf`` folded and null put aside."""
        if not isinstance(schema, Mapping):
            return {}
        schema = without_null(schema)[0]
        for _ in range(3):  # a reference to an optional reference to an allOf
            if "$ref" not in schema and "allOf" not in schema:
                break
            schema = without_null(composed.merged(self._deref(schema), self._deref))[0]
        return dict(schema)

    def _at(self, schema: Any, name: str, inside: Inside, level: int) -> Any:
        self._known["left"] = self._known.get("left", MAX_MADE) - 1
        if not isinstance(schema, Mapping) or self._known["left"] < 0:
            return None
        if len(inside) > MAX_DEPTH and (kind := self.plain(schema).get("type")) not in PLAIN:
            return [] if kind == "array" else None
        try:
            bare = without_null(schema)[0]
            return self._of(bare, name, (*inside, str(bare.get("$ref", ""))), level)
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RecursionError):
            return None  # real documents hold real nonsense

    def _of(self, schema: Schema, name: str, inside: Inside, level: int) -> Any:
        inner = _settled(self.plain(schema))
        for value in self._stated(inner, name):
            return value
        family = self._families().get(inside[-1].removeprefix(REF))
        if family:
            listed = [{"$ref": f"{REF}{child}"} for child in family if REF + child not in inside]
            union = {"discriminator": inner.get("discriminator")}
            return self._either(union, listed, name, inside, level)
        for word in ("oneOf", "anyOf"):
            if isinstance(inner.get(word), list) and inner[word]:
                return self._either(inner, inner[word], name, inside, level, exact=word == "oneOf")
        return self._typed(inner, name, inside, level)

    def _stated(self, schema: Schema, name: str) -> Iterator[Any]:
        """Values that the schema, a hint or an enum already gives, best first."""
        if "const" in schema:
            yield schema["const"]
        examples = schema.get("examples")
        given = [*(examples if isinstance(examples, list) else []), schema.get("example")]
        for value in given[:MAX_TRIED]:
            if value is not None and shows(value) and fits_deeply(value, schema, self.plain):
                yield self._shown(value, schema)
        options = [value for value in enums.listed(schema) or () if value is not None]
        hint = self.hints.get(name)
        listed = not options or (type(hint), hint) in _typed(options)
        if hint is not None and listed and fits_deeply(hint, schema, self.plain):
            yield hint
        yield from options[:1]

    def _shown(self, value: Any, schema: Schema) -> Any:
        """A document's example without what its purpose leaves out."""
        hidden, properties = _HIDDEN.get(self.purpose), schema.get("properties")
        if not hidden or not isinstance(value, Mapping) or not isinstance(properties, Mapping):
            return value
        return {k: v for k, v in value.items() if not _is_marked(properties.get(k), hidden)}

    def _either(
        self,
        schema: Schema,
        listed: Sequence[Any],
        name: str,
        inside: Inside,
        level: int,
        exact: bool = False,
    ) -> Any:
        """The first option that ends, and, of ``oneOf``, fits no other one too."""
        beside = {k: v for k, v in schema.items() if k not in ("oneOf", "anyOf", *composed.OWN)}
        if unions.only_constrains(listed) and composed.is_formed(beside):
            both = composed.merged({"allOf": [beside, listed[0]]}, self._deref)
            return self._typed(both, name, inside, level)
        flat = [o for o in unions.options(beside, listed, self._deref) if _is_some(o)]
        ending = [o for o in flat if not self._recurs(o, inside)] or flat[:1]
        made: list[Any] = []
        for option in ending[:MAX_TRIED]:
            value = self._option(option, beside, name, inside, level)
            made.append(self._tagged(value, option, schema, flat))
            if not exact or self._counted(made[-1], flat) == 1:
                return made[-1]
        plain = [value for value in PLAIN_VALUES if made and self._counted(value, flat) == 1]
        return next(iter([*plain, *made]), None)

    def _counted(self, value: Any, flat: Sequence[Schema]) -> int:
        """How many options *value* fits."""
        return sum(fits_deeply(value, option, self.plain) for option in flat) if len(flat) > 1 else 1

    def _option(self, option: Schema, beside: Schema, name: str, inside: Inside, level: int) -> Any:
        if "properties" in beside or "$ref" in option or "allOf" in option:
            return self._at(option, name, inside, level)
        return self._at({**beside, **option}, name, inside, level)

    def _tagged(self, value: Any, option: Schema, schema: Schema, flat: Sequence[Schema]) -> Any:
        if not isinstance(value, dict) or not isinstance(schema.get("discriminator"), Mapping):
            return value
        found = unions.tags(schema, flat, self._deref)
        return {**value, found.field: found.values[flat.index(option)]} if found else value

    def _typed(self, schema: Schema, name: str, inside: Inside, level: int) -> Any:
        kind = schema.get("type", composed.implied_type(schema))
        kind = next((k for k in kind if k != "null"), None) if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, inside, level)
        if kind == "array":
            return self._array(schema, name, inside, level)
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            return number(schema, name, whole=kind == "integer")
        told = {"pattern", "minLength", "maxLength"} & schema.keys()
        if kind == "string" or (kind is None and told):
            return text(schema, name)
        return None if kind == "null" else {"key": "value"}

    def _object(self, schema: Schema, inside: Inside, level: int) -> dict[str, Any]:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or not properties:
            return self._map(schema, inside, level)
        required = [name for name in schema.get("required") or () if name in properties]
        hidden = _HIDDEN.get(self.purpose, "")
        shown = [name for name in sorted(properties) if not _is_marked(properties[name], hidden)]
        full = len(shown) <= (FULL[level] if level < len(FULL) else 0)
        value: dict[str, Any] = {}
        for name in shown:
            must = name in required or len(value) < schema.get("minProperties", 0)
            must = must or self._is_constant(properties[name])  # it is there in any case
            if must or (full and not self._recurs(properties[name], inside)):
                value[name] = self._field(properties[name], name, inside, level)
        value = {name: inner for name, inner in value.items() if inner is not None or name in required}
        tag = self._tags().get(inside[-1].removeprefix(REF)) if inside else None
        return {**value, tag[0]: tag[1]} if tag and tag[0] in value else value

    def _is_constant(self, schema: Any) -> bool:
        told = self.plain(schema) if isinstance(schema, Mapping) else {}
        return len(enums.listed(told) or ()) == 1

    def _field(self, schema: Any, name: str, inside: Inside, level: int) -> Any:
        nullable = isinstance(schema, Mapping) and without_null(schema)[1]
        return (
            None if nullable and self._recurs(schema, inside) else self._at(schema, name, inside, level + 1)
        )

    def _map(self, schema: Schema, inside: Inside, level: int) -> dict[str, Any]:
        values = schema.get("additionalProperties", {})
        kept = values if isinstance(values, Mapping) and values else {"type": "string"}
        least = schema.get("minProperties", 0)
        if values is False or schema.get("maxProperties") == 0 or (not least and self._recurs(kept, inside)):
            return {}
        names = schema.get("propertyNames")
        key = text(self.plain(names), "key") if isinstance(names, Mapping) else "key"
        keys = [key, *(another(key, n, self.plain(names)) for n in range(1, min(least, MAX_ITEMS)))]
        value = self._at(kept, "value", inside, level + 1)
        return dict.fromkeys(keys, value)

    def _array(self, schema: Schema, name: str, inside: Inside, level: int) -> list[Any]:
        first = schema.get("prefixItems")
        if isinstance(first, list) and first:
            return [self._at(item, singular(name), inside, level) for item in first[:MAX_ITEMS]]
        least, items = schema.get("minItems", 0), schema.get("items", {"type": "string"})
        if schema.get("maxItems") == 0 or (not least and self._recurs(items, inside)):
            return []
        item = self._at(items, singular(name), inside, level)
        count = max(1, min(least, MAX_ITEMS))
        if count == 1 or schema.get("uniqueItems") is not True:
            return [item] * count
        inner = self.plain(items)
        options = [value for value in enums.listed(inner) or () if value is not None]
        return options[:count] if options else [item, *(another(item, n, inner) for n in range(1, count))]

    def _recurs(self, schema: Any, inside: Inside) -> bool:
        """Would the value hold another of what it is part of?"""
        if not isinstance(schema, Mapping) or len(inside) > MAX_DEPTH:
            return True
        inner = without_null(schema)[0]
        if inner.get("$ref", " ") in inside:
            return True
        parts = [
            inner.get("items"),
            *(inner.get("allOf") or () if len(inner.get("allOf") or ()) == 1 else ()),
        ]
        return any(isinstance(part, Mapping) and self._recurs(part, inside) for part in parts)

    def _tags(self) -> dict[str, tuple[str, str | int]]:
        if "tags" not in self._known:
            self._known["tags"] = tagging.by_type(self.types, self._deref)
        found: dict[str, tuple[str, str | int]] = self._known["tags"]
        return found

    def _families(self) -> dict[str, list[str]]:
        if "families" not in self._known:
            self._known["families"] = unions.children(self.types)
        found: dict[str, list[str]] = self._known["families"]
        return found

    def _deref(self, schema: Schema) -> Schema:
        seen = 0
        while "$ref" in schema and seen < MAX_DEPTH:
            target = self.types.get(str(schema["$ref"]).removeprefix(REF))
            notes = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**target, **notes} if isinstance(target, Mapping) else notes
            seen += 1
        return schema


def example(schema: Any, types: Mapping[str, Schema], name: str = "") -> Any:
    """A valid, believable value of *schema*; *name* is the field or parameter that it is for."""
    return Examples(types).of(schema, name)


def _settled(schema: Schema) -> Schema:
    """Constants with titles as an enum; an enum that is misplaced on a list, on its items."""
    schema = enums.spelled_out(schema) or schema
    if not ("enum" in schema or "const" in schema) or not enums.is_misplaced(schema):
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("enum", "const")}
    items = rest.get("items")
    return {**rest, "items": {**items, "enum": enums.listed(schema)}} if isinstance(items, Mapping) else rest


def _typed(values: Sequence[Any]) -> list[tuple[type, Any]]:
    return [(type(value), value) for value in values]


def _is_some(option: Any) -> bool:
    return isinstance(option, Mapping) and option != {"type": "null"}


def _is_marked(schema: Any, mark: str) -> bool:
    return bool(mark) and isinstance(schema, Mapping) and schema.get(mark) is True
