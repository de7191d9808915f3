"""What a document does not say outright but shows: pages, safe repetition. Every guess has its reason.

A list is walked only where parameter and answer agree on how it goes on: a cursor that the answer gives, a
link in header or body, a page number, an offset with its limit. Nothing else is guessed, the manifest
overrides (``paginate: false``), and every walk is capped and ends at a page that repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling.names import snake

from .flat import flattened

_LISTED = (
    "data items results values records entries list objects elements content nodes hits rows resources value"
)
_LISTS = frozenset(_LISTED.split())
_CURSORS: Mapping[str, tuple[str, ...]] = {
    "page_token": ("next_page_token", "next_token", "next_page"),
    "next_token": ("next_token",),
    "next_page_token": ("next_page_token",),
    "continuation_token": ("continuation_token", "next_continuation_token"),
    "cursor": ("next_cursor", "cursor.next", "cursors.after", "cursor"),
    "after": ("next_cursor", "cursors.after", "end_cursor", "after"),
    "starting_after": ("next_cursor",),
    "start_cursor": ("next_cursor",),
    "marker": ("next_marker",),
    "next": ("next",),
    "scroll_id": ("scroll_id",),
    "pagination_token": ("next_token", "pagination_token"),
    "exclusive_start_key": ("last_evaluated_key",),
}
_PAGES = ("page", "page_number", "page_num", "page_no", "pageno", "page_index")
_OFFSETS = ("offset", "skip", "start", "start_at", "start_index", "from")
_LIMITS = ("limit", "count", "page_size", "per_page", "size", "max_results", "take", "top", "maxresults")
_LINKS = (
    "next_page_url",
    "next_page_uri",
    "next_url",
    "next_uri",
    "next_link",
    "next.href",
    "next",
    "odata_next_link",
)
_PARTS = ("", "meta", "pagination", "paging", "_links", "links", "page_info", "response_metadata", "metadata")
_TOTALS = ("total", "total_count", "count", "total_results", "total_items")
_PAGE_TOTALS = ("total_pages", "page_count", "pages", "last_page")
_READING = re.compile(
    r"(?:^|[/:._-])(?:search|query|lookup|count|validate|preview|estimate|_search|_count)\Z"
)


class Inference:
    """Reads one endpoint in canonical form; *types* are the document's."""

    def __init__(self, types: Mapping[str, Mapping[str, Any]]) -> None:
        self._types = types

    def _plain(self, schema: Any) -> dict[str, Any]:
        return flattened(schema, self._types)

    def added(self, endpoint: Mapping[str, Any], headers: Mapping[str, Any]) -> dict[str, Any]:
        """What the endpoint shows besides what it says; *headers* are those of its success."""
        because: dict[str, str] = {}
        found: dict[str, Any] = {}
        pages = self._pages(endpoint, {name.lower() for name in headers})
        if pages:
            found["paginate"], because["paginate"] = pages
            found["parameters"] = _without_position(endpoint.get("parameters", {}))
        if endpoint["method"] == "POST" and _READING.search(endpoint["path"].lower()):
            found["idempotent"] = True
            last = endpoint["path"].rpartition("/")[2]
            because["idempotent"] = f"{last} asks and changes nothing, so it may be repeated."
        if "idempotency" in endpoint:
            because["idempotent"] = f"It takes {endpoint['idempotency']}, so every attempt carries one key."
        return {**found, **({"because": because} if because else {})}

    def _pages(self, endpoint: Mapping[str, Any], headers: set[str]) -> tuple[dict[str, Any], str] | None:
        if endpoint["method"] != "GET" or "returns" not in endpoint:
            return None
        body = self._plain(endpoint["returns"])
        items = self._items(body)
        if items is None:
            return None
        fields = dict(self._paths(body)) if items else {}
        left_out = "?" if items and items not in body.get("required", ()) else ""
        query = {
            snake(told.get("name", key)): (told.get("name", key), told)
            for key, told in endpoint.get("parameters", {}).items()
            if told["in"] == "query" and (not told["required"])
        }
        for way in (self._cursor, self._link, self._number, self._offset):
            found = way(query, fields, headers, items)
            if found:
                options, reason = found
                return {
                    **options,
                    **({"items": f"{items}{left_out}"} if items or options["style"] == "cursor" else {}),
                }, reason
        return None

    def _cursor(
        self, query: Mapping[str, Any], fields: Mapping[str, str], headers: set[str], items: str
    ) -> tuple[dict[str, Any], str] | None:
        for parameter, sources in _CURSORS.items():
            if parameter not in query:
                continue
            for source in sources:
                path = next((fields[name] for name in _spelled(source) if name in fields), None)
                if path:
                    wire = query[parameter][0]
                    reason = f"{wire} takes the cursor that the answer has at {path}."
                    return {"style": "cursor", "parameter": wire, "next": path}, reason
        return None

    def _link(
        self, query: Mapping[str, Any], fields: Mapping[str, str], headers: set[str], items: str
    ) -> tuple[dict[str, Any], str] | None:
        if "link" in headers:
            return {"style": "link"}, "The answer has a Link header."
        for source in _LINKS:
            path = next((fields[name] for name in _spelled(source) if name in fields), None)
            if path and (source != "next" or query.keys() & {*_PAGES, *_OFFSETS, *_CURSORS}):
                return {"style": "link", "next": path}, f"The answer has the next page's address at {path}."
        return None

    def _number(
        self, query: Mapping[str, Any], fields: Mapping[str, str], headers: set[str], items: str
    ) -> tuple[dict[str, Any], str] | None:
        name = next((name for name in _PAGES if name in query), None)
        if name is None or not _is_whole(self._plain(query[name][1]["schema"])):
            return None
        wire, told = query[name]
        schema = self._plain(told["schema"])
        first = schema.get("default", schema.get("minimum", 1))
        total = next((fields[n] for s in _PAGE_TOTALS for n in _spelled(s) if n in fields), "")
        options = {"style": "page", "parameter": wire, "first": 0 if first == 0 else 1}
        options |= {"total_pages": total} if total else {}
        return options, f"{wire} is a page number; the list ends at an empty page."

    def _offset(
        self, query: Mapping[str, Any], fields: Mapping[str, str], headers: set[str], items: str
    ) -> tuple[dict[str, Any], str] | None:
        name = next((name for name in _OFFSETS if name in query), None)
        limit = next((name for name in _LIMITS if name in query), None)
        if name is None or limit is None or not _is_whole(self._plain(query[name][1]["schema"])):
            return None
        wire = query[name][0]
        total = next((fields[n] for s in _TOTALS for n in _spelled(s) if n in fields), "")
        options = {"style": "offset", "parameter": wire, "limit_parameter": "", "size": 0}
        options |= {"total": total} if total else {}
        return options, f"{wire} counts the items to skip; the list ends at an empty page."

    def _items(self, body: Mapping[str, Any]) -> str | None:
        """Where the items are: "" for a list itself, None where there is no one list of objects."""
        if body.get("type") == "array":
            return ""
        fields = body.get("properties")
        if not isinstance(fields, Mapping):
            return None
        lists = [name for name, schema in fields.items() if self._plain(schema).get("type") == "array"]
        named = [name for name in lists if snake(name) in _LISTS]
        chosen = named[:1] if len(named) == 1 else lists if len(lists) == 1 else []
        return next((name for name in chosen if "." not in name), None)

    def _paths(self, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """``(path in snake_case, path as sent)`` of every plain field of the answer and of its notes."""
        for name, schema in (body.get("properties") or {}).items():
            flat = self._plain(schema)
            inner = flat.get("properties")
            if "." in name:
                continue
            if isinstance(inner, Mapping) and snake(name) in {snake(part) for part in _PARTS} | {"next"}:
                for field, deeper in inner.items():
                    last = self._plain(deeper)
                    if "." not in field and isinstance(last.get("properties"), Mapping):
                        for end in last["properties"]:
                            yield f"{snake(name)}.{snake(field)}.{snake(end)}", f"{name}.{field}.{end}"
                    elif "." not in field:
                        yield f"{snake(name)}.{snake(field)}", f"{name}.{field}"
            elif flat.get("type") != "array" and not isinstance(inner, Mapping):
                yield snake(name), name


def _without_position(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters without those that say where a list goes on: the walk sets them."""
    positions = {*_CURSORS, *_PAGES, *_OFFSETS} - {"from", "start", "next", "after"}
    return {
        key: told
        for key, told in parameters.items()
        if told["in"] != "query" or told["required"] or snake(told.get("name", key)) not in positions
    }


def _spelled(source: str) -> Iterator[str]:
    """The places where *source* may stand in an answer."""
    for part in _PARTS:
        yield f"{snake(part)}.{source}" if part else source


def _is_whole(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in ("integer", "number")
