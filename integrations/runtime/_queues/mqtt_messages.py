"""What a channel is on MQTT: topics, client ids, and the properties of messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from .._errors import ConfigurationError
from .channel import new_id
from .messages import FIRST_FAILED, NO_HEADERS, REASON, Delivery, Outgoing, Route

ID, KEY = "x-message-id", "x-key"  # user properties that carry a message's id and key
OURS: Final = frozenset({ID, KEY})
MOST: Final = 65_535  # messages in flight that MQTT can tell apart


@dataclass(frozen=True, slots=True)
class Places:
    """Where the messages of a route travel.

    Attributes:
        client_id: of the session that holds the route's messages while its consumer is away.
        subscribed: the filter of the messages.
        retrying: the topic under which they come again: `<retrying>/<attempt>/<milliseconds>`.
        retries: the filter of these.
        dead: the topic of the dead letters.
    """

    client_id: str
    subscribed: str
    retrying: str
    retries: str
    dead: str

    @property
    def keeper(self) -> str:
        """The client id of the session that keeps dead letters until somebody comes for them."""
        return f"{self.client_id}/dead-letters"


def places(route: Route, options: Mapping[str, Any], client_id: str, service: str) -> Places:
    """Return where the messages of *route* travel; *client_id* is how the adapter calls itself, if it does.

    Raises:
        ConfigurationError: an option contradicts another one.
    """
    options = {**options, **route.options}
    client = client_id or service
    group = _level(route.group or client)
    shared, told = bool(options.get("shared")), str(options.get("client_id", ""))
    if shared and route.ordered:
        raise ConfigurationError(f"{route.channel}: a shared subscription keeps no order")
    if shared and not (told or client_id):
        raise ConfigurationError(
            f"{route.channel}: shared needs a client_id, another for each consumer, the same after a restart"
        )
    prefix = f"$share/{group}/" if shared else ""
    base = f"{_level(route.address, slash=True)}/retry/{group}"
    name = f"{client}/{route.address}" if shared or not route.group else f"{route.group}/{route.address}"
    return Places(told or name, prefix + route.address, base, f"{prefix}{base}/+/+", route.dead_letter)


def new(kind: int) -> Properties:
    """Return empty properties of a packet; paho gives that function no types."""
    make: Any = Properties
    made: Properties = make(kind)
    return made


def properties(message: Outgoing, content_type: str) -> Properties:
    """Return the MQTT 5 properties of a message that is published for the first time."""
    made = new(PacketTypes.PUBLISH)
    made.ContentType = content_type
    pairs = [(ID, message.id), *message.headers.items()]
    made.UserProperty = pairs if message.key is None else [*pairs, (KEY, message.key)]
    return made


def forwarded(told: Properties | None, more: Mapping[str, str] = NO_HEADERS) -> Properties | None:
    """Return the properties of a message that is published again; None on 3.1.1, which has none."""
    if told is None:
        return None
    made = new(PacketTypes.PUBLISH)
    for name in ("ContentType", "PayloadFormatIndicator", "ResponseTopic", "CorrelationData"):
        if (value := getattr(told, name, None)) is not None:
            setattr(made, name, value)
    pairs = [*getattr(told, "UserProperty", ()), *more.items()]
    if pairs:
        made.UserProperty = pairs
    return made


def dead(told: Properties | None, reason: str, now: str) -> Properties | None:
    """Return the properties of a dead letter; when it was given up first stays true, if that was before."""
    earlier = dict(getattr(told, "UserProperty", ()))
    return forwarded(told, {REASON: reason, **({} if FIRST_FAILED in earlier else {FIRST_FAILED: now})})


def incoming(message: MQTTMessage, tag: Any) -> Delivery:
    """Return a message as it came; that it came before (DUP) counts as one attempt: MQTT does not count.

    A message without an id gets one, for two such messages are not the same one.
    """
    told = dict(getattr(message.properties, "UserProperty", ()))
    headers = {name: value for name, value in told.items() if name not in OURS} if told else NO_HEADERS
    body, attempt = bytes(message.payload), 1 + int(message.dup)
    return Delivery(body, told.get(ID) or new_id(), told.get(KEY), headers, attempt, tag)


def retry_topic(places: Places, attempt: int, delay: float) -> str:
    """Return the topic of a retry, which carries what MQTT 3.1.1 has no headers for."""
    return f"{places.retrying}/{attempt}/{ceil(delay * 1000)}"


def retry_of(topic: str) -> tuple[int, float]:
    """Return attempt and delay in seconds of a retry's topic; (1, 0.0) where somebody else wrote it."""
    *_, attempt, wait = topic.split("/")
    if not (attempt.isascii() and attempt.isdigit() and wait.isascii() and wait.isdigit()):
        return 1, 0.0
    return min(max(1, int(attempt[:9])), 1_000_000), int(wait[:12]) / 1000


def _level(text: str, *, slash: bool = False) -> str:
    """Return *text* as a part of a topic that is published to: no wildcard is left in it."""
    kept = text.replace("+", "_").replace("#", "_")
    return kept if slash else kept.replace("/", "_")
