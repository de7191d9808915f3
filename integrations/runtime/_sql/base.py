"""What the blocking and the async adapter share: set-up, and where a statement goes. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from .. import _settings
from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError, ConnectionFailedError, RequestTimeoutError
from .._guard import Guard
from .._metrics import MetricsCollector
from .._retry import Retry
from .._secrets import Secret, SecretManager
from .settings import SqlSettings
from .target import Target, target

ONCE: Final = Retry(max_attempts=1)
REST: Final = 5.0  # seconds that a replica which failed is not asked


class AdapterBase:
    """An adapter without its I/O.

    Class attributes that a generated adapter sets:
        SERVICE: the service's name, as errors show it.
        PACKAGE: the package's module name; its upper-case form starts its environment variables.
        CONFIG: the package's config.yaml.
        ENGINE: postgresql, mysql, sqlite or duckdb.
    """

    SERVICE: ClassVar[str] = ""
    PACKAGE: ClassVar[str] = ""
    CONFIG: ClassVar[Path | None] = None
    ENGINE: ClassVar[str] = ""

    metrics: MetricsCollector
    _guard: Guard
    _settings: SqlSettings

    def __init__(
        self,
        connection_string: str | Secret,
        *,
        settings: SqlSettings | None = None,
        replicas: Sequence[str | Secret] = (),
        metrics: MetricsCollector | None = None,
        clock: Clock = SYSTEM_CLOCK,
        engine: Any = None,
    ) -> None:
        """Set up an adapter; nothing is opened yet.

        Args:
            connection_string: where the database is, e.g. "postgresql://app@db.example/orders".
            settings: pool, time-outs, TLS, retries; what they say of connection strings is not looked at.
            replicas: servers that answer reads.
            metrics: where calls are counted; a new collector by default.
            clock: time, sleep and jitter.
            engine: in place of the driver; one engine stands for the primary and every replica.

        Raises:
            ConfigurationError: a connection string cannot be used.
        """
        self._settings = settings or SqlSettings(service=self.SERVICE)
        self.metrics = MetricsCollector(clock=clock) if metrics is None else metrics
        self._clock = clock
        urls = [one if isinstance(one, Secret) else Secret(one) for one in (connection_string, *replicas)]
        engines = [engine or self._engine(self._target(url)) for url in urls]
        self._start(engines)
        self._guard = _settings.guard_of(
            self._settings, engines[0].translate, metrics=self.metrics, clock=clock
        )

    def _target(self, url: Secret) -> Target:
        found = target(url, self._settings)
        if found.engine != self.ENGINE:
            raise ConfigurationError(
                f"the connection string is of {found.engine}; the adapter is for {self.ENGINE}",
                service=self.SERVICE,
            )
        return found

    def _engine(self, target: Target) -> Any:
        raise ConfigurationError(f"{type(self).__name__} is neither blocking nor async")

    def _start(self, engines: Sequence[Any]) -> None:
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
        engine: Any = None,
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
            engine: in place of the driver.

        Raises:
            ConfigurationError: file or variables are wrong; the text names file and key.
            MissingSecretError: a secret is not set; the text names it.
        """
        path = config or cls.CONFIG
        if path is None:
            raise ConfigurationError(f"{cls.__name__} has no config.yaml; pass config=", service=cls.SERVICE)
        found = _settings.load(SqlSettings, path, cls.PACKAGE, environment, environ)
        if not found.connection_string:
            variable = f"{cls.PACKAGE.upper()}_CONNECTION_STRING"
            raise ConfigurationError(f"{path.name} has no connection_string; set {variable}")
        keeper = secrets or SecretManager(environ=environ)
        return cls(
            _settings.filled(found.connection_string, keeper),
            settings=found,
            replicas=[_settings.filled(one, keeper) for one in found.replicas],
            metrics=metrics,
            clock=clock,
            engine=engine,
        )

    def _seconds(self, timeout: float | None) -> float:
        return self._settings.timeout if timeout is None else timeout


class Route:
    """Which replica answers next; one that failed rests a while. Shared by threads without a lock: a race
    costs a turn, no more."""

    def __init__(self, pools: Sequence[Any], clock: Clock) -> None:
        self._pools, self._clock = pools, clock
        self._turn = 0
        self._back = [0.0] * len(pools)

    def __bool__(self) -> bool:
        return bool(self._pools)

    def next(self) -> int | None:
        """Return the number of the replica to ask, or None: all of them rest."""
        now = self._clock.monotonic()
        for _ in self._pools:
            self._turn = turn = (self._turn + 1) % len(self._pools)
            if self._back[turn] <= now:
                return turn
        return None

    def failed(self, number: int) -> None:
        """The replica is not asked for a while."""
        self._back[number] = self._clock.monotonic() + REST


def once(guard: Guard) -> Guard:
    """Return the guard of what cannot be repeated by itself."""
    return replace(guard, retry=ONCE)


def again(
    policy: Retry, error: Exception, committing: bool, number: int, attempts: int, clock: Clock
) -> float:
    """Return the seconds until a whole transaction is tried again; raise *error* where it must not be.

    A connection that broke before the commit took everything with it. One that broke while committing may
    have committed.
    """
    unknown = committing and not getattr(error, "undone", False)
    limited = Retry(attempts, policy.base_delay, policy.max_delay)
    hopeless = unknown or isinstance(error, RequestTimeoutError)
    wait = None if hopeless else limited.wait(error, number, clock.random())
    if wait is None:
        raise error
    return wait


def survives(error: BaseException) -> bool:
    """Whether the connection may be good after *error*; whether it is, the connection knows."""
    lost = isinstance(error, ConnectionFailedError) and not isinstance(error, RequestTimeoutError)
    return isinstance(error, Exception) and not lost
