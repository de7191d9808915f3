"""What ``type`` says, also where it says it in another language's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = frozenset({"string", "integer", "number", "boolean", "object", "array", "null"})

_ALIASES = {
    "integer": "int long short bigint uint byteint",
    "integer int32": "int32",
    "integer int64": "int64",
    "number": "float double decimal numeric",
    "boolean": "bool",
    "string": "str text char enum",
    "string date-time": "datetime date-time timestamp",
    "string uri": "url uri",
    "string binary": "file binary",
    **{f"string {word}": word for word in ("date", "time", "duration", "uuid", "email", "password", "byte")},
    **{f"string {word}": word for word in ("hostname", "ipv4", "ipv6")},
    "object": "map dict dictionary hash json struct",
    "array": "list tuple collection",
    "null": "nil none void undefined",
    "": "any mixed unknown anytype",
}


def _words() -> Iterator[tuple[str, Mapping[str, str]]]:
    """What people write instead of a type: each word, and what it means."""
    for meaning, words in _ALIASES.items():
        meant = dict(zip(("type", "format"), meaning.split(), strict=False))
        yield from ((word, meant) for word in words.split())
    yield "", {}


_WORDS: Mapping[str, Mapping[str, str]] = dict(_words())
_SILENT = frozenset({"file"})  # Swagger 2.0's own word

# Keywords that belong to one type alone.
_FAMILIES: Mapping[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"}
    ),
    "object": frozenset(
        {
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "minProperties",
            "maxProperties",
        }
        | {"discriminator"}
    ),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}),
}
_SPECIAL = frozenset().union(*_FAMILIES.values())


@dataclass(slots=True)
class Kinds:
    """The types without null, whether null is one, a format that a word implied, and what was odd."""

    names: list[str] = field(default_factory=list)
    null: bool = False
    format: str = ""
    odd: list[str] = field(default_factory=list)


def kinds(value: Any) -> Kinds:
    """Read the value of ``type``; a text, a list of texts, or nonsense."""
    found = Kinds()
    words = value if isinstance(value, list) else [value]
    for word in words:
        _take(word, found)
    found.names = list(dict.fromkeys(found.names))
    if "number" in found.names and "integer" in found.names:
        found.names.remove("integer")
    if any(word is not None and (not isinstance(word, str) or not _means(word)) for word in words):
        found.names, found.null = [], False  # one alternative is anything
    return found


def _take(word: Any, found: Kinds) -> None:
    if word is None:
        found.null = True
        return
    meant = _means(word) if isinstance(word, str) else None
    if meant is None or (word not in KINDS and word not in _SILENT):
        stands = (
            f"it is read as {meant.get('type', 'anything')}" if meant is not None else "anything is accepted"
        )
        found.odd.append(f"{str(word)[:60]!r} is not a type; {stands}.")
    if meant is None:
        return
    if meant.get("type") == "null":
        found.null = True
    elif meant:
        found.names.append(meant["type"])
        found.format = found.format or meant.get("format", "")


def _means(word: str) -> Mapping[str, str] | None:
    lower = word.strip().lower()
    return {"type": lower} if lower in KINDS else _WORDS.get(lower)


def fits(keyword: str, kind: str) -> bool:
    """Does the keyword say anything of values of this type?"""
    family = _FAMILIES.get("number" if kind == "integer" else kind, frozenset())
    return keyword in family or keyword not in _SPECIAL
