"""How a list goes on: the options in canonical form, the runtime class, and what two pages look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.kinds import code
from generator.shapes import REF, without_null

CLASSES = {
    "link": ("LinkPages", ("next", "items")),
    "page": ("PageNumberPages", ("parameter", "first", "size_parameter", "size", "items", "total_pages")),
    "offset": ("OffsetPages", ("parameter", "limit_parameter", "size", "items", "total")),
    "cursor": ("CursorPages", ("parameter", "next", "last", "more", "items")),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "link": {"next": "", "items": ""},
    "page": {
        "parameter": "page",
        "first": 1,
        "size_parameter": "",
        "size": 0,
        "items": "",
        "total_pages": "",
    },
    "offset": {"parameter": "offset", "limit_parameter": "limit", "size": 100, "items": "", "total": ""},
    "cursor": {"parameter": "cursor", "next": "", "last": "", "more": "", "items": "data"},
}
MAX_PAGES = 1000


def options(endpoint: Mapping[str, Any], requirements: Mapping[str, Any]) -> dict[str, Any]:
    """The pagination of one endpoint: its own options over the entry's, where the style is the same."""
    asked = endpoint.get("paginate")
    own = dict(asked) if isinstance(asked, Mapping) else {}
    shared = dict(requirements.get("pagination") or {})
    return own if own.get("style", shared.get("style")) != shared.get("style") else {**shared, **own}


def settled(found: Mapping[str, Any]) -> dict[str, Any]:
    """*found* with every default of its style."""
    return {"max_pages": MAX_PAGES, **DEFAULTS.get(found.get("style", ""), {}), **found}


def constructor(found: Mapping[str, Any]) -> str:
    """The runtime object, with what differs from its defaults."""
    style = found["style"]
    name, keys = CLASSES[style]
    given = {key: found[key] for key in (*keys, "max_pages") if key in found}
    usual = {**DEFAULTS[style], "max_pages": MAX_PAGES}
    said = [f"{key}={code(value)}" for key, value in given.items() if value != usual[key]]
    return f"{name}({', '.join(said)})"


def item_schema(returns: Mapping[str, Any], found: Mapping[str, Any], types: Mapping[str, Any]) -> Any:
    """The schema of one item; None when *returns* holds no list where the pages say it is.

    ``returns`` may be the items, ``[Charge]``, or the whole page, ``{data: [Charge], has_more: boolean}``.
    """
    schema = _plain(returns, types)
    if schema.get("type") == "array":
        return schema.get("items", {})
    for name in str(settled(found).get("items", "")).removesuffix("?").split("."):
        schema = _plain((schema.get("properties") or {}).get(name, {}), types) if name else {}
    return schema.get("items", {}) if schema.get("type") == "array" else None


def _plain(schema: Any, types: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = without_null(schema)[0] if isinstance(schema, Mapping) else {}
    seen = 0
    while "$ref" in inner and seen < 8:
        inner = without_null(types.get(str(inner["$ref"]).removeprefix(REF), {}))[0]
        seen += 1
    return inner
