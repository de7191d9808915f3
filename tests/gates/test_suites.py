"""The tests gate: who ran, who failed, who is to blame when the process itself dies."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from generator.gates import Limits, Verdict

from .staging import ADAPTER, Stage, found

HASTY = Limits(test=0.5)


def suite(body: str) -> str:
    """Return a test file whose one test does *body*; ``import`` lines stand in the test."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f'"""Tests."""\n\n\ndef test_it() -> None:\n{lines}\n'


def ran(verdict: Verdict) -> tuple[int, int]:
    """Return how many tests were executed and how many passed."""
    counts = verdict.counts["tests"]
    return counts["executed"], counts["passed"]


def human(code: str) -> dict[str, str]:
    """Return *code* as a person's own file: the policy does not bind it, so it can do harm in a test."""
    return {"harm_custom.py": f'"""Harm."""\n\n{dedent(code).lstrip()}'}


def harmful(stage: Stage, name: str, code: str) -> None:
    """Write a package whose suite runs *code*, a function ``harm``."""
    module = name.replace("-", "_")
    tests = f"""
    from integrations.{module}.harm_custom import harm


    def test_before() -> None:
        assert True


    def test_harm() -> None:
        harm()
    """
    stage.package(name, tests=tests, more=human(code))


def test_a_good_package_passes_every_gate(stage: Stage) -> None:
    stage.package("good")
    verdict = stage.verdict()
    assert verdict.findings == ()
    assert ran(verdict) == (2, 2)


def test_a_failing_test_is_a_finding_at_its_line(stage: Stage) -> None:
    stage.package("wrong", tests=suite("number = 3\nassert number == 4"))
    assert found(stage.verdict(), "tests") == [
        ("test_wrong_adapter.py", 6, "test_it: assert 3 == 4"),
    ]


def test_a_test_that_fails_twice_is_told_by_its_first_failure(stage: Stage) -> None:
    tests = """
    from collections.abc import Iterator

    import pytest


    @pytest.fixture
    def service() -> Iterator[int]:
        yield 3
        raise ValueError("a reply was not asked for")


    def test_it(service: int) -> None:
        assert service == 4
    """
    stage.package("twice", tests=dedent(tests).lstrip())
    verdict = stage.verdict()
    assert [said for _, _, said in found(verdict, "tests")] == ["test_it: assert 3 == 4"]
    assert ran(verdict) == (1, 0)


def test_a_suite_that_cannot_be_imported_is_a_finding(stage: Stage) -> None:
    stage.package("broken", tests=f"from integrations.broken.missing import x\n\n{suite('x()')}")
    ((path, line, said),) = found(stage.verdict(), "tests")
    assert (path, line) == ("test_broken_adapter.py", 1)
    assert "cannot be imported: ModuleNotFoundError" in said


def test_a_suite_without_tests_is_a_finding(stage: Stage) -> None:
    stage.package("empty", tests='"""Nothing."""\n')
    assert found(stage.verdict(), "tests") == [("empty", 0, "no test ran: the package has no tests")]


def test_a_package_without_a_suite_is_a_finding_and_runs_nobody_elses(stage: Stage) -> None:
    stage.package("other", tests=suite("raise SystemExit"))
    stage.subjects.clear()
    subject = stage.package("bare")
    (stage.path / "integrations/bare/test_bare_adapter.py").unlink()
    stage.subjects[:] = [replace(subject, files=("__init__.py", "bare_adapter.py"))]
    assert found(stage.verdict(), "tests") == [("bare", 0, "no test ran: the package has no tests")]


def test_a_suite_that_skips_everything_is_a_finding(stage: Stage) -> None:
    stage.package("lazy", tests="import pytest\n\n\ndef test_it() -> None:\n    pytest.skip('no server')\n")
    verdict = stage.verdict()
    assert found(verdict, "tests") == [("lazy", 0, "no test ran: all 1 tests were skipped")]
    assert verdict.counts["tests"]["skip_reasons"] == ["no server"]


CRASHES = {
    "leaves with success": ("import os\n\n\ndef harm() -> None:\n    os._exit(0)\n", "exit code 0"),
    "leaves with failure": ("import os\n\n\ndef harm() -> None:\n    os._exit(7)\n", "exit code 7"),
    "segfaults": ("import os\n\n\ndef harm() -> None:\n    os.kill(os.getpid(), 11)\n", "SIGSEGV"),
    "leaves on import": ("import os\n\nos._exit(3)\n\n\ndef harm() -> None: ...\n", "exit code 3"),
    "raises SystemExit": ("def harm() -> None:\n    raise SystemExit(0)\n", "SystemExit"),
    "interrupts": ("def harm() -> None:\n    raise KeyboardInterrupt\n", "exit code 2"),
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_is_blamed_on_its_package_and_the_neighbours_are_judged(stage: Stage, crash: str) -> None:
    code, said = CRASHES[crash]
    for name in ("aa", "bb", "yy", "zz"):
        stage.package(name)
    harmful(stage, "mm", code)
    verdicts = stage.judge()
    assert [name for name, verdict in verdicts.items() if verdict.findings] == ["mm"]
    assert said in found(verdicts["mm"], "tests")[0][2]
    assert all(ran(verdicts[name]) == (2, 2) for name in ("aa", "bb", "yy", "zz"))


def test_a_suspect_is_not_blamed_for_what_a_neighbour_left_behind(stage: Stage) -> None:
    late = """
    import os
    import threading
    import time


    def leave() -> None:
        time.sleep(1.0)
        os._exit(9)


    def harm() -> None:
        threading.Thread(target=leave).start()
    """
    harmful(stage, "ab", late)
    harmful(stage, "zz", "import time\n\n\ndef harm() -> None:\n    time.sleep(2)\n")
    for name in ("aa", "bb", "cc"):
        stage.package(name)
    verdicts = stage.judge()
    assert not any(verdict.findings for verdict in verdicts.values())
    assert all(ran(verdict) == (2, 2) for verdict in verdicts.values())


HANGS = {
    "sleeps": "import time\n\n\ndef harm() -> None:\n    time.sleep(60)\n",
    "waits in a loop": "import asyncio\n\n\ndef harm() -> None:\n    asyncio.run(asyncio.sleep(60))\n",
    "sleeps on import": "import time\n\ntime.sleep(60)\n\n\ndef harm() -> None: ...\n",
    "swallows errors": """
    import contextlib
    import time


    def harm() -> None:
        with contextlib.suppress(Exception):
            time.sleep(60)
    """,
}


@pytest.mark.parametrize("hang", HANGS)
def test_a_test_that_hangs_is_ended_and_blamed(stage: Stage, hang: str) -> None:
    stage.package("aa")
    harmful(stage, "hung", HANGS[hang])
    stage.package("zz")
    verdicts = stage.judge(limits=HASTY)
    assert "took longer than 0.5 s" in found(verdicts["hung"], "tests")[0][2]
    assert ran(verdicts["aa"]) == ran(verdicts["zz"]) == (2, 2)


def test_a_test_that_nothing_in_the_process_can_end_is_blamed_too(stage: Stage) -> None:
    stubborn = """
    import contextlib


    def harm() -> None:
        while True:
            with contextlib.suppress(BaseException):
                while True:
                    pass
    """
    stage.package("aa")
    harmful(stage, "stubborn", stubborn)
    verdicts = stage.judge(limits=HASTY)
    assert "exit code 1" in found(verdicts["stubborn"], "tests")[0][2]
    assert verdicts["aa"].findings == ()


def test_a_thread_that_is_left_behind_does_not_keep_the_gate(stage: Stage) -> None:
    left = """
    import threading


    def harm() -> None:
        threading.Thread(target=threading.Event().wait).start()
    """
    harmful(stage, "left", left)
    assert stage.verdict().findings == ()


@pytest.mark.parametrize(
    "code",
    [
        'socket.create_connection(("192.0.2.1", 80), timeout=1)',
        'socket.getaddrinfo("example.com", 443)',
        'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53))',
    ],
)
def test_the_outside_network_is_closed_even_to_who_swallows_the_error(stage: Stage, code: str) -> None:
    call = f"""
    import contextlib
    import socket


    def harm() -> None:
        with contextlib.suppress(Exception):
            {code}
    """
    harmful(stage, "caller", call)
    ((_, _, said),) = found(stage.verdict(), "tests")
    assert "must not need the network" in said


def test_this_machine_may_be_called(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        call = f'socket.create_connection(("localhost", {port})).close()'
        harmful(stage, "caller", f"import socket\n\n\ndef harm() -> None:\n    {call}\n")
        assert stage.verdict().findings == ()


def test_suites_see_nothing_of_the_caller(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    code = """
import json
import os
import time
from pathlib import Path
from textwrap import dedent


def harm() -> None:
    seen = {"environ": dict(os.environ), "zone": time.tzname[0], "home": str(Path.home())}
    Path("seen.json").write_text(json.dumps(seen))
"""
    harmful(stage, "curious", code)
    assert stage.verdict().findings == ()
    seen = json.loads((stage.path / "seen.json").read_text())
    assert "GITHUB_TOKEN" not in seen["environ"]
    assert "PYTHONPATH" not in seen["environ"]
    assert seen["environ"]["PYTHONHASHSEED"] == "0"
    assert seen["zone"] == "UTC"
    assert seen["home"] != str(Path.home())


def test_what_one_test_leaves_in_the_environment_is_gone_in_the_next(stage: Stage) -> None:
    code = "import os\n\n\ndef harm() -> None:\n"
    harmful(stage, "aa", f"{code}    os.environ['LEFT'] = '1'\n    os.chdir('/')\n")
    harmful(stage, "zz", f"{code}    assert 'LEFT' not in os.environ\n    assert os.getcwd() != '/'\n")
    assert not any(verdict.findings for verdict in stage.judge().values())


ORDER = """
import pytest

from integrations.{module}.harm_custom import note


@pytest.mark.parametrize("number", range(12))
def test_it(number: int) -> None:
    note(number)
"""


def order(stage: Stage, *names: str) -> dict[str, list[int]]:
    """Return the order in which each package's twelve tests ran."""
    for name in names:
        note = f"""
        def note(number: int) -> None:
            with open("{name}.txt", "a") as file:
                print(number, file=file)
        """
        stage.package(name, tests=ORDER, more=human(note))
    stage.judge()
    return {name: [int(n) for n in (stage.path / f"{name}.txt").read_text().split()] for name in names}


def test_the_order_is_random_by_name_and_always_the_same(tmp_path: Path) -> None:
    once = order(Stage(tmp_path / "one"), "aa", "bb")
    again = order(Stage(tmp_path / "two"), "bb")
    assert sorted(once["aa"]) == list(range(12))
    assert once["aa"] != sorted(once["aa"])
    assert once["aa"] != once["bb"]
    assert once["bb"] == again["bb"]


HALF = """
from integrations.{module}.{module}_adapter import double


def test_it() -> None:
    assert double(1) == 2
"""


def test_statements_and_branches_of_managed_files_are_counted(stage: Stage) -> None:
    stage.package("half", tests=HALF, more={"examples.py": '"""Not measured."""\n\nX = 1\n'})
    coverage = stage.verdict().counts["coverage"]
    assert coverage == {"statements": 5, "covered_statements": 4, "branches": 2, "covered_branches": 1}


def test_no_text_in_a_file_can_hide_lines_from_the_count(stage: Stage) -> None:
    stage.package(
        "text", ADAPTER.replace("if absolute", 'number += len("# pragma: no cover")\n    if absolute'), HALF
    )
    coverage = stage.verdict().counts["coverage"]
    assert (coverage["statements"], coverage["branches"]) == (6, 2)


def test_a_module_that_no_test_imports_counts_in_full(stage: Stage) -> None:
    stage.package("good", more={"forgotten.py": '"""F."""\n\nX = 1\nY = 2\n'})
    coverage = stage.verdict().counts["coverage"]
    assert coverage["statements"] - coverage["covered_statements"] == 2


def test_verdicts_are_the_same_in_any_company(tmp_path: Path) -> None:
    alone = Stage(tmp_path / "alone")
    alone.package("good")
    crowd = Stage(tmp_path / "crowd")
    for name in ("aa", "good", "zz"):
        crowd.package(name)
    assert alone.judge()["good"] == crowd.judge()["good"]


def test_counts_hold_no_path_and_no_time(stage: Stage) -> None:
    stage.package("good")
    text = json.dumps(stage.verdict().counts)
    assert str(stage.path) not in text
    assert os.sep + "tmp" not in text
