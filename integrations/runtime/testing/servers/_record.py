"""Which test file used which server: one JSON line a use, in the file that $JACKFIELD_SERVERS_USED names."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FILE = "JACKFIELD_SERVERS_USED"


def note(system: str, title: str, version: str = "", fidelity: str = "", missing: str = "") -> None:
    """Note that the test which runs now, or the module that is being imported, asked for a server.

    Args:
        missing: why it did not get one.
    """
    if path := os.environ.get(FILE):
        told = {
            "system": system,
            "title": title,
            "version": version,
            "fidelity": fidelity,
            "missing": missing,
        }
        with Path(path).open("a", encoding="utf-8") as notes:
            notes.write(json.dumps({**told, "file": _test_file()}) + "\n")


def _test_file() -> str:
    """Return the test's file, below the folder that pytest runs in where pytest says it."""
    if running := os.environ.get("PYTEST_CURRENT_TEST"):
        return running.partition("::")[0]
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if Path(frame.f_code.co_filename).name.startswith("test_"):
            return frame.f_code.co_filename
    return ""
