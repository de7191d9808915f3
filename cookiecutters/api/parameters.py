"""The arguments of one method: Python names without collisions, types, defaults, and where each goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.modelling.composed import is_object
from generator.modelling.kinds import FORMATS, STRING, Kind, code
from generator.modelling.models import Models
from generator.modelling.names import by_importance, identifier, pascal
from generator.modelling.prose import prose
from generator.shapes import without_null

from .entry import placeholders
from .flat import flattened, has_default

OPTIONS = frozenset({"self", "timeout", "idempotency_key", "dt"})
_ORDER = ("path", "query", "header", "cookie", "body")
_RAW = ("binary", "text")  # a body that is its own bytes
NO_DEFAULT = object()
DOC = 150  # characters that the docstring of a method says of an argument


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. *place* is path, query, header, cookie or body; ``whole`` is the body itself."""

    name: str
    wire: str
    place: str
    schema: Mapping[str, Any]
    kind: Kind
    required: bool
    doc: str = ""
    default: Any = NO_DEFAULT
    style: str = ""  # how it travels, where that is not what the runtime does anyway
    nulled: bool = False  # it must be there, and None is a null that travels

    @property
    def has_default(self) -> bool:
        return self.default is not NO_DEFAULT

    @property
    def shows_default(self) -> bool:
        """Can the signature say the default, as a plain value of the argument's own type?"""
        return self.has_default and self.kind.form == "plain" and not isinstance(self.default, list | dict)

    def facts(self) -> dict[str, Any]:
        """What the skeleton prints in the signature."""
        annotation = self.kind.argument
        default = ""
        if self.nulled and self.kind.family != "any" and not annotation.endswith("None"):
            annotation = f"{annotation} | None"
        if not self.required:
            default = code(self.default) if self.shows_default else "None"
        if default == "None" and self.kind.family != "any" and not annotation.endswith("None"):
            annotation = f"{annotation} | None"
        return {"name": self.name, "annotation": annotation, "default": default}

    @property
    def note(self) -> str:
        """What the docstring says of it."""
        hidden = self.has_default and not self.required and not self.shows_default
        said = f"The service assumes {code(self.default)}." if hidden else ""
        return " ".join(part for part in (self.doc, said) if part)


def parameters(
    endpoint: Mapping[str, Any], method: str, models: Models, types: Mapping[str, Any]
) -> list[Parameter]:
    """Every argument: path parameters in the path's order, then what is required, then the rest."""
    found = [
        *_path(endpoint, method, models),
        *_others(endpoint, method, models),
        *_body(endpoint, method, models, types),
    ]
    return sorted(_distinct(found), key=_signature_order)


def _signature_order(parameter: Parameter) -> tuple[bool, bool, int]:
    """A stable order: path parameters stay as they stand in the path."""
    if parameter.place == "path":
        return False, False, 0
    return True, not parameter.required, by_importance(parameter.name)


def _path(endpoint: Mapping[str, Any], method: str, models: Models) -> Iterator[Parameter]:
    declared = {p.get("name", key): (key, p) for key, p in _declared(endpoint).items() if p["in"] == "path"}
    for wire in placeholders(sent_path(endpoint)):
        name = wire.strip("+*") or wire  # {proxy+} of AWS, {+path} of RFC 6570
        implied = (name, {"schema": {"type": "string"}})
        key, told = declared.get(wire) or declared.get(name) or implied
        kind = models.argument(told["schema"], _class(method, key), f"{method}.{key}")
        yield Parameter(key, wire, "path", told["schema"], kind, True, _doc(told), style=_style(told))


def sent_path(endpoint: Mapping[str, Any]) -> str:
    """The path as it is sent: without the fragment by which documents tell apart what one address does."""
    return str(endpoint.get("sends", endpoint["path"])).partition("#")[0]


def _others(endpoint: Mapping[str, Any], method: str, models: Models) -> Iterator[Parameter]:
    for key, told in sorted(_declared(endpoint).items()):
        if told["in"] == "path":
            continue
        schema = told["schema"]
        about = f"what {method} takes as {key}"
        kind = models.argument(schema, _class(method, key), f"{method}.{key}", about)
        default = schema.get("default", NO_DEFAULT)
        required = told["required"] and default is NO_DEFAULT
        wire = told.get("name", key)
        yield Parameter(key, wire, told["in"], schema, kind, required, _doc(told), default, _style(told))


def _body(
    endpoint: Mapping[str, Any], method: str, models: Models, types: Mapping[str, Any]
) -> Iterator[Parameter]:
    if "body" not in endpoint:
        return
    schema, encoding = endpoint["body"], endpoint.get("encoding", "json")
    flat = flattened(schema, types)
    if encoding in _RAW or not is_object(flat):
        yield _whole(endpoint, schema, encoding, method, models)
        return
    styles = endpoint.get("field_styles", {})
    for wire, field in sorted(flat["properties"].items()):
        if not (isinstance(field, Mapping) and field.get("readOnly") is True):
            found = _field(wire, field, wire in _must(flat), method, models, nulls=encoding == "json")
            yield replace(found, style=styles.get(wire, ""))


def _must(flat: Mapping[str, Any]) -> Sequence[str]:
    """The names of the fields that a body needs."""
    listed = flat.get("required")
    return listed if isinstance(listed, list) else ()


def _whole(
    endpoint: Mapping[str, Any], schema: Mapping[str, Any], encoding: str, method: str, models: Models
) -> Parameter:
    """The body as one argument. Only here it may be left out: fields tell by themselves which are needed."""
    name = "content" if encoding in _RAW else "body"
    kinds = {"binary": FORMATS["binary"], "text": STRING}
    kind = kinds.get(encoding) or models.argument(schema, f"{pascal(method)}Body", method)
    required = endpoint.get("body_required", True) is not False
    return Parameter(name, "", "whole", schema, kind, required, _doc(schema))


def _field(wire: str, schema: Any, required: bool, method: str, models: Models, *, nulls: bool) -> Parameter:
    """One field of a body. Where *nulls* can travel, a field that must be there may be None all the same."""
    inner, nullable = without_null(schema) if isinstance(schema, Mapping) else ({}, False)
    kind = models.argument(inner, _class(method, wire), f"{method}.{wire}", f"what {method} takes as {wire}")
    default = inner["default"] if has_default(inner) else NO_DEFAULT
    needed = required and (nulls or not nullable) and default is NO_DEFAULT
    nulled = needed and nullable
    return Parameter(wire, wire, "body", inner, kind, needed, _doc(inner), default, nulled=nulled)


def _distinct(found: list[Parameter]) -> Iterator[Parameter]:
    """Settle names: path wins over query, header, cookie, body; the loser gets its place in front."""
    taken = set(OPTIONS)
    for parameter in sorted(found, key=lambda p: _ORDER.index(p.place) if p.place in _ORDER else len(_ORDER)):
        name = identifier(parameter.name, "value")
        if name in taken:
            name = f"{parameter.place}_{name}"
        number = 2
        while name in taken:
            name, number = f"{name}_{number}", number + 1
        taken.add(name)
        yield replace(parameter, name=name)


def _declared(endpoint: Mapping[str, Any]) -> Mapping[str, Any]:
    declared: Mapping[str, Any] = endpoint.get("parameters", {})
    return declared


def _class(method: str, key: str) -> str:
    return pascal(method) + pascal(key)


def _style(told: Mapping[str, Any]) -> str:
    return str(told.get("style", ""))


def _doc(told: Mapping[str, Any]) -> str:
    said = prose(str(told.get("description") or ""), DOC)
    return f"{said} Deprecated.".strip() if told.get("deprecated") is True else said
