"""How a value travels outside a body, worked out from the style's rules alone (OpenAPI 3.1, RFC 6570).

Nothing here asks the runtime, so that a test built of it can find the runtime wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

Pair = tuple[str, str]
_JOINTS = {"form": ",", "space": " ", "pipe": "|", "simple": ",", "label": ",", "matrix": ","}


def text(value: Any) -> str:
    """How one value travels outside JSON; what is nested in it is JSON all the same."""
    if isinstance(value, list | Mapping):
        return _json(value)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def in_path(name: str, value: Any, style: str) -> str:
    """The percent-encoded text that stands for ``{name}``."""
    kind, exploded = style.rstrip("*"), style.endswith("*")
    if kind == "json":
        return quote(_json(value), safe="")
    before = {"label": ".", "matrix": f";{quote(name, safe='')}="}.get(kind, "")
    if not isinstance(value, list | Mapping):
        return before + quote(text(value), safe="")
    if not exploded:
        return before + ",".join(quote(part, safe="") for part in _parts(value))
    joint = {"label": ".", "matrix": ";"}.get(kind, ",")
    pieces = [f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in _fields(value)]
    if isinstance(value, list):
        pieces = [quote(text(item), safe="") for item in value]
        pieces = [f"{quote(name, safe='')}={piece}" for piece in pieces] if kind == "matrix" else pieces
    if kind == "label":  # a dot parts members, so one inside of a member is spelled out
        pieces = [piece.replace(".", "%2E") for piece in pieces]
    return {"label": ".", "matrix": ";"}.get(kind, "") + joint.join(pieces)


def in_query(name: str, value: Any, style: str) -> list[Pair]:
    """Names and decoded values, in order; an empty list or object is left out."""
    if style == "json":
        return [(name, _json(value))]
    if isinstance(value, list | Mapping) and style == "deepObject":
        return list(_nested(name, value))
    if not isinstance(value, list | Mapping):
        return [(name, text(value))]
    if not value:
        return []
    if not style.endswith("*"):
        return [(name, _JOINTS.get(style, ",").join(_parts(value)))]
    return [(name, text(item)) for item in value] if isinstance(value, list) else list(_fields(value))


def in_header(value: Any, style: str) -> str:
    """The text of a header."""
    if style == "json":
        return _json(value)
    if isinstance(value, Mapping) and style.endswith("*"):
        return ",".join(f"{key}={item}" for key, item in _fields(value))
    return ",".join(_parts(value)) if isinstance(value, list | Mapping) else text(value)


def _nested(name: str, value: Any) -> Iterator[Pair]:
    """``a[b][0]`` for what is nested, as PHP, Rails and Stripe read it."""
    inner = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    if not isinstance(value, list | Mapping):
        yield name, text(value)
    for key, item in inner:
        yield from _nested(f"{name}[{key}]", item)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in _fields(value):
            yield from (key, item)
    else:
        yield from map(text, value)


def _fields(value: Any) -> Iterator[Pair]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return ((str(key), text(item)) for key, item in pairs)
