"""Kill a run between a model's answers and their commit: what was answered is never paid twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.models.scripted import Body, Said

from .modelled import ALSO, GOOD, KEY, SECRET, Modelled, about_pets, answers, modelled, subtask

PATIENCE = 60.0  # seconds
AT_ONCE_OF_ONE_PROVIDER = 4


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.delenv("CI", raising=False)


def start(made: Modelled) -> subprocess.Popen[bytes]:
    command, environment = made.repository.command("generate")
    return subprocess.Popen(
        command,
        cwd=made.root,
        env={**environment, KEY: SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # where these tests run in the background, a shell has told them to ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def journalled(made: Modelled) -> int:
    return len(list((made.root / ".jackfield/calls").glob("*.json")))


def billed(made: Modelled) -> Decimal:
    return made.server.dollars(Decimal("0.5"), Decimal("2.0"), Decimal("0.5"))


def test_a_run_killed_after_the_answers_pays_for_none_of_them_again(tmp_path: Path) -> None:
    hold, good = threading.Event(), answers()

    def script(body: Body) -> Said:
        if subtask(body) == "troubleshooting":
            hold.wait(PATIENCE)  # the last answers do not come while the others are safe already
        return good(body)

    with modelled(tmp_path / "repo", script) as made:
        child = start(made)
        try:
            wait(lambda: made.server.requests > 2 and journalled(made) >= made.server.requests - 2)
            wait(lambda: _settled(made))
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        paid, kept, seen = billed(made), journalled(made), len(made.server.asked)
        assert kept >= 10
        assert not (made.root / "integrations/pets").exists()
        hold.set()
        assert made.run("generate").code == 0
        again = {subtask(asked.body) for asked in made.server.asked[seen:]}
        assert again == {"troubleshooting"}
        assert made.lock()["reproducible"]["subtasks"]["summaries"]["provenance"] == "acme/small"
        assert Decimal(made.lock()["evidence"]["answers"]["summaries"]["cost_usd"]) > 0
        assert billed(made) > paid > 0


def _settled(made: Modelled) -> bool:
    """Whether nothing moves any more but the two questions that the provider holds back."""
    before = made.server.requests
    time.sleep(1.0)
    return made.server.requests == before and journalled(made) == before - 2


def test_what_is_pending_after_a_kill_is_on_the_books_as_uncertain(tmp_path: Path) -> None:
    hold = threading.Event()

    def script(body: Body) -> Said:
        hold.wait(PATIENCE)
        return answers()(body)

    with modelled(tmp_path / "repo", script) as made:
        child = start(made)
        try:
            wait(lambda: made.server.requests > 0)
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            hold.set()
        told = json.loads(made.run("cost", "--json").out)
        assert Decimal(told["runs"][0]["uncertain_cost"]) > 0


def test_ctrl_c_asks_nothing_more_and_the_next_run_pays_for_nothing_twice(tmp_path: Path) -> None:
    def script(body: Body) -> Said:
        time.sleep(0.3)
        return answers()(body)

    with modelled(tmp_path / "repo", script) as made:
        child = start(made)
        try:
            wait(lambda: made.server.requests > 0)
            child.send_signal(signal.SIGINT)
            assert child.wait(PATIENCE) == 130
        finally:
            child.kill()
        asked, kept = made.server.requests, journalled(made)
        assert kept == asked  # what was under way was answered, and is safe
        assert asked <= AT_ONCE_OF_ONE_PROVIDER
        assert made.run("generate").code == 0
        good = [(about_pets(one.body), subtask(one.body)) for one in made.server.asked]
        good = [(pets, name) for pets, name in good if name in (GOOD if pets else ALSO)]
        assert len(set(good)) == len(good)
