"""Which messages were processed already, for consumers in many processes.

    handler = Idempotent(cache.idempotency("orders"))(charge)

A claim ends by itself after its lease, since its process may have died.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from .command import Command, milliseconds, nothing, one
from .locks import RELEASE
from .scripts import Script

DONE: Final = "done"
# KEYS: the message. ARGV: claim, lease in milliseconds. 1: claimed, 0: done already, 2: another one has it.
CLAIM: Final = Script[Any](
    "claim",
    """
local held = redis.call('GET', KEYS[1])
if not held then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1 end
if held == 'done' then return 0 end
if held == ARGV[1] then return 1 end
return 2
""",
    repeatable=True,
)
_MEANING: Final = {0: False, 1: True}


class _Store:
    """What both forms share.

    Args:
        run: carries one command.
        prefix: what the keys begin with.
        lease: seconds after which a claim ends that was neither done nor released.
        keep: seconds for which a message is remembered as done.
        token: makes a token for each claim.
    """

    def __init__(
        self,
        run: Callable[[str, Command[Any], float | None], Any],
        prefix: str,
        lease: float,
        keep: float,
        token: Callable[[], str],
    ) -> None:
        self._run, self._prefix, self._token = run, prefix, token
        self._lease, self._keep = milliseconds(lease, "lease"), milliseconds(keep, "keep")
        self._claims: dict[str, str] = {}

    def _key(self, message_id: str) -> str:
        return f"{self._prefix}:{quote(message_id, safe='')}"

    def _claim(self, message_id: str, token: str) -> Command[int]:
        return CLAIM.run([self._key(message_id)], (token, self._lease), one)

    def _claimed(self, message_id: str, token: str, said: int) -> bool | None:
        if said == 1:
            self._claims[message_id] = token
        return _MEANING.get(said)

    def _done(self, message_id: str) -> Command[None]:
        self._claims.pop(message_id, None)
        return Command((("SET", self._key(message_id), DONE, "PX", self._keep),), nothing)

    def _release(self, message_id: str) -> Command[Any] | None:
        token = self._claims.pop(message_id, None)
        if token is None:
            return None
        return RELEASE.run([self._key(message_id)], (token,), nothing)


class RedisStore(_Store):
    """A store for blocking handlers."""

    def claim(self, message_id: str) -> bool | None:
        """Take a message: True: it is yours; False: it is done already; None: another one has it in hand."""
        token = self._token()
        said = self._run("claim", self._claim(message_id, token), None)
        return self._claimed(message_id, token, said)

    def done(self, message_id: str) -> None:
        """It is processed: remember that."""
        self._run("done", self._done(message_id), None)

    def release(self, message_id: str) -> None:
        """It was not processed: anyone may claim it."""
        if command := self._release(message_id):
            self._run("release", command, None)


class AsyncRedisStore(_Store):
    """A store for async handlers."""

    async def claim(self, message_id: str) -> bool | None:
        """Take a message: True: it is yours; False: it is done already; None: another one has it in hand."""
        token = self._token()
        said = await self._run("claim", self._claim(message_id, token), None)
        return self._claimed(message_id, token, said)

    async def done(self, message_id: str) -> None:
        """It is processed: remember that."""
        await self._run("done", self._done(message_id), None)

    async def release(self, message_id: str) -> None:
        """It was not processed: anyone may claim it."""
        if command := self._release(message_id):
            await self._run("release", command, None)
