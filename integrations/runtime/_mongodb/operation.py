"""The constants of a generated adapter: its collections, and what it asks of them."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, Literal, TypeVar

D = TypeVar("D")
R = TypeVar("R")
Sort = tuple[tuple[str, int], ...]  # field and direction, 1 or -1
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})
_COUNTER: Final = itertools.count(int.from_bytes(os.urandom(3), "big"))
_PROCESS: Final = os.urandom(5).hex()


def object_id() -> str:
    """Return a fresh ObjectId, as 24 hexadecimal digits: seconds, five random bytes and a counter."""
    return f"{int(time.time()) & 0xFFFFFFFF:08x}{_PROCESS}{next(_COUNTER) & 0xFFFFFF:06x}"


@dataclass(frozen=True, slots=True)
class Value:
    """The place of a caller's value in a declared filter or update."""

    name: str
    id: bool = False  # is it an ObjectId?


@dataclass(frozen=True, slots=True)
class Index:
    """One index; *keys* maps fields to 1, -1, "text", "2dsphere" or "hashed".

    Args:
        name: what the server calls it.
        keys: the fields, in order.
        unique: refuse a second document of the same values.
        partial: a filter; only documents that meet it are in the index.
        expire_after: seconds after the time in its field when a document is deleted.
        sparse: leave out documents without the fields.
    """

    name: str
    keys: Mapping[str, int | str]
    unique: bool = False
    partial: Mapping[str, Any] | None = None
    expire_after: int | None = None
    sparse: bool = False

    def options(self) -> dict[str, Any]:
        """Return what the server is told besides the keys."""
        told: dict[str, Any] = {"name": self.name}
        if self.unique:
            told["unique"] = True
        if self.sparse:
            told["sparse"] = True
        if self.partial is not None:
            told["partialFilterExpression"] = dict(self.partial)
        if self.expire_after is not None:
            told["expireAfterSeconds"] = self.expire_after
        return told


@dataclass(frozen=True, slots=True)
class Collection(Generic[D]):
    """A collection of one type of document.

    Args:
        name: what the server calls it.
        document: the type; its field `id` is MongoDB's `_id`.
        id: whether ids are ObjectIds, or values as they are.
        indexes: what `ensure_indexes` makes.
    """

    name: str
    document: type[D]
    id: Literal["object", "plain"] = "object"
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation(Generic[D]):
    """One operation that every collection has; its name is its method's."""

    name: str
    collection: Collection[D]


@dataclass(frozen=True, slots=True)
class Find(Generic[R]):
    """A declared query.

    Args:
        name: the method's.
        collection: what is looked through.
        filter: `Value` marks where a caller's value goes.
        returns: the type of a document, or of its projection.
        sort: the order.
        limit: documents at most; 0 is no limit.
        projection: the fields that come back; () is all of them.
    """

    name: str
    collection: Collection[Any]
    filter: Mapping[str, Any]
    returns: type[R]
    sort: Sort = ()
    limit: int = 0
    projection: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """A declared change of documents that meet a filter.

    Args:
        name: the method's.
        collection: what is changed.
        filter: which documents.
        update: update operators; `Value` marks where a caller's value goes.
        many: all documents that meet the filter, or the first.
        upsert: insert a document where none meets it.
    """

    name: str
    collection: Collection[Any]
    filter: Mapping[str, Any]
    update: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    many: bool = False
    upsert: bool = False
