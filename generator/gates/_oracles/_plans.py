"""What is asked of one operation, and what it is answered: calls made of the raw document alone."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from generator.gates._oracles import _bodies
from generator.gates._oracles._document import FORM, PARTS, Document, Media, Operation, Parameter
from generator.gates._oracles._driving.results import BYTES
from generator.gates._oracles._replies import Reply, end, linked
from generator.gates._oracles._samples import Level, Sampler, Unsynthesized
from generator.gates._oracles._styles import ABSENT
from generator.gates._oracles._translate import Schema, Schemas
from generator.gates._oracles._wire import Meant, kind_of, names_of

LEVELS: tuple[Level, ...] = ("least", "most", "wild", "wild", "wild")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
RANGES = {"2XX": 200, "4XX": 418, "5XX": 503}
BODILESS = (204, 205, 304)
ANY_FIELD = "*"  # of an object that names none
DELIMITED = ("spaceDelimited", "pipeDelimited", "tabDelimited", "label")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is *meant*, the *replies* of which one is chosen, and whether they are errors."""

    label: str
    meant: Meant
    replies: tuple[Reply, ...]
    end: Reply | None = None
    error: bool = False

    @property
    def wire(self) -> dict[str, Any]:
        """Return what the driver needs of it."""
        values = [[place, name, _packed(value)] for (place, name), value in self.meant.values.items()]
        body = {} if self.meant.body is ABSENT else {"body": _packed(self.meant.body)}
        end = {} if self.end is None else {"end": self.end.wire}
        return {"values": values, "replies": [reply.wire for reply in self.replies], **body, **end}


def _packed(value: Any) -> Any:
    if isinstance(value, bytes):
        return {BYTES: base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: _packed(inner) for key, inner in value.items()}
    return [_packed(inner) for inner in value] if isinstance(value, list) else value


class Planner:
    """Plans the calls of a document's operations; *unmade* collects what no value was found for."""

    def __init__(self, document: Document, seed: str) -> None:
        self.requests = Schemas(document.files, document.modern, "readOnly")
        self.answers = Schemas(document.files, document.modern, "writeOnly")
        self._asking = Sampler(self.requests, seed, nulls=False)
        self._answering = Sampler(self.answers, seed, nulls=True)
        self.unmade: dict[str, None] = {}

    @property
    def overlapping(self) -> list[str]:
        """Return the schemas of which only values of several alternatives were found."""
        return sorted(self._asking.overlapping | self._answering.overlapping)

    def read(self, operation: Operation) -> None:
        """Translate all that an operation says, so that what unions say of their members is known."""
        with suppress(RecursionError):
            for media in operation.body:
                self.requests.of(media.schema)
            for answer in operation.responses.values():
                for media in answer:
                    self.answers.of(media.schema)

    def calls(self, operation: Operation) -> list[Call]:
        """Return the calls of one operation."""
        try:
            good = list(self._good(operation))
            return [*good, *self._bad(operation, good)]
        except RecursionError:
            self.unmade[f"{operation.key}: its schemas are too deep"] = None
            return []

    def _good(self, operation: Operation) -> Iterator[Call]:
        answers = list(self._levels(operation))
        for index in range(max(len(LEVELS), len(answers))):
            level = LEVELS[index] if index < len(LEVELS) else "wild"
            label = level if level != "wild" else f"variation {index - 1}"
            meant = self._meant(operation, level, label)
            status, media, filled = answers[index % len(answers)]
            replies = tuple(self._replies(operation, status, media, filled, label))
            if meant is not None and replies:
                yield Call(label, meant, tuple(map(linked, replies)), end(replies))

    def _levels(self, operation: Operation) -> Iterator[tuple[int, tuple[Media, ...], Level]]:
        """Yield each success status least and most filled, then the rest by chance."""
        told = operation.responses
        good = [(status_of(s), media) for s, media in told.items() if s.startswith("2") and status_of(s)]
        if not good:
            good = [(200, told["default"])] if "default" in told else [(204, ())]
        for level in LEVELS:
            yield from ((status, media, level) for status, media in good)
            if level == "wild":
                return

    def _bad(self, operation: Operation, good: list[Call]) -> Iterator[Call]:
        answered = any(status.startswith("2") for status in operation.responses)
        for status, media in operation.responses.items():
            number = 500 if status == "default" and answered else status_of(status)
            if number >= 400 and good:
                replies = tuple(self._replies(operation, number, media, "least", f"status {status}"))
                yield Call(f"status {status}", good[0].meant, replies, None, True)

    def _meant(self, operation: Operation, level: Level, label: str) -> Meant | None:
        values: dict[tuple[str, str], Any] = {}
        for parameter in operation.parameters:
            if (level == "least" and not parameter.required) or self.is_unsendable(operation, parameter):
                continue
            value = self._argument(operation, parameter, level, label)
            if value is not ABSENT:
                values[parameter.place, parameter.name] = value
            elif parameter.required:
                return None
        body = self._body(operation, level, label)
        media = _bodies.preferred(operation.body)
        needed = operation.body_required or (media is not None and self._needs(media))
        return None if body is ABSENT and needed else Meant(values, body)

    def unread(self, operation: Operation) -> frozenset[tuple[str, str]]:
        """Return the parameters of which nobody can tell what arrived."""
        return frozenset((p.place, p.name) for p in operation.parameters if self._is_unclear(operation, p))

    def _argument(self, operation: Operation, parameter: Parameter, level: Level, label: str) -> Any:
        schema = self.requests.of(parameter.schema)
        name = f"{operation.key} {parameter.place} {parameter.name} #{label}"
        value = self._made(self._asking, schema, level, name, self._place(parameter, schema))
        empty = value in (None, [], {}) or (value == "" and parameter.place != "query")
        return ABSENT if value is ABSENT or empty else value

    def is_unsendable(self, operation: Operation, parameter: Parameter) -> bool:
        """Return whether no header or cookie can be called so: the document is at fault."""
        if parameter.place not in ("cookie", "header") or TOKEN.fullmatch(parameter.name):
            return False
        self.unmade[f"{operation.key} {parameter.place} {parameter.name}: it is no name for one"] = None
        return True

    def _is_unclear(self, operation: Operation, parameter: Parameter) -> bool:
        """Return whether nobody could read the parameter, however it is written: the document is at fault."""
        mine = self._exploded(parameter)
        others = [p for p in operation.parameters if p is not parameter and p.place == parameter.place]
        taken = {p.name for p in others}.union(*map(self._exploded, others))
        said = "its fields are also those of others" if mine & taken else self._untold(parameter)
        if said:
            self.unmade[f"{operation.key} {parameter.place} {parameter.name}: {said}"] = None
        return bool(said)

    def _untold(self, parameter: Parameter) -> str:
        """Return why no style says how the parameter travels: the styles end at a list of plain values."""
        items = self.requests.resolved(self.requests.of(parameter.schema)).get("items")
        if parameter.style == "json" or not isinstance(items, dict):
            return ""
        return "a list of objects" if kind_of(items, self.requests) == "object" else ""

    def _exploded(self, parameter: Parameter) -> set[str]:
        """Return the names that an object gives to parameters of its own."""
        if parameter.style != "form" or not parameter.explode or parameter.place not in ("query", "cookie"):
            return set()
        schema = self.requests.of(parameter.schema)
        if kind_of(schema, self.requests) != "object":
            return set()
        return names_of(schema, self.requests) or {ANY_FIELD}

    def _place(self, parameter: Parameter, schema: Schema) -> str:
        """Return the alphabet that a value must keep to, so that its delimiters stay readable."""
        listed = kind_of(schema, self.requests) != "scalar"
        if parameter.style == "json":
            return "json"
        if listed and (parameter.style in DELIMITED or parameter.place == "header"):
            return "items"
        return parameter.place

    def _body(self, operation: Operation, level: Level, label: str) -> Any:
        media = _bodies.preferred(operation.body)
        if media is None:
            return ABSENT
        if level == "least" and not operation.body_required and not self._needs(media):
            return ABSENT
        return self.content(operation, media, level, f"{operation.key} body #{label}")

    def _needs(self, media: Media) -> bool:
        """Return whether a body has fields without which it is none."""
        kind = _bodies.plain_type(media.type)
        fielded = _bodies.is_json(kind) or kind in (FORM, PARTS)
        return fielded and bool(needed_of(self.requests.of(media.schema), self.requests))

    def content(self, operation: Operation, media: Media, level: Level, name: str) -> Any:
        """Return a body of one media type, ABSENT where none can be made."""
        schema, kind = self.requests.of(media.schema), _bodies.plain_type(media.type)
        if _bodies.is_json(kind):
            return self._made(self._asking, schema, level, name, "json")
        if kind in (FORM, PARTS):
            return self._made(self._asking, schema, level, name, "form")
        if kind.startswith("text/") or kind.endswith("xml"):
            return "<opaque>ä</opaque>" if level != "least" else "<opaque/>"
        return b"opaque \x00\xff"

    def _made(self, sampler: Sampler, schema: Schema, level: Level, name: str, place: str) -> Any:
        try:
            return sampler.value(schema, level, name, place)
        except Unsynthesized as error:
            self.unmade[f"{name.partition(' #')[0]}: {error}"] = None
            return ABSENT

    def _replies(
        self, operation: Operation, status: int, media: tuple[Media, ...], level: Level, label: str
    ) -> Iterator[Reply]:
        if not media or status in BODILESS or operation.method == "HEAD":
            yield Reply(status, "", b"")
            return
        for one in media:
            schema = self.answers.of(one.schema)
            kind = _bodies.plain_type(one.type)
            if _is_opaque(kind, self.answers.resolved(schema)):
                content = b"<opaque/>" if "xml" in kind else "opäque\n".encode()
                yield Reply(status, "application/octet-stream" if "*" in kind else one.type, content)
                continue
            name = f"{operation.key} {status} {one.type} #{label}"
            value = self._made(self._answering, schema, level, name, "json")
            if value is not ABSENT:
                type = "application/json" if "*" in kind else one.type
                declared = schema if one.schema.map else None
                yield Reply(status, type, json.dumps(value).encode(), value, declared)

    def taking(self, operation: Operation) -> dict[str, Any]:
        """Return what the driver needs to bind arguments."""
        media = _bodies.preferred(operation.body)
        kind = _bodies.plain_type(media.type) if media else ""
        fielded = media is not None and (_bodies.is_json(kind) or kind in (FORM, PARTS))
        schema = self.requests.of(media.schema) if media and fielded else {}
        fields = sorted(names_of(schema, self.requests))
        needed = [name for name in needed_of(schema, self.requests) if name not in self.requests.usual]
        return {
            "parameters": [[p.place, p.name] for p in operation.parameters],
            "body": media is not None,
            "fields": fields,
            "needed": sorted(set(needed) & set(fields)),
        }


def _is_opaque(kind: str, schema: Schema) -> bool:
    if schema.get("x-binary"):
        return True
    return not _bodies.is_json(kind) and "*" not in kind


def status_of(status: str) -> int:
    """Return the status that stands for a declared one; 0 for what is no success and no error."""
    number = RANGES.get(status.upper(), int(status) if status.isdigit() else 0)
    return number if 200 <= number < 300 or 400 <= number < 600 else 0


def needed_of(schema: Schema, schemas: Schemas, depth: int = 0) -> set[str]:
    """Return the fields that a schema requires, whatever alternative is meant."""
    schema = schemas.resolved(schema)
    found = set(schema.get("required", ()))
    for part in schema.get("allOf", ()) if depth < 16 else ():
        found |= needed_of(part, schemas, depth + 1)
    for key in ("anyOf", "oneOf") if depth < 16 else ():
        each = [needed_of(part, schemas, depth + 1) for part in schema.get(key, ())]
        found |= set.intersection(*each) if each else set()
    return found
