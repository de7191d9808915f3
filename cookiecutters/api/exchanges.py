"""What a described method and its service say to each other, as the test kit's replies and requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.kinds import code

from . import calls, paging, styles
from .operation import Operation
from .walk import ONLY, SENT, Walk

Exchange = tuple[str, str]  # a reply and the request before it ("": it may be missing), as Python text


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Knows the operations of one package: key → operation and what callers write for it.

    *taken* are the names that a method of the adapter cannot have; *credential* is the cookie of its auth.
    """

    operations: Mapping[str, tuple[Operation, str]]
    types: Mapping[str, Any]
    taken: Collection[str] = field(default_factory=frozenset)
    credential: str = ""

    @property
    def calls(self) -> tuple[str, ...]:
        """What code may call behind ``self``; a download is no plain value."""
        return tuple(call for operation, call in self.operations.values() if operation.form != "download")

    def context(self) -> dict[str, Any]:
        """The types of the items of lists over pages, by operation: their bodies are such lists in cases."""
        return {"pages": {key: self._item(one) for key, (one, _) in self.operations.items() if one.pages}}

    def _item(self, operation: Operation) -> Any:
        returns = operation.endpoint.get("returns", {})
        return paging.item_schema(returns, operation.pages, self.types) or {}

    def told(
        self, answers: Sequence[Mapping[str, Any]], requests: Sequence[Mapping[str, Any]]
    ) -> tuple[list[str], list[str]]:
        """The replies and the requests of one case, each as the text of a mapping."""
        found = [
            pair
            for answer, request in zip(answers, requests, strict=True)
            for pair in self._exchange(answer, request)
        ]
        return [reply for reply, _ in found], [sent for _, sent in found if sent]

    def _exchange(self, answer: Mapping[str, Any], request: Mapping[str, Any]) -> list[Exchange]:
        operation, _ = self.operations[str(request["operation"])]
        sent, body, status = self._request(operation, request), answer.get("body"), answer.get("status", 200)
        if status >= 400:
            return [(code({"status": status, "json": body}), _text(operation, sent))]
        if operation.form == "nothing":
            return [(code({"status": 204}), _text(operation, sent))]
        if not operation.pages:
            reply = {"json": body} if status == 200 else {"status": status, "json": body}
            return [(code(reply), _text(operation, sent))]
        return _pages(operation, sent, body or [])

    def _request(self, operation: Operation, request: Mapping[str, Any]) -> dict[str, Any]:
        """The exact request, worked out without asking the adapter."""
        named, body = request.get("parameters") or {}, request.get("body")
        chosen = []
        for parameter in operation.parameters:
            if parameter.place == "whole":
                chosen += [calls.Given(parameter, body)] if body is not None else []
                continue
            source = (body or {}) if parameter.place == "body" else named
            key = next((k for k in (parameter.wire, parameter.name) if k in source), None)
            chosen += [calls.Given(parameter, source[key])] if key is not None else []
        sent = calls.sent(operation.endpoint, chosen, operation.parameters, self.credential)
        return {**sent, "keyed": operation.key_header} if operation.key_header else sent


def _pages(operation: Operation, sent: Mapping[str, Any], items: list[Any]) -> list[Exchange]:
    """One page with every item, and an empty one where only that ends the list: code may not get so far."""
    walk = Walk(operation, "", items[-1] if items else None)
    query = {**walk.first_query(), **sent.get("query", {})}
    first = {**sent, "query": query} if query else dict(sent)
    found = [(f'{{"json": {walk.page(code(items), ONLY)}}}', _text(operation, first))]
    if (position := _position(operation.pages, items, query)) is not None:
        asked = {**query, operation.pages["parameter"]: position}
        only = ", ".join(map(code, (operation.endpoint["method"], sent["path"], asked)))
        found.append((f'{{"json": {walk.page("[]", ONLY)}, "only": ({only})}}', ""))
    return found


def _position(pages: Mapping[str, Any], items: list[Any], query: Mapping[str, str]) -> str | None:
    """Where the page begins that is asked for after these items; None where they are known to be all."""
    style, told = pages["style"], {"page": "total_pages", "offset": "total", "cursor": "more"}
    if not items or style == "link" or pages[told[style]] or pages.get("next"):
        return None
    if style == "offset":
        return str(int(query[pages["parameter"]]) + len(items))
    if style == "page":
        size = pages["size_parameter"] and pages["size"]
        full = min(int(size), int(query[pages["size_parameter"]])) if size else 1
        return None if len(items) < full else str(int(query[pages["parameter"]]) + 1)
    last: Any = items[-1]
    for name in pages["last"].split("."):
        last = last.get(name) if isinstance(last, Mapping) else None
    return None if last in (None, "") else styles.text(last)


def _text(operation: Operation, request: Mapping[str, Any]) -> str:
    """The arguments of ``service.sent`` as a mapping."""
    told = {key: request[key] for key in SENT if key in request}
    return code({"method": operation.endpoint["method"], "path": request["path"], **told})
