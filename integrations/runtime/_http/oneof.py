"""Values of which a service says only that they are one of several types.

A generated wrapper names them:

    class PaymentSource(OneOf):
        OPTIONS = (Card, BankAccount)

Options that are defined later, or that hold the wrapper itself, are named in a method instead:

    class Tree(OneOf):
        @classmethod
        def options(cls) -> tuple[Any, ...]:
            return (str, list[Tree])

In annotations a wrapper stands alone or beside None: `source: PaymentSource | None`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from .._errors import UnexpectedResponseError
from .._redact import redact_value
from .._secrets import Secret
from .null import NULL

T = TypeVar("T")
_UNFIT: Final = (TypeError, ValueError, RecursionError)  # what msgspec raises is a ValueError
_NONE: Final = object()


class OneOf:
    """A value that is one of several types, and does not say which.

    Attributes:
        value: the plain JSON data as the service sent it, or what the caller put in: plain data, or an
            object of one of the options.
    """

    OPTIONS: ClassVar[tuple[Any, ...]] = ()

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def options(cls) -> tuple[Any, ...]:
        """Return the types that the value may have, in the order in which they are tried."""
        return cls.OPTIONS

    def as_type(self, kind: type[T]) -> T:
        """Return the value as *kind*: one of the options, or any other type that msgspec decodes.

        Raises:
            UnexpectedResponseError: the value does not fit.
        """
        if type(self.value) is kind:
            return self.value
        try:
            return msgspec.convert(plain(self), kind, str_keys=True, dec_hook=decoded)
        except _UNFIT as error:
            name = getattr(kind, "__name__", kind)
            raise UnexpectedResponseError(f"{type(self).__name__} is no {name}: {error}") from None

    def match(self) -> Any:
        """Return the value as the option that fits: of several, the first that knows most of its fields.

        Raises:
            UnexpectedResponseError: no option fits.
        """
        options = self.options()
        if type(self.value) in options and not isinstance(self.value, str | int | float):
            return self.value
        try:
            data = plain(self)
            fitting = [found for kind in options if (found := _fitted(data, kind)) is not _NONE]
            return max(fitting, key=lambda found: _known(data, found))
        except (TypeError, ValueError, RecursionError):
            raise UnexpectedResponseError(f"{type(self).__name__} fits none of its types") from None

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self.value == other.value or _shown(self) == _shown(other))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({redact_value(_shown(self))!r})"


def _shown(wrapper: OneOf) -> Any:
    """Return plain data, or what the caller put in where there is none."""
    try:
        return plain(wrapper)
    except _UNFIT:
        return wrapper.value


def plain(value: Any) -> Any:
    """Return *value* as what JSON knows; raises TypeError or ValueError where it cannot be."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=unwrapped)


def typed(value: Any, kind: Any) -> Any:
    """Return plain JSON data as *kind*, as an answer of that type would be decoded."""
    return msgspec.convert(value, kind, str_keys=True, dec_hook=decoded)


def unwrapped(value: Any) -> Any:
    """Give msgspec the inside of a `OneOf`, a dict for any mapping, nothing of a `Secret` (an enc_hook)."""
    if isinstance(value, OneOf):
        return value.value
    if value is NULL:
        return None
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Secret):
        raise TypeError("a Secret does not travel in a request; reveal() it if that is meant")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def decoded(kind: type, value: Any) -> Any:
    """Give msgspec a `OneOf` around plain data (a dec_hook)."""
    if isinstance(value, kind):
        return value
    if issubclass(kind, OneOf):
        return kind(value)
    raise TypeError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")


def _fitted(data: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(data, kind, str_keys=True, dec_hook=decoded)
    except _UNFIT:
        return _NONE


def _known(data: Any, found: Any) -> int:
    """Count what of *data* arrived in *found*: keys that its type knows, numbers of the same kind."""
    if isinstance(found, OneOf):
        return _known(data, found.value)
    if isinstance(data, dict):
        return sum(1 + _known(data[name], inner) for name, inner in _entries(found) if name in data)
    if isinstance(data, list):
        return sum(map(_known, data, found)) if isinstance(found, list | tuple) else 0
    return int(type(data) is type(found) or not isinstance(data, int | float))


def _entries(found: Any) -> Iterable[tuple[str, Any]]:
    """Yield what *found* holds under the names that JSON uses."""
    if isinstance(found, msgspec.Struct):
        names = zip(found.__struct_encode_fields__, found.__struct_fields__, strict=True)
        return [(name, getattr(found, field)) for name, field in names]
    return found.items() if isinstance(found, dict) else ()
