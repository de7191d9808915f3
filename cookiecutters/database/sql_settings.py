"""How an SQL database is reached, in canonical form: address, pool, times, TLS, replicas, environments.

Times are seconds, rates text like ``100/second``. Requirements hold only what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.connection import RETRY, Reader, Readers, mapping, prefix
from generator.modelling.connection import read_settings as read_both
from generator.shapes import Complaint

SCHEMES = {
    "postgresql": ("postgresql", "postgres"),
    "mysql": ("mysql", "mariadb"),
    "sqlite": ("sqlite",),
    "duckdb": ("duckdb",),
}
EXAMPLES = {
    "postgresql": "postgresql://app@db.example.com/orders",
    "mysql": "mysql://app@db.example.com/orders",
    "sqlite": "sqlite:///orders.db",
    "duckdb": "duckdb:///orders.duckdb",
}
ISOLATION = ("read committed", "repeatable read", "serializable", "read uncommitted")
_TLS = ("mode", "ca", "cert", "key")
_TLS_MODES = ("disable", "prefer", "require", "verify-full")


@dataclass(frozen=True, slots=True)
class Settings(Reader):
    """Reads the settings of one engine; what is wrong becomes a complaint."""

    engine: str

    def address(self, value: Any, *at: str | int) -> str | None:
        """A connection string of the engine; its scheme may name a driver too."""
        said = f"no address of {self.engine}. Write {EXAMPLES[self.engine]} or ${{{self.prefix}_URL}}."
        scheme = str(value).strip().partition("://")[0]
        schemes = (scheme,) if scheme.partition("+")[0] in SCHEMES[self.engine] else ()
        return self.url(value, schemes, said, *at, bare=True)

    def replicas(self, value: Any, *at: str | int) -> list[str]:
        """Connection strings of servers that answer reads."""
        if self.engine in ("sqlite", "duckdb") and value:
            self.complain(f"{self.engine} is a file and has no replicas. Remove them.", *at)
            return []
        listed = value if isinstance(value, list) else [value]
        return [one for i, told in enumerate(listed) if (one := self.address(told, *at, i))]

    def tls(self, value: Any, *at: str | int) -> dict[str, str] | None:
        """How the connection is encrypted."""
        told = {"mode": value} if isinstance(value, str) else mapping(value)
        self.only(_TLS, told, "tls", *at)
        if told.get("mode", "verify-full") not in _TLS_MODES:
            self.complain(
                f"{str(told['mode'])[:40]!r} is no mode of TLS. Use {', '.join(_TLS_MODES)}.", *at, "mode"
            )
            return None
        if self.engine in ("sqlite", "duckdb") and told:
            self.complain(f"{self.engine} is a file and has no TLS. Remove it.", *at)
            return None
        return {key: str(text) for key, text in told.items() if key in _TLS}

    def isolation(self, value: Any, *at: str | int) -> str | None:
        """An isolation level that the engine has."""
        level = " ".join(str(value).lower().replace("_", " ").split())
        known = {"sqlite": ("serializable",), "duckdb": ()}.get(self.engine, ISOLATION)
        if level in known:
            return level
        mend = f"Use {', '.join(known)}." if known else "Remove it: its transactions are snapshots."
        self.complain(f"{str(value)[:40]!r} is no isolation level of {self.engine}. {mend}", *at)
        return None


def _readers(my: Settings) -> Readers:
    """What each key of the settings is read by."""
    return {
        "connection_string": my.address,
        "pool_size": my.count,
        "pool_timeout": my.seconds,
        "connect_timeout": my.seconds,
        "timeout": my.seconds,
        "tls": my.tls,
        "replicas": my.replicas,
        "isolation": my.isolation,
        "rate_limit": my.rate,
        "retry": my.retry,
    }


def read_settings(
    entry: Mapping[str, Any], engine: str, complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the entry, and those of each environment."""
    reader = Settings(prefix(entry), complaints, engine)
    return read_both(entry, reader, _readers(reader))


def configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What config.yaml says, defaults filled in."""
    told = entry["requirements"]
    return {
        "service": entry["service"],
        "connection_string": told.get("connection_string") or f"${{{prefix(entry)}_URL}}",
        "pool_size": told.get("pool_size", 10),
        "pool_timeout": told.get("pool_timeout", 10),
        "connect_timeout": told.get("connect_timeout", 10),
        "timeout": told.get("timeout", 30),
        **{key: told[key] for key in ("tls", "replicas", "isolation") if key in told},
        "retry": {**RETRY, **told.get("retry", {})},
        "rate_limit": told.get("rate_limit"),
        "environments": dict(sorted(entry["environments"].items())),
    }
