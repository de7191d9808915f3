"""How the broker is reached, in canonical form: address, times, limits, environments. Times are seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling import connection
from generator.modelling.connection import RETRY, Readers, mapping, prefix
from generator.shapes import Complaint

from .brokers import BROKERS, Broker

TIMES = {"publish_timeout": 10, "connect_timeout": 10, "drain_timeout": 25}
TLS = ("mode", "ca", "cert", "key")
TLS_MODES = ("verify", "require", "off")


@dataclass(frozen=True, slots=True)
class Reader(connection.Reader):
    """Reads the settings of one broker; what is wrong becomes a complaint."""

    broker: Broker

    def text(self, value: Any, *at: str | int) -> str | None:
        """A word without blanks."""
        if isinstance(value, str) and re.fullmatch(r"[^\s\x00-\x1f]{1,200}", value):
            return value
        self.complain(f"{str(value)[:40]!r} is no name. Write one word.", *at)
        return None

    def tls(self, value: Any, *at: str | int) -> dict[str, str] | None:
        """Mode and files of the encryption."""
        raw = {"mode": "verify" if value else "off"} if isinstance(value, bool) else mapping(value)
        self.only(TLS, raw, "tls", *at)
        if raw.get("mode", "verify") not in TLS_MODES:
            self.complain(f"{raw['mode']!r} is no mode. Use {', '.join(TLS_MODES)}.", *at, "mode")
            return None
        return {key: str(raw[key]) for key in TLS if key in raw}

    def options(self, value: Any, *at: str | int) -> dict[str, Any] | None:
        """What only this broker knows."""
        return options(value, self.broker.settings, self.broker, self.complaints, *at)

    def address(self, value: Any, *at: str | int) -> str | None:
        """A connection string of the broker."""
        example = self.broker.example.format(prefix=self.prefix)
        said = f"this is no connection string. Write {example}, or ${{{self.prefix}_URL}}."
        scheme, _, rest = str(value).strip().partition("://")
        if rest.strip("/") and scheme not in self.broker.schemes:
            said = f"{scheme[:40]}:// is no scheme of {self.broker.title}. Write {example}."
        return self.url(value, self.broker.schemes, said, *at)


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
    reader = Reader(prefix(entry), complaints, BROKERS[variant])
    readers: Readers = {
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
    return connection.read_settings(entry, reader, readers)


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
