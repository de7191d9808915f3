"""Values on their way to MongoDB and back.

A caller's value is data wherever it goes: it is written by msgspec first, which knows no operator, no code
and no pattern, and a mapping with a key that starts with `$` is refused. Declared filters say `$eq` besides,
so that what is given is compared and never asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from .._errors import InvalidArgumentError, UnexpectedResponseError
from .operation import Collection, Value

T = TypeVar("T")
ObjectIds = Callable[[str], Any]  # makes the driver's own value of an ObjectId's text
NATIVE: Final = (dt.datetime, bytes)  # what BSON holds besides JSON's types
_PLAIN: Final = frozenset({str, int})
_HEX: Final = re.compile(r"[0-9a-fA-F]{24}")


def plain(value: Any) -> Any:
    """Return *value* as what BSON can hold.

    Raises:
        InvalidArgumentError: it is no plain data, or a time without a zone.
    """
    try:
        written = msgspec.to_builtins(value, builtin_types=NATIVE, str_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"this value cannot be stored: {error}") from None
    _check_times(written)
    return written


def _check_times(value: Any) -> None:
    kind = value.__class__
    if kind is dict:
        for inner in value.values():
            _check_times(inner)
    elif kind is list:
        for inner in value:
            _check_times(inner)
    elif isinstance(value, dt.datetime) and value.tzinfo is None:
        raise InvalidArgumentError(f"{value} has no time zone; pass dt.datetime(…, tzinfo=dt.UTC)")


def document_of(collection: Collection[Any], document: Any, ids: ObjectIds) -> dict[str, Any]:
    """Return the BSON document of a typed one.

    Raises:
        InvalidArgumentError: it is of another type, or holds what BSON cannot.
    """
    if not isinstance(document, collection.document):
        wanted = collection.document.__name__
        raise InvalidArgumentError(f"{collection.name} holds {wanted}, not {type(document).__name__}")
    written = plain(document)
    return {"_id": id_of(collection, written.pop("id"), ids), **written}


def id_of(collection: Collection[Any], value: Any, ids: ObjectIds) -> Any:
    """Return an id as the driver wants it.

    Raises:
        InvalidArgumentError: it is no ObjectId where one is needed, or no plain value.
    """
    if collection.id == "object":
        return _object(value, ids)
    if isinstance(value, Mapping | list | tuple):
        raise InvalidArgumentError(f"an id is one value, not a {type(value).__name__}")
    return plain(value)


def _object(value: Any, ids: ObjectIds) -> Any:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise InvalidArgumentError(f"{str(value)[:40]!r} is no ObjectId: 24 hexadecimal digits")
    return ids(value)


def typed(kind: type[T], document: dict[str, Any]) -> T:
    """Return a BSON document, which it uses up, as a value of *kind*.

    Raises:
        UnexpectedResponseError: it does not fit.
    """
    try:
        return msgspec.convert(_named(document), kind)
    except msgspec.ValidationError as error:
        raise UnexpectedResponseError(f"a document is no {kind.__name__}: {error}") from None


def all_typed(kind: type[T], documents: list[dict[str, Any]]) -> list[T]:
    """Return BSON documents, which it uses up, as values of *kind*: one conversion for all of them.

    Raises:
        UnexpectedResponseError: one does not fit; the text says which.
    """
    for document in documents:
        _named(document)
    try:
        return msgspec.convert(documents, list[kind])  # type: ignore[valid-type]  # a type made at run time
    except msgspec.ValidationError as error:
        raise UnexpectedResponseError(f"a document is no {kind.__name__}: {error}") from None


def _named(document: dict[str, Any]) -> dict[str, Any]:
    """Call `_id` as types do."""
    if "_id" in document:
        key = document.pop("_id")
        document["id"] = key if key.__class__ in _PLAIN else _text(key)
    return document


def _text(key: Any) -> Any:
    return str(key) if type(key).__name__ == "ObjectId" else key


def bound(template: Any, values: Mapping[str, Any], ids: ObjectIds) -> Any:
    """Return *template*, a declared filter or update, with every `Value` replaced.

    Raises:
        InvalidArgumentError: a value could be taken for an operator, or cannot be stored.
    """
    if isinstance(template, Value):
        return _given(template, values[template.name], ids)
    if isinstance(template, Mapping):
        return {key: bound(part, values, ids) for key, part in template.items()}
    if isinstance(template, list | tuple):
        return [bound(part, values, ids) for part in template]
    return template


def _given(place: Value, value: Any, ids: ObjectIds) -> Any:
    if place.id:
        return (
            [_object(one, ids) for one in value] if isinstance(value, list | tuple) else _object(value, ids)
        )
    written = plain(value)
    _refuse_operators(written, place.name)
    return written


def _refuse_operators(value: Any, name: str) -> None:
    if isinstance(value, list):
        for inner in value:
            _refuse_operators(inner, name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if str(key).startswith("$"):
                raise InvalidArgumentError(f"{name} holds {key!r}: a value can never be an operator")
            _refuse_operators(inner, name)
