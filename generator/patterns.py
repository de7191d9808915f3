"""Patterns: how one kind of service is built, discovered from folders or written in Python.

A folder under ``cookiecutters/`` is a whole pattern; nothing here knows any of them by name. A pattern in
Python subclasses ``IntegrationPattern`` and is registered by ``register_pattern`` or by an entry point of
the group ``jackfield.patterns``, which is read only when a manifest asks for a type no folder has.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from generator.errors import PatternError, SpecError
from generator.folders import Folder, rank, reason, squeeze, telling
from generator.shapes import Complaint
from generator.specs.documents import Documents
from generator.specs.pins import file_of
from generator.subtasks.contracts import Subtask

ENTRY_POINTS = "jackfield.patterns"


@dataclass(frozen=True, slots=True)
class Detection:
    """The pattern that builds an entry, and why."""

    pattern: str
    variant: str
    reason: str  # "" when the entry declares its type


class IntegrationPattern:
    """A pattern written in Python; subclasses match before any folder does.

    Whatever a subclass does not override comes from the folder that its *skeleton* names.
    *version* enters the fingerprint: raise it when the subclass starts to decide otherwise.
    """

    name: ClassVar[str] = ""
    skeleton: ClassVar[str] = ""  # "pattern" or "pattern/variant"; "" = the first folder
    version: ClassVar[str] = "1"

    def __init__(self, folder: Folder | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Folder:
        """Return the folder that holds the skeleton."""
        if self._folder is None:
            self._folder = catalog().folder(self.skeleton.partition("/")[0])
        return self._folder

    @property
    def is_folder(self) -> bool:
        """Whether the folder alone decides, so that its digests tell of every change."""
        return type(self) is FolderPattern

    @property
    def label(self) -> str:
        """Return the name that manifests and locks use."""
        return self.name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    def matches(self, requirements: Mapping[str, Any]) -> bool:
        """Say whether this pattern builds an entry with these requirements."""
        return any(rank(rule, requirements) for rule in self.folder.rules)

    def decompose(self, requirements: Mapping[str, Any]) -> Sequence[Subtask | Mapping[str, Any] | str]:
        """Return the open questions about such an entry."""
        return self.folder.subtasks

    def variant(self, requirements: Mapping[str, Any]) -> str:
        """Return the variant of the skeleton to render."""
        return self.skeleton.partition("/")[2] or self.folder.pick(requirements)

    def normalise(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return *entry* with its requirements in their one canonical form."""
        normal: dict[str, Any] = self.folder.code.normalise(entry)
        return normal

    def stored(self, normal: dict[str, Any]) -> dict[str, Any]:
        """Return what a lock stores of a normalised entry: all, or digests of what a document says."""
        code = self.folder.code
        kept: dict[str, Any] = code.stored(normal) if hasattr(code, "stored") else normal
        return kept

    def check(self, entry: dict[str, Any]) -> list[Complaint]:
        """Return the problems of *entry* that no JSON Schema can say."""
        complaints: list[Complaint] = self.folder.code.check(entry)
        return complaints

    def read(self, entry: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
        """Return what ``normalise`` and ``check`` do; folders whose code has ``read`` do both at once."""
        if self.is_folder and hasattr(self.folder.code, "read"):
            both: tuple[dict[str, Any], list[Complaint]] = self.folder.code.read(entry)
            return both
        return self.normalise(entry), self.check(entry)

    def answer(self, subtask: str, inputs: dict[str, Any]) -> Any:
        """Return the offline answer of one subtask."""
        if subtask not in {task.id for task in self.folder.subtasks}:
            return {}  # a question of the subclass that it leaves to models: offline it stays open
        return self.folder.code.answer(subtask, inputs)

    def resolve(self, entry: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
        """Return the blueprint: plain facts for the skeleton."""
        blueprint: dict[str, Any] = self.folder.code.resolve(entry, answers)
        return blueprint

    def components(self, variant: str) -> dict[str, str]:
        """Return what decides bytes besides entry and answers, by name."""
        own = {} if type(self).__module__ == __name__ else {f"class {self.label}": self.version}
        return {**self.folder.components(variant), **own}


class FolderPattern(IntegrationPattern):
    """A folder, seen as a pattern."""

    @property
    def label(self) -> str:
        return self.folder.name


@dataclass(frozen=True)
class Catalog:
    """Every pattern that a manifest can use."""

    folders: dict[str, Folder]
    classes: list[IntegrationPattern] = field(default_factory=list)
    documents: Documents | None = None  # of the repository; without one, no entry can name a document
    # Ten thousand entries have a handful of shapes, and rules see nothing else.
    _known: dict[Hashable, Detection | None] = field(default_factory=dict, repr=False)
    _read: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=dict, repr=False)

    def names(self) -> tuple[str, ...]:
        """Return the names that ``type:`` may have."""
        return (*(p.label for p in self.classes), *self.folders)

    def folder(self, name: str) -> Folder:
        """Return the folder *name*; "" is the first.

        Raises:
            PatternError: there is none.
        """
        if not self.folders or (name and name not in self.folders):
            raise PatternError(f"there is no pattern folder {name!r} in cookiecutters/")
        return self.folders[name or next(iter(self.folders))]

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
            return self._declared(declared, requirements)
        for pattern in self.classes:
            if pattern.matches(requirements):
                return Detection(
                    pattern.label, pattern.variant(requirements), f"{type(pattern).__name__}.matches"
                )
        found = self._by_rules(requirements) or self._by_document(entry.get("spec"), requirements)
        return found or self._by_service(str(entry.get("service", "")), requirements)

    def requirements_schema(self, pattern: str) -> dict[str, Any]:
        """Return the JSON Schema of ``requirements`` for *pattern*; a Python pattern takes anything."""
        return self.folders[pattern].schema if pattern in self.folders else {"type": "object"}

    def check(self, pattern: str, entry: Mapping[str, Any]) -> list[Complaint]:
        """Return the problems that *pattern* sees in an entry."""
        facts, problems = self._with_document(pattern, dict(entry))
        normal, complaints = self.pattern(pattern).read(facts)
        self._read[str(entry.get("name"))] = pattern, facts, normal
        return [*problems, *complaints]

    def normalise(self, pattern: str, facts: dict[str, Any]) -> dict[str, Any]:
        """Return an entry in the canonical form of *pattern*; what was just checked is not read again."""
        facts, _ = self._with_document(pattern, facts)
        name, seen, normal = self._read.pop(str(facts.get("name")), ("", None, facts))
        return normal if name == pattern and seen == facts else self.pattern(pattern).normalise(facts)

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

    def _declared(self, declared: str, requirements: Mapping[str, Any]) -> Detection | None:
        name, _, variant = declared.partition("/")
        if name not in self.names():
            self.classes.extend(_entry_points(name))
        if name not in self.names():
            return None
        pattern = self.pattern(name)
        if variant and variant not in pattern.folder.variants:
            return None
        return Detection(name, variant or pattern.variant(requirements), "")

    def _by_rules(self, requirements: Mapping[str, Any]) -> Detection | None:
        shape = telling(requirements)
        if shape not in self._known:
            self._known[shape] = self._ranked(requirements)
        return self._known[shape]

    def _ranked(self, requirements: Mapping[str, Any]) -> Detection | None:
        ranked = [
            (rank(variant, requirements), folder, variant)
            for folder in self.folders.values()
            for variant in folder.rules
        ]
        best, folder, variant = max(ranked, key=lambda r: r[0], default=(0, None, None))
        if not best or folder is None or variant is None:
            return None
        return Detection(
            folder.name, variant.name or folder.pick(requirements), reason(variant, requirements)
        )

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
                return Detection(
                    folder.name, variant or folder.pick(requirements), f"the service's name, {service}"
                )
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
    from generator.paths import data_root

    folders: dict[str, Folder] = {}
    for base in dict.fromkeys(filter(None, (root, data_root()))):
        for path in sorted((base / "cookiecutters").glob("*/pattern.yaml")):
            folders.setdefault(path.parent.name, Folder(path.parent))
    return Catalog(folders, list(_registered), None if root is None else Documents(root))


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
