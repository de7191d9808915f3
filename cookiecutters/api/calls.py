"""What a generated test calls and expects on the wire, worked out from the manifest's shapes alone.

Nothing here asks the adapter or the runtime: expected paths, queries and bodies are written independently, so
that a test built of them can find either wrong.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from generator.modelling.examples import Examples, fits
from generator.modelling.models import Models

from .flat import flattened
from .parameters import Parameter, sent_path
from .styles import in_header, in_path, in_query, text

Placed = Mapping[tuple[str, str], Any]  # (place, name on the wire) → value
Styles = Mapping[tuple[str, str], str]
RAW = ("binary", "text")  # a body that is its own bytes
_SAFE = "/:@!$&'()*+,;=~?%"


@dataclass(frozen=True, slots=True)
class Given:
    """One argument with the JSON value that a test gives it."""

    parameter: Parameter
    value: Any


def given(
    parameters: Sequence[Parameter],
    examples: Examples,
    noun: str,
    *,
    everything: bool,
    also: Container[str] = (),
) -> list[Given]:
    """Example values for the required arguments, or for all; no two texts or numbers alike, no default.

    *noun* is what the operation is about: it names a bare ``id``; *also* are fields of the body that are
    needed although none of them is required by itself.
    """
    chosen: list[Given] = []
    for parameter in parameters:
        if parameter.required or everything or (parameter.place == "body" and parameter.wire in also):
            schema = examples.plain(parameter.schema)
            value = examples.of(parameter.schema, _named(parameter, noun))
            if parameter.has_default and value == parameter.default:
                value = _another(value, schema)
            used = [other.value for other in chosen if isinstance(other.value, type(value))]
            chosen.append(Given(parameter, _distinct(value, used, schema)))
    return chosen


def alternative(body: Any, types: Mapping[str, Any]) -> frozenset[str]:
    """The fields of the first alternative of a body that wants one or another: ``anyOf: [{required: …}]``."""
    flat = flattened(body, types)
    for word in ("anyOf", "oneOf"):
        for option in flat.get(word) or ():
            required = flattened(option, types).get("required")
            if isinstance(required, list):
                return frozenset(map(str, required))
    return frozenset()


def _named(parameter: Parameter, noun: str) -> str:
    if parameter.place == "whole":
        return ""  # a body that is called body is no text of that name
    name = parameter.wire
    return f"{noun}_id" if name == "id" and parameter.place == "path" and noun else name


def _another(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value that is not the default, so that a test sees whether it is passed on."""
    options = schema.get("enum")
    if isinstance(options, list):
        return next((option for option in reversed(options) if option not in (value, None)), value)
    return not value if isinstance(value, bool) else _distinct(value, [value], schema)


def _distinct(value: Any, used: Sequence[Any], schema: Mapping[str, Any]) -> Any:
    """A value that shows when two arguments are swapped."""
    varies = schema.get("type") in ("string", "integer", "number") and not {"enum", "format"} & schema.keys()
    if value not in used or not varies:
        return value
    for number in range(2, 20):
        candidate = f"{value}-{number}" if isinstance(value, str) else value + number
        if candidate not in used and fits(candidate, schema):
            return candidate
    return value


def arguments(chosen: Sequence[Given], models: Models) -> str:
    """The text between the parentheses of the call."""
    parts = []
    for item in chosen:
        text = models.python(item.parameter.kind, item.value)
        parts.append(text if item.parameter.place == "path" else f"{item.parameter.name}={text}")
    return ", ".join(parts)


def sent(
    endpoint: Mapping[str, Any], chosen: Sequence[Given], parameters: Sequence[Parameter], credential: str
) -> dict[str, Any]:
    """The exact request: path, and whatever of query, json, form, files, content and headers it has.

    *credential* is the cookie that the adapter's auth adds behind others, or "".
    """
    shown = (p for p in parameters if not p.required and p.shows_default and p.default is not None)
    placed = {
        **{(p.place, p.wire): p.default for p in shown},
        **{(i.parameter.place, i.parameter.wire): i.value for i in chosen},
    }
    styles = {(p.place, p.wire): p.style for p in parameters if p.style}
    path, _, fixed = sent_path(endpoint).partition("?")
    query = [*parse_qsl(fixed, keep_blank_values=True), *_query(placed, styles)]
    request = {
        "path": _path(path, placed, styles),
        "query": grouped(query),
        "headers": _headers(endpoint, placed, styles, credential),
    }
    found = {key: value for key, value in request.items() if value}
    return found | _body(endpoint, placed, parameters, styles)


def _query(placed: Placed, styles: Styles) -> Iterator[tuple[str, str]]:
    for name, value in _at("query", placed).items():
        style = styles.get(("query", name))
        yield from in_query(name, value, style) if style else _flat(name, value, indexed=False)


def _at(place: str, placed: Placed) -> dict[str, Any]:
    return {wire: value for (where, wire), value in placed.items() if where == place}


def _headers(endpoint: Mapping[str, Any], placed: Placed, styles: Styles, credential: str) -> dict[str, str]:
    dynamic = {n: in_header(v, styles.get(("header", n), "")) for n, v in _at("header", placed).items()}
    cookies = [pair for name, value in _at("cookie", placed).items() for pair in _cookie(name, value, styles)]
    jar = "; ".join([*cookies, credential] if credential else cookies)
    return {**endpoint.get("headers", {}), **dynamic, **({"Cookie": jar} if cookies else {})}


def _cookie(name: str, value: Any, styles: Styles) -> list[str]:
    found = in_query(name, value, styles.get(("cookie", name), ""))
    return [f"{key}={text}" for key, text in found]


def _path(template: str, values: Placed, styles: Styles) -> str:
    parts = re.split(r"\{([^{}]*)\}", template)
    filled = [
        in_path(part, values[("path", part)], styles.get(("path", part), ""))
        if index % 2
        else quote(part, safe=_SAFE)
        for index, part in enumerate(parts)
    ]
    return "".join(filled)


def _body(
    endpoint: Mapping[str, Any], placed: Placed, parameters: Sequence[Parameter], styles: Styles
) -> dict[str, Any]:
    if "body" not in endpoint:
        return {}
    encoding = endpoint.get("encoding", "json")
    media = {"media": endpoint["media"]} if "media" in endpoint else {}
    if any(p.place == "whole" for p in parameters):
        if ("whole", "") not in placed:
            return {}
        value = placed[("whole", "")]
        if encoding in ("form", "multipart"):
            return {"form": grouped(flat(value, indexed=True))}
        return {"content": value.encode(), **media} if encoding in RAW else {"json": value, **media}
    fields = _at("body", placed)
    if encoding == "json":
        return {"json": fields, **media}
    texts = {wire for wire, value in fields.items() if encoding == "multipart" and isinstance(value, str)}
    spelled = {wire: style for wire, style in styles.items() if wire[0] != "body" or wire[1] not in texts}
    return ({"files": {}} if encoding == "multipart" else {}) | _form(fields, parameters, spelled)


def _form(fields: dict[str, Any], parameters: Sequence[Parameter], styles: Styles) -> dict[str, Any]:
    files = {
        p.wire
        for p in parameters
        if p.place == "body" and "file" in (p.kind.form, *(k.form for k in p.kind.inner))
    }
    uploads = {wire: fields.pop(wire) for wire in sorted(files & fields.keys())}
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        style = styles.get(("body", name))
        pairs += in_query(name, value, style) if style else _flat(name, value, indexed=True)
    form = {"form": grouped(pairs)} if fields or not uploads else {}
    return {**form, **({"files": {wire: _file(value) for wire, value in uploads.items()}} if uploads else {})}


def _file(value: Any) -> Any:
    """The content of an upload; of several under one name, a list."""
    contents = [item.encode() for item in _as_list(value)]
    return contents[0] if len(contents) == 1 else contents


def flat(values: Mapping[str, Any], *, indexed: bool) -> list[tuple[str, str]]:
    """Names and texts: ``a[b]`` for what is nested; a list repeats its name, or counts ``a[0]``."""
    return [pair for name, value in values.items() for pair in _flat(name, value, indexed)]


def _flat(name: str, value: Any, indexed: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}[{key}]", inner, indexed)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flat(f"{name}[{index}]" if indexed else name, inner, indexed)
    else:
        yield name, text(value)


def grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A mapping of the pairs; a name that repeats has a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = [*_as_list(found[name]), value] if name in found else value
    return found


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
