"""Turn Python values into the text of paths, queries, forms, headers and cookies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

import msgspec

from .._errors import InvalidArgumentError
from .._secrets import Secret
from .oneof import unwrapped

Pairs = list[tuple[str, str]]
RawHeaders = list[tuple[bytes, bytes]]
EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_COOKIE_VALUE: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
# Also as a URL parser understands them (WHATWG URL, "double-dot URL path segment").
_DOTS: Final = frozenset({".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"})


def text(value: Any, where: str) -> str:
    """Write one scalar: true/false, RFC 3339 times, enum values; numbers and strings as they are."""
    if isinstance(value, str) and type(value) is str:
        return value
    plain = plainly(value, where)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, str | int | float):
        return str(plain)
    raise InvalidArgumentError(f"{where} must be one value, not {type(value).__name__}")


def plainly(value: Any, where: str) -> Any:
    """Return *value* as what JSON knows; a `Secret` is refused."""
    if isinstance(value, Secret):
        raise InvalidArgumentError(f"{where} is a Secret; secrets travel by the adapter's auth only")
    try:
        return msgspec.to_builtins(value, enc_hook=unwrapped)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{where}: {error}") from None


def pairs(values: Mapping[str, Any], what: str, *, indexed: bool = False) -> Pairs:
    """Flatten *values* to pairs; a top-level None is left out.

    Nested mappings become `key[inner]`. Lists repeat the key, or count `key[0]`, `key[1]` when *indexed*.
    """
    found: Pairs = []
    for key, value in values.items():
        if value is None:
            continue
        if type(value) is str:
            found.append((key, value))
        else:
            found.extend(_flatten(key, plainly(value, f"{what} {key}"), indexed))
    return found


def _flatten(key: str, value: Any, indexed: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flatten(f"{key}[{name}]", inner, indexed)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _flatten(f"{key}[{index}]" if indexed else key, inner, indexed)
    elif isinstance(value, bool):
        yield key, "true" if value else "false"
    else:
        yield key, "" if value is None else str(value)


def lines(values: Pairs) -> list[str]:
    """Percent-encode *values* as `key=value`; a space is %20, which every server reads the same."""
    return [f"{quote(key, safe='[]')}={quote(value, safe='')}" for key, value in values]


def split_template(template: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split `/repos/{owner}` into its literal parts, percent-encoded where needed, and its names."""
    parts = _FIELD.split(template)
    literals = tuple(quote(part, safe="/:@!$&'()*+,;=~?%") for part in parts[::2])
    return literals, tuple(parts[1::2])


def segment(name: str, value: Any) -> str:
    """Write one value of a path, percent-encoded whole."""
    found = "" if value is None else text(value, name)
    if not found:
        raise InvalidArgumentError(f"{name} must not be empty: it is part of the path")
    return quote(found, safe="")


def expand(
    literals: tuple[str, ...],
    names: tuple[str, ...],
    values: Mapping[str, Any],
    write: Callable[[str, Any], str] = segment,
) -> str:
    """Fill a template. A value can neither add a segment nor become one that means another place.

    Raises:
        InvalidArgumentError: a value is missing, None or empty, or a segment would be `.` or `..`.
    """
    if len(values) > len(names):
        unknown = sorted(set(values) - set(names))
        if unknown:
            raise InvalidArgumentError(f"the path has no value named {unknown[0]!r}")
    if not names:
        return literals[0]
    path = literals[0]
    for name, literal in zip(names, literals[1:], strict=True):
        path += write(name, values.get(name)) + literal
    if "/." in path or "/%2" in path:
        _check_segments(path)
    return path


def _check_segments(path: str) -> None:
    for part in path.partition("?")[0].split("/"):
        if part.lower() in _DOTS:
            raise InvalidArgumentError(f"a path value makes the segment {part!r}, which means another place")


def headers(values: Mapping[str, Any]) -> RawHeaders:
    """Write headers as bytes; None is left out.

    Raises:
        InvalidArgumentError: a name is no token, or a value holds a line break or another control character.
    """
    found = []
    for name, value in values.items():
        if value is None:
            continue
        if not _TOKEN.fullmatch(name):
            raise InvalidArgumentError(f"{name!r} cannot be a header name")
        line = text(value, f"header {name}")
        if not _HEADER_VALUE.fullmatch(line):
            raise InvalidArgumentError(f"header {name} must not hold line breaks or control characters")
        found.append((name.encode("ascii"), line.strip(" \t").encode("utf-8")))
    return found


def cookie_lines(values: Mapping[str, Any]) -> list[str]:
    """Write `name=value` of each cookie; None is left out.

    Raises:
        InvalidArgumentError: a name or value holds what RFC 6265 does not allow in a cookie.
    """
    found = []
    for name, value in values.items():
        if value is None:
            continue
        line = text(value, f"cookie {name}")
        if not _TOKEN.fullmatch(name) or not _COOKIE_VALUE.fullmatch(line):
            raise InvalidArgumentError(f"cookie {name!r} holds a character that a cookie cannot carry")
        found.append(f"{name}={line}")
    return found
