"""Packages whose code a model wrote: their suites run behind walls, and alone."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from generator import sandbox
from generator.gates import Verdict

from .staging import Stage, found

walled = pytest.mark.skipif(
    sandbox.level() != sandbox.NAMESPACE, reason=f"namespaces are not allowed here: {sandbox.level()}"
)


def package(stage: Stage, name: str, body: str) -> None:
    """Write a package whose suite calls *body* in a person's own file, which no policy binds."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    imported = f"from integrations.{name}.own_custom import act"
    tests = f'"""Tests."""\n\n{imported}\n\n\ndef test_it() -> None:\n    act()\n'
    own = f'"""Own."""\n\n\ndef act() -> None:\n    """Act."""\n{lines}\n'
    stage.package(name, tests=tests, more={"own_custom.py": own})
    stage.subjects[-1] = replace(stage.subjects[-1], sandboxed=True)


def said(verdict: Verdict) -> str:
    return " ".join(message for _, _, message in found(verdict, "tests"))


def test_a_good_package_passes_and_its_level_is_evidence(stage: Stage) -> None:
    stage.package("good")
    stage.subjects[-1] = replace(stage.subjects[-1], sandboxed=True)
    verdict = stage.verdict()
    assert verdict.findings == ()
    assert verdict.counts["tests"]["sandbox"] == sandbox.level()
    assert verdict.counts["coverage"]["covered_statements"] > 0


def test_a_package_that_no_model_wrote_has_no_level(stage: Stage) -> None:
    stage.package("good")
    assert "sandbox" not in stage.verdict().counts["tests"]


@walled
def test_a_suite_cannot_write_into_the_stage(stage: Stage) -> None:
    target = stage.path / "integrations" / "other" / "other_adapter.py"
    package(stage, "bad", f"open({str(target)!r}, 'a').write('changed = True')")
    stage.package("other")
    verdicts = stage.judge()
    assert "Read-only file system" in said(verdicts["bad"])
    assert verdicts["other"].findings == ()
    assert "changed" not in target.read_text()


@walled
def test_a_suite_cannot_reach_a_server_of_the_machine(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        package(stage, "bad", f"import socket\nsocket.create_connection({address!r}, timeout=5)")
        assert "refused" in said(stage.verdict())


@walled
def test_a_suite_cannot_change_what_other_gates_read(stage: Stage, tmp_path: Path) -> None:
    package(stage, "bad", "import os\nopen(os.path.join(os.environ['HOME'], '..', 'lint-check.txt'), 'w')")
    assert "Read-only file system" in said(stage.verdict())


def test_a_suite_that_kills_its_process_is_blamed_alone(stage: Stage) -> None:
    package(stage, "bad", "import os\nos._exit(3)")
    stage.package("good")
    verdicts = stage.judge()
    assert "exit code 3" in said(verdicts["bad"])
    assert verdicts["good"].findings == ()
