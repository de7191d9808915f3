"""What a manifest may cost at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a hostile file may cost at most; sizes are characters, aliases counted as if written out."""

    depth: int = 64
    entry: int = 2**20
    aliased: int = 16 * 2**20
    aliases: int = 100_000
    problems: int = 10_000


BOUNDS = Bounds()
