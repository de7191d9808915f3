"""How Redis is reached, in canonical form: address, pool, times, limits, environments.

Times are seconds, rates text like ``100/second``. Requirements hold only what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.connection import RETRY, Reader, Readers, mapping, prefix
from generator.modelling.connection import read_settings as read_both
from generator.shapes import Complaint

SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")
TLS = ("ca", "verify", "certificate", "key")


def read_settings(
    entry: Mapping[str, Any], complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The settings of the entry, and those of each environment."""
    reader = Reader(prefix(entry), complaints)
    return read_both(entry, reader, _readers(reader))


def _readers(reader: Reader) -> Readers:
    def address(value: Any, *at: str | int) -> str | None:
        said = "this is no connection string of Redis. Write redis://host:6379/0, or ${VARIABLE}."
        return reader.url(value, SCHEMES, said, *at)

    def addresses(value: Any, *at: str | int) -> list[str]:
        listed = value if isinstance(value, list) else [value]
        found = [address(one, *at, index) for index, one in enumerate(listed)]
        return [one for one in found if one]

    def tls(value: Any, *at: str | int) -> dict[str, Any]:
        reader.only(TLS, mapping(value), "tls", *at)
        if not isinstance(value, Mapping) and value is not True:
            reader.complain(
                "tls says what is trusted. Write {ca: /etc/ssl/ca.pem}, and rediss:// above.", *at
            )
        return {key: told for key, told in mapping(value).items() if key in TLS}

    return {
        "connection_string": address,
        "replicas": addresses,
        "pool_size": reader.count,
        "pool_timeout": reader.seconds,
        "connect_timeout": reader.seconds,
        "timeout": reader.seconds,
        "tls": tls,
        "rate_limit": reader.rate,
        "retry": reader.retry,
    }


def configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What config.yaml says, defaults filled in."""
    told = entry["requirements"]
    base = {
        "service": entry["service"],
        "connection_string": told.get("connection_string", f"${{{prefix(entry)}_URL}}"),
        "pool_size": told.get("pool_size", 10),
        "pool_timeout": told.get("pool_timeout", 5),
        "connect_timeout": told.get("connect_timeout", 5),
        "timeout": told.get("timeout", 30),
        "retry": {**RETRY, **told.get("retry", {})},
        "rate_limit": told.get("rate_limit"),
    }
    optional = {key: told[key] for key in ("replicas", "tls") if key in told}
    return {**base, **optional, "environments": dict(sorted(entry["environments"].items()))}
