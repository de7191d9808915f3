"""One query of an adapter, as a constant: what is sent, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, starmap
from operator import itemgetter
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec

from .._errors import InvalidArgumentError, UnexpectedResponseError
from .convert import CONVERTERS, Convert

Row = TypeVar("Row")
Values = Sequence[Any]
Isolation = Literal["read uncommitted", "read committed", "repeatable read", "serializable"]
NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Query(Generic[Row]):
    """A statement and what it returns.

    Args:
        name: the operation's name, as errors and metrics show it.
        statement: SQL in the paramstyle of the engine's driver: `%(name)s` for PostgreSQL and MySQL,
            `:name` for SQLite, `$name` for DuckDB.
        row: a frozen msgspec Struct that takes the columns in order; any other type for the value of the only
            column; None when no rows come back.
        reads: a plain SELECT; it may be repeated, and may go to a replica.
        repeatable: a write that may be done twice.
        parameters: the names in the order of the tuples that `_batch` takes.
        json: the parameters that are JSON documents, whatever their Python type.
        copy: the table and its columns, one for each of *parameters* in order, where this is an INSERT of one
            row that a bulk load may stand in for.
        convert: for each column the name of a converter, or None where the driver's value is right.
        isolation: run in a transaction of its own of this isolation.

    Attributes:
        safe: whether doing it twice does no harm.
    """

    name: str
    statement: str
    row: Any = None
    reads: bool = False
    repeatable: bool = False
    parameters: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    copy: tuple[str, tuple[str, ...]] | None = None
    convert: tuple[str | None, ...] | None = None
    isolation: Isolation | None = None
    safe: bool = field(init=False, repr=False, compare=False)
    _build: Callable[..., Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps = tuple(
            (place, CONVERTERS[name]) for place, name in enumerate(self.convert or ()) if name is not None
        )
        object.__setattr__(self, "safe", self.reads or self.repeatable)
        object.__setattr__(self, "_build", _builder(self.row, steps))

    def one(self, values: Values | None) -> Row | None:
        """Return the row that *values* are.

        Raises:
            UnexpectedResponseError: they are not what the query declares.
        """
        if values is None:
            return None
        try:
            made: Row = self._build(*values)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._unexpected([values], error) from None
        return made

    def row_of(self, values: Values | None) -> Row:
        """Return the row that *values* are; raises as `one` does, and where there is none."""
        if values is None:
            raise UnexpectedResponseError(f"{self.name} gives a row each time, and none came back")
        try:
            made: Row = self._build(*values)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._unexpected([values], error) from None
        return made

    def many(self, rows: Iterable[Values]) -> list[Row]:
        """Return the rows; raises as `one` does."""
        try:
            return list(starmap(self._build, rows))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._unexpected(rows, error) from None

    def tuples(self, rows: Iterable[Any]) -> Iterable[Values]:
        """Return *rows* (mappings, Structs, or tuples as they are) as tuples in the order of *parameters*.

        Raises:
            InvalidArgumentError: a row lacks a parameter; raised when that row is reached.
        """
        source = iter(rows)
        first = next(source, None)
        if first is None:
            return ()
        return self._ordered(first, chain((first,), source) if source is rows else rows)

    def _ordered(self, first: Any, rows: Iterable[Any]) -> Iterable[Values]:
        if isinstance(first, tuple | list):
            return rows
        if isinstance(first, msgspec.Struct):
            return map(msgspec.structs.astuple, rows)
        if isinstance(first, Mapping):
            return self._picked(rows)
        raise InvalidArgumentError(f"rows are mappings, Structs or tuples, not {type(first).__name__}")

    def _picked(self, rows: Iterable[Mapping[str, Any]]) -> Iterable[Values]:
        names = self.parameters
        pick = itemgetter(*names)
        try:
            for row in rows:
                yield pick(row) if len(names) > 1 else (pick(row),)
        except KeyError as error:
            raise InvalidArgumentError(f"a row has no {error}") from None

    def _unexpected(self, rows: Iterable[Values], error: Exception) -> UnexpectedResponseError:
        """Say what is wrong with the first bad row, without its values."""
        columns = self.row.__struct_fields__ if hasattr(self.row, "__struct_fields__") else ("value",)
        for values in rows:
            if len(values) != len(columns):
                return UnexpectedResponseError(
                    f"{len(values)} columns came back, {len(columns)} are declared"
                )
            for column, name, value in zip(columns, self.convert or (), values, strict=False):
                if name is not None and value is not None and not _converts(CONVERTERS[name], value):
                    return UnexpectedResponseError(
                        f"column {column} holds {type(value).__name__} that is no {name}"
                    )
        return UnexpectedResponseError(f"a row is not what is declared ({type(error).__name__})")


def _converts(convert: Convert, value: Any) -> bool:
    try:
        convert(value)
    except (ValueError, TypeError, ArithmeticError):
        return False
    return True


def _builder(row: Any, steps: tuple[tuple[int, Convert], ...]) -> Callable[..., Any]:
    """Return what makes a row of the columns' values."""
    make = row if isinstance(row, type) and issubclass(row, msgspec.Struct) else _only
    if not steps:
        return make

    def converted(*values: Any) -> Any:
        changed = list(values)
        for place, convert in steps:
            value = changed[place]
            if value is not None:
                changed[place] = convert(value)
        return make(*changed)

    return converted


def _only(value: Any) -> Any:
    return value


def quoted(name: str) -> str:
    """Return *name* as a quoted identifier of standard SQL."""
    return '"' + name.replace('"', '""') + '"'
