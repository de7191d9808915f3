"""Typed items on their way to DynamoDB and back, in its own notation: {"S": "text"}, {"N": "5"} …

A time is a text in UTC with all six digits of its second, so that times sort as texts do; the time after
which an item is deleted is a number of seconds. Numbers are written in full: what was an int or a float comes
back the same; DynamoDB holds 38 digits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from .._errors import InvalidArgumentError, UnexpectedResponseError
from .table import Table

T = TypeVar("T")
NATIVE: Final = (dt.datetime, bytes, Decimal)
_DIGITS: Final = 38


def plain(value: Any) -> Any:
    """Return *value* as plain data, times and bytes as they are.

    Raises:
        InvalidArgumentError: it is none.
    """
    try:
        return msgspec.to_builtins(value, builtin_types=NATIVE, str_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"this value cannot be stored: {error}") from None


def attribute(value: Any) -> dict[str, Any]:
    """Return plain data in DynamoDB's notation.

    Raises:
        InvalidArgumentError: it is a time without a zone, or a number that DynamoDB does not hold.
    """
    writer = _WRITERS.get(value.__class__)
    if writer is None:
        raise InvalidArgumentError(f"a {type(value).__name__} cannot be stored")
    return writer(value)


def _number(value: int | float | Decimal) -> dict[str, Any]:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or _digits(number) > _DIGITS:
        raise InvalidArgumentError(f"DynamoDB holds numbers of {_DIGITS} digits; {str(value)[:50]} is none")
    return {"N": str(value)}


def _digits(number: Decimal) -> int:
    """How many digits count; `normalize` would round them."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))


def _time(value: dt.datetime) -> dict[str, Any]:
    if value.tzinfo is None:
        raise InvalidArgumentError(f"{value} has no time zone; pass dt.datetime(…, tzinfo=dt.UTC)")
    return {"S": value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}


def _text(value: str) -> dict[str, Any]:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(f"a text cannot be stored: {error.reason}") from None
    return {"S": value}


_WRITERS: Final[Mapping[type, Callable[[Any], dict[str, Any]]]] = {
    str: _text,
    bool: lambda value: {"BOOL": value},
    int: _number,
    float: _number,
    Decimal: _number,
    bytes: lambda value: {"B": value},
    dt.datetime: _time,
    type(None): lambda value: {"NULL": True},
    list: lambda value: {"L": [attribute(inner) for inner in value]},
    dict: lambda value: {"M": {key: attribute(inner) for key, inner in value.items()}},
}


def named(table: Table[Any], name: str, value: Any) -> dict[str, Any] | None:
    """Return one attribute of an item in DynamoDB's notation; None is left out.

    Raises:
        InvalidArgumentError: it cannot be stored.
    """
    written = plain(value)
    if written is None or (name in table.sets and not written):
        return None
    if name == table.ttl and isinstance(written, dt.datetime):
        return {"N": str(int(written.timestamp()))}
    return _set(written) if name in table.sets else attribute(written)


def _set(values: list[Any]) -> dict[str, Any]:
    written = [attribute(value) for value in values]
    kinds = {kind for one in written for kind in one}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise InvalidArgumentError("a set holds texts, numbers or bytes, all of one kind")
    kind = kinds.pop()
    return {f"{kind}S": list(dict.fromkeys(one[kind] for one in written))}


def item_of(table: Table[Any], item: Any) -> dict[str, Any]:
    """Return a typed item in DynamoDB's notation.

    Raises:
        InvalidArgumentError: it is of another type, or holds what DynamoDB cannot.
    """
    if not isinstance(item, table.item):
        raise InvalidArgumentError(f"{table.name} holds {table.item.__name__}, not {type(item).__name__}")
    found = ((name, named(table, name, value)) for name, value in plain(item).items())
    return {name: value for name, value in found if value is not None}


def key_of(table: Table[Any], key: tuple[Any, ...]) -> dict[str, Any]:
    """Return the key of an item.

    Raises:
        InvalidArgumentError: it has too few or too many parts, or one of another type.
    """
    names = [name for name in (table.partition, table.sort) if name]
    if len(key) != len(names):
        raise InvalidArgumentError(
            f"a key of {table.name} is {', '.join(names)}; {len(key)} parts were given"
        )
    return {name: key_part(table, name, value) for name, value in zip(names, key, strict=True)}


def key_part(table: Table[Any], name: str, value: Any) -> dict[str, Any]:
    """Return one part of a key.

    Raises:
        InvalidArgumentError: it is of another type.
    """
    written = attribute(plain(value))
    if table.keys[name] not in written:
        raise InvalidArgumentError(f"{name} is a {type(value).__name__}, which is not its type")
    return written


def read(value: Mapping[str, Any]) -> Any:
    """Return one value out of DynamoDB's notation."""
    kind, inner = next(iter(value.items()))
    if kind == "N":
        return number(inner)
    if kind == "M":
        return {key: read(one) for key, one in inner.items()}
    if kind == "L":
        return [read(one) for one in inner]
    if kind == "NS":
        return sorted(number(one) for one in inner)
    if kind in ("SS", "BS"):
        return sorted(inner)
    return None if kind == "NULL" else inner


def number(text: str) -> int | float | Decimal:
    """Return a number: an int, a float where that says it exactly, or else a Decimal."""
    try:
        return int(text)
    except ValueError:
        exact, near = Decimal(text), float(text)
        return near if Decimal(repr(near)) == exact else exact


def typed(table: Table[Any], kind: type[T], item: Mapping[str, Any]) -> T:
    """Return an item as a value of *kind*.

    Raises:
        UnexpectedResponseError: it does not fit.
    """
    found = {name: read(value) for name, value in item.items()}
    if table.ttl in found and isinstance(found[table.ttl], int):
        found[table.ttl] = dt.datetime.fromtimestamp(found[table.ttl], dt.UTC)
    for name in table.sets:
        found.setdefault(name, [])
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        raise UnexpectedResponseError(f"an item is no {kind.__name__}: {error}") from None
