"""Swagger 2.0's parameters: those of the body and of forms become a body, list formats become styles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.specs.facts import Body, Media, Parameter, Schema
from generator.specs.lenient import below, described, is_true, text
from generator.specs.media import kinds
from generator.specs.parameters import PLACES, Written, in_path, inline_schema, written
from generator.specs.paths import Found
from generator.specs.reading import Reading

_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
# collectionFormat → style and explode, where the place allows it.
_FORMATS = {"csv": ("", False), "multi": ("form", True), "ssv": ("spaceDelimited", False)}
_FORMATS["pipes"] = ("pipeDelimited", False)


def parts(found: Found, reading: Reading) -> tuple[tuple[Parameter, ...], Body | None]:
    """The parameters of an operation and its body."""
    declared: dict[tuple[str, str], Parameter] = {}
    bodies: list[Written] = []
    fields: list[Written] = []
    for node, at in written(found, reading):
        place = text(node.get("in")).strip()
        if place.lower() == "body":
            bodies.append((node, at))
        elif place.lower() == "formdata":
            fields.append((node, at))
        elif place.lower() in PLACES:
            _declare(node, at, place.lower(), declared, reading)
        else:
            reading.notes.add(at, f"{place[:60]!r} is no place of a parameter; it is passed over.")
    return tuple(in_path(declared, found, reading)), _body(bodies, fields, found, reading)


def stray_body(found: Found, reading: Reading) -> Body | None:
    """A body that a 3.x document declares among the parameters, as Swagger 2.0 does."""
    places: dict[str, list[Written]] = {"body": [], "formdata": []}
    for node, at in written(found, reading):
        places.get(text(node.get("in")).strip().lower(), []).append((node, at))
    return _body(places["body"], places["formdata"], found, reading)


def _declare(
    node: Mapping[str, Any], at: str, place: str, into: dict[tuple[str, str], Parameter], reading: Reading
) -> None:
    name = text(node["name"])
    if place == "header" and name.lower() in ("accept", "content-type"):
        reading.notes.add(at, f"the header {name!r} is no parameter; the call sets it. It is passed over.")
        return
    if at not in reading.parameters:
        reading.parameters[at] = _parameter(name, node, at, place, reading)
    parameter = reading.parameters[at]
    if parameter is not None:
        into[place, name] = parameter


def _parameter(name: str, node: Mapping[str, Any], at: str, place: str, reading: Reading) -> Parameter:
    if node.get("schema") is not None and "type" not in node:
        reading.notes.add(at, "only a body has a 'schema' in Swagger 2.0; it is read all the same.")
        schema = reading.schemas.read(node["schema"], below(at, "schema"))
    else:
        schema = inline_schema(node, at, reading)
    style, explode, schema = _styled(node, at, place, schema, reading)
    return Parameter(
        name=name,
        place=place,
        schema=schema,
        required=place == "path" or is_true(node.get("required")),
        style=style,
        explode=explode,
        description=described(node, "description", at, reading.notes),
        deprecated=is_true(node.get("x-deprecated")) or is_true(node.get("deprecated")),
    )


def _styled(
    node: Mapping[str, Any], at: str, place: str, schema: Schema, reading: Reading
) -> tuple[str, bool, Schema]:
    """Style, explode and schema; lists joined in a way that no style has are text, joined by the caller."""
    usual = "simple" if place in ("path", "header") else "form"
    if "items" not in schema:
        return usual, usual == "form", schema
    said = text(node.get("collectionFormat")) or "csv"
    style, explode = _FORMATS.get(said, ("?", False))
    if style == "" or (place in ("query", "body") and style != "?"):
        return style or usual, explode, schema
    place_text = "their values are joined by the caller"
    reading.notes.add(below(at, "collectionFormat"), f"{said[:20]!r} is not modelled here; {place_text}.")
    return usual, usual == "form", {"type": "string"}


def _body(bodies: list[Written], fields: list[Written], found: Found, reading: Reading) -> Body | None:
    if bodies:
        node, at = bodies[-1]
        if fields or len(bodies) > 1:
            reading.notes.add(found.at, "there are several bodies; the last one in 'body' is taken.")
        schema = (
            reading.schemas.read(node["schema"], below(at, "schema"))
            if node.get("schema") is not None
            else {}
        )
        media = tuple(Media(kind, schema) for kind in kinds("consumes", found.node, reading))
        return Body(media, is_true(node.get("required")), described(node, "description", at, reading.notes))
    return _form(fields, found, reading) if fields else None


def _form(fields: list[Written], found: Found, reading: Reading) -> Body:
    """The fields of a form as one object; a file among them makes it multipart."""
    properties: dict[str, Schema] = {}
    styles: dict[str, tuple[str, bool, str]] = {}
    for node, at in fields:
        name = text(node["name"])
        style, explode, schema = _styled(node, at, "body", inline_schema(node, at, reading), reading)
        said = described(node, "description", at, reading.notes)
        properties[name] = {**schema, "description": said} if said else schema
        if "items" in schema:
            styles[name] = (style, explode, "")
    required = [text(node["name"]) for node, _ in fields if is_true(node.get("required"))]
    schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    media = tuple(Media(kind, schema, styles) for kind in _form_kinds(properties, found, reading))
    return Body(media, bool(required))


def _form_kinds(properties: Mapping[str, Schema], found: Found, reading: Reading) -> tuple[str, ...]:
    has_file = any(schema.get("format") == "binary" for schema in properties.values())
    allowed = (_MULTIPART,) if has_file else (_FORM, _MULTIPART)
    said = tuple(kind for kind in kinds("consumes", found.node, reading) if kind.lower() in allowed)
    return said or allowed[:1]
