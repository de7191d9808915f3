"""
The manifest's type language, turned into JSON Schema 2020-12. Every pattern reads shapes with it.

    string integer number boolean datetime date duration bytes file any object
    T?            optional: may be null, and as a field may be left out
    [T]           a list
    {field: T}    an object; unknown fields are allowed
    Issue         a name from the entry's ``types``

``[Issue]`` may be YAML's own list or the word ``"[Issue]"``; ``"[string]?"`` needs its quotes in YAML.

A mapping is JSON Schema, not an object, when all its keys are JSON Schema keywords and one of them says
what a value is: ``type``, ``enum``, ``const``, ``$ref``, ``oneOf``, ``properties``, ``items``, ``minimum`` …
(``title``, ``description``, ``default`` and the like alone do not). It is an object all the same when a
keyword holds what that keyword cannot hold but a field can: ``{items: [Issue]}``,
``{type: string, title: string}`` (nobody titles a value "string"), ``{type: string, deprecated: boolean}``.
``{type: object, properties: {…}}`` always says it without doubt. Inside JSON Schema, shapes work too:
``{type: array, items: Issue}``, ``{type: datetime, description: When it was closed.}``.

Canonical results: an optional T is ``{"anyOf": [T, {"type": "null"}]}`` (``any?`` is ``{}``); a named type is
``{"$ref": "#/types/Issue"}``; ``required`` is sorted and holds each field that is neither optional nor has a
default; ``bytes`` (base64 in JSON, raw as a whole body) is ``format: byte``, ``file`` is ``format: binary``.
JSON Schema written in full passes through, checked; ``nullable: true`` becomes the canonical optional.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling import schema_keywords as keywords

Pointer = tuple[str | int, ...]
MAX_DEPTH = 32
REF = "#/types/"

WORDS: Mapping[str, Mapping[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "duration": {"type": "string", "format": "duration"},
    "bytes": {"type": "string", "format": "byte"},
    "file": {"type": "string", "format": "binary"},
    "any": {},
    "object": {"type": "object"},
}
_ALIASES = {
    **dict.fromkeys(("str", "text", "uuid", "uri", "url", "email"), "string"),
    **dict.fromkeys(("int", "long", "int32", "int64"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("timestamp", "date-time", "time"), "datetime"),
    **dict.fromkeys(("byte", "base64"), "bytes"),
    **dict.fromkeys(("binary", "blob"), "file"),
    **dict.fromkeys(("dict", "map", "json"), "object"),
    **dict.fromkeys(("array", "list"), "[any]"),
}
_TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One mistake in an entry: where (relative to the entry), what is wrong and, at its end, the mend."""

    pointer: Pointer
    message: str


def to_schema(
    shape: Any, types: Collection[str], complaints: list[Complaint], pointer: Pointer = ()
) -> dict[str, Any]:
    """The JSON Schema of one shape. Never raises: a bad part adds a complaint and becomes ``{}``."""
    return _Reader(types, complaints).read(shape, pointer, 0)


def named_types(
    types: Any, complaints: list[Complaint], pointer: Pointer = ("types",)
) -> dict[str, dict[str, Any]]:
    """The schemas of an entry's ``types`` mapping, by name, in order; names are checked as well."""
    if not isinstance(types, Mapping):
        return {}
    for name in types:
        if problem := _type_name_problem(name):
            complaints.append(Complaint((*pointer, name), problem))
    return {str(name): to_schema(shape, types, complaints, (*pointer, name)) for name, shape in types.items()}


def without_null(schema: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Split a schema into what it accepts besides null and whether it accepts null (however written)."""
    rest = dict(schema)
    if isinstance(rest.get("type"), list) and "null" in rest["type"]:
        kept = [name for name in rest["type"] if name != "null"]
        rest["type"] = kept[0] if len(kept) == 1 else kept
        return rest, True
    for union in ("anyOf", "oneOf"):
        if union not in rest:
            continue
        options = rest[union]
        kept = [option for option in options if option != {"type": "null"}]
        if kept and len(kept) < len(options):
            del rest[union]
            return ({**kept[0], **rest} if len(kept) == 1 else {union: kept, **rest}), True
    return rest, False


def _type_name_problem(name: Any) -> str:
    if not isinstance(name, str) or not _TYPE_NAME.match(name):
        return f"{_show(name)} cannot name a type. Use letters, digits and _, like 'Issue'."
    if name in WORDS:
        return f"'{name}' is a built-in type. Give yours another name, like '{name.capitalize()}Value'."
    return ""


@dataclass(frozen=True, slots=True)
class _Reader:
    types: Collection[str]
    complaints: list[Complaint]

    def read(self, shape: Any, at: Pointer, depth: int, *, inside: bool = False) -> dict[str, Any]:
        """``inside``: the shape stands where JSON Schema expects a schema, so ``{}`` means anything."""
        if depth > MAX_DEPTH:
            return self._complain(at, f"nested over {MAX_DEPTH} levels deep. Name the inner part in 'types'.")
        if isinstance(shape, str):
            return self._word(shape.strip(), at, depth)
        if isinstance(shape, list | tuple):
            return self._list(shape, at, depth)
        if isinstance(shape, Mapping):
            if keywords.is_schema(shape, WORDS, inside=inside):
                return self._schema(shape, at, depth)
            return self._object(shape, at, depth)
        return self._complain(at, f"{_show(shape)} is not a type. {_mend(_text(shape), self.types)}")

    def _word(self, word: str, at: Pointer, depth: int) -> dict[str, Any]:
        if word in WORDS:
            return dict(WORDS[word])
        if word.endswith("?"):
            return optional(self.read(word.rstrip("? "), at, depth + 1))
        if word.startswith("[") and word.endswith("]"):
            return {"type": "array", "items": self.read(word[1:-1], at, depth + 1)}
        if word in self.types:
            return {"$ref": REF + word}
        return self._complain(at, f"{_show(word)} is not a type. {_mend(word, self.types)}")

    def _list(self, shape: list[Any] | tuple[Any, ...], at: Pointer, depth: int) -> dict[str, Any]:
        if len(shape) != 1:
            many = "a list has one type" if shape else "a list needs its type"
            return self._complain(at, f"{many}. Write [string], or [{{anyOf: [string, integer]}}] for a mix.")
        return {"type": "array", "items": self.read(shape[0], (*at, 0), depth + 1)}

    def _object(self, shape: Mapping[Any, Any], at: Pointer, depth: int) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required = []
        for field, inner in shape.items():
            if not isinstance(field, str) or not field:
                self._complain((*at, field), f"{_show(field)} is not a field's name. Put quotes round it.")
                continue
            properties[field] = self.read(inner, (*at, field), depth + 1)
            if not _may_be_left_out(inner, properties[field]):
                required.append(field)
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        return {**schema, "required": sorted(required)} if required else schema

    def _schema(self, shape: Mapping[str, Any], at: Pointer, depth: int) -> dict[str, Any]:
        before = len(self.complaints)
        schema = {key: self._keyword(key, value, (*at, key), depth) for key, value in shape.items()}
        if len(self.complaints) > before:
            return {}
        schema, nullable = self._typed(schema, (*at, "type"), depth)
        nullable |= schema.get("nullable") is True
        for where, text in keywords.faults(schema, nullable=nullable):
            self.complaints.append(Complaint((*at, *where), text))
        if len(self.complaints) > before:
            return {}
        schema.pop("nullable", None)
        return optional(schema) if nullable else schema

    def _typed(self, schema: dict[str, Any], at: Pointer, depth: int) -> tuple[dict[str, Any], bool]:
        """Read ``type`` when it is a word of this language: ``datetime``, ``string?``, ``Issue``."""
        kind = schema.get("type")
        if isinstance(kind, list) and len(kind) == 1:
            one = _text(kind[0])
            both = f"Write {one} for one value, or {{type: array, items: {one}}} for a list"
            return self._complain(at, f"[{one}] can be read in two ways. {both}."), False
        if not isinstance(kind, str) or kind in keywords.TYPES:
            return schema, False
        rest = {key: schema[key] for key in schema if key != "type"}
        return {**self._word(kind.rstrip("? "), at, depth), **rest}, kind.endswith("?")

    def _keyword(self, key: str, value: Any, at: Pointer, depth: int) -> Any:
        role = keywords.KEYWORDS[key]
        if role == "ref":
            return self._ref(value, at)
        if role == "required" and isinstance(value, list) and all(isinstance(item, str) for item in value):
            return sorted(value)
        if role == "schema":
            return self._inner(value, at, depth)
        if role == "schemas" and isinstance(value, list):
            return [self._inner(item, (*at, i), depth) for i, item in enumerate(value)]
        if role == "fields" and isinstance(value, Mapping):
            return {name: self._inner(item, (*at, name), depth) for name, item in value.items()}
        return value

    def _inner(self, value: Any, at: Pointer, depth: int) -> Any:
        """A schema inside a schema: JSON Schema allows true and false there as well."""
        return value if isinstance(value, bool) else self.read(value, at, depth + 1, inside=True)

    def _ref(self, target: Any, at: Pointer) -> str:
        name = target.removeprefix(REF) if isinstance(target, str) else target
        if not isinstance(name, str) or name not in self.types:
            known = _did_you_mean(_text(name), self.types)
            self._complain(at, f"{_show(target)} is not a name from 'types'. {known or 'Declare it there.'}")
        return f"{REF}{name}"

    def _complain(self, at: Pointer, message: str) -> dict[str, Any]:
        self.complaints.append(Complaint(at, message))
        return {}


def optional(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, null allowed: in the canonical form, notes (title, default …) on the outside."""
    if not schema or without_null(schema)[1]:
        return schema
    notes = {key: schema[key] for key in schema if key in keywords.NOTES}
    inner = {key: schema[key] for key in schema if key not in keywords.NOTES}
    return {"anyOf": [inner, {"type": "null"}], **notes} if inner else schema


def _may_be_left_out(shape: Any, schema: Mapping[str, Any]) -> bool:
    if isinstance(shape, str):
        return shape.rstrip().endswith("?")
    return "default" in schema or without_null(schema)[1]


def _mend(word: str, types: Collection[str]) -> str:
    if "|" in word:
        return "Write {anyOf: [string, integer]} for a choice."
    if word.startswith(("{", "[")):
        return "Write it without quotes, or give it a name in 'types'."
    return _did_you_mean(word, types) or f"Use {', '.join(WORDS)} or a name from 'types'."


def _did_you_mean(word: str, types: Collection[str]) -> str:
    """Types first: they are the user's own words; then built-in ones and the words of other languages."""
    folded = {name.lower(): name for name in [*_ALIASES, *WORDS, *(n for n in types if isinstance(n, str))]}
    found = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.7)
    if not found:
        return ""
    name = folded[found[0]]
    return f"Did you mean '{_ALIASES.get(name, name) if name not in types else name}'?"


def _text(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _show(value: Any) -> str:
    text = " ".join(_text(value).split()) or "(nothing)"
    short = text if len(text) <= 60 else text[:57] + "…"
    return f"'{short}'" if isinstance(value, str) and value else short
