"""redis-py's async connections behind the engine's protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from .._secrets import Secret
from .driver import address, demoted, made, options, refusals, refused, unsent
from .engine import Replies, Words
from .settings import RedisSettings


class AsyncConnection:
    """One connection of the driver, as an exchange."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def exchange(self, commands: Sequence[Words], timeout: float) -> Replies:
        connection = self._connection
        try:
            async with asyncio.timeout(timeout):
                await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
                replies = [await self._reply(connection) for _ in commands]
        except BaseException:
            # a late answer must never be taken for that of a later command
            await connection.disconnect(nowait=True)
            raise
        if demoted(replies):
            await connection.disconnect(nowait=True)
        return replies

    async def _reply(self, connection: Any) -> Any:
        try:
            return refusals(await connection.read_response())
        except Exception as error:
            return refused(error)


class AsyncDriver:
    """A pool of redis-py's async connections to one server."""

    def __init__(self, settings: RedisSettings, url: Secret) -> None:
        from redis.asyncio import BlockingConnectionPool
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        where = address(url)
        told = {**options(settings, where, Retry(NoBackoff(), 0)), "socket_timeout": None}
        self._pool: Any = made(lambda: BlockingConnectionPool.from_url(where, **told))

    async def exchange(self, commands: Sequence[Words], timeout: float) -> Replies:
        async with self.session() as session:
            return await session.exchange(commands, timeout)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self._pool.get_connection()
        except Exception as error:
            raise unsent(error) from error
        try:
            yield AsyncConnection(connection)
        except BaseException:
            await connection.disconnect(nowait=True)  # it may be in the middle of something
            raise
        finally:
            await self._pool.release(connection)

    async def aclose(self) -> None:
        await self._pool.disconnect()
