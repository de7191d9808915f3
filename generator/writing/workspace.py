"""Where Jackfield keeps its own things inside a repository: ``.jackfield/``, which git ignores."""

from __future__ import annotations

import os

FOLDER = ".jackfield"
JOURNAL = "journal.json"
STAGE = "stage"
LOCK = "lock"
STATE = "state"

# Bases of hand-edited files are committed; all else is one machine's business, this file included.
_IGNORED = b"*\n!/base/\n!/base/**\n"


def prepare(root: str | os.PathLike[str]) -> str:
    """Make sure that the folder exists and is ignored by git; return its path. Raises OSError."""
    folder = os.path.join(root, FOLDER)
    os.makedirs(folder, exist_ok=True)
    ignore = os.path.join(folder, ".gitignore")
    if not os.path.lexists(ignore):
        with open(ignore, "wb") as file:
            file.write(_IGNORED)
    return folder


def interrupted(root: str | os.PathLike[str]) -> bool:
    """Whether an earlier run stopped in the middle of a commit, so that the tree may be half new."""
    return os.path.lexists(os.path.join(root, FOLDER, JOURNAL))
