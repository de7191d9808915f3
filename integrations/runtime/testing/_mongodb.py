"""A MongoDB that answers as the test says, and remembers what it was asked; no driver is needed."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, Self

from msgspec.structs import replace

from .._mongodb.adapter import MongoAdapter
from .._mongodb.async_adapter import AsyncMongoAdapter
from .._mongodb.driver import connected
from .._mongodb.settings import MongoSettings
from .._secrets import Secret
from .._settings import load
from ._mongodb_engine import AsyncScriptedEngine, Refusal, ScriptedEngine
from ._running import Running, Scripted
from ._script import Script


class RunningMongo(Running):
    """An adapter of either form, called alike in both.

    Attributes:
        adapter: the adapter.
    """

    @classmethod
    @contextmanager
    def on(
        cls,
        sync_class: type[MongoAdapter],
        async_class: type[AsyncMongoAdapter],
        form: str,
        url: str,
        **from_config: Any,
    ) -> Iterator[RunningMongo]:
        """Run an adapter against the server at *url*, whose path names the database; it speaks no TLS."""
        running = RunningMongo()
        kind: Any = sync_class if form == "sync" else async_class
        environ = {f"{kind.PACKAGE.upper()}_CONNECTION_STRING": url}
        told = load(MongoSettings, kind.CONFIG, kind.PACKAGE, None, environ)
        told = replace(told, tls=None, read_preference="primary")
        with running._loop(form):
            engine = connected(form, told, Secret(url))
            running.adapter = kind.from_config(environ=environ, engine=engine, **from_config)
            try:
                yield running
            finally:
                running._close()

    def in_transaction(self, *functions: Callable[[Any], Any]) -> None:
        """Call every function with the adapter in one transaction that is repeated as the adapter does it."""
        if self._runner is None:
            self.call(lambda adapter: adapter.run_in_transaction(lambda tx: [f(tx) for f in functions]))
            return

        async def all_of(tx: Any) -> None:
            for function in functions:
                await function(tx)

        self.call(lambda adapter: adapter.run_in_transaction(all_of))

    def followed(self, watch: Callable[[Any], Any], act: Callable[[Any], Any]) -> Any:
        """Return the first change that *watch* sees of what *act* does."""
        if self._runner is not None:
            return self._runner.run(_first_change(self.adapter, watch, act))
        with watch(self.adapter) as changes:
            act(self.adapter)
            return next(changes)

    def _plain(self, result: Any) -> Any:
        if isinstance(result, AbstractContextManager) and isinstance(result, Iterator):
            with result as stream:
                return list(stream)
        return result

    async def _async_plain(self, result: Any) -> Any:
        if isinstance(result, AbstractAsyncContextManager) and isinstance(result, AsyncIterable):
            async with result as stream:
                return [item async for item in stream]
        return result


class ScriptedMongo(Script, Scripted, RunningMongo):
    """A scripted deployment behind an adapter's injected engine, for both forms.

    Attributes:
        adapter: the adapter under test.
        clock: its clock, which never waits; `.slept` are the waits between attempts.
    """

    def __init__(self, package: str, secrets: Mapping[str, str]) -> None:
        Script.__init__(self, package)
        Scripted.__init__(self, secrets)

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[MongoAdapter],
        async_class: type[AsyncMongoAdapter],
        form: str,
        *,
        secrets: Mapping[str, str],
        **from_config: Any,
    ) -> Iterator[Self]:
        """Run an adapter, set up from its own config.yaml, against a script.

        At the end it fails if a queued reply was not used or a call was not checked (unless forgotten), and
        if the value of a secret was logged, printed, raised, or shown by the adapter's repr.

        Args:
            sync_class: the blocking adapter.
            async_class: the async adapter.
            form: "sync" or "async".
            secrets: variable names and made-up values, for the secrets that config.yaml names.
            from_config: further arguments of `from_config`.
        """
        kind: Any = sync_class if form == "sync" else async_class
        script = cls(kind.PACKAGE, secrets)
        engine = (
            ScriptedEngine(script, script.clock)
            if form == "sync"
            else AsyncScriptedEngine(script, script.clock)
        )
        with script._from_config(kind, form, **{"engine": engine, **from_config}):
            yield script
        script.verify()

    def refuses(self, code: int, *labels: str, times: int = 1) -> None:
        """Queue an error of the server, by MongoDB's number."""
        self.fails(Refusal(code, "refused", *labels), times=times)


async def _first_change(adapter: Any, watch: Callable[[Any], Any], act: Callable[[Any], Any]) -> Any:
    async with watch(adapter) as changes:
        await act(adapter)
        return await anext(changes)
