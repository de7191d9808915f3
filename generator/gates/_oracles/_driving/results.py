"""What a method gave, as tagged JSON, and plans with their bytes."""

from __future__ import annotations

import base64
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from enum import Enum
from typing import Any

import msgspec

BYTES = "\x00bytes"
MOST = 10_000  # items of one list
Json = dict[str, Any]


def packed(value: Any) -> Any:
    """Return a result as tagged JSON: ``s`` is a struct, with the fields that may be left out; ``d l b``."""
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    if isinstance(value, Mapping):
        return {"d": {str(packed(key)): packed(inner) for key, inner in value.items()}}
    if isinstance(value, list | tuple | set | frozenset):
        return {"l": [packed(inner) for inner in value]}
    if isinstance(value, bytes | bytearray):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, Enum):
        return packed(value.value)
    if any(base.__name__ == "OneOf" for base in type(value).__mro__):
        value.match()
        return packed(value.value)
    return value if isinstance(value, str | int | float | bool | None) else msgspec.to_builtins(value)


def _struct(value: msgspec.Struct) -> Json:
    config = value.__struct_config__
    names = dict(zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True))
    held = {wire: getattr(value, name) for name, wire in names.items()}
    fields = {wire: packed(inner) for wire, inner in held.items() if inner is not msgspec.UNSET}
    if config.tag_field is not None:
        fields[config.tag_field] = config.tag
    optional = [f.encode_name for f in msgspec.structs.fields(value) if not f.required]
    return {"s": fields, "optional": optional}


def unpacked(value: Any) -> Any:
    """Return plan JSON with its bytes as bytes."""
    if isinstance(value, dict):
        if set(value) == {BYTES}:
            return base64.b64decode(value[BYTES])
        return {key: unpacked(inner) for key, inner in value.items()}
    return [unpacked(inner) for inner in value] if isinstance(value, list) else value


def collected(function: Callable[[], Any]) -> Any:
    """Return the plain result of a blocking call."""
    result = function()
    if hasattr(result, "read") and hasattr(result, "close"):
        return result.read()
    return _bounded(result) if isinstance(result, Iterator) else result


def _bounded(items: Iterator[Any]) -> list[Any]:
    found = []
    for item in items:
        found.append(item)
        if len(found) >= MOST:
            break
    return found


async def gathered(function: Callable[[], Any]) -> Any:
    """Return the plain result of an async call."""
    result = function()
    if isinstance(result, AsyncIterator):
        found = []
        async for item in result:
            found.append(item)
            if len(found) >= MOST:
                break
        return found
    value = await result if inspect.isawaitable(result) else result
    return await value.read() if hasattr(value, "read") and hasattr(value, "aclose") else value
