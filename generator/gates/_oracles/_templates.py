"""Paths with names in them, against raw paths."""

from __future__ import annotations

import re
from urllib.parse import quote


def template(path: str) -> tuple[list[str], re.Pattern[str]]:
    """Return the names in a path template and the pattern of the raw paths that it means."""
    parts = re.split(r"\{([^{}]*)\}", re.split("[?#]", path)[0])
    literals = ["".join(map(_either, part)) for part in parts[::2]]
    return [name.strip("+*") for name in parts[1::2]], re.compile("([^/]*?)".join(literals))


def _either(character: str) -> str:
    """Return a pattern for a literal character, encoded or not."""
    plain, encoded = re.escape(character), quote(character, safe="")
    coded = encoded if encoded != character else f"%{ord(character):02X}"
    return plain if character.isalnum() and character.isascii() else f"(?:{plain}|(?i:{coded}))"
