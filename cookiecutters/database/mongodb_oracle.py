"""Judges what the suite of a MongoDB package asked of its scripted engine, by the entry's own words.

Each declared operation must have been asked for at least once, exactly as declared: the same verb,
collection, filter, sort, limit, projection and update, where a parameter may have any value that is no
operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
ANY = object()
_STANDARD: Mapping[str, tuple[str, Json]] = {
    "insert": ("insert_one", {"document": ANY}),
    "insert_many": ("bulk_write", {"requests": ["insert"], "ordered": False}),
    "get": ("find_one", {"filter": {"_id": ANY}}),
    "replace": ("replace_one", {"filter": {"_id": ANY}, "replacement": ANY}),
    "delete": ("delete_one", {"filter": {"_id": ANY}}),
    "write": ("bulk_write", {"requests": ["delete", "insert", "replace"], "ordered": False}),
    "count": ("count_documents", {"filter": {}}),
    "watch": ("watch", {}),
}
_VERBS = {"one": "find_one", "many": "find", "stream": "find", "count": "count_documents"}
_BESIDES = frozenset({"package", "timeout", "transaction", "verb", "collection", "resume_after"})
_OWN = frozenset({"ping", "begin", "commit", "create_indexes"})  # the runtime's own, of no operation


def judge(entry: Json, requests: Sequence[Json], names: Mapping[str, str]) -> dict[str, Any]:
    """The operations of the entry, those that were asked for as declared, and what else was sent."""
    declared = dict(_declared(entry["requirements"].get("collections", {})))
    conforming: set[str] = set()
    violations: set[str] = set()
    for request in requests:
        met = {key for key, (verb, place, parts) in declared.items() if _is(request, verb, place, parts)}
        conforming |= met
        if not met and request.get("verb") not in _OWN and not _is_fragment(request):
            where = f"{request.get('verb')} of {request.get('collection')}"
            violations.add(f"{where} was sent, and no operation of the entry says so")
    violations |= set(_indexes(entry, requests))
    return {
        "operations": sorted(names.get(key, key) for key in declared),
        "conforming": sorted(names.get(key, key) for key in conforming),
        "violations": sorted(violations),
    }


def _declared(collections: Json) -> Iterator[tuple[str, tuple[str, str, Json]]]:
    for name, told in collections.items():
        for kind, (verb, parts) in _STANDARD.items():
            yield f"{name}.{kind}", (verb, name, parts)
        for find, facts in told.get("finds", {}).items():
            yield f"{name}.finds.{find}", (_VERBS[facts["returns"]], name, _find(facts))
        for update, facts in told.get("updates", {}).items():
            verb = "update_many" if facts.get("many") else "update_one"
            upsert = {"upsert": True} if facts.get("upsert") else {}
            parts = {"filter": _wire(facts["filter"]), "update": _wire(facts["update"]), **upsert}
            yield f"{name}.updates.{update}", (verb, name, parts)


def _find(facts: Json) -> dict[str, Any]:
    parts: dict[str, Any] = {"filter": _wire(facts["filter"])}
    if facts["returns"] == "count":
        return parts
    if "projection" in facts:
        shown = {_field(name): 1 for name in facts["projection"]}
        parts["projection"] = shown if "_id" in shown else {**shown, "_id": 0}
    if "sort" in facts:
        parts["sort"] = [[_field(name), way] for name, way in facts["sort"]]
    if "limit" in facts and facts["returns"] != "one":
        parts["limit"] = facts["limit"]
    return {**parts, "batch_size": ANY} if facts["returns"] == "stream" else parts


def _wire(template: Any) -> Any:
    """A filter or update with MongoDB's own names, and ANY where a caller's value goes."""
    if isinstance(template, Mapping):
        return {_field(key): _wire(value) for key, value in template.items()}
    if isinstance(template, list):
        return [_wire(value) for value in template]
    return ANY if isinstance(template, str) and template.startswith(":") else template


def _field(path: Any) -> str:
    text = str(path)
    return f"_id{text[2:]}" if text == "id" or text.startswith("id.") else text


def _is(request: Json, verb: str, collection: str, parts: Json) -> bool:
    if request.get("verb") != verb or request.get("collection") != collection:
        return False
    sent = {key: value for key, value in request.items() if key not in _BESIDES}
    if verb == "bulk_write":
        sent["requests"] = sorted({write["kind"] for write in sent["requests"]})
    return _same(sent, parts)


def _same(sent: Any, declared: Any) -> bool:
    if declared is ANY:
        return not _asks(sent)
    if isinstance(declared, Mapping):
        if not isinstance(sent, Mapping) or set(sent) != set(declared):
            return False
        return all(_same(sent[key], value) for key, value in declared.items())
    if isinstance(declared, list):
        return (
            isinstance(sent, list)
            and len(sent) == len(declared)
            and all(_same(one, other) for one, other in zip(sent, declared, strict=True))
        )
    return type(sent) is type(declared) and bool(sent == declared)


def _asks(value: Any) -> bool:
    """Does a value hold an operator?"""
    if isinstance(value, Mapping):
        return any(str(key).startswith("$") or _asks(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_asks, value))


def _is_fragment(request: Json) -> bool:
    """A batch may hold any writes of a collection that the entry has."""
    return request.get("verb") == "bulk_write" and bool(request.get("requests"))


def _indexes(entry: Json, requests: Sequence[Json]) -> Iterator[str]:
    made = [r for r in requests if r.get("verb") == "create_indexes"]
    for name, told in entry["requirements"].get("collections", {}).items():
        wanted = [
            (index["name"], [[_field(f), way] for f, way in index["keys"]])
            for index in told.get("indexes", ())
        ]
        for request in (r for r in made if r.get("collection") == name):
            sent = [(index["name"], [list(pair) for pair in index["keys"]]) for index in request["indexes"]]
            if sorted(sent) != sorted(wanted):
                yield f"other indexes of {name} were made than the entry declares"
