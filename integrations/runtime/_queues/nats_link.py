"""One connection to NATS, and confirmed publishing on it.

A connection that is lost is not mended behind the caller's back: everything that waits on it fails, and the
next call connects anew. So nothing is sent that nobody waits for any more.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec
import nats
from nats import errors as client
from nats.aio.client import Client
from nats.aio.msg import Msg

from .._errors import (
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    NotFoundError,
    RequestTimeoutError,
    ServiceError,
)
from .._secrets import Secret
from .messages import PartlyPublishedError
from .nats_errors import answered, translate
from .settings import QueueSettings
from .tls import context

PORT: Final = 4222
WINDOW: Final = 4000  # messages under way: a server that gets more than it can store refuses some
OPTIONS: Final[Mapping[str, str]] = {"credentials": "user_credentials", "nkey": "nkeys_seed"}


@dataclass(frozen=True, slots=True)
class Address:
    """What a connection needs; *servers* are tried one after another."""

    servers: Sequence[Secret]
    tls: ssl.SSLContext | None
    name: str
    connect_timeout: float
    timeout: float
    credentials: Mapping[str, str]


def address(settings: QueueSettings, url: Secret) -> Address:
    """Read the connection string, like ``nats://user:password@h1:4222,h2:4222`` (``tls://`` for TLS).

    A user without a password is a token. `options` of config.yaml: ``credentials``, the path of a .creds
    file, and ``nkey``, that of a seed.

    Raises:
        ConfigurationError: a part of it is wrong.
    """
    if unknown := sorted(set(settings.options) - set(OPTIONS)):
        raise ConfigurationError(f"options.{unknown[0]} is unknown to NATS; it knows {', '.join(OPTIONS)}")
    scheme, found, rest = url.reveal().partition("://")
    if not found or scheme not in ("nats", "tls"):
        raise ConfigurationError("connection_string is like nats://h1:4222,h2:4222 (tls:// for TLS)")
    who, _, hosts = rest.split("/")[0].rpartition("@")
    servers = [Secret(_server(scheme, who, host)) for host in hosts.split(",") if host]
    if not servers:
        raise ConfigurationError("connection_string names no server")
    return Address(
        servers,
        context(settings.tls, scheme == "tls"),
        settings.client_id or settings.service,
        settings.connect_timeout,
        settings.timeout,
        {OPTIONS[key]: str(value) for key, value in settings.options.items()},
    )


def _server(scheme: str, who: str, host: str) -> str:
    name, colon, port = host.rpartition(":")
    bare = not colon or host.endswith("]")
    if not bare and (not name or not port.isdigit() or not 0 < int(port) < 65_536):
        raise ConfigurationError("connection_string: a server is like h1:4222")
    user, colon, password = who.partition(":")
    credentials = quote(unquote(user), safe="") + colon + quote(unquote(password), safe="")
    return f"{scheme}://{credentials}{'@' if who else ''}{host}{f':{PORT}' if bare else ''}"


class Letter(msgspec.Struct, frozen=True, eq=False):
    """A message as NATS has it."""

    subject: str
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True, eq=False)
class _Batch:
    """Messages of which some are not confirmed yet."""

    subjects: set[str]
    left: int
    done: asyncio.Future[None]
    open: set[int]
    error: IntegrationError | None = None

    def told(self, index: int, error: IntegrationError | None) -> None:
        self.left -= 1
        if error is None:
            self.open.discard(index)
        else:
            self.error = self.error or error
        if not self.left and not self.done.done():
            self.done.set_result(None)


class Link:
    """One open connection.

    Attributes:
        lost: why it is gone; None as long as it is not.
    """

    def __init__(self, nc: Client) -> None:
        self.nc = nc
        self.lost: Exception | None = None
        self._waiting: dict[int, tuple[_Batch, int]] = {}
        self._next = 0
        self._room = asyncio.Event()
        self._inbox = f"{nc.new_inbox()}."
        self._watchers: list[Callable[[], object]] = []
        self.js = nc.jetstream()

    async def listen(self) -> None:
        """Begin to hear confirmations."""
        await self.nc.subscribe(f"{self._inbox}*", cb=self._confirmed)

    @property
    def open(self) -> bool:
        return self.lost is None and self.nc.is_connected

    def watch(self, told: Callable[[], object]) -> None:
        """Have *told* called when the connection is lost."""
        self._watchers.append(told)

    async def publish(self, letters: Sequence[Letter], timeout: float) -> None:
        """Return when JetStream has stored every message."""
        if not letters:
            return
        loop = asyncio.get_running_loop()
        batch = _Batch(
            {letter.subject for letter in letters},
            len(letters),
            loop.create_future(),
            set(range(len(letters))),
        )
        first = self._next
        self._next += len(letters)
        try:
            async with asyncio.timeout(timeout):
                await self._send(letters, batch, first)
                await batch.done
        except TimeoutError:
            batch.error = batch.error or RequestTimeoutError("JetStream did not confirm in time")
        finally:
            for token in range(first, first + len(letters)):
                self._waiting.pop(token, None)
            self._room.set()
        self._check(batch, len(letters))

    async def _send(self, letters: Sequence[Letter], batch: _Batch, first: int) -> None:
        publish, inbox, waiting = self.nc.publish, self._inbox, self._waiting
        for index, letter in enumerate(letters):
            while len(waiting) >= WINDOW:
                self._room.clear()
                await self._room.wait()
            if self.lost is not None:
                batch.told(index, ConnectionFailedError("the connection is lost"))
                continue
            token = first + index
            waiting[token] = (batch, index)
            try:
                await publish(letter.subject, letter.body, f"{inbox}{token}", letter.headers or None)
            except (client.Error, OSError, ValueError) as error:
                waiting.pop(token, None)
                batch.told(index, translate(error) or ServiceError(str(error)))

    def _check(self, batch: _Batch, size: int) -> None:
        if not batch.open:
            return
        error = batch.error or ConnectionFailedError("the connection is lost")
        if len(batch.open) == size:
            raise error
        raise PartlyPublishedError(
            f"{len(batch.open)} of {size} messages are not confirmed: {error}",
            failed=sorted(batch.open),
            code=error.code if isinstance(error, ServiceError) else "",
            retryable=error.retryable,
        ) from error

    async def _confirmed(self, msg: Msg) -> None:
        found = self._waiting.pop(int(msg.subject[len(self._inbox) :]), None)
        if found is not None:
            batch, index = found
            batch.told(index, _refusal(msg))
            if len(self._waiting) < WINDOW // 2:
                self._room.set()

    async def complained(self, error: Exception) -> None:
        """The client tells an error of no call's: of a refused subject, it ends what waits for that."""
        text = str(error)
        if "permissions violation" in text.lower():
            for token, (batch, index) in list(self._waiting.items()):
                if any(subject.lower() in text.lower() for subject in batch.subjects):
                    self._waiting.pop(token, None)
                    batch.told(index, translate(error))

    async def closed(self) -> None:
        """The connection is gone, or was closed."""
        self.lost = self.lost or client.ConnectionClosedError()
        waiting, self._waiting = self._waiting, {}
        for batch, index in waiting.values():
            batch.told(index, ConnectionFailedError("the connection is lost; it may be stored or not"))
        self._room.set()
        for told in self._watchers:
            told()

    async def close(self, timeout: float) -> None:
        """Send what is to be sent, and close."""
        with suppress(Exception):
            await self.nc.flush(max(1, int(timeout)))
        with suppress(Exception):
            async with asyncio.timeout(timeout):
                await self.nc.close()


def _refusal(msg: Msg) -> IntegrationError | None:
    """Return why a message was not stored; None when it was."""
    if msg.headers and msg.headers.get("Status") == "503":
        # or JetStream is about to stop, or to start; in any case nothing was stored
        return NotFoundError("no stream takes this subject", status=503, retryable=True, undone=True)
    if b'"error"' not in msg.data:
        return None if b'"seq"' in msg.data else ServiceError("the confirmation cannot be read")
    try:
        said: dict[str, Any] = msgspec.json.decode(msg.data)["error"]
        return answered(int(said["code"]), int(said.get("err_code", 0)), str(said.get("description", "")))
    except (msgspec.DecodeError, LookupError, TypeError, ValueError):
        return ServiceError("the confirmation cannot be read", body=msg.data)


async def connected(where: Address) -> Link:
    """Connect to the first server that answers.

    Raises:
        ConnectionFailedError: none did.
        AuthenticationError: one refused our credentials.
    """
    failure: Exception = ConnectionFailedError("no server answers")
    for server in where.servers:
        try:
            return await _connect(where, server.reveal())
        except (client.Error, OSError, TimeoutError) as error:
            failure = error
    meant = translate(failure) or ConnectionFailedError(str(failure))
    meant.undone = True
    raise meant from failure


async def _connect(where: Address, server: str) -> Link:
    made: list[Link] = []

    def told(method: str) -> Callable[..., Awaitable[None]]:
        async def tell(*args: Any) -> None:
            for link in made:
                await getattr(link, method)(*args)

        return tell

    async with asyncio.timeout(where.connect_timeout):
        nc = await nats.connect(
            server,
            tls=where.tls,
            name=where.name or None,
            allow_reconnect=False,
            connect_timeout=max(1, int(where.connect_timeout)),
            ping_interval=max(1, min(10, int(where.timeout / 3))),
            error_cb=told("complained"),
            closed_cb=told("closed"),
            disconnected_cb=told("closed"),
            **where.credentials,
        )
    made.append(Link(nc))
    await made[0].listen()
    return made[0]
