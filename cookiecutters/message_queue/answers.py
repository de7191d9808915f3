"""What is wrong with anybody's answer beyond its schema; each fault ends with its mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def verify(subtask: str, inputs: Mapping[str, Any], given: Any) -> list[str]:
    """The faults of one answer."""
    texts = [text for text in given.values() if isinstance(text, str)]
    faults = [f"{text[:40]!r} has line breaks. Write one line." for text in texts if "\n" in text]
    if subtask != "summaries":
        return faults
    channels = inputs.get("requirements.channels") or {}
    unknown = [name for name in given if name not in channels]
    return faults + [f"{name[:40]!r} is no channel of the entry. Leave it out." for name in unknown]
