"""A bug planted in an adapter of a database or a queue, or in its runtime, fails the adapter's suite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import CHECKOUT


@dataclass(frozen=True)
class Bug:
    """What stands in a file of ``integrations/``, and what a careless hand makes of it."""

    package: str
    file: str
    right: str
    wrong: str


DATABASE = {
    "a connection that is not given back": Bug(
        "postgresql",
        "runtime/_sql/servers.py",
        "        self.pool.give(connection)\n        return result\n",
        "        return result\n",
    ),
    "a value that is formatted in": Bug(
        "postgresql",
        "postgresql/postgresql_adapter.py",
        'self._one(GET_ORDER, {"id": id}, timeout)',
        'self._one(Query("get_order", f"SELECT * FROM orders WHERE id = \'{id}\'", row=Order), {}, timeout)',
    ),
    "a serialization failure that nobody hears of": Bug(
        "postgresql",
        "runtime/_guard.py",
        "        safe = repeatable or failure.undone\n",
        "        safe = repeatable\n",
    ),
    "another column": Bug(
        "postgresql",
        "postgresql/postgresql_adapter.py",
        "SELECT order_id, sku, quantity, price FROM order_lines",
        "SELECT order_id, sku, quantity, quantity FROM order_lines",
    ),
    "an argument that goes nowhere": Bug(
        "postgresql",
        "postgresql/postgresql_adapter.py",
        '{"email": email, "limit": limit}',
        '{"email": email, "limit": 11}',
    ),
}
QUEUE = {
    "an ack that is lost": Bug(
        "nats", "runtime/_queues/blocking.py", "            subscription.ack(done)\n", ""
    ),
    "an ack before the handler returned": Bug(
        "nats",
        "runtime/_queues/blocking.py",
        "        done: list[Delivery] = []\n",
        "        subscription.ack(batch)\n        done: list[Delivery] = []\n",
    ),
    "a poison message that is dropped": Bug(
        "nats",
        "runtime/_queues/blocking.py",
        "            subscription.dead_letter(delivery, verdict.reason)\n",
        "            subscription.ack([delivery])\n",
    ),
    "a redelivery without an end": Bug(
        "nats", "runtime/_queues/verdicts.py", "if attempt >= route.max_attempts:", "if attempt < 0:"
    ),
    "another address": Bug("nats", "nats/nats_adapter.py", 'address="jobs.mail",', 'address="jobs.mails",'),
    "a key that is lost": Bug("nats", "nats/nats_adapter.py", '    key="user_id",\n', ""),
}
BUGS = DATABASE | QUEUE


def suite(stage: Path, package: str) -> subprocess.CompletedProcess[str]:
    """Run the package's scripted suite."""
    tests = f"integrations/{package}/test_{package}_adapter.py"
    options = ("-q", "-x", "-p", "no:cacheprovider", "--import-mode=importlib")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-c", "/dev/null", f"--rootdir={stage}", tests],
        cwd=stage,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(stage), "HOME": str(stage)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def staged(folder: Path, package: str) -> Path:
    for name in ("runtime", package):
        shutil.copytree(
            CHECKOUT / "integrations" / name,
            folder / "integrations" / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copy(CHECKOUT / "integrations" / "__init__.py", folder / "integrations" / "__init__.py")
    return folder


@pytest.mark.parametrize("package", sorted({bug.package for bug in BUGS.values()}))
def test_without_a_bug_the_suite_passes(tmp_path: Path, package: str) -> None:
    done = suite(staged(tmp_path, package), package)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(tmp_path: Path, name: str) -> None:
    bug = BUGS[name]
    stage = staged(tmp_path, bug.package)
    place = stage / "integrations" / bug.file
    text = place.read_text()
    assert bug.right in text, "the place for this bug is gone: plant it where it is now"
    place.write_text(text.replace(bug.right, bug.wrong))
    done = suite(stage, bug.package)
    assert done.returncode == 1, done.stdout
    assert "failed" in done.stdout
