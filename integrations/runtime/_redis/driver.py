"""redis-py behind the engine's protocol: its connections and parser, without its retries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._errors import ConfigurationError
from .._secrets import Secret
from .engine import Replies, Words
from .errors import Refusal, refusal_of, translate
from .settings import RedisSettings

if TYPE_CHECKING:
    from .._errors import IntegrationError

SCHEMES = {"valkey": "redis", "valkeys": "rediss"}


def address(url: Secret) -> str:
    """Return the address as the driver spells it.

    Raises:
        ConfigurationError: it is no address of a Redis server.
    """
    scheme, mark, rest = url.reveal().partition("://")
    scheme = SCHEMES.get(scheme, scheme)
    if not mark or scheme not in ("redis", "rediss", "unix"):
        raise ConfigurationError("connection_string begins with redis:// or rediss://")
    return f"{scheme}://{rest}"


def options(settings: RedisSettings, url: str, retry: Any) -> dict[str, Any]:
    """Return what the driver's pools are told."""
    tls = settings.tls
    secure = {
        "ssl_ca_certs": tls.ca,
        "ssl_cert_reqs": "required" if tls.verify else "none",
        "ssl_check_hostname": tls.verify,
        "ssl_certfile": tls.certificate,
        "ssl_keyfile": tls.key,
    }
    return {
        "max_connections": settings.pool_size,
        "timeout": settings.pool_timeout,
        "socket_connect_timeout": settings.connect_timeout,
        "socket_timeout": settings.timeout,
        "protocol": 2,
        "retry": retry,
        **(secure if url.startswith("rediss") else {}),
    }


class Connection:
    """One connection of the driver, as an exchange."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def exchange(self, commands: Sequence[Words], timeout: float) -> Replies:
        connection = self._connection
        try:
            # The time-out of this call: the driver knows one for all of a connection's.
            connection._sock.settimeout(timeout)
            connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            replies = [self._reply(connection) for _ in commands]
        except BaseException:
            connection.disconnect()  # a late answer must never be taken for that of a later command
            raise
        if demoted(replies):
            connection.disconnect()
        return replies

    def _reply(self, connection: Any) -> Any:
        try:
            return refusals(connection.read_response())
        except Exception as error:
            return refused(error)


def refused(error: Exception) -> Refusal:
    """Return the server's word, or raise *error* where the connection ended with it, or it is none."""
    refusal = refusal_of(error)
    if refusal is None or any(kind.__name__ == "ConnectionError" for kind in type(error).__mro__):
        raise error
    return refusal


def demoted(replies: Replies) -> bool:
    """Say whether the server is no primary any more: the address may lead to another one by now."""
    return any(isinstance(reply, Refusal) and reply.code == "READONLY" for reply in replies)


def refusals(reply: Any) -> Any:
    """Return the replies of a transaction with the driver's errors among them as refusals."""
    if isinstance(reply, list):
        return [refusal_of(one) or one if isinstance(one, Exception) else one for one in reply]
    return reply


def unsent(error: Exception) -> IntegrationError | Exception:
    """Return the error of a connection that could not be had: nothing was sent."""
    failure = translate(error)
    if failure is None:
        return error
    failure.undone = True
    return failure


class Driver:
    """A pool of redis-py's connections to one server."""

    def __init__(self, settings: RedisSettings, url: Secret) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        where = address(url)
        told = options(settings, where, Retry(NoBackoff(), 0))
        self._pool: Any = made(lambda: redis.BlockingConnectionPool.from_url(where, **told))

    def exchange(self, commands: Sequence[Words], timeout: float) -> Replies:
        connection = self._taken()
        try:
            return Connection(connection).exchange(commands, timeout)
        finally:
            self._pool.release(connection)

    def _taken(self) -> Any:
        try:
            return self._pool.get_connection()
        except Exception as error:
            raise unsent(error) from error

    @contextmanager
    def session(self) -> Iterator[Connection]:
        connection = self._taken()
        try:
            yield Connection(connection)
        except BaseException:
            connection.disconnect()  # it may be in the middle of something: watching keys, say
            raise
        finally:
            self._pool.release(connection)

    def close(self) -> None:
        self._pool.disconnect()


def made(pool: Callable[[], Any]) -> Any:
    """Return what *pool* makes of an address.

    Raises:
        ConfigurationError: it cannot be read. The driver's words may quote it, so they are not told.
    """
    try:
        return pool()
    except (ValueError, TypeError):
        raise ConfigurationError(
            "connection_string cannot be read; write redis://user:${PASSWORD}@host:6379/0"
        ) from None
