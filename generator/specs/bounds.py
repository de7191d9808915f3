"""What a document may cost at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes are bytes; nodes are values of any kind (long texts count more), aliased is what aliases add, and
    parts are the parameters, media types, answers and headers of all chosen operations."""

    file: int = 64 * 2**20
    total: int = 128 * 2**20
    files: int = 200
    nodes: int = 4_000_000
    aliased: int = 2_000_000
    depth: int = 300
    parts: int = 2_000_000
    notes: int = 1_000


BOUNDS = Bounds()
