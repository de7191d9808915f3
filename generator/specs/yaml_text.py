"""YAML's text made readable: what the format cannot hold is replaced and noted, not refused."""

from __future__ import annotations

import re

# What YAML cannot hold: everything outside its printable characters.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def readable(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without control characters, and a note (pointer, message) where there were any."""
    clean, count = _UNPRINTABLE.subn("\ufffd", text)
    if not count:
        return text, []
    return clean, [("", f"holds {count} control characters; each is read as U+FFFD.")]
