"""A pattern, seen from outside: how one kind of service is built.

A folder under ``cookiecutters/`` is a whole pattern; nothing here knows any of them by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from generator.folders import Folder, discover, named, rank
from generator.shapes import Complaint
from generator.subtasks.contracts import Subtask, as_subtask

KEY = "<key>"  # in the inputs of a question that is asked of each key of a mapping


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
            self._folder = named(discover(), self.skeleton.partition("/")[0])
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

    def questions(self, entry: Mapping[str, Any]) -> tuple[Subtask, ...]:
        """Return the questions that this normalised entry leaves open, in the order of their phases."""
        declared = map(as_subtask, self.decompose(entry["requirements"]))
        found = [task for one in declared for task in _each(one, entry)]
        narrow = self._code("asked")
        if narrow is not None:
            kept = frozenset(narrow(entry, [task.id for task in found]))
            found = [task for task in found if task.id in kept]
        return tuple(sorted(found, key=lambda task: task.phase))

    def verify(self, subtask: str, inputs: Mapping[str, Any], answer: Any) -> Sequence[str]:
        """Return what is wrong with an answer besides its schema; each message tells how to mend it."""
        check = self._code("verify")
        faults: Sequence[str] = check(subtask, dict(inputs), answer) if check else ()
        return faults

    def extended(self, entry: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return *entry* with what *answers* add to it, so that other questions can be asked about that."""
        extend = self._code("extended")
        whole: dict[str, Any] = extend(entry, dict(answers)) if extend else entry
        return whole

    def context(self, subtask: str, entry: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a question shows besides its slice, made from earlier answers."""
        told = self._code("context")
        more: dict[str, Any] = told(subtask, entry, dict(answers)) if told else {}
        return more

    def posed(
        self, task: Subtask, inputs: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Mapping[str, Any]] | None:
        """Return what a model is shown, and the schema that its answer is held to; None: nothing is open."""
        pose = self._code("posed")
        told: tuple[dict[str, Any], Mapping[str, Any]] | None
        told = pose(task.id, dict(inputs), dict(task.schema)) if pose else (dict(inputs), task.schema)
        return told

    def signature(self, entry: dict[str, Any], answers: Mapping[str, Any], name: str) -> str:
        """Return the line that the code of a described method must begin with."""
        told = self._code("signature")
        return str(told(entry, dict(answers), name)) if told else ""

    @property
    def describes_methods(self) -> bool:
        """Whether an entry may describe methods in words, which a question then asks the code of."""
        return any(task.each == "methods" for task in self.folder.subtasks)

    def variant(self, requirements: Mapping[str, Any], service: str = "") -> str:
        """Return the variant to build."""
        return self.skeleton.partition("/")[2] or self.folder.pick(requirements, service)

    def normalise(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return *entry* with its requirements in their one canonical form."""
        normal: dict[str, Any] = self.folder.code.normalise(entry)
        return normal

    def stored(self, normal: dict[str, Any]) -> dict[str, Any]:
        """Return what a lock stores of a normalised entry: all, or digests of what a document says."""
        keep = self._code("stored")
        kept: dict[str, Any] = keep(normal) if keep else normal
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
            return {}  # only a model or a person can answer: offline it stays open
        return self.folder.code.answer(subtask, inputs)

    def _code(self, name: str) -> Any:
        """Return a function that a pattern's code may have, or None."""
        return getattr(self.folder.code, name, None)

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


def _each(task: Subtask, entry: Mapping[str, Any]) -> Iterator[Subtask]:
    """Yield the question, or one for each key of the entry's mapping that it is asked of."""
    if not task.each:
        yield task
        return
    for key in sorted(entry.get(task.each) or {}):
        inputs = tuple(path.replace(KEY, key) for path in task.inputs)
        yield replace(task, id=f"{task.id}:{key}", inputs=inputs)
