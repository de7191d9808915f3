"""Which systems there are, and where a server of one is found on this machine."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._system import Found, System

ENVIRONMENT = "JACKFIELD_SERVERS"
ADDRESS = "JACKFIELD_SERVER_"


def names() -> list[str]:
    """Return the systems that there are modules for."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def system(name: str) -> System:
    """Return a system by its name.

    Raises:
        LookupError: there is no such system; the text names those that there are.
    """
    if name not in names():
        raise LookupError(f"there is no system {name!r}; there are {', '.join(names())}")
    kind: System = import_module(f".{name}", __package__).SYSTEM
    return kind


def environment() -> Path:
    """Return where pip installs servers: $JACKFIELD_SERVERS, else .jackfield/servers in the repository."""
    told = os.environ.get(ENVIRONMENT)
    return Path(told) if told else Path(__file__).parents[4] / ".jackfield" / "servers"


def address(name: str) -> str:
    """Return the address that $JACKFIELD_SERVER_<SYSTEM> gives, or ""."""
    told = os.environ.get(f"{ADDRESS}{name.upper()}", "")
    return told if "://" in told else ""


def find(kind: System) -> Found | None:
    """Find a server on this machine: an installed one, else one that pip installed.

    $JACKFIELD_SERVER_<SYSTEM> may say ``installed`` or ``pip`` instead of an address: no other one is taken.
    """
    told = os.environ.get(f"{ADDRESS}{kind.name.upper()}")
    found = kind.installed() if told != "pip" else None
    return found or (kind.packaged(environment()) if told != "installed" else None)
