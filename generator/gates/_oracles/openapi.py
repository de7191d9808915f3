"""The oracle of an OpenAPI document: it reads the raw file, calls every operation and judges what happens.

It shares no code with what renders packages. Each method is called in both forms with values made from the
document alone; the requests are taken apart by the declared styles and must be what was asked for, and the
answers, made from the document too, must arrive whole. What is wrong with the document blames no package.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import generator
from generator.gates import Batch, Subject
from generator.gates._oracles import declared
from generator.gates._oracles._document import Document, Operation, is_openapi
from generator.gates._oracles._loading import Files, Unreadable
from generator.gates._oracles._plans import Call, Planner
from generator.gates._oracles._signing import Standing
from generator.gates._oracles._verdicts import Verdicts
from generator.gates._process import run_code
from generator.gates.conformance import Judgement

FIDELITY = "document"
RANK = 10

BASE = "https://oracle.test/base"
DECISIVE = frozenset({"parameters", "body", "encoding", "media", "field_styles", "returns", "headers"})
RAW = "request"  # the adapter's raw access: what it sends is its caller's word, not an operation's
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[2]); "
    "from generator.gates._oracles._driving.program import main; del sys.path[0]; main(sys.argv[1])"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One operation, the method that does it, and its calls."""

    operation: Operation
    name: str
    calls: tuple[Call, ...]


def applies(subject: Subject, batch: Batch) -> bool:
    """Return whether the entry names a document that says it is OpenAPI, and which operations it took."""
    if not subject.spec or batch.root is None or not subject.operations:
        return False
    try:
        return is_openapi(Files(batch.root, subject.spec).top().value)
    except Unreadable:
        return False


def judge(subject: Subject, batch: Batch, requests: Sequence[Mapping[str, Any]]) -> Judgement:
    """Judge the suite's requests and the package's own answers; an operation conforms when all is right.

    An operation of which the entry says otherwise than the document is judged by the entry's word.
    """
    document = Document(Files(batch.root or Path(), str(subject.spec)))
    own = _own(subject, document)
    names = {subject.operations[key] for key in own}
    rest = [request for request in requests if request["operation"] not in names]
    found = _by_document(subject, batch, document, own, rest)
    if not own:
        return found
    theirs = [request for request in requests if request["operation"] in names]
    return _joined(found, declared.judge(_narrowed(subject, own), batch, theirs))


def _by_document(
    subject: Subject,
    batch: Batch,
    document: Document,
    own: Collection[str],
    requests: Sequence[Mapping[str, Any]],
) -> Judgement:
    planner = Planner(document, subject.name)
    folder = batch.stage / "integrations" / subject.module
    standing = Standing.of(folder / "config.yaml", subject.entry)
    names = {key: name for key, name in subject.operations.items() if key not in own}
    planned, missing = plan(document, planner, names)
    verdicts = Verdicts(planner, standing, BASE)
    report, broken = _driven(subject, batch, request_of(subject, planner, standing, planned))
    for one in planned:
        verdicts.driven(one.operation, one.name, one.calls, report.get(one.operation.key, {}))
    verdicts.recorded([one.operation for one in planned], [r for r in requests if r["operation"] != RAW])
    faults = _faults(document, planner, verdicts)
    counts = {"document_findings": len(faults), "unsynthesized": len(planner.unmade)}
    return Judgement(
        operations=tuple(names),
        conforming=frozenset() if broken else frozenset(verdicts.conforming),
        requests=verdicts.requests,
        violations=tuple(sorted({*missing, *broken, *verdicts.violations})),
        faults=faults,
        counts={"answers": verdicts.answers, **counts},
    )


def _faults(document: Document, planner: Planner, verdicts: Verdicts) -> tuple[str, ...]:
    """Return what is wrong with the document itself."""
    found = {*document.files.said, *verdicts.faults, *(f"{said} (not asked)" for said in planner.unmade)}
    return tuple(sorted(found | {f"{name}: alternatives overlap" for name in planner.overlapping}))


def _own(subject: Subject, document: Document) -> set[str]:
    """Return the operations of which the manifest says more than a name, or that only it knows."""
    told = subject.entry.get("document")
    endpoints = told.get("own", ()) if isinstance(told, Mapping) else ()
    keys = {f"{e['method']} {e['path']}": e for e in endpoints}
    decided = {key for key, e in keys.items() if DECISIVE & set(e) or document.operation(key) is None}
    return decided & set(subject.operations)


def _narrowed(subject: Subject, own: Collection[str]) -> Subject:
    requirements = subject.entry["requirements"]
    endpoints = [e for e in requirements["endpoints"] if f"{e['method']} {e['path']}" in own]
    return replace(subject, entry={**subject.entry, "requirements": {**requirements, "endpoints": endpoints}})


def _joined(one: Judgement, other: Judgement) -> Judgement:
    return Judgement(
        one.operations + other.operations,
        one.conforming | other.conforming,
        one.requests + other.requests,
        one.violations + other.violations,
        one.faults,
        {**one.counts, "declared": len(other.operations)},
    )


def plan(document: Document, planner: Planner, names: Mapping[str, str]) -> tuple[list[Planned], list[str]]:
    """Return the calls of every operation, and a complaint for each that the document does not have."""
    found = {key: document.operation(key) for key in sorted(names)}
    for operation in found.values():
        if operation is not None:
            planner.read(operation)
    planned = [Planned(o, names[key], tuple(planner.calls(o))) for key, o in found.items() if o is not None]
    missing = [key for key, operation in found.items() if operation is None]
    return planned, [f"{key} ({names[key]}): the document has no such operation" for key in missing]


def request_of(
    subject: Subject, planner: Planner, standing: Standing, planned: Sequence[Planned]
) -> dict[str, Any]:
    """Return what the driving process is asked to do."""
    return {
        "package": f"integrations.{subject.module}",
        "secrets": {name: f"made-up-{index}" for index, name in enumerate(standing.secrets)},
        "base_url": BASE,
        "operations": [
            {
                "key": one.operation.key,
                "name": one.name,
                "path": one.operation.placeholders,
                **planner.taking(one.operation),
                "calls": [call.wire for call in one.calls],
            }
            for one in planned
        ],
    }


def _driven(subject: Subject, batch: Batch, request: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the report of the driving process, and why there is none."""
    place = batch.scratch / f"oracle-{subject.module}"
    place.mkdir()
    whole = {**request, "stage": str(batch.stage), "report": str(place / "report.json")}
    whole["seconds"] = batch.limits.test
    (place / "request.json").write_text(json.dumps(whole), encoding="utf-8")
    done = run_code(batch, [subject], command(place / "request.json"), place)
    try:
        report: dict[str, Any] = json.loads((place / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}, [f"the operations cannot be called: the process {done.ending}: {done.last_words}"]
    return report, []


def command(request: Path) -> list[str]:
    """Return the command that drives a package."""
    return [sys.executable, "-P", "-c", BOOT, str(request), _home()]


@lru_cache(maxsize=1)
def _home() -> str:
    return str(Path(str(generator.__file__)).parents[1])
