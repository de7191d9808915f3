"""RabbitMQ (AMQP 0-9-1, 3.8 or newer), by pika in both forms.

The async form is not aio-pika's: pika on an asyncio loop took a ninth of its CPU time to publish a message
and a sixth to consume one, and so both forms are one implementation.

What is promised, and how:

- Publishing returns when the broker has confirmed every message (`mandatory`: one that no queue takes is an
  error). A batch is written at once and waits once.
- A message is acked after it is settled, never before. Retries and dead letters are published, confirmed,
  and only then is the original acked, so a crash in between makes a duplicate and loses nothing.
- A retry waits in the queue `<address>.retry.<ms>`, whose messages the broker moves back; see
  `rabbitmq_topology`. Its attempt is counted in the header `x-attempt`.
- How often the broker has handed a message out again (`x-delivery-count` of quorum queues) counts as attempts
  too, so a message that kills its consumer is bounded as well. Closing a subscription counts one for what
  it had in hand. Classic queues only know whether it was handed out before: there it counts as one.
- A queue that is there already is used as it is, whatever its arguments.
- An ordered route has a single active consumer: others stand by. A retried message goes behind the rest.

- RabbitMQ 3.10 does not bring a quorum queue back that was made within seconds before the node was killed (an
  orderly stop does no harm): what is published to it is then not confirmed, an error that may be retried.

Options, of the adapter or of a channel: `queue_type` quorum (default) or classic; `exchange`, `exchange_type`
(topic), `routing_key` and `binding` (the address) to publish through an exchange; of the adapter alone:
`heartbeat` in seconds (15). The connection string may carry any of pika's URL parameters.
"""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pika

from .._clock import Clock
from .._errors import ConfigurationError
from .._secrets import Secret
from . import tls
from .rabbitmq_async import AsyncRabbitBroker
from .rabbitmq_blocking import RabbitBroker
from .settings import QueueSettings

FORMS: Final = ("sync", "async")
HEARTBEAT: Final = 15  # seconds; pika gives a silent connection up after twice so long and ten more
# Every failure reaches the caller as an error; without this, pika would also print it to stderr.
logging.getLogger("pika").addHandler(logging.NullHandler())


def connect(settings: QueueSettings, url: Secret, clock: Clock) -> RabbitBroker:
    """Return a blocking broker; nothing is sent yet.

    Raises:
        ConfigurationError: the URL or an option cannot be used.
    """
    return RabbitBroker(aconnect(settings, url, clock))


def aconnect(settings: QueueSettings, url: Secret, clock: Clock) -> AsyncRabbitBroker:
    """Return an async broker; nothing is sent yet.

    Raises:
        ConfigurationError: the URL or an option cannot be used.
    """
    return AsyncRabbitBroker(settings, parameters(settings, url), clock)


def parameters(settings: QueueSettings, url: Secret) -> pika.URLParameters:
    """Return where and how to connect.

    Raises:
        ConfigurationError: the URL or an option cannot be used.
    """
    text = url.reveal()
    try:
        parts = urlsplit(text)
        said = parse_qs(parts.query)
        made = pika.URLParameters(text)
        heartbeat = int(settings.options.get("heartbeat", HEARTBEAT))
    except (ValueError, TypeError, SyntaxError):
        raise ConfigurationError("the connection string is no amqp:// URL with pika's parameters") from None
    if parts.scheme not in ("amqp", "amqps"):
        raise ConfigurationError(f"RabbitMQ has amqp:// and amqps:// URLs, not {parts.scheme!r}")
    context = tls.context(settings.tls, parts.scheme == "amqps")
    if "ssl_options" not in said:
        made.ssl_options = None if context is None else pika.SSLOptions(context, made.host)
    if "heartbeat" not in said:
        made.heartbeat = heartbeat
    made.socket_timeout = made.stack_timeout = settings.connect_timeout
    made.client_properties = {"connection_name": settings.client_id or settings.service}
    return made
