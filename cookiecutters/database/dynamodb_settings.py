"""How DynamoDB is reached, in canonical form: region, endpoint, pool, times, limits, environments.

``connection_string: dynamodb://eu-central-1`` says the region too. Credentials are found as AWS's own tools
find them, so an entry holds none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from generator.shapes import Complaint

from .mongodb_settings import RETRY, Settings, mapping, prefix

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z")
_ENDPOINT = re.compile(r"https?://(?:(?P<user>[^@/]*)@)?[^\s/@]+/?\Z")
_TABLES = re.compile(r"[A-Za-z0-9_.-]{1,50}\Z")


def read_settings(
    entry: Mapping[str, Any], complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the entry, and those of each environment."""
    reader = Settings(prefix(entry), complaints)
    readers = _readers(reader)
    own = _read(mapping(entry.get("requirements")), readers, "requirements")
    environments = {}
    for name, told in mapping(entry.get("environments")).items():
        told = {"region": told} if isinstance(told, str) else mapping(told)
        for key in told:
            if key not in readers:
                known = ", ".join(sorted(readers))
                reader.complain(f"an environment has no {key!r}. Use {known}.", "environments", name, key)
        environments[str(name)] = _read(told, readers, "environments", str(name))
    return own, environments


def _readers(reader: Settings) -> Mapping[str, Callable[..., Any]]:
    def region(value: Any, *at: str | int) -> str | None:
        if value is None or _REGION.match(str(value)):
            return None if value is None else str(value)
        reader.complain(f"{str(value)[:40]!r} is no region. Write one like eu-central-1.", *at)
        return None

    def endpoint(value: Any, *at: str | int) -> str | None:
        found = _ENDPOINT.match(str(value)) if value is not None else None
        if value is None or (found and not found["user"]):
            return None if value is None else str(value)
        what = "a credential stands here" if found else "this is no endpoint"
        reader.complain(f"{what}. Write https://host:port; AWS's own settings hold credentials.", *at)
        return None

    def address(value: Any, *at: str | int) -> str | None:
        if value is None:
            return None
        scheme, _, rest = str(value).partition("://")
        if scheme != "dynamodb" or not _REGION.match(rest.strip("/")):
            reader.complain("this does not say where. Write dynamodb://eu-central-1, or region.", *at)
            return None
        return rest.strip("/")

    def tables(value: Any, *at: str | int) -> str | None:
        if value is None or _TABLES.match(str(value)):
            return None if value is None else str(value)
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


def _read(
    raw: Mapping[str, Any], readers: Mapping[str, Callable[..., Any]], *at: str | int
) -> dict[str, Any]:
    found = {key: read(raw.get(key), *at, key) for key, read in readers.items()}
    told = {key: value for key, value in found.items() if value}
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
