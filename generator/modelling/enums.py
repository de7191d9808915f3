"""Values that a schema lists, ``const`` and ``enum``: one type for them, or None where they have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling import kinds
from generator.modelling.kinds import ANY, Kind

MAX_LITERALS = 12
SHORT = 60  # an enum this short is written out in a signature instead of getting a name
MAX_TEXT = 400  # characters that the values have together, to be written out
SCALARS: Mapping[type, Kind] = {
    str: kinds.STRING,
    int: kinds.INTEGER,
    float: kinds.NUMBER,
    bool: kinds.BOOLEAN,
    dict: kinds.mapping(ANY),
    list: kinds.sequence(ANY),
}
_JSON = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict, "array": list}


def listed(schema: Mapping[str, Any]) -> list[Any] | None:
    """The values of ``const`` or ``enum``, each once, null among them; None where there is no list."""
    found = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(found, list):
        return None
    return list({f"{type(value)} {value}": value for value in found}.values())


def spelled_out(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """``oneOf`` constants, each with a title, as the enum that they are; None for any other union."""
    options = schema.get("oneOf", schema.get("anyOf"))
    if "enum" in schema or "const" in schema or not isinstance(options, list):
        return None
    if not options or not all(map(_is_constant, options)):
        return None
    values = [value for option in options for value in listed(option) or ()]
    kind = (
        {"type": schema.get("type", options[0].get("type"))} if len({_type(o) for o in options}) == 1 else {}
    )
    rest = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf")}
    names = {
        str((listed(option) or [""])[0]): str(option["title"]) for option in options if option.get("title")
    }
    return {**rest, **kind, "enum": values, **({"x-names": names} if names else {})}


def _is_constant(option: Any) -> bool:
    return isinstance(option, Mapping) and len(listed(option) or ()) == 1 and "$ref" not in option


def _type(option: Mapping[str, Any]) -> str:
    return str(option.get("type"))


def is_misplaced(schema: Mapping[str, Any]) -> bool:
    """Is it a list or an object by type, and its values those of something inside?"""
    kind, values = schema.get("type"), listed(schema) or []
    return kind in ("array", "object") and not any(isinstance(value, _JSON[kind]) for value in values)


def kind_of(schema: Mapping[str, Any]) -> Kind | None:
    """A ``Literal`` of a few short texts or whole numbers; else the types of the values.

    Where the values are not of the type that the schema says, as ``on`` is not for YAML 1.1, both may come.
    """
    values = [value for value in listed(schema) or () if value is not None]
    types = {type(value) for value in values}
    if not types or not types <= SCALARS.keys():
        return None
    told = [_JSON[name] for name in _told(schema) if name in _JSON]
    odd = {kind for kind in types if told and kind not in told and not (kind is int and float in told)}
    if len(types) == 1 and types <= {str, int} and not odd and float not in told and _is_short(values):
        return kinds.literal(values)
    wanted = (types | set(told)) if odd else types
    if float in told:
        wanted = (wanted - {int}) | {float}
    return kinds.union([SCALARS[kind] for kind in sorted(wanted, key=str)])


def _told(schema: Mapping[str, Any]) -> list[Any]:
    kind = schema.get("type")
    return kind if isinstance(kind, list) else [kind]


def _is_short(values: list[Any]) -> bool:
    return len(values) <= MAX_LITERALS and sum(len(str(value)) for value in values) <= MAX_TEXT
