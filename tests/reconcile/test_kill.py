"""Kill -9 of a real process that commits, at moments nobody chose."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from generator.tree import interrupted, observe, recover
from generator.writing.writer import single_writer

from .builders import a_lock, contents, write

FILES = [f"f{number}.py" for number in range(6)]
KILLS = 25

COMMITTING = """
import sys
from pathlib import Path
from generator.tree import commit, recover
from generator.writing.writer import single_writer
from tests.reconcile.builders import a_change
from tests.reconcile.test_kill import side
root = Path(sys.argv[1])
with single_writer(root):
    recover(root)
    here = (root / "integrations/pets/f0.py").exists()
    print("started", flush=True)
    while True:
        old, new = (side(0), side(1)) if here else (side(1), side(0))
        commit(root, a_change("pets", new, old))
        here = not here
"""


def side(number: int) -> dict[str, bytes]:
    """One of the two versions between which the process goes to and fro; the second has no first file."""
    return {path: f"{path} of side {number}\n".encode() * 200 for path in FILES[number:]}


def test_a_tree_killed_at_random_moments_is_always_old_or_new(tmp_path: Path) -> None:
    write(tmp_path, "pets", side(0))
    (tmp_path / "integrations/pets/NOTES.txt").write_bytes(b"mine")
    chance, torn = random.Random(7), 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", COMMITTING, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.03))
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        torn += interrupted(tmp_path)
        with single_writer(tmp_path):
            recover(tmp_path)
        observed = observe(tmp_path)["pets"]
        now = {path.removeprefix("pets/"): data for path, data in contents(tmp_path).items()}
        assert now.pop("NOTES.txt") == b"mine"
        now.pop("metadata.json")
        assert now in (side(0), side(1))
        assert observed.lock == a_lock("pets", now)
    assert torn > 0
