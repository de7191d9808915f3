"""Bodies and answers: media types in the document's order, each with its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from generator.specs.facts import Body, Media, Response, Schema
from generator.specs.lenient import below, described, is_true, mapping, text
from generator.specs.reading import Reading
from generator.specs.schema_values import sound

_MOST_EXAMPLES = 20
_STATUS = re.compile(r"[1-5][0-9]{2}\Z|[1-5]XX\Z")
_TYPE = re.compile(r"[^\s/;]+/[^\s;]+")
_SHORT = {"json": "application/json", "xml": "application/xml", "*": "*/*"}
_BYTES = ("application/octet-stream", "image/", "audio/", "video/", "application/pdf", "application/zip")
FILE: Schema = {"type": "string", "format": "binary"}


def body(node: Mapping[str, Any], at: str, reading: Reading) -> Body | None:
    """What ``requestBody`` of an operation says."""
    if node.get("requestBody") is None:
        return None
    said, at = reading.references.follow(node["requestBody"], below(at, "requestBody"))
    if not isinstance(said, dict):
        reading.notes.add(at, "is no mapping; the body may be anything.")
    said = mapping(said)
    found = content(said, at, reading)
    if not found:
        reading.notes.add(at, "this body names no media type; it may be anything.")
        found = (Media("*/*", {}),)
    return Body(found, is_true(said.get("required")), described(said, "description", at, reading.notes))


def content(node: Mapping[str, Any], at: str, reading: Reading) -> tuple[Media, ...]:
    """The media types of a body, an answer or a parameter."""
    said, home = reading.references.follow(node.get("content"), below(at, "content"))
    if said is not None and not isinstance(said, dict):
        reading.notes.add(home, "'content' is no mapping; it is passed over.")
    found = []
    reading.count(len(mapping(said)))
    for kind, media in mapping(said).items():
        media, place = reading.references.follow(media, below(home, kind))
        known = _known(kind)
        if not known:
            reading.notes.add(place, f"{kind[:60]!r} is no media type; it is passed over.")
            continue
        schema = media_schema(known, mapping(media), place, reading)
        styles = _styles(mapping(media), place, reading)
        found.append(Media(known, schema, styles, _examples(mapping(media), place, reading)))
    return tuple(found)


def _known(kind: str) -> str:
    """A media type as it is written in full; empty for what is none."""
    full = _SHORT.get(kind.strip().lower(), kind.strip())
    return full if _TYPE.match(full) else ""


def media_schema(kind: str, media: Mapping[str, Any], at: str, reading: Reading) -> Schema:
    """The schema of a media type; bytes without one are a file."""
    schema: Schema = {}
    if media.get("schema") is not None:
        schema = reading.schemas.read(media["schema"], below(at, "schema"))
    elif media.get("itemSchema") is not None:
        reading.notes.add(below(at, "itemSchema"), "a stream of items is not modelled; it may be anything.")
    return FILE if not schema and kind.strip().lower().startswith(_BYTES) else schema


def _styles(media: Mapping[str, Any], at: str, reading: Reading) -> dict[str, tuple[str, bool, str]]:
    """``encoding``: field to style, explode and content type, where a field has any of them."""
    found = {}
    for name, said in mapping(media.get("encoding")).items():
        said, _ = reading.references.follow(said, below(at, "encoding", name))
        said = mapping(said)
        if said.keys() & {"style", "explode", "contentType"}:
            style = text(said.get("style")) or "form"
            explode = said["explode"] if isinstance(said.get("explode"), bool) else style == "form"
            found[name] = (style, explode, text(said.get("contentType")).strip())
    return found


def _examples(media: Mapping[str, Any], at: str, reading: Reading) -> tuple[Any, ...]:
    values = [media["example"]] if "example" in media else []
    for name, said in islice(mapping(media.get("examples")).items(), _MOST_EXAMPLES):
        said, _ = reading.references.follow(said, below(at, "examples", name))
        values += [mapping(said)["value"]] if "value" in mapping(said) else []
    return tuple(value for value in values if sound(value))


def responses(node: Mapping[str, Any], at: str, reading: Reading) -> tuple[Response, ...]:
    """The answers of an operation by status, in the document's order."""
    said, home = reading.references.follow(node.get("responses"), below(at, "responses"))
    if not isinstance(said, dict):
        reading.notes.add(home, "'responses' is no mapping; the answer may be anything.")
    found: dict[str, Response] = {}
    reading.count(len(mapping(said)))
    for written, answer in mapping(said).items():
        status = written.strip().lower() if written.strip().lower() == "default" else written.strip().upper()
        place = below(home, written)
        if written.startswith("x-"):
            continue
        if status != "default" and not _STATUS.match(status):
            reading.notes.add(place, f"{written[:60]!r} is no status; this answer is passed over.")
        elif status not in found:
            found[status] = _response(status, answer, place, node, reading)
    return tuple(found.values())


def _response(status: str, node: Any, at: str, operation: Mapping[str, Any], reading: Reading) -> Response:
    written = mapping(node)
    node, at = reading.references.follow(node, at)
    if not isinstance(node, dict):
        reading.notes.add(at, "is no mapping; this answer may be anything.")
        return Response(status)
    media = content(node, at, reading)
    if not media and node.get("schema") is not None:
        media = _old_content(node, at, operation, reading)
    if not media and reading.dialect == "2.0" and status == "200":
        media = _raw_content(operation)
    description = text(written.get("description")) or described(node, "description", at, reading.notes)
    return Response(status, description, media, _headers(node, at, reading))


def _old_content(
    node: Mapping[str, Any], at: str, operation: Mapping[str, Any], reading: Reading
) -> tuple[Media, ...]:
    """Swagger 2.0: one schema, in each of the media types that the operation (or the document) produces."""
    if reading.dialect != "2.0":
        reading.notes.add(at, "the schema stands where Swagger 2.0 has it; it is read all the same.")
    schema = reading.schemas.read(node["schema"], below(at, "schema"))
    shown = {kind: (value,) for kind, value in mapping(node.get("examples")).items() if sound(value)}
    produced = kinds("produces", operation, reading)
    return tuple(Media(kind, schema, examples=shown.get(kind, ())) for kind in produced)


def _raw_content(operation: Mapping[str, Any]) -> tuple[Media, ...]:
    """Swagger 2.0 has no schema for an archive or a stream: what the operation produces tells of it."""
    said = operation.get("produces")
    named = [text(kind).strip().lower() for kind in said] if isinstance(said, list) else []
    raw = [kind for kind in named if "/" in kind and "json" not in kind and not kind.startswith("text/")]
    return tuple(Media(kind, {}) for kind in raw) if len(raw) == len(named) else ()


def kinds(key: str, operation: Mapping[str, Any], reading: Reading) -> tuple[str, ...]:
    """Swagger 2.0's ``consumes`` and ``produces``: the operation's own, else the document's, else JSON."""
    for said in (operation.get(key), reading.document.get(key)):
        if isinstance(said, list) and said:
            found = tuple(dict.fromkeys(known for kind in said if (known := _known(text(kind)))))
            if found:
                return found
    return ("application/json",)


def _headers(node: Mapping[str, Any], at: str, reading: Reading) -> dict[str, Schema]:
    said = mapping(node.get("headers"))
    reading.count(len(said))
    return {name: _header(item, below(at, "headers", name), reading) for name, item in said.items()}


def _header(node: Any, at: str, reading: Reading) -> Schema:
    node, at = reading.references.follow(node, at)
    if at not in reading.headers:
        reading.headers[at] = _header_schema(mapping(node), at, reading)
    return reading.headers[at]


def _header_schema(node: Mapping[str, Any], at: str, reading: Reading) -> Schema:
    if node.get("schema") is not None:
        return reading.schemas.read(node["schema"], below(at, "schema"))
    if isinstance(node.get("content"), dict):
        found = content(node, at, reading)
        return found[0].schema if found else {}
    return reading.schemas.read(node, at) if "type" in node else {}
