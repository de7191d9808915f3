"""Where Jackfield's own data lies: ``schema/``, ``cookiecutters/`` and the runtime's source."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def data_root() -> Path:
    """The folder that holds ``schema/`` and ``cookiecutters/``: the checkout, or ``_data`` of the wheel."""
    checkout = _PACKAGE.parent
    if (checkout / "schema").is_dir() and (checkout / "cookiecutters").is_dir():
        return checkout
    return _PACKAGE / "_data"
