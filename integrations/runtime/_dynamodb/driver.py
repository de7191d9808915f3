"""The engine that talks to DynamoDB, by boto3; it is imported when the first one is made.

boto3's own retries are off: the adapter's apply. A time-out is a property of a boto3 client, so there is one
client for each time-out that callers use, a few at most.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Protocol

from .._errors import ConfigurationError, IntegrationError
from . import errors
from .settings import DynamoSettings

CLIENTS: Final = 8


class Engine(Protocol):
    """What carries requests out: *operation* is the name of a method of boto3's client."""

    def call(self, operation: str, arguments: Mapping[str, Any], timeout: float) -> Mapping[str, Any]: ...

    def translate(self, error: Exception) -> IntegrationError | None: ...

    def close(self) -> None: ...


class DynamoEngine:
    """boto3's clients, which threads share.

    Args:
        settings: region, endpoint, pool and times.
        credentials: key and secret, for tests; by default they are found as AWS's own tools find them.

    Raises:
        ConfigurationError: boto3 is missing, or the region is.
    """

    def __init__(self, settings: DynamoSettings, credentials: tuple[str, str] | None = None) -> None:
        try:
            boto3: Any = import_module("boto3")
        except ImportError:
            raise ConfigurationError("boto3 is not installed; `python -m pip install boto3`") from None
        key, secret = credentials or (None, None)
        self._settings = settings
        self._session = boto3.session.Session(
            aws_access_key_id=key, aws_secret_access_key=secret, region_name=settings.region
        )
        self._clients: OrderedDict[float, Any] = OrderedDict()
        self._lock = threading.Lock()

    def call(self, operation: str, arguments: Mapping[str, Any], timeout: float) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = getattr(self._client(timeout), operation)(**arguments)
        return answer

    def translate(self, error: Exception) -> IntegrationError | None:
        return errors.translate(error)

    def close(self) -> None:
        with self._lock:
            while self._clients:
                self._clients.popitem()[1].close()

    def _client(self, timeout: float) -> Any:
        with self._lock:  # boto3 makes clients in one thread at a time
            client = self._clients.pop(timeout, None) or self._made(timeout)
            self._clients[timeout] = client
            if len(self._clients) > CLIENTS:
                self._clients.popitem(last=False)
            return client

    def _made(self, timeout: float) -> Any:
        settings = self._settings
        config = import_module("botocore.config").Config(
            connect_timeout=min(settings.connect_timeout, timeout),
            read_timeout=timeout,
            max_pool_connections=settings.pool_size,
            retries={"total_max_attempts": 1, "mode": "standard"},
        )
        return self._session.client("dynamodb", endpoint_url=settings.endpoint_url, config=config)
