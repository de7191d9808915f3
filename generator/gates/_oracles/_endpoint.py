"""One declared endpoint, and what is wrong with a request to it."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from generator.gates._oracles._schemas import Types, complaint, lifted, tree

Request = Mapping[str, Any]
MEDIA = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
}
FILE = "(file)"  # stands for a file's content in the record of a request; "" is valid in every file format
# The query parameters that each way of paging adds, by the option that names them and their usual name.
PAGING = {
    "page": {"parameter": "page", "size_parameter": ""},
    "offset": {"parameter": "offset", "limit_parameter": "limit"},
    "cursor": {"parameter": "cursor"},
    "link": {},
}


class Endpoint:
    """An endpoint as the entry declares it, with what the entry says for all of them."""

    def __init__(self, raw: Mapping[str, Any], requirements: Mapping[str, Any], types: Types) -> None:
        self.method, self.path = raw["method"], raw["path"]
        self.name = f"{self.method} {self.path}"
        self._raw, self._requirements, self._types = raw, requirements, types
        self._paging = self._paging_options()
        self._segments = [_segment(part) for part in self.path.split("/")]
        self._known: dict[str, tuple[str, ...]] = {}

    def values(self, path: str) -> dict[str, str] | None:
        """Return the path parameters' values, or None when the path is another endpoint's."""
        parts = path.split("/")
        if len(parts) != len(self._segments):
            return None
        found: dict[str, str] = {}
        for part, (names, pattern) in zip(parts, self._segments, strict=True):
            match = pattern.fullmatch(unquote(part))
            if match is None:
                return None
            found |= dict(zip(names, match.groups(), strict=True))
        return found

    def problems(self, request: Request, before: Request | None) -> tuple[str, ...]:
        """Return everything that is wrong with a request; *before* is the one that came before it."""
        followed = self._follows(request, before)
        key = f"{followed}{json.dumps({**request, 'operation': ''}, sort_keys=True)}"
        if key not in self._known:  # suites repeat themselves: once a form, once an error
            query = () if followed else self._query(request)
            found = (*self._path_values(request), *query, *self._headers(request), *self._body(request))
            self._known[key] = found
        return self._known[key]

    def _follows(self, request: Request, before: Request | None) -> bool:
        """Return whether the service itself wrote this query: the next page's link, followed."""
        same = before is not None and all(
            before[key] == request[key] for key in ("operation", "method", "path")
        )
        return same and self._paging.get("style") == "link" and bool(request["query"])

    def _paging_options(self) -> dict[str, Any]:
        asked = self._raw.get("paginate")
        if not asked:
            return {}
        own = dict(asked) if isinstance(asked, Mapping) else {}
        shared = self._requirements.get("pagination", {})
        return own if own.get("style", shared.get("style")) != shared.get("style") else {**shared, **own}

    def _declared(self, place: str) -> dict[str, Mapping[str, Any]]:
        parameters = self._raw.get("parameters", {})
        return {told.get("name", key): told for key, told in parameters.items() if told["in"] == place}

    def _path_values(self, request: Request) -> Iterator[str]:
        declared = self._declared("path")
        for name, value in (self.values(request["path"]) or {}).items():
            if value == f"{{{name}}}":
                yield f"path parameter {name!r} is not filled"
            elif name in declared and (said := self._text_problem(value, declared[name]["schema"])):
                yield f"path parameter {name!r}: {said}"

    def _text_problem(self, value: Any, schema: Mapping[str, Any]) -> str:
        return complaint(self._types.validator(schema), lifted(value, schema, self._types))

    def _query(self, request: Request) -> Iterator[str]:
        declared, added = self._declared("query"), self._added()
        sent = _sent([(name, value) for name, value in request["query"]], declared)
        for name, value in sent.items():
            if name in declared:
                schema = declared[name]["schema"]
                if said := self._text_problem(self._many(value, schema), schema):
                    yield f"query parameter {name!r}: {said}"
            elif name not in added:
                yield f"query parameter {name!r} is not declared"
        for name, told in declared.items():
            if told["required"] and name not in sent:
                yield f"query parameter {name!r} is required and not sent"

    def _many(self, value: Any, schema: Mapping[str, Any]) -> Any:
        """Return one value as the list that the schema asks for: ``tag=a`` is a list of one."""
        alone = isinstance(value, str) and self._types.resolved(schema).get("type") == "array"
        return [value] if alone else value

    def _added(self) -> set[str]:
        """Return the query parameters that pages and credentials add."""
        usual = PAGING.get(self._paging.get("style", ""), {})
        names = {self._paging.get(option, name) for option, name in usual.items()}
        auth = self._requirements.get("auth", {})
        several = auth if isinstance(auth, list) else [auth]
        return names | {one.get("name") for one in several if one.get("in") == "query"}

    def _headers(self, request: Request) -> Iterator[str]:
        sent = request["headers"]
        for name, told in self._declared("header").items():
            value = sent.get(name.lower())
            if value is None and told["required"]:
                yield f"header {name!r} is required and not sent"
            elif value is not None and (said := self._text_problem(value, told["schema"])):
                yield f"header {name!r}: {said}"
        for name, value in self._raw.get("headers", {}).items():
            if sent.get(name.lower()) != value:
                yield f"header {name!r} must be {value!r}, not {sent.get(name.lower())!r}"
        key = self._requirements.get("idempotency", "")
        if key and self.method == "POST" and not sent.get(key.lower()):
            yield f"header {key!r} is declared for idempotency and not sent"

    def _body(self, request: Request) -> Iterator[str]:
        schema, media = self._raw.get("body"), request["content_type"]
        if schema is None:
            if media:
                yield f"a body ({media}) was sent, and none is declared"
            return
        if not media and self._raw.get("body_required") is False:
            return
        encoding = self._raw.get("encoding", "json")
        expected = MEDIA.get(encoding, media)
        if media and media != expected:
            yield f"the body is {media}, and {expected} is declared"
        elif encoding in MEDIA:
            yield from self._content(schema, request, encoding)

    def _content(self, schema: Mapping[str, Any], request: Request, encoding: str) -> Iterator[str]:
        body, sent = request["body"], bool(request["content_type"])
        if sent and encoding != "json" and body is not None:
            pairs = [(name, "" if value == FILE else value) for name, value in body]
            fields = self._types.resolved(schema).get("properties", {})
            body = lifted(_sent(pairs, fields), schema, self._types)
        elif sent and encoding != "json":
            return  # parts that were not recorded cannot be judged
        said = complaint(self._types.validator(schema), body if sent else {})
        if said:
            yield f"body: {said}" if sent else f"no body was sent: {said}"


def _sent(pairs: list[tuple[str, str]], declared: Container[str]) -> dict[str, Any]:
    """Return pairs as nested data; a name with brackets that is declared so stands for itself."""
    spelled = {name: value for name, value in pairs if name in declared and "[" in name}
    return tree([(name, value) for name, value in pairs if name not in spelled]) | spelled


def _segment(template: str) -> tuple[list[str], re.Pattern[str]]:
    """Return a path segment's parameter names and the pattern of its decoded text."""
    parts = re.split(r"\{([^{}/]+)\}", template)
    literals = [re.escape(unquote(part)) for part in parts[::2]]
    return parts[1::2], re.compile("(.+)".join(literals), re.DOTALL)
