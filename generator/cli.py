"""The command's door. An unchanged tree is answered here, before anything heavy is imported."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``jackfield`` and return its exit code (see ``jackfield --help``)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["plan"]:
        answer = _unchanged(os.getcwd())
        if answer is not None:
            print(answer)
            return 0
    try:
        from generator.commands import run

        return run(given)
    except KeyboardInterrupt:
        return 130


def _unchanged(root: str) -> str | None:
    """Return the plan of a tree in which nothing has moved since it was last found clean, else None."""
    from generator import state
    from generator.inputs import MANIFEST, inputs

    last = state.is_clean(root, inputs(root), MANIFEST)
    if last is None or not isinstance(last.note, str):
        return None
    return last.note


if __name__ == "__main__":
    sys.exit(main())
