"""Raw schemas as JSON Schema 2020-12, one form for requests and one for answers, and their validators.

A reference becomes ``#/$defs/<n>``, and ``format: binary`` ``{"x-binary": true}``: bytes have no JSON form.
What is a mistake is dropped and remembered as a fault of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

from generator.gates._oracles._loading import Files, Node
from generator.gates._oracles._patterns import usable
from generator.gates._oracles._schemas import FORMATS

Schema = Mapping[str, Any]
TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
NUMBERS = ("minimum", "maximum", "multipleOf")
KEPT = ("enum", "const", "default", "format", "uniqueItems")
MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
DEFINED = 3  # how many slashes the pointer of a named schema has: /components/schemas/Pet
ONE = ("not", "items", "additionalProperties", "propertyNames")


class Schemas:
    """The schemas of one direction; *unsent* is what it never holds: ``readOnly`` or ``writeOnly``."""

    def __init__(self, files: Files, modern: bool, unsent: str) -> None:
        self._files, self._modern, self._unsent = files, modern, unsent
        self._names: dict[tuple[str, str], str] = {}
        self._defs: dict[str, Any] = {}
        self._waiting: list[Node] = []
        self._known: dict[tuple[str, str], dict[str, Any]] = {}
        self.tags: dict[str, dict[str, list[str]]] = {}  # reference → field → what unions call it by
        self.usual: dict[str, list[Any]] = {}  # field → its defaults and only values, wherever it stands

    def of(self, node: Node) -> dict[str, Any]:
        """Return the translated schema of *node*; whatever it refers to is translated too."""
        key = node.file, node.at
        if key not in self._known:
            self._known[key] = self._translated(node)
            while self._waiting:
                waiting = self._waiting.pop()
                self._defs[self._names[waiting.file, waiting.at]] = self._translated(waiting)
        return self._known[key]

    def resolved(self, schema: Schema) -> Schema:
        """Follow references."""
        for _ in range(50):
            if "$ref" not in schema or len(schema) > 1:
                break
            schema = self._defs[str(schema["$ref"]).rpartition("/")[2]]
        return schema

    def validator(self, schema: Schema) -> Draft202012Validator:
        """Return the validator of a translated schema."""
        return Draft202012Validator({**schema, "$defs": self._defs}, format_checker=FORMATS)

    def _reference(self, node: Node, reference: str) -> dict[str, Any]:
        found = self._files.target(node, reference)
        if found is None:
            self._files.complain(node, f"the reference {reference!r} leads nowhere")
            return {}
        key = found.file, found.at
        if key not in self._names:
            self._names[key] = str(len(self._names))
            self._waiting.append(found)
        return {"$ref": f"#/$defs/{self._names[key]}"}

    def _translated(self, node: Node) -> dict[str, Any]:
        raw = node.map
        reference = raw.get("$ref")
        if isinstance(reference, str):
            target = self._reference(node, reference)
            beside = {k: v for k, v in raw.items() if k not in ("$ref", "description", "summary")}
            if not self._modern or not beside:
                return target
            return {"allOf": [target, self._plain(Node(node.file, node.at, beside))]}
        if node.value is False:
            return {"not": {}}
        return self._plain(node)

    def _plain(self, node: Node) -> dict[str, Any]:
        raw = node.map
        if _is_binary(raw):
            return {"x-binary": True}
        found = {key: raw[key] for key in KEPT if key in raw}
        found |= {key: int(raw[key]) for key in COUNTS if _number(raw.get(key)) and raw[key] >= 0}
        found |= self._type(node) | self._bounds(raw) | self._pattern(node) | self._parts(node)
        if "allOf" in found:
            found["allOf"] += self._inherited(node)
        if not isinstance(found.get("enum", []), list) or found.get("enum") == []:
            self._files.complain(node, "enum is no list of values")
            del found["enum"]
        if raw.get("contentEncoding") == "base64":
            found["format"] = "byte"
        return self._nullable(raw, self._discriminated(node, found))

    def _type(self, node: Node) -> dict[str, Any]:
        told = node.map.get("type")
        types = told if isinstance(told, list) else [told] if told is not None else []
        known = [type for type in types if isinstance(type, str) and type in TYPES]
        if len(known) < len(types):
            self._files.complain(node, f"{told!r} is no type")
            return {}
        return {"type": known if len(known) > 1 else known[0]} if known else {}

    def _bounds(self, raw: Schema) -> dict[str, Any]:
        found = {key: raw[key] for key in NUMBERS if _number(raw.get(key))}
        if found.get("multipleOf", 1) <= 0:
            del found["multipleOf"]
        for key, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            told = raw.get(key)
            if told is True and bound in found:
                found[key] = found.pop(bound)
            elif _number(told):
                found[key] = told
        return found

    def _pattern(self, node: Node) -> dict[str, Any]:
        pattern = node.map.get("pattern")
        if pattern is None:
            return {}
        if isinstance(pattern, str) and usable(pattern):
            return {"pattern": pattern}
        self._files.complain(node, f"the pattern {pattern!r} cannot be checked")
        return {}

    def _parts(self, node: Node) -> dict[str, Any]:
        raw, found = node.map, dict[str, Any]()
        for key in MANY:
            if isinstance(raw.get(key), list) and raw[key]:
                found[key] = [self._translated(part) for part in node.child(key).each()]
        for key in ONE:
            if isinstance(raw.get(key), Mapping) or raw.get(key) is False:
                found[key] = self._translated(node.child(key))
        if isinstance(raw.get("items"), list):
            found["prefixItems"] = [self._translated(part) for part in node.child("items").each()]
        return found | self._fields(node)

    def _fields(self, node: Node) -> dict[str, Any]:
        fields = {str(name): node.child("properties", str(name)) for name in node.child("properties").map}
        gone = {name for name, field in fields.items() if field.map.get(self._unsent) is True}
        found: dict[str, Any] = {}
        for name, field in fields.items():
            self._remember(name, self._files.follow(field).map if "$ref" in field.map else field.map)
        if fields:
            found["properties"] = {
                name: self._translated(field) for name, field in fields.items() if name not in gone
            }
        needed = node.map.get("required")
        if isinstance(needed, list):
            needed = [name for name in dict.fromkeys(map(str, needed)) if name not in gone]
            found["required"] = [name for name in needed if name in fields or not self._is_whole(node, name)]
        return found

    @cached_property
    def _shared(self) -> frozenset[str]:
        """Return the pointers of the schemas that an allOf puts together with others."""
        found, waiting = set[str](), [self._files.top().value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, Mapping):
                parts = one.get("allOf")
                for part in parts if isinstance(parts, list) else ():
                    if isinstance(part, Mapping):
                        found.add(str(part.get("$ref", "")).removeprefix("#"))
                waiting.extend(one.values())
            elif isinstance(one, list):
                waiting.extend(one)
        return frozenset(found)

    def _is_whole(self, node: Node, name: str) -> bool:
        """Return whether no other schema can declare a required field: it is a slip, and nobody sends it."""
        combined = any(key in node.map for key in MANY) or "/allOf/" in node.at
        if combined or node.at in self._shared or "properties" not in node.map:
            return False
        self._files.complain(node, f"{name!r} is required and not declared")
        return True

    def _remember(self, name: str, told: Schema) -> None:
        members = told.get("enum")
        only = [members[0]] if isinstance(members, list) and len(members) == 1 else []
        told_so = [told[key] for key in ("default", "const") if key in told]
        if only or told_so:
            self.usual.setdefault(name, []).extend([*only, *told_so])

    def _discriminated(self, node: Node, found: dict[str, Any]) -> dict[str, Any]:
        told = node.map.get("discriminator")
        name = told.get("propertyName") if isinstance(told, Mapping) else told
        if not isinstance(name, str):
            return found
        mapping = dict(self._mapping(node, told if isinstance(told, Mapping) else {}))
        for value, target in mapping.items():
            self.tags.setdefault(target, {}).setdefault(name, []).append(value)
        choices = found.pop("oneOf", None)  # the tag decides, however much the alternatives overlap
        return found | ({"anyOf": choices} if choices else {}) | {"x-tag": [name, mapping]}

    def _inherited(self, node: Node) -> list[dict[str, Any]]:
        """Say what a named schema is called by, where a part of it tells its kinds apart."""
        if node.at.count("/") > DEFINED or node.at in self._shared:
            return []
        own, found = node.at.rpartition("/")[2], []
        for told in self._telling(node, DEFINED):
            name, mapping = told.get("propertyName"), told.get("mapping")
            written = mapping.items() if isinstance(mapping, Mapping) else ()
            values = [str(value) for value, target in written if str(target).rpartition("/")[2] == own]
            if isinstance(name, str):
                found.append({"properties": {name: {"enum": values or [own]}}})
        return found

    def _telling(self, node: Node, depth: int) -> Iterator[Mapping[str, Any]]:
        """Yield the discriminators of the schemas that *node* builds on."""
        for part in node.child("allOf").each() if depth else ():
            target = self._files.follow(part)
            told = target.map.get("discriminator") if "$ref" in part.map else None
            if told is not None:
                yield told if isinstance(told, Mapping) else {"propertyName": told}
            yield from self._telling(target, depth - 1)

    def _mapping(self, node: Node, told: Mapping[str, Any]) -> Mapping[str, str]:
        """Return tag → reference: as written, else the names of the alternatives."""
        written = told.get("mapping")
        found: dict[str, str] = {}
        if isinstance(written, Mapping) and written:
            for value, target in written.items():
                where = str(target) if "#" in str(target) or "." in str(target) else ""
                reference = self._reference(node, where or f"#/components/schemas/{target}")
                found |= {str(value): reference["$ref"]} if reference else {}
            return found
        for part in [*node.child("oneOf").each(), *node.child("anyOf").each()]:
            target = str(part.map.get("$ref", ""))
            if target and (reference := self._reference(part, target)):
                found[target.rpartition("/")[2]] = reference["$ref"]
        return found

    def _nullable(self, raw: Schema, found: dict[str, Any]) -> dict[str, Any]:
        if raw.get("nullable") is not True and raw.get("x-nullable") is not True:
            return found
        return found if self._modern else {"anyOf": [found, {"type": "null"}]}


def _is_binary(raw: Schema) -> bool:
    if raw.get("type") == "file":
        return True
    if raw.get("type", "string") not in ("string", ["string"]):
        return False
    media = str(raw.get("contentMediaType", ""))
    return raw.get("format") == "binary" or (
        bool(media) and "contentEncoding" not in raw and not _texty(media)
    )


def _texty(media: str) -> bool:
    return media.startswith("text/") or media.endswith(("json", "xml"))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
