"""How a document store is reached, in canonical form: address, pool, times, limits, environments.

Times are seconds, rates text like ``100/second``. Requirements hold only what was said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.modelling.connection import RETRY, Reader, Readers, mapping, prefix
from generator.modelling.connection import read_settings as read_both
from generator.shapes import Complaint

SCHEMES = ("mongodb", "mongodb+srv")
TLS = ("ca", "certificate")
READ_PREFERENCES = ("primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest")


def read_settings(
    entry: Mapping[str, Any], complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the entry, and those of each environment."""
    reader = Reader(prefix(entry), complaints)
    both = read_both(entry, reader, _readers(reader), empty=("tls",))  # tls: {} asks for it
    if "replicas" in mapping(entry.get("requirements")):
        reader.complain(
            "members of a replica set belong into connection_string: mongodb://a,b/orders?replicaSet=rs0."
            " Say read_preference: secondaryPreferred to read from them.",
            "requirements",
            "replicas",
        )
    return both


def _readers(reader: Reader) -> Readers:
    def address(value: Any, *at: str | int) -> str | None:
        said = "this is no connection string of MongoDB. Write mongodb://host/database, or ${VARIABLE}."
        return reader.url(value, SCHEMES, said, *at)

    def database(value: Any, *at: str | int) -> str | None:
        if re.fullmatch(r"[^\s/\\.\"$*<>:|?\x00]{1,63}", str(value)):
            return str(value)
        reader.complain(f"{str(value)[:40]!r} cannot name a database. Use letters, digits and _.", *at)
        return None

    def preference(value: Any, *at: str | int) -> str | None:
        if value in READ_PREFERENCES:
            return str(value)
        reader.complain(f"{value!r} is no read preference. Use {', '.join(READ_PREFERENCES)}.", *at)
        return None

    def tls(value: Any, *at: str | int) -> dict[str, str] | None:
        reader.only(TLS, mapping(value), "tls", *at)
        return None if value is False else {k: str(v) for k, v in mapping(value).items() if k in TLS}

    return {
        "connection_string": address,
        "database": database,
        "pool_size": reader.count,
        "pool_timeout": reader.seconds,
        "connect_timeout": reader.seconds,
        "timeout": reader.seconds,
        "tls": tls,
        "read_preference": preference,
        "rate_limit": reader.rate,
        "retry": reader.retry,
    }


def configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What config.yaml says, defaults filled in."""
    told = {key: value for key, value in entry["requirements"].items() if key != "collections"}
    base = {
        "service": entry["service"],
        "connection_string": told.get("connection_string", f"${{{prefix(entry)}_URL}}"),
        "database": told.get("database"),
        "pool_size": told.get("pool_size", 10),
        "pool_timeout": told.get("pool_timeout", 10),
        "connect_timeout": told.get("connect_timeout", 10),
        "timeout": told.get("timeout", 30),
        "retry": {**RETRY, **told.get("retry", {})},
        "rate_limit": told.get("rate_limit"),
    }
    optional = {key: told[key] for key in ("tls", "read_preference") if key in told}
    return {**base, **optional, "environments": dict(sorted(entry["environments"].items()))}
