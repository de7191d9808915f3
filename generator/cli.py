"""The command's door. An unchanged tree is answered here, before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.writing.state import State


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``jackfield`` and return its exit code (see ``jackfield --help``)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    collecting = gc.isenabled()
    gc.disable()  # a command is short and makes hardly a cycle; with 10,000 entries each search costs much
    try:
        return _answer(given)
    except KeyboardInterrupt:
        return 130
    finally:
        if collecting:
            gc.enable()


def _answer(given: list[str]) -> int:
    if given in (["plan"], ["generate"]) and (last := _unchanged(os.getcwd())):
        print(last.note if given == ["plan"] else _nothing_done(last))
        return 0
    from generator.commands import run

    return run(given)


def _unchanged(root: str) -> State | None:
    """Return what the last run found where nothing has moved since it found all clean, else None."""
    from generator.inputs import MANIFEST, inputs
    from generator.writing import state

    return state.is_clean(root, inputs(root), MANIFEST)


def _nothing_done(last: State) -> str:
    """Return the last line of a run that had nothing to do."""
    from generator.writing.stamps import LOOSE

    number = len(last.entries.keys() - {LOOSE})
    return f"{f'{number} unchanged' if number else 'nothing to do'} in 0.0 s · $0.00"


if __name__ == "__main__":
    sys.exit(main())
