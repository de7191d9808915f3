"""The parameters of an operation: its own and its path's, matched with the braces in the path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from generator.specs.facts import Parameter, Schema
from generator.specs.lenient import below, described, is_true, mapping, text
from generator.specs.media import content
from generator.specs.paths import Found
from generator.specs.reading import Reading

PLACES = frozenset({"path", "query", "header", "cookie"})
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
_BRACES = re.compile(r"\{([^{}/]+)\}")
_MARKS = re.compile(r"^[+#./;?&]|[*+]$")
_BODIES = frozenset({"body", "formdata"})
_NOT_HERE = frozenset({"accept", "content-type", "authorization"})
_JSON = re.compile(r"application/(?:[^;]+\+)?json\b|text/json\b", re.IGNORECASE)

Written = tuple[Mapping[str, Any], str]  # a declared parameter and its place


def parameters(found: Found, reading: Reading) -> tuple[Parameter, ...]:
    """Every parameter of an operation; those of the path are named as its braces name them."""
    declared: dict[tuple[str, str], Parameter] = {}
    for node, at in written(found, reading):
        if at not in reading.parameters:
            reading.parameters[at] = _parameter(node, at, found.key[1], reading)
        parameter = reading.parameters[at]
        if parameter is not None:
            declared[parameter.place, parameter.name] = parameter
    return tuple(in_path(declared, found, reading))


def written(found: Found, reading: Reading) -> list[Written]:
    """The declared parameters, the path's first; an operation's own replaces its path's of the same name."""
    kept: dict[Any, Written] = {}
    for holder, holder_at in ((found.item, found.item_at), (found.node, found.at)):
        said, home = reading.references.follow(holder.get("parameters"), below(holder_at, "parameters"))
        if said is not None and not isinstance(said, list):
            reading.notes.add(home, "'parameters' is no list; it is passed over.")
        here: set[Any] = set()
        reading.count(len(said) if isinstance(said, list) else 0)
        for index, item in enumerate(said if isinstance(said, list) else ()):
            node, at = reading.references.follow(item, below(home, index))
            if not isinstance(node, dict) or not text(node.get("name")):
                reading.notes.add(at, "this parameter has no name; it is passed over.")
                continue
            identity = (text(node["name"]), text(node.get("in")))
            if identity in here:
                reading.notes.add(
                    at, f"the parameter {identity[0][:80]!r} stands twice; the last one is taken."
                )
            here.add(identity)
            kept[identity] = (node, at)
    return list(kept.values())


def _parameter(node: Mapping[str, Any], at: str, path: str, reading: Reading) -> Parameter | None:
    name = text(node["name"])
    place = _place(node, at, path, reading)
    if place is None or (place == "header" and name.lower() in _NOT_HERE):
        if place is not None:
            reading.notes.add(
                at, f"the header {name!r} is no parameter; the call sets it. It is passed over."
            )
        return None
    schema, is_json = _schema(node, at, reading)
    style = "json" if is_json else _style(node, at, place, reading)
    explode = node.get("explode")
    if explode is not None and not isinstance(explode, bool):
        reading.notes.add(below(at, "explode"), "'explode' is not true or false; the default is taken.")
    return Parameter(
        name=name,
        place=place,
        schema=schema,
        required=place == "path" or is_true(node.get("required")),
        style=style,
        explode=explode if isinstance(explode, bool) else style == "form",
        description=described(node, "description", at, reading.notes),
        deprecated=is_true(node.get("deprecated")),
    )


def _place(node: Mapping[str, Any], at: str, path: str, reading: Reading) -> str | None:
    place = text(node.get("in")).strip().lower()
    if place in PLACES:
        return place
    if place in _BODIES:
        reading.notes.add(below(at, "in"), f"{place!r} is Swagger 2.0's; it is read as the body.")
        return None
    if place:
        reading.notes.add(below(at, "in"), f"{place[:60]!r} is no place of a parameter; it is passed over.")
        return None
    meant = "path" if text(node["name"]) in _BRACES.findall(path) else "query"
    reading.notes.add(at, f"this parameter does not say where it stands; it is put into the {meant}.")
    return meant


def _schema(node: Mapping[str, Any], at: str, reading: Reading) -> tuple[Schema, bool]:
    """The schema of a parameter, and whether its value travels as JSON."""
    if node.get("schema") is not None:
        return _with_examples(reading.schemas.read(node["schema"], below(at, "schema")), node), False
    found = content(node, at, reading)
    if found:
        if not _JSON.match(found[0].type):
            reading.notes.add(
                below(at, "content"), "only JSON content is modelled; the value is sent as it is."
            )
            return {"type": "string"}, False
        return found[0].schema, True
    if "type" in node or "items" in node or "enum" in node:
        reading.notes.add(at, "this parameter has no 'schema'; its own keywords are read as one.")
        return inline_schema(node, at, reading), False
    reading.notes.add(at, "this parameter has no schema; it may be anything.")
    return {}, False


def inline_schema(node: Mapping[str, Any], at: str, reading: Reading) -> Schema:
    """The keywords of a schema that stand in the parameter itself, as in Swagger 2.0."""
    own = ("name", "in", "required", "description", "collectionFormat", "allowEmptyValue", "deprecated")
    return reading.schemas.read({key: value for key, value in node.items() if key not in own}, at)


def _with_examples(schema: Schema, node: Mapping[str, Any]) -> Schema:
    """A parameter's own examples count as the schema's where that has none."""
    if "examples" in schema or not node.keys() & {"example", "examples"}:
        return schema
    several = mapping(node.get("examples")).values()
    values = [node["example"]] if "example" in node else [mapping(item).get("value") for item in several]
    plain = [value for value in values[:20] if isinstance(value, str | int | float)]
    return {**schema, "examples": plain} if plain else schema


def _style(node: Mapping[str, Any], at: str, place: str, reading: Reading) -> str:
    style = node.get("style")
    if style in STYLES[place]:
        return "form" if style == "cookie" else str(style)
    if style is not None:
        reading.notes.add(below(at, "style"), f"no style of a {place} parameter; the default is taken.")
    return STYLES[place][0]


def in_path(
    declared: Mapping[tuple[str, str], Parameter], found: Found, reading: Reading
) -> Iterator[Parameter]:
    """The parameters with those of the path named as in its braces; one that nobody declares is text."""
    names = dict.fromkeys(_BRACES.findall(found.key[1]))
    folded = {name.casefold(): item for (place, name), item in declared.items() if place == "path"}
    matched = {name: parameter for name in names if (parameter := _match(name, declared, folded))}
    taken = {parameter.name for parameter in matched.values()}
    for name in names:
        parameter = matched.get(name)
        if parameter is None:
            reading.notes.add(found.at, f"{{{name[:80]}}} of the path is not declared; it is text.")
            parameter = Parameter(name, "path", {"type": "string"}, required=True, style="simple")
        elif parameter.name != name:
            reading.notes.add(
                found.at, f"{{{name[:80]}}} of the path is declared as {parameter.name[:80]!r}."
            )
        yield replace(parameter, name=name)
    for (place, name), parameter in declared.items():
        if place != "path":
            yield parameter
        elif name not in taken:
            reading.notes.add(found.at, f"the path has no {{{name[:80]}}}; the parameter is passed over.")


def _match(
    name: str, declared: Mapping[tuple[str, str], Parameter], folded: Mapping[str, Parameter]
) -> Parameter | None:
    """The declared parameter of a name in braces: exactly, without ``+`` and ``*``, or in another case."""
    exact = declared.get(("path", name)) or declared.get(("path", _MARKS.sub("", name)))
    return exact or folded.get(name.casefold())
