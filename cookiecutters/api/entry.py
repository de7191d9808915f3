"""The one canonical form of an API entry, read leniently: what is wrong becomes a complaint, never a crash.

Requirements keep the manifest's words and hold only what was said, so that a default that changes here is a
re-render and not a changed entry:

    base_url, auth {type: bearer | basic | api_key | none, …}, headers, rate_limit "5000/hour",
    timeout (seconds), retry {max_attempts, base_delay, max_delay}, pagination {style, …},
    idempotency (a header), types {Name: schema}, endpoints: a list of
        method, path, name?, summary?, description?, deprecated?, headers?,
        parameters? {key: {in, required, schema, name? (on the wire), description?}},
        body? (schema), encoding?, returns? (schema; {"type": "null"} is nothing, absent is any JSON),
        paginate? (true or options), idempotent?, errors? {status: meaning}

A path parameter that is plain text is implied by the path and not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.shapes import WORDS, Complaint, named_types, to_schema, without_null

from .document import digests, key_of, read_document, united, unknown
from .meanings import without_shared
from .paging import options
from .settings import read_settings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PLACES = ("query", "path", "header", "cookie")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OWN_KEYS = frozenset({"in", "required", "name", "description", "schema"})
_SCHEMA_KEYS = frozenset({"type", "enum", "const", "$ref", "oneOf", "anyOf", "allOf", "schema", "items"})
_TEXT = ("name", "summary", "description")


@dataclass(slots=True)
class Reading:
    """One entry being read: the names of its types, and every complaint so far."""

    types: Mapping[str, Any]
    encoding: str = "json"
    complaints: list[Complaint] = field(default_factory=list)

    def shape(self, shape: Any, *pointer: str | int) -> dict[str, Any]:
        return to_schema(shape, self.types, self.complaints, ("requirements", *pointer))

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(("requirements", *pointer), message))


def read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The entry in canonical form, and everything in it that cannot be understood."""
    raw = _mapping(entry.get("requirements"))
    complaints: list[Complaint] = []
    documented = read_document(entry, complaints)
    known = documented.contents.types if documented else {}
    reading = Reading({**known, **_mapping(raw.get("types"))}, str(raw.get("encoding", "json")), complaints)
    found = read_settings(entry, raw, documented.settings if documented else {}, complaints)
    types = named_types(raw.get("types"), complaints, ("requirements", "types"))
    listed = raw.get("endpoints")
    written = listed if isinstance(listed, list) else []
    own = [endpoint for index, item in enumerate(written) if (endpoint := _endpoint(item, index, reading))]
    parts = {**entry, "environments": found.environments}
    if documented is None:
        return _canonical(parts, found.requirements, own, types), complaints
    complaints += unknown(documented.outline.operations, written)
    own = [_refusing_pages(endpoint, written) for endpoint in own]
    endpoints, findings = documented.endpoints(found.requirements.get("auth"))
    normal = _canonical(parts, found.requirements, united(without_shared(endpoints), own), {**known, **types})
    kept = {"operations": digests(endpoints, known), "own": own, "own_types": types}
    told = [{"at": finding.pointer, "message": finding.message} for finding in findings]
    return {**normal, "document": {**kept, "findings": told}}, complaints


def endpoints_of(
    written: list[Any], requirements: Mapping[str, Any], complaints: list[Complaint]
) -> list[dict[str, Any]]:
    """Endpoints in canonical form, as if they were *written* in an entry with these requirements."""
    reading = Reading(_mapping(requirements.get("types")), complaints=complaints)
    found = [_endpoint(item, index, reading) for index, item in enumerate(written)]
    pagination = _mapping(requirements.get("pagination"))
    return [_with_page_size(endpoint, pagination) for endpoint in found if endpoint]


def stored(normal: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores of a canonical entry: of a document, one digest for each operation."""
    document = normal.get("document")
    if not isinstance(document, Mapping) or "operations" not in document:
        return normal
    kept = {key: value for key, value in normal.items() if key != "document"}
    own = {"endpoints": document["own"], "types": document["own_types"]}
    requirements = _without_blanks({**kept["requirements"], **own})
    return {**kept, "requirements": requirements, "documented": document["operations"]}


def _canonical(
    entry: Mapping[str, Any],
    settings: Mapping[str, Any],
    endpoints: list[dict[str, Any]],
    types: Mapping[str, Any],
) -> dict[str, Any]:
    pagination = settings.get("pagination", {})
    complete = [_with_page_size(item, pagination) for item in endpoints]
    requirements = {**settings, "endpoints": complete, "types": types}
    return {**entry, "requirements": _without_blanks(requirements)}


def _refusing_pages(endpoint: dict[str, Any], written: list[Any]) -> dict[str, Any]:
    """``paginate: false`` says something only where a document would have it otherwise."""
    key = endpoint["method"], endpoint["path"]
    refused = any(isinstance(r, Mapping) and r.get("paginate") is False and key_of(r) == key for r in written)
    return {**endpoint, "paginate": False} if refused else endpoint


def _without_blanks(requirements: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in requirements.items() if value not in (None, "", [], {})}


def placeholders(path: str) -> list[str]:
    """The names in braces, in order, each once."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(path)))


def _endpoint(raw: Any, index: int, reading: Reading) -> dict[str, Any]:
    if isinstance(raw, str):
        raw = _short_form(raw, index, reading)
    if not isinstance(raw, Mapping) or not isinstance(raw.get("path"), str):
        return {}
    at = ("endpoints", index)
    path = "/" + raw["path"].strip().lstrip("/")
    said = {key: str(raw[key]).strip() for key in _TEXT if isinstance(raw.get(key), str)}
    parameters = _parameters(raw, path, at, reading)
    found = {
        "method": str(raw.get("method", "GET")).upper(),
        "path": path,
        **{key: text for key, text in said.items() if text},
        **({"parameters": parameters} if parameters else {}),
        **_body(raw, at, reading),
        **_returns(raw, at, reading),
        **_paginate(raw),
        **_notes(raw),
    }
    return {**found, "deprecated": True} if raw.get("deprecated") is True else found


def _short_form(text: str, index: int, reading: Reading) -> dict[str, str]:
    method, _, path = text.strip().partition(" ")
    if method.upper() in METHODS and path.strip().startswith("/"):
        return {"method": method, "path": path}
    reading.complain("an endpoint in short form is METHOD /path, like 'GET /users/{id}'.", "endpoints", index)
    return {}


def _notes(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What an endpoint says of errors, headers and repetition."""
    found = {
        key: {str(k): str(v).strip() for k, v in _mapping(raw.get(key)).items()}
        for key in ("errors", "headers")
    }
    stated: dict[str, Any] = {key: told for key, told in found.items() if told}
    idempotent = raw.get("idempotent")
    return {**stated, "idempotent": idempotent} if isinstance(idempotent, bool) else stated


def _parameters(
    raw: Mapping[str, Any], path: str, at: tuple[str | int, ...], reading: Reading
) -> dict[str, Any]:
    inside = placeholders(path)
    found = {}
    for key, shape in _mapping(raw.get("parameters")).items():
        parameter = _parameter(str(key), shape, inside, (*at, "parameters", key), reading)
        if key not in inside or parameter != {"in": "path", "required": True, "schema": WORDS["string"]}:
            found[str(key)] = parameter
    return found


def _parameter(
    key: str, raw: Any, inside: list[str], at: tuple[str | int, ...], reading: Reading
) -> dict[str, Any]:
    full = isinstance(raw, Mapping) and not _SCHEMA_KEYS.isdisjoint(raw)
    told = raw if full else {}
    wire = str(told.get("name", key))
    place = str(told.get("in", "path" if wire in inside else "query"))
    shape = {k: v for k, v in raw.items() if k not in _OWN_KEYS} if full else raw
    if "schema" in told:
        shape = told["schema"]
    schema = reading.shape(shape, *at) if shape != {} else {}
    said = shape.get("type") if isinstance(shape, Mapping) else shape
    marked = isinstance(said, str) and said.strip().endswith("?")
    optional = marked or told.get("required") is False or "default" in schema or without_null(schema)[1]
    parameter = {"in": place, "required": place == "path" or not optional, "schema": without_null(schema)[0]}
    if place == "query" and told.get("required") is True and "default" in schema:
        reading.complain("it has a default, so it is never required. Remove one of the two.", *at, "required")
    if wire != key:
        parameter["name"] = wire
    if isinstance(told.get("description"), str) and told["description"].strip():
        parameter["description"] = told["description"].strip()
    return parameter


def _body(raw: Mapping[str, Any], at: tuple[str | int, ...], reading: Reading) -> dict[str, Any]:
    declared = raw.get("encoding")
    if raw.get("body") is None:
        return {"encoding": "binary", "body": dict(WORDS["file"])} if declared == "binary" else {}
    schema = reading.shape(raw["body"], *at, "body")
    encoding = str(declared or _implied(schema) or reading.encoding)
    return {"body": schema} if encoding == "json" else {"body": schema, "encoding": encoding}


def _implied(schema: Mapping[str, Any]) -> str:
    """The only encoding that can carry such a body, or ""."""
    if schema.get("format") in ("binary", "byte"):
        return "binary"
    return "multipart" if any(has_file(part) for part in _mapping(schema.get("properties")).values()) else ""


def has_file(schema: Any) -> bool:
    """Is it a file, or a list of files?"""
    inner = without_null(schema)[0] if isinstance(schema, Mapping) else {}
    return inner.get("format") == "binary" or (inner.get("type") == "array" and has_file(inner.get("items")))


def _returns(raw: Mapping[str, Any], at: tuple[str | int, ...], reading: Reading) -> dict[str, Any]:
    if "returns" not in raw:
        return {}
    shape = raw["returns"]
    schema = {"type": "null"} if shape is None else reading.shape(shape, *at, "returns")
    return {"returns": schema} if schema else {}


def _paginate(raw: Mapping[str, Any]) -> dict[str, Any]:
    asked, items = raw.get("paginate"), raw.get("items")
    options = {"style": asked} if isinstance(asked, str) else dict(_mapping(asked))
    if isinstance(items, str) and (asked or options):
        options["items"] = items
    return {"paginate": options or True} if asked else {}


def _with_page_size(endpoint: dict[str, Any], pagination: Mapping[str, Any]) -> dict[str, Any]:
    """A page size of links and cursors is a parameter like any other, which callers may change."""
    if not endpoint.get("paginate"):
        return endpoint
    found = options(endpoint, {"pagination": pagination})
    name, size = found.get("size_parameter"), found.get("size")
    parameters = endpoint.get("parameters", {})
    wires = {told.get("name", key) for key, told in parameters.items()}
    if found.get("style") not in ("link", "cursor") or not name or not size or name in wires:
        return endpoint
    told = {"in": "query", "required": False, "schema": {"type": "integer", "default": size}}
    return {**endpoint, "parameters": {**parameters, str(name): told}}


def _mapping(value: Any) -> Mapping[str, Any]:
    # Almost all are plain dicts, and asking an abstract class takes ten times as long.
    return value if value.__class__ is dict or isinstance(value, Mapping) else {}
