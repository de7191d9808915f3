"""Names of a package that are imported when they are first asked for (PEP 562)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def lazily(package: str, name: str, homes: Mapping[str, str]) -> Any:
    """Return what *name* stands for in *package*; *homes* maps modules of it to the names that they define.

        def __getattr__(name: str) -> Any:
            return lazily(__name__, name, _HOMES)

    Raises:
        AttributeError: no module has the name.
    """
    for module, names in homes.items():
        if name in names.split():
            return getattr(import_module(f".{module}", package), name)
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
