"""A package in memory: what a skeleton gave for one entry, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rendered:
    """The formatted files of one entry. ``files`` maps a path inside the package to its bytes.

    ``answers`` are recorded answers that belong into the same folder; no gate looks at them.
    """

    name: str
    module: str
    files: dict[str, bytes]
    blueprint: dict[str, Any] = field(repr=False)
    answers: dict[str, bytes] = field(default_factory=dict)
