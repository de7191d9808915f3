"""Child processes: bounded in time and output, alone in their environment."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from generator import tools
from generator.errors import ToolError


def child(code: str, home: Path, seconds: float = 10, **options: Any) -> tools.Run:
    return tools.run([sys.executable, "-c", code], cwd=home, home=home, seconds=seconds, **options)


def test_output_and_exit_code_come_back(tmp_path: Path) -> None:
    done = child("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (done.code, done.out, done.err) == (3, b"out\n", b"err\n")
    assert (done.ending, done.last_words) == ("ended with exit code 3", "err")


def test_a_process_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    )
    started = time.monotonic()
    done = child(f"{code} print(p.pid, flush=True); p.wait()", tmp_path, seconds=3)
    assert done.timed_out
    assert done.ending == "did not end in time"
    assert time.monotonic() - started < 20
    deadline = time.monotonic() + 10  # the kernel ends it a moment after the signal
    while _runs(int(done.out)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(int(done.out))


def _runs(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_endless_output_ends_the_process(tmp_path: Path) -> None:
    done = child("while True: print('x' * 1000)", tmp_path, most=1 << 20)
    assert done.too_long
    assert len(done.out) == 1 << 20


def test_a_signal_is_named(tmp_path: Path) -> None:
    assert child("import os; os.kill(os.getpid(), 11)", tmp_path).ending == "was ended by SIGSEGV"


def test_another_thread_can_stop_a_tool(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(ToolError, match="stopped"):
        child("import time; time.sleep(60)", tmp_path, stop=stop)


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="/no/such/program cannot be started"):
        tools.run(["/no/such/program"], cwd=tmp_path, home=tmp_path, seconds=1)


def test_the_environment_holds_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    child_environment = tools.environment(tmp_path, {"EXTRA": "1"})
    allowed = {"PYTHONHASHSEED", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHONUSERBASE"}
    named = {"HOME", "TMPDIR", "TZ", "LC_ALL", "NO_COLOR", "EXTRA", *tools.KEPT}
    assert set(child_environment) <= allowed | named
    assert child_environment["HOME"] == str(tmp_path) != os.environ.get("HOME")


def test_versions_are_those_of_this_interpreter() -> None:
    versions = tools.tool_versions()
    assert versions["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert set(versions) == {"python", "ruff", "mypy", "pytest", "coverage", "jsonschema"}
