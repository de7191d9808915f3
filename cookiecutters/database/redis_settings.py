"""How Redis is reached, in canonical form: address, pool, times, limits, environments.

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
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^@/]*)@)?(?P<rest>\S*)\Z")
SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")
RETRY = {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30}
TLS = ("ca", "verify", "certificate", "key")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads settings; what is wrong becomes a complaint."""

    prefix: str
    complaints: list[Complaint]

    def complain(self, message: str, *at: str | int) -> None:
        self.complaints.append(Complaint(at, message))

    def seconds(self, value: Any, *at: str | int) -> float | None:
        """Seconds of ``30``, ``500ms``, ``1h``, ``7d``."""
        found = _DURATION.match(str(value).strip().lower())
        if found and float(found[1]) > 0 and not isinstance(value, bool):
            return whole(float(found[1]) * _SECONDS[found[2] or "s"])
        self.complain(f"{str(value)[:40]!r} is not a time. Write seconds, or 30s, 5m, 1h, 7d.", *at)
        return None

    def rate(self, value: Any, *at: str | int) -> str | None:
        """``100/second``; a number is calls a minute."""
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return f"{value}/minute"
        found = _RATE.match(str(value).strip().lower())
        if found:
            return f"{found[1]}/{_UNITS.get(found[2], found[2])}"
        self.complain(f"{str(value)[:40]!r} is not a rate. Write 100/second, or calls a minute.", *at)
        return None

    def retry(self, value: Any, *at: str | int) -> dict[str, Any]:
        """Attempts and waits, as far as they were said."""
        raw = {"max_attempts": value} if isinstance(value, int) else mapping(value)
        found: dict[str, Any] = {}
        for key, told in raw.items():
            if key not in RETRY:
                self.complain(f"retry has no {key!r}. Use {', '.join(RETRY)}.", *at, key)
            elif (
                read := (self.count if key == "max_attempts" else self.seconds)(told, *at, key)
            ) is not None:
                found[key] = read
        return found

    def count(self, value: Any, *at: str | int) -> int | None:
        """A whole number from 1."""
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.complain(f"{str(value)[:40]!r} is not a number from 1. Write one.", *at)
        return None

    def address(self, value: Any, *at: str | int) -> str | None:
        """A connection string without a password of its own."""
        text = str(value).strip()
        if VARIABLE.fullmatch(text):
            return text
        found = _URL.match(text)
        if not found or found["scheme"] not in SCHEMES or not found["rest"]:
            self.complain(
                "this is no connection string of Redis. Write redis://host:6379/0, or ${VARIABLE}.", *at
            )
            return None
        password = (found["user"] or "").partition(":")[2]
        if (password and not VARIABLE.fullmatch(password)) or "password=" in found["rest"]:
            mend = f"Write ${{{self.prefix}_PASSWORD}} in its place, or the whole as ${{{self.prefix}_URL}}."
            self.complain(f"connection_string holds a password. {mend}", *at)
            return None
        return text

    def addresses(self, value: Any, *at: str | int) -> list[str]:
        """Several connection strings."""
        listed = value if isinstance(value, list) else [value]
        found = [self.address(one, *at, index) for index, one in enumerate(listed)]
        return [one for one in found if one]

    def tls(self, value: Any, *at: str | int) -> dict[str, Any]:
        """What is trusted."""
        for key in mapping(value):
            if key not in TLS:
                self.complain(f"tls has no {key!r}. Use {', '.join(TLS)}.", *at, key)
        if not isinstance(value, Mapping) and value is not True:
            self.complain("tls says what is trusted. Write {ca: /etc/ssl/ca.pem}, and rediss:// above.", *at)
        return {key: told for key, told in mapping(value).items() if key in TLS}


def readers(reader: Reader) -> Mapping[str, Callable[..., Any]]:
    """How each setting is read, by its key."""
    return {
        "connection_string": reader.address,
        "replicas": reader.addresses,
        "pool_size": reader.count,
        "pool_timeout": reader.seconds,
        "connect_timeout": reader.seconds,
        "timeout": reader.seconds,
        "tls": reader.tls,
        "rate_limit": reader.rate,
        "retry": reader.retry,
    }


def read_settings(
    entry: Mapping[str, Any], reader: Reader
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The settings of the entry, and those of each environment."""
    known = readers(reader)
    own = _read(mapping(entry.get("requirements")), known, "requirements")
    environments = {}
    for name, said in mapping(entry.get("environments")).items():
        told = {"connection_string": said} if isinstance(said, str) else mapping(said)
        for key in told:
            if key not in known:
                listed = ", ".join(sorted(known))
                reader.complain(f"an environment has no {key!r}. Use {listed}.", "environments", name, key)
        environments[str(name)] = _read(told, known, "environments", str(name))
    return own, environments


def _read(raw: Mapping[str, Any], known: Mapping[str, Callable[..., Any]], *at: str) -> dict[str, Any]:
    found = {key: read(raw[key], *at, key) for key, read in known.items() if raw.get(key) is not None}
    return {key: value for key, value in found.items() if value not in (None, {}, [])}


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


def secrets(config: Mapping[str, Any]) -> list[str]:
    """The variables that connection strings name."""
    places = [config, *config["environments"].values()]
    texts = [
        str(text) for one in places for text in (one.get("connection_string", ""), *one.get("replicas", ()))
    ]
    return list(dict.fromkeys(name for text in texts for name in VARIABLE.findall(text)))


def prefix(entry: Mapping[str, Any]) -> str:
    """What the names of an entry's environment variables begin with."""
    return str(entry.get("name", "")).replace("-", "_").upper()


def whole(number: float) -> float:
    """The number, as an int where it is one."""
    return int(number) if number == int(number) else round(number, 6)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, where it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}
