"""An adapter of either form, run for one test and called alike in both."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any, Literal

from .._secrets import SecretManager
from ._clock import FakeClock
from ._leaks import Watch

Form = Literal["sync", "async"]


class Running:
    """An adapter of either form, called alike in both.

    Attributes:
        adapter: the adapter.
    """

    adapter: Any
    _runner: asyncio.Runner | None = None

    def call(self, function: Callable[[Any], Any]) -> Any:
        """Call *function* with the adapter, and return plain results for both forms.

        Coroutines are awaited, iterators become lists.
        """
        if self._runner is not None:
            return self._runner.run(self._awaited(function))
        return self._plain(function(self.adapter))

    async def _awaited(self, function: Callable[[Any], Any]) -> Any:
        result = function(self.adapter)
        return await self._async_plain(await result if isawaitable(result) else result)

    def _plain(self, result: Any) -> Any:
        """What a test compares; families whose results must be opened say how."""
        return list(result) if isinstance(result, Iterator) else result

    async def _async_plain(self, result: Any) -> Any:
        return [item async for item in result] if isinstance(result, AsyncIterable) else result

    @contextmanager
    def _loop(self, form: str) -> Iterator[None]:
        """Have an event loop where the form needs one, and close the adapter before it ends."""
        if form == "sync":
            yield
            return
        with asyncio.Runner() as self._runner:
            yield

    def _close(self) -> None:
        self.call(lambda adapter: adapter.close() if self._runner is None else adapter.aclose())


class Scripted(Running):
    """An adapter whose service answers as the test says, watched for secrets that it shows.

    Attributes:
        adapter: the adapter under test.
        clock: its clock, which never waits.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.clock = FakeClock()
        self._secrets = dict(secrets)
        self._watch = Watch(self._secrets)

    def call(self, function: Callable[[Any], Any]) -> Any:
        """Call *function* as `Running` does, and watch what is printed and raised."""
        try:
            with self._watch.printing():
                return super().call(function)
        except Exception as error:
            self._watch.note_error(error)
            raise

    @contextmanager
    def _from_config(self, kind: type[Any], form: str, **given: Any) -> Iterator[None]:
        """Set the adapter up from its own config.yaml, close it, and fail if the value of a secret came out.

        Args:
            kind: the adapter's class, of that form.
            form: "sync" or "async".
            given: arguments of `from_config`, also instead of those that the kit makes.
        """
        secrets = dict(self._secrets)
        made = {"environ": {}, "secrets": SecretManager(environ=secrets, mounts=()), "clock": self.clock}
        with self._watch.running(), variables(secrets), self._loop(form):
            self.adapter = kind.from_config(**{**made, **given})
            try:
                yield
            finally:
                self._watch.note("the adapter's repr", repr(self.adapter))
                self._close()
        self._watch.check()


def of_form(sync_class: type[Any], async_class: type[Any] | None, form: str) -> type[Any]:
    """Return the adapter of that form."""
    if form == "sync":
        return sync_class
    assert async_class is not None, f"{sync_class.__name__} has no async form"
    return async_class


@contextmanager
def variables(secrets: Mapping[str, str]) -> Iterator[None]:
    """Set the secrets as the service's host would, so that code which reads and shows them is caught."""
    before = {name: os.environ.get(name) for name in secrets}
    os.environ.update(secrets)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
