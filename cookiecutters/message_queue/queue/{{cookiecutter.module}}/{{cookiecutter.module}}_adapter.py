{% from "package" import header %}
{% set b = cookiecutter._b %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ b.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.queues import AsyncQueueAdapter, Channel, Consumed, QueueAdapter, StopEvent, awaited

{% if b.message_types %}
from .{{ b.module }}_models import {{ b.message_types | join(", ") }}

{% endif %}
{% for c in b.channels %}
{{ c.constant }}: Channel[{{ c.annotation }}] = Channel(
    name={{ c.name | py }},
    message={{ c.annotation }},
    method={{ c.word | py }},
{% for part in c.declaration %}
    {{ part.name }}={{ part.value | py }},
{% endfor %}
)
{% endfor %}


class {{ b.class_name }}(QueueAdapter):
    """{{ b.overview | doc(4, 107, 7) }}

    Delivery is at least once: a message may come again after a lost connection, so handlers are idempotent,
    or made so by `Idempotent`. Every method raises an `IntegrationError` when it fails.
{% if not b.is_async %}

    The broker's client blocks, so there is no async form.
{% endif %}
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    VARIANT = {{ b.variant | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = ({% for c in b.channels %}{{ c.constant }}, {% endfor %})
{% for c in b.channels %}
{% if c.publish %}

    def {{ c.publish }}(
        self,
        message: {{ c.annotation }},
        *,
        key: str | None = None,
{% if c.delay %}
        delay: float = 0.0,
{% endif %}
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of {{ c.name | doc(8, 107, 34) }}, and wait until the broker has confirmed it.

        {{ c.summary | doc(8) }}

        Args:
            message: what to say.
            key: its key; {{ "by default its " ~ c.key | doc(16, 100, 40) if c.key else "none by default" }}.
{% if c.delay %}
            delay: seconds before anyone receives it.
{% endif %}
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish({{ c.constant }}, message, key=key, {{ "delay=delay, " if c.delay }}headers=headers, message_id=message_id, timeout=timeout)

    def {{ c.batch }}(
        self,
        messages: Iterable[{{ c.annotation }}],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of {{ c.name | doc(8, 107, 38) }}, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch({{ c.constant }}, messages, headers=headers, timeout=timeout)
{% endif %}
{% if c.consume %}

    def {{ c.consume }}(
        self,
        handler: Callable[[{{ c.annotation }}], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of {{ c.name | doc(8, 107, 30) }} to *handler*, until SIGTERM or a reason below.

        {{ c.summary | doc(8) }}

        A message is acknowledged when *handler* returns. When it raises, the message comes again, {{ c.max_attempts }} attempts
        in all; then, or at once after `RejectMessage`, it goes to {{ c.dead_letter | doc(8, 107, 68) }}, with the reason.

        Args:
            handler: processes one message; {{ "blocks, or is a coroutine function in the async adapter" if b.is_async else "it blocks" }}.
            concurrency: how many handlers run at once; {{ c.concurrency }} by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume({{ c.constant }}, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop)
{% endif %}
{% endfor %}

{% if b.is_async %}


class {{ b.async_name }}(AsyncQueueAdapter):
    """The same operations, to be awaited; `{{ b.class_name }}` documents their arguments and errors."""

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    VARIANT = {{ b.variant | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = {{ b.class_name }}.CHANNELS

{% for c in b.channels %}
{% for method in c.methods.values() %}
    {{ method }} = awaited({{ b.class_name }}.{{ method }})
{% endfor %}
{% endfor %}
{% endif %}
