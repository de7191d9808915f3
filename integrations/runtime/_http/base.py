"""What the blocking and the async adapter share: set-up and the preparation of requests. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Self, TypeVar, Unpack

import httpx2

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError, InvalidArgumentError
from .._limiter import RateLimiter
from .._metrics import MetricsCollector
from .._retry import Retry
from .._secrets import SecretManager
from . import config as _config
from .answers import PagedAnswer, opened, raw_response
from .auth import Auth
from .encode import EMPTY
from .engine import Policy, Steps
from .messages import Call
from .operation import Body, Operation
from .prepare import Given, Preparer
from .walk import Walk

DEFAULT_RETRY: Final = Retry()
Transport = TypeVar("Transport", httpx2.BaseTransport, httpx2.AsyncBaseTransport)


class AdapterBase(Generic[Transport]):
    """An adapter without its I/O.

    Class attributes that a generated adapter sets:
        SERVICE: the service's name, as errors show it.
        PACKAGE: the package's module name; its upper-case form starts its environment variables.
        CONFIG: the package's config.yaml.
        MAX_BODY: bytes of a body that is read into memory; a larger one is an error, or a download.
    """

    SERVICE: ClassVar[str] = ""
    PACKAGE: ClassVar[str] = ""
    CONFIG: ClassVar[Path | None] = None
    MAX_BODY: ClassVar[int] = 64 << 20

    metrics: MetricsCollector

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth | Sequence[Auth] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        retry: Retry = DEFAULT_RETRY,
        limiter: RateLimiter | None = None,
        metrics: MetricsCollector | None = None,
        transport: Transport | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Set up an adapter; nothing is sent.

        Args:
            base_url: where the service answers, e.g. "https://api.example.com/v1".
            auth: the credential, if any; several are sent together.
            headers: sent with every request.
            timeout: seconds that each wait of one attempt may take, and the whole of a body that is read
                at once.
            retry: how often and how far apart failed calls are repeated.
            limiter: a limit on calls; share one between adapters that share an account.
            metrics: where calls are counted; a new collector by default.
            transport: what carries requests; connections to the service by default.
            clock: time, sleep and jitter.

        Raises:
            ConfigurationError: the base URL or another value cannot be used.
        """
        self._requests = Preparer(base_url, auth, headers or EMPTY, timeout, self.MAX_BODY)
        self.metrics = MetricsCollector(clock=clock) if metrics is None else metrics
        self._policy = Policy(self.SERVICE, retry, limiter, self.metrics, clock)
        self._clock = clock
        self._transport: Transport = self._connect() if transport is None else transport
        self._closed = False

    def _connect(self) -> Transport:
        raise ConfigurationError(f"{type(self).__name__} is neither blocking nor async")

    @classmethod
    def from_config(
        cls,
        environment: str | None = None,
        *,
        config: Path | None = None,
        secrets: SecretManager | None = None,
        transport: Transport | None = None,
        metrics: MetricsCollector | None = None,
        clock: Clock = SYSTEM_CLOCK,
        environ: Mapping[str, str] | None = None,
    ) -> Self:
        """Set up an adapter from its config.yaml.

        Args:
            environment: one of the configuration's `environments`; by default `<PACKAGE>_ENVIRONMENT`, or
                none.
            config: another configuration file.
            secrets: where secrets are found; the environment and /run/secrets by default.
            transport: what carries requests.
            metrics: where calls are counted.
            clock: time, sleep and jitter.
            environ: environment variables that override the file; `os.environ` by default.

        Raises:
            ConfigurationError: file or variables are wrong; the text names file and key.
            MissingSecretError: a secret is not set; the text names it.
        """
        path = config or cls.CONFIG
        if path is None:
            raise ConfigurationError(f"{cls.__name__} has no config.yaml; pass config=", service=cls.SERVICE)
        found = _config.load(path, cls.PACKAGE, environment, environ)
        limit = found.rate_limit
        return cls(
            found.base_url or "",
            auth=_config.auth_of(found.auth, secrets or SecretManager(environ=environ)),
            headers=found.headers,
            timeout=found.timeout,
            retry=Retry(found.retry.max_attempts, found.retry.base_delay, found.retry.max_delay),
            limiter=None if limit is None else RateLimiter.parse(limit, clock=clock),
            metrics=metrics,
            transport=transport,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._requests.url)!r})"

    def _steps(self, call: Call) -> Steps:
        if self._closed:
            raise ConfigurationError("the adapter is closed", service=self.SERVICE, operation=call.operation)
        return self._policy.steps(call)

    def _prepare(self, operation: Operation[Any], **given: Unpack[Given]) -> Call:
        """Prepare one request; the error of an argument that cannot be sent names the operation."""
        try:
            return self._requests.of(operation).call(operation, **given)
        except InvalidArgumentError as error:
            error.service, error.operation = self.SERVICE, operation.name
            raise
        except RecursionError:
            raise InvalidArgumentError(
                "an argument is nested too deeply to be written",
                service=self.SERVICE,
                operation=operation.name,
            ) from None

    def _streamed(self, operation: Operation[Any], **given: Unpack[Given]) -> Call:
        return replace(self._prepare(operation, **given), stream=True, finish=opened)

    def _walk(self, operation: Operation[Any], **given: Unpack[Given]) -> Walk:
        """Start a walk over the pages of *operation*."""
        pages = operation.pages
        if pages is None:
            raise InvalidArgumentError(f"{operation.name} has no pages")
        finish = PagedAnswer(operation, pages.items)

        def prepare(asked: Mapping[str, Any], link: httpx2.URL | None) -> Call:
            page: Given = {**given, "query": asked}
            call = self._prepare(operation, **page)
            url = call.url if link is None else self._requests.of(operation).followed(link)
            return replace(call, finish=finish, url=url)

        return Walk(pages, given.get("query", EMPTY), prepare, self.SERVICE, operation.name)

    def _raw(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        bodies: Mapping[Body, Any],
        headers: Mapping[str, Any],
        timeout: float | None,
        idempotent: bool | None,
    ) -> Call:
        """Prepare a request that no operation describes."""
        given = {kind: body for kind, body in bodies.items() if body is not None}
        if len(given) > 1:
            raise InvalidArgumentError(f"one body, not {' and '.join(given)}", service=self.SERVICE)
        kind: Body = next(iter(given), "json")
        operation: Operation[Any] = Operation(
            "request",
            method,
            _literal(path),
            body=kind,
            idempotent=idempotent,
            accept="*/*",
        )
        call = self._prepare(operation, query=query, headers=headers, body=given.get(kind), timeout=timeout)
        return replace(call, finish=raw_response)


def _literal(path: str) -> str:
    """Check a path that is no template; braces in it stand for themselves."""
    plain = path.partition("?")[0].replace("%2e", ".").replace("%2E", ".")
    if not path.startswith("/") or any(segment in (".", "..") for segment in plain.split("/")):
        raise InvalidArgumentError(f"a path starts with / and has no . or .. segment, unlike {path!r}")
    return path.replace("{", "%7B").replace("}", "%7D")
