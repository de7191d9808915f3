"""One document while it is being read: what it is, and what reads its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator.errors import SpecError
from generator.specs.facts import Finding, Parameter, Schema
from generator.specs.lenient import Notes, mapping, place, text
from generator.specs.references import References
from generator.specs.schemas import Schemas
from generator.specs.source import Source

_UNKNOWN = "says no version of OpenAPI; it is read as OpenAPI 3.0."


@dataclass
class Reading:
    """*dialect* is ``2.0``, ``3.0`` or ``3.1`` (which 3.2 counts as), *version* what the document says."""

    source: Source
    document: Mapping[str, Any]
    version: str
    dialect: str
    notes: Notes = field(default_factory=Notes)
    parameters: dict[str, Parameter | None] = field(default_factory=dict)  # place → what was read there
    headers: dict[str, Schema] = field(default_factory=dict)
    parts: int = 0  # parameters, media types, answers and headers looked at so far

    @classmethod
    def of(cls, source: Source) -> Reading:
        """Begin with a source. Raises SpecError where its document is no OpenAPI document at all."""
        document = mapping(source.document)
        version = text(document.get("openapi")) or text(document.get("swagger"))
        if not version and not isinstance(document.get("paths"), dict):
            raise SpecError(
                f"{source.path}:1:1  is no OpenAPI document. Name one that has 'openapi' and 'paths'."
            )
        reading = cls(source, document, version or "3.0", _dialect(version, document))
        if not version:
            reading.notes.add("#", _UNKNOWN)
        return reading

    def count(self, parts: int) -> None:
        """Bound what references to large sections can cost, each named by very many operations."""
        self.parts += parts
        if self.parts > self.source.bounds.parts:
            message = "the operations have too many parts. Choose fewer operations, or cut the document down."
            raise SpecError(f"{self.source.path}:1:1  {message}")

    @cached_property
    def references(self) -> References:
        return References(self.source, self.notes)

    @cached_property
    def schemas(self) -> Schemas:
        return Schemas(self.document, self.references, self.notes, self.dialect)

    def findings(self) -> tuple[Finding, ...]:
        """Everything noted, also while the files were parsed."""
        for file, pointer, message in self.source.notes:
            self.notes.add(place("" if file == self.source.path else file, pointer), message)
        return self.notes.findings


def _dialect(version: str, document: Mapping[str, Any]) -> str:
    if "swagger" in document and "openapi" not in document:
        return "2.0"
    return "3.0" if version.startswith("3.0") or not version.startswith("3.") else "3.1"
