"""What the blocking and the async adapter share: set-up. No I/O."""

from __future__ import annotations

import secrets as chance
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError
from .._metrics import MetricsCollector
from .._secrets import SecretManager
from .._settings import filled, guard_of, load
from .command import Command, first_refusal
from .engine import Replies
from .errors import translate
from .settings import RedisSettings

E = TypeVar("E")


def new_token() -> str:
    """Return a token that nobody else has."""
    return chance.token_hex(16)


class AdapterBase(Generic[E]):
    """An adapter without its I/O.

    Class attributes that a generated adapter sets:
        SERVICE: the service's name, as errors show it.
        PACKAGE: the package's module name; its upper-case form starts its environment variables.
        CONFIG: the package's config.yaml.
    """

    SERVICE: ClassVar[str] = ""
    PACKAGE: ClassVar[str] = ""
    CONFIG: ClassVar[Path | None] = None

    metrics: MetricsCollector

    def __init__(
        self,
        settings: RedisSettings,
        *,
        secrets: SecretManager | None = None,
        metrics: MetricsCollector | None = None,
        clock: Clock = SYSTEM_CLOCK,
        engine: E | None = None,
        token: Callable[[], str] = new_token,
    ) -> None:
        """Set up an adapter; nothing is sent.

        Args:
            settings: what config.yaml says.
            secrets: where the addresses' secrets are found.
            metrics: where calls are counted; a new collector by default.
            clock: time, sleep and jitter.
            engine: what carries commands; connections of the driver by default.
            token: makes the tokens of locks and claims.

        Raises:
            ConfigurationError: the address cannot be used.
            MissingSecretError: a secret is not set.
        """
        found = secrets or SecretManager()
        self.metrics = MetricsCollector(clock=clock) if metrics is None else metrics
        self._guard = guard_of(settings, translate, metrics=self.metrics, clock=clock)
        self._clock, self._token, self._timeout = clock, token, settings.timeout
        self._engine: E = self._connect(settings, settings.connection_string, found, engine)
        self._replicas = [self._connect(settings, url, found, engine) for url in settings.replicas]
        self._turn = 0
        self._closed = False

    def _connect(self, settings: RedisSettings, url: str, secrets: SecretManager, engine: E | None) -> E:
        address = filled(url, secrets)
        return self._driver(settings, address) if engine is None else engine

    def _driver(self, settings: RedisSettings, address: Any) -> E:
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
        engine: E | None = None,
        token: Callable[[], str] = new_token,
    ) -> Self:
        """Set up an adapter from its config.yaml.

        Args:
            environment: one of the configuration's `environments`; by default `<PACKAGE>_ENVIRONMENT`, or
                none.
            config: another configuration file.
            secrets: where secrets are found; the environment and /run/secrets by default.
            metrics: where calls are counted.
            clock: time, sleep and jitter.
            environ: environment variables that override the file; `os.environ` by default.
            engine: what carries commands.
            token: makes the tokens of locks and claims.

        Raises:
            ConfigurationError: file or variables are wrong; the text names file and key.
            MissingSecretError: a secret is not set; the text names it.
        """
        path = config or cls.CONFIG
        if path is None:
            raise ConfigurationError(f"{cls.__name__} has no config.yaml; pass config=", service=cls.SERVICE)
        settings = load(RedisSettings, path, cls.PACKAGE, environment, environ)
        kept = secrets or SecretManager(environ=environ)
        return cls(settings, secrets=kept, metrics=metrics, clock=clock, engine=engine, token=token)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.SERVICE!r})"

    def _from(self, command: Command[Any], name: str) -> E:
        """Return the server that *command* is for: the replicas take turns."""
        self._open(name)
        if not command.replica or not self._replicas:
            return self._engine
        self._turn += 1
        return self._replicas[self._turn % len(self._replicas)]

    def _open(self, name: str) -> None:
        if self._closed:
            raise ConfigurationError("the adapter is closed", service=self.SERVICE, operation=name)

    def _limit(self, timeout: float | None, wait: float = 0.0) -> float:
        return (self._timeout if timeout is None else timeout) + wait

    def _engines(self) -> list[E]:
        return [self._engine, *self._replicas]


def is_missing(replies: Replies) -> bool:
    """Say whether the server does not know the script yet."""
    refusal = first_refusal(replies)
    return refusal is not None and refusal.code == "NOSCRIPT"
