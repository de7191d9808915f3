"""What every operation does, once for both forms: it makes a command, and says how the answer is read.

`_run`, `_stream` and `_changes` are the form's own: they give the answer, or what is to be awaited for it.
Generated methods return what these give, and `awaited(…)` and `streamed(…)` make their async forms.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from .._errors import InvalidArgumentError
from .bind import all_typed, bound, document_of, id_of, typed
from .command import Command, Write
from .errors import Written
from .operation import Collection, Find, Operation, Update
from .streams import Change, Stream, kind_of

Read = Callable[[Any], Any]
D = TypeVar("D")
R = TypeVar("R")
BATCH = 500  # documents that a stream fetches at a time, unless the caller says otherwise
Values = Mapping[str, Any]


class Methods(ABC):
    """The operations of a MongoDB adapter, as both forms have them."""

    COLLECTIONS: tuple[Collection[Any], ...] = ()
    _engine: Any

    @abstractmethod
    def _run(
        self, name: str, command: Command, read: Read, timeout: float | None, *, repeatable: bool = False
    ) -> Any:
        """Carry *command* out under the guard, and return what *read* makes of its answer."""

    @abstractmethod
    def _stream(self, name: str, command: Command, read: Read, timeout: float | None) -> Any:
        """Return a stream of what *read* makes of each document."""

    @abstractmethod
    def _changes(self, name: str, collection: str, read: Read, resume: str | None, wait: float | None) -> Any:
        """Return a stream of what *read* makes of each event of a collection."""

    def _indexing(self) -> list[Command]:
        return [
            Command("create_indexes", collection.name, {"indexes": collection.indexes})
            for collection in self.COLLECTIONS
            if collection.indexes
        ]

    def _pinged(self, timeout: float | None) -> Any:
        return self._run("healthcheck", Command("ping"), nothing, timeout, repeatable=True)

    def _get(self, operation: Operation[D], id: Any, *, timeout: float | None = None) -> D | None:
        collection = operation.collection
        command = Command("find_one", collection.name, {"filter": self._by_id(collection, id)})
        read = partial(_maybe, collection.document)
        found: D | None = self._run(operation.name, command, read, timeout, repeatable=True)
        return found

    def _insert(self, operation: Operation[D], document: D, *, timeout: float | None = None) -> None:
        collection = operation.collection
        written = document_of(collection, document, self._engine.object_id)
        command = Command("insert_one", collection.name, {"document": written})
        done: None = self._run(operation.name, command, nothing, timeout)
        return done

    def _replace(self, operation: Operation[D], document: D, *, timeout: float | None = None) -> bool:
        collection = operation.collection
        written = document_of(collection, document, self._engine.object_id)
        arguments = {"filter": {"_id": written["_id"]}, "replacement": written}
        command = Command("replace_one", collection.name, arguments)
        found: bool = self._run(operation.name, command, bool, timeout)
        return found

    def _delete(self, operation: Operation[Any], id: Any, *, timeout: float | None = None) -> bool:
        collection = operation.collection
        command = Command("delete_one", collection.name, {"filter": self._by_id(collection, id)})
        found: bool = self._run(operation.name, command, bool, timeout)
        return found

    def _write(
        self,
        operation: Operation[D],
        *,
        insert: Sequence[D] = (),
        replace: Sequence[D] = (),
        delete: Sequence[Any] = (),
        timeout: float | None = None,
    ) -> Written:
        collection, ids = operation.collection, self._engine.object_id
        writes = [Write("insert", None, document_of(collection, one, ids)) for one in insert]
        replacing = [document_of(collection, one, ids) for one in replace]
        writes += [Write("replace", {"_id": document["_id"]}, document) for document in replacing]
        writes += [Write("delete", self._by_id(collection, id)) for id in delete]
        if not writes:
            raise InvalidArgumentError(f"{operation.name} was given nothing to write")
        command = Command("bulk_write", collection.name, {"requests": writes, "ordered": False})
        found: Written = self._run(operation.name, command, _same, timeout)
        return found

    def _one(self, find: Find[R], /, *, timeout: float | None = None, **values: Any) -> R | None:
        read = partial(_maybe, find.returns)
        found: R | None = self._run(
            find.name, self._found("find_one", find, values), read, timeout, repeatable=True
        )
        return found

    def _many(self, find: Find[R], /, *, timeout: float | None = None, **values: Any) -> list[R]:
        read = partial(all_typed, find.returns)
        found: list[R] = self._run(
            find.name, self._found("find", find, values), read, timeout, repeatable=True
        )
        return found

    def _streamed(
        self, find: Find[R], /, *, batch_size: int = BATCH, timeout: float | None = None, **values: Any
    ) -> Stream[R]:
        command = self._found("find", find, values)
        command = Command("find", command.collection, {**command.arguments, "batch_size": batch_size})
        found: Stream[R] = self._stream(find.name, command, partial(typed, find.returns), timeout)
        return found

    def _count(
        self, operation: Operation[Any] | Find[Any], /, *, timeout: float | None = None, **values: Any
    ) -> int:
        template = operation.filter if isinstance(operation, Find) else {}
        arguments = {"filter": bound(template, values, self._engine.object_id)}
        command = Command("count_documents", operation.collection.name, arguments)
        found: int = self._run(operation.name, command, int, timeout, repeatable=True)
        return found

    def _update(self, update: Update, /, *, timeout: float | None = None, **values: Any) -> int:
        ids = self._engine.object_id
        arguments: dict[str, Any] = {
            "filter": bound(update.filter, values, ids),
            "update": bound(update.update, values, ids),
        }
        if update.upsert:
            arguments["upsert"] = True
        command = Command("update_many" if update.many else "update_one", update.collection.name, arguments)
        found: int = self._run(update.name, command, int, timeout)
        return found

    def _watch(
        self, operation: Operation[D], *, resume_after: str | None = None, wait: float | None = None
    ) -> Stream[Change[D]]:
        collection = operation.collection
        read = partial(_change, collection.document)
        found: Stream[Change[D]] = self._changes(operation.name, collection.name, read, resume_after, wait)
        return found

    def _by_id(self, collection: Collection[Any], id: Any) -> dict[str, Any]:
        return {"_id": id_of(collection, id, self._engine.object_id)}

    def _found(self, verb: str, find: Find[Any], values: Values) -> Command:
        arguments: dict[str, Any] = {"filter": bound(find.filter, values, self._engine.object_id)}
        if find.projection:
            hidden = {} if "_id" in find.projection else {"_id": 0}
            arguments["projection"] = {**dict.fromkeys(find.projection, 1), **hidden}
        if find.sort:
            arguments["sort"] = list(find.sort)
        if find.limit and verb == "find":
            arguments["limit"] = find.limit
        return Command(verb, find.collection.name, arguments)


def nothing(answer: Any) -> None:
    """Read an answer that says only that it was done."""


def _same(answer: Any) -> Any:
    return answer


def _maybe(kind: type[Any], document: dict[str, Any] | None) -> Any:
    return None if document is None else typed(kind, document)


def _change(kind: type[Any], event: Values) -> Change[Any]:
    document = event.get("fullDocument")
    key = event.get("documentKey", {}).get("_id")
    id = str(key) if type(key).__name__ == "ObjectId" else key
    return Change(kind_of(event), id, _maybe(kind, document), token_of(event.get("_id")) or "")


def token_of(resume: Any) -> str | None:
    """Return the text of a resume token."""
    return str(resume["_data"]) if isinstance(resume, Mapping) and "_data" in resume else None
