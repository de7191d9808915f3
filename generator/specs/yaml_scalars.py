"""
What a plain YAML scalar means in a document: JSON's values and nothing more.

YAML 1.2's rules, since documents are written for them: ``on``, ``yes`` and ``2020-01-01`` are text,
``012`` is twelve, ``1:30`` is text. What JSON cannot hold (``.nan``, ``.inf``, endless numbers) stays text.
"""

from __future__ import annotations

import math
import re
from typing import Any

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z")
_BASED = re.compile(r"0o[0-7]{1,300}\Z|0x[0-9a-fA-F]{1,300}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST = frozenset("0123456789+-.")


def plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _FIRST else text


def tagged(text: str, tag: str) -> Any:
    """The value of a scalar with one of YAML's own tags; text that is not what its tag says stays text."""
    kind = tag.removeprefix(TAG)
    return plain(text) if kind in ("int", "float", "bool", "null") else text


TAG = "tag:yaml.org,2002:"
KNOWN = frozenset(
    TAG + kind
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "binary", "map", "seq", "omap", "set")
)


def _number(text: str) -> Any:
    if _INTEGER.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    if len(text) <= 300 and _FLOAT.match(text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text
