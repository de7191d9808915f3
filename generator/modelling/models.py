"""JSON Schema → typed values (msgspec), as plain facts for a skeleton to print. Shared by every pattern.

An object with fields becomes a frozen class, a short enum a ``Literal``, a union of objects a tagged union
where a field tells them apart. ``{"$ref": "#/types/Issue"}`` names a type of the entry, and recursion is
fine. What Python or msgspec cannot say (a union of two untagged objects, a tuple, an alias that contains
itself) becomes ``Any`` with a finding, and the values stay raw. No schema makes this module fail.
A field that may be left out is ``T | None = None`` and is left out again when it is None.

Names: a named type keeps its name in PascalCase; the object in field ``user`` of ``Issue`` is ``IssueUser``,
in the list ``lines`` of ``Order`` it is ``OrderLine``. A name that Python or the skeleton needs gets
``Value`` behind it, a second one a number; types are named in alphabetical order, so the manifest's order
is no matter.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.modelling import composed, kinds
from generator.modelling.fields import Field, described, fields, rename_option, unhidden
from generator.modelling.kinds import ANY, Kind
from generator.modelling.names import article, pascal, phrase, singular, unique
from generator.shapes import REF, without_null

MAX_DEPTH = 32
MAX_LITERALS = 12
SHORT = 60  # an enum this short is written out in a signature instead of getting a name
_NEEDED = (
    "Any Literal Struct TypeAlias FileUpload Sequence Mapping Iterator AsyncIterator Download AsyncDownload"
    " None True False Exception TypeError ValueError KeyError"
)
RESERVED = frozenset(_NEEDED.split())
UNWRITABLE = re.compile(r'[\x00-\x1f"\\]')
Schema = Mapping[str, Any]
_WORDS = {"string": kinds.STRING, "integer": kinds.INTEGER, "number": kinds.NUMBER, "boolean": kinds.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Context:
    """Where a schema stands: the name that it would give a class, what it is in words, and its place."""

    name: str
    about: str
    at: str
    depth: int = 0
    argument: bool = False

    def inside(self, part: str, noun: str) -> Context:
        about = f"the {phrase(noun)} of {self.about}"
        return replace(
            self,
            name=self.name + pascal(noun),
            about=about,
            at=f"{self.at}.{part}",
            depth=self.depth + 1,
            argument=False,
        )

    def item(self) -> Context:
        return replace(self, name=singular(self.name), at=f"{self.at}[]", depth=self.depth + 1)


class Models:
    """Collects the typed values that one package needs, as its schemas are read."""

    def __init__(self, types: Mapping[str, Schema], reserved: Container[str] = ()) -> None:
        self._types = types
        self._reserved = reserved
        self._taken: set[str] = set()
        self._classes = {name: self._claim(pascal(name)) for name in sorted(types)}
        self._named: dict[str, Kind | None] = {}
        self._structs: dict[str, dict[str, Any]] = {}
        self._fields: dict[str, tuple[Field, ...]] = {}
        self._aliases: dict[str, dict[str, Any]] = {}
        self._tags: dict[str, tuple[str, str]] = {}
        self.findings: list[dict[str, str]] = []

    def result(self, schema: Any, name: str, at: str) -> Kind:
        """The kind of what a service sends; *name* is for a class, should one be needed."""
        return self._kind(schema, Context(name, article(phrase(name)), at))

    def argument(self, schema: Any, name: str, at: str, about: str = "") -> Kind:
        """The kind of what a caller gives; *about* says in words what it is."""
        return self._kind(schema, Context(name, about or article(phrase(name)), at, argument=True))

    def is_free(self, name: str) -> bool:
        """Would a class keep this name?"""
        return name not in self._taken and name not in RESERVED and name not in self._reserved

    def python(self, kind: Kind, value: Any) -> str:
        """The expression that makes a JSON value of *kind* in Python."""
        return kinds.write(kind, value, self._construct)

    def facts(self) -> dict[str, Any]:
        """Everything that the skeleton prints, in the order in which Python can read it."""
        structs = [self._struct_facts(name) for name in self._structs]
        aliases = [{**facts, "name": name} for name, facts in self._aliases.items()]
        first = [alias for alias in aliases if alias["annotation"].startswith("Literal[")]
        last = [alias for alias in aliases if alias not in first]
        names = sorted(item["name"] for item in [*first, *structs, *last])
        return {"literals": first, "structs": structs, "aliases": last, "names": names}

    def _kind(self, schema: Any, here: Context) -> Kind:
        if schema is True or schema == {}:
            return ANY
        if not isinstance(schema, Mapping):
            return self._give_up(here, "no value fits it" if schema is False else "it is no schema")
        if here.depth > MAX_DEPTH:
            return self._give_up(here, f"it is nested over {MAX_DEPTH} levels deep")
        try:
            inner, nullable = without_null(schema)
            kind = self._composed(inner, here)
        except (TypeError, ValueError, KeyError, AttributeError):  # real documents hold real nonsense
            return self._give_up(here, "it is no schema")
        return kinds.optional(kind) if nullable or schema.get("nullable") is True else kind

    def _composed(self, schema: Schema, here: Context) -> Kind:
        if "$ref" in schema:
            return self._reference(schema, here)
        if "allOf" in schema:
            return self._all_of(schema, here)
        if "const" in schema or "enum" in schema:
            return self._enum(schema, here)
        for word in ("oneOf", "anyOf"):
            if isinstance(schema.get(word), list):
                return self._union(schema, schema[word], here)
        kind = schema.get("type", composed.implied_type(schema))
        if isinstance(kind, list):
            return self._union({}, [{**schema, "type": name} for name in kind], here)
        return self._typed(kind, schema, here)

    def _typed(self, kind: Any, schema: Schema, here: Context) -> Kind:
        if kind == "object":
            return self._object(schema, here)
        if kind == "array":
            return kinds.sequence(self._kind(schema.get("items", {}), here.item()))
        if kind == "string":
            found = kinds.FORMATS.get(str(schema.get("format")), kinds.STRING)
            return found if here.argument or found.form != "file" else kinds.STRING
        if kind == "null":
            return kinds.NONE
        if kind in _WORDS:
            return _WORDS[kind]
        return ANY if kind is None else self._give_up(here, f"{str(kind)[:40]!r} is not a type")

    def _object(self, schema: Schema, here: Context) -> Kind:
        if composed.is_object(schema) and self._is_writable(schema, here):
            return self._struct(self._claim(here.name), schema, here)
        if composed.is_object(schema):
            return kinds.mapping(ANY)
        values = schema.get("additionalProperties", {})
        return kinds.mapping(self._kind({} if isinstance(values, bool) else values, here.item()))

    def _is_writable(self, schema: Schema, here: Context) -> bool:
        """Can msgspec name every field on the wire?"""
        odd = next((wire for wire in schema["properties"] if UNWRITABLE.search(wire)), None)
        if odd is not None:
            self._give_up(here, f"msgspec cannot name its field {odd!a}")
        return odd is None

    def _reference(self, schema: Schema, here: Context) -> Kind:
        name = str(schema["$ref"]).removeprefix(REF)
        if name not in self._types:
            return self._give_up(here, f"there is no type {name[:60]!r}")
        if name in self._named:
            return self._named[name] or self._give_up(here, f"{name} contains itself, and is no object")
        return self._name_it(name, self._types[name])

    def _name_it(self, name: str, schema: Schema) -> Kind:
        class_name = self._classes[name]
        here = Context(class_name, article(phrase(class_name)), f"types.{name}")
        body = composed.merged(schema, self._deref) if isinstance(schema, Mapping) else {}
        if composed.is_object(body) and not without_null(body)[1] and self._is_writable(body, here):
            self._named[name] = Kind(class_name, "object", "struct")
            kind = self._struct(class_name, body, here)
        else:
            self._named[name] = None
            kind = self._alias(class_name, self._kind(schema, here), schema, here)
        self._named[name] = kind
        return kind

    def _all_of(self, schema: Schema, here: Context) -> Kind:
        if len(schema["allOf"]) == 1 and not schema.get("properties"):
            return self._kind(schema["allOf"][0], replace(here, depth=here.depth + 1))
        flat = composed.merged(schema, self._deref)
        flat.pop("$ref", None)
        return self._kind(flat, replace(here, depth=here.depth + 1))

    def _enum(self, schema: Schema, here: Context) -> Kind:
        listed = [schema["const"]] if "const" in schema else schema["enum"]
        values = [value for value in listed if value is not None] if isinstance(listed, list) else []
        types = {type(value) for value in values}
        nullable = isinstance(listed, list) and len(values) < len(listed)
        if not values and nullable:
            return kinds.NONE
        if not types or not types <= _SCALARS.keys():
            return self._give_up(here, "its values have no one type")
        distinct = list(dict.fromkeys(values))
        if len(types) > 1 or not types <= {str, int} or len(distinct) > MAX_LITERALS:
            kind = kinds.union([_SCALARS[t] for t in sorted(types, key=str)]) or ANY
        else:
            kind = self._literal(kinds.literal(distinct), schema, here, alone=len(distinct) == 1)
        return kinds.optional(kind) if nullable else kind

    def _literal(self, kind: Kind, schema: Schema, here: Context, *, alone: bool) -> Kind:
        named = here.depth == 0 and here.name in self._classes.values()
        if alone or named or (here.argument and len(kind.text) <= SHORT):
            return kind
        return self._alias(self._claim(here.name), kind, schema, here)

    def _alias(self, name: str, kind: Kind, schema: Any, here: Context) -> Kind:
        about = f"{here.about[:1].upper()}{here.about[1:]}."
        doc = "\n\n".join(filter(None, (described(schema) or about, kind.note)))
        self._aliases[name] = {"annotation": kind.text, "doc": doc}
        return replace(kind, text=name, wide=kind.wide if kind.form != "union" else "")

    def _union(self, schema: Schema, options: Sequence[Any], here: Context) -> Kind:
        found = composed.tags(schema, [o for o in options if isinstance(o, Mapping)], self._deref)
        names = found.values if found else [str(n + 1) for n in range(len(options))]
        members = [
            self._kind(option, replace(here, name=here.name + pascal(tag), depth=here.depth + 1))
            for option, tag in zip(options, names, strict=False)
        ]
        if found and len(members) > 1:
            return self._tagged(members, found, here)
        return kinds.union(members) or self._undecided(members, here)

    def _tagged(self, members: Sequence[Kind], found: composed.Tags, here: Context) -> Kind:
        pairs = zip(members, found.values, strict=True)
        tags = {member.text: (found.field, value) for member, value in pairs}
        if len(tags) < len(members) or any(self._tags.get(n, tag) != tag for n, tag in tags.items()):
            return self._undecided(members, here)
        self._tags |= tags
        inner = tuple(replace(member, tag=tags[member.text]) for member in members)
        return Kind(" | ".join(tags), "object", "union", inner)

    def _undecided(self, members: Sequence[Kind], here: Context) -> Kind:
        names = list(dict.fromkeys(member.text for member in members))
        self._give_up(here, f"nothing tells {', '.join(names)} apart")
        note = f"One of {', '.join(names)}, as it came: `msgspec.convert(value, {names[0]})` types it."
        return replace(ANY, note=note)

    def _struct(self, name: str, schema: Schema, here: Context) -> Kind:
        self._fields[name] = ()
        found = []
        for field in fields(schema):
            noun = singular(field.name) if composed.is_list(field.schema) else field.name.rstrip("_")
            found.append(replace(field, kind=self._kind(field.schema, here.inside(field.wire, noun))))
        self._fields[name] = unhidden(found)
        about = f"{here.about[:1].upper()}{here.about[1:]}."
        self._structs[name] = {"name": name, "doc": described(schema) or about}
        return Kind(name, "object", "struct")

    def _struct_facts(self, name: str) -> dict[str, Any]:
        tag = self._tags.get(name)
        kept = [field for field in self._fields[name] if not tag or field.wire != tag[0]]
        rename = rename_option(kept)
        options = {
            "frozen": True,
            "kw_only": True,
            "omit_defaults": True,
            **({"rename": rename} if rename else {}),
            **({"tag_field": tag[0], "tag": tag[1]} if tag else {}),
        }
        written = ", ".join(f"{key}={kinds.code(value)}" for key, value in options.items())
        return {**self._structs[name], "options": written, "fields": [field.facts(rename) for field in kept]}

    def _construct(self, name: str, value: Mapping[str, Any]) -> str:
        tag = self._tags.get(name)
        given = (f for f in self._fields.get(name, ()) if f.wire in value and (not tag or f.wire != tag[0]))
        return f"{name}({', '.join(f'{f.name}={self.python(f.kind, value[f.wire])}' for f in given)})"

    def _claim(self, wanted: str) -> str:
        name = f"{wanted}Value" if wanted in RESERVED or wanted in self._reserved else wanted
        name = unique(name, self._taken)
        self._taken.add(name)
        return name

    def _deref(self, schema: Schema) -> Schema:
        target = self._types.get(str(schema.get("$ref", "")).removeprefix(REF)) if "$ref" in schema else None
        return target if isinstance(target, Mapping) else schema

    def _give_up(self, here: Context, why: str) -> Kind:
        self.findings.append({"at": here.at, "message": f"{why}; it stays raw (Any)"})
        return ANY


_SCALARS = {str: kinds.STRING, int: kinds.INTEGER, float: kinds.NUMBER, bool: kinds.BOOLEAN}
