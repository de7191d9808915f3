"""Every call's request and result, judged; and the requests that a package's own suite made."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from generator.gates._oracles import _results
from generator.gates._oracles._document import Operation
from generator.gates._oracles._driving.binding import normal
from generator.gates._oracles._driving.service import FOLLOWED
from generator.gates._oracles._plans import Call, Planner
from generator.gates._oracles._signing import Standing, unsigned
from generator.gates._oracles._styles import ABSENT
from generator.gates._oracles._wire import Judge, Meant, Sent, defaults_of

FORMS = ("sync", "async")
Wire = tuple[str, str]  # (place, name)


class Verdicts:
    """Collects what is wrong. An operation conforms when it was called and nothing was."""

    def __init__(self, planner: Planner, standing: Standing, base: str) -> None:
        self._planner, self._standing, self._base = planner, standing, base
        self._judges: dict[str, Judge] = {}
        self._met: dict[str, bool] = {}
        self.violations: list[str] = []
        self.faults: list[str] = []
        self.requests = self.answers = 0
        self._known: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._paged: set[str] = set()

    @property
    def conforming(self) -> list[str]:
        """Return the operations of which every request and every result was right."""
        return [key for key, right in self._met.items() if right]

    def _judge(self, operation: Operation) -> Judge:
        if operation.key not in self._judges:
            unread = self._planner.unread(operation)
            self._judges[operation.key] = Judge(operation, self._planner.requests, self._standing, unread)
        return self._judges[operation.key]

    def driven(
        self, operation: Operation, name: str, calls: Sequence[Call], report: Mapping[str, Any]
    ) -> None:
        """Judge what both forms of one method did."""
        found: dict[str, None] = {}
        for form in FORMS:
            for said in self._of_form(operation, calls, report.get(form, {})):
                if said not in found and form == "async":
                    said = f"async: {said}"
                found[said] = None
        self._met[operation.key] = bool(report) and bool(calls) and not found
        self.violations += [f"{operation.key} ({name}): {said}" for said in found]
        needs = operation.security if operation.security and all(operation.security) else ()
        if self._standing.credentials and needs and not any(map(self._standing.holds, needs)):
            self.faults.append(f"{operation.key}: needs a credential that is not configured")

    def _of_form(self, operation: Operation, calls: Sequence[Call], told: Mapping[str, Any]) -> Iterator[str]:
        if "lost" in told:
            yield f"there is no such method: {told['lost']}"
        if "calls" not in told:
            return
        if told["paged"]:
            self._paged.add(operation.key)
        taken = {(place, name) for place, name in told["takes"]}
        yield from self._binding(operation, told, taken)
        for outcome in told["calls"]:
            self.requests += len(outcome["requests"])
            self.answers += len(outcome["requests"])
        # names that differ by spelling alone may come in either order in the signature
        ways = [{}, twins] if (twins := _twins(taken)) else [{}]
        found = [tuple(self._of_calls(operation, calls, told, taken, swapped)) for swapped in ways]
        yield from min(found, key=len)

    def _of_calls(
        self,
        operation: Operation,
        calls: Sequence[Call],
        told: Mapping[str, Any],
        taken: set[Wire],
        swapped: Mapping[Wire, Wire],
    ) -> Iterator[str]:
        for call, outcome in zip(calls, told["calls"], strict=True):
            values = {swapped.get(wire, wire): value for wire, value in call.meant.values.items()}
            meant = _restricted(replace(call.meant, values=values), taken, told)
            for said in self._of_call(operation, call, meant, outcome, told["paged"]):
                yield f"{call.label}: {said}"

    def _binding(self, operation: Operation, told: Mapping[str, Any], taken: set[Wire]) -> Iterator[str]:
        yield from (f"argument {name} is nothing that the document declares" for name in told["unknown"])
        judge = self._judge(operation)
        for parameter in operation.parameters:
            if (parameter.place, parameter.name) in taken or (told["paged"] and parameter.place == "query"):
                continue
            if self._planner.is_unsendable(operation, parameter):
                continue
            fixed = len(defaults_of(judge.schema(parameter), self._planner.requests)) == 1
            if not fixed and not self._standing.sends(parameter.place, parameter.name):
                yield f"no argument takes {parameter.place} parameter {parameter.name!r}"
        taking = self._planner.taking(operation)
        if not taking["body"] or told["whole"]:
            return
        fields = [field for field in taking["fields"] if ("body", field) not in taken]
        usual = self._planner.requests.usual
        yield from (f"no argument takes body field {field!r}" for field in fields if field not in usual)
        if not taking["fields"]:
            yield "no argument takes the body"

    def _of_call(
        self, operation: Operation, call: Call, meant: Meant, outcome: Mapping[str, Any], paged: bool
    ) -> Iterator[str]:
        for index, seen in enumerate(outcome["requests"]):
            if index and not paged:
                break  # an attempt more, or one too many: the result says which
            sent = sent_of(seen, self._base)
            if sent is None:
                yield f"the request went to {seen['url'][:120]}"
                continue
            known = json.dumps([operation.key, call.label, index, seen["target"], seen["headers"]])
            key = (known, seen["content"], tuple(meant.values))
            if key not in self._known:
                asked = meant if index == 0 else None
                self._known[key] = tuple(self._of_request(operation, sent, asked))
            yield from self._known[key]
        yield from _results.problems(call, outcome, paged, self._planner.answers)

    def _of_request(self, operation: Operation, sent: Sent, meant: Meant | None) -> Iterator[str]:
        yield from self._judge(operation).problems(sent, meant)
        yield from unsigned(operation, self._standing, _places(sent))

    def recorded(self, operations: Sequence[Operation], requests: Sequence[Mapping[str, Any]]) -> None:
        """Judge the requests that the suite recorded, of which only the decoded form is known."""
        literal = sorted(operations, key=lambda one: (one.path.count("{"), one.path))
        said: dict[str, None] = {}
        before: tuple[str, ...] = ()
        for request in requests:
            sent, last = _recalled(request), before
            before = (request["operation"], sent.method, sent.path)
            key, problems = self._meeting(literal, sent, again=before == last)
            self.requests += 1
            if problems:
                self._met[key] = False
            said |= dict.fromkeys(f"{key} ({before[0]}, in its suite): {problem}" for problem in problems)
        self.violations += said

    def _meeting(
        self, operations: Sequence[Operation], sent: Sent, again: bool
    ) -> tuple[str, tuple[str, ...]]:
        """Return the operation that a request means and its faults: the most literal of those it fits best.

        *again*: it is like the one before it; of a list, that is the next page's link, followed.
        """
        verdicts = []
        for one in operations:
            judge = self._judge(one)
            if one.method == sent.method and judge.segments(sent.path) is not None:
                followed = replace(sent, followed=again and one.key in self._paged)
                verdicts.append((one.key, tuple(judge.problems(followed))))
        if not verdicts:
            return f"{sent.method} {sent.path}", ("the document has no such operation",)
        return min(verdicts, key=lambda verdict: len(verdict[1]))


def _twins(taken: set[Wire]) -> dict[Wire, Wire]:
    """Return each of two names in one place that are spelled alike, with the other."""
    alike: dict[tuple[str, str], list[Wire]] = {}
    for place, name in sorted(taken):
        alike.setdefault((place, normal(name)), []).append((place, name))
    pairs = [wires for wires in alike.values() if len(wires) == 2]
    return {one: other for pair in pairs for one, other in (pair, reversed(pair))}


def _restricted(meant: Meant, taken: set[Wire], told: Mapping[str, Any]) -> Meant:
    """Leave out what no argument takes: that is said once, and not of every call."""
    values = {wire: value for wire, value in meant.values.items() if wire in taken}
    body = meant.body
    if isinstance(body, dict) and not told["whole"]:
        body = {name: value for name, value in body.items() if ("body", name) in taken}
    elif not told["whole"]:
        body = ABSENT
    return replace(meant, values=values, body=body, paged=told["paged"])


def sent_of(seen: Mapping[str, Any], base: str) -> Sent | None:
    """Return a recorded request, or None when it went elsewhere."""
    if not seen["url"].startswith(base):
        return None
    path, _, query = seen["target"].partition("?")
    below = path.removeprefix("/" + base.split("/", 3)[3]) if base.count("/") > 2 else path
    headers = {name.lower(): value for name, value in seen["headers"]}
    content = base64.b64decode(seen["content"])
    return Sent(seen["method"], below or "/", query, headers, content, f"?{query}".startswith(FOLLOWED))


def _places(sent: Sent) -> dict[str, list[str]]:
    cookies = [pair.partition("=")[0] for pair in sent.headers.get("cookie", "").split("; ")]
    names = [pair.partition("=")[0] for pair in sent.query.split("&")]
    return {"header": list(sent.headers), "query": names, "cookie": cookies}


def _recalled(request: Mapping[str, Any]) -> Sent:
    pairs = [(quote(name, safe="[]"), quote(value, safe=",|")) for name, value in request["query"]]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    type, body = request["content_type"], request["body"]
    headers = {**request["headers"], **({"content-type": type} if type else {})}
    content = json.dumps(body).encode() if type == "application/json" else None if type else b""
    return Sent(request["method"], request["path"], query, headers, content)
