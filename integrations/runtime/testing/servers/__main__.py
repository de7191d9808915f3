"""``python -m integrations.runtime.testing.servers install [NAMES]`` and ``… list``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ._finding import ADDRESS, address, find, names, system
from ._install import InstallFailedError, install, needed


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="servers", description="The servers that tests talk to.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    installing = verbs.add_parser("install", help="install what pip has of them, into an own environment")
    installing.add_argument("names", nargs="*", help="systems; default: those that integrations/ has")
    verbs.add_parser("list", help="say what this machine has")
    told = parser.parse_args(arguments)
    if told.verb == "list":
        print(table())
        return 0
    try:
        install(told.names or needed())
    except (InstallFailedError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def table() -> str:
    """Return one line a system: what stands for it, where it was found, and its version."""
    rows = [("system", "fidelity", "found", "version"), *map(_row, names())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (zip(row, widths, strict=True) for row in rows)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in lines)


def _row(name: str) -> tuple[str, str, str, str]:
    kind = system(name)
    if address(name):
        return name, "real", f"${ADDRESS}{name.upper()}", "–"
    found = find(kind)
    if found is None:
        return name, "–", kind.missing, "–"
    return (
        name,
        found.fidelity,
        f"{found.origin} {found.program}" if found.program.name else found.origin,
        found.version,
    )


if __name__ == "__main__":
    sys.exit(main())
