"""Kill -9 during ``generate``: whatever the moment, running it again gives an undisturbed run's bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Repository, make_repository

POINTS = 10
NOTE = "integrations/pets/NOTES.txt"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    made = make_repository(tmp_path_factory.mktemp("calm") / "repo")
    started = time.monotonic()
    made.generate()
    return made.files(), time.monotonic() - started


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_run_converges_when_it_is_run_again(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], float], point: int
) -> None:
    files, seconds = undisturbed
    repository = make_repository(tmp_path / "repo")
    (repository.root / NOTE).parent.mkdir()
    (repository.root / NOTE).write_text("mine")
    _kill_after(repository, random.Random(point).uniform(point, point + 1) / POINTS * seconds)
    repository.generate()
    assert (repository.root / NOTE).read_text() == "mine"
    left = repository.files()
    left.pop("pets/NOTES.txt")
    assert left == files
    assert repository.run("check", "--rebuild").code == 0


def _kill_after(repository: Repository, seconds: float) -> None:
    command, environment = repository.command("generate")
    child = subprocess.Popen(
        command,
        cwd=repository.root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _wait_until(happened: Callable[[], bool]) -> None:
    """Wait until the run has come so far: how fast it is differs from machine to machine."""
    deadline = time.monotonic() + 30
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.005)


def test_ctrl_c_stops_soon_says_how_far_it_was_and_leaves_nothing_half_done(repository: Repository) -> None:
    command, environment = repository.command("generate")
    child = subprocess.Popen(
        command,
        cwd=repository.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    _wait_until(lambda: any((repository.root / ".jackfield/build").rglob("pets_adapter.py")))
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Stopped. 0 of 2 committed; run again to resume" in said
    assert repository.files().keys() == {"__init__.py"}
    repository.generate()
