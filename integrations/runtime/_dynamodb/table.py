"""The constants of a generated adapter: its tables, what it asks of them, and conditions on sort keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, Literal, TypeVar

T = TypeVar("T")
KeyType = Literal["S", "N", "B"]
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Index:
    """One global secondary index; *includes* are the attributes that it holds besides keys, None is all."""

    name: str
    partition: str
    sort: str | None = None
    includes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """A table of one type of item.

    Args:
        name: what the service calls it, behind the configured prefix.
        item: the type.
        partition: the attribute that says where an item is.
        sort: the attribute that orders items of one partition, if there is one.
        keys: the type of each attribute that is part of a key: "S", "N" or "B".
        indexes: its global secondary indexes.
        ttl: the datetime after which an item is deleted; stored as seconds since 1970.
        version: the integer that grows with every write, for optimistic locking.
        sets: attributes that are stored as sets.
    """

    name: str
    item: type[T]
    partition: str
    sort: str | None = None
    keys: Mapping[str, KeyType] = field(default_factory=lambda: _NONE)
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None
    version: str | None = None
    sets: tuple[str, ...] = ()

    def index(self, name: str) -> Index:
        """Return one index."""
        return next(index for index in self.indexes if index.name == name)


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One operation that every table has; its name is its method's."""

    name: str
    table: Table[T]


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """A walk through one partition of a table, or of an index of it; *returns* is the type of an item."""

    name: str
    table: Table[Any]
    returns: type[T]
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Is(Generic[T]):
    """The sort key is *value*."""

    value: T


@dataclass(frozen=True, slots=True)
class BeginsWith(Generic[T]):
    """The sort key, a text, begins with *value*."""

    value: T


@dataclass(frozen=True, slots=True)
class Between(Generic[T]):
    """The sort key lies between *low* and *high*, both included."""

    low: T
    high: T


@dataclass(frozen=True, slots=True)
class Below(Generic[T]):
    """The sort key is less than *value*."""

    value: T


@dataclass(frozen=True, slots=True)
class AtMost(Generic[T]):
    """The sort key is *value* or less."""

    value: T


@dataclass(frozen=True, slots=True)
class Above(Generic[T]):
    """The sort key is greater than *value*."""

    value: T


@dataclass(frozen=True, slots=True)
class AtLeast(Generic[T]):
    """The sort key is *value* or greater."""

    value: T


Condition = Is[T] | BeginsWith[T] | Between[T] | Below[T] | AtMost[T] | Above[T] | AtLeast[T]


@dataclass(frozen=True, slots=True)
class Put(Generic[T]):
    """A write of a transaction: store *item*; *if_absent*: only where there is none with its key."""

    table: Table[T]
    item: T
    if_absent: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """A write of a transaction: delete the item of a key; *if_present*: only where there is one."""

    table: Table[Any]
    key: tuple[Any, ...]
    if_present: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """A write of a transaction: change attributes of the item of a key, which must be there; None removes."""

    table: Table[Any]
    key: tuple[Any, ...]
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """A condition of a transaction: there is an item of a key, or (*absent*) there is none."""

    table: Table[Any]
    key: tuple[Any, ...]
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Get(Generic[T]):
    """A read of a transaction."""

    table: Table[T]
    key: tuple[Any, ...]


Write = Put[Any] | Delete | Update | Check
