"""Judges what the suite of a DynamoDB package asked of its scripted engine, by the entry's own words.

Expressions are read with their placeholders filled in, so it does not matter how these are numbered. Each
declared operation must have been asked for at least once, exactly as declared; every name and value must have
been a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
_MARK = re.compile(r"#\w+|:\w+")
_SORT = r"(( (=|<|<=|>|>=) \?)| BETWEEN \? AND \?)"
# The runtime's own requests, of no operation.
_OWN = frozenset(
    [
        "create_table",
        "describe_table",
        "list_tables",
        "transact_get_items",
        "transact_write_items",
        "update_time_to_live",
    ]
)


def judge(entry: Json, requests: Sequence[Json], names: Mapping[str, str]) -> dict[str, Any]:
    """The operations of the entry, those that were asked for as declared, and what else was sent."""
    declared = dict(_declared(entry["requirements"].get("tables", {})))
    conforming: set[str] = set()
    violations: set[str] = set()
    for request in requests:
        met = {key for key, wanted in declared.items() if _is(request, *wanted)}
        conforming |= met
        if not met and request.get("operation") not in _OWN:
            violations.add(f"{request.get('operation')} was sent, and no operation of the entry says so")
    return {
        "operations": sorted(names.get(key, key) for key in declared),
        "conforming": sorted(names.get(key, key) for key in conforming),
        "violations": sorted(violations),
    }


def _declared(tables: Json) -> Iterator[tuple[str, tuple[str, str, Json, str]]]:
    """Every operation: its key, and the kind, table, facts and index of its requests."""
    for name, told in tables.items():
        kinds = ["put", "get", "delete", "scan", "get_many", "write"]
        kinds += ["query"] if "sort" in told else []
        fixed = {told["partition"], told.get("sort"), told.get("version")}
        kinds += ["update"] if set(told["schema"]["properties"]) - fixed else []
        for kind in kinds:
            yield f"{name}.{kind}", (kind, name, told, "")
        for index in told.get("indexes", {}):
            yield f"{name}.indexes.{index}", ("query", name, told, index)


def _is(request: Json, kind: str, name: str, told: Json, index: str) -> bool:
    operation = request.get("operation")
    if kind in ("get_many", "write"):
        batch = {"get_many": "batch_get_item", "write": "batch_write_item"}[kind]
        return operation == batch and list(request.get("RequestItems", {})) == [name]
    if request.get("TableName") != name or request.get("IndexName", "") != index:
        return False
    judges = {"put": _put, "get": _get, "update": _update, "delete": _delete, "query": _query, "scan": _scan}
    return judges[kind](request, told, index)


def _put(request: Json, told: Json, index: str) -> bool:
    item, keys = request.get("Item", {}), _keys(told)
    known = set(item) <= set(told["schema"]["properties"]) and all(key in item for key in keys)
    allowed = ["", f"attribute_not_exists({told['partition']})"]
    if "version" in told:
        allowed = [allowed[1], f"{told['version']} = ?"]
    return (
        bool(request["operation"] == "put_item")
        and known
        and _said(request, "ConditionExpression") in allowed
    )


def _get(request: Json, told: Json, index: str) -> bool:
    return request["operation"] == "get_item" and _keyed(request, told)


def _delete(request: Json, told: Json, index: str) -> bool:
    return request["operation"] == "delete_item" and _keyed(request, told)


def _scan(request: Json, told: Json, index: str) -> bool:
    return bool(request["operation"] == "scan")


def _update(request: Json, told: Json, index: str) -> bool:
    if request["operation"] != "update_item" or not _keyed(request, told):
        return False
    there = f"attribute_exists({told['partition']})"
    changed = _said(request, "UpdateExpression")
    version = told.get("version")
    grows = f"{version} = if_not_exists({version}, ?) + ?" in changed if version else True
    return bool(grows) and _said(request, "ConditionExpression").startswith(there)


def _query(request: Json, told: Json, index: str) -> bool:
    place = told["indexes"][index] if index else told
    if request["operation"] != "query" or "ScanIndexForward" not in request:
        return False
    pattern = rf"{re.escape(place['partition'])} = \?"
    if place.get("sort"):
        sort = re.escape(place["sort"])
        pattern += rf"( AND ({sort}{_SORT}|begins_with\({sort}, \?\)))?"
    return re.fullmatch(pattern, _said(request, "KeyConditionExpression")) is not None


def _keyed(request: Json, told: Json) -> bool:
    key = request.get("Key", {})
    return sorted(key) == sorted(_keys(told)) and all(
        told["keys"][name] in part for name, part in key.items()
    )


def _keys(told: Json) -> list[str]:
    return [name for name in (told["partition"], told.get("sort")) if name]


def _said(request: Json, expression: str) -> str:
    """An expression with its names filled in and ? for each value; "" where there is none."""
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})

    def filled(found: re.Match[str]) -> str:
        mark = found[0]
        return str(names.get(mark, mark)) if mark.startswith("#") else "?" if mark in values else mark

    return _MARK.sub(filled, str(request.get(expression, "")))
