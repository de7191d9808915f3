"""What the generator itself consists of: when any of it changes, nothing that was found clean counts."""

from __future__ import annotations

import os

MANIFEST = "integrations.yaml"


def inputs(root: str) -> tuple[str, ...]:
    """Return the folders of sources, skeletons and schemas, the repository's own among them."""
    package = os.path.dirname(os.path.abspath(__file__))
    checkout = os.path.dirname(package)
    places = [os.path.join(base, name) for base in (checkout, root) for name in ("cookiecutters", "schema")]
    return tuple(path for path in dict.fromkeys((package, *places)) if os.path.isdir(path))
