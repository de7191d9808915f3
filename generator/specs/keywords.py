"""
One reader for each keyword that constrains a value: it checks what stands there, and enters the normal form.

A reader gets the ``Schemas`` that it works for, the schema being built, the keyword, its value, the place of
the schema and how deep it is nested.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from generator.specs.lenient import below
from generator.specs.schema_values import pattern, sound

if TYPE_CHECKING:
    from generator.specs.schemas import Schemas

Reader = Callable[["Schemas", dict[str, Any], str, Any, str, int], None]


def _properties(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if not isinstance(value, dict):
        _passed_over(schemas, key, value, at)
        return
    core[key] = {name: schemas.read(node, below(at, key, name), depth + 1) for name, node in value.items()}


def _schema(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if isinstance(value, dict | bool):
        core[key] = schemas.read(value, below(at, key), depth + 1)
    else:
        _passed_over(schemas, key, value, at)


def _additional(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if isinstance(value, bool):
        core[key] = value
    elif str(value).lower() in ("true", "false"):
        core[key] = str(value).lower() == "true"
        schemas.notes.add(below(at, key), f"{key!r} is text; it is read as {str(value).lower()}.")
    else:
        _schema(schemas, core, key, value, at, depth)


def _items(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if isinstance(value, list):
        _branches(schemas, core, "prefixItems", value, at, depth, written="items")
    else:
        _schema(schemas, core, key, value, at, depth)


def _branches(
    schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int, written: str = ""
) -> None:
    place = below(at, written or key)
    if isinstance(value, dict):
        schemas.notes.add(place, f"{key!r} must be a list; its one schema is taken.")
        core[key] = [schemas.read(value, place, depth + 1)]
    elif isinstance(value, list) and value:
        core[key] = [schemas.read(node, below(place, index), depth + 1) for index, node in enumerate(value)]
    else:
        _passed_over(schemas, key, value, at)


def _number(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    number = _as_number(value)
    if number is None or (key == "multipleOf" and number <= 0):
        _passed_over(schemas, key, value, at)
    else:
        core[key] = number


def _exclusive(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    """3.1 writes the bound, earlier versions ``true`` beside it; see ``settle``."""
    if isinstance(value, bool):
        if value:
            core[key] = True
    else:
        _number(schemas, core, key, value, at, depth)


def _count(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    number = _as_number(value)
    if number is None or number < 0 or number != int(number):
        _passed_over(schemas, key, value, at)
    else:
        core[key] = int(number)


def _required(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if isinstance(value, bool):
        message = "'required' is true or false here; it belongs to the object, as a list. It is passed over."
        schemas.notes.add(below(at, key), message)
        return
    listed = [value] if isinstance(value, str) else value
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    if listed is not value or names != value:
        _passed_over(schemas, key, value, at)
    if names:
        core[key] = list(dict.fromkeys(names))


def _pattern(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    found = pattern(value) if isinstance(value, str) else None
    if found is None:
        message = "this pattern is not one that Python can check; it is left out."
        schemas.notes.add(below(at, key), message)
    else:
        core[key] = found


def _text(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if isinstance(value, str):
        core[key] = value
    else:
        _passed_over(schemas, key, value, at)


def _flag(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if isinstance(value, bool):
        core[key] = value
    else:
        _passed_over(schemas, key, value, at)


def _raw(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    if key == "enum" or sound(value):
        core[key] = value
    else:
        _passed_over(schemas, key, value, at)


def _content(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    """3.1 describes bytes by how they are packed, where 3.0 has a format."""
    if key == "contentEncoding" and str(value).lower() in ("base64", "base64url"):
        core["format"] = "byte"
    elif (key, value) in (("contentMediaType", "application/octet-stream"), ("contentEncoding", "binary")):
        core.setdefault("format", "binary")


def _identity(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    """An ``$id`` of a named schema is found by references; deeper ones would change what references mean."""
    if depth:
        _unknown(schemas, core, key, value, at, depth)


def _unknown(schemas: Schemas, core: dict[str, Any], key: str, value: Any, at: str, depth: int) -> None:
    schemas.notes.add(below(at, key), f"{key!r} is not modelled; it is passed over.")


def _passed_over(schemas: Schemas, key: str, value: Any, at: str) -> None:
    kind = {"dict": "a mapping", "list": "a list", "str": "text", "NoneType": "null", "bool": "true or false"}
    what = kind.get(type(value).__name__, "a number")
    schemas.notes.add(below(at, key), f"{key!r} cannot be {what} like this; it is passed over or mended.")


def _as_number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) < 40:
        try:
            value = float(value)
        except ValueError:
            return None
        value = int(value) if math.isfinite(value) and value == int(value) else value
    return value if isinstance(value, int | float) and _is_sane(value) else None


def _is_sane(value: float) -> bool:
    return abs(value) < 10**300


READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("properties", "patternProperties"), _properties),
    "additionalProperties": _additional,
    "items": _items,
    "not": _schema,
    **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), _branches),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _exclusive),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _count),
    **dict.fromkeys(("minProperties", "maxProperties"), _count),
    "required": _required,
    "pattern": _pattern,
    "format": _text,
    "uniqueItems": _flag,
    **dict.fromkeys(("enum", "const"), _raw),
    **dict.fromkeys(("contentEncoding", "contentMediaType"), _content),
    **dict.fromkeys(("if", "then", "else", "dependentSchemas", "dependencies", "contains"), _unknown),
    **dict.fromkeys(
        ("unevaluatedProperties", "unevaluatedItems", "propertyNames", "$dynamicRef", "$dynamicAnchor"),
        _unknown,
    ),
    "$id": _identity,
}


def settle(core: dict[str, Any]) -> None:
    """Make numeric exclusive bounds of the flags that earlier versions set beside a bound."""
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if core.get(flag) is True:
            del core[flag]
            if bound in core:
                core[flag] = core.pop(bound)
