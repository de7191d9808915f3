"""libyaml's error texts in the words of somebody who wants to mend a manifest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from generator.reading.bounds import BOUNDS
from generator.reading.yaml_scalars import short

# What stands behind the last key, comma or bracket before a mark.
_VALUE = re.compile(r"(?:([^\s,:{}\[\]]+): +|[,\[] *)((?:(?!: |, )[^\"'\[\]])+)$")

_OPEN = "is opened here and never closed"

# (part of the parser's text, what to say instead); the first that fits is used.
_REASONS: Sequence[tuple[str, str]] = (
    ("mapping values are not", "a colon cannot stand here. Put quotes round the text, or align the line."),
    ("cannot start any token", "text cannot start like this. Put quotes round it."),
    ("could not find expected ':'", "a key lacks its colon. Write 'key: value', or align the line."),
    ("unexpected end of stream", f"a quote {_OPEN}. Close it."),
    ("unexpected document indicator", f"a quote {_OPEN}. Close it."),
    ("expected ',' or ']'", f"a list {_OPEN}, or lacks a comma. Add ']' or the comma."),
    ("expected ',' or '}'", f"a mapping {_OPEN}, or lacks a comma. Add '}}' or the comma."),
    ("expected <block end>", "the indentation does not fit. Align the line with its neighbours."),
    ("did not find expected key", "the indentation does not fit. Align the line with its neighbours."),
    ("did not find expected '-'", "a list item should stand here. Start it with '- ', like its neighbours."),
    ("block sequence entries are not", "a list cannot start here. Put its '-' on a line of its own."),
    ("expected node content", "a value is missing here. Write one, or take the comma away."),
    ("undefined tag handle", "a manifest has no tags. Remove it, or put quotes round the text."),
    ("unknown escape character", "there is no such escape. Write two backslashes, or use single quotes."),
    ("maximum nesting depth", f"nested over {BOUNDS.depth} levels deep. Flatten it."),  # libyaml's own limit
    ("alphabetic or numeric", "'*' and '&' start aliases and anchors. Put quotes round the text."),
)


def explain(error: yaml.YAMLError, text: str) -> tuple[Any, str]:
    """The mark (or None) and the message, with the offending text and its mend, of a syntax error."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    message = next((told for part, told in _REASONS if part in problem), "")
    if "expected node content" in problem and not text[mark.index if mark else 0 :].strip():
        message = "a list or mapping above is never closed. Close it."
    if not message:
        message = f"not valid YAML: {problem}. Check quotes, colons and indentation."
    elif "lacks a comma" in message and mark is not None and (mend := _quoted(*_line(text, mark))):
        message = f"a value with braces needs quotes here. Write {mend}."
    elif _OPEN in message and context is not None:
        here = mark is not None and mark.line == context.line and text[mark.index :].strip()
        mark = mark if here and not message.startswith("a quote") else context
    message = _closer(message, mark, text)
    shown = short(_line(text, mark)[1][:40]) if mark is not None else ""
    return mark, f"'{shown}': {message}" if shown else message


def _closer(message: str, mark: Any, text: str) -> str:
    """Say it better where the text itself shows what happened."""
    if mark is None:
        return message
    before, behind = _line(text, mark)
    if behind.startswith("?") and before.rstrip().endswith(("]", "}")):
        return 'a type that ends in ? needs quotes here. Write it like "[string]?".'
    if behind.startswith("\t") or (not before.strip() and "\t" in before):
        return "a tab indents this line. Indent with spaces."
    if "indentation does not fit" in message and before.strip(" -"):
        return "text follows a value that is complete. Put quotes round the whole, or add a comma."
    return message


def _quoted(before: str, behind: str) -> str:
    """The key and the value around a mark in quotes, if that value holds braces; else nothing."""
    found = _VALUE.search(before[-400:])
    if found is None:
        return ""
    key, start = found.groups()
    value = (start + _until_end(behind)).strip()
    fits = "{" in value and value.count("{") == value.count("}") and not set(value) & set("\"\\'")
    return (f'{key}: "{value}"' if key else f'"{value}"') if fits and ": " not in value else ""


def _until_end(text: str) -> str:
    """As far as a comma or a closing bracket that no brace in the text opened."""
    depth = 0
    for end, character in enumerate(text):
        if depth == 0 and character in ",]}":
            return text[:end]
        depth += (character == "{") - (character == "}")
    return text


def _line(text: str, mark: Any) -> tuple[str, str]:
    """What stands before and behind the mark, in its line."""
    start = text.rfind("\n", 0, mark.index) + 1
    end = text.find("\n", mark.index)
    return text[start : mark.index], text[mark.index : end if end >= 0 else len(text)].rstrip("\r")
