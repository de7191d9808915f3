"""Where Jackfield's own data lies: ``schema/``, ``cookiecutters/`` and the runtime's source."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """The folder that holds ``schema/`` and ``cookiecutters/``: a wheel's own, else the checkout."""
    shipped = _PACKAGE / "_data"
    return shipped if shipped.is_dir() else _PACKAGE.parent
