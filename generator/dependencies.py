"""What the adapters are installed with (``integrations/pyproject.toml``), and whether that can be had."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from generator.errors import DependencyError

RUNTIME = "runtime"

# What integrations/runtime imports whatever the adapter; drivers belong to the patterns' variants.
BASE = ("cachetools>=6,<9", "msgspec>=0.20,<1", "pyyaml>=6.0.2,<7")

_HEAD = """\
# Generated from the locks in integrations/*/metadata.json; written anew by every run that changes one.
# An application installs what it uses:  pip install "./integrations[NAME]"

[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "integrations"
version = "0.0.0"
description = "Typed adapters of the services in integrations.yaml."
requires-python = ">=3.11"
"""

_TAIL = """
[tool.hatch.build.targets.wheel]
include = ["/**"]
exclude = ["/pyproject.toml", "/*/metadata.json", "/*/answers", "/*/*.md", "/*/test_*.py"]

[tool.hatch.build.targets.wheel.sources]
"" = "integrations"
"""


def pyproject(sets: Mapping[str, Sequence[str]], base: Sequence[str] = BASE) -> bytes:
    """Return ``integrations/pyproject.toml``: an extra for each entry, and ``all``, one requirement a line.

    *sets* maps each entry's name to its requirements (PEP 508), in any order: the bytes are the same.

    Raises:
        DependencyError: a requirement cannot be read.
    """
    extras = {name: _normal(name, requirements) for name, requirements in sorted(sets.items())}
    every = sorted({item for requirements in extras.values() for item in requirements})
    lists = {"dependencies": _normal(RUNTIME, base)}
    optional = {"all": every} | {name: items for name, items in extras.items() if name != "all"}
    parts = [_HEAD, *_arrays(lists), "\n[project.optional-dependencies]\n", *_arrays(optional), _TAIL]
    return "".join(parts).encode("ascii")


@cache
def _parsed(text: str) -> Requirement:
    """Thousands of entries share a handful of requirements."""
    return Requirement(text)


def _normal(name: str, requirements: Iterable[str]) -> list[str]:
    try:
        return sorted({str(_parsed(text)) for text in requirements})
    except InvalidRequirement as error:
        raise DependencyError(_unreadable(name, error)) from error


def _unreadable(name: str, error: Exception) -> str:
    return f"{name}: a dependency cannot be read: {str(error).splitlines()[0]!a:.120}"


def _arrays(lists: Mapping[str, Sequence[str]]) -> Iterable[str]:
    for key, items in lists.items():
        lines = "".join(f"    {json.dumps(item)},\n" for item in items)
        yield f"{key} = [\n{lines}]\n" if items else f"{key} = []\n"


def unsatisfiable(sets: Mapping[str, Sequence[str]], base: Sequence[str] = BASE) -> list[str]:
    """Return a line for each package of which no version can suit everyone who needs it.

    ``httpx2: github needs <2, stripe needs >=3``. Only who cannot agree is named. Markers are read for the
    running interpreter. Nothing is looked up: a version counts as possible whether or not it was published.
    """
    needs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    problems = []
    for name, requirements in [(RUNTIME, base), *sorted(sets.items())]:
        for text in sorted(set(requirements)):
            try:
                requirement = _parsed(text)
            except InvalidRequirement as error:
                problems.append(_unreadable(name, error))
                continue
            if _applies(requirement.marker):
                needs[canonicalize_name(requirement.name)][_wish(requirement)].append(name)
    return problems + [line for package in sorted(needs) for line in _quarrel(package, needs[package])]


def _applies(marker: Marker | None) -> bool:
    return marker is None or marker.evaluate({"extra": ""})


def _wish(requirement: Requirement) -> str:
    return f"@ {requirement.url}" if requirement.url else str(requirement.specifier)


def _quarrel(package: str, wishes: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """The smallest set of wishes that cannot be met together, if there is one."""
    core = sorted(wishes)
    if _possible(core):
        return
    for wish in sorted(wishes, key=lambda wish: (-len(wishes[wish]), wish)):
        fewer = [other for other in core if other != wish]
        if not _possible(fewer):
            core = fewer
    core.sort(key=lambda wish: tuple(wishes[wish]))
    yield f"{package}: " + ", ".join(f"{_who(wishes[wish])} {wish}" for wish in core)


def _who(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{shown} need" if len(names) > 1 else f"{shown} needs"


def _possible(wishes: Sequence[str]) -> bool:
    places = [wish for wish in wishes if wish.startswith("@")]
    specifiers = ",".join(wish for wish in wishes if wish and not wish.startswith("@"))
    return len(places) < 2 and not SpecifierSet(specifiers).is_unsatisfiable()
