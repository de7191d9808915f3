"""Where a server is looked for, in which order, and what happens where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integrations.runtime.testing.servers import ServerMissingError, names, running, system
from integrations.runtime.testing.servers.__main__ import table

from .conftest import ROOT, Run

SYSTEMS = "dynamodb duckdb kafka mongodb mqtt mysql nats postgresql rabbitmq redis sqlite sqs"
ASKS = """
from integrations.runtime.testing import server
def test_one(): server("nats")
def test_two(): server("nats")
"""


def test_every_module_of_the_package_is_a_system_of_its_own_name() -> None:
    assert set(names()) == set(SYSTEMS.split())
    assert all(system(name).name == name and system(name).title for name in names())


def test_an_unknown_system_is_told_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match=r"no system 'oracle'; there are .*postgresql"):
        running("oracle")


def test_an_address_comes_before_an_installed_server_and_that_before_pips(tmp_path: Path) -> None:
    installed = _program(tmp_path / "bin", "nats-server", "nats-server: v9.9.9")
    pip = _program(tmp_path / "env" / "bin", "nats-server", "nats-server: v1.1.1")
    assert _listed("nats", PATH=str(pip.parent.parent), JACKFIELD_SERVERS=str(pip.parents[1])).endswith(
        "1.1.1"
    )
    both = {"PATH": str(installed.parent), "JACKFIELD_SERVERS": str(pip.parents[1])}
    assert _listed("nats", **both).endswith("9.9.9")
    assert _listed("nats", **both, JACKFIELD_SERVER_NATS="pip").endswith("1.1.1")
    told = _listed("nats", **both, JACKFIELD_SERVER_NATS="nats://127.0.0.1:1")
    assert "$JACKFIELD_SERVER_NATS" in told


def test_a_missing_server_skips_the_test_with_what_to_do(suite: Run, nothing: dict[str, str]) -> None:
    done = suite(ASKS, "-rs", **nothing)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 skipped" in done.stdout
    assert "nats-server not found: python -m integrations.runtime.testing.servers install nats" in done.stdout


def test_a_missing_server_skips_a_module_that_asks_when_it_is_imported(
    suite: Run, nothing: dict[str, str]
) -> None:
    text = 'from integrations.runtime.testing import server\nNATS = server("nats")\ndef test_it(): pass\n'
    assert "1 skipped" in suite(text, **nothing).stdout


@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_missing_server_fails_where_servers_are_required(
    suite: Run, nothing: dict[str, str], how: str
) -> None:
    told = (["--require-servers"], {}) if how == "option" else ([], {"JACKFIELD_REQUIRE_SERVERS": "1"})
    done = suite(ASKS, *told[0], **nothing, **told[1])
    assert done.returncode == 1
    assert "2 failed" in done.stdout
    assert "nats-server not found" in done.stdout


def test_outside_pytest_a_missing_server_is_an_error(nothing: dict[str, str]) -> None:
    text = 'from integrations.runtime.testing import server; server("nats")'
    done = _python("-c", text, **nothing)
    assert done.returncode == 1
    assert ServerMissingError.__name__ in done.stderr


def test_a_server_that_does_not_start_is_told_with_its_own_words(suite: Run, tmp_path: Path) -> None:
    program = _program(tmp_path / "bin", "nats-server", "v1", then="echo 'no such license' >&2; exit 3")
    done = suite(ASKS, PATH=f"{program.parent}:{os.environ['PATH']}")
    assert "2 failed" in done.stdout
    assert "nats (nats-server) stopped as soon as it was started: no such license" in done.stdout


def test_the_list_has_one_line_a_system() -> None:
    assert [line.split()[0] for line in table().splitlines()] == ["system", *names()]


def _program(folder: Path, name: str, version: str, then: str = "") -> Path:
    folder.mkdir(parents=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit\n{then}\n')
    path.chmod(0o755)
    return path


def _listed(name: str, **variables: str) -> str:
    lines = _python("-m", "integrations.runtime.testing.servers", "list", **variables).stdout.splitlines()
    return next(line for line in lines if line.split()[0] == name)


def _python(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run([sys.executable, *words], env=env, capture_output=True, text=True, check=False)
