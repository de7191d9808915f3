"""A manifest's text with one entry more, at the place that its name has among the others.

Lines are put between lines: every byte of what was there stays, line ends and comments included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from generator.errors import JackfieldError
from generator.reading.arrange import seam
from generator.reading.fmt import format_text
from generator.reading.layout import STEP, Layout, survey
from generator.reading.slices import shifted

_EMPTY = re.compile(r"(integrations:)[ \t]*(?:\[[ \t]*\]|~|null)?[ \t]*(#.*)?\Z")


def with_entry(text: str, entries: Sequence[Any], name: str, lines: Sequence[str]) -> str:
    """*text*, which holds *entries*, with the *lines* of the entry *name* (as ``entry_lines`` gives them).

    Raises:
        JackfieldError: the list of entries is written so that no line can be put into it.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    layout = survey(plain)
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
    index = next((n for n, other in enumerate(names) if isinstance(other, str) and other > name), len(names))
    if layout.items and len(layout.items) == len(entries):
        candidate = _between(text, layout, index, lines)
    elif not entries:
        candidate = _first(text, layout, lines)
    else:
        candidate = ""
    if not candidate:
        mend = "Write each entry on lines of its own, beginning with '- name:', and run this again."
        raise JackfieldError(f"integrations.yaml: no entry can be put into the list as it is written. {mend}")
    return _in_form(text, candidate)


def _between(text: str, layout: Layout, index: int, lines: Sequence[str]) -> str:
    place = seam(layout, index)
    column = layout.indent(layout.items[0].line)
    ready = shifted(list(lines), column - STEP)
    last = index == len(layout.items)
    return _inserted(text, place, ["", *ready] if last else [*ready, ""])


def _first(text: str, layout: Layout, lines: Sequence[str]) -> str:
    """The list is empty: its key may say so by ``[]``."""
    line = next((number for number, key in layout.keys if key == "integrations"), None)
    if line is None or not (found := _EMPTY.match(layout.lines[line])):
        return ""
    comment = f"  {found[2]}" if found[2] else ""
    before = text.split("\n")
    end = "\r" if before[line].endswith("\r") else ""
    before[line] = f"{found[1]}{comment}{end}"
    return _inserted("\n".join(before), line + 1, list(lines))


def _inserted(text: str, line: int, new: Sequence[str]) -> str:
    """*text* with *new* before a line; a last line without an end gets one."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    if line >= len(lines) or (line == len(lines) - 1 and not lines[-1]):
        whole = text if text.endswith("\n") or not text else text + end
        return whole + "".join(f"{part}{end}" for part in new)
    head = "".join(f"{part}\n" for part in lines[:line])
    return head + "".join(f"{part}{end}" for part in new) + "\n".join(lines[line:])


def _in_form(before: str, after: str) -> str:
    """What was formatted stays formatted; then nothing but the new lines can be out of form."""
    if "\r" in before or before.startswith("\ufeff") or format_text(before) != before:
        return after
    return format_text(after)
