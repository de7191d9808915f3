"""The engines that talk to MongoDB, by pymongo; it is imported when the first one is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from .._errors import ConfigurationError, IntegrationError, InvalidArgumentError
from .._secrets import Secret
from . import errors
from .command import Command, Write
from .settings import MongoSettings, options


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Bound everything that the driver does in the block, its own repetitions too.

    Raises:
        InvalidArgumentError: BSON cannot hold a value; the driver says so with errors of Python's own.
    """
    from pymongo import timeout

    try:
        with timeout(seconds):
            yield
    except (OverflowError, UnicodeEncodeError) as error:
        said = errors.one_line(str(error))
        raise InvalidArgumentError(f"BSON cannot hold this value: {said}") from None


def connected(form: str, settings: MongoSettings, url: Secret) -> MongoEngine | AsyncMongoEngine:
    """Return the engine of one form; connections are made when they are first needed.

    Raises:
        IntegrationError: the connection string or an option is wrong.
    """
    kind = MongoEngine if form == "sync" else AsyncMongoEngine
    try:
        return kind(settings, url)
    except ImportError:
        raise ConfigurationError("pymongo is not installed; `python -m pip install pymongo`") from None
    except OSError as error:
        raise ConfigurationError(f"a file of tls cannot be read: {error.strerror}") from None
    except Exception as error:
        failure = errors.translate(error)
        if failure is None:
            raise
        failure.service = settings.service
        raise failure from None


class _Shared:
    """What both forms need: the values that the driver wants."""

    def __init__(self, database: Any) -> None:
        from bson import ObjectId

        self._database = database
        self.object_id = ObjectId

    def translate(self, error: Exception) -> IntegrationError | None:
        return errors.translate(error)

    def _sent(self, command: Command, session: Any) -> Any:
        """Return what the driver's method gives: a result, or what is to be awaited for it."""
        if command.verb == "ping":
            return self._database.command("ping")
        collection = self._database[command.collection]
        arguments = dict(command.arguments)
        if command.verb == "bulk_write":
            arguments["requests"] = [_request(write) for write in arguments["requests"]]
        if command.verb == "create_indexes":
            return collection.create_indexes(_models(arguments["indexes"]))
        return getattr(collection, command.verb)(**arguments, session=session)

    def _answered(self, command: Command, session: Any) -> Any:
        sent = self._sent(command, session)
        return sent.to_list() if command.verb == "find" else sent


class MongoEngine(_Shared):
    """One `MongoClient`, whose pool all threads share."""

    def __init__(self, settings: MongoSettings, url: Secret) -> None:
        from pymongo import MongoClient

        self._client: Any = MongoClient(url.reveal(), **options(settings))
        super().__init__(self._client.get_default_database(settings.database))

    def call(self, command: Command, timeout: float, session: Any) -> Any:
        with limited(timeout):
            return _plain(command.verb, self._answered(command, session))

    def stream(self, command: Command, timeout: float, session: Any) -> Iterator[Mapping[str, Any]]:
        """Yield documents; *timeout* holds for each fetch of a batch."""
        with limited(timeout):
            cursor = self._sent(command, session)
        with cursor:
            while True:
                with limited(timeout):
                    document = next(cursor, None)
                if document is None:
                    return
                yield document

    def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> _Watched:
        stream = self._database[collection].watch(**_watching(resume, wait))
        return _Watched(stream)

    def begin(self) -> Any:
        session = self._client.start_session()
        session.start_transaction()
        return session

    def commit(self, session: Any, timeout: float) -> None:
        with limited(timeout):
            session.commit_transaction()

    def abort(self, session: Any) -> None:
        with suppress(Exception):  # the server ends it by itself; what failed before it matters more
            if session.in_transaction:
                session.abort_transaction()
        session.end_session()

    def close(self) -> None:
        self._client.close()


class AsyncMongoEngine(_Shared):
    """One `AsyncMongoClient`, whose pool all tasks share."""

    def __init__(self, settings: MongoSettings, url: Secret) -> None:
        from pymongo import AsyncMongoClient

        self._client: Any = AsyncMongoClient(url.reveal(), **options(settings))
        super().__init__(self._client.get_default_database(settings.database))

    async def call(self, command: Command, timeout: float, session: Any) -> Any:
        with limited(timeout):
            return _plain(command.verb, await self._answered(command, session))

    async def stream(
        self, command: Command, timeout: float, session: Any
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Yield documents; *timeout* holds for each fetch of a batch."""
        with limited(timeout):
            cursor = self._sent(command, session)
        async with cursor:
            while True:
                with limited(timeout):
                    document = await anext(cursor, None)
                if document is None:
                    return
                yield document

    async def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> _AsyncWatched:
        stream = await self._database[collection].watch(**_watching(resume, wait))
        return _AsyncWatched(stream)

    async def begin(self) -> Any:
        session = self._client.start_session()
        await session.start_transaction()
        return session

    async def commit(self, session: Any, timeout: float) -> None:
        with limited(timeout):
            await session.commit_transaction()

    async def abort(self, session: Any) -> None:
        with suppress(Exception):  # the server ends it by itself; what failed before it matters more
            if session.in_transaction:
                await session.abort_transaction()
        await session.end_session()

    async def close(self) -> None:
        await self._client.close()


class _Watched:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def next(self) -> Mapping[str, Any] | None:
        event: Mapping[str, Any] | None = self._stream.try_next()
        return event

    def token(self) -> Mapping[str, Any] | None:
        token: Mapping[str, Any] | None = self._stream.resume_token
        return token

    def close(self) -> None:
        self._stream.close()


class _AsyncWatched:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def next(self) -> Mapping[str, Any] | None:
        event: Mapping[str, Any] | None = await self._stream.try_next()
        return event

    def token(self) -> Mapping[str, Any] | None:
        token: Mapping[str, Any] | None = self._stream.resume_token
        return token

    async def close(self) -> None:
        await self._stream.close()


def _watching(resume: Mapping[str, Any] | None, wait: float) -> dict[str, Any]:
    return {
        "full_document": "updateLookup",
        "resume_after": resume,
        "max_await_time_ms": max(1, round(wait * 1000)),
    }


def _plain(verb: str, result: Any) -> Any:
    """Return what a command gives (see `Command`) of the driver's own result."""
    if verb in ("update_one", "update_many", "replace_one"):
        return result.matched_count + (result.upserted_id is not None)
    if verb == "delete_one":
        return result.deleted_count
    if verb == "bulk_write":
        return errors.Written(result.inserted_count, result.matched_count, result.deleted_count)
    return result if verb in ("find_one", "find", "count_documents") else None


def _request(write: Write) -> Any:
    from pymongo import DeleteOne, InsertOne, ReplaceOne

    if write.document is not None:
        document = dict(write.document)
        return InsertOne(document) if write.filter is None else ReplaceOne(write.filter, document)
    return DeleteOne(write.filter or {})


def _models(indexes: Any) -> list[Any]:
    from pymongo import IndexModel

    return [IndexModel(list(index.keys.items()), **index.options()) for index in indexes]
