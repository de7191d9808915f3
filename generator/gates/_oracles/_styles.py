"""Parameters back from the wire: every style of OpenAPI, taken apart into text.

A decoded value is text, a list or a mapping of text, or ``Typed`` where JSON said more. Delimiters part a
value before percent-encoding is undone, so an encoded delimiter is part of a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

ABSENT: Final = object()
# Only the comma of form is never written encoded; the others are not allowed raw in a URL, or not by all.
DELIMITERS: Mapping[str, str] = {
    "form": ",",
    "simple": ",",
    "spaceDelimited": r"%20|\+",
    "pipeDelimited": r"\||%7[Cc]",
    "tabDelimited": "%09",
}


class Undecodable(Exception):
    """The text is not what its style writes."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A value that came as JSON."""

    value: Any


@dataclass(slots=True)
class Pairs:
    """The pairs of a query, a form or a cookie, and which of them nobody has asked for yet."""

    pairs: list[tuple[str, str]]  # names decoded, values raw
    left: dict[int, None] = field(init=False)

    def __post_init__(self) -> None:
        self.left = dict.fromkeys(range(len(self.pairs)))

    @classmethod
    def of(cls, raw: str, *, plus: bool = False, between: str = "&") -> Pairs:
        """Take ``a=1&b=2`` apart; with *plus* a plus sign is a space, as in forms."""
        split = [part.partition("=") for part in raw.split(between) if part]
        undo = (lambda text: text.replace("+", "%20")) if plus else str
        return cls([(decoded(undo(name)), undo(value)) for name, _, value in split])

    def take(self, wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
        """Return the pairs whose name is *wanted*, and count them as asked for."""
        found = [index for index in self.left if wanted(self.pairs[index][0])]
        for index in found:
            del self.left[index]
        return [self.pairs[index] for index in found]

    def rest(self) -> list[str]:
        """Return the names that nobody asked for."""
        return [self.pairs[index][0] for index in self.left]


def from_pairs(
    pairs: Pairs, name: str, style: str, explode: bool, kind: str, fields: Collection[str] | None = None
) -> Any:
    """Return the value of *name*, or ABSENT.

    *kind* is ``scalar``, ``array`` or ``object``; *fields* are the names that an exploded object may have,
    None for any that nobody else asked for: such a one must be asked last.
    """
    if style == "deepObject" and kind != "scalar":
        alone = [value for _, value in pairs.take(lambda key: key == name)]
        found = pairs.take(lambda key: key.startswith(f"{name}["))
        return decoded(_only(alone)) if alone and not found else _deep(found, name)
    if kind == "object" and explode and style == "form":
        found = pairs.take(lambda key: fields is None or key in fields)
        return _gathered(found) if found else ABSENT
    values = [value for _, value in pairs.take(lambda key: key == name)]
    if not values:
        return ABSENT
    if style == "json":
        return _json(_only(values))
    if kind == "array" and explode:
        return [decoded(value) for value in values]
    return delimited(_only(values), style, kind)


def _only(values: list[str]) -> str:
    if len(values) > 1:
        raise Undecodable(f"it was sent {len(values)} times")
    return values[0]


def _gathered(found: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return pairs as a mapping; a name that comes twice has a list."""
    each: dict[str, list[str]] = {}
    for key, value in found:
        each.setdefault(key, []).append(decoded(value))
    return {key: values if len(values) > 1 else values[0] for key, values in each.items()}


def _deep(found: list[tuple[str, str]], name: str) -> Any:
    if not found:
        return ABSENT
    tree: dict[str, Any] = {}
    for key, value in found:
        path = re.findall(r"\[([^\[\]]*)\]", key[len(name) :])
        if name + "".join(f"[{part}]" for part in path) != key:
            raise Undecodable(f"{key!r} is no deepObject key")
        _plant(tree, path, decoded(value))
    return _listed(tree)


def _plant(tree: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            raise Undecodable(f"{part!r} is a value and holds others")
        tree = inner
    tree.setdefault(path[-1], []).append(value)


def _listed(tree: Any) -> Any:
    """Return numbered keys (``a[0]``, ``a[]``) as lists, and lists of one as their value."""
    if isinstance(tree, list):
        return tree[0] if len(tree) == 1 else tree
    if list(tree) == [""]:
        return tree[""]
    inner = {key: _listed(value) for key, value in tree.items()}
    if inner and list(inner) == [str(index) for index in range(len(inner))]:
        return list(inner.values())
    return inner


def delimited(raw: str, style: str, kind: str, explode: bool = False) -> Any:
    """Take one raw value apart at the delimiter of its style."""
    if kind == "scalar":
        return decoded(raw)
    delimiter = DELIMITERS.get(style, ",")
    parts = raw.split("|") if style == "pipeDelimited" and "|" in raw else re.split(delimiter, raw)
    if kind == "array":
        return [decoded(part) for part in parts]
    return _object(parts, explode)


def _object(parts: list[str], explode: bool) -> dict[str, str]:
    if explode:
        split = [part.partition("=") for part in parts]
        if not all(equals for _, equals, _ in split):
            raise Undecodable("a field has no value")
        return {decoded(key): decoded(value) for key, _, value in split}
    if len(parts) % 2:
        raise Undecodable("a field has no value")
    return {decoded(key): decoded(value) for key, value in zip(parts[::2], parts[1::2], strict=True)}


def from_segment(raw: str, name: str, style: str, explode: bool, kind: str) -> Any:
    """Return the value of a path parameter."""
    if style == "label":
        return _label(raw, explode, kind)
    if style == "matrix":
        return _matrix(raw, name, explode, kind)
    if style == "json":
        return _json(raw)
    return delimited(raw, "simple", kind, explode)


def _label(raw: str, explode: bool, kind: str) -> Any:
    if not raw.startswith("."):
        raise Undecodable("a label starts with a dot")
    if kind != "scalar" and explode:
        parts = raw[1:].split(".")
        return [decoded(part) for part in parts] if kind == "array" else _object(parts, True)
    return delimited(raw[1:], "simple", kind)


def _matrix(raw: str, name: str, explode: bool, kind: str) -> Any:
    if not raw.startswith(";"):
        raise Undecodable("a matrix starts with a semicolon")
    parts = raw[1:].split(";")
    if kind == "object" and explode:
        return _object(parts, True)
    split = [part.partition("=") for part in parts]
    if {decoded(key) for key, _, _ in split} != {name}:
        raise Undecodable(f"a matrix names its parameter, {name}")
    values = [value for _, _, value in split]
    if kind == "array" and explode:
        return [decoded(value) for value in values]
    return delimited(_only(values), "simple", kind)


def from_header(raw: str, style: str, explode: bool, kind: str) -> Any:
    """Return the value of a header: not percent-encoded, unless it is a list or has fields."""
    if style == "json":
        return _json(raw, encoded=False)
    if kind == "scalar":
        return raw
    return delimited(",".join(part.strip() for part in raw.split(",")), "simple", kind, explode)


def _json(raw: str, *, encoded: bool = True) -> Typed:
    try:
        return Typed(json.loads(decoded(raw) if encoded else raw))
    except ValueError as error:
        raise Undecodable(f"it is no JSON: {error}") from None


def decoded(raw: str) -> str:
    """Undo percent-encoding. Raises Undecodable."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", raw):
        raise Undecodable(f"{raw!r} has a percent sign that encodes nothing")
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise Undecodable(f"{raw!r} is no UTF-8") from None
