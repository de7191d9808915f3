"""Messages that are described by a JSON Schema in a file of the repository."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from generator.modelling.names import pascal
from generator.shapes import REF

_PLACES = ("$defs", "definitions")
MAX_DEPTH = 60


def opened(
    path: str,
    files: Mapping[str, str],
    types: dict[str, Any],
    complain: Callable[..., None],
    *at: str | int,
) -> dict[str, Any]:
    """The schema in *path*, by reference to a type that is added to *types*, with all that it needs."""
    text = files.get(path.removeprefix("./"))
    if text is None:
        complain(
            f"{path[:80]!r} is not among the files that schemas names. Write schemas: [{path[:80]}].", *at
        )
        return {}
    schema = _parsed(text)
    if not isinstance(schema, dict):
        complain(f"{path[:80]!r} holds no JSON Schema. Write an object with type and properties.", *at)
        return {}
    name = _name(str(schema.get("title") or path.rpartition("/")[2].partition(".")[0]))
    renamed = {
        f"#/{place}/{key}": f"{REF}{_name(key)}" for place in _PLACES for key in _mapping(schema.get(place))
    }
    renamed["#"] = f"{REF}{name}"
    parts = {_name(key): part for place in _PLACES for key, part in _mapping(schema.get(place)).items()}
    whole = {key: value for key, value in schema.items() if key not in (*_PLACES, "$schema", "$id")}
    for key, part in {**parts, name: whole}.items():
        read = _rewritten(part, renamed, complain, at, 0)
        if types.setdefault(key, read) != read:
            complain(f"two files describe a type {key!r}, each otherwise. Give one another title.", *at)
    return {"$ref": f"{REF}{name}"}


def digest(value: Any) -> str:
    """The sha256 of a text, or of data as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _name(text: str) -> str:
    return pascal(text)


def _rewritten(
    part: Any,
    renamed: Mapping[str, str],
    complain: Callable[..., None],
    at: tuple[str | int, ...],
    depth: int,
) -> Any:
    if depth > MAX_DEPTH:
        complain(f"it is nested over {MAX_DEPTH} levels deep. Name inner parts in $defs.", *at)
        return {}
    if isinstance(part, list):
        return [_rewritten(one, renamed, complain, at, depth + 1) for one in part]
    if not isinstance(part, dict):
        return part
    target = part.get("$ref")
    if isinstance(target, str):
        if target not in renamed:
            complain(f"it refers to {target[:60]!r}, which is not in the file. Copy it into $defs.", *at)
            return {}
        return {"$ref": renamed[target]}
    return {str(key): _rewritten(value, renamed, complain, at, depth + 1) for key, value in part.items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
