"""What an adapter of either form is made of: settings, engine, guard, and its place in a transaction."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError, IntegrationError, InvalidArgumentError, TransactionConflictError
from .._metrics import MetricsCollector
from .._retry import Retry
from .._secrets import Secret, SecretManager
from .._settings import filled, guard_of, load
from .command import Command
from .errors import PartlyWrittenError
from .methods import Methods
from .settings import MongoSettings

ONCE = Retry(max_attempts=1)


class AdapterBase(Methods):
    """Set-up that both forms share; generated classes set the three names."""

    SERVICE: ClassVar[str] = "MongoDB"
    PACKAGE: ClassVar[str] = ""
    CONFIG: ClassVar[Path] = Path("config.yaml")
    FORM: ClassVar[str] = "sync"

    def __init__(
        self, settings: MongoSettings, engine: Any, *, metrics: MetricsCollector, clock: Clock
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._clock = clock
        self._guard = guard_of(settings, engine.translate, metrics=metrics, clock=clock)
        self._session: Any = None

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
        engine: Any = None,
    ) -> Self:
        """Return an adapter that is set up by its config.yaml.

        Args:
            environment: which of its environments; by default what `<PACKAGE>_ENVIRONMENT` says, or none.
            config: another file.
            secrets: where `${NAME}` is looked up; by default the environment and mounted files.
            metrics: counts the calls.
            clock: time and chance.
            environ: environment variables, instead of the process's own.
            engine: what carries commands out, instead of pymongo.

        Raises:
            ConfigurationError: something is missing or wrong; the text says what.
        """
        settings = load(MongoSettings, config or cls.CONFIG, cls.PACKAGE, environment, environ)
        if not settings.connection_string:
            raise ConfigurationError(f"set {cls.PACKAGE.upper()}_CONNECTION_STRING", service=settings.service)
        url = filled(settings.connection_string, secrets or SecretManager())
        made = engine if engine is not None else cls._connected(settings, url)
        return cls(settings, made, metrics=metrics or MetricsCollector(), clock=clock)

    @classmethod
    def _connected(cls, settings: MongoSettings, url: Secret) -> Any:
        from .driver import connected

        return connected(cls.FORM, settings, url)

    @property
    def metrics(self) -> MetricsCollector:
        """Calls, errors and time of every operation."""
        return self._guard.metrics

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.service}>"

    def _limit(self, timeout: float | None) -> float:
        return self._settings.timeout if timeout is None else timeout

    def _alone(self) -> None:
        if self._session is not None:
            raise InvalidArgumentError("a transaction is open already; transactions cannot be nested")

    def _within(self, session: Any) -> Self:
        """Return the adapter as part of a transaction, whose calls are never repeated one by one."""
        inner = copy.copy(self)
        inner._session = session
        inner._guard = replace(self._guard, retry=ONCE)
        return inner


def locate(error: PartlyWrittenError, command: Command) -> None:
    """Say of each refused write which it was of the caller's."""
    error.locate([write.kind for write in command.arguments["requests"]])


def is_conflict(failure: IntegrationError | None) -> bool:
    """Is the whole transaction to be run again, and not its commit?"""
    return isinstance(failure, TransactionConflictError)
