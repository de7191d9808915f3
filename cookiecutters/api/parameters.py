"""The arguments of one method: Python names without collisions, types, defaults, and where each goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.modelling.composed import is_object, merged
from generator.modelling.kinds import FORMATS, Kind, code
from generator.modelling.models import Models
from generator.modelling.names import by_importance, identifier, pascal
from generator.shapes import REF, without_null

from .entry import placeholders

OPTIONS = frozenset({"self", "timeout", "idempotency_key", "dt"})
_ORDER = ("path", "query", "header", "cookie", "body")
NO_DEFAULT = object()


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
    for wire in placeholders(endpoint["path"]):
        key, told = declared.get(wire, (wire, {"schema": {"type": "string"}}))
        kind = models.argument(told["schema"], _class(method, key), f"{method}.{key}")
        yield Parameter(key, wire, "path", told["schema"], kind, True, _doc(told))


def _others(endpoint: Mapping[str, Any], method: str, models: Models) -> Iterator[Parameter]:
    for key, told in sorted(_declared(endpoint).items()):
        if told["in"] == "path":
            continue
        schema = told["schema"]
        kind = models.argument(
            schema, _class(method, key), f"{method}.{key}", f"what {method} takes as {key}"
        )
        default = schema.get("default", NO_DEFAULT)
        required = told["required"] and default is NO_DEFAULT
        yield Parameter(key, told.get("name", key), told["in"], schema, kind, required, _doc(told), default)


def _body(
    endpoint: Mapping[str, Any], method: str, models: Models, types: Mapping[str, Any]
) -> Iterator[Parameter]:
    if "body" not in endpoint:
        return
    schema, encoding = endpoint["body"], endpoint.get("encoding", "json")
    flat = flattened(schema, types)
    if encoding == "binary" or not is_object(flat):
        name = "content" if encoding == "binary" else "body"
        kind = (
            FORMATS["binary"]
            if encoding == "binary"
            else models.argument(schema, f"{pascal(method)}Body", method)
        )
        yield Parameter(name, "", "whole", schema, kind, True, str(schema.get("description", "")))
        return
    for wire, field in sorted(flat["properties"].items()):
        if not (isinstance(field, Mapping) and field.get("readOnly") is True):
            yield _field(wire, field, wire in flat.get("required", ()), method, models)


def _field(wire: str, schema: Any, required: bool, method: str, models: Models) -> Parameter:
    inner, nullable = without_null(schema) if isinstance(schema, Mapping) else ({}, False)
    kind = models.argument(inner, _class(method, wire), f"{method}.{wire}", f"what {method} takes as {wire}")
    default = inner.get("default", NO_DEFAULT)
    needed = required and not nullable and default is NO_DEFAULT
    return Parameter(wire, wire, "body", inner, kind, needed, _doc(inner), default)


def flattened(schema: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a body with its reference followed and ``allOf`` folded."""

    def deref(inner: Mapping[str, Any]) -> Mapping[str, Any]:
        target = types.get(str(inner.get("$ref", "")).removeprefix(REF))
        return target if isinstance(target, Mapping) else inner

    return merged(deref(without_null(schema)[0]), deref)


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


def _doc(told: Mapping[str, Any]) -> str:
    return str(told.get("description") or "").strip()
