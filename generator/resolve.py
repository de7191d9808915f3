"""Entries to what they ask for: pattern, canonical facts, open questions, and the digests that decide."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import PatternError
from generator.facts import facts
from generator.lock import canonical
from generator.manifest import Entry, Manifest
from generator.patterns import Catalog, Detection, IntegrationPattern
from generator.plan import Desired
from generator.render import GENERATOR_EPOCH, formatter
from generator.subtasks.contracts import Subtask


@dataclass(frozen=True, slots=True)
class Resolved:
    """One entry with everything that rendering it needs but the answers."""

    want: Desired
    pattern: IntegrationPattern
    subtasks: tuple[Subtask, ...]

    @property
    def name(self) -> str:
        """Return the entry's name."""
        return self.want.name

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """Return the answer_fp of every question."""
        return self.want.subtasks

    @property
    def skeleton(self) -> Path:
        """Return the folder that holds the skeleton's ``cookiecutter.json``."""
        folder = self.pattern.folder
        return folder.path / folder.variants[self.want.variant].skeleton

    @property
    def once(self) -> frozenset[str]:
        """Return the files that are created once and then belong to the user."""
        patterns = self.pattern.folder.facts.get("once") or ()
        return frozenset(str(pattern).format(module=self.want.module) for pattern in patterns)

    @property
    def facts(self) -> dict[str, Any]:
        """Return the normalised entry in its one order, as answerers and skeletons see it."""
        return dict(self.want.facts or canonical(self.want.entry))


def resolve(
    manifest: Manifest, catalog: Catalog, modules: Container[str] | None = None
) -> tuple[Resolved, ...]:
    """Resolve the entries of a loaded manifest, or those of *modules* alone, in the manifest's order."""
    digests: dict[tuple[str, str], dict[str, str]] = {}
    return tuple(
        resolve_entry(entry, catalog, digests, {"timeout": manifest.timeout})
        for entry in manifest.entries
        if modules is None or entry.module in modules
    )


def resolve_entry(
    entry: Entry,
    catalog: Catalog,
    digests: dict[tuple[str, str], dict[str, str]],
    defaults: Mapping[str, Any] | None = None,
) -> Resolved:
    """Resolve one entry; *digests* remembers a skeleton's digests from one entry to the next."""
    raw = entry.written
    found = catalog.detect(raw)
    if found is None:
        raise PatternError(f"{entry.name}: no pattern builds this entry; name its type")
    pattern = catalog.pattern(found.pattern)
    told = facts(raw, pattern.folder.schema, defaults or {})
    normal = catalog.normalise(found.pattern, told, found.variant)
    subtasks = pattern.questions(normal)
    skeleton = (found.pattern, found.variant)
    if skeleton not in digests:
        digests[skeleton] = _components(pattern, found.variant)
    return Resolved(_desired(entry, normal, found, pattern, subtasks, digests[skeleton]), pattern, subtasks)


def _desired(
    entry: Entry,
    normal: dict[str, Any],
    found: Detection,
    pattern: IntegrationPattern,
    subtasks: tuple[Subtask, ...],
    components: dict[str, str],
) -> Desired:
    seen, stored = canonical(normal), pattern.stored(normal)
    return Desired(
        name=entry.name,
        module=entry.module,
        entry=stored,
        pattern=found.pattern,
        variant=found.variant,
        detected=found.reason,
        components=components,
        subtasks={subtask.id: subtask.answer_fp(seen) for subtask in subtasks},
        dependencies=pattern.folder.variants[found.variant].dependencies,
        runtime_api=int(pattern.folder.facts.get("runtime_api", 1)),
        moved_from=entry.moved_from,
        facts=seen,
        whole=stored is normal,
    )


def _components(pattern: IntegrationPattern, variant: str) -> dict[str, str]:
    return {
        **pattern.components(variant),
        "formatter ruff": formatter(),
        "epoch": str(GENERATOR_EPOCH),
    }
