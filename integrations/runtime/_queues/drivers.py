"""Which driver speaks to which broker; a driver's module, and its client, is imported when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Final, cast

from .._clock import Clock
from .._errors import ConfigurationError
from .._secrets import Secret
from .messages import AsyncBroker, Broker, Route
from .settings import QueueSettings

VARIANTS: Final = ("kafka", "mqtt", "nats", "rabbitmq", "sqs")


def connect(variant: str, settings: QueueSettings, url: Secret, clock: Clock) -> Broker:
    """Return a blocking broker; nothing is sent yet.

    Raises:
        ConfigurationError: there is no such driver, its client is not installed, or the URL is wrong.
    """
    return cast("Broker", _module(variant).connect(settings, url, clock))


def aconnect(variant: str, settings: QueueSettings, url: Secret, clock: Clock) -> AsyncBroker:
    """Return an async broker; nothing is sent yet.

    Raises:
        ConfigurationError: there is no such driver, its client is not installed, or the URL is wrong.
    """
    return cast("AsyncBroker", _module(variant).aconnect(settings, url, clock))


def dead_letters(variant: str, route: Route, settings: QueueSettings) -> Mapping[str, Any]:
    """Return what else the channel of *route*'s dead letters says, so that this broker hands them out."""
    if variant == "nats":  # a durable consumer of its own
        return {"declare": True, "options": {}}
    if variant == "mqtt":  # the session that keeps them
        from .mqtt_messages import places

        keeper = places(route, settings.options, settings.client_id, settings.service).keeper
        return {"options": {"client_id": keeper}}
    return {}


def _module(variant: str) -> ModuleType:
    if variant not in VARIANTS:
        raise ConfigurationError(
            f"there is no driver for {variant!r}; there is one for {', '.join(VARIANTS)}"
        )
    try:
        return import_module(f"{__package__}.{variant}")
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"the client of {variant} is not installed: {error.name}") from error
