"""A DynamoDB that answers as the test says, and remembers what it was asked; no driver is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from .._dynamodb.adapter import DynamoAdapter
from .._dynamodb.driver import DynamoEngine
from .._dynamodb.errors import refused
from .._errors import IntegrationError
from ._running import Scripted
from ._script import Script


class DynamoRefusal(Exception):
    """What a scripted service says instead of answering: its word, and why a transaction was cancelled."""

    def __init__(self, code: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.reasons = code, reasons


class ScriptedDynamo(Script, Scripted):
    """A scripted service behind an adapter's injected engine.

    Attributes:
        adapter: the adapter under test.
        clock: its clock, which never waits; `.slept` are the waits between attempts.
    """

    def __init__(self, package: str) -> None:
        Script.__init__(self, package)
        Scripted.__init__(self, {})  # credentials are AWS's own, so none is made up

    @classmethod
    @contextmanager
    def running(cls, kind: type[DynamoAdapter], **from_config: Any) -> Iterator[Self]:
        """Run an adapter, set up from its own config.yaml, against a script.

        At the end it fails if a queued reply was not used or a call was not checked (unless forgotten).
        """
        script = cls(kind.PACKAGE)
        with script._from_config(kind, "sync", **{"engine": _Engine(script), **from_config}):
            yield script
        script.verify()

    def refuses(self, code: str, *reasons: str, times: int = 1) -> None:
        """Queue an error of the service, by DynamoDB's word."""
        self.fails(DynamoRefusal(code, reasons), times=times)


class _Engine:
    """Asks the script for every answer."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def call(self, operation: str, arguments: Mapping[str, Any], timeout: float) -> Mapping[str, Any]:
        told = {key: value for key, value in arguments.items() if key != "ClientRequestToken"}
        answer: Mapping[str, Any] = self._script.answer({"operation": operation, "timeout": timeout, **told})
        return answer

    def translate(self, error: Exception) -> IntegrationError | None:
        if isinstance(error, DynamoRefusal):
            return refused(error.code, "refused", reasons=[{"Code": code} for code in error.reasons])
        return None

    def close(self) -> None:
        """Nothing to do."""


@contextmanager
def running_dynamo(kind: type[DynamoAdapter], url: str, prefix: str) -> Iterator[Any]:
    """Run an adapter on the service at *url*, its tables made, their names with *prefix* in front."""
    from msgspec.structs import replace

    parts = urlsplit(url)
    endpoint = f"{parts.scheme}://{parts.hostname}:{parts.port}"

    def engine(settings: Any) -> DynamoEngine:
        told = replace(settings, endpoint_url=endpoint, region=settings.region or "us-east-1")
        return DynamoEngine(told, (parts.username or "test", parts.password or "test"))

    with kind.from_config(environ={}, engine=engine) as adapter:
        adapter._settings = replace(adapter._settings, table_prefix=f"{prefix}-")
        adapter.create_tables()
        yield adapter
