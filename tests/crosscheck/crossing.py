"""Every operation of a package against Prism, and Prism's word against the oracle's."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from generator import tools
from generator.gates import Subject
from generator.gates._oracles import openapi
from generator.gates._oracles._document import Document
from generator.gates._oracles._loading import Files
from generator.gates._oracles._plans import Planner
from generator.gates._oracles._schemas import complaint
from generator.gates._oracles._signing import Standing
from generator.gates._oracles._verdicts import sent_of
from generator.gates._oracles._wire import Judge, Sent

from . import prism

UNSIGNED = "Invalid security scheme used"


@dataclass
class Crossing:
    """What both said. The lists hold disagreements, each as a sentence."""

    operations: int = 0
    requests: int = 0
    prism_alone: list[str] = field(default_factory=list)  # refuses a request that the oracle takes
    oracle_alone: list[str] = field(default_factory=list)
    broken: int = 0
    broken_taken_by_prism: list[str] = field(default_factory=list)
    broken_taken_by_oracle: list[str] = field(default_factory=list)
    deaths: int = 0  # of Prism: requests that ended its process
    undecodable: list[str] = field(default_factory=list)  # a valid answer of Prism's that the package refuses
    faults: list[str] = field(
        default_factory=list
    )  # an answer, made of the document's own examples, is wrong


class Crossed:
    """One package and its document, ready to be driven."""

    def __init__(self, subject: Subject, stage: Path, root: Path, scratch: Path) -> None:
        self._subject, self._stage, self._scratch = subject, stage, scratch
        self._document = Document(Files(root, str(subject.spec)))
        self._planner = Planner(self._document, subject.name)
        config = stage / "integrations" / subject.module / "config.yaml"
        self._standing = Standing.of(config, subject.entry)
        self.file = root / str(subject.spec)

    def run(self) -> Crossing:
        """Drive every operation against Prism over HTTP, then send it requests that are wrong."""
        planned, missing = openapi.plan(self._document, self._planner, self._subject.operations)
        found = Crossing(operations=len(planned), oracle_alone=list(missing))
        with prism.mocking(self.file, self._scratch) as running:
            base = running.base
            report = self._driven(planned, base)
            for one in planned:
                judge = Judge(one.operation, self._planner.requests, self._standing)
                for outcome in report[one.operation.key]["sync"].get("calls", ()):
                    self._compare(found, judge, outcome, base)
            self._break(found, planned, report, base)
            found.deaths = running.deaths
        return found

    def _driven(self, planned: list[openapi.Planned], base: str) -> dict[str, Any]:
        request = openapi.request_of(self._subject, self._planner, self._standing, planned)
        for operation in request["operations"]:
            operation["calls"] = [call for call in operation["calls"] if call["replies"][0]["status"] < 400]
        whole = {**request, "base_url": base, "forward": True, "forms": ["sync"], "seconds": 30}
        whole |= {"stage": str(self._stage), "report": str(self._scratch / "report.json")}
        path = self._scratch / "request.json"
        path.write_text(json.dumps(whole), encoding="utf-8")
        done = tools.run(openapi.command(path), cwd=self._stage, home=self._scratch, seconds=300)
        assert done.code == 0, done.err.decode()[-2000:]
        report: dict[str, Any] = json.loads((self._scratch / "report.json").read_text("utf-8"))
        return report

    def _compare(self, found: Crossing, judge: Judge, outcome: Mapping[str, Any], base: str) -> None:
        for seen in outcome["requests"][:1]:
            found.requests += 1
            sent = sent_of(seen, base)
            assert sent is not None
            if "answer" not in seen:
                continue  # it ended Prism: counted among its deaths
            answer = seen["answer"]
            content = base64.b64decode(answer["content"])
            theirs = prism.refusal(answer["status"], dict(answer["headers"]), content)
            overlap = f"{judge.operation.key} body" in self._planner.overlapping
            ours = [] if overlap else list(judge.problems(sent))  # an overlap is the document's fault
            where = f"{judge.operation.key}: {sent.path}?{sent.query} "
            if theirs == UNSIGNED and not any(map(self._standing.holds, judge.operation.security or ())):
                found.faults.append(f"{judge.operation.key}: needs a credential that is not configured")
            elif theirs and not ours:
                found.prism_alone.append(
                    f"{judge.operation.key}: {theirs} {sent.content!r:.80} {sent.path}"[:600]
                )
            elif ours and not theirs:
                found.oracle_alone.append(f"{where}{ours[0]}"[:400])
            elif not theirs and "raised" in outcome and answer["status"] < 300:
                self._undecoded(found, judge, outcome, answer, content)

    def _undecoded(
        self,
        found: Crossing,
        judge: Judge,
        outcome: Mapping[str, Any],
        answer: Mapping[str, Any],
        content: bytes,
    ) -> None:
        """Blame the document for an answer that its own schema refuses, and the package for any other."""
        said = f"{judge.operation.key}: {outcome['message']}"
        responses = judge.operation.responses
        media = responses.get(str(answer["status"]), responses.get("default", ()))
        try:
            value = json.loads(content)
        except ValueError:
            found.faults.append(said)
            return
        schema = self._planner.answers.of(media[0].schema) if media else {}
        wrong = complaint(self._planner.answers.validator(schema), value)
        (found.faults if wrong else found.undecodable).append(f"{said} {wrong}"[:400])

    def _break(
        self, found: Crossing, planned: list[openapi.Planned], report: Mapping[str, Any], base: str
    ) -> None:
        with httpx2.Client(base_url=base) as client:
            for one in planned:
                judge = Judge(one.operation, self._planner.requests, self._standing)
                outcomes = report[one.operation.key]["sync"].get("calls", ())
                good = next((o["requests"][0] for o in outcomes if o["requests"]), None)
                sent = good and sent_of(good, base)
                for how, wrong in broken(judge, sent) if sent else ():
                    self._refused(found, judge, client, how, wrong)

    def _refused(self, found: Crossing, judge: Judge, client: httpx2.Client, how: str, wrong: Sent) -> None:
        found.broken += 1
        target = f"{wrong.path}?{wrong.query}" if wrong.query else wrong.path
        headers = {k: v for k, v in wrong.headers.items() if k not in ("host", "content-length")}
        try:
            answer = client.request(wrong.method, target, headers=headers, content=wrong.content)
        except httpx2.TransportError:
            return
        where = f"{judge.operation.key}: {how}"
        if not prism.refusal(answer.status_code, dict(answer.headers), answer.content):
            found.broken_taken_by_prism.append(where)
        if not list(judge.problems(wrong)):
            found.broken_taken_by_oracle.append(where)


def broken(judge: Judge, sent: Sent) -> Iterator[tuple[str, Sent]]:
    """Yield a good request with one mistake each: what is needed left out, and numbers that are none."""
    for parameter in judge.operation.parameters:
        name, whole = parameter.name, judge.schema(parameter).get("type") == "integer"
        if parameter.place == "query" and parameter.required and f"{name}=" in sent.query:
            pairs = [pair for pair in sent.query.split("&") if not pair.startswith(f"{name}=")]
            yield f"without {name}", _with(sent, query="&".join(pairs))
        if parameter.place == "query" and whole:
            rest = [pair for pair in sent.query.split("&") if pair and not pair.startswith(f"{name}=")]
            yield f"{name} is a word", _with(sent, query="&".join([*rest, f"{name}=word"]))
        if parameter.place == "header" and parameter.required:
            kept = {k: v for k, v in sent.headers.items() if k != name.lower()}
            yield f"without header {name}", _with(sent, headers=kept)
        if parameter.place == "path" and whole and parameter.style == "simple":
            value = (judge.segments(sent.path) or {}).get(name, "")
            if value:
                yield f"{name} is a word", _with(sent, path=_replaced(sent.path, value))
    objects = judge.operation.body and judge.body_kind() == "object"
    if sent.headers.get("content-type") == "application/json" and judge.operation.body_required and objects:
        yield "a body that is a word", _with(sent, content=b'"word"')
        yield "no body", _with(sent, content=b"", headers=_without_body(sent.headers))


def _with(sent: Sent, **changed: Any) -> Sent:
    told = {"method": sent.method, "path": sent.path, "query": sent.query, "headers": sent.headers}
    return Sent(**{**told, "content": sent.content, **changed})


def _replaced(path: str, value: str) -> str:
    return "/".join("word" if part == value else part for part in path.split("/"))


def _without_body(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in ("content-type", "content-length")}


def shown(name: str, found: Crossing) -> str:
    """Return one line of figures."""
    return (
        f"{name:28} {found.operations:4} operations {found.requests:5} requests"
        f"  prism alone {len(found.prism_alone):3}  oracle alone {len(found.oracle_alone):3}"
        f"  broken {found.broken:4} (taken: prism {len(found.broken_taken_by_prism)},"
        f" oracle {len(found.broken_taken_by_oracle)})"
        f"  undecodable {len(found.undecodable)}  document {len(found.faults)}  Prism's deaths {found.deaths}"
    )
