"""Believable values: as Python, as SQL, as what each driver gives before the runtime converts it.

A column of a name has the same value everywhere, so that a query that looks for it finds the row. *turn* 1 is
the row that tests find there, 2 the one that they add.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from .sql_types import ANY, Type

_TEXTS: Mapping[str, tuple[str, str]] = {
    "email": ("ada@example.com", "grace@example.com"),
    "name": ("Ada Lovelace", "Grace Hopper"),
    "customer": ("ada", "grace"),
    "currency": ("EUR", "USD"),
    "country": ("NO", "FI"),
    "sku": ("SKU-1", "SKU-2"),
    "title": ("First steps", "Second thoughts"),
    "queue": ("mail", "reports"),
    "path": ("/", "/about"),
    "url": ("https://example.com/", "https://example.com/about"),
    "country_code": ("NO", "FI"),
}
_ODD: Mapping[str, str] = {  # types that Python has no word for
    "inet": "127.0.0.1",
    "cidr": "10.0.0.0/8",
    "macaddr": "08:00:2b:01:02:03",
    "tsvector": "words",
}
_NOON = dt.datetime(2024, 5, 17, 12, 30)


def value(told: Type, name: str, turn: int = 1) -> Any:
    """A Python value of a type, for a column or parameter of a name."""
    low = name.lower()
    if told.kind == "enum" and told.labels:
        return told.labels[(turn - 1) % len(told.labels)]
    if told.kind == "array":
        return [value(told.item or ANY, low.removesuffix("s"), turn)]
    if told.kind in ("text", "enum"):
        return _text(told, low, turn)
    day = _NOON + dt.timedelta(days=turn - 1)
    values: dict[str, Any] = {
        "integer": _integer(low, turn),
        "float": 2.5 * turn,
        "decimal": Decimal("9.50") + turn - 1,
        "boolean": True,
        "bytes": b"\x00\x01%c" % (turn + 1),
        "date": day.date(),
        "time": day.time(),
        "timestamp": day,
        "timestamptz": day.replace(tzinfo=dt.UTC),
        "interval": dt.timedelta(hours=turn),
        "uuid": UUID(int=turn << 96 | 0x4000_8000_0000_0000_0001),
        "json": {"step": turn},
    }
    return values.get(told.kind) or _ODD.get(told.name) or f"value {turn}"


def _integer(name: str, turn: int) -> int:
    if name in ("offset", "skip", "start"):
        return 0
    if name in ("limit", "count", "most", "size", "max_rows"):
        return 10
    return turn if name == "id" or name.endswith(("_id", "ids")) else 2 + turn


def _text(told: Type, name: str, turn: int) -> str:
    known = next((_TEXTS[key] for key in (name, name.rpartition("_")[2]) if key in _TEXTS), None)
    text = known[turn - 1] if known else f"{name.replace('_', ' ') or 'text'} {turn}"
    size = re.search(r"\((\d+)\)", told.name)
    limit = int(size[1]) if size else len(text)
    return text if len(text) <= limit else f"{text[: max(0, limit - 1)]}{turn}"[:limit]


def python(given: Any) -> str:
    """A value as a Python expression."""
    if isinstance(given, dt.datetime):
        zone = ", tzinfo=dt.UTC" if given.tzinfo else ""
        return f"dt.datetime({given.year}, {given.month}, {given.day}, {given.hour}, {given.minute}{zone})"
    if isinstance(given, dt.date):
        return f"dt.date({given.year}, {given.month}, {given.day})"
    if isinstance(given, dt.time):
        return f"dt.time({given.hour}, {given.minute})"
    if isinstance(given, dt.timedelta):
        return f"dt.timedelta(seconds={int(given.total_seconds())})"
    if isinstance(given, Decimal):
        return f'Decimal("{given}")'
    if isinstance(given, UUID):
        return f'UUID("{given}")'
    if isinstance(given, list):
        return f"[{', '.join(map(python, given))}]"
    return repr(given)


def literal(given: Any, engine: str) -> str:
    """A value as SQL."""
    if given is None:
        return "NULL"
    if isinstance(given, bool):
        return str(int(given)) if engine in ("mysql", "sqlite") else str(given).upper()
    if isinstance(given, (int, float, Decimal)):
        return str(given)
    if isinstance(given, bytes):
        return _bytes(given, engine)
    return _quoted(_words(given, engine))


def _bytes(given: bytes, engine: str) -> str:
    if engine == "duckdb":
        return "'" + "".join(f"\\x{one:02X}" for one in given) + "'::BLOB"
    return f"'\\x{given.hex()}'" if engine == "postgresql" else f"x'{given.hex()}'"


def _words(given: Any, engine: str) -> str:
    if isinstance(given, dt.datetime):
        zone = "+00:00" if given.tzinfo and engine != "mysql" else ""
        return f"{given:%Y-%m-%d %H:%M:%S}{zone}"
    if isinstance(given, dt.timedelta):
        seconds = int(given.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(given, dict):
        import json

        return json.dumps(given)
    if isinstance(given, list):
        return _listed(given, engine)
    return str(given)


def _listed(given: list[Any], engine: str) -> str:
    inner = ", ".join(_item(one, engine) if isinstance(one, str) else str(one) for one in given)
    return f"{{{inner}}}" if engine == "postgresql" else f"[{inner}]"


def _item(text: str, engine: str) -> str:
    if engine != "postgresql":
        return text
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def raw(given: Any, told: Type, engine: str) -> Any:
    """What the engine's driver gives for a value."""
    import json

    if told.kind in ("json", "any") and engine != "postgresql" and isinstance(given, dict):
        return json.dumps(given)
    if engine == "mysql":
        return _mysql(given)
    return _sqlite(given) if engine == "sqlite" else given


def _mysql(given: Any) -> Any:
    if isinstance(given, dt.datetime):
        return given.replace(tzinfo=None)
    if isinstance(given, UUID):
        return str(given)
    return int(given) if isinstance(given, bool) else given


def _sqlite(given: Any) -> Any:
    if isinstance(given, dt.datetime):
        return given.isoformat(" ")
    if isinstance(given, (dt.date, dt.time)):
        return given.isoformat()
    if isinstance(given, (Decimal, UUID)):
        return str(given)
    if isinstance(given, dt.timedelta):
        return given.total_seconds()
    return int(given) if isinstance(given, bool) else given
