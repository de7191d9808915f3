"""Values as code: how a test gives one, finds it in a command, and answers with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.kinds import Kind
from generator.modelling.models import Models
from generator.templating import py


@dataclass(frozen=True, slots=True)
class Value:
    """An example of a value that is stored.

    Attributes:
        kind: its type in Python.
        example: as JSON.
        form: text, bytes or json: how it is stored.
        constant: what the tests call its JSON; "" where it is written out.
    """

    kind: Kind
    example: Any
    form: str
    constant: str = ""

    @property
    def json(self) -> str:
        """The JSON value in a test."""
        return self.constant or py(self.example)

    @property
    def python(self) -> str:
        """The value itself in a test."""
        if self.kind.text in ("str", "int", "float", "bool"):
            return py(self.example)
        return f"convert({self.json}, {self.kind.text})"

    @property
    def word(self) -> str:
        """What a command has for it."""
        if self.form == "bytes":
            return repr(base64.b64decode(self.example))
        if self.form == "text" or not isinstance(self.example, str | type(None)):
            return self.json
        return repr(json.dumps(self.example))

    @property
    def stored(self) -> str:
        """What the server answers for it."""
        if self.form == "json" and self.constant:
            return f"encode({self.constant})"
        return repr(bytes_of(self.example, self.form))


def bytes_of(example: Any, form: str) -> bytes:
    """The stored bytes of a JSON value."""
    if form == "bytes":
        return base64.b64decode(example)
    if form == "text":
        return str(example).encode()
    return json.dumps(example, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Values:
    """Makes values of the types of one entry."""

    models: Models
    examples: Examples
    constants: dict[str, Any]  # what the tests call JSON values → these

    def of(self, schema: Mapping[str, Any], name: str, at: str) -> Value:
        """An example of one schema; *name* is what it is called."""
        kind = self.models.result(schema, name, at)
        example = self.examples.of(schema, name)
        constant = ""
        if isinstance(example, dict | list):
            constant = self._constant(name.upper(), example)
        return Value(kind, example, self.form(schema), constant)

    def field_kind(self, struct: str, name: str, schema: Mapping[str, Any]) -> Kind:
        """The type of one field of a class, as the class has it."""
        for made in self.models.facts()["structs"]:
            for field in made["fields"] if made["name"] == struct else ():
                if (field.get("wire") or field["name"]) == name:
                    return Kind(str(field["annotation"]).removesuffix(" | None"), "any")
        return self.models.result(schema, f"{struct}_{name}", name)

    def form(self, schema: Mapping[str, Any]) -> str:
        """How values of a schema are stored."""
        plain = self.examples.plain(schema)
        if "anyOf" in plain or "oneOf" in plain or plain.get("type") != "string":
            options = plain.get("enum")
            texts = isinstance(options, list) and all(isinstance(one, str) for one in options)
            return "text" if texts and "type" not in plain else "json"
        return "bytes" if plain.get("format") in ("byte", "binary") else "text"

    def fields(self, schema: Mapping[str, Any], example: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of an object with how each is stored: name → (schema, form, example)."""
        told = self.examples.plain(schema).get("properties", {})
        return {
            name: (inner, self.form(inner), example[name])
            for name, inner in told.items()
            if example.get(name) is not None
        }

    def words(self, schema: Mapping[str, Any], example: Mapping[str, Any]) -> str:
        """The fields as the rest of a command."""
        pairs = []
        for name, (_, form, value) in self.fields(schema, example).items():
            raw = form == "bytes" or (form == "json" and isinstance(value, str))
            word = repr(bytes_of(value, form)) if raw else py(value)
            pairs.append(f"{py(name)}: {word}")
        return f"Fields({{{', '.join(pairs)}}})"

    def flat(self, schema: Mapping[str, Any], example: Mapping[str, Any]) -> str:
        """The fields as the server answers them."""
        listed: list[bytes] = []
        for name, (_, form, value) in self.fields(schema, example).items():
            listed += name.encode(), bytes_of(value, form)
        return repr(listed)

    def _constant(self, name: str, example: Any) -> str:
        if self.constants.get(name, example) != example:
            name = f"{name}_{len(self.constants)}"
        self.constants[name] = example
        return name
