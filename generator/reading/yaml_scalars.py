"""What a YAML 1.1 scalar means, as plain JSON data: PyYAML's own resolver and safe constructors, cached."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any

import yaml

TAG = "tag:yaml.org,2002:"
_LARGEST = 2**64
_KINDS = {
    TAG + "int": "a whole number",
    TAG + "float": "a number",
    TAG + "bool": "true or false",
    TAG + "null": "null",
    TAG + "timestamp": "a date",
}


class ScalarError(ValueError):
    """A scalar is not what it looks like; the message says what is wrong and how to mend it."""


class Scalars:
    """Text and tag to value; plain texts are remembered, since a manifest repeats itself."""

    def __init__(self) -> None:
        loader: Any = yaml.SafeLoader("")
        self._resolve = loader.resolve
        self._plain: dict[str, Any] = {}
        self._construct: Mapping[str, Callable[[yaml.ScalarNode], Any]] = {
            TAG + "int": loader.construct_yaml_int,
            TAG + "float": loader.construct_yaml_float,
            TAG + "bool": loader.construct_yaml_bool,
            TAG + "null": loader.construct_yaml_null,
            TAG + "timestamp": loader.construct_yaml_timestamp,
        }

    def plain(self, text: str) -> Any:
        """The value of a plain scalar. ``=`` and ``<<``, which PyYAML cannot construct, are text."""
        try:
            return self._plain[text]
        except KeyError:
            tag = self._resolve(yaml.ScalarNode, text, (True, False))
            value = self.tagged(text, tag) if tag in self._construct else text
            self._plain[text] = value
            return value

    def knows(self, tag: str) -> bool:
        return tag in self._construct or tag == TAG + "str"

    def tagged(self, text: str, tag: str) -> Any:
        """The value of a scalar with this tag, one that ``knows`` admits."""
        if tag not in self._construct:
            return text
        try:
            return _as_json(self._construct[tag](yaml.ScalarNode(tag, text)), text)
        except (ValueError, OverflowError, KeyError, IndexError, AttributeError, yaml.YAMLError) as error:
            if isinstance(error, ScalarError):
                raise
            fault = "too large a number" if text.isdecimal() else f"not {_KINDS[tag]}"
            raise ScalarError(f"'{short(text)}' is {fault}. Put quotes round it.") from error


def _as_json(value: Any, text: str) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and not math.isfinite(value):
        raise ScalarError(f"'{short(text)}' is not a number in JSON. Write a finite number.")
    if isinstance(value, int) and abs(value) >= _LARGEST:
        raise ScalarError(f"'{short(text)}' is too large a number. Put quotes round it.")
    return value


def short(text: str) -> str:
    """One line that fits a message."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"
