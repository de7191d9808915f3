"""One request against its operation: where it went, and every parameter that it carried."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.gates._oracles import _bodies
from generator.gates._oracles._document import Media, Operation, Parameter
from generator.gates._oracles._sameness import agrees, traceless
from generator.gates._oracles._schemas import complaint, lifted
from generator.gates._oracles._signing import Standing
from generator.gates._oracles._styles import (
    ABSENT,
    Pairs,
    Typed,
    Undecodable,
    from_header,
    from_pairs,
    from_segment,
)
from generator.gates._oracles._templates import template
from generator.gates._oracles._translate import Schema, Schemas

EMPTY = frozenset({"204", "205"})  # answers without content, whatever is declared
USUAL_HEADERS = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "accept-language", "connection", "content-type"}
    | {"content-length", "transfer-encoding", "cookie", "authorization"}
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it left: *path* and *query* raw, *path* below the base URL, header names in lower case.

    *content* is None where it was not recorded. *followed*: the service itself wrote this URL.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes | None
    followed: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What the caller asked for: values by (place, name), and a body or ABSENT. *paged*: of a list."""

    values: Mapping[tuple[str, str], Any]
    body: Any = ABSENT
    paged: bool = False


class Judge:
    """Judges the requests of one operation. *unread* are parameters of which nobody can tell what arrived."""

    def __init__(
        self,
        operation: Operation,
        schemas: Schemas,
        standing: Standing,
        unread: Collection[tuple[str, str]] = (),
    ) -> None:
        self.operation, self._schemas, self._standing = operation, schemas, standing
        self._unread = unread
        self._names, self._pattern = template(operation.path)
        # an object without fixed names takes what nobody else asked for, so it comes last
        self._parameters = sorted(operation.parameters, key=lambda p: self._fields(p) is None)

    def segments(self, path: str) -> dict[str, str] | None:
        """Return the raw path values, or None when the path is another operation's."""
        match = self._pattern.fullmatch(path)
        return dict(zip(self._names, match.groups(), strict=True)) if match else None

    def problems(self, sent: Sent, meant: Meant | None = None) -> Iterator[str]:
        """Say everything that is wrong; without *meant*, any value that the schema allows is right."""
        segments = self.segments(sent.path)
        if sent.method != self.operation.method or segments is None:
            yield f"the request went to {sent.method} {sent.path}"
            return
        query = Pairs.of(sent.query)
        cookies = Pairs.of(sent.headers.get("cookie", "").replace("; ", ";"), between=";")
        for parameter in self._parameters:
            if parameter.place == "query" and sent.followed:
                continue
            value = ABSENT if meant is None else meant.values.get((parameter.place, parameter.name), ABSENT)
            kind = self.kind(parameter) if value is ABSENT else _bodies.kind_of(value)
            try:
                found = self._found(parameter, kind, segments, query, sent.headers, cookies)
            except Undecodable as error:
                yield f"{_named(parameter)}: {error}"
            else:
                if (parameter.place, parameter.name) not in self._unread:
                    yield from self._value_problems(parameter, found, meant)
        yield from self._more(sent, query, cookies)
        yield from self._body(sent, meant)
        yield from self._accept(sent)

    def _found(
        self,
        parameter: Parameter,
        kind: str,
        segments: Mapping[str, str],
        query: Pairs,
        headers: Mapping[str, str],
        cookies: Pairs,
    ) -> Any:
        name, style, explode = parameter.name, parameter.style, parameter.explode
        if parameter.place == "path":
            raw = segments.get(name)
            return ABSENT if raw is None else from_segment(raw, name, style, explode, kind)
        if parameter.place == "header":
            line = headers.get(name.lower())
            return ABSENT if line is None else from_header(line, style, explode, kind)
        pairs = query if parameter.place == "query" else cookies
        return from_pairs(pairs, name, style, explode, kind, self._fields(parameter))

    def schema(self, parameter: Parameter) -> Schema:
        """Return the translated schema of a parameter."""
        return self._schemas.of(parameter.schema)

    def kind(self, parameter: Parameter) -> str:
        """Return ``array``, ``object`` or ``scalar``: how the styles see the parameter."""
        return kind_of(self.schema(parameter), self._schemas)

    def body_kind(self) -> str:
        """Return ``array``, ``object`` or ``scalar``: what the preferred body is."""
        media = _bodies.preferred(self.operation.body)
        return kind_of(self._schemas.of(media.schema), self._schemas) if media else "scalar"

    def _fields(self, parameter: Parameter) -> list[str] | None:
        exploded = parameter.style == "form" and parameter.explode and self.kind(parameter) == "object"
        if not exploded:
            return []
        fields = names_of(self.schema(parameter), self._schemas)
        return sorted(fields) if fields and not is_open(self.schema(parameter), self._schemas) else None

    def _value_problems(self, parameter: Parameter, found: Any, meant: Meant | None) -> Iterator[str]:
        value = ABSENT if meant is None else meant.values.get((parameter.place, parameter.name), ABSENT)
        if found is ABSENT:
            if value is not ABSENT and not traceless(value) and value not in self._defaults(parameter):
                yield f"{_named(parameter)} is not sent"
            elif parameter.required and value is ABSENT and not self._is_credential(parameter, meant):
                yield f"{_named(parameter)} is required and not sent"
        elif value is not ABSENT:
            if not agrees(found, value) and not _is_trimmed(parameter, found, value):
                yield f"{_named(parameter)} is {_shown(found)} where {_shown(value)} was meant"
        elif meant is None or meant.paged or self._standing.sends(parameter.place, parameter.name):
            if said := self._invalid(parameter, found):
                yield f"{_named(parameter)}: {said}"
        elif not any(
            agrees(found, default) for default in defaults_of(self.schema(parameter), self._schemas)
        ):
            yield f"{_named(parameter)} is {_shown(found)}, and nobody asked for it"

    def _is_credential(self, parameter: Parameter, meant: Meant | None) -> bool:
        """Return whether the adapter itself fills it; a suite's record shows no credentials."""
        return meant is None and self._standing.sends(parameter.place, parameter.name)

    def _defaults(self, parameter: Parameter) -> list[Any]:
        return defaults_of(self.schema(parameter), self._schemas)

    def _invalid(self, parameter: Parameter, found: Any) -> str:
        schema = self.schema(parameter)
        validator = self._schemas.validator(schema)
        if isinstance(found, list) and len(found) == 1:  # perhaps no list: some parameters may be either
            alone = lifted(found[0], schema, self._schemas)
            if validator.is_valid(alone):
                return ""
        members = self._schemas.resolved(schema).get("enum", ())
        each = found if isinstance(found, list) and found else [found]  # a list's enum is its items'
        if members and all(any(agrees(one, member) for member in members) for one in each):
            return ""  # true, listed as a word or as itself
        value = found.value if isinstance(found, Typed) else lifted(found, schema, self._schemas)
        return complaint(validator, value, strict=False)

    def _more(self, sent: Sent, query: Pairs, cookies: Pairs) -> Iterator[str]:
        standing = self._standing
        for name in () if sent.followed else query.rest():
            if not standing.sends("query", name) and ("query", name.partition("[")[0]) not in self._unread:
                yield f"query parameter {name!r} is not declared"
        yield from (
            f"cookie {name!r} is not declared"
            for name in cookies.rest()
            if not standing.sends("cookie", name)
        )
        declared = {p.name.lower() for p in self.operation.parameters if p.place == "header"}
        for name in sent.headers:
            if name not in USUAL_HEADERS and name not in declared and not standing.sends("header", name):
                yield f"header {name!r} is not declared"

    def _body(self, sent: Sent, meant: Meant | None) -> Iterator[str]:
        operation, type = self.operation, sent.headers.get("content-type", "")
        if not type and not sent.content:
            given = meant is not None and meant.body is not ABSENT and meant.body != {}
            if given or operation.body_required:
                yield "no body was sent"
            return
        media = next((m for m in operation.body if _bodies.fits(type, m.type)), None)
        if media is None:
            wanted = " or ".join(m.type for m in operation.body) or "none"
            yield f"the body is {_bodies.plain_type(type) or 'untyped'}, and {wanted} is declared"
        elif sent.content is None:
            return
        elif meant is None:
            yield from self._recorded(sent.content, media) if _bodies.is_json(type) else ()
        else:
            asked = {} if meant.body is ABSENT else meant.body
            yield from _bodies.problems(sent.content, type, media, asked, self._schemas.usual)

    def _recorded(self, content: bytes, media: Media) -> Iterator[str]:
        """Judge JSON by its schema alone."""
        schema = self._schemas.of(media.schema)
        try:
            value = json.loads(content)
        except ValueError:
            yield "body: it is no JSON"
            return
        said = complaint(self._schemas.validator(schema), value, strict=False)
        known = set() if is_open(schema, self._schemas) else names_of(schema, self._schemas)
        more = sorted(set(value) - known) if isinstance(value, Mapping) and known else []
        yield from [f"body: {said}"] if said else [f"body: {name!r} is not declared" for name in more]

    def _accept(self, sent: Sent) -> Iterator[str]:
        told = self.operation.responses
        full = [media for status, media in told.items() if status[:1] == "2" and status not in EMPTY]
        good = full or ([] if any(status[:1] == "2" for status in told) else [told.get("default", ())])
        offered = sorted({m.type for media in good for m in media})
        accepted = [part.strip() for part in sent.headers.get("accept", "*/*").split(",")]
        fitting = (_bodies.fits(o, a) or _bodies.fits(a, o) for o in offered for a in accepted)
        if offered and not any(fitting) and not self._standing.sends("header", "accept"):
            yield f"it accepts {', '.join(accepted)}, and {' or '.join(offered)} is declared"


def _is_trimmed(parameter: Parameter, found: Any, value: Any) -> bool:
    """Return whether only the spaces are lost that HTTP takes from around a header's value."""
    texts = isinstance(found, str) and isinstance(value, str)
    return parameter.place == "header" and texts and found == value.strip()


def kind_of(schema: Schema, schemas: Schemas, depth: int = 0) -> str:
    """Return how the styles see the values of a schema."""
    schema = schemas.resolved(schema)
    told = schema.get("type", [])
    for kind in told if isinstance(told, list) else [told]:
        if kind in ("array", "object"):
            return str(kind)
    if "properties" in schema or "items" in schema:
        return "object" if "properties" in schema else "array"
    inner = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    kinds = [kind_of(part, schemas, depth + 1) for part in inner] if depth < 16 else []
    return next((kind for kind in kinds if kind != "scalar"), "scalar")


def names_of(schema: Schema, schemas: Schemas, depth: int = 0) -> set[str]:
    """Return every field that a schema names, in any of its alternatives."""
    schema = schemas.resolved(schema)
    found = set(schema.get("properties", ()))
    for key in ("allOf", "anyOf", "oneOf") if depth < 16 else ():
        for part in schema.get(key, ()):
            found |= names_of(part, schemas, depth + 1)
    return found


def is_open(schema: Schema, schemas: Schemas, depth: int = 0) -> bool:
    """Return whether a schema says that it has fields which it does not name."""
    schema = schemas.resolved(schema)
    if schema.get("additionalProperties", {"not": {}}) != {"not": {}}:
        return True
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    return depth < 16 and any(is_open(part, schemas, depth + 1) for part in parts)


def defaults_of(schema: Schema, schemas: Schemas, depth: int = 0) -> list[Any]:
    """Return what a parameter means when it is not sent, and what it must be when it is."""
    schema = schemas.resolved(schema)
    members = schema.get("enum", ())
    found = [schema[key] for key in ("default", "const") if key in schema]
    found += list(members) if len(members) == 1 else []
    for key in ("allOf", "anyOf", "oneOf") if depth < 16 else ():
        for part in schema.get(key, ()):
            found += defaults_of(part, schemas, depth + 1)
    return found


def _named(parameter: Parameter) -> str:
    kind = "query parameter" if parameter.place == "query" else parameter.place
    return f"{kind} {parameter.name!r}" if kind != "path" else f"path parameter {parameter.name!r}"


def _shown(value: Any) -> str:
    text = repr(value.value if isinstance(value, Typed) else value)
    return text if len(text) <= 80 else f"{text[:79]}…"
