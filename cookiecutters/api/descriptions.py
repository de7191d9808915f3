"""What an entry says of methods in words: each in the long form, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from generator.shapes import Complaint

from . import cases


def told(entry: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Name → description, and parameters and returns where they are said."""
    found = entry.get("methods")
    pairs = found.items() if isinstance(found, Mapping) else ()
    return {name: said if isinstance(said, Mapping) else {"description": str(said)} for name, said in pairs}


def complaints(entry: Mapping[str, Any], taken: Container[str]) -> Iterator[Complaint]:
    """What is wrong with what the entry says of methods; *taken* are names that nobody may have."""
    requirements = entry["requirements"]
    named = {endpoint["name"] for endpoint in requirements.get("endpoints", ()) if "name" in endpoint}
    for name, said in told(entry).items():
        if name.startswith("_"):
            yield Complaint(("methods", name), "a method for others has no underscore in front. Remove it.")
        elif name in taken:
            yield Complaint(("methods", name), f"every package needs {name!r} itself. Add a word to it.")
        elif name in named:
            yield Complaint(("methods", name), "an endpoint has this name already. Change one of the two.")
        for fault in cases.shapes_of(said, requirements.get("types", {}))[1]:
            yield Complaint(("methods", name), fault)
