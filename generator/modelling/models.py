"""JSON Schema → typed values (msgspec), as plain facts for a skeleton to print. Shared by every pattern.

An object with fields becomes a frozen class, a short enum a ``Literal``, a union of texts, numbers, one list
and one object a plain union. ``{"$ref": "#/types/Issue"}`` names a type of the entry; recursion is fine.
A union of objects is a tagged union where a field tells them apart; else a small wrapper, a ``OneOf`` of the
runtime, that keeps what came and gives it as whichever type fits. What contains itself and is no object gets
one too. What Python or msgspec cannot say (a tuple, a type that is nothing but itself, a field
whose name has a quote in it) becomes ``Any`` with a finding. No schema makes this module fail. A field that
may be left out is ``T | None = None`` and is left out again when it is None.

How strict an answer is read is decided here alone. A field that the schema requires must come, with its type:
an answer without it is no such answer. Everything else gives way: fields that nobody declared are ignored,
what may be left out may also be null, ``writeOnly`` fields need not come back. With ``open=True`` (types out
of a vendor's document, and services grow) an enum also takes values that it does not list, and a union of
objects is always a wrapper, so that an object of a new kind is kept as it came instead of failing the answer.
A time, date, duration or base64 text whose own example or default is not written so, is a ``str``.

Names: a named type keeps its name in PascalCase; the object in field ``user`` of ``Issue`` is ``IssueUser``,
in the list ``lines`` of ``Order`` it is ``OrderLine``. Collisions: see ``context.ClassNames``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from generator.modelling import composed, enums, formats, kinds, printing, unions
from generator.modelling.context import MAX_DEPTH, MAX_NESTED, ClassNames, Context
from generator.modelling.fields import Field, described, fields, unhidden, unwritable
from generator.modelling.kinds import ANY, Kind
from generator.modelling.names import article, pascal, phrase, singular
from generator.shapes import REF, without_null

Schema = Mapping[str, Any]
_WORDS = {"string": kinds.STRING, "integer": kinds.INTEGER, "number": kinds.NUMBER, "boolean": kinds.BOOLEAN}


class Models:
    """Collects the typed values that one package needs, as its schemas are read."""

    def __init__(
        self, types: Mapping[str, Schema], reserved: Container[str] = (), *, open: bool = False
    ) -> None:
        self._types, self._open = types, open
        self._names = ClassNames(types, reserved)
        self._children = unions.children(types)
        self._named: dict[str, Kind | None] = {}
        self._recursive, self._nullable = set[str](), set[str]()
        self._deferred, self._nested = list[tuple[Schema, Context]](), 0  # see MAX_NESTED
        self._made = printing.Made()
        self.findings: list[dict[str, str]] = []

    def result(self, schema: Any, name: str, at: str) -> Kind:
        """The kind of what a service sends; *name* is for a class, should one be needed."""
        return self._whole(schema, Context(pascal(name), article(phrase(name)), at))

    def argument(self, schema: Any, name: str, at: str, about: str = "") -> Kind:
        """The kind of what a caller gives; *about* says in words what it is."""
        return self._whole(schema, Context(pascal(name), about or article(phrase(name)), at, argument=True))

    def is_free(self, name: str) -> bool:
        """Would a class keep this name?"""
        return self._names.is_free(name)

    def python(self, kind: Kind, value: Any) -> str:
        """The expression that makes a JSON value of *kind* in Python."""
        return kinds.write(kind, value, self._made.construct, self._made.choose)

    def facts(self) -> dict[str, Any]:
        """What the skeleton prints: see ``printing.Made.facts``."""
        return self._made.facts()

    def references(self, name: str) -> frozenset[str]:
        """The models that the annotations of model *name* mention."""
        return self._made.references(name)

    def _whole(self, schema: Any, here: Context) -> Kind:
        kind = self._kind(schema, here)
        while self._deferred:
            self._class(*self._deferred.pop())
        return kind

    def _kind(self, schema: Any, here: Context) -> Kind:
        return self._opened(self._told(schema, here))

    def _opened(self, kind: Kind) -> Kind:
        return kinds.opened(kind) if self._open else kind

    def _told(self, schema: Any, here: Context) -> Kind:
        if schema is True or schema == {}:
            return ANY
        if not isinstance(schema, Mapping):
            return self._give_up(here, "no value fits it" if schema is False else "it is no schema")
        if here.depth > MAX_DEPTH:
            return self._give_up(here, f"it is nested over {MAX_DEPTH} levels deep")
        try:
            inner, nullable = without_null(schema)
            kind = self._composed(inner, here)
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError):  # nonsense
            return self._give_up(here, "it is no schema")
        return kinds.optional(self._opened(kind)) if nullable or schema.get("nullable") is True else kind

    def _composed(self, schema: Schema, here: Context) -> Kind:
        if "$ref" in schema:
            return self._reference(schema, here)
        if "allOf" in schema:
            return self._all_of(schema, here)
        if ("const" in schema or "enum" in schema) and not enums.is_misplaced(schema):
            return self._enum(schema, here)
        if named := enums.spelled_out(schema):
            return self._enum(named, here)
        for word in ("oneOf", "anyOf"):
            if isinstance(schema.get(word), list) and not unions.only_constrains(schema[word]):
                return self._union(schema, unions.options(schema, schema[word], self._deref), here)
        if odd := composed.unread(schema):
            self._find(here, f"its type does not tell {odd!r}")
        kind = schema.get("type", composed.implied_type(schema))
        if isinstance(kind, list):
            return self._union({}, [{**schema, "type": name} for name in kind], here)
        return self._typed(kind, schema, here)

    def _typed(self, kind: Any, schema: Schema, here: Context) -> Kind:
        if kind == "object":
            return self._object(schema, here)
        if kind == "array":
            items = {} if "prefixItems" in schema else schema.get("items", {})
            return kinds.sequence(self._kind(items, here.item()))
        if kind == "string":
            return formats.kind_of(schema, argument=here.argument)
        if kind == "null":
            return kinds.NONE
        if kind in _WORDS:
            return _WORDS[kind]
        return ANY if kind is None else self._give_up(here, f"{str(kind)[:40]!r} is not a type")

    def _object(self, schema: Schema, here: Context) -> Kind:
        if composed.is_object(schema):
            return self._class(schema, here) or kinds.mapping(ANY)
        return kinds.mapping(self._kind(composed.values_of(schema), here.item()))

    def _class(self, schema: Schema, here: Context) -> Kind | None:
        """The class of an object; None where msgspec cannot name every field on the wire."""
        if (odd := unwritable(schema["properties"])) is not None:
            self._give_up(here, f"msgspec cannot name its field {odd[:60]!a}")
            return None
        name = self._names.at(here)
        kind = Kind(name, "object", "struct")
        if here.named is not None:
            self._named[here.named] = kind  # so that it may contain itself
        self._made.fields[name] = ()
        self._made.fields[name] = unhidden([self._field(field, here) for field in fields(schema)])
        self._made.structs[name] = described(schema) or here.sentence
        return kind

    def _field(self, field: Field, here: Context) -> Field:
        noun = singular(field.name) if composed.is_list(field.schema) else field.name.rstrip("_")
        return replace(field, kind=self._kind(field.schema, here.inside(field.wire, noun)))

    def _reference(self, schema: Schema, here: Context) -> Kind:
        name = str(schema["$ref"]).removeprefix(REF)
        if name not in self._types:
            return self._give_up(here, f"there is no type {name[:60]!r}")
        found = self._named[name] if name in self._named else self._name_it(name, self._types[name])
        if found is None:  # it is being read
            self._recursive.add(name)
            found = Kind(self._names.of[name], "oneof", "oneof")
        return kinds.optional(self._opened(found)) if name in self._nullable else found

    def _name_it(self, name: str, schema: Schema) -> Kind:
        about = article(phrase(self._names.of[name]))
        here = Context(self._names.of[name], about, f"types.{name}", named=name)
        self._named[name] = None
        inner, nullable = composed.nullness(schema)
        self._nullable |= {name} if nullable else set()
        kind = self._family(name, inner, here) if name in self._children else self._body(inner, here)
        nullable |= kind.text.endswith(" | None")
        kind = kinds.bare(kind)
        if kind.text != here.name or name in self._recursive:
            kind = self._settled(name, kind, schema, here)
        self._named[name] = kind = kinds.optional(self._opened(kind)) if nullable else kind
        return kind

    def _body(self, schema: Any, here: Context) -> Kind:
        """What a named type is; a class of its own, even where it is only another one's parts."""
        if isinstance(schema, Mapping) and isinstance(schema.get("allOf"), list):
            schema = self._flat(schema, here)
        if self._nested >= MAX_NESTED and composed.is_plain_object(schema):
            self._deferred.append((schema, here))
            return Kind(here.name, "object", "struct")
        self._nested += 1
        try:
            return self._told(schema, here)
        finally:
            self._nested -= 1

    def _settled(self, name: str, kind: Kind, schema: Any, here: Context) -> Kind:
        """A named type that is no class: a wrapper where it contains itself, else an alias."""
        if kind.text == "None" and name not in self._recursive:
            return kind
        if name not in self._recursive or here.name in (*self._made.wrappers, *self._made.structs):
            return kind if kind.text == here.name else self._alias(here.name, kind, schema, here)
        if self._made.leads_to(kind.text, here.name):
            kind = self._give_up(here, f"{name[:60]} is nothing but itself")
        if kind.family != "any":
            return self._wrapped(kind.inner if kind.form == "union" else [kind], schema, here)
        return self._alias(here.name, kind, schema, here)

    def _family(self, name: str, schema: Schema, here: Context) -> Kind:
        """A type with a discriminator of its own stands for the types that are made of it."""
        listed: list[Schema] = [{"$ref": f"{REF}{child}"} for child in self._children[name] if child != name]
        if name in self._children[name]:
            listed.append({k: v for k, v in schema.items() if k != "discriminator"})
        return self._union(
            {k: schema[k] for k in ("discriminator", "description") if k in schema}, listed, here
        )

    def _all_of(self, schema: Schema, here: Context) -> Kind:
        parts = [part for part in schema["allOf"] if composed.is_formed(part)]
        own = {key: value for key, value in schema.items() if key != "allOf"}
        if len(parts) == 1 and not composed.is_formed(own):
            return self._kind(parts[0], here.part())
        return self._kind(self._flat(schema, here), here.part())

    def _flat(self, schema: Schema, here: Context) -> dict[str, Any]:
        flat = composed.merged(schema, self._deref, odd=(odd := list[str]()))
        for name in sorted(set(odd)):
            self._find(here, f"its parts disagree about the type of {name[:60]!r}; the last one counts")
        return {key: value for key, value in flat.items() if key != "$ref"}

    def _enum(self, schema: Schema, here: Context) -> Kind:
        values = enums.listed(schema)
        nullable = values is not None and None in values
        kind = kinds.NONE if values == [None] else enums.kind_of(schema)
        if kind is None:
            return self._give_up(here, "its values have no one type")
        if kind.base:
            kind = self._literal(kind, schema, here, alone=len(values or ()) - nullable == 1)
        return kinds.optional(self._opened(kind)) if nullable else kind

    def _literal(self, kind: Kind, schema: Schema, here: Context, *, alone: bool) -> Kind:
        if alone or here.named is not None or (here.argument and len(kind.text) <= enums.SHORT):
            return kind
        return self._alias(self._names.claim(here.name), kind, schema, here)

    def _alias(self, name: str, kind: Kind, schema: Any, here: Context) -> Kind:
        doc = "\n\n".join(filter(None, (described(schema) or here.sentence, kind.note)))
        self._made.aliases[name] = {"annotation": kind.text, "doc": doc}
        return replace(kind, text=name, wide=kind.wide if kind.form != "union" else "")

    def _union(self, schema: Schema, listed: Sequence[Any], here: Context) -> Kind:
        nullable = {"type": "null"} in listed
        listed = [option for option in listed if option != {"type": "null"}]
        objects = [option for option in listed if isinstance(option, Mapping)]
        found = unions.tags(schema, objects, self._deref) if len(objects) == len(listed) else None
        names = list(map(str, found.values if found else range(1, len(listed) + 1)))
        names = names if len(listed) > 1 else [""] * len(listed)
        given = [self._kind(o, here.option(tag)) for o, tag in zip(listed, names, strict=True)]
        nullable |= any(kind.text.endswith(" | None") or kind.text == "None" for kind in given)
        members = list(dict.fromkeys(kinds.bare(kind) for kind in given if kind.text != "None"))
        if not members:
            return kinds.NONE if nullable else self._give_up(here, "it has no types")
        kind = self._either(members, found if len(members) == len(listed) else None, schema, here)
        return kinds.optional(kind) if nullable else kind

    def _either(
        self, members: Sequence[Kind], found: unions.Tags | None, schema: Schema, here: Context
    ) -> Kind:
        known = found if found and (found.stated or not self._open) else None
        tagged = self._made.tagged(members, known.field, known.values) if known else None
        several = sum(kind.form == "struct" for kind in members) > 1
        if tagged and not self._open:
            return Kind(" | ".join(kind.text for kind in tagged), "object", "union", tuple(tagged))
        plain = None if several else kinds.union(members)
        return plain or self._wrapped(tagged or members, schema, here)

    def _wrapped(self, members: Sequence[Kind], schema: Any, here: Context) -> Kind:
        if any(kind.family == "any" for kind in members):
            return ANY
        same = self._made.alike.get(tuple(dict.fromkeys(kind.text for kind in members)))
        if same and here.named is None:
            return same
        return self._made.wrapped(self._names.at(here), members, described(schema) or here.sentence)

    def _deref(self, schema: Schema) -> Schema:
        for _ in range(MAX_DEPTH):
            target = self._types.get(str(schema.get("$ref")).removeprefix(REF)) if "$ref" in schema else None
            if not isinstance(target, Mapping):
                break
            schema = target
        return schema

    def _find(self, here: Context, message: str) -> None:
        self.findings.append({"at": here.at, "message": message})

    def _give_up(self, here: Context, why: str) -> Kind:
        self._find(here, f"{why}; it stays raw (Any)")
        return ANY
