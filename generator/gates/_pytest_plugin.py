"""The process that runs the suites: ``python _pytest_plugin.py REQUEST``, with a path to JSON.

Standard library, pytest and coverage only: nothing of the generator can be imported where adapters run. It
runs every suite in one pytest, each in an order of its own that never changes, forbids the outside network,
ends tests that hang, measures the packages' branches, and reports what happened, package by package.

Request: ``stage``, ``suites`` {module: {"name", "tests": [path], "measured": [path]}}, ``report`` and
``running`` (files to write), ``seconds`` (for one test). The report is written last and in one go: when there
is none, the process died, and ``running`` names the module whose test it was.
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import ipaddress
import json
import os
import random
import re
import signal
import sys
import time
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import coverage
import pytest

OPTIONS = (
    "-c/dev/null",
    "--import-mode=importlib",
    "--noconftest",
    "--continue-on-collection-errors",
    "--quiet",
    "--tb=short",
    "-pno:cacheprovider",
    "-pno:faulthandler",
    "-pno:doctest",
    "-pno:junitxml",
    "-pno:pastebin",
    "-pno:stepwise",
    "-pno:legacypath",
)
# What never runs is not counted: type imports, and the bodies of protocols.
EXCLUDED = (r"^\s*(if|elif) (typing\.)?TYPE_CHECKING:", r"^\s*(async )?def .*: \.\.\.$", r"^\s*\.\.\.$")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
MESSAGE = 500  # characters
NO_TESTS = 5
JUDGED = (0, 1, NO_TESTS)  # pytest's exit codes: passed, failed; else it stopped halfway

Guarded = Generator[None, None, None]


class Outside(OSError):
    """The suite asked for a machine other than this one."""


class Stopped(BaseException):
    """A guard ended a test. No ``except Exception`` of an adapter or a suite can take it for its own."""


class Suites:
    """Pytest's plugin: order, guards and records."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.stage = Path(request["stage"])
        self.suites: dict[str, dict[str, Any]] = request["suites"]
        self.seconds = float(request["seconds"])
        self.stopped: list[str] = []
        self.failed: set[str] = set()
        self.record: dict[str, dict[str, Any]] = {
            module: {"executed": 0, "passed": 0, "failures": [], "skipped": []} for module in self.suites
        }
        self._running = os.open(request["running"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._armed = float("-inf")
        self._environment = dict(os.environ)

    def guard_network(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what would leave this machine; an audit hook sees every socket, and stays for good."""
        if event == "socket.getaddrinfo":
            host = arguments[0]
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None  # a path: a socket of this machine
        else:
            return
        if not is_here(host):
            self.stopped.append(f"asked for {host}, and a suite must not need the network")
            raise Outside(self.stopped[-1])

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Import a test file under the same guards as a test."""
        module = self._module(collector.path)
        if not module:
            return (yield)
        with self._watched(module):
            report = yield
        if self.stopped and report.passed:
            report.outcome, report.longrepr, report.result = "failed", self.stopped[0], []
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep each suite together, in an order that the entry's name alone decides."""
        items.sort(key=self._place)

    def _place(self, item: pytest.Item) -> tuple[str, bytes, str]:
        module = self._module(item.path)
        name = self.suites[module]["name"] if module else ""
        return module, hashlib.sha256(f"{name}\0{item.nodeid}".encode()).digest(), item.nodeid

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Give each test the same start: environment, working directory, random numbers."""
        random.seed(item.nodeid)
        try:
            return (yield)
        finally:
            os.chdir(self.stage)
            if os.environ != self._environment:
                os.environ.clear()
                os.environ.update(self._environment)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Guarded:
        """Run fixtures under the guards."""
        yield from self._guarded(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Guarded:
        """Run the test itself under the guards."""
        yield from self._guarded(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Guarded:
        """Run fixtures' ends under the guards."""
        yield from self._guarded(item)

    def _guarded(self, item: pytest.Item) -> Guarded:
        """Run one phase; what a guard stopped fails, even if the suite swallowed the guard's own error."""
        with self._watched(self._module(item.path)):
            yield
        if self.stopped:
            raise Stopped(self.stopped[0])

    @contextlib.contextmanager
    def _watched(self, module: str) -> Iterator[None]:
        """Note what runs, end it after its time, and the whole process when that does not help."""
        os.pwrite(self._running, module.ljust(256).encode(), 0)
        self.stopped.clear()
        self._arm()
        before = signal.signal(signal.SIGALRM, self._too_long)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _arm(self) -> None:
        """Set the clock that ends a process in which nothing else can; seldom, since it starts a thread."""
        now = time.monotonic()
        if now - self._armed > self.seconds:
            self._armed = now
            faulthandler.dump_traceback_later(self.seconds * 3, exit=True)

    def _too_long(self, number: int, frame: FrameType | None) -> None:
        self.stopped.append(f"took longer than {self.seconds:g} s")
        raise Stopped(self.stopped[-1])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a test file that cannot even be imported."""
        module = self._module(self.stage / report.nodeid.partition("::")[0])
        if report.failed and module:
            self._fail(module, report, f"cannot be imported: {_message(report)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how one test ended; setup and teardown fail it too."""
        module = self._module(self.stage / report.nodeid.partition("::")[0])
        if not module:
            return
        record, name = self.record[module], report.nodeid.partition("::")[2]
        if report.when == "call" and not report.skipped:
            record["executed"] += 1
            record["passed"] += report.passed
        if report.failed and report.nodeid not in self.failed:  # the first failure is the telling one
            self.failed.add(report.nodeid)
            record["passed"] -= report.when == "teardown"
            self._fail(module, report, f"{name}: {_message(report)}")
        elif report.skipped:
            record["skipped"].append([name, _reason(report)])

    def _fail(self, module: str, report: pytest.CollectReport | pytest.TestReport, said: str) -> None:
        path, line = self._where(report)
        clean = ADDRESS.sub("0x…", said.replace(str(self.stage), "")).strip()[:MESSAGE]
        self.record[module]["failures"].append([path, line, clean])

    def _where(self, report: pytest.CollectReport | pytest.TestReport) -> tuple[str, int]:
        """Return the last line of the failure that is in the suite's own file, or its first line."""
        own = report.nodeid.partition("::")[0]
        entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
        for entry in reversed(entries):
            place = getattr(entry, "reprfileloc", None)
            if place and (self.stage / place.path).resolve() == (self.stage / own).resolve():
                return own, int(place.lineno)
        return own, int((getattr(report, "location", None) or ("", 0, ""))[1] or 0) + 1

    def _module(self, path: Path) -> str:
        parts = path.relative_to(self.stage).parts if path.is_relative_to(self.stage) else ()
        found = parts[1] if len(parts) > 2 else ""
        return found if found in self.suites else ""


def is_here(host: object) -> bool:
    """Return whether a host is this machine, without asking any other."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _message(report: pytest.CollectReport | pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else str(report.longrepr).strip().rpartition("\n")[2]
    return " ".join(text.removeprefix("E ").split())


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(getattr(report, "wasxfail", "") or "skipped")


def measure(suites: dict[str, dict[str, Any]]) -> coverage.Coverage:
    """Start measuring the branches of the packages' own files; no comment in them can switch that off."""
    files = [path for suite in suites.values() for path in suite["measured"]]
    measured = coverage.Coverage(
        data_file=None, config_file=False, branch=True, include=files, messages=False
    )
    measured.set_option("report:exclude_lines", list(EXCLUDED))
    measured.set_option("report:partial_branches", [])
    measured.start()
    return measured


def counted(measured: coverage.Coverage, paths: list[str]) -> dict[str, int]:
    """Return a package's statements and branches, and how many of each were covered."""
    total = dict.fromkeys(("statements", "covered_statements", "branches", "covered_branches"), 0)
    for path in paths:
        _, statements, _, missing, _ = measured.analysis2(path)
        branches = measured.branch_stats(path).values()
        total["statements"] += len(statements)
        total["covered_statements"] += len(statements) - len(missing)
        total["branches"] += sum(exits for exits, _ in branches)
        total["covered_branches"] += sum(taken for _, taken in branches)
    return total


def main(request_path: str) -> int:
    """Run the suites of a request and write the report."""
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    os.chdir(request["stage"])
    sys.path.insert(0, request["stage"])
    suites = Suites(request)
    sys.addaudithook(suites.guard_network)
    warnings.simplefilter("ignore", coverage.exceptions.CoverageWarning)
    measured = measure(suites.suites)
    tests = [path for suite in suites.suites.values() for path in suite["tests"]]
    # Without a path pytest would collect whatever lies in the stage.
    options = [*OPTIONS, f"--rootdir={request['stage']}", *tests]
    code = pytest.main(options, plugins=[suites]) if tests else NO_TESTS
    measured.stop()
    faulthandler.cancel_dump_traceback_later()
    if code not in JUDGED:
        return int(code)
    for module, record in suites.record.items():
        record["coverage"] = counted(measured, suites.suites[module]["measured"])
    report = Path(request["report"])
    report.with_suffix(".part").write_text(json.dumps(suites.record), encoding="utf-8")
    report.with_suffix(".part").rename(report)
    return 0


if __name__ == "__main__":
    ended = main(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended)  # a thread that a test left behind must not keep the process
