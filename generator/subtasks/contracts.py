"""Subtasks: one open question about an entry, with the slice of input that it may see.

A slice is named by dotted paths into the normalised entry. ``requirements.endpoints[]`` takes each item of
a list, and ``requirements.endpoints[].{method,path}`` takes two fields of each. Only what a slice names
enters ``answer_fp``, so an edit elsewhere never makes an answer stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator.lock import digest, fingerprint
from generator.reading.schema_gate import Gate, gate

Take = Callable[[Any], Any]


@dataclass(frozen=True)
class Subtask:
    """One open question: what it may see (*inputs*) and the JSON Schema of its answer.

    ``kind`` is data, or code: one function body in a fenced block. ``judged`` says what decides whether a
    model's answer is better than the offline one: counts of tests that it did not write, or, for prose that
    no count can judge, the checks of the contract alone. Only id, inputs and schema are the contract.
    """

    id: str
    kind: str = "data"
    difficulty: str = "easy"
    inputs: tuple[str, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    prompt: str = ""
    judged: str = "checks"
    max_tokens: int = 1024  # of one answer
    phase: int = 1  # what is asked later may see the answers to what was asked earlier
    each: str = ""  # a mapping of the entry: the question is asked of each of its keys

    @property
    def file(self) -> str:
        """Return where an accepted answer is kept, inside the package."""
        return answer_file(self.id)

    def slice(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of *entry* that this subtask may see."""
        return {path: take(entry) for path, take in self._takes}

    @cached_property
    def _takes(self) -> tuple[tuple[str, Take], ...]:
        return tuple((path, taking(path)) for path in self.inputs)

    @cached_property
    def contract(self) -> str:
        """Return the fingerprint of the question itself: its id, what it may see, the shape of its answer."""
        return fingerprint({"id": self.id, "inputs": list(self.inputs), "schema": self.schema})

    @cached_property
    def admits(self) -> Gate:
        """Return the quick test of an answer; what it refuses, its schema may still allow."""
        return gate(self.schema)

    def answer_fp(self, entry: Mapping[str, Any]) -> str:
        """Return the fingerprint that decides whether an accepted answer about a canonical entry is current.

        Model, prompt text and sampling are provenance, not part of it.
        """
        return digest([self.contract, self.slice(entry)])


def as_subtask(declared: Subtask | Mapping[str, Any] | str) -> Subtask:
    """Accept a subtask as an object, a mapping (``id`` or ``name``) or a bare name."""
    if isinstance(declared, Subtask):
        return declared
    if isinstance(declared, str):
        return Subtask(id=slug(declared), inputs=("service", "requirements"))
    return Subtask(
        id=slug(str(declared.get("id") or declared.get("name") or "task")),
        kind=str(declared.get("kind", "data")),
        difficulty=str(declared.get("difficulty", "easy")),
        inputs=tuple(declared.get("inputs") or ("service", "requirements")),
        schema=dict(declared.get("schema") or {}),
        prompt=str(declared.get("prompt", "")),
        judged=str(declared.get("judged", "checks")),
        max_tokens=int(declared.get("max_tokens", 1024)),
        phase=int(declared.get("phase", 1)),
        each=str(declared.get("each", "")),
    )


def answer_file(subtask: str) -> str:
    """Return where the accepted answer of a subtask is kept, inside the package."""
    return f"answers/{subtask.replace(':', '.')}.json"


def slug(text: str) -> str:
    """Return *text* as an identifier that can be a file name."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "task"


def taking(path: str) -> Take:
    """Return the function that follows *path* into JSON data; what is not there is None."""
    if not path:
        return lambda value: value
    if path.startswith("{"):
        return _fields(tuple(name.strip() for name in path.strip("{}").split(",")))
    head, _, rest = path.partition(".")
    name, inner = head.removesuffix("[]"), taking(rest)
    return _each(name, inner) if head.endswith("[]") else _inside(name, inner)


def _fields(names: Sequence[str]) -> Take:
    def take(value: Any) -> Any:
        return {name: value[name] for name in names if name in value} if isinstance(value, dict) else {}

    return take


def _each(name: str, inner: Take) -> Take:
    def take(value: Any) -> Any:
        found = value.get(name) if isinstance(value, dict) else None
        return [inner(item) for item in found] if isinstance(found, list) else []

    return take


def _inside(name: str, inner: Take) -> Take:
    return lambda value: inner(value.get(name) if isinstance(value, dict) else None)
