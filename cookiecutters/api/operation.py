"""One endpoint as the skeleton prints it: constant, signature, call and words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling import kinds
from generator.modelling.kinds import ANY, NONE, Kind, code
from generator.modelling.models import Models
from generator.modelling.names import constant, pascal, phrase, singular

from . import paging
from .parameters import Parameter, parameters, sent_path

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REPEATABLE = SAFE_METHODS | {"PUT", "DELETE"}
_BODIES = {"text": "binary"}  # an encoding to the runtime's word, where that is another
ERRORS = {
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "UnavailableError",
    409: "ConflictError",
    410: "NotFoundError",
    412: "ConflictError",
    429: "RateLimitedError",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """Everything known of one endpoint, before it becomes text."""

    name: str
    endpoint: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    answer: Kind  # what comes back; of a list over pages, one item
    form: str  # nothing value pages download
    pages: Mapping[str, Any]
    key_header: str
    summary: str
    meanings: Mapping[str, str]  # status → what it means, declared or inferred

    @property
    def repeatable(self) -> bool:
        """May it be sent again when an answer is missing?"""
        said = self.endpoint.get("idempotent")
        return bool(self.key_header) or (
            self.endpoint["method"] in REPEATABLE if said is None else bool(said)
        )

    @property
    def errors(self) -> dict[int, str]:
        """The declared meanings."""
        return {int(status): text for status, text in sorted(self.endpoint.get("errors", {}).items())}

    @property
    def annotation(self) -> str:
        """The type argument of its Operation."""
        if self.form == "pages":
            return f"list[{self.answer.text}]"
        return {"nothing": "None", "download": "bytes"}.get(self.form, self.answer.text)

    def facts(self) -> dict[str, Any]:
        """What the skeleton prints of it in the adapter."""
        return {
            "name": self.name,
            "constant": constant(self.name),
            "method": self.endpoint["method"],
            "path": sent_path(self.endpoint),
            "annotation": self.annotation,
            "declaration": self._declaration(),
            "signature": self._signature(),
            "form": self.form,
            "call": {"pages": "_pages", "download": "_download"}.get(self.form, "_call"),
            "awaited": self.form in ("nothing", "value"),
            "result": self._result(""),
            "async_result": self._result("Async"),
            "arguments": [*self._mappings(), *self._passed_options()],
            "nulls": any(parameter.nulled for parameter in self.parameters),
            "doc": self._doc(),
        }

    def _result(self, prefix: str) -> str:
        if self.form == "pages":
            return f"{prefix}Iterator[{self.answer.text}]"
        return f"{prefix}Download" if self.form == "download" else self.answer.text

    def _signature(self) -> str:
        """Path parameters may be given by position, everything else by name alone."""
        positional = [p.facts() for p in self.parameters if p.place == "path"]
        named = [*(p.facts() for p in self.parameters if p.place != "path"), *self._options()]
        return ", ".join(["self", *map(_written, positional), "*", *map(_written, named)])

    def _options(self) -> list[dict[str, str]]:
        names = [*(["idempotency_key"] if self.key_header else []), "timeout"]
        kind = {"idempotency_key": "str | None", "timeout": "float | None"}
        return [{"name": name, "annotation": kind[name], "default": "None"} for name in names]

    def _passed_options(self) -> list[str]:
        return [f"{option['name']}={option['name']}" for option in self._options()]

    def _declaration(self) -> list[str]:
        """The arguments of the constant, as text that is Python already."""
        endpoint = self.endpoint
        encoding = _BODIES.get(endpoint.get("encoding", "json"), endpoint.get("encoding", "json"))
        said = endpoint.get("idempotent")
        styles = self._styles()
        parts = {
            "returns": "" if self.form == "nothing" else self.annotation,
            "body": code(encoding) if encoding != "json" else "",
            "media": code(endpoint["media"]) if endpoint.get("media") else "",
            "styles": code(styles) if styles else "",
            "anonymous": "True" if endpoint.get("anonymous") else "",
            "idempotent": "" if said is None or said == (endpoint["method"] in REPEATABLE) else code(said),
            "idempotency_header": code(self.key_header) if self.key_header else "",
            "pages": paging.constructor(self.pages) if self.form == "pages" else "",
            "errors": code(self.errors) if self.errors else "",
            "accept": code(self.accept) if self.accept else "",
        }
        return [f"{name}={text}" for name, text in parts.items() if text]

    def _styles(self) -> dict[str, str]:
        """Name on the wire → style; a name of two places, and a field of a form, has its place before it."""
        wires = [parameter.wire for parameter in self.parameters]
        return {
            p.wire if p.place != "body" and wires.count(p.wire) == 1 else f"{p.place}:{p.wire}": p.style
            for p in self.parameters
            if p.style
        }

    @property
    def accept(self) -> str:
        """The Accept header, where it is not the usual one."""
        told = next((v for k, v in self.endpoint.get("headers", {}).items() if k.lower() == "accept"), "")
        documented = self.endpoint.get("media_returned", "")
        return told or documented or ("*/*" if self.form == "download" else "")

    def _mappings(self) -> list[str]:
        """``path={"owner": owner}`` and so on, for what there is."""
        constants = {k: v for k, v in self.endpoint.get("headers", {}).items() if k.lower() != "accept"}
        fixed = [f"{code(name)}: {code(value)}" for name, value in sorted(constants.items())]
        places = {"path": "path", "query": "query", "headers": "header", "cookies": "cookie", "body": "body"}
        found = []
        for word, place in places.items():
            pairs = [f"{code(p.wire)}: {_passed(p)}" for p in self.parameters if p.place == place]
            pairs = [*fixed, *pairs] if word == "headers" else pairs
            if pairs:
                found.append(f"{word}={{{', '.join(pairs)}}}")
        whole = [f"body={p.name}" for p in self.parameters if p.place == "whole"]
        return [*found, *whole]

    def _doc(self) -> dict[str, Any]:
        described = str(self.endpoint.get("description", "")).strip()
        paragraphs = [described] if described else []
        paragraphs += ["Deprecated by the service."] if self.endpoint.get("deprecated") else []
        paragraphs += [note] if (note := self._safety()) else []
        return {
            "summary": self.summary,
            "paragraphs": paragraphs,
            "args": [{"name": p.name, "text": p.note} for p in self.parameters if p.note],
            "returns": "The answer's JSON; the manifest gives it no type." if self._is_untyped() else "",
            "yields": f"Every {self._item()}; pages are fetched as they are needed."
            if self.form == "pages"
            else "",
            "raises": [
                {"error": error_class(int(status)), "text": f"{text.rstrip('.')} ({status})."}
                for status, text in sorted(self.meanings.items())
            ],
        }

    def _safety(self) -> str:
        if self.key_header:
            return f"Safe to repeat: every attempt carries the same {self.key_header}, yours or a fresh one."
        said = self.endpoint.get("idempotent")
        if said is None or bool(said) == (self.endpoint["method"] in REPEATABLE):
            return ""  # as the class says of its method
        return (
            "Repeated after a failure: doing it twice does no harm."
            if said
            else "Never repeated: a call that failed may have been done."
        )

    def _is_untyped(self) -> bool:
        return self.form == "value" and self.answer.family == "any"

    def _item(self) -> str:
        named = (
            self.answer.text.isidentifier() and self.answer.text[:1].isupper() and self.answer.family != "any"
        )
        return phrase(self.answer.text) if named else "item"


def _passed(parameter: Parameter) -> str:
    """What stands for the argument in the request."""
    name = parameter.name
    return f"NULL if {name} is None else {name}" if parameter.nulled else name


def _written(argument: Mapping[str, str]) -> str:
    default = f" = {argument['default']}" if argument["default"] else ""
    return f"{argument['name']}: {argument['annotation']}{default}"


def error_class(status: int) -> str:
    """The runtime's error for a status."""
    return ERRORS.get(status, "UnavailableError" if status >= 500 else "InvalidRequestError")


def read_operation(
    endpoint: Mapping[str, Any],
    name: str,
    requirements: Mapping[str, Any],
    models: Models,
    answers: Mapping[str, Mapping[str, Any]],
) -> Operation:
    """Bring together what the entry and the answers say of one endpoint."""
    key = f"{endpoint['method']} {endpoint['path']}"
    types = requirements.get("types", {})
    pages = paging.settled(paging.options(endpoint, requirements)) if endpoint.get("paginate") else {}
    answer, form = _answer(endpoint, name, pages, models, types)
    summary = endpoint.get("summary") or answers.get("summaries", {}).get(key)
    return Operation(
        name=name,
        endpoint=endpoint,
        parameters=tuple(parameters(endpoint, name, models, types)),
        answer=answer,
        form=form,
        pages=pages,
        key_header=_key_header(endpoint, requirements),
        summary=summary or f"{phrase(name).capitalize()}.",
        meanings={**_told(key, answers.get("errors", {})), **endpoint.get("errors", {})},
    )


def _key_header(endpoint: Mapping[str, Any], requirements: Mapping[str, Any]) -> str:
    usual = requirements.get("idempotency", "") if endpoint["method"] == "POST" else ""
    return str(endpoint.get("idempotency", usual))


def _told(key: str, answered: Mapping[str, str]) -> dict[str, str]:
    """Status → meaning, out of the answers for every operation."""
    mine = {
        said.removeprefix(f"{key} "): text for said, text in answered.items() if said.startswith(f"{key} ")
    }
    return {status: text for status, text in mine.items() if re.fullmatch("[45][0-9][0-9]", status)}


def _answer(
    endpoint: Mapping[str, Any], name: str, pages: Mapping[str, Any], models: Models, types: Mapping[str, Any]
) -> tuple[Kind, str]:
    if endpoint["method"] == "HEAD" or endpoint.get("returns") == {"type": "null"}:
        return NONE, "nothing"
    if "returns" not in endpoint:
        return ANY, "pages" if pages else "value"
    returns = endpoint["returns"]
    if returns.get("format") in ("byte", "binary"):
        return kinds.FORMATS["byte"], "download"
    if pages:
        item = paging.item_schema(returns, pages, types)
        return models.result({} if item is None else item, _class(name, models), f"{name}.returns"), "pages"
    return models.result(returns, _class(name, models), f"{name}.returns"), "value"


def _class(name: str, models: Models) -> str:
    """A class name for an answer without one: the noun of the method, if no other class has it."""
    noun = pascal(singular(name.partition("_")[2]))
    return noun if name.partition("_")[2] and models.is_free(noun) else f"{pascal(name)}Result"
