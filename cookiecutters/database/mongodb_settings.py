"""How a document store is reached, in canonical form: address, pool, times, limits, environments.

Times are seconds, rates text like ``100/second``. Requirements hold only what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.shapes import Complaint

VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\Z")
_RATE = re.compile(r"([1-9]\d*)\s*/\s*(s|second|m|min|minute|h|hour|day)s?\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS = {"s": "second", "m": "minute", "min": "minute", "h": "hour"}
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^@/]*)@)?(?P<rest>[^\s]*)\Z")
RETRY = {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30}
READ_PREFERENCES = ("primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest")


@dataclass(frozen=True, slots=True)
class Settings:
    """Reads settings; what is wrong becomes a complaint."""

    prefix: str
    complaints: list[Complaint]

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(pointer, message))

    def seconds(self, value: Any, *at: str | int) -> float | None:
        """Seconds of ``30``, ``500ms``, ``5m``; None where nothing was said."""
        if value is None:
            return None
        found = _DURATION.match(str(value).strip().lower())
        if found and float(found[1]) > 0 and not isinstance(value, bool):
            return whole(float(found[1]) * _SECONDS[found[2] or "s"])
        self.complain(f"{str(value)[:40]!r} is not a time. Write seconds, or 30s, 5m, 500ms.", *at)
        return None

    def rate(self, value: Any, *at: str | int) -> str | None:
        """``100/second`` of what was said; a number is calls a minute."""
        if value is None:
            return None
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
            key: self.seconds(raw.get(key), *at, key) for key in ("base_delay", "max_delay")
        }
        attempts = raw.get("max_attempts", value if isinstance(value, int) else None)
        if isinstance(attempts, int) and not isinstance(attempts, bool) and attempts > 0:
            found["max_attempts"] = attempts
        elif attempts is not None:
            self.complain("attempts are a number from 1. Write max_attempts: 3.", *at, "max_attempts")
        return {key: told for key, told in found.items() if told is not None}

    def count(self, value: Any, *at: str | int) -> int | None:
        """A whole number from 1."""
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        self.complain(f"{str(value)[:40]!r} is not a number from 1.", *at)
        return None

    def address(self, value: Any, *at: str | int) -> str | None:
        """A connection string without a password of its own."""
        if value is None:
            return None
        text = str(value).strip()
        if VARIABLE.fullmatch(text):
            return text
        found = _URL.match(text)
        if not found or found["scheme"] not in ("mongodb", "mongodb+srv") or not found["rest"].strip("/"):
            self.complain(
                "this is no connection string of MongoDB. Write mongodb://host/database, or ${VARIABLE}.", *at
            )
            return None
        password = (found["user"] or "").partition(":")[2]
        if password and not VARIABLE.fullmatch(password):
            self.complain(
                f"a password stands here. Write ${{{self.prefix}_PASSWORD}} in its place, or the whole as"
                f" ${{{self.prefix}_URL}}.",
                *at,
            )
            return None
        return text


def read_settings(
    entry: Mapping[str, Any], complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the entry, and those of each environment."""
    reader = Settings(prefix(entry), complaints)
    readers = _readers(reader)
    raw = mapping(entry.get("requirements"))
    own = _read(raw, readers, "requirements")
    if "replicas" in raw:
        reader.complain(
            "members of a replica set belong into connection_string: mongodb://a,b/orders?replicaSet=rs0."
            " Say read_preference: secondaryPreferred to read from them.",
            "requirements",
            "replicas",
        )
    environments = {}
    for name, told in mapping(entry.get("environments")).items():
        told = {"connection_string": told} if isinstance(told, str) else mapping(told)
        for key in told:
            if key not in readers:
                known = ", ".join(sorted(readers))
                reader.complain(f"an environment has no {key!r}. Use {known}.", "environments", name, key)
        environments[str(name)] = _read(told, readers, "environments", str(name))
    return own, environments


def _readers(reader: Settings) -> Mapping[str, Callable[..., Any]]:
    def database(value: Any, *at: str | int) -> str | None:
        if value is None or re.fullmatch(r"[^\s/\\.\"$*<>:|?\x00]{1,63}", str(value)):
            return None if value is None else str(value)
        reader.complain(f"{str(value)[:40]!r} cannot name a database. Use letters, digits and _.", *at)
        return None

    def preference(value: Any, *at: str | int) -> str | None:
        if value is None or value in READ_PREFERENCES:
            return None if value is None else str(value)
        reader.complain(f"{value!r} is no read preference. Use {', '.join(READ_PREFERENCES)}.", *at)
        return None

    def tls(value: Any, *at: str | int) -> dict[str, str] | None:
        known = ("ca", "certificate")
        for key in mapping(value):
            if key not in known:
                reader.complain(f"tls has no {key!r}. Use {' and '.join(known)}, files.", *at, key)
        return (
            None if value in (None, False) else {k: str(v) for k, v in mapping(value).items() if k in known}
        )

    return {
        "connection_string": reader.address,
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


def _read(
    raw: Mapping[str, Any], readers: Mapping[str, Callable[..., Any]], *at: str | int
) -> dict[str, Any]:
    found = {key: read(raw.get(key), *at, key) for key, read in readers.items()}
    return {key: value for key, value in found.items() if value is not None and (value or key == "tls")}


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


def secrets(config: Mapping[str, Any], key: str = "connection_string") -> list[str]:
    """The variables that connection strings name."""
    places = [config, *config["environments"].values()]
    return list(dict.fromkeys(name for place in places for name in VARIABLE.findall(str(place.get(key, "")))))


def prefix(entry: Mapping[str, Any]) -> str:
    """What the names of an entry's environment variables begin with."""
    return str(entry.get("name", "")).replace("-", "_").upper()


def whole(number: float) -> float:
    """The number, as an int where it is one."""
    return int(number) if number == int(number) else round(number, 6)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, where it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}
