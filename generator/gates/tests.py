"""Every package's own suite, in one pytest process, in an order that the entry's name decides.

A long batch is dealt out to one process a core; a package's verdict is the same in any company.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from generator import sandbox, tools
from generator.gates import Batch, Finding, Result, Results, Subject, is_example, is_test
from generator.gates._process import Abnormal, bisect, blame_on, by_module, run_code

HARD = True
NEEDS = ("parses", "policy")  # what the policy refuses is not executed

WORTH_A_PROCESS = 20  # packages
AT_ONCE = 8  # processes
PLUGIN = Path(__file__).with_name("_pytest_plugin.py")


def run(batch: Batch) -> Results:
    """Run the suites. ``facts`` holds ``coverage`` and ``requests`` for the gates that read them."""
    judge = partial(bisect, attempt=partial(_attempt, batch), blame=blame_on("tests"))
    hands = _dealt(batch.passed("parses", "policy"), os.cpu_count() or 1)
    with ThreadPoolExecutor(min(len(hands), AT_ONCE)) as pool:
        return {name: result for part in pool.map(judge, hands) for name, result in part.items()}


def _dealt(subjects: Sequence[Subject], cores: int) -> list[Sequence[Subject]]:
    """One batch a core; code that a model wrote runs in a sandbox of its own."""
    alone, others = ([s for s in subjects if s.sandboxed is wanted] for wanted in (True, False))
    count = max(1, min(cores, len(others) // WORTH_A_PROCESS))
    return [*([subject] for subject in alone), *(others[first::count] for first in range(count))]


def _attempt(batch: Batch, subjects: Sequence[Subject]) -> dict[str, Result]:
    place = batch.scratch / f"tests-{subjects[0].module}-{len(subjects)}"
    place.mkdir()
    request = place / "request.json"
    request.write_text(json.dumps(_request(batch, place, subjects)), encoding="utf-8")
    command = [sys.executable, "-P", str(PLUGIN), str(request)]
    requests = place / "requests.jsonl"
    extra = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "JACKFIELD_REQUESTS": str(requests)}
    done = run_code(batch, subjects, command, place, extra)
    report = _report(place, done, subjects)
    seen = _requests(requests)
    return {s.name: _result(s, report[s.module], seen.get(s.module, [])) for s in subjects}


def _request(batch: Batch, place: Path, subjects: Sequence[Subject]) -> dict[str, Any]:
    return {
        "stage": str(batch.stage),
        "report": str(place / "report.json"),
        "running": str(place / "running"),
        "seconds": batch.limits.test,
        "suites": {
            s.module: {
                "name": s.name,
                # those that talk to real servers run with the whole suite, where the servers are
                "tests": [p for p in s.paths(".py") if is_test(p) and not p.endswith("_server.py")],
                "measured": [path for path in s.paths(".py", tests=False) if not is_example(path)],
            }
            for s in subjects
        },
    }


def _report(place: Path, done: tools.Run, subjects: Sequence[Subject]) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads((place / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Abnormal(f"pytest {done.ending}: {done.last_words}", _suspect(place, subjects)) from error
    if done.code or done.timed_out or done.too_long or set(report) != {s.module for s in subjects}:
        raise Abnormal(f"pytest {done.ending}: {done.last_words}", _suspect(place, subjects))
    return report


def _suspect(place: Path, subjects: Sequence[Subject]) -> str:
    running = place / "running"
    module = running.read_text(encoding="utf-8").strip() if running.is_file() else ""
    owner = by_module(subjects).get(module)
    return owner.name if owner else ""


def _requests(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the requests that the scripted services saw, by package."""
    seen: dict[str, list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        request = json.loads(line)
        seen.setdefault(request["package"], []).append(request)
    return seen


def _result(subject: Subject, record: dict[str, Any], requests: list[dict[str, Any]]) -> Result:
    findings = [Finding("tests", path, line, said) for path, line, said in record["failures"]]
    if not record["executed"] and not findings:
        findings.append(_nothing_ran(subject, record["skipped"]))
    counts = {
        "executed": record["executed"],
        "passed": record["passed"],
        "failed": len(record["failures"]),
        "skipped": len(record["skipped"]),
        "skip_reasons": sorted({reason for _, reason in record["skipped"]}),
    }
    if subject.sandboxed:
        counts["sandbox"] = sandbox.level()
    facts = {"coverage": record["coverage"], "requests": requests}
    return Result(tuple(findings), counts=counts, facts=facts)


def _nothing_ran(subject: Subject, skipped: Sequence[Any]) -> Finding:
    why = f"all {len(skipped)} tests were skipped" if skipped else "the package has no tests"
    return Finding("tests", f"integrations/{subject.module}", 0, f"no test ran: {why}")
