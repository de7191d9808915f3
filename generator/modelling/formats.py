"""Texts that are more than texts to Python: times, dates, durations, base64, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling import kinds
from generator.modelling.believable import reads_as
from generator.modelling.kinds import Kind


def kind_of(schema: Mapping[str, Any], *, argument: bool) -> Kind:
    """By ``format``, where the schema's own examples are written so; a file is a text inside JSON."""
    found = kinds.FORMATS.get(str(schema.get("format")), kinds.STRING)
    if found.form == "file":
        return found if argument else kinds.STRING
    return found if reads_as(schema) else kinds.STRING
