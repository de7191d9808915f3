"""The operations of a raw OpenAPI 3.x or Swagger 2.0 document, as an oracle needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.gates._oracles._loading import Files, Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
COLLECTIONS = {"ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited", "multi": "form"}
# OpenAPI says of the first three that they are ignored; the others are HTTP's own.
NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization", "host", "content-length"})
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, and how it travels; *style* ``json`` is JSON content."""

    place: str
    name: str
    schema: Node
    required: bool
    style: str
    explode: bool


@dataclass(frozen=True, slots=True)
class Media:
    """One media type. *fields*: form field → (style, explode, content type), where the document says so."""

    type: str
    schema: Node
    fields: Mapping[str, tuple[str, bool, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One credential: *kind* is ``basic``, ``bearer`` (whatever travels as a token), ``key`` or ``other``."""

    kind: str
    place: str = "header"
    name: str = "Authorization"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. *security* holds alternatives; None says nothing of credentials."""

    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: tuple[Media, ...]
    body_required: bool
    responses: Mapping[str, tuple[Media, ...]]
    security: tuple[tuple[Scheme, ...], ...] | None

    @property
    def key(self) -> str:
        """Return ``METHOD /path``."""
        return f"{self.method} {self.path}"

    @property
    def placeholders(self) -> list[str]:
        """Return the names in the path, in order."""
        return _placeholders(self.path)


def _placeholders(path: str) -> list[str]:
    return [name.strip("+*") for name in re.findall(r"\{([^{}]*)\}", re.split("[?#]", path)[0])]


def _implied(name: str, node: Node) -> Parameter:
    """A name in the path that nothing declares: any text fills it."""
    schema = Node(node.file, node.at, {"type": "string", "minLength": 1})
    return Parameter("path", name, schema, True, "simple", False)


def is_openapi(value: Any) -> bool:
    """Return whether a document says that it is OpenAPI 3.x or Swagger 2.0."""
    if not isinstance(value, Mapping):
        return False
    return str(value.get("openapi", "")).startswith("3.") or str(value.get("swagger", "")).startswith("2.")


class Document:
    """A raw document; only what is asked for is read."""

    def __init__(self, files: Files) -> None:
        self.files, self.top = files, files.top()
        version = str(self.top.map.get("openapi") or self.top.map.get("swagger"))
        self.swagger, self.modern = version.startswith("2."), version.startswith("3.1")
        self.schemes = dict(self._schemes())

    def operation(self, key: str) -> Operation | None:
        """Return the operation ``METHOD /path``, or None."""
        method, _, path = key.partition(" ")
        item = self.files.follow(self.top.child("paths", path))
        node = self.files.follow(item.child(method.lower()))
        return self._read(method, path, item, node) if method.lower() in METHODS and node.map else None

    def _read(self, method: str, path: str, item: Node, node: Node) -> Operation:
        found: dict[tuple[str, str], Node] = {}
        for one in [*item.child("parameters").each(), *node.child("parameters").each()]:
            parameter = self.files.follow(one)
            found[str(parameter.map.get("in")), str(parameter.map.get("name"))] = parameter
        plain = [p for (place, _), p in found.items() if place in STYLES]
        named = {name.strip("+*") for place, name in found if place == "path"}
        implied = [_implied(name, node) for name in _placeholders(path) if name not in named]
        body, required = self._body(node, found)
        return Operation(
            method,
            path,
            _with_query(path, [*(p for p in map(self._parameter, plain) if not _ignored(p)), *implied]),
            body,
            required,
            {status: self._answer(response, node) for status, response in node.child("responses").items()},
            self._security(node),
        )

    def _parameter(self, node: Node) -> Parameter:
        told = node.map
        place, name = str(told["in"]), str(told["name"])
        required = told.get("required") is True or place == "path"
        content = node.child("content").items()
        if content:
            return Parameter(place, name, content[0][1].child("schema"), required, "json", False)
        if self.swagger:
            style, explode = _collected(place, told)
            return Parameter(place, name, node, required, style, explode)
        style = str(told.get("style") or STYLES[place])
        said = told.get("explode")
        exploded = said if isinstance(said, bool) else style in ("form", "deepObject")
        return Parameter(place, name, node.child("schema"), required, style, exploded)

    def _body(self, node: Node, found: Mapping[tuple[str, str], Node]) -> tuple[tuple[Media, ...], bool]:
        if self.swagger:
            return self._old_body(node, found)
        body = self.files.follow(node.child("requestBody"))
        return tuple(self._media(body)), body.map.get("required") is True

    def _old_body(self, node: Node, found: Mapping[tuple[str, str], Node]) -> tuple[tuple[Media, ...], bool]:
        takes = self._types(node, "consumes")
        for (place, _), parameter in found.items():
            if place == "body":
                schema = parameter.child("schema")
                required = parameter.map.get("required") is True
                return tuple(Media(type, schema) for type in takes), required
        fields = {name: p for (place, name), p in found.items() if place == "formData"}
        if not fields:
            return (), False
        files = any(p.map.get("type") == "file" for p in fields.values())
        types = [type for type in takes if type in (FORM, PARTS)] or [PARTS if files else FORM]
        needed = [name for name, p in fields.items() if p.map.get("required") is True]
        whole = {"type": "object", "properties": {n: dict(p.map) for n, p in fields.items()}}
        schema = Node(node.file, f"{node.at}/formData", {**whole, "required": needed})
        styles = {name: (*_collected("query", p.map), "") for name, p in fields.items()}
        return tuple(Media(type, schema, styles) for type in types), bool(needed)

    def _types(self, node: Node, key: str) -> list[str]:
        own = node.map.get(key, self.top.map.get(key))
        return [str(type) for type in own] if isinstance(own, list) and own else ["application/json"]

    def _media(self, node: Node) -> Iterator[Media]:
        for type, content in node.child("content").items():
            fields = {name: _encoded(told) for name, told in content.child("encoding").items()}
            yield Media(type, content.child("schema"), fields)

    def _answer(self, response: Node, node: Node) -> tuple[Media, ...]:
        response = self.files.follow(response)
        if not self.swagger:
            return tuple(self._media(response))
        schema = response.child("schema")
        types = self._types(node, "produces")
        return tuple(Media(type, schema) for type in types) if schema.map else ()

    def _security(self, node: Node) -> tuple[tuple[Scheme, ...], ...] | None:
        told = node.child("security") if "security" in node.map else self.top.child("security")
        if told.value is None:
            return None
        return tuple(
            tuple(self.schemes.get(str(name), Scheme("other")) for name in one.map) for one in told.each()
        )

    def _schemes(self) -> Iterator[tuple[str, Scheme]]:
        where = ("securityDefinitions",) if self.swagger else ("components", "securitySchemes")
        for name, node in self.top.child(*where).items():
            yield name, _scheme(self.files.follow(node).map)


def _scheme(told: Mapping[str, Any]) -> Scheme:
    kind = str(told.get("type", ""))
    if kind == "apiKey":
        return Scheme("key", str(told.get("in", "header")), str(told.get("name", "")))
    if kind == "basic" or (kind == "http" and str(told.get("scheme", "")).lower() == "basic"):
        return Scheme("basic")
    return Scheme("bearer" if kind in ("http", "oauth2", "openIdConnect") else "other")


def _with_query(path: str, parameters: list[Parameter]) -> tuple[Parameter, ...]:
    """Add what a path asks for behind its question mark: that is the query's, wherever it is declared."""
    found = {(p.place, p.name): p for p in parameters}
    for pair in filter(None, path.partition("#")[0].partition("?")[2].split("&")):
        name, _, value = pair.partition("=")
        inner = value[1:-1] if re.fullmatch(r"\{[^{}]+\}", value) else ""
        plain = Node("", "", {"type": "string", **({} if inner else {"enum": [value]})})
        own = found.pop(("path", inner), None)
        told = found.get(("query", name), own)
        schema = told.schema if told and inner else plain
        found["query", name] = Parameter("query", name, schema, True, "form", True)
    return tuple(found.values())


def _ignored(parameter: Parameter) -> bool:
    return parameter.place == "header" and parameter.name.lower() in NOT_PARAMETERS


def _collected(place: str, told: Mapping[str, Any]) -> tuple[str, bool]:
    """Return Swagger 2.0's collectionFormat as style and explode."""
    format = str(told.get("collectionFormat", "csv"))
    return COLLECTIONS.get(format, STYLES[place]), format == "multi"


def _encoded(node: Node) -> tuple[str, bool, str]:
    told = node.map
    style, explode = str(told.get("style", "")), told.get("explode")
    if isinstance(explode, bool):
        return style or "form", explode, str(told.get("contentType", ""))
    return style, style in ("", "form", "deepObject"), str(told.get("contentType", ""))
