"""Cases that an answer adds are calls of the package's own suite; what they send comes from the entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.gates import Subject, Verdict, judge
from generator.lock import canonical
from generator.package import Rendered
from generator.patterns import IntegrationPattern
from generator.render import Job, render

from .conftest import CHECKOUT
from .entries import GITHUB, ODD, STRIPE, entry

Case = Mapping[str, Any]
OWNED = {"owner": "bob", "repo": "tools"}
ISSUES, CHARGES = "/repos/{owner}/{repo}/issues", "/v1/charges"
CASES: dict[str, list[Case]] = {
    "github": [
        {"operation": f"GET {ISSUES}", "arguments": {**OWNED, "state": "closed"}},
        {"operation": f"GET {ISSUES}", "arguments": {**OWNED, "since": "2026-03-04T05:06:07Z"}},
        {"operation": f"POST {ISSUES}", "arguments": {**OWNED, "title": 'A "quoted" {title}'}},
    ],
    "stripe": [
        {"operation": f"POST {CHARGES}", "arguments": {"amount": 7}},
        {"operation": "GET /v1/files/{id}/contents", "arguments": {"id": "a/b c"}},
        {"operation": "DELETE /v1/customers/{id}", "arguments": {"id": "cus-9"}},
    ],
    "odd-api": [
        {
            "operation": "GET /api/v2/from/{class}",
            "arguments": {
                "class": 9,
                "from": "2026-05-06",
                "page[size]": 3,
                "X-Trace": "t-9",
                "session": "s",
            },
        },
        {"operation": "GET /api/v2/things", "arguments": {}},
    ],
}


def made(
    pattern: IntegrationPattern, folder: Path, cases: Mapping[str, Sequence[Case]]
) -> tuple[list[Rendered], list[Subject]]:
    """Render the three entries with these cases, and what judges need to know of each."""
    (folder / "integrations").mkdir(parents=True)
    (folder / "integrations" / "__init__.py").write_text("")
    (folder / "integrations" / "runtime").symlink_to(CHECKOUT / "integrations" / "runtime")
    normals = [canonical(pattern.normalise(entry(base))) for base in (GITHUB, STRIPE, ODD)]
    blueprints = [
        pattern.resolve(normal, {"test_cases": {"cases": list(cases.get(normal["name"], ()))}})
        for normal in normals
    ]
    jobs = [
        Job(normal["name"], normal["name"].replace("-", "_"), pattern.folder.path / "rest", blueprint)
        for normal, blueprint in zip(normals, blueprints, strict=True)
    ]
    packages = list(render(jobs, folder))
    subjects = [
        Subject(
            name=normal["name"],
            module=job.module,
            entry=normal,
            public_names=tuple(sorted(blueprint["public"])),
            files=tuple(sorted(package.files)),
            dependencies=pattern.folder.variants["rest"].dependencies,
            operations=blueprint["names"],
        )
        for normal, job, blueprint, package in zip(normals, jobs, blueprints, packages, strict=True)
    ]
    return packages, subjects


def requests(verdicts: Mapping[str, Verdict]) -> dict[str, int]:
    return {name: verdict.counts["conformance"]["requests"] for name, verdict in verdicts.items()}


@pytest.fixture(scope="module")
def plain(
    pattern: IntegrationPattern, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Rendered], dict[str, Verdict]]:
    folder = tmp_path_factory.mktemp("plain") / "stage"
    packages, subjects = made(pattern, folder, {})
    return packages, dict(judge(folder, subjects))


def test_no_cases_change_no_byte(
    pattern: IntegrationPattern, plain: tuple[list[Rendered], dict[str, Verdict]], tmp_path: Path
) -> None:
    (tmp_path / "integrations").mkdir()
    normal = canonical(pattern.normalise(entry(GITHUB)))
    job = Job("github", "github", pattern.folder.path / "rest", pattern.resolve(normal, {}))
    assert render([job], tmp_path)[0].files == plain[0][0].files


def test_each_case_is_a_request_more_and_every_gate_is_green(
    pattern: IntegrationPattern, plain: tuple[list[Rendered], dict[str, Verdict]], tmp_path: Path
) -> None:
    _, subjects = made(pattern, tmp_path / "stage", CASES)
    verdicts = dict(judge(tmp_path / "stage", subjects))
    assert {name: verdict.findings for name, verdict in verdicts.items()} == dict.fromkeys(CASES, ())
    before, after = requests(plain[1]), requests(verdicts)
    # Each form of the adapter makes each call once; the last case sends what the derived suite sends already.
    assert {name: after[name] - before[name] for name in before} == {"github": 6, "stripe": 6, "odd-api": 2}


def test_a_case_finds_a_method_that_sends_something_else(pattern: IntegrationPattern, tmp_path: Path) -> None:
    packages, subjects = made(pattern, tmp_path / "stage", CASES)
    text = packages[0].files["github_adapter.py"].decode()
    right = '"state": state'
    assert text.count(right) == 1
    planted = text.replace(right, '"state": state if state != "closed" else "open"')
    (tmp_path / "stage" / "integrations" / "github" / "github_adapter.py").write_text(planted)
    told = [str(finding) for finding in judge(tmp_path / "stage", subjects[:1])["github"].findings]
    failed = [line for line in told if "tests:" in line]
    assert len(failed) == 2
    assert all(
        "test_a_further_call_sends_what_it_is_given[" in line and "list_issues 1" in line for line in failed
    )


def test_what_a_case_expects_comes_from_the_entry(pattern: IntegrationPattern, tmp_path: Path) -> None:
    case = {
        "operation": f"GET {ISSUES}",
        "arguments": {**OWNED, "state": "closed"},
        "expected": "evil",
        "status": 500,
    }
    plain, _ = made(pattern, tmp_path / "plain", {"github": CASES["github"][:1]})
    odd, _ = made(pattern, tmp_path / "odd", {"github": [case]})
    assert plain[0].files == odd[0].files


@pytest.mark.parametrize(
    "case",
    [
        {"operation": "GET /nowhere", "arguments": {}},
        {"operation": f"GET {ISSUES}", "arguments": {**OWNED, "state": "reopened"}},
        {"operation": f"GET {ISSUES}", "arguments": {**OWNED, "nothing": 1}},
        {"operation": f"GET {ISSUES}", "arguments": {**OWNED, "since": "now"}},
        {"operation": f"GET {ISSUES}", "arguments": {"owner": "a\x00b", "repo": "c"}},
        {"operation": f"GET {ISSUES}", "arguments": "all"},
        {"operation": ["GET"], "arguments": {}},
        "GET /repos",
    ],
)
def test_a_case_that_cannot_be_made_is_left_out(
    pattern: IntegrationPattern, plain: tuple[list[Rendered], dict[str, Verdict]], tmp_path: Path, case: Any
) -> None:
    packages, _ = made(pattern, tmp_path / "stage", {"github": [case]})
    assert packages[0].files == plain[0][0].files
