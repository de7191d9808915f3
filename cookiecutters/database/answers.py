"""What is wrong with anybody's answer beyond its schema; each fault ends with its mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.names import identifier

KEYS = ("queries", "collections", "keys", "scripts", "tables")


def verify(subtask: str, inputs: Mapping[str, Any], given: Any) -> list[str]:
    """The faults of one answer."""
    texts = [text for text in given.values() if isinstance(text, str)]
    faults = [f"{text[:40]!r} has line breaks. Write one line." for text in texts if "\n" in text]
    if subtask != "summaries":
        return faults
    words = {identifier(name) for key in KEYS for name in inputs.get(f"requirements.{key}") or ()}
    unknown = [name for name in given if not any(word in name for word in words)]
    return faults + [f"{name!r} is no operation of the entry. Leave it out." for name in unknown]
