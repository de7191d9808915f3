"""Bodies back from the wire, by the media type that a request says it has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import quote, unquote

from generator.gates._oracles._document import FORM, PARTS, Media
from generator.gates._oracles._sameness import Usual, agrees, difference, same, traceless
from generator.gates._oracles._styles import ABSENT, Pairs, Undecodable, from_pairs


def plain_type(content_type: str) -> str:
    """Return a media type without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_json(type: str) -> bool:
    """Return whether a media type holds JSON."""
    return plain_type(type).endswith(("/json", "+json"))


def fits(type: str, pattern: str) -> bool:
    """Return whether a media type is one that a pattern like ``image/*`` means."""
    mine, wanted = plain_type(type), plain_type(pattern)
    if wanted in ("*/*", "*") or mine == wanted:
        return True
    return wanted.endswith("/*") and mine.startswith(wanted[:-1])


def preferred(media: tuple[Media, ...]) -> Media | None:
    """Return the media type that a caller would choose: JSON, else a form, else the first."""
    orders = (is_json, lambda type: plain_type(type) == FORM, lambda type: plain_type(type) == PARTS)
    return next((m for order in orders for m in media if order(m.type)), media[0] if media else None)


def kind_of(value: Any) -> str:
    """Return how the styles see a value."""
    return "object" if isinstance(value, Mapping) else "array" if isinstance(value, list) else "scalar"


def problems(content: bytes, content_type: str, media: Media, meant: Any, usual: Usual) -> Iterator[str]:
    """Say what is wrong with a body that should be *meant*."""
    kind = plain_type(content_type)
    if is_json(kind):
        try:
            said = difference(meant, json.loads(content), usual)
        except ValueError as error:
            said = f"it is no JSON: {error}"
        yield from [f"body: {said}"] if said else []
    elif kind == FORM and isinstance(meant, Mapping):
        yield from _form(Pairs.of(content.decode("ascii", "replace"), plus=True), media, meant, usual)
    elif kind == PARTS and isinstance(meant, Mapping):
        yield from _parts(content, content_type, meant, usual)
    elif content != (meant if isinstance(meant, bytes) else _as_text(meant)):
        yield f"body: {content[:40]!r} was sent for {str(meant)[:40]!r}"


def _as_text(meant: Any) -> bytes:
    return meant.encode() if isinstance(meant, str) else json.dumps(meant).encode()


def _form(pairs: Pairs, media: Media, meant: Mapping[str, Any], usual: Usual) -> Iterator[str]:
    for name, value in meant.items():
        try:
            found = _field(pairs, media, name, value)
        except Undecodable as error:
            yield f"form field {name!r}: {error}"
            continue
        if found is ABSENT:
            if not traceless(value) and not _usual(name, value, usual):
                yield f"form field {name!r} is not sent"
        elif not agrees(found, value):
            yield f"form field {name!r} is {found!r} where {value!r} was meant"
    for name, raw in (pairs.pairs[index] for index in pairs.left):
        if not any(agrees(unquote(raw), known) for known in usual.get(name, ())):
            yield f"form field {name!r} was not asked for"


def _field(pairs: Pairs, media: Media, name: str, value: Any) -> Any:
    """Return what came for a field, read by its declared style; exploded form where none is declared."""
    style, explode, type = media.fields.get(name) or _unsaid(pairs, name)
    read = "json" if is_json(type) else style
    return from_pairs(pairs, name, read, explode, _kind(pairs, name, value), value_keys(value))


def _unsaid(pairs: Pairs, name: str) -> tuple[str, bool, str]:
    """What is told of no style may also travel with brackets: forms have no rule for it."""
    bracketed = any(unquote(key).startswith(f"{name}[") for key, _ in pairs.pairs)
    return ("deepObject" if bracketed else "form"), True, ""


def _kind(pairs: Pairs, name: str, value: Any) -> str:
    """An object that came under its own name came as JSON: forms have no other way without a style."""
    whole = isinstance(value, Mapping) and any(name == key for key, _ in pairs.pairs)
    return "scalar" if whole else kind_of(value)


def value_keys(value: Any) -> list[str] | None:
    """Return the names that an exploded object has."""
    return list(value) if isinstance(value, Mapping) else None


def _usual(name: str, value: Any, usual: Usual) -> bool:
    return any(same(value, known) for known in usual.get(name, ()))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    file: bool
    content: bytes


def parts_of(content: bytes, content_type: str) -> list[Part]:
    """Take a multipart body apart."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    found = []
    for part in BytesParser(policy=HTTP).parsebytes(head + content).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        found.append(Part(name, part.get_filename() is not None, data if isinstance(data, bytes) else b""))
    return found


def _parts(content: bytes, content_type: str, meant: Mapping[str, Any], usual: Usual) -> Iterator[str]:
    parts = parts_of(content, content_type)
    for name, value in meant.items():
        mine = [part for part in parts if part.name == name]
        spread = [part for part in parts if part.name.startswith(f"{name}[")]
        if not mine and not spread:
            if not traceless(value) and not _usual(name, value, usual):
                yield f"part {name!r} is not sent"
        elif said := _part_problem(mine, value) if mine else _spread_problem(name, spread, value):
            yield f"part {name!r}: {said}"
    for part in parts:
        text = part.content.decode("utf-8", "replace")
        known_name = part.name if part.name in meant else part.name.partition("[")[0]
        if known_name not in meant and not any(agrees(text, known) for known in usual.get(part.name, ())):
            yield f"part {part.name!r} was not asked for"


def _spread_problem(name: str, parts: list[Part], value: Any) -> str:
    """Judge a field that is spread over parts with brackets, as a deep object is."""
    pairs = Pairs([(part.name, quote(part.content.decode("utf-8", "replace"))) for part in parts])
    try:
        found = from_pairs(pairs, name, "deepObject", True, kind_of(value))
    except Undecodable as error:
        return str(error)
    return "" if agrees(found, value) else f"{found!r} was sent for {value!r}"


def _part_problem(parts: list[Part], value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    if values and all(isinstance(one, bytes) for one in values):
        if [part.content for part in parts] != values:
            return "the file that was sent is another one"
        return "" if all(part.file for part in parts) else "a file has no file name"
    texts = [part.content.decode("utf-8", "replace") for part in parts]
    found: Any = texts if isinstance(value, list) and len(texts) == len(value) else texts[0]
    return "" if agrees(found, value) else f"{found!r} was sent for {value!r}"
