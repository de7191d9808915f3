"""What the blocking and the async adapter share: set-up, routes, and the errors of a closed one. No I/O."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import msgspec

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError, IntegrationError, InvalidArgumentError, RequestTimeoutError
from .._guard import Guard
from .._metrics import MetricsCollector
from .._secrets import Secret, SecretManager
from .._settings import Variables, filled, guard_of, load
from .channel import Channel, with_prefetch
from .consumer import ConsumerBase, Plan
from .draining import StopEvent
from .drivers import dead_letters
from .messages import AsyncBroker, Broker, Route
from .settings import QueueSettings

B = TypeVar("B", Broker, AsyncBroker)
T = TypeVar("T")


class QueueAdapterBase(Generic[B]):
    """An adapter without its I/O.

    Class attributes that a generated adapter sets:
        SERVICE: the service's name, as errors show it.
        PACKAGE: the package's module name; its upper-case form starts its environment variables.
        VARIANT: the driver, e.g. "rabbitmq".
        CONFIG: the package's config.yaml.
        CHANNELS: all of its channels.
    """

    SERVICE: ClassVar[str] = ""
    PACKAGE: ClassVar[str] = ""
    VARIANT: ClassVar[str] = ""
    CONFIG: ClassVar[Path | None] = None
    CHANNELS: ClassVar[tuple[Channel[Any], ...]] = ()

    metrics: MetricsCollector

    def __init__(
        self,
        settings: QueueSettings,
        *,
        engine: B | None = None,
        secrets: SecretManager | None = None,
        metrics: MetricsCollector | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Set up an adapter; nothing is sent.

        Args:
            settings: what a config.yaml says.
            engine: the broker; one that the settings name, by default.
            secrets: where what the connection string leaves open is found.
            metrics: where calls and messages are counted; a new collector by default.
            clock: time, sleep and jitter.

        Raises:
            ConfigurationError: a value cannot be used.
            MissingSecretError: a secret is not set.
        """
        self._settings, self._clock = settings, clock
        self.metrics = MetricsCollector(clock=clock) if metrics is None else metrics
        url = self._url(settings, secrets or SecretManager(), required=engine is None)
        self._broker: B = self._connect(url) if engine is None else engine
        self._guard: Guard = guard_of(settings, self._translated, metrics=self.metrics, clock=clock)
        self._routes: dict[Channel[Any], Route] = {}
        self._letters: dict[Channel[Any], Channel[bytes]] = {}
        self._declared: set[str] = set()
        self._running: set[ConsumerBase[Any]] = set()
        self._closed = False

    def _connect(self, url: Secret) -> B:
        raise ConfigurationError(f"{type(self).__name__} is neither blocking nor async")

    @classmethod
    def from_config(
        cls,
        environment: str | None = None,
        *,
        config: Path | None = None,
        secrets: SecretManager | None = None,
        metrics: MetricsCollector | None = None,
        clock: Clock = SYSTEM_CLOCK,
        environ: Mapping[str, str] | None = None,
        engine: B | None = None,
    ) -> Self:
        """Set up an adapter from its config.yaml.

        Args:
            environment: one of the configuration's `environments`; by default `<PACKAGE>_ENVIRONMENT`, or
                none.
            config: another configuration file.
            secrets: where secrets are found; the environment and /run/secrets by default.
            metrics: where calls and messages are counted.
            clock: time, sleep and jitter.
            environ: environment variables that override the file; `os.environ` by default.
            engine: the broker.

        Raises:
            ConfigurationError: file or variables are wrong; the text names file and key.
            MissingSecretError: a secret is not set; the text names it.
        """
        path = config or cls.CONFIG
        if path is None:
            raise ConfigurationError(f"{cls.__name__} has no config.yaml; pass config=", service=cls.SERVICE)
        found = load(QueueSettings, path, cls.PACKAGE, environment, environ)
        if address_prefix := Variables(cls.PACKAGE, os.environ if environ is None else environ).get(
            "ADDRESS_PREFIX"
        ):
            found = msgspec.structs.replace(found, address_prefix=address_prefix)
        return cls(
            found,
            engine=engine,
            secrets=secrets or SecretManager(environ=environ),
            metrics=metrics,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.SERVICE!r})"  # the address may hold a password

    @property
    def in_flight(self) -> int:
        """How many messages consumers of this adapter have in hand."""
        return sum(consumer.in_flight for consumer in self._running)

    def _url(self, settings: QueueSettings, secrets: SecretManager, *, required: bool) -> Secret:
        if required and not settings.connection_string:
            name = f"{self.PACKAGE.upper()}_CONNECTION_STRING"
            raise ConfigurationError(f"where is the broker? Set {name}", service=self.SERVICE)
        return filled(settings.connection_string or "", secrets)

    def _route(self, channel: Channel[Any]) -> Route:
        route = self._routes.get(channel)
        if route is None:
            route = self._routes[channel] = channel.route(self._settings)
        return route

    def _dead(self, channel: Channel[Any]) -> Channel[bytes]:
        """Return the channel of a channel's dead letters."""
        if channel not in self._letters:
            told = dead_letters(self.VARIANT, self._route(channel), self._settings)
            self._letters[channel] = replace(channel.dead, **told)
        return self._letters[channel]

    def _open(self, operation: str) -> None:
        """Refuse an operation of a closed adapter."""
        if self._closed:
            raise ConfigurationError("the adapter is closed", service=self.SERVICE, operation=operation)

    def _named(self, channel: str) -> Channel[Any]:
        """Return the channel of that name."""
        for one in self.CHANNELS:
            if one.name == channel:
                return one
        known = ", ".join(one.name for one in self.CHANNELS) or "none"
        raise InvalidArgumentError(
            f"there is no channel {channel!r}; there are {known}", service=self.SERVICE
        )

    def _checked(self, operation: str, made: Callable[[], T]) -> T:
        """Return what is made of a caller's arguments; their errors name the operation."""
        self._open(operation)
        try:
            return made()
        except InvalidArgumentError as error:
            error.service, error.operation = self.SERVICE, operation
            raise

    def _plan(
        self,
        channel: Channel[T],
        handler: Callable[[T], object],
        concurrency: int | None,
        limit: int | None,
        idle: float | None,
        stop: StopEvent | None,
    ) -> Plan[T]:
        number = channel.concurrency if concurrency is None else concurrency
        for name, value in (("concurrency", number), ("limit", 1 if limit is None else limit)):
            if value < 1:
                raise InvalidArgumentError(f"{name} is at least 1, not {value}")
        return Plan(
            channel=channel,
            route=with_prefetch(self._route(channel), number),
            handler=handler,
            concurrency=number,
            limit=limit,
            idle=idle,
            stop=stop,
            grace=self._settings.drain_timeout,
        )

    def _translated(self, error: Exception) -> IntegrationError | None:
        found = self._broker.translate(error)
        if found is None and isinstance(error, TimeoutError):
            return RequestTimeoutError("the broker did not answer in time")
        return found
