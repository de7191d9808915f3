"""A mistake in the manifest's data, and how it is told: where, the offending text, why, and the mend."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from generator.errors import Problem
from generator.reading.positions import Positions, at
from generator.reading.source import Source
from generator.reading.yaml_scalars import short
from generator.shapes import Pointer

_PLAIN_KEY = re.compile(r"[\w$-]+\Z")


@dataclass(frozen=True, slots=True)
class Mistake:
    """
    ``pointer`` leads to it from the root of the data; the message ends with the mend.

    ``at_key``: the key is wrong rather than its value. ``shown``: the message continues a sentence that the
    offending text, as the file has it, begins. ``verb``: the message continues the path, without a colon.
    """

    pointer: Pointer
    message: str
    at_key: bool = False
    shown: bool = False
    verb: bool = False


def located(
    mistakes: Iterable[Mistake], data: dict[str, Any], source: Source, positions: Positions
) -> Iterable[Problem]:
    """The mistakes as problems, each at its line and column."""
    for mistake in mistakes:
        line, column = positions.find(data, mistake.pointer, key=mistake.at_key)
        shown = f"'{_shown(mistake, data, source.word(line, column))}' " if mistake.shown else ""
        around = mistake.pointer[:-1] if mistake.at_key else mistake.pointer
        glue = " " if mistake.verb else ": "
        yield Problem(
            source.name,
            line,
            column,
            f"{path(around, data)}{glue}{shown}{mistake.message}".removeprefix(": "),
        )


def _shown(mistake: Mistake, data: Any, word: str) -> str:
    """The offending text: of text its value, of anything else (``no``, ``012``) the word in the file."""
    if mistake.at_key:
        return short(str(mistake.pointer[-1]))
    value = at(data, mistake.pointer)
    return short(value) if isinstance(value, str) else word or json.dumps(value)


def path(pointer: Sequence[str | int], data: dict[str, Any]) -> str:
    """How a person would name the place: ``endpoints[1].returns``; an entry by its name."""
    steps = list(pointer)
    if len(steps) >= 2 and steps[0] == "integrations" and isinstance(steps[1], int):
        inner = steps[3:] if steps[2:3] == ["requirements"] and len(steps) > 3 else steps[2:]
        return dotted(inner) if inner else _entry(data, steps[1])
    return dotted(steps)


def dotted(steps: Sequence[str | int]) -> str:
    """``("endpoints", 1, "returns")`` as ``endpoints[1].returns``."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.match(step):
            text += f".{step}"
        else:
            text += f"['{step[:60]}']"
    return text.removeprefix(".")


def _entry(data: dict[str, Any], index: int) -> str:
    entries = data.get("integrations")
    entry = entries[index] if isinstance(entries, list) and index < len(entries) else None
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) and _PLAIN_KEY.match(name) else f"integrations[{index}]"
