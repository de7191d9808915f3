"""One run at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from generator.errors import BusyError, TreeError
from generator.writing.writer import single_writer

HOLD = """
import os, sys, time
from pathlib import Path
from generator.writing.writer import single_writer
with single_writer(Path(sys.argv[1])):
    child = os.fork() if len(sys.argv) > 2 else 0
    if not child:
        print("held", flush=True)
    time.sleep(30)
"""


def hold(root: Path, *arguments: str) -> subprocess.Popen[str]:
    """Another process that holds the lock; it has it when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_stops_at_once_and_names_the_first(tmp_path: Path) -> None:
    first = hold(tmp_path)
    try:
        with pytest.raises(BusyError, match=f"process {first.pid}"), single_writer(tmp_path):
            pass
    finally:
        first.kill()
        first.communicate()


def test_a_killed_run_leaves_no_lock_behind(tmp_path: Path) -> None:
    first = hold(tmp_path)
    first.kill()
    first.communicate()
    with single_writer(tmp_path):
        assert (tmp_path / ".jackfield" / "lock").read_text() == str(os.getpid())


def test_a_child_that_outlives_a_killed_run_does_not_hold_its_lock(tmp_path: Path) -> None:
    first = hold(tmp_path, "fork")
    try:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        with single_writer(tmp_path):
            pass
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()


def test_threads_of_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    refused = []

    def other() -> None:
        try:
            with single_writer(tmp_path):
                pass
        except BusyError:
            refused.append(True)

    with single_writer(tmp_path):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused == [True]


def test_the_lock_is_free_again_after_the_block_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), single_writer(tmp_path):
        raise ZeroDivisionError
    with single_writer(tmp_path):
        pass


def test_a_linked_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".jackfield").mkdir()
    (tmp_path / ".jackfield" / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(TreeError), single_writer(tmp_path):
        pass
    assert not (tmp_path / "precious").exists()
