"""What the generator itself consists of: when any of it changes, nothing that was found clean counts."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = "integrations.yaml"
FORMATTER = "ruff"


def inputs(root: str, path: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return what to watch: folders with all that they hold, and folders (with "/" behind) for themselves.

    Sources, skeletons and schemas, the repository's own among them; the formatter, whose version decides
    bytes; and where distributions are installed (*path* is ``sys.path``), since one may bring a pattern.
    """
    package = os.path.dirname(os.path.abspath(__file__))
    checkout = os.path.dirname(package)
    places = [os.path.join(base, name) for base in (checkout, root) for name in ("cookiecutters", "schema")]
    found = [folder for folder in dict.fromkeys((package, *places)) if os.path.isdir(folder)]
    searched = [
        folder for folder in dict.fromkeys(sys.path if path is None else path) if os.path.isabs(folder)
    ]
    formatters = [os.path.join(folder, FORMATTER) for folder in searched]
    found += [folder for folder in formatters if os.path.isfile(os.path.join(folder, "__main__.py"))][:1]
    return (*found, *(f"{folder}/" for folder in searched if folder.endswith("-packages")))
