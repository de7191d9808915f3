"""The generated tests and examples, as facts: for each operation what to call, expect and reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.kinds import Kind, code
from generator.modelling.models import Models
from generator.modelling.names import singular, snake

from . import calls, further
from .grouping import key_of
from .naming import read_route
from .operation import Operation, error_class
from .paging import item_schema
from .walk import ONLY, Walk, sent_text

DOWNLOADED = b"the report"
PATIENCE = 7.5  # seconds, the time-out that tests pass: no default of anything
KEY = "order-1"
# Constants that every test module has.
TAKEN = frozenset({"SECRETS", "BASE_URL", "ATTEMPTS", "TIMEOUT", "CALLS", "ONE_OF_EACH"})


@dataclass(slots=True)
class Suite:
    """Collects what the tests of one package need; *constants* holds the JSON of each answer by name.

    The test of an operation names those that it says.
    """

    models: Models
    examples: Examples
    attempts: int
    credential: str = ""  # what the adapter's auth adds to cookies, if that is where it goes
    cases: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)  # by operation
    constants: dict[str, Any] = field(default_factory=dict)
    _answers: dict[str, Any] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    def operation(self, operation: Operation) -> dict[str, Any]:
        """Everything that the tests of one operation say."""
        self._said = set()
        walk = self._walk(operation) if operation.form == "pages" else None
        answer = self._answer(operation, walk)
        first = walk.first_query() if walk else {}
        least = self._call(operation, first, everything=False)
        most = self._call(operation, first, everything=True)
        walked = _with_options(least, {})
        return {
            "name": operation.name,
            "form": operation.form,
            "least": _as_text(operation, _keyed(least, operation.key_header)),
            "full": _as_text(operation, _with_options(most, {operation.key_header: KEY})),
            "has_options": most != least,
            "attempts": self.attempts if operation.repeatable else 1,
            "keyed": operation.key_header,
            "errors": _declared(operation),
            "pages": {"arguments": walked["arguments"], **walk.facts(walked["request"])} if walk else None,
            "typed": _typed(operation),
            "cases": self._cases(operation, first, [least, most], _reply(answer, walk)),
            "replies": _replies(answer["reply"], walk),
            "said": sorted(self._said),
            **answer,
        }

    def _call(self, operation: Operation, first: Mapping[str, str], *, everything: bool) -> dict[str, Any]:
        return self._made(operation, first, self._given(operation, everything=everything))

    def _given(self, operation: Operation, *, everything: bool) -> list[calls.Given]:
        nouns = read_route(operation.endpoint["method"], operation.endpoint["path"]).nouns
        noun = next((singular(word) for word in nouns[:1]), "")
        also = calls.alternative(operation.endpoint.get("body"), self.examples.types)
        return calls.given(operation.parameters, self.examples, noun, everything=everything, also=also)

    def _made(
        self, operation: Operation, first: Mapping[str, str], chosen: Sequence[calls.Given]
    ) -> dict[str, Any]:
        request = calls.sent(operation.endpoint, chosen, operation.parameters, self.credential)
        if operation.form == "download":
            request["headers"] = {"Accept": operation.accept, **request.get("headers", {})}
        query = {**first, **request.get("query", {})}
        return {
            "arguments": calls.arguments(chosen, self.models),
            "request": {**request, "query": query} if query else request,
        }

    def _cases(
        self, operation: Operation, first: Mapping[str, str], made: Sequence[Mapping[str, Any]], reply: str
    ) -> list[dict[str, str]]:
        """The calls that an answer adds, without those that send what another one sends already."""
        sent, found = [call["request"] for call in made], []
        least = self._given(operation, everything=False)
        for told in self.cases.get(key_of(operation.endpoint), ()):
            chosen = further.chosen(operation, told, least, self.examples)
            call = self._made(operation, first, chosen) if chosen is not None else None
            if call and call["request"] not in sent:
                sent.append(call["request"])
                text = _as_text(operation, _keyed(call, operation.key_header))
                found.append({**text, "reply": reply, "name": f"{operation.name} {len(found) + 1}"})
        return found

    def _answer(self, operation: Operation, walk: Walk | None) -> dict[str, Any]:
        """What the service replies, what the method returns, and two replies that test the declared type."""
        if operation.form == "nothing":
            return {"reply": "204", "expected": "None", "wrong": "", "extra": []}
        if operation.form == "download":
            body = code(DOWNLOADED)
            return {"reply": f"body={body}", "expected": body, "wrong": "", "extra": []}
        kind, value = operation.answer, self._example(operation)
        if (media := _text_media(operation)) and isinstance(value, str):
            return _text(value, media)
        text = self._json(kind, value)
        wrong, extra = _wrong(kind), self._extra(kind, value)
        extras = [extra] if extra else []
        if walk:
            wrong = walk.page(f"[{wrong}]" if wrong else '"no list"', ONLY)
            extras = walk.alone(extra) if extra else []
        return {"reply": f"json={text}", "expected": text, "wrong": wrong, "extra": extras}

    def _walk(self, operation: Operation) -> Walk:
        value = self._example(operation)
        return Walk(operation, self._json(operation.answer, value), value)

    def _example(self, operation: Operation) -> Any:
        """What the service answers; of a list over pages, one item."""
        returns = operation.endpoint.get("returns")
        if returns is None:
            return {"any": "JSON"}
        if operation.form == "pages":
            returns = item_schema(returns, operation.pages, self.examples.types) or {}
        key = repr(returns)
        if key not in self._answers:
            self._answers[key] = self.examples.of(returns)
        return self._answers[key]

    def _extra(self, kind: Kind, value: Any) -> str:
        """The answer with a field that no one declared; "" where it has no fields."""
        if kind.form == "struct":
            return f"{{**{self._json(kind, value)}, 'unforeseen': [{{'new': True}}]}}"
        inner = self._extra(kind.inner[0], value[0]) if kind.form == "list" and value else ""
        return f"[{inner}]" if inner else ""

    def _json(self, kind: Kind, value: Any) -> str:
        """The JSON as Python text: a constant for the object of a class, written out otherwise."""
        if kind.form == "struct" and isinstance(value, Mapping):
            name = snake(kind.text.removesuffix(" | None")).upper()
            name = f"{name}_JSON" if name in TAKEN or not self.models.is_free(name) else name
            self.constants.setdefault(name, value)
            self._said.add(name)
            return name
        if kind.form == "list" and isinstance(value, list):
            return f"[{', '.join(self._json(kind.inner[0], item) for item in value)}]"
        return code(value)


def _declared(operation: Operation) -> list[dict[str, Any]]:
    """The errors whose meaning the entry declares."""
    return [
        {"status": status, "error": error_class(status), "meaning": meaning}
        for status, meaning in operation.errors.items()
    ]


def _text_media(operation: Operation) -> str:
    """The media type of an answer that is text and no JSON, or ""."""
    media = str(operation.endpoint.get("media_returned") or "")
    return (
        media if operation.form == "value" and operation.answer.text == "str" and "json" not in media else ""
    )


def _text(value: str, media: str) -> dict[str, Any]:
    """An answer that is text as it is."""
    said = {"body": value.encode(), "headers": {"Content-Type": media}}
    reply = ", ".join(f"{key}={code(part)}" for key, part in said.items())
    return {"reply": reply, "replies": [code(said)], "expected": code(value), "wrong": "", "extra": []}


def _as_text(operation: Operation, call: Mapping[str, Any]) -> dict[str, str]:
    return {"arguments": call["arguments"], "sent": sent_text(operation, call["request"])}


def _replies(reply: str, walk: Walk | None) -> list[str]:
    """The arguments of each reply that one whole call uses up, as Python text."""
    if walk:
        return [f'{{"json": {page}}}' for page in walk.alone(walk.item)]
    kind, _, value = reply.partition("=")
    return [f'{{"{kind}": {value}}}' if value else f'{{"status": {kind}}}']


def _reply(answer: Mapping[str, Any], walk: Walk | None) -> str:
    """The arguments of a reply that one whole call uses up; a list over pages is empty."""
    if walk:
        return f'{{"json": {walk.page("[]", ONLY)}}}'
    listed: Sequence[str] = answer.get("replies") or _replies(answer["reply"], None)
    return listed[0]


def _keyed(call: Mapping[str, Any], header: str) -> dict[str, Any]:
    """The call, with a request that must carry a key, whatever it is."""
    return {**call, "request": {**call["request"], "keyed": header}} if header else dict(call)


def _with_options(call: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """The call with a time-out and, where the operation takes one, a key of the caller's."""
    request, given = call["request"], {header: key for header, key in keys.items() if header}
    own = [f"idempotency_key={code(key)}" for key in given.values()]
    headers = {**request.get("headers", {}), **given}
    said = [*([call["arguments"]] if call["arguments"] else []), *own, f"timeout={PATIENCE}"]
    with_headers = {**request, "headers": headers} if headers else request
    return {"arguments": ", ".join(said), "request": {**with_headers, "timeout": PATIENCE}}


def _typed(operation: Operation) -> str:
    """The type that tells a decoded answer from plain JSON; "" where the two look alike."""
    return operation.annotation if operation.form in ("value", "pages") and _is_made(operation.answer) else ""


def _is_made(kind: Kind) -> bool:
    """Does decoding make something that JSON has not: an object of a class, a date?"""
    if kind.form in ("list", "map", "union"):
        return any(map(_is_made, kind.inner))
    return kind.form != "plain"


def _wrong(kind: Kind) -> str:
    """JSON that the declared type refuses, as Python text; "" when it takes anything."""
    families = {option.family for option in kind.inner} if kind.form == "union" else {kind.family}
    refused = {"str": "'unforeseen'", "object": "{'unforeseen': 1}", "array": "['unforeseen']"}
    if families & {"any", "oneof"}:  # a wrapper keeps what it does not know
        return ""
    return next((text for family, text in refused.items() if family not in families), "")


def representatives(operations: Sequence[Operation]) -> set[str]:
    """One operation of each type of answer: what is proved for it holds for the others."""
    found: dict[str, str] = {}
    for operation in operations:
        found.setdefault(f"{operation.form} {operation.annotation}", operation.name)
    return set(found.values())
