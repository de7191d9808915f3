"""What is sent, as plain values: the arguments of one request, made without the driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import InvalidArgumentError
from .attributes import item_of, key_of
from .expression import Expression, changes
from .table import Check, Delete, Put, Table, Update, Write

Arguments = dict[str, Any]


def put(name: str, table: Table[Any], item: Any, *, if_absent: bool) -> tuple[Arguments, Any]:
    """Return the arguments that store *item*, and the item as it is stored: its version has grown."""
    said = Expression()
    written = item_of(table, item)
    condition = f"attribute_not_exists({said.name(table.partition)})" if if_absent else ""
    stored = item
    if table.version:
        seen = getattr(item, table.version)
        stored = _grown(item, table.version, seen)
        written = item_of(table, stored)
        if seen and not if_absent:
            condition = f"{said.name(table.version)} = {said.value({'N': str(seen)})}"
        elif not condition:
            condition = f"attribute_not_exists({said.name(table.partition)})"
    conditional = {"ConditionExpression": condition} if condition else {}
    return {"TableName": name, "Item": written, **conditional, **said.arguments()}, stored


def _grown(item: Any, field: str, seen: int) -> Any:
    import msgspec

    return msgspec.structs.replace(item, **{field: seen + 1})


def delete(name: str, table: Table[Any], key: tuple[Any, ...], *, if_present: bool = False) -> Arguments:
    """Return the arguments that delete the item of *key*."""
    said = Expression()
    condition = {"ConditionExpression": _is_there(said, table)} if if_present else {}
    return {"TableName": name, "Key": key_of(table, key), **condition, **said.arguments()}


def update(
    name: str,
    table: Table[Any],
    key: tuple[Any, ...],
    given: Mapping[str, Any],
    version: int | None = None,
) -> Arguments:
    """Return the arguments that change the item of *key*; it must be there, with *version* if told."""
    said = Expression()
    text = changes(said, table, given)
    condition = _is_there(said, table)
    if version is not None:
        condition += f" AND {said.name(str(table.version))} = {said.value({'N': str(version)})}"
    return {
        "TableName": name,
        "Key": key_of(table, key),
        "UpdateExpression": text,
        "ConditionExpression": condition,
        **said.arguments(),
    }


def transacted(write: Write, name: str) -> Arguments:
    """Return one write of a transaction."""
    if isinstance(write, Put):
        return {"Put": put(name, write.table, write.item, if_absent=write.if_absent)[0]}
    if isinstance(write, Delete):
        return {"Delete": delete(name, write.table, write.key, if_present=write.if_present)}
    if isinstance(write, Update):
        return {"Update": update(name, write.table, write.key, write.changes)}
    if not isinstance(write, Check):
        raise InvalidArgumentError(
            f"a transaction holds Put, Delete, Update and Check, not {type(write).__name__}"
        )
    said = Expression()
    there = _is_there(said, write.table)
    condition = there.replace("attribute_exists", "attribute_not_exists") if write.absent else there
    key = key_of(write.table, write.key)
    return {
        "ConditionCheck": {
            "TableName": name,
            "Key": key,
            "ConditionExpression": condition,
            **said.arguments(),
        }
    }


def creation(name: str, table: Table[Any]) -> Arguments:
    """Return the arguments that make the table, paid by request."""
    indexes = [
        {
            "IndexName": index.name,
            "KeySchema": _schema(index.partition, index.sort),
            "Projection": (
                {"ProjectionType": "ALL"}
                if index.includes is None
                else {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.includes)}
                if index.includes
                else {"ProjectionType": "KEYS_ONLY"}
            ),
        }
        for index in table.indexes
    ]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _schema(table.partition, table.sort),
        "AttributeDefinitions": [
            {"AttributeName": key, "AttributeType": kind} for key, kind in table.keys.items()
        ],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _schema(partition: str, sort: str | None) -> list[dict[str, str]]:
    found = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*found, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else found


def _is_there(said: Expression, table: Table[Any]) -> str:
    return f"attribute_exists({said.name(table.partition)})"
