"""How an adapter is laid out: its own operations, and groups of them that have a class and a module each.

A group's name (see ``grouping``) is a word of the manifest or of a document. Here it becomes a property of
the adapter that hides nothing else, a class that no type is called like, and files that no other part has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from generator.modelling.models import Models
from generator.modelling.names import identifier, pascal, unique

from . import grouping, naming
from .checks import TAKEN
from .operation import Operation, read_operation

_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
Endpoint = Mapping[str, Any]
Named = tuple[str, Endpoint]


@dataclass(frozen=True, slots=True)
class Group:
    """Endpoints that one class has as methods, by name; the group called "" is the adapter itself."""

    name: str
    class_name: str
    async_name: str
    endpoints: tuple[Named, ...]

    def call(self, name: str) -> str:
        """What callers write behind the adapter for the method *name*, which metrics and errors say too."""
        return f"{self.name}.{name}" if self.name else name


def classes(entry: Mapping[str, Any]) -> dict[str, str]:
    """The names of the adapter's two classes."""
    name = pascal(str(entry["service"]))
    if not re.fullmatch(r"[A-Z][A-Za-z0-9_]*", name):
        name = pascal(entry["name"])
    return {"class_name": f"{name}Adapter", "async_name": f"Async{name}Adapter"}


def groups(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[Group, ...]:
    """The adapter itself, and its groups by name."""
    requirements = entry["requirements"]
    endpoints = sorted(requirements.get("endpoints", ()), key=_reading_order)
    layout, kept = str(requirements.get("layout", "")), answers.get("kept", {})
    names = grouping.settle(endpoints, layout, answers.get("naming", {}), kept, TAKEN)
    by_group: dict[str, list[Named]] = {"": []}
    for endpoint in endpoints:
        group, name = names[grouping.key_of(endpoint)]
        by_group.setdefault(group, []).append((name, endpoint))
    return tuple(_classes(entry, by_group))


def _classes(entry: Mapping[str, Any], by_group: Mapping[str, Sequence[Named]]) -> Iterator[Group]:
    own = classes(entry)
    methods = {name for name, _ in by_group[""]}
    names = _properties(by_group, entry["name"].replace("-", "_"), TAKEN | methods)
    yield Group("", own["class_name"], own["async_name"], tuple(by_group[""]))
    taken = set(own.values())
    for raw in sorted(names, key=names.__getitem__):
        name = unique(f"{pascal(names[raw].rstrip('_'))}Group", taken)
        taken |= {name, f"Async{name}"}
        yield Group(names[raw], name, f"Async{name}", tuple(by_group[raw]))


def _reading_order(endpoint: Endpoint) -> tuple[Any, ...]:
    """Resource by resource, shorter paths first, reading before writing."""
    route = naming.read_route(endpoint["method"], endpoint["path"])
    return route.nouns[:1], tuple(route.parts), _VERBS.index(endpoint["method"]), endpoint["path"]


def _properties(raw: Iterable[str], module: str, taken: Collection[str]) -> dict[str, str]:
    """What the adapter calls each group. A word that Python or the adapter needs gets ``_`` behind it."""
    files = {f"{module}_adapter", f"{module}_custom", f"{module}_models", f"test_{module}_adapter"}
    used, found = set(taken), {}
    for group in sorted(set(raw) - {""}):
        name = next(n for n in _spellings(group) if n not in used and not files & _files(module, n))
        used.add(name)
        files |= _files(module, name)
        found[group] = name
    return found


def _spellings(group: str) -> Iterator[str]:
    name = identifier(group, "group")
    if not name.endswith("_custom"):  # such files are the user's own
        yield name
    yield f"{name.rstrip('_')}_"
    yield from (f"{name.rstrip('_')}_{number}" for number in count(2))


def _files(module: str, name: str) -> set[str]:
    return {f"{module}_{name}", f"{module}_{name}_models", f"test_{module}_{name}"}


def operations(
    group: Group, requirements: Mapping[str, Any], models: Models, answers: Mapping[str, Any]
) -> list[Operation]:
    """The operations of a group. Types that they need are called after operation and group."""
    told = _by_operation(answers.get("errors", {}))
    found = []
    for name, endpoint in group.endpoints:
        mine = {**answers, "errors": told.get(grouping.key_of(endpoint), {})}
        called = f"{name}_{group.name}" if group.name else name
        operation = read_operation({**endpoint, "group": group.name}, called, requirements, models, mine)
        found.append(replace(operation, name=name))
    return found


def _by_operation(answered: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The answers of ``METHOD /path STATUS`` by operation."""
    found: dict[str, dict[str, str]] = {}
    for said, text in answered.items():
        found.setdefault(said.rpartition(" ")[0], {})[said] = text
    return found
