"""Patterns: how one kind of service is built, discovered from folders or written in Python.

A folder under ``cookiecutters/`` is a whole pattern; nothing here knows any of them by name. A pattern in
Python subclasses ``IntegrationPattern`` and is registered by ``register_pattern`` or by an entry point of
the group ``jackfield.patterns``, which is read only when a manifest asks for a type no folder has.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import SpecError
from generator.folders import Folder, Variant, discover, named, rank, reason, squeeze, telling
from generator.pattern import FolderPattern as FolderPattern
from generator.pattern import IntegrationPattern as IntegrationPattern
from generator.shapes import Complaint
from generator.specs.documents import Documents
from generator.specs.pins import file_of

ENTRY_POINTS = "jackfield.patterns"


@dataclass(frozen=True, slots=True)
class Detection:
    """The pattern that builds an entry, and why."""

    pattern: str
    variant: str
    reason: str  # "" when the entry declares its type


@dataclass(frozen=True)
class Catalog:
    """Every pattern that a manifest can use."""

    folders: dict[str, Folder]
    classes: list[IntegrationPattern] = field(default_factory=list)
    documents: Documents | None = None  # of the repository; without one, no entry can name a document
    # Ten thousand entries have a handful of shapes, and rules see nothing else.
    _known: dict[Hashable, tuple[tuple[Folder, Variant], ...]] = field(default_factory=dict, repr=False)
    _read: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=dict, repr=False)

    def names(self) -> tuple[str, ...]:
        """Return the names that ``type:`` may have."""
        return (*(p.label for p in self.classes), *self.folders)

    def folder(self, name: str) -> Folder:
        """Return the folder *name*; "" is the first.

        Raises:
            PatternError: there is none.
        """
        return named(self.folders, name)

    def pattern(self, name: str) -> IntegrationPattern:
        """Return the pattern called *name*; Python patterns come before folders."""
        for pattern in self.classes:
            if pattern.label == name:
                return pattern
        return FolderPattern(self.folder(name))

    def detect(self, entry: Mapping[str, Any]) -> Detection | None:
        """Return the pattern of a raw entry, declared or detected; None when nothing fits."""
        requirements = entry.get("requirements")
        requirements = requirements if isinstance(requirements, Mapping) else {}
        declared = entry.get("type")
        if isinstance(declared, str):
            return self._declared(declared, requirements, str(entry.get("service", "")))
        for pattern in self.classes:
            if pattern.matches(requirements):
                return Detection(
                    pattern.label, pattern.variant(requirements), f"{type(pattern).__name__}.matches"
                )
        service = str(entry.get("service", ""))
        found = self._by_rules(requirements, service) or self._by_document(entry.get("spec"), requirements)
        return found or self._by_service(service, requirements)

    def requirements_schema(self, pattern: str) -> dict[str, Any]:
        """Return the JSON Schema of ``requirements`` for *pattern*; a Python pattern takes anything."""
        return self.folders[pattern].schema if pattern in self.folders else {"type": "object"}

    def reads_files(self, entry: Mapping[str, Any]) -> bool:
        """Return whether what files of the repository hold decides about this raw entry."""
        if entry.get("spec"):
            return True
        found, requirements = self.detect(entry), entry.get("requirements")
        if found is None or not isinstance(requirements, Mapping):
            return False
        return bool(self.pattern(found.pattern).folder.reads(requirements))

    def check(self, pattern: str, entry: Mapping[str, Any], variant: str = "") -> list[Complaint]:
        """Return the problems that *pattern* sees in an entry."""
        facts, problems = self._with_files(pattern, variant, dict(entry))
        normal, complaints = self.pattern(pattern).read(facts)
        self._read[str(entry.get("name"))] = pattern, facts, normal
        return [*problems, *complaints]

    def normalise(self, pattern: str, facts: dict[str, Any], variant: str = "") -> dict[str, Any]:
        """Return an entry in the canonical form of *pattern*; what was just checked is not read again."""
        facts, _ = self._with_files(pattern, variant, facts)
        name, seen, normal = self._read.pop(str(facts.get("name")), ("", None, facts))
        return normal if name == pattern and seen == facts else self.pattern(pattern).normalise(facts)

    def _with_files(
        self, pattern: str, variant: str, facts: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[Complaint, ...]]:
        """Add what decides besides the entry: the variant, where there are several, and what files hold."""
        folder = self.pattern(pattern).folder
        if variant and len(folder.variants) > 1:
            facts = {**facts, "variant": variant}
        if folder.facts.get("files"):
            wanted = [facts["requirements"].get(key) for key in folder.facts["files"]]
            read = {} if self.documents is None else self.documents.texts(wanted)
            facts = {**facts, "files": read}
        facts, problems = self._with_document(pattern, facts)
        if facts.get("methods") and not self.pattern(pattern).describes_methods:
            said = f"entries of type {pattern} describe no methods. Remove methods."
            problems = (*problems, Complaint(("methods",), said))
        return facts, problems

    def _with_document(
        self, pattern: str, facts: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[Complaint, ...]]:
        """Add the opened document of an entry that names one, as ``document``."""
        path = facts.get("spec")
        if not path or not isinstance(path, str):
            return facts, ()
        if not self.pattern(pattern).folder.facts.get("specs"):
            said = f"entries of type {pattern} read no document. Remove spec."
            return facts, (Complaint(("spec",), said),)
        if self.documents is None:
            return facts, (Complaint(("spec",), "there is no repository to read it from. Leave spec out."),)
        if not self.documents.has(path):
            return facts, ()  # the manifest's own checks say so
        try:
            return {**facts, "document": self.documents.open(path)}, ()
        except SpecError as error:
            return facts, (Complaint(("spec",), str(error)),)

    def _declared(self, declared: str, requirements: Mapping[str, Any], service: str) -> Detection | None:
        name, _, variant = declared.partition("/")
        if name not in self.names():
            self.classes.extend(_entry_points(name))
        if name not in self.names():
            return None
        pattern = self.pattern(name)
        if not variant:
            return Detection(name, pattern.variant(requirements, service), "")
        if variant in pattern.folder.variants:
            return Detection(name, variant, "")
        if any(variant == one.skeleton for one in pattern.folder.variants.values()):
            return Detection(name, pattern.folder.pick(requirements, service, variant), "")
        return None

    def _by_rules(self, requirements: Mapping[str, Any], service: str) -> Detection | None:
        """The rules that fit best; where several fit alike, of the pattern that knows the service's name."""
        shape = telling(requirements)
        if shape not in self._known:
            self._known[shape] = self._fitting(requirements)
        fitting = self._known[shape]
        if not fitting:
            return None
        knowing = [one for one in fitting if squeeze(service) in one[0].services] if fitting[1:] else []
        folder, variant = (knowing or fitting)[0]
        picked = variant.name or folder.pick(requirements, service)
        return Detection(folder.name, picked, reason(variant, requirements))

    def _fitting(self, requirements: Mapping[str, Any]) -> tuple[tuple[Folder, Variant], ...]:
        """The folders whose rules fit best, each with the rules."""
        pairs = [(folder, variant) for folder in self.folders.values() for variant in folder.rules]
        ranks = [rank(variant, requirements) for _, variant in pairs]
        best = max(ranks, default=0)
        return tuple(pair for pair, its in zip(pairs, ranks, strict=True) if its == best) if best else ()

    def _by_document(self, spec: Any, requirements: Mapping[str, Any]) -> Detection | None:
        path = file_of(spec)
        if not isinstance(path, str) or not path or self.documents is None:
            return None
        kind = self.documents.format(path)
        for folder in self.folders.values():
            if kind and kind in (folder.facts.get("specs") or ()):
                return Detection(folder.name, folder.pick(requirements), f"the document, {kind}")
        return None

    def _by_service(self, service: str, requirements: Mapping[str, Any]) -> Detection | None:
        for folder in self.folders.values():
            variant = folder.services.get(squeeze(service))
            if variant is not None:
                picked = variant or folder.pick(requirements)
                return Detection(folder.name, picked, f"the service's name, {service}")
        return None


_registered: list[IntegrationPattern] = []


def register_pattern(pattern: IntegrationPattern | type[IntegrationPattern]) -> IntegrationPattern:
    """Add a pattern written in Python; it matches before the folders, and replaces one of the same name."""
    instance = pattern() if isinstance(pattern, type) else pattern
    _registered[:] = [p for p in _registered if p.label != instance.label]
    _registered.append(instance)
    return instance


def unregister_pattern(name: str) -> None:
    """Forget a registered pattern; unknown names are ignored."""
    _registered[:] = [p for p in _registered if p.label != name]


def catalog(root: Path | None = None) -> Catalog:
    """Return every pattern: the repository's own folders first, then the shipped ones."""
    return Catalog(discover(root), list(_registered), None if root is None else Documents(root))


def folder_class(name: str) -> type[FolderPattern] | None:
    """Return the class that a shipped folder's pattern.yaml calls *name*, bound to that folder."""
    for folder in catalog().folders.values():
        if folder.facts.get("class_name") == name:
            facts = {"skeleton": folder.name, "__doc__": folder.facts.get("summary")}
            return type(name, (FolderPattern,), facts)
    return None


def _entry_points(name: str) -> list[IntegrationPattern]:
    from importlib.metadata import entry_points

    return [point.load()() for point in entry_points(group=ENTRY_POINTS) if point.name == name]
