"""Key templates: `session:{user_id}`. `{{` and `}}` stand for braces, as a cluster's hash tags need them.

A parameter's value goes in percent-encoded (RFC 3986, unreserved characters alone stay), so a value with
`:`, `{` or `*` in it cannot reach another key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any, Final
from urllib.parse import quote, unquote

from .._errors import InvalidArgumentError

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]+")
_GLOB: Final = re.compile(r"([\\*?\[\]^])")
_VALUE: Final = r"([A-Za-z0-9._~%-]+)"


class KeyTemplate:
    """A template, taken apart.

    Attributes:
        text: as written.
        names: its parameters, in order.
        pattern: what SCAN matches its keys with.
    """

    __slots__ = ("_format", "_known", "names", "pattern", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        parts = list(_parts(text))
        self.names = tuple(name for _, name in parts if name)
        self._format = "".join(literal.replace("%", "%%") + ("%s" if name else "") for literal, name in parts)
        self.pattern = "".join(_GLOB.sub(r"\\\1", literal) + ("*" if name else "") for literal, name in parts)
        known = "".join(re.escape(literal) + (_VALUE if name else "") for literal, name in parts)
        self._known = re.compile(known)

    def __repr__(self) -> str:
        return f"KeyTemplate({self.text!r})"

    def key(self, values: Mapping[str, Any]) -> str:
        """Return the key.

        Args:
            values: of every parameter, a text or an integer.

        Raises:
            InvalidArgumentError: one is empty, or neither.
        """
        if len(values) != len(self.names):
            raise InvalidArgumentError(f"{self.text} takes {', '.join(self.names) or 'no parameter'}")
        return self._format % tuple([self._written(name, values[name]) for name in self.names])

    def values(self, key: bytes) -> tuple[str, ...] | None:
        """Return the parameters' values of *key*; None where it is none of this template's keys."""
        match = self._known.fullmatch(key.decode("utf-8", "surrogateescape"))
        return None if match is None else tuple(unquote(value) for value in match.groups())

    def _written(self, name: str, value: Any) -> str:
        if type(value) is int:
            return str(value)
        if not isinstance(value, str) or not value:
            raise InvalidArgumentError(f"{name} of {self.text} is a text that is not empty, or an integer")
        if _PLAIN.fullmatch(value):
            return value
        try:
            return quote(value, safe="")
        except UnicodeEncodeError:
            raise InvalidArgumentError(f"{name} of {self.text} is no Unicode text") from None


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield (literal, the parameter behind it or "")."""
    for literal, name, *_ in Formatter().parse(text):
        yield literal, name or ""
