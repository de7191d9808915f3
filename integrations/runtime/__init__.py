"""What every adapter shares; knows no adapter and no generator.

Importing this loads nothing: each name is fetched from its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ._cache import CacheManager as CacheManager
    from ._clock import SYSTEM_CLOCK as SYSTEM_CLOCK
    from ._clock import Clock as Clock
    from ._errors import AuthenticationError as AuthenticationError
    from ._errors import ConfigurationError as ConfigurationError
    from ._errors import ConflictError as ConflictError
    from ._errors import ConnectionFailedError as ConnectionFailedError
    from ._errors import IntegrationError as IntegrationError
    from ._errors import InvalidArgumentError as InvalidArgumentError
    from ._errors import InvalidRequestError as InvalidRequestError
    from ._errors import MissingSecretError as MissingSecretError
    from ._errors import NotFoundError as NotFoundError
    from ._errors import PaginationError as PaginationError
    from ._errors import PermissionDeniedError as PermissionDeniedError
    from ._errors import PoolExhaustedError as PoolExhaustedError
    from ._errors import RateLimitedError as RateLimitedError
    from ._errors import RequestTimeoutError as RequestTimeoutError
    from ._errors import ServiceError as ServiceError
    from ._errors import TransactionConflictError as TransactionConflictError
    from ._errors import UnavailableError as UnavailableError
    from ._errors import UnexpectedResponseError as UnexpectedResponseError
    from ._handler import ErrorHandler as ErrorHandler
    from ._limiter import RateLimiter as RateLimiter
    from ._metrics import MetricsCollector as MetricsCollector
    from ._retry import Retry as Retry
    from ._retry import retry_exponential as retry_exponential
    from ._secrets import Secret as Secret
    from ._secrets import SecretManager as SecretManager

RUNTIME_API: Final = 2  # what generated packages rely on; locks record it

_HOMES: Final = {
    "_cache": ("CacheManager",),
    "_clock": ("SYSTEM_CLOCK", "Clock"),
    "_errors": (
        "AuthenticationError",
        "ConfigurationError",
        "ConflictError",
        "ConnectionFailedError",
        "IntegrationError",
        "InvalidArgumentError",
        "InvalidRequestError",
        "MissingSecretError",
        "NotFoundError",
        "PaginationError",
        "PermissionDeniedError",
        "PoolExhaustedError",
        "RateLimitedError",
        "RequestTimeoutError",
        "ServiceError",
        "TransactionConflictError",
        "UnavailableError",
        "UnexpectedResponseError",
    ),
    "_handler": ("ErrorHandler",),
    "_limiter": ("RateLimiter",),
    "_metrics": ("MetricsCollector",),
    "_retry": ("Retry", "retry_exponential"),
    "_secrets": ("Secret", "SecretManager"),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "RUNTIME_API",
    "SYSTEM_CLOCK",
    "AuthenticationError",
    "CacheManager",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "ErrorHandler",
    "IntegrationError",
    "InvalidArgumentError",
    "InvalidRequestError",
    "MetricsCollector",
    "MissingSecretError",
    "NotFoundError",
    "PaginationError",
    "PermissionDeniedError",
    "PoolExhaustedError",
    "RateLimitedError",
    "RateLimiter",
    "RequestTimeoutError",
    "Retry",
    "Secret",
    "SecretManager",
    "ServiceError",
    "TransactionConflictError",
    "UnavailableError",
    "UnexpectedResponseError",
    "retry_exponential",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{home}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
