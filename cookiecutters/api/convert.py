"""One operation of a document as an endpoint of the canonical entry form (see ``entry``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.modelling.prose import first_sentence, prose
from generator.shapes import without_null
from generator.specs.facts import Body, Finding, Media, Operation, Parameter, Response

from .flat import flattened, has_default
from .meanings import errors

JSON = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?json\s*(?:;.*)?\Z", re.IGNORECASE)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_TEXT = re.compile(r"text/|application/(?:xml|yaml|x-yaml|graphql|csv|jwt)\b|.*\+xml\b", re.IGNORECASE)
_IGNORED = frozenset(
    {"accept", "content-type", "authorization"}
)  # OpenAPI 3.1, Parameter Object: "SHALL be ignored"
_STREAM = re.compile(r"event-stream|json-?seq|jsonl|ndjson|stream", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SET = frozenset({"host", "content-length", "transfer-encoding", "connection", "cookie"})
_KEYED = frozenset({"idempotency-key", "x-idempotency-key"})
_STYLES = {"spaceDelimited": "space", "pipeDelimited": "pipe"}
BINARY, NOTHING = {"type": "string", "format": "binary"}, {"type": "null"}


@dataclass(slots=True)
class Converter:
    """Turns operations into endpoints; *credential* holds the ``(place, name)`` pairs that auth fills."""

    types: Mapping[str, Mapping[str, Any]]
    credential: frozenset[tuple[str, str]] = frozenset()
    findings: list[Finding] = field(default_factory=list)

    def endpoint(self, operation: Operation) -> dict[str, Any]:
        """What the operation says, in the entry's words."""
        listed = operation.listed
        found: dict[str, Any] = {"method": listed.method, "path": listed.path}
        found |= {"id": listed.id} if listed.id else {}
        found |= {"tags": list(listed.tags)} if listed.tags else {}
        found |= self._words(operation)
        found |= {"deprecated": True} if listed.deprecated else {}
        found |= self._parameters(operation)
        found = _with_query_in_path(found)
        found |= self._body(operation.body, operation.pointer) if operation.body else {}
        return found | self._answers(operation) | errors(operation.responses)

    def _words(self, operation: Operation) -> dict[str, str]:
        described = prose(operation.description)
        summary = first_sentence(operation.listed.summary) or first_sentence(described)
        if described.startswith(summary.rstrip(". ")):  # the description says it again, and often better
            summary = first_sentence(described)
        plain = summary.rstrip(". ")
        rest = described[len(plain) :].lstrip(". ") if described.startswith(plain) else described
        said = {"summary": sentence(summary), "description": rest.strip()}
        return {key: text for key, text in said.items() if text}

    def _parameters(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = {}
        keyed = ""
        for parameter in operation.parameters:
            name = parameter.name.lower()
            if parameter.place == "header" and name in _KEYED and operation.listed.method == "POST":
                keyed = parameter.name
            elif not self._is_the_adapters(parameter, operation):
                key = parameter.name if parameter.name not in found else f"{parameter.place}_{parameter.name}"
                told = self._parameter(parameter, key)
                if told != {"in": "path", "required": True, "schema": {"type": "string"}}:
                    found[key] = told
        return {**({"parameters": found} if found else {}), **({"idempotency": keyed} if keyed else {})}

    def _is_the_adapters(self, parameter: Parameter, operation: Operation) -> bool:
        name = parameter.name.lower()
        if (parameter.place, name) in self.credential:
            return True
        if parameter.place in ("header", "cookie") and not _TOKEN.fullmatch(parameter.name):
            said = f"no {parameter.place} can be called {parameter.name[:60]!r} (RFC 9110); it is left out"
            self.find(operation.pointer, said)
            return True
        if parameter.place != "header" or name not in _IGNORED | _SET:
            return False
        if name in _SET:
            self.find(operation.pointer, f"header {parameter.name} is set by the adapter itself")
        return True

    def _parameter(self, parameter: Parameter, key: str) -> dict[str, Any]:
        schema, _ = without_null(self._said(parameter.schema))
        if (
            parameter.required
            or parameter.place == "path"
            or not has_default({**flattened(schema, self.types), **schema})
        ):
            schema.pop("default", None)
        required = parameter.place == "path" or parameter.required
        found: dict[str, Any] = {"in": parameter.place, "required": required, "schema": schema}
        found |= {"name": parameter.name} if key != parameter.name else {}
        text = parameter.description or str(parameter.schema.get("description") or "")
        found |= {"description": text} if text else {}
        found |= {"deprecated": True} if parameter.deprecated else {}
        style = self._style(parameter)
        return {**found, "style": style} if style else found

    def _style(self, parameter: Parameter) -> str:
        """The runtime's word for how the value travels, where it is not what the runtime does anyway."""
        star = "*" if parameter.explode and parameter.style in ("form", "simple", "label", "matrix") else ""
        style = _STYLES.get(parameter.style, parameter.style)
        if style in ("space", "pipe") and parameter.explode:
            style, star = "form", "*"
        kind = self._family(parameter.schema)
        if kind == "scalar" and style in ("form", "simple", "space", "pipe", "deepObject", ""):
            return ""
        word = f"{style}{star}"
        return "" if kind == "array" and word == "form*" and parameter.place == "query" else word

    def _family(self, schema: Mapping[str, Any]) -> str:
        """``scalar``, ``array``, or ``object`` for what may be one."""
        flat = flattened(schema, self.types)
        kind = flat.get("type")
        if kind in ("string", "integer", "number", "boolean") or ("enum" in flat and kind is None):
            return "scalar"
        if kind is None:
            options = [self._family(o) for w in ("anyOf", "oneOf") for o in _mappings(flat.get(w))]
            return options[0] if options and len(set(options)) == 1 else "object"
        return "array" if kind == "array" else "object"

    @staticmethod
    def _said(schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema of a parameter without the words that its docstring has anyway."""
        return {key: value for key, value in schema.items() if key not in ("description", "title")}

    def _body(self, body: Body, pointer: str) -> dict[str, Any]:
        media = min(body.media, key=lambda m: _preference(m.type), default=None)
        if media is None:
            return {}
        if len(body.media) > 1:
            others = ", ".join(m.type for m in body.media if m is not media)
            self.find(f"{pointer}/requestBody", f"bodies are sent as {media.type}; also declared: {others}")
        optional = {} if body.required else {"body_required": False}
        return {**self._content(media), **optional}

    def _content(self, media: Media) -> dict[str, Any]:
        plain = media.type.partition(";")[0].strip().lower()
        if JSON.match(media.type):
            special = {} if plain == "application/json" else {"media": plain}
            return {"body": dict(media.schema), **special}
        if plain in (FORM, MULTIPART):
            return self._form(media, "form" if plain == FORM else "multipart")
        if _TEXT.match(plain) and flattened(media.schema, self.types).get("format") not in ("binary", "byte"):
            return {"body": {"type": "string"}, "encoding": "text", "media": plain}
        special = {} if "*" in plain or plain == "application/octet-stream" else {"media": plain}
        return {"body": BINARY, "encoding": "binary", **special}

    def _form(self, media: Media, encoding: str) -> dict[str, Any]:
        flat = flattened(media.schema, self.types)
        fields = flat.get("properties")
        if not isinstance(fields, Mapping) or not fields:
            return {"body": {"type": "object", "additionalProperties": {}}, "encoding": encoding}
        styles = {
            name: style for name in sorted(fields) if (style := self._field_style(name, fields[name], media))
        }
        return {
            "body": dict(media.schema),
            "encoding": encoding,
            **({"field_styles": styles} if styles else {}),
        }

    def _field_style(self, name: str, schema: Any, media: Media) -> str:
        """How a field of a form travels: as declared, else lists repeat their name and objects are JSON."""
        family = self._family(schema) if isinstance(schema, Mapping) else "scalar"
        if family == "scalar":
            return ""
        style, explode, content = media.styles.get(name, ("", family == "array", ""))
        if content and JSON.match(content) and not style:
            return "json"
        if not style:
            return "form*" if family == "array" else "json"
        word = _STYLES.get(style, style)
        return "form*" if explode and word in ("form", "space", "pipe") else word

    def _answers(self, operation: Operation) -> dict[str, Any]:
        good = [_without_content(r) for r in operation.responses if r.status[:1] == "2"]
        moved = [r for r in operation.responses if r.status[:1] == "3"]
        default = [r for r in operation.responses if r.status == "default"]
        if not good and moved and operation.listed.method == "GET":
            return {"returns": BINARY}  # the service hands the thing out elsewhere
        return self._returned(good or default, operation.pointer)

    def _returned(self, responses: Sequence[Response], pointer: str) -> dict[str, Any]:
        media = [m for response in responses for m in response.media]
        as_json = [m for m in media if JSON.match(m.type) or m.type.strip() == "*/*"]
        if not media:
            return {"returns": dict(NOTHING)}
        if as_json:
            return self._json(as_json, any(not response.media for response in responses))
        if all(_TEXT.match(m.type) and not _STREAM.search(m.type) for m in media):
            return {"returns": {"type": "string"}, "media_returned": _plain(media[0].type)}
        kinds = sorted({_plain(m.type) for m in media})
        return {"returns": BINARY, **({"media_returned": ", ".join(kinds)} if kinds != ["*/*"] else {})}

    def _json(self, media: Sequence[Media], sometimes_empty: bool) -> dict[str, Any]:
        schemas: list[dict[str, Any]] = []
        for item in media:
            if item.schema not in schemas:
                schemas.append(dict(item.schema))
        special = next((_plain(m.type) for m in media if "+json" in m.type), "")
        usual = any(_plain(m.type) in ("application/json", "*/*") for m in media)
        accept = {"media_returned": special} if special and not usual else {}
        schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
        if not schema or {} in schemas:
            return accept
        if sometimes_empty and not without_null(schema)[1]:
            schema = {"anyOf": [*(schema.get("anyOf") or [schema]), NOTHING]}
        return {"returns": schema, **accept}

    def find(self, pointer: str, message: str) -> None:
        """Note what cannot be said."""
        self.findings.append(Finding(pointer, message))


def _without_content(response: Response) -> Response:
    """The answer, but 204 and 205 carry nothing, whatever a document says (RFC 9110)."""
    return replace(response, media=()) if response.status in ("204", "205") else response


def _with_query_in_path(endpoint: dict[str, Any]) -> dict[str, Any]:
    """``/search?q={q}``: what the path asks for behind the question mark is a parameter of the query."""
    path, mark, asked = endpoint["path"].partition("#")[0].partition("?")
    if not mark:
        return endpoint
    parameters = dict(endpoint.get("parameters", {}))
    fixed = []
    for pair in filter(None, asked.split("&")):
        name, _, value = pair.partition("=")
        inner = value.strip("{}") if re.fullmatch(r"\{[^{}]+\}", value) else ""
        if inner:
            told = parameters.pop(inner, {"schema": {"type": "string"}})
            parameters[name] = {**told, "in": "query", "required": True}
        else:
            fixed.append(pair)
    sends = f"{path}?{'&'.join(fixed)}" if fixed else path
    return {**endpoint, "sends": sends, **({"parameters": parameters} if parameters else {})}


def sentence(text: str) -> str:
    """The text with a capital in front, where its first word is plain, and a stop at its end."""
    first = text.partition(" ")[0]
    found = text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text
    return f"{found}." if found and found[-1].isalnum() else found


def _preference(media: str) -> int:
    plain = _plain(media)
    order = ("application/json", "*/*", FORM, MULTIPART, "application/octet-stream")
    if plain in order:
        return order.index(plain) * 2
    return 1 if JSON.match(media) else 12 if _TEXT.match(plain) else 9


def _plain(media: str) -> str:
    return media.partition(";")[0].strip().lower()


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    items: Iterable[Any] = value if isinstance(value, list) else ()
    return (item for item in items if isinstance(item, Mapping))
