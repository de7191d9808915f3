"""What a service changed: two versions of its document, operation by operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.diff import DOCUMENTED
from generator.facts import facts
from generator.patterns import Catalog
from generator.proposal.obtain import Obtained, Opened
from generator.reading.entry_checks import EntryChecks
from generator.reading.mistakes import dotted
from generator.reading.schema import Schema
from generator.specs.facts import Key, Outline

SIGNS = {"added": "+", "changed": "~", "removed": "-"}


@dataclass(frozen=True, slots=True)
class Change:
    """One operation that was added, changed or removed; *used*: the entry builds it, or did."""

    kind: str
    operation: str
    used: bool


@dataclass(frozen=True, slots=True)
class Used:
    """What an entry takes from a document: a digest of each operation; what it cannot take, in words."""

    digests: Mapping[str, str]
    problems: tuple[str, ...] = ()


def used(root: Path, catalog: Catalog, raw: Mapping[str, Any], found: Obtained) -> Used:
    """Read an entry, as the manifest has it, against a document."""
    opened = replace(catalog, documents=Opened(root, found))
    problems = tuple(
        f"{dotted(mistake.pointer)}: {mistake.message}".removeprefix(": ")
        for mistake in EntryChecks(opened).check(dict(raw))
    )
    detected = opened.detect(raw)
    if detected is None:
        return Used({}, problems)
    schema = opened.requirements_schema(detected.pattern)
    if Schema(schema).mistakes(raw.get("requirements") or {}, ()):
        return Used({}, problems)
    pattern = opened.pattern(detected.pattern)
    stored = pattern.stored(opened.normalise(detected.pattern, facts(raw, schema, {})))
    return Used(stored.get(DOCUMENTED) or {}, problems)


def changes(old: Outline | None, new: Outline, before: Used, after: Used) -> tuple[Change, ...]:
    """Every operation that is not what it was, sorted: added, changed, removed.

    Of the operations that the entry uses everything is compared; of others what an index shows.
    """
    return tuple(sorted(_changes(old, new, before, after), key=lambda c: (c.kind, c.operation)))


def _changes(old: Outline | None, new: Outline, before: Used, after: Used) -> Iterator[Change]:
    was: dict[Key, Any] = {o.key: o for o in old.operations} if old is not None else {}
    now = {o.key: o for o in new.operations}
    for key in was.keys() | now.keys():
        name = " ".join(key)
        taken = name in before.digests or name in after.digests
        if key not in was:
            yield Change("added", name, taken)
        elif key not in now:
            yield Change("removed", name, taken)
        elif was[key] != now[key] or _differs(name, before, after):
            yield Change("changed", name, taken)


def _differs(name: str, before: Used, after: Used) -> bool:
    both = name in before.digests and name in after.digests
    return both and before.digests[name] != after.digests[name]
