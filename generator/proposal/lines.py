"""An entry as the lines that ``jackfield fmt`` wants: two spaces a step, lists a step below their key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from generator.reading.arrange import ENTRY_KEYS

_WIDE = 1 << 30


def entry_lines(entry: Mapping[str, Any]) -> list[str]:
    """The lines of one entry, its dash in the third column; keys in the manifest's order."""
    ranked = sorted(entry.items(), key=lambda item: ENTRY_KEYS.index(item[0]))
    first, *others = [line for key, value in ranked for line in _lines(key, value, 4)]
    return [f"  - {first.lstrip()}", *others]


def _lines(key: str, value: Any, column: int) -> Iterator[str]:
    start = f"{' ' * column}{scalar(key)}:"
    if isinstance(value, Mapping) and value:
        yield start
        for name, inner in value.items():
            yield from _lines(str(name), inner, column + 2)
    elif isinstance(value, list) and value:
        yield start
        yield from (f"{' ' * (column + 2)}- {scalar(item)}" for item in value)
    else:
        yield f"{start} {scalar(value) if not isinstance(value, list | Mapping) else json.dumps(value)}"


def scalar(value: Any) -> str:
    """One value on one line, quoted where YAML needs it, so that it is read back as it is."""
    plain = _dumped(value)
    if isinstance(value, str) and ("\n" in plain or not plain.isprintable()):
        return _dumped(value, default_style='"', allow_unicode=False)
    return plain


def _dumped(value: Any, **options: Any) -> str:
    settings = {"width": _WIDE, "allow_unicode": True, **options}
    text: str = yaml.dump(value, Dumper=yaml.SafeDumper, **settings)
    return text.removesuffix("\n").removesuffix("\n...")
