"""How a service with a connection string is reached, read into canonical form.

Times are seconds, rates text like ``100/second``. Requirements hold only what was said: what an entry leaves
out has no key. Which settings there are, and which schemes, its pattern says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from generator.shapes import Complaint

VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\Z")
_RATE = re.compile(r"([1-9]\d*)\s*(?:/|per)\s*(s|second|m|min|minute|h|hour|day)s?\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS = {"s": "second", "m": "minute", "min": "minute", "h": "hour"}
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+._-]*)://(?:(?P<user>[^@/]*)@)?(?P<rest>\S*)\Z")
_PASSWORD = re.compile(r"[?&]password=[^$&]")
RETRY = {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30}  # what config.yaml says where nothing was
Readers = Mapping[str, Callable[..., Any]]  # what each setting is read by, given its value and its place


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads settings; what is wrong becomes a complaint."""

    prefix: str  # ORDERS_DB: what the entry's variables begin with
    complaints: list[Complaint]

    def complain(self, message: str, *at: str | int) -> None:
        self.complaints.append(Complaint(at, message))

    def seconds(self, value: Any, *at: str | int, zero: bool = False) -> float | None:
        """Seconds of ``30``, ``500ms``, ``1h``, ``7d``."""
        found = _DURATION.match(str(value).strip().lower())
        if found and (zero or float(found[1]) > 0) and not isinstance(value, bool):
            return whole(float(found[1]) * _SECONDS[found[2] or "s"])
        self.complain(f"{str(value)[:40]!r} is not a time. Write seconds, or 500ms, 30s, 5m, 1h, 7d.", *at)
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
        """Attempts and waits, as far as they were said; a number is attempts."""
        raw = {"max_attempts": value} if isinstance(value, int) else mapping(value)
        self.only(RETRY, raw, "retry", *at)
        known: Readers = {"max_attempts": self.count, "base_delay": self.seconds, "max_delay": self.seconds}
        return settings(raw, known, *at)

    def count(self, value: Any, *at: str | int) -> int | None:
        """A whole number from 1."""
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.complain(f"{str(value)[:40]!r} is not a number from 1. Write 1 or more.", *at)
        return None

    def only(self, known: Collection[str], raw: Mapping[str, Any], what: str, *at: str | int) -> None:
        """Complain about each key that *what* does not have."""
        for key in raw:
            if key not in known:
                self.complain(f"{what} has no {key!r}. Use {', '.join(known)}.", *at, key)

    def url(
        self, value: Any, schemes: Collection[str], otherwise: str, *at: str | int, bare: bool = False
    ) -> str | None:
        """A connection string without a password of its own; ``${VARIABLE}`` may stand for any part.

        Args:
            value: what was said.
            schemes: those that it may have.
            otherwise: the complaint where it is none.
            at: where it stands.
            bare: whether the scheme alone is enough.
        """
        text = str(value).strip()
        if VARIABLE.fullmatch(text):
            return text
        found = _URL.match(text)
        if not found or found["scheme"] not in schemes or not (bare or found["rest"].strip("/")):
            self.complain(otherwise, *at)
            return None
        password = (found["user"] or "").partition(":")[2]
        if (password and not VARIABLE.fullmatch(password)) or _PASSWORD.search(text):
            mend = f"Write ${{{self.prefix}_PASSWORD}} in its place, or the whole as ${{{self.prefix}_URL}}."
            self.complain(f"connection_string holds a password. {mend}", *at)
            return None
        return text


def settings(
    raw: Mapping[str, Any], known: Readers, *at: str | int, empty: Collection[str] = ()
) -> dict[str, Any]:
    """The settings that *raw* has; those that come out empty are dropped but for the keys in *empty*."""
    found = {key: read(raw[key], *at, key) for key, read in known.items() if raw.get(key) is not None}
    kept = [
        key for key, value in found.items() if value is not None and (key in empty or value not in ({}, []))
    ]
    return {key: found[key] for key in kept}


def read_settings(
    entry: Mapping[str, Any],
    reader: Reader,
    known: Readers,
    *,
    short: str = "connection_string",
    empty: Collection[str] = (),
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The settings of an entry, and those of each environment; *short* is what a text alone says there."""
    own = settings(mapping(entry.get("requirements")), known, "requirements", empty=empty)
    environments = {}
    for name, said in mapping(entry.get("environments")).items():
        told = {short: said} if isinstance(said, str) else mapping(said)
        reader.only(sorted(known), told, "an environment", "environments", name)
        environments[str(name)] = settings(told, known, "environments", str(name), empty=empty)
    return own, environments


def secrets(config: Mapping[str, Any]) -> list[str]:
    """The variables that the connection strings of a config.yaml name, in order."""
    places = [config, *config["environments"].values()]
    texts = [
        text for place in places for text in (place.get("connection_string"), *place.get("replicas", ()))
    ]
    return list(dict.fromkeys(name for text in texts for name in variables(text)))


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
