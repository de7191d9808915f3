"""The filters through which every value enters a skeleton's output.

Values come from manifests, documents and models, so all of them are hostile until one of these filters
has made them inert for the place they go to: ``py`` a Python literal, ``doc`` docstring text,
``comment`` one comment line, ``md`` and ``mdcode`` Markdown, ``yaml`` and ``json`` data.
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from typing import Any

from jinja2 import Environment, Undefined
from jinja2.ext import Extension

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Words that a linter, a type checker or a formatter obeys inside a comment.
DIRECTIVE = re.compile(
    r"(?i)\b(noqa|nosec|type\s*:\s*ignore|pragma\s*:|fmt\s*:|yapf\s*:|isort\s*:|ruff\s*:|mypy\s*:|pylint\s*:|pyright\s*:)"
)

# Scalars that YAML 1.1 and 1.2 both read as the very same string, also inside {…} and […].
PLAIN = re.compile(
    r"[A-Za-z_](?:[A-Za-z0-9_ ./+-]*[A-Za-z0-9_./+-])?|https?://[A-Za-z0-9_./-]*[A-Za-z0-9_/-]"
)
RESERVED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def clean(text: Any) -> str:
    """Return *text* without control, format (bidi, zero-width) and lone surrogate characters."""
    plain = str(text).replace("\r\n", "\n").replace("\r", "\n")
    if plain.replace("\n", "").replace("\t", "").isprintable():  # nearly all text is
        return plain
    return "".join(map(_visible, plain))


def _visible(char: str) -> str:
    if char in "\n\t":
        return char
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return REPLACEMENT
    return char


def one_line(text: Any) -> str:
    """Return *text* cleaned, with every run of white space made one space."""
    return " ".join(clean(text).split())


def py(value: Any) -> str:
    """Return JSON data as a Python literal; ``repr`` escapes whatever is not printable."""
    if isinstance(value, Undefined):
        str(value)  # raises, and names what is not there
    if isinstance(value, dict):
        return "{" + ", ".join(f"{py(k)}: {py(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        inner = ", ".join(map(py, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    return repr(value)


def doc(text: Any, indent: int = 4, width: int = 110, first: int | None = None) -> str:
    """Return *text* wrapped to *width* and inert between triple double quotes.

    Paragraphs (blank lines) are kept; *indent* is the column of every line but the first, whose
    column is *first* (default: *indent*).
    """
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", clean(text).strip())]
    lead = " " * (indent if first is None else first)
    lines: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        if number:
            lines.append("")
        start = " " * indent if number else lead
        wrapped = textwrap.wrap(
            _escape_docstring(paragraph),
            width,
            initial_indent=start,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines.extend(wrapped or [""])
    return "\n".join(lines)[len(lead) :].rstrip()


def _escape_docstring(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    return re.sub(r'"(?=")|(?<=")"|^"|"$', r"\"", escaped)


def comment(text: Any) -> str:
    """Return *text* as the inert rest of one comment line."""
    return DIRECTIVE.sub(lambda m: m.group(0).replace(":", " -").replace("no", "no-"), one_line(text))


def md(text: Any) -> str:
    """Return *text* as one line of Markdown without any mark-up of its own."""
    escaped = re.sub(r"([\\`*\[\]<>|~$&])", r"\\\1", one_line(text))
    escaped = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", escaped)
    return re.sub(r"^([#+\-=]|\d+(?=[.)]))", r"\\\1", escaped)


def mdcode(text: Any) -> str:
    """Return *text* as a Markdown code span (CommonMark § 6.1), safe inside a table cell too."""
    line = one_line(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def to_json(value: Any, indent: int | None = None) -> str:
    """Return *value* as JSON (which YAML reads too); invisible characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=False, indent=indent)
    return "".join(c if c == "\n" or _visible(c) == c else _escape(c) for c in text)


def to_yaml(value: Any) -> str:
    """Return *value* in YAML's flow style, words plain where no reader can take them for anything else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_yaml(k)}: {to_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_yaml, value)) + "]"
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in RESERVED:
        return value
    return to_json(value)


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1]


FILTERS = {
    "py": py,
    "doc": doc,
    "comment": comment,
    "md": md,
    "mdcode": mdcode,
    "yaml": to_yaml,
    "json": to_json,
    "line": one_line,
}


class InertText(Extension):
    """Give a skeleton the filters of this module."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(FILTERS)
