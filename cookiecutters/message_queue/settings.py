"""How the broker is reached, in canonical form: address, times, limits, environments. Times are seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.shapes import Complaint

from .brokers import BROKERS, Broker

VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\Z")
_RATE = re.compile(r"([1-9]\d*)\s*(?:/|per)\s*(s|second|m|min|minute|h|hour|day)s?\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS = {"s": "second", "m": "minute", "min": "minute", "h": "hour"}
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^@/]*)@)?(?P<rest>\S+)\Z")
RETRY = {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30}
TIMES = {"publish_timeout": 10, "connect_timeout": 10, "drain_timeout": 25}
TLS_MODES = ("verify", "require", "off")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads settings; what is wrong becomes a complaint."""

    prefix: str
    broker: Broker
    complaints: list[Complaint]

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(pointer, message))

    def seconds(self, value: Any, *at: str | int, zero: bool = False) -> float | None:
        """Seconds of ``30``, ``500ms``, ``5m``; None where nothing was said."""
        if value is None:
            return None
        found = _DURATION.match(str(value).strip().lower())
        if found and (zero or float(found[1]) > 0) and not isinstance(value, bool):
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
        found["max_attempts"] = self.count(attempts, *at, "max_attempts")
        return {key: told for key, told in found.items() if told is not None}

    def count(self, value: Any, *at: str | int) -> int | None:
        """A whole number from 1."""
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        self.complain(f"{str(value)[:40]!r} is not a number from 1. Write 1 or more.", *at)
        return None

    def text(self, value: Any, *at: str | int) -> str | None:
        """A word without blanks."""
        if value is None or (isinstance(value, str) and re.fullmatch(r"[^\s\x00-\x1f]{1,200}", value)):
            return value
        self.complain(f"{str(value)[:40]!r} is no name. Write one word.", *at)
        return None

    def tls(self, value: Any, *at: str | int) -> dict[str, str] | None:
        """Mode and files of the encryption."""
        if value is None:
            return None
        raw = {"mode": "verify" if value else "off"} if isinstance(value, bool) else mapping(value)
        known = ("mode", "ca", "cert", "key")
        for key in raw:
            if key not in known:
                self.complain(f"tls has no {key!r}. Use {', '.join(known)}.", *at, key)
        if raw.get("mode", "verify") not in TLS_MODES:
            self.complain(f"{raw['mode']!r} is no mode. Use {', '.join(TLS_MODES)}.", *at, "mode")
            return None
        return {key: str(raw[key]) for key in known if key in raw}

    def options(self, value: Any, *at: str | int) -> dict[str, Any] | None:
        """What only this broker knows."""
        return options(value, self.broker.settings, self.broker, self.complaints, *at)

    def address(self, value: Any, *at: str | int) -> str | None:
        """A connection string without a password of its own."""
        if value is None:
            return None
        text = str(value).strip()
        if VARIABLE.fullmatch(text):
            return text
        example = self.broker.example.format(prefix=self.prefix)
        found = _URL.match(text)
        if not found or not found["rest"].strip("/"):
            self.complain(f"this is no connection string. Write {example}, or ${{{self.prefix}_URL}}.", *at)
            return None
        if found["scheme"] not in self.broker.schemes:
            said = f"{found['scheme']}:// is no scheme of {self.broker.title}"
            self.complain(f"{said}. Write {example}.", *at)
            return None
        password = (found["user"] or "").partition(":")[2]
        if password and not VARIABLE.fullmatch(password):
            mend = f"Write ${{{self.prefix}_PASSWORD}} in its place, or the whole as ${{{self.prefix}_URL}}"
            self.complain(f"connection_string holds a password. {mend}.", *at)
            return None
        return text


def options(
    value: Any, known: frozenset[str], broker: Broker, complaints: list[Complaint], *at: str | int
) -> dict[str, Any] | None:
    """The options of an entry or a channel, as far as the broker knows them."""
    for key in mapping(value):
        if key not in known:
            listed = ", ".join(sorted(known))
            complaints.append(Complaint((*at, key), f"{broker.title} knows no option {key!r}. Use {listed}."))
    found = {str(key): told for key, told in mapping(value).items() if key in known}
    return found or None


def read_settings(
    entry: Mapping[str, Any], variant: str, complaints: list[Complaint]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the entry, and those of each environment."""
    reader = Reader(prefix(entry), BROKERS[variant], complaints)
    readers: Mapping[str, Callable[..., Any]] = {
        "connection_string": reader.address,
        **dict.fromkeys(TIMES, reader.seconds),
        "prefetch": reader.count,
        "tls": reader.tls,
        "client_id": reader.text,
        "group": reader.text,
        "address_prefix": reader.text,
        "options": reader.options,
        "rate_limit": reader.rate,
        "retry": reader.retry,
    }
    own = _read(mapping(entry.get("requirements")), readers, "requirements")
    environments = {}
    for name, told in mapping(entry.get("environments")).items():
        told = {"connection_string": told} if isinstance(told, str) else mapping(told)
        for key in told:
            if key not in readers:
                known = ", ".join(sorted(readers))
                reader.complain(f"an environment has no {key!r}. Use {known}.", "environments", name, key)
        environments[str(name)] = _read(told, readers, "environments", str(name))
    return own, environments


def _read(
    raw: Mapping[str, Any], readers: Mapping[str, Callable[..., Any]], *at: str | int
) -> dict[str, Any]:
    found = {key: read(raw.get(key), *at, key) for key, read in readers.items()}
    return {key: value for key, value in found.items() if value not in (None, {})}


def configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What config.yaml says, defaults filled in."""
    told = entry["requirements"]
    base = {
        "service": entry["service"],
        "connection_string": told.get("connection_string"),
        **{key: told.get(key, usual) for key, usual in TIMES.items()},
        "retry": {**RETRY, **told.get("retry", {})},
        "rate_limit": told.get("rate_limit"),
    }
    optional = ("prefetch", "tls", "client_id", "group", "address_prefix", "options")
    said = {key: told[key] for key in optional if key in told}
    environments = {name: _laid_over(values, base) for name, values in sorted(entry["environments"].items())}
    return {**base, **said, "environments": environments}


def _laid_over(values: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of an environment, each whole, since it replaces that of the file."""
    retry = {"retry": {**base["retry"], **values["retry"]}} if "retry" in values else {}
    return {**values, **retry}


def secrets(config: Mapping[str, Any]) -> list[str]:
    """The variables that connection strings name."""
    places = [config, *config["environments"].values()]
    found = (name for place in places for name in variables(place.get("connection_string")))
    return list(dict.fromkeys(found))


def variables(text: Any) -> list[str]:
    """The variables that a connection string names."""
    return VARIABLE.findall(str(text or ""))


def prefix(entry: Mapping[str, Any]) -> str:
    """What the names of an entry's environment variables begin with."""
    return str(entry.get("name", "")).replace("-", "_").upper()


def whole(number: float) -> float:
    """The number, as an int where it is one."""
    return int(number) if number == int(number) else round(number, 6)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, where it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}
