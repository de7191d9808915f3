"""Many calls in one turn: methods of the adapter queue, and their results are there after `execute`.

with cache.pipeline() as p:
    session = p.get_session("ada")
    hits = p.increment_hits("10.0.0.1")
print(session.value, hits.value)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, cast

from .._errors import IntegrationError, InvalidArgumentError
from .command import EXEC, MULTI, Command, first_refusal, inner
from .engine import Replies, Words

P = ParamSpec("P")
T = TypeVar("T")
_PENDING: Final = object()


class Queued(Generic[T]):
    """The result of a call that waits in a pipeline."""

    __slots__ = ("_command", "_error", "_value")

    def __init__(self, command: Command[T]) -> None:
        self._command = command
        self._value: Any = _PENDING
        self._error: IntegrationError | None = None

    @property
    def value(self) -> T:
        """The result.

        Raises:
            InvalidArgumentError: the pipeline was not executed yet.
            IntegrationError: this call failed.
        """
        if self._error is not None:
            raise self._error
        if self._value is _PENDING:
            raise InvalidArgumentError("the pipeline was not executed, so this call has no result")
        return cast("T", self._value)

    def _settle(self, replies: Replies) -> None:
        """Take the replies of its commands, without any transaction around them."""
        try:
            if first_refusal(replies):
                inner([None, replies])
            self._value = self._command.read(replies)
        except IntegrationError as error:
            self._error = error


def queued(
    method: Callable[Concatenate[Any, P], T],
) -> Callable[Concatenate[Any, P], Queued[T]]:
    """Return *method* of an adapter for its pipelines, where it queues."""
    return cast("Callable[Concatenate[Any, P], Queued[T]]", method)


class PipelineBase:
    """What both forms of a pipeline share.

    Args:
        send: carries commands: the batch, whether it may be repeated, the time-out.
        atomic: all calls are one transaction: nobody else's come between.
        timeout: seconds for all of it.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Words], bool, float | None], Any],
        *,
        atomic: bool = False,
        timeout: float | None = None,
    ) -> None:
        self._send, self._atomic, self._timeout = send, atomic, timeout
        self._waiting: list[tuple[str, Queued[Any]]] = []

    def _do(self, name: str, command: Command[T], timeout: float | None = None) -> Queued[T]:
        if command.wait:
            raise InvalidArgumentError(f"{name} waits, so it cannot be part of a pipeline")
        result = Queued(command)
        self._waiting.append((name, result))
        return result

    def __len__(self) -> int:
        return len(self._waiting)

    def _batch(self) -> tuple[list[Words], bool]:
        """Return what is sent, and whether all of it may be repeated."""
        commands = [result._command for _, result in self._waiting]
        words = [part for command in commands for part in self._parts(command)]
        batch = [MULTI, *words, EXEC] if self._atomic else words
        return batch, all(command.safe() for command in commands)

    def _parts(self, command: Command[Any]) -> Sequence[Words]:
        parts = command.queued()
        return parts if self._atomic or len(parts) == 1 else (MULTI, *parts, EXEC)

    def _settle(self, replies: Replies) -> list[Any]:
        """Hand out the replies, and return all results.

        Raises:
            IntegrationError: the first call that failed; the others have their results all the same.
        """
        waiting, self._waiting = self._waiting, []
        if self._atomic:
            replies = unwrapped(replies)
        for name, result in waiting:
            size = len(self._parts(result._command))
            own, replies = replies[:size], replies[size:]
            result._settle(own if size == len(result._command.queued()) else unwrapped(own))
            if result._error is not None:
                result._error.operation = name
        return [result.value for _, result in waiting]

    def _forget(self) -> None:
        self._waiting = []


class Pipeline(PipelineBase):
    """A blocking pipeline: what still waits at the end of its `with` block is executed then."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.execute()
        else:
            self._forget()

    def execute(self) -> list[Any]:
        """Send what waits, and return its results in order.

        Raises:
            IntegrationError: the first call that failed; the others have their results all the same.
        """
        if not self._waiting:
            return []
        batch, repeatable = self._batch()
        return self._settle(self._send(batch, repeatable, self._timeout))


class AsyncPipeline(PipelineBase):
    """An async pipeline: what still waits at the end of its `async with` block is executed then."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.execute()
        else:
            self._forget()

    async def execute(self) -> list[Any]:
        """Send what waits, and return its results in order.

        Raises:
            IntegrationError: the first call that failed; the others have their results all the same.
        """
        if not self._waiting:
            return []
        batch, repeatable = self._batch()
        return self._settle(await self._send(batch, repeatable, self._timeout))


def unwrapped(replies: Replies) -> Replies:
    """Return the replies inside a transaction; where it was refused, that for each of its commands."""
    refused = first_refusal(replies)
    return [refused] * (len(replies) - 2) if refused else replies[-1]
