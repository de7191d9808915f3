"""Values ↔ stored bytes. A text stays as it is, a number is its digits, bytes are raw; the rest is JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from .._errors import InvalidArgumentError, UnexpectedResponseError
from .engine import Word

T = TypeVar("T")
_TEXTS = (
    msgspec.inspect.StrType,
    msgspec.inspect.DateTimeType,
    msgspec.inspect.DateType,
    msgspec.inspect.TimeType,
    msgspec.inspect.TimeDeltaType,
    msgspec.inspect.UUIDType,
    msgspec.inspect.DecimalType,
)


class Codec(Generic[T]):
    """How values of one type are stored.

    Args:
        kind: the type: str, int, float, bool, bytes, or anything that msgspec knows.
        template: what the value is stored under, for errors.
    """

    __slots__ = ("_kind", "_read", "_template", "write")

    def __init__(self, kind: type[T] | Any, template: str) -> None:
        self._kind, self._template = kind, template
        self._read, self.write = _form(kind)

    def read(self, stored: bytes) -> T:
        """Return the value.

        Raises:
            UnexpectedResponseError: the bytes are no such value. They are not told: they may be secret.
        """
        try:
            found: T = self._read(stored)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
            raise unreadable(self._template, error) from None
        return found

    def written(self, value: T) -> Word:
        """Return the bytes.

        Raises:
            InvalidArgumentError: the value has a type that cannot be stored.
        """
        try:
            return self.write(value)
        except (TypeError, UnicodeEncodeError, ValueError, RecursionError, AttributeError) as error:
            raise InvalidArgumentError(f"{self._template} does not hold a {type(value).__name__}") from error


def unreadable(template: str, error: Exception) -> UnexpectedResponseError:
    """Return the error of bytes that are no such value: where they are stored, and where in them it is."""
    _, at, path = str(error).partition(" - at `")
    where = f", at {path.rstrip('`')}" if at else ""
    return UnexpectedResponseError(f"what is stored under {template} is not of its declared type{where}")


def _form(kind: Any) -> tuple[Callable[[bytes], Any], Callable[[Any], Word]]:
    shape = _shape(kind)
    if isinstance(shape, msgspec.inspect.BytesType):
        return bytes, bytes
    if isinstance(shape, msgspec.inspect.StrType) and kind is str:
        return bytes.decode, str.encode
    if _is_text(shape):
        return lambda stored: msgspec.convert(stored.decode(), kind), _as_text
    return msgspec.json.Decoder(kind).decode, msgspec.json.encode


def _as_text(value: Any) -> Word:
    text = msgspec.to_builtins(value)
    return text.encode() if isinstance(text, str) else msgspec.json.encode(text)


def _shape(kind: Any) -> msgspec.inspect.Type:
    shape = msgspec.inspect.type_info(kind)
    if isinstance(shape, msgspec.inspect.UnionType):
        some = [one for one in shape.types if not isinstance(one, msgspec.inspect.NoneType)]
        return some[0] if len(some) == 1 else shape
    return shape


def _is_text(shape: msgspec.inspect.Type) -> bool:
    if isinstance(shape, msgspec.inspect.LiteralType):
        return all(isinstance(value, str) for value in shape.values)
    return isinstance(shape, _TEXTS)


class FieldsCodec(Generic[T]):
    """How an object is stored field by field, as hashes and streams have it. A field that is None is not."""

    __slots__ = ("_kind", "_template", "codecs")

    def __init__(self, kind: Any, template: str) -> None:
        self._kind = kind
        self._template = template
        self.codecs: dict[str, Codec[Any]] = {
            field.encode_name: Codec(_without_none(field.type), f"{template} ({field.encode_name})")
            for field in msgspec.structs.fields(kind)
        }

    def read(self, stored: Mapping[str, bytes]) -> T:
        """Return the object; fields that nobody declared are ignored.

        Raises:
            UnexpectedResponseError: a field is missing, or is not of its type.
        """
        known = {name: self.codecs[name].read(raw) for name, raw in stored.items() if name in self.codecs}
        try:
            found: T = msgspec.convert(known, self._kind)
        except msgspec.ValidationError as error:
            raise unreadable(self._template, error) from None
        return found

    def written(self, value: T) -> list[Word]:
        """Return names and bytes of the fields, one after another.

        Raises:
            InvalidArgumentError: the value has a type that cannot be stored.
        """
        if not isinstance(value, self._kind):
            raise InvalidArgumentError(f"{self._template} holds a {self._kind.__name__}")
        told = (
            (field.encode_name, getattr(value, field.name)) for field in msgspec.structs.fields(self._kind)
        )
        return self.flat({name: one for name, one in told if one is not None})

    def flat(self, values: Mapping[str, Any]) -> list[Word]:
        """Return names and bytes of some fields, one after another."""
        words: list[Word] = []
        for name, value in values.items():
            words += name, self.codecs[name].written(value)
        return words

    def paired(self, flat: list[bytes]) -> T:
        """Return the object of names and bytes as the server lists them."""
        names = (name.decode("utf-8", "replace") for name in flat[::2])
        return self.read(dict(zip(names, flat[1::2], strict=True)))


def _without_none(kind: Any) -> Any:
    args = getattr(kind, "__args__", ())
    if type(None) not in args or getattr(kind, "__origin__", None) is dict:
        return kind
    some = [one for one in args if one is not type(None)]
    union = some[0]
    for one in some[1:]:
        union = union | one
    return union
