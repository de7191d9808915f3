"""What librdkafka is told: the connection string and the settings as its configuration properties.

kafka://user:password@h1:9092,h2:9092     SASL when there is a user
kafkas://…                                TLS; or say `tls` in config.yaml

`options` of config.yaml:
    sasl_mechanism      PLAIN, SCRAM-SHA-256, SCRAM-SHA-512; default: PLAIN over TLS, else
                        SCRAM-SHA-512, which never shows the password
    session_timeout     seconds without a heartbeat after which the group gives our partitions to others
    transactional_id    every publish is a transaction; each process needs an id of its own
    librdkafka          {property: value}: anything else, but for the properties that carry a guarantee
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from .._errors import ConfigurationError
from .._secrets import Secret
from .settings import QueueSettings, TlsConfig

PORT: Final = 9092
OPTIONS: Final = ("sasl_mechanism", "session_timeout", "transactional_id", "librdkafka")
# What at-least-once rests on; nobody may configure it away.
KEPT: Final = frozenset(
    (
        "acks",
        "bootstrap.servers",
        "enable.auto.commit",
        "enable.auto.offset.store",
        "enable.idempotence",
        "error_cb",
        "group.id",
        "on_commit",
        "request.required.acks",
        "sasl.password",
        "sasl.username",
        "transactional.id",
    )
)
_LOG: Final = logging.getLogger("integrations.kafka")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration properties of the clients of one broker."""

    common: Mapping[str, Any]
    session_timeout: float
    publish_timeout: float
    transactional_id: str

    def producer(self, transactional_id: str) -> dict[str, Any]:
        """Return those of a producer whose messages are neither lost nor doubled on the way."""
        own = {
            "enable.idempotence": True,
            "acks": "all",
            "message.timeout.ms": int(self.publish_timeout * 1000),
            "queue.buffering.max.messages": 500_000,
        }
        if transactional_id:
            own |= {"transactional.id": transactional_id}
        return {**own, **self.common}

    def consumer(self, group: str, prefetch: int) -> dict[str, Any]:
        """Return those of a consumer that commits by itself."""
        own = {
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": int(self.session_timeout * 1000),
            "heartbeat.interval.ms": int(self.session_timeout * 1000 / 10),
            "queued.min.messages": max(100_000, prefetch),
            "queued.max.messages.kbytes": 16_384,  # a slow handler does not fill the memory
            "fetch.queue.backoff.ms": 20,  # how soon to fetch again after that; the default is a second
            "fetch.wait.max.ms": 100,
            "isolation.level": "read_committed",
            "allow.auto.create.topics": False,
        }
        return {**own, **self.common}


def configuration(settings: QueueSettings, url: Secret) -> Configuration:
    """Read the connection string and the settings.

    Raises:
        ConfigurationError: a part of them is wrong.
    """
    options = _options(settings)
    scheme, user, password, servers = _parts(url.reveal())
    tls = settings.tls or TlsConfig(mode="verify" if scheme == "kafkas" else "off")
    encrypted = tls.mode != "off"
    common: dict[str, Any] = {
        "bootstrap.servers": servers,
        "client.id": settings.client_id or settings.service.lower().replace(" ", "-") or "integrations",
        "socket.timeout.ms": max(1000, int(settings.timeout * 1000)),
        "socket.connection.setup.timeout.ms": max(1000, int(settings.connect_timeout * 1000)),
        "socket.keepalive.enable": True,
        "reconnect.backoff.max.ms": 2000,
        "security.protocol": f"{'SASL_' if user else ''}{'SSL' if encrypted else 'PLAINTEXT'}",
        "logger": _LOG,
        **_tls(tls),
    }
    if user:
        mechanism = options.get("sasl_mechanism") or ("PLAIN" if encrypted else "SCRAM-SHA-512")
        common |= {"sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": password}
    return Configuration(
        {**common, **options.get("librdkafka", {})},
        float(options.get("session_timeout", 45.0)),
        settings.publish_timeout,
        str(options.get("transactional_id", "")),
    )


def _options(settings: QueueSettings) -> Mapping[str, Any]:
    options = settings.options
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise ConfigurationError(f"options.{unknown[0]} is unknown to Kafka; it knows {', '.join(OPTIONS)}")
    if kept := sorted(KEPT & set(options.get("librdkafka", {}))):
        raise ConfigurationError(f"options.librdkafka.{kept[0]} is not yours to set: messages could be lost")
    return options


def _parts(text: str) -> tuple[str, str, str, str]:
    """Return scheme, user, password and the servers."""
    scheme, found, rest = text.partition("://")
    if not found or scheme not in ("kafka", "kafkas"):
        raise ConfigurationError("connection_string is like kafka://h1:9092,h2:9092 (kafkas:// for TLS)")
    credentials, _, hosts = rest.split("/")[0].rpartition("@")
    user, _, password = credentials.partition(":")
    servers = [_server(host) for host in hosts.split(",") if host]
    if not servers:
        raise ConfigurationError("connection_string names no server")
    return scheme, unquote(user), unquote(password), ",".join(servers)


def _server(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return f"{host}:{PORT}"
    if not name or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ConfigurationError("connection_string: a server is like h1:9092")
    return host


def _tls(tls: TlsConfig) -> dict[str, Any]:
    if tls.mode == "off":
        return {}
    files = {
        "ssl.ca.location": tls.ca,
        "ssl.certificate.location": tls.cert,
        "ssl.key.location": tls.key,
    }
    verified = {"enable.ssl.certificate.verification": tls.mode == "verify"}
    return {**verified, **{name: path for name, path in files.items() if path}}
