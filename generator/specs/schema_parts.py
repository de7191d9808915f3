"""Parts of a schema's normal form: its notes, the type that it leaves unsaid, its enum and its const."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.specs.lenient import Notes, below, described, is_true, text
from generator.specs.schema_kinds import Kinds
from generator.specs.schema_values import coerced, distinct, sound

_OBJECT = frozenset({"properties", "patternProperties", "additionalProperties"})
_TEXT_FORMATS = frozenset(
    {
        "date",
        "date-time",
        "time",
        "duration",
        "uuid",
        "uri",
        "url",
        "email",
        "binary",
        "byte",
        "hostname",
        "password",
    }
)
_SCALARS = frozenset({"string", "integer", "number", "boolean"})
_FLAGS = ("deprecated", "readOnly", "writeOnly")
_NOTED = frozenset({"title", "description", "default", "example", "examples", *_FLAGS, "x-enum-varnames"})
_NOTED |= {"x-enumNames", "x-enum-descriptions"}


def kept_notes(node: Mapping[str, Any], at: str, notes: Notes) -> dict[str, Any]:
    """What a schema says for people: kept, not trusted."""
    if _NOTED.isdisjoint(node):
        return {}
    found: dict[str, Any] = {}
    for key in ("title", "description"):
        said = described(node, key, at, notes)
        if said:
            found[key] = said
    found.update({key: True for key in _FLAGS if is_true(node.get(key))})
    if "default" in node:
        if sound(node["default"]):
            found["default"] = node["default"]
        else:
            notes.add(below(at, "default"), "this default is too large or no JSON; it is left out.")
    examples = _examples(node)
    if examples:
        found["examples"] = examples
    found.update(_enum_notes(node))
    return found


def _examples(node: Mapping[str, Any]) -> list[Any]:
    several = node.get("examples")
    if isinstance(several, dict):
        several = [item.get("value") if isinstance(item, dict) else item for item in several.values()]
    found = several if isinstance(several, list) else []
    found = [*([node["example"]] if "example" in node else []), *found[:20]]
    return [example for example in found if sound(example)]


def _enum_notes(node: Mapping[str, Any]) -> dict[str, list[str]]:
    keys = {
        "x-enum-varnames": ("x-enum-varnames", "x-enumNames"),
        "x-enum-descriptions": ("x-enum-descriptions",),
    }
    found = {}
    for key, spellings in keys.items():
        listed = next((node[name] for name in spellings if isinstance(node.get(name), list)), None)
        if listed:
            found[key] = [text(item) for item in listed]
    return found


def inferred(core: Mapping[str, Any], node: Mapping[str, Any], *, null: bool) -> list[str]:
    """The type that a schema means without saying so; nothing where it may be anything."""
    if null or "type" in node:
        return []
    if not _OBJECT.isdisjoint(core):
        return ["object"]
    if "items" in core or "prefixItems" in core:
        return ["array"]
    values = core.get("enum")
    all_text = isinstance(values, list) and values and all(isinstance(item, str) for item in values)
    return ["string"] if all_text or core.get("format") in _TEXT_FORMATS or "pattern" in core else []


def enumerated(core: dict[str, Any], names: list[str], found: Kinds, at: str, notes: Notes) -> None:
    """Bring ``enum`` and ``const`` in order; null among them becomes null of the schema."""
    if "const" in core and core["const"] is None:
        del core["const"]
        names.clear()
        found.null = True
    elif "const" in core:
        fitting = _fitting([core["const"]], names, below(at, "const"), notes)
        core["const"] = fitting[0]
    if "enum" in core:
        _enum(core, names, found, at, notes)


def _enum(core: dict[str, Any], names: list[str], found: Kinds, at: str, notes: Notes) -> None:
    values = core.pop("enum")
    if not isinstance(values, list) or not values:
        notes.add(below(at, "enum"), "'enum' is empty or no list; it is passed over.")
        return
    kept = distinct(value for value in values if value is not None and (_is_scalar(value) or sound(value)))
    found.null = found.null or None in values
    if not kept:
        names.clear()
        return
    core["enum"] = _fitting(kept, names, below(at, "enum"), notes)


def _fitting(values: list[Any], names: list[str], at: str, notes: Notes) -> list[Any]:
    """The values as the type wants them; where none is one of its, the type goes."""
    if len(names) != 1 or names[0] not in _SCALARS:
        return values
    fitting = coerced(values, names[0])
    if len(fitting) == len(values) and all(map(_same, fitting, values)):
        return values
    if fitting:
        notes.add(at, f"not all values are of type {names[0]}; they are read as such, or left out.")
        return distinct(fitting)
    notes.add(at, f"no value is of type {names[0]}; the type is passed over.")
    names.clear()
    return values


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int)
