"""Judging as a whole: every gate, every package, always the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import tools
from generator.errors import ToolError
from generator.gates import Batch, Result, Subject, discover, judge
from generator.gates._process import Abnormal, bisect, blame_on

from .staging import Stage


def test_nothing_to_judge_is_judged_at_once(tmp_path: Path) -> None:
    assert judge(tmp_path, []) == {}


def test_gates_are_found_and_each_names_gates_that_exist() -> None:
    gates = discover()
    assert set(gates) >= {"parses", "policy", "lint", "types", "security", "tests", "coverage", "conformance"}
    assert all(set(gate.NEEDS) <= set(gates) for gate in gates.values())


def test_each_gate_says_when_it_is_done(stage: Stage) -> None:
    stage.package("good")
    said: list[str] = []
    stage.judge(progress=said.append)
    assert sorted(said) == sorted(discover())


def test_a_verdict_is_the_same_twice(stage: Stage) -> None:
    stage.package("good")
    stage.package("bad", '"""A."""\n\nimport os\nX=os\n')
    assert stage.judge() == stage.judge()


def test_counts_are_plain_data_for_each_gate(stage: Stage) -> None:
    stage.package("good")
    assert set(stage.verdict().counts) == set(discover())


def test_a_tool_that_was_stopped_ends_the_judging(stage: Stage) -> None:
    stage.package("good")

    def stop(gate: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage.judge(progress=stop)


def subjects(count: int) -> list[Subject]:
    return [Subject(f"s{n}", f"s{n}", {}, (), ()) for n in range(count)]


@pytest.mark.parametrize("hint", [True, False])
def test_bisecting_finds_the_guilty_in_few_attempts(hint: bool) -> None:
    attempts: list[int] = []

    def attempt(some: object) -> dict[str, Result]:
        names = [s.name for s in some]  # type: ignore[attr-defined]
        attempts.append(len(names))
        if "s77" in names:
            raise Abnormal("it crashed", "s77" if hint else "")
        return dict.fromkeys(names, Result())

    results = bisect(subjects(128), attempt, blame_on("types"))
    assert [name for name, result in results.items() if result.findings] == ["s77"]
    assert len(results) == 128
    assert len(attempts) <= (3 if hint else 15)


def test_a_suspect_is_blamed_only_when_it_fails_alone() -> None:
    def attempt(some: object) -> dict[str, Result]:
        names = [s.name for s in some]  # type: ignore[attr-defined]
        if {"s1", "s2"} <= set(names):
            raise Abnormal("together they crash", "s1")
        return dict.fromkeys(names, Result())

    results = bisect(subjects(4), attempt, blame_on("tests"))
    assert not any(result.findings for result in results.values())


class Forgetful:
    """A gate that judges nothing."""

    HARD = True
    NEEDS: tuple[str, ...] = ()

    def run(self, batch: Batch) -> dict[str, Result]:
        return {}


def test_a_package_that_a_gate_forgets_does_not_pass(stage: Stage) -> None:
    stage.package("good")
    findings = stage.verdict(gates={"forgetful": Forgetful()}).findings
    assert [(f.gate, f.message) for f in findings] == [("forgetful", "did not judge this package")]


def test_a_missing_tool_is_an_error_and_no_verdict(stage: Stage) -> None:
    with pytest.raises(ToolError, match="no_such_tool is not installed"):
        tools.python("no_such_tool")
