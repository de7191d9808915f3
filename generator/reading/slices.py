"""
One slice of a manifest, a top-level key, an entry or one of its keys, brought into form by ruamel.yaml.

What comes back differs from what went in by spaces alone, line by line: so no comment can be lost, no wrapped
text be joined and no quote be changed. A slice that ruamel.yaml would change otherwise keeps its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import StringIO
from typing import Any

import yaml

from generator.reading.layout import STEP, survey


def tidied(lines: Sequence[str], old: int, new: int) -> list[str]:
    """The lines of a slice that stands at column ``old``, in form, at column ``new``."""
    in_list = lines[0].lstrip().startswith("-")
    home = STEP if in_list else 0  # ruamel.yaml puts a list's dashes there
    kept = shifted(lines, home - old)
    text = "\n".join(kept) + "\n"
    formed = _formed(text)
    if formed is None or _formed(formed) != formed:
        return shifted(kept, new - home)
    return shifted(formed.split("\n")[:-1], new - home)


def shifted(lines: Sequence[str], by: int) -> list[str]:
    """Lines further right or left; those that already stand at the left stay there."""
    if by >= 0:
        return [" " * by + line if line else line for line in lines]
    return [line[min(-by, len(line) - len(line.lstrip(" "))) :] for line in lines]


def _formed(text: str) -> str | None:
    """The text in form, or None where only its spaces would not change."""
    emitted = _emitted(text)
    if emitted is None:
        return None
    old, new = text.split("\n"), emitted.split("\n")
    if [_ink(line) for line in old] != [_ink(line) for line in new]:
        return None
    formed = "\n".join(_with_comments(text, old, new))
    return formed if _events(formed) == _events(text) else None


def _ink(line: str) -> str:
    return "".join(line.split())


def _with_comments(text: str, old: Sequence[str], new: list[str]) -> list[str]:
    """Comments on lines of their own stand where their neighbours do; others as far behind as they did."""
    layout = survey(text)
    for number, column in layout.columns.items():
        new[number] = " " * column + new[number].strip()
    for number, comment in layout.behind.items():
        line = old[number].rstrip()
        value = line.removesuffix(comment).rstrip()
        new[number] = new[number].rstrip().removesuffix(comment).rstrip() + line[len(value) :]
    return new


def _events(text: str) -> list[tuple[Any, ...]]:
    """What a text says, with its styles and anchors; an alias need not be known."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    names = ("value", "tag", "anchor", "style", "flow_style")
    return [
        (event.__class__, *(getattr(event, name, None) for name in names))
        for event in yaml.parse(text, Loader=loader)
    ]


def _emitted(text: str) -> str | None:
    yaml_error, editor = _ruamel()
    stream = StringIO()
    try:
        editor.dump(editor.load(text), stream)
    except yaml_error:  # an alias whose anchor stands elsewhere, a key that stands twice
        return None
    return stream.getvalue()


@cache
def _ruamel() -> tuple[type[Exception], Any]:
    """Its errors, and an editor that takes every plain scalar for text, so that none is written otherwise."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.resolver import VersionedResolver

    class Verbatim(VersionedResolver):
        @property
        def versioned_resolver(self) -> Any:
            return {}

        def add_version_implicit_resolver(self, *_: Any) -> None:
            pass

    editor = YAML(typ="rt", pure=True)
    editor.Resolver = Verbatim
    editor.preserve_quotes = True
    editor.width = 1 << 30
    editor.brace_single_entry_mapping_in_flow_sequence = True
    editor.indent(mapping=STEP, sequence=2 * STEP, offset=STEP)
    return YAMLError, editor
