"""How an SQL database is reached, in canonical form: address, pool, times, TLS, replicas, environments.

Times are seconds, rates text like ``100/second``. Requirements hold only what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.shapes import Complaint

VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\Z")
_RATE = re.compile(r"([1-9]\d*)\s*/\s*(s|second|m|min|minute|h|hour|day)s?\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_UNITS = {"s": "second", "m": "minute", "min": "minute", "h": "hour"}
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?://(?:(?P<user>[^@/]*)@)?(?P<rest>\S*)\Z")
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
RETRY = {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30}
ISOLATION = ("read committed", "repeatable read", "serializable", "read uncommitted")
_TLS = ("mode", "ca", "cert", "key")
_TLS_MODES = ("disable", "prefer", "require", "verify-full")


@dataclass(frozen=True, slots=True)
class Settings:
    """Reads settings; what is wrong becomes a complaint."""

    engine: str
    prefix: str
    complaints: list[Complaint]

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(pointer, message))

    def seconds(self, value: Any, *at: str | int) -> float | None:
        """Seconds of ``30``, ``500ms``, ``5m``."""
        found = _DURATION.match(str(value).strip().lower())
        if found and float(found[1]) > 0 and not isinstance(value, bool):
            number = float(found[1]) * _SECONDS[found[2] or "s"]
            return int(number) if number == int(number) else round(number, 6)
        self.complain(f"{str(value)[:40]!r} is not a time. Write seconds, or 30s, 5m, 500ms.", *at)
        return None

    def rate(self, value: Any, *at: str | int) -> str | None:
        """``100/second`` of what was said; a number is calls a minute."""
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return f"{value}/minute"
        found = _RATE.match(str(value).strip().lower())
        if found:
            return f"{found[1]}/{_UNITS.get(found[2], found[2])}"
        self.complain(f"{str(value)[:40]!r} is not a rate. Write 100/second, or calls a minute.", *at)
        return None

    def retry(self, value: Any, *at: str | int) -> dict[str, Any]:
        """Attempts and waits, as far as they were said."""
        raw = mapping(value)
        found: dict[str, Any] = {
            k: self.seconds(raw[k], *at, k) for k in ("base_delay", "max_delay") if k in raw
        }
        attempts = raw.get("max_attempts", value if isinstance(value, int) else None)
        if isinstance(attempts, int) and not isinstance(attempts, bool) and attempts > 0:
            found["max_attempts"] = attempts
        elif attempts is not None:
            self.complain("attempts are a number from 1. Write max_attempts: 3.", *at, "max_attempts")
        return {key: told for key, told in found.items() if told is not None}

    def count(self, value: Any, *at: str | int) -> int | None:
        """A whole number from 1."""
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.complain(f"{str(value)[:40]!r} is not a number from 1. Write 10.", *at)
        return None

    def address(self, value: Any, *at: str | int) -> str | None:
        """A connection string of the engine without a password of its own."""
        text = str(value).strip()
        if VARIABLE.fullmatch(text):
            return text
        found = _URL.match(text)
        if not found or found["scheme"] not in SCHEMES[self.engine]:
            said = f"no address of {self.engine}. Write {EXAMPLES[self.engine]} or ${{{self.prefix}_URL}}."
            self.complain(said, *at)
            return None
        password = (found["user"] or "").partition(":")[2]
        if (password and not VARIABLE.fullmatch(password)) or re.search(r"[?&]password=[^$&]", text):
            said = (
                f"connection_string holds a password. Put the value in an environment variable and write"
                f" ${{{self.prefix}_PASSWORD}} in its place, or the whole as ${{{self.prefix}_URL}}."
            )
            self.complain(said, *at)
            return None
        return text

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
        for key in told:
            if key not in _TLS:
                self.complain(f"tls has no {key!r}. Use {', '.join(_TLS)}.", *at, key)
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


def readers(my: Settings) -> Mapping[str, Callable[..., Any]]:
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
    known = readers(Settings(engine, prefix(entry), complaints))
    own = _read(mapping(entry.get("requirements")), known, "requirements")
    environments = {}
    for name, told in mapping(entry.get("environments")).items():
        said = {"connection_string": told} if isinstance(told, str) else mapping(told)
        for key in said:
            if key not in known:
                mend = f"Use {', '.join(known)}."
                complaints.append(
                    Complaint(("environments", name, key), f"an environment has no {key!r}. {mend}")
                )
        environments[str(name)] = _read(said, known, "environments", str(name))
    return own, environments


def _read(raw: Mapping[str, Any], known: Mapping[str, Callable[..., Any]], *at: str | int) -> dict[str, Any]:
    found = {key: read(raw[key], *at, key) for key, read in known.items() if raw.get(key) is not None}
    return {key: value for key, value in found.items() if value not in (None, {}, [])}


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


def secrets(config: Mapping[str, Any]) -> list[str]:
    """The variables that connection strings name, in order."""
    places = [config, *config["environments"].values()]
    texts = [
        text for place in places for text in (place.get("connection_string", ""), *place.get("replicas", ()))
    ]
    return list(dict.fromkeys(name for text in texts for name in VARIABLE.findall(text)))


def prefix(entry: Mapping[str, Any]) -> str:
    """What the names of an entry's environment variables begin with."""
    return str(entry.get("name", "")).replace("-", "_").upper()


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, where it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}
