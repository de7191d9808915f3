"""MQTT 5 and 3.1.1, by paho in both forms; 5 is spoken where the broker does.

The async form is not aiomqtt's, which acks a message before it is processed: it wakes the event loop from
paho's thread, and everything else is the same code.

What is promised, and how:

- Everything travels with quality of service 1. Publishing returns when the broker has acknowledged every
  message. MQTT 5 brokers say when nobody subscribes, so that a message was dropped: that is an error. 3.1.1
  brokers do not say it.
- A consumer has a persistent session (`client_id`, by default `<group>/<address>`): the broker keeps what
  comes while it is away, within its own limits (mosquitto: max_queued_messages, 1000, and persistence).
  A message is acked after it is settled, never before.
- A retry is published to `<address>/retry/<group>/<attempt>/<milliseconds>`, acknowledged, before the
  original is acked. A second session of the consumer gets it and holds it unacked until it is due, so nothing
  is lost by a crash (then it waits anew), and it takes no place from other messages. The topic carries the
  attempt, which therefore survives on 3.1.1 too.
- That the broker sends a message again (DUP) counts as one attempt; it does not count further, so a message
  that kills its consumer each time is not bounded by MQTT.
- Dead letters are published, acknowledged, to the dead letter topic before the original is acked. With
  `declare`, the session `<client_id>/dead-letters` keeps them: consume them with that `client_id`.
- MQTT 5 bounds what a consumer holds by its prefetch; on 3.1.1 the broker's own limit holds
  (mosquitto: max_inflight_messages).
- On 3.1.1 messages have no headers: id, key, trace and the reason of a dead letter are not sent. No envelope
  is put around bodies. Each delivery then gets an id of its own, so `Idempotent` cannot know a duplicate.

Options, of the adapter or of a channel: `client_id`; `shared` (several consumers of one group, each with a
client_id of its own that stays the same; no order); of the adapter alone: `version` ("5" or "3.1.1") and
`keepalive` in seconds (15).
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho

from .._clock import Clock
from .._errors import ConfigurationError
from .._secrets import Secret
from . import tls
from .mqtt_async import AsyncMqttBroker
from .mqtt_broker import MqttBroker
from .mqtt_session import Place
from .settings import QueueSettings

FORMS: Final = ("sync", "async")
KEEPALIVE: Final = 15  # seconds: a silent connection is given up after one and a half times as long
PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
VERSIONS: Final[dict[Any, int]] = {"5": paho.MQTTv5, "3.1.1": paho.MQTTv311}


def connect(settings: QueueSettings, url: Secret, clock: Clock) -> MqttBroker:
    """Return a blocking broker; nothing is sent yet.

    Raises:
        ConfigurationError: the URL or an option cannot be used.
    """
    version = settings.options.get("version")
    if version is not None and str(version) not in VERSIONS:
        raise ConfigurationError(f"version is 5 or 3.1.1, not {version!r}")
    chosen = None if version is None else VERSIONS[str(version)]
    return MqttBroker(settings, place(settings, url), chosen, clock)


def aconnect(settings: QueueSettings, url: Secret, clock: Clock) -> AsyncMqttBroker:
    """Return an async broker; nothing is sent yet.

    Raises:
        ConfigurationError: the URL or an option cannot be used.
    """
    return AsyncMqttBroker(connect(settings, url, clock))


def place(settings: QueueSettings, url: Secret) -> Place:
    """Return where the broker is.

    Raises:
        ConfigurationError: the URL or an option cannot be used.
    """
    try:
        parts = urlsplit(url.reveal())
        port = parts.port
        keepalive = int(settings.options.get("keepalive", KEEPALIVE))
    except (ValueError, TypeError):
        raise ConfigurationError("the connection string is no mqtt:// URL, or keepalive no number") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ConfigurationError(f"MQTT has mqtt:// and mqtts:// URLs with a host, not {parts.scheme!r}")
    return Place(
        parts.hostname,
        port or PORTS[parts.scheme],
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
        tls.context(settings.tls, parts.scheme == "mqtts"),
        keepalive,
    )
