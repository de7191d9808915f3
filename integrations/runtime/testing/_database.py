"""A database that answers as the test says, and remembers what it was asked; no driver is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, Final

from ._database_engine import AsyncEngine, Engine, Fault
from ._running import Form, Scripted, of_form
from ._script import Script

NONE: Final[Mapping[str, Any]] = {}


class ScriptedDatabase(Scripted):
    """An in-memory database behind an adapter's injected engine, for both forms.

    Attributes:
        adapter: the adapter under test.
        script: what was asked and is yet to be answered.
        commands: BEGIN, COMMIT, savepoints and the like, in order; "(restored)" where a connection was rolled
            back before it was lent again.
        timeouts: the seconds that each statement was given.
        clock: the adapter's clock.
        open: connections that are open.
    """

    def __init__(self, package: str, secrets: Mapping[str, str]) -> None:
        super().__init__(secrets)
        self.script = Script(package)
        self.commands: list[str] = []
        self.timeouts: list[float] = []
        self.open = 0
        self._checked = 0

    @property
    def slept(self) -> list[float]:
        """The waits between attempts, in seconds; none was really waited."""
        return self.clock.slept

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[Any],
        async_class: type[Any] | None,
        form: Form,
        *,
        secrets: Mapping[str, str],
        **from_config: Any,
    ) -> Iterator[ScriptedDatabase]:
        """Run an adapter, set up from its own config.yaml, against a scripted database.

        At the end it fails if a queued answer was not used or a statement was not checked, if a connection
        was not given back or not closed, and if the value of a secret was logged, printed, raised, or shown
        by the adapter's repr.

        Args:
            sync_class: the blocking adapter.
            async_class: the async adapter; None where there is none.
            form: which of the two.
            secrets: variable names and made-up values, for the secrets that config.yaml names.
            from_config: further arguments of `from_config`.
        """
        kind = of_form(sync_class, async_class, form)
        database = cls(kind.PACKAGE, secrets)
        engine = Engine(database, kind.ENGINE) if form == "sync" else AsyncEngine(database, kind.ENGINE)
        with database._from_config(kind, form, **{"engine": engine, **from_config}):
            yield database
        database.script.verify()
        assert not database.open, f"{database.open} connections were not closed"

    def rows(self, rows: Sequence[tuple[Any, ...]], *, times: int = 1) -> None:
        """Queue rows, as the driver would give them: tuples in the order of the columns."""
        self.script.replies(*[list(rows)] * times)

    def affects(self, count: int, *, times: int = 1) -> None:
        """Queue how many rows a statement affects."""
        self.script.replies(*[count] * times)

    def fails(self, code: str, *, times: int = 1) -> None:
        """Queue a failure, as the engine names it.

        Args:
            code: a SQLSTATE for PostgreSQL, an error number for MySQL, a name like SQLITE_BUSY, a class of
                DuckDB; and "connection" and "timeout" anywhere. See `error_codes`.
            times: queue it more than once.
        """
        self.script.fails(Fault(code), times=times)

    def forget(self) -> None:
        """Drop what is queued, and do not insist that every statement is checked."""
        self.script.forget()

    def call(self, function: Callable[[Any], Any]) -> Any:
        """Call *function* with the adapter, and return plain results for both forms.

        Coroutines are awaited, streams become lists.
        """
        before = self.adapter.pool["busy"]
        try:
            return super().call(function)
        finally:
            kept = self.adapter.pool["busy"] - before
            assert not kept, f"{kept} connections were not given back"

    def sent(
        self,
        statement: str,
        parameters: Mapping[str, Any] = NONE,
        *,
        rows: Sequence[tuple[Any, ...]] | None = None,
        kind: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Fail unless the next unchecked statement is exactly this one.

        Args:
            statement: as the driver was given it.
            parameters: all of its values by name.
            rows: of a batch, in the order of the query's parameters.
            kind: one, many, stream, exec or batch.
            timeout: the seconds that it may take, where the caller said so.
        """
        assert self._checked < len(self.script.calls), f"nothing was sent; expected {statement}"
        place, self._checked = self._checked, self._checked + 1
        seen = self.script.calls[place]
        expected = {**seen, "statement": statement, "parameters": dict(parameters)}
        if kind is not None:
            expected["kind"] = kind
        if rows is not None or "rows" in seen:
            expected["rows"] = None if rows is None else list(rows)
        self.script.sent(**expected)
        if timeout is not None:
            assert self.timeouts[place] == timeout, f"it may take {self.timeouts[place]} s, not {timeout} s"

    def _plain(self, result: Any) -> Any:
        if isinstance(result, AbstractContextManager):
            with result as rows:
                return list(rows)
        return result

    async def _async_plain(self, result: Any) -> Any:
        if isinstance(result, AbstractAsyncContextManager):
            async with result as rows:
                return [row async for row in rows]
        return result
