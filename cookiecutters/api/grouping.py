"""What each operation is called in public: its method, and in a large adapter the group that holds it.

Names stick: one that the lock has stays with its operation, and a newcomer that would collide is the one
that is called otherwise. Before it comes only what the manifest says; after it an accepted answer, the
operationId (see ``identifiers``), and the path (see ``naming``).

An adapter with more than ``LARGE`` operations is grouped, by the first tag of each, or by its path where tags
say little, unless most groups would hold one operation. ``layout: flat`` or ``grouped`` decides otherwise,
and an adapter that has a layout keeps it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from generator.modelling.names import identifier, snake

from . import naming
from .identifiers import from_id

LARGE = 60
LONGEST = 59
_USABLE = re.compile(r"[a-z][a-z0-9_]*\Z")
Endpoint = Mapping[str, Any]


def key_of(endpoint: Endpoint) -> str:
    """What identifies an operation in answers and locks."""
    return f"{endpoint['method']} {endpoint['path']}"


def settle(
    endpoints: Sequence[Endpoint],
    layout: str,
    answered: Mapping[str, str],
    kept: Mapping[str, str],
    taken: Container[str],
) -> dict[str, tuple[str, str]]:
    """``METHOD /path`` → (group or "", method name) for every endpoint; *taken* are names nobody may have."""
    groups = _groups(endpoints, kept, taken) if _is_grouped(endpoints, layout, kept) else {}
    if not layout and not kept and len(set(groups.values())) * 2 > len(endpoints):
        groups = {}  # most would hold one operation
    members: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        members.setdefault(groups.get(key_of(endpoint), ""), []).append(endpoint)
    # Beside groups, the adapter's own attributes are the groups' names.
    found: dict[str, tuple[str, str]] = {}
    for group, inside in members.items():
        names = _names(inside, group, answered, kept, _Both(taken, () if group else set(groups.values())))
        found |= {key: (group, name) for key, name in names.items()}
    return found


class _Both:
    """Two containers as one."""

    def __init__(self, first: Container[str], second: Container[str]) -> None:
        self._first, self._second = first, second

    def __contains__(self, name: object) -> bool:
        return name in self._first or name in self._second


def _is_grouped(endpoints: Sequence[Endpoint], layout: str, kept: Mapping[str, str]) -> bool:
    if layout:
        return layout == "grouped"
    known = [kept[key] for key in map(key_of, endpoints) if key in kept]
    return any("." in name for name in known) if known else len(endpoints) > LARGE


def _groups(endpoints: Sequence[Endpoint], kept: Mapping[str, str], taken: Container[str]) -> dict[str, str]:
    tags = Counter(tag for endpoint in endpoints for tag in endpoint.get("tags", ())[:1])
    useful = len(tags) > 1 and sum(tags.values()) * 2 > len(endpoints)
    shared = _shared_words([snake(tag).split("_") for tag in tags]) if useful else 0
    found = {}
    for endpoint in endpoints:
        group, dot, _ = kept.get(key_of(endpoint), "").partition(".")
        found[key_of(endpoint)] = group if dot else _group(endpoint, useful, shared, taken)
    return found


def _group(endpoint: Endpoint, by_tag: bool, shared: int, taken: Container[str]) -> str:
    tag = _tag(endpoint, by_tag)
    nouns = naming.read_route(endpoint["method"], endpoint["path"]).nouns
    words = "_".join(snake(tag).split("_")[shared:]) if tag else nouns[0] if nouns else "root"
    plain = re.sub(r"[^a-z0-9_]+", "", words).strip("_")
    name = _short(identifier(plain, "group") if plain else "other", 40)
    is_test = name == "test" or name.endswith("_test")  # of which the module would be collected as a test
    return f"{name}_api" if name in taken or name.endswith("_") or is_test else name


def _tag(endpoint: Endpoint, by_tag: bool) -> str:
    tags = endpoint.get("tags") or [""]
    return str(tags[0]) if by_tag else ""


def _shared_words(tags: Sequence[Sequence[str]]) -> int:
    """How many first words all tags share: VerifyV2Bucket and VerifyV2Service are bucket and service."""
    count = 0
    while all(len(words) > count + 1 for words in tags) and len({words[count] for words in tags}) == 1:
        count += 1
    return count


def _names(
    endpoints: Sequence[Endpoint],
    group: str,
    answered: Mapping[str, str],
    kept: Mapping[str, str],
    taken: Container[str],
) -> dict[str, str]:
    said: dict[str, str] = {}
    used: set[str] = set()

    def claim(key: str, name: str) -> None:
        if name and key not in said and name not in used and name not in taken:
            said[key] = name
            used.add(name)

    ordered = sorted(endpoints, key=lambda e: (len(e["path"]), e["path"], e["method"]))
    for endpoint in ordered:
        claim(key_of(endpoint), str(endpoint.get("name", "")))
    for endpoint in ordered:
        claim(key_of(endpoint), _kept(kept.get(key_of(endpoint), ""), group))
    for endpoint in ordered:
        claim(key_of(endpoint), _usable(answered.get(key_of(endpoint), "")))
    for endpoint in ordered:
        told = str(endpoint.get("id", "")), endpoint["method"], endpoint["path"]
        for name in from_id(*told, endpoint.get("tags", ())) if told[0] else ():
            claim(key_of(endpoint), name)
    listed = [(e["method"], e["path"], said.get(key_of(e), "")) for e in ordered]
    return naming.names(listed, taken)


def _kept(name: str, group: str) -> str:
    """The method that the lock names, if it is in the same group still."""
    owner, dot, method = name.rpartition(".")
    return method if owner == group and (dot or not group) and _usable(method) else ""


def _usable(name: str) -> str:
    return name if _USABLE.match(name) and identifier(name) == name and len(name) <= LONGEST else ""


def _short(name: str, longest: int) -> str:
    """The name, cut between words."""
    while len(name) > longest and "_" in name:
        name = name.rpartition("_")[0]
    return name[:longest]
