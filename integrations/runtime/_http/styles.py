"""Write values in the styles of OpenAPI 3.1 and RFC 6570, wherever an operation declares one.

Each value is percent-encoded by itself, delimiters are not, so `ids=a%2Cb,c` has two values. What the
standards leave open is settled so: None inside a list or object is left out; an object without members and a
list without elements count as not given; a list or object inside a delimited one is written as JSON; a list
in an exploded form object repeats its name; lists in a deepObject are counted, `key[0]`, `key[1]`. A header
escapes only what would end a value, and exploded cookies are cookies of their own. A value that holds a
delimiter which cannot be escaped (a space between spaces, a comma in a multipart field) is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from .._errors import InvalidArgumentError
from .encode import Pairs, cookie_lines, lines, pairs, plainly, segment, text

Quote = Callable[[str], str]

_FORM: Final = frozenset({"form", "form*", "space", "pipe", "deepObject", "json"})
FITTING: Final[Mapping[str, frozenset[str]]] = {
    "path": frozenset({"simple", "simple*", "label", "label*", "matrix", "matrix*", "json"}),
    "query": _FORM,
    "header": frozenset({"simple", "simple*", "json"}),
    "cookie": frozenset({"form", "form*", "json"}),
    "body": _FORM,
}
_DELIMITERS: Final = {"form": ",", "space": "%20", "pipe": "|"}
_IN_HEADER: Final = re.compile(r"[,%]|^[ \t]+|[ \t]+$")


class Styles:
    """How the values of one operation are written; loaded only where an operation declares styles.

    Args:
        declared: style by wire name or `"place:name"`; the latter wins.
        operation: for errors.

    Raises:
        InvalidArgumentError: there is no such style, or not in that place.
    """

    __slots__ = ("_body", "_cookie", "_header", "_path", "_query")

    def __init__(self, declared: Mapping[str, str], operation: str) -> None:
        found: dict[str, dict[str, str]] = {place: {} for place in FITTING}
        for key, style in sorted(declared.items(), key=lambda item: ":" in item[0]):
            place, _, name = key.partition(":")
            places, name = ([place], name) if place in FITTING and name else (list(FITTING)[:-1], key)
            fitting = [place for place in places if style in FITTING[place]]
            if not fitting:
                raise InvalidArgumentError(f"{operation} cannot write {key!r} in the style {style!r}")
            for place in fitting:
                found[place][name] = style
        self._path, self._query, self._header, self._cookie, self._body = found.values()

    def segment(self, name: str, value: Any) -> str:
        """Write one value of a path template."""
        style = self._path.get(name)
        return segment(name, value) if style is None else in_path(style, name, value)

    def query(self, values: Mapping[str, Any]) -> list[str]:
        """Write `name=value` of each query parameter; see `encode.pairs`."""
        return _written(values, "query parameter", self._query)

    def form(self, values: Mapping[str, Any]) -> list[str]:
        """Write `name=value` of each form field."""
        return _written(values, "form field", self._body, indexed=True)

    def field(self, name: str, value: Any) -> tuple[Pairs, bool] | None:
        """Return the multipart fields of *value*, and whether they are JSON; None when it has no style."""
        style = self._body.get(name)
        if style is None:
            return None
        return fields(style, name, value, f"form field {name}", quoted=str), style == "json"

    def headers(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Replace what is declared by its text."""
        styles = self._header
        return {
            name: in_header(styles[name], name, value) if name in styles else value
            for name, value in values.items()
        }

    def cookies(self, values: Mapping[str, Any]) -> list[str]:
        """Write `name=value` of each cookie; an exploded list or object has one for each member."""
        found: list[str] = []
        for name, value in values.items():
            style = self._cookie.get(name)
            if value is None or style is None:
                found += cookie_lines({name: value})
            else:
                cookie_lines({name: ""})  # checks the name
                found += map("=".join, fields(style, name, value, f"cookie {name}"))
        return found


def _written(
    values: Mapping[str, Any], what: str, styles: Mapping[str, str], *, indexed: bool = False
) -> list[str]:
    found: list[str] = []
    for name, value in values.items():
        if value is None or name not in styles:
            found += lines(pairs({name: value}, what, indexed=indexed))
        else:
            found += map("=".join, fields(styles[name], quote(name, safe="[]"), value, f"{what} {name}"))
    return found


def in_path(style: str, name: str, value: Any) -> str:
    """Write one value of a path template.

    Raises:
        InvalidArgumentError: there is no value, or nothing of it would be seen.
    """
    written = "" if value is None else _PATH[style](quote(name, safe=""), plainly(value, name))
    if not written:
        raise InvalidArgumentError(f"{name} must not be empty: it is part of the path")
    return written


def in_header(style: str, name: str, value: Any) -> str | None:
    """Write one header's value; None when there is nothing to send."""
    if value is None:
        return None
    where = f"header {name}"
    data = plainly(value, where)
    if style == "json":
        return _ascii_json(data, where)
    if not isinstance(data, Mapping | list | tuple):
        return text(data, where)
    members = _assigned(data, _for_header) if style == "simple*" else _listed(data, _for_header)
    return ",".join(members) if members else None


def encoded(value: str) -> str:
    """Percent-encode all but unreserved characters."""
    return quote(value, safe="")


def fields(style: str, name: str, value: Any, where: str, quoted: Quote = encoded) -> Pairs:
    """Return names and values of one parameter or field, *quoted*; none where there is nothing to send."""
    data = plainly(value, where)
    if style == "json":
        return [(name, quoted(json_text(data)))]
    if style == "form*":
        return list(_exploded(name, data, quoted))
    if style == "deepObject":
        return list(_deep(name, data, quoted))
    values, delimiter = _listed(data, quoted), _DELIMITERS[style]
    if quoted is not encoded:
        delimiter = delimiter.replace("%20", " ")
    if isinstance(data, Mapping | list | tuple) and any(delimiter in value for value in values):
        raise InvalidArgumentError(f"{where} holds a value with the character that separates values")
    return [(name, delimiter.join(values))] if values else []


def json_text(data: Any) -> str:
    """Write plain data as compact JSON."""
    return msgspec.json.encode(data).decode()


def _ascii_json(data: Any, where: str) -> str:
    """Write JSON that any header can carry."""
    try:
        return json.dumps(data, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise InvalidArgumentError(f"{where}: {error}") from None


def _for_header(value: str) -> str:
    return _IN_HEADER.sub(lambda found: quote(found[0], safe=""), value)


def _for_labels(value: str) -> str:
    """The dot is the delimiter: one inside a value must not look like it."""
    return encoded(value).replace(".", "%2E")


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json_text(value) if isinstance(value, Mapping | list | tuple) else str(value)


def _listed(data: Any, quoted: Quote) -> list[str]:
    """Return the members in one row; the names of an object stand before their values."""
    if isinstance(data, Mapping):
        members = [(name, value) for name, value in data.items() if value is not None]
        return [quoted(_scalar(one)) for member in members for one in member]
    values = data if isinstance(data, list | tuple) else [data]
    return [quoted(_scalar(value)) for value in values if value is not None]


def _assigned(data: Any, quoted: Quote) -> list[str]:
    """Return the members in one row, an object's as `name=value`."""
    if not isinstance(data, Mapping):
        return _listed(data, quoted)
    return [
        f"{quoted(str(name)).replace('=', '%3D')}={quoted(_scalar(value))}"
        for name, value in data.items()
        if value is not None
    ]


def _exploded(name: str, data: Any, quoted: Quote) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for key, inner in data.items():
            values = inner if isinstance(inner, list | tuple) else [inner]
            yield from _exploded(quoted(str(key)), values, quoted)
    else:
        yield from ((name, value) for value in _listed(data, quoted))


def _deep(key: str, data: Any, quoted: Quote) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for name, inner in data.items():
            yield from _deep(f"{key}[{quoted(str(name))}]", inner, quoted)
    elif isinstance(data, list | tuple):
        for index, inner in enumerate(data):
            yield from _deep(f"{key}[{index}]", inner, quoted)
    elif data is not None:
        yield key, quoted(_scalar(data))


def _label(name: str, data: Any) -> str:
    values = _listed(data, encoded)
    return "." + ",".join(values) if values else ""


def _labels(name: str, data: Any) -> str:
    if not isinstance(data, Mapping | list | tuple):
        return _label(name, data)
    return "".join(f".{member}" for member in _assigned(data, _for_labels))


def _matrix(name: str, data: Any) -> str:
    values = _listed(data, encoded)
    return _parameter(name, ",".join(values)) if values else ""


def _matrices(name: str, data: Any) -> str:
    return "".join(_parameter(*pair) for pair in _exploded(name, data, encoded))


def _parameter(name: str, value: str) -> str:
    return f";{name}={value}" if value else f";{name}"


_PATH: Final[Mapping[str, Callable[[str, Any], str]]] = {
    "simple": lambda _, data: ",".join(_listed(data, encoded)),
    "simple*": lambda _, data: ",".join(_assigned(data, encoded)),
    "label": _label,
    "label*": _labels,
    "matrix": _matrix,
    "matrix*": _matrices,
    "json": lambda _, data: encoded(json_text(data)),
}
