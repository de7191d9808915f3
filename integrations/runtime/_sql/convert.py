"""Make of a driver's value what its column is declared to hold.

Drivers differ: SQLite has text and numbers only, MySQL has no booleans, most give JSON as text. A query names
the converters of its columns. NULL is None and is never converted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

Convert = Callable[[Any], Any]


def boolean(value: Any) -> bool:
    """Of a number, or of the bytes that MySQL's BIT(1) is."""
    if isinstance(value, bytes):
        return any(value)
    if isinstance(value, int | float):
        return bool(value)
    raise ValueError


def integer(value: Any) -> int:
    """Of a whole number, or of the bytes that MySQL's BIT is."""
    if isinstance(value, bytes):
        return int.from_bytes(value, "big")
    number = int(value)
    if number != value and not isinstance(value, str):
        raise ValueError
    return number


def decimal(value: Any) -> Decimal:
    """Of text or a number; a float counts as its shortest decimal form."""
    return Decimal(str(value))


def naive(value: Any) -> dt.datetime:
    """Of ISO text or a date and time, without a time zone."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def utc(value: Any) -> dt.datetime:
    """Of ISO text, seconds since 1970, or a date and time: aware, in UTC. One without a zone is UTC."""
    if isinstance(value, int | float):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def date(value: Any) -> dt.date:
    """Of ISO text or a date."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def time(value: Any) -> dt.time:
    """Of ISO text, or of the time since midnight that MySQL's drivers give."""
    if isinstance(value, dt.timedelta):
        if not dt.timedelta(0) <= value < dt.timedelta(days=1):
            raise ValueError
        return (dt.datetime.min + value).time()
    return value if isinstance(value, dt.time) else dt.time.fromisoformat(value)


def seconds(value: Any) -> dt.timedelta:
    """Of a number of seconds."""
    return value if isinstance(value, dt.timedelta) else dt.timedelta(seconds=value)


def uuid(value: Any) -> UUID:
    """Of text or 16 bytes."""
    if isinstance(value, UUID):
        return value
    return UUID(bytes=bytes(value)) if isinstance(value, bytes) else UUID(value)


def document(value: Any) -> Any:
    """Of JSON text."""
    return msgspec.json.decode(value)


CONVERTERS: Final[Mapping[str, Convert]] = MappingProxyType(
    {
        "bool": boolean,
        "int": integer,
        "float": float,
        "decimal": decimal,
        "text": str,
        "bytes": bytes,
        "datetime": naive,
        "utc": utc,
        "date": date,
        "time": time,
        "seconds": seconds,
        "uuid": uuid,
        "json": document,
    }
)
