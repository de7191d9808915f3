"""How DynamoDB is reached, in canonical form: region, endpoint, pool, times, limits, environments.

``connection_string: dynamodb://eu-central-1`` says the region too. Credentials are found as AWS's own tools
find them, so an entry holds none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.modelling.connection import RETRY, Reader, Readers, prefix
from generator.modelling.connection import read_settings as read_both
from generator.shapes import Complaint

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z")
_ENDPOINT = re.compile(r"https?://(?:(?P<user>[^@/]*)@)?[^\s/@]+/?\Z")
_TABLES = re.compile(r"[A-Za-z0-9_.-]{1,50}\Z")


def read_settings(
    entry: Mapping[str, Any], complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the entry, and those of each environment."""
    reader = Reader(prefix(entry), complaints)
    own, environments = read_both(entry, reader, _readers(reader), short="region")
    return _placed(own), {name: _placed(told) for name, told in environments.items()}


def _readers(reader: Reader) -> Readers:
    def region(value: Any, *at: str | int) -> str | None:
        if _REGION.match(str(value)):
            return str(value)
        reader.complain(f"{str(value)[:40]!r} is no region. Write one like eu-central-1.", *at)
        return None

    def endpoint(value: Any, *at: str | int) -> str | None:
        found = _ENDPOINT.match(str(value))
        if found and not found["user"]:
            return str(value)
        what = "a credential stands here" if found else "this is no endpoint"
        reader.complain(f"{what}. Write https://host:port; AWS's own settings hold credentials.", *at)
        return None

    def address(value: Any, *at: str | int) -> str | None:
        scheme, _, rest = str(value).partition("://")
        if scheme != "dynamodb" or not _REGION.match(rest.strip("/")):
            reader.complain("this does not say where. Write dynamodb://eu-central-1, or region.", *at)
            return None
        return rest.strip("/")

    def tables(value: Any, *at: str | int) -> str | None:
        if _TABLES.match(str(value)):
            return str(value)
        reader.complain("a prefix of tables has letters, digits, _, - and dots. Write one like test-.", *at)
        return None

    return {
        "connection_string": address,
        "region": region,
        "endpoint_url": endpoint,
        "table_prefix": tables,
        "pool_size": reader.count,
        "connect_timeout": reader.seconds,
        "timeout": reader.seconds,
        "rate_limit": reader.rate,
        "retry": reader.retry,
    }


def _placed(told: dict[str, Any]) -> dict[str, Any]:
    """The settings, with the region that a connection string says unless they have it."""
    region = told.pop("connection_string", None)
    return {**({"region": region} if region else {}), **told}


def configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What config.yaml says, defaults filled in."""
    told = entry["requirements"]
    return {
        "service": entry["service"],
        "region": told.get("region"),
        "endpoint_url": told.get("endpoint_url"),
        "table_prefix": told.get("table_prefix", ""),
        "pool_size": told.get("pool_size", 10),
        "connect_timeout": told.get("connect_timeout", 10),
        "timeout": told.get("timeout", 30),
        "retry": {**RETRY, **told.get("retry", {})},
        "rate_limit": told.get("rate_limit"),
        "environments": dict(sorted(entry["environments"].items())),
    }
