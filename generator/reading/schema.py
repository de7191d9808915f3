"""A JSON Schema that tells mistakes: a quick gate first, jsonschema for what does not pass it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from generator.paths import data_root
from generator.reading.mistakes import Mistake
from generator.reading.schema_errors import explain
from generator.reading.schema_gate import Gate, comparable, gate
from generator.shapes import Pointer

SCHEMA_FILE = "schema/integrations.schema.json"


@dataclass(frozen=True)
class Schema:
    """What the gate admits is valid; the rest is looked at closely."""

    schema: dict[str, Any]

    @cached_property
    def _gate(self) -> Gate:
        return gate(self.schema)

    @cached_property
    def _validator(self) -> Any:
        return _validators()(self.schema)

    def mistakes(self, value: Any, pointer: Pointer) -> list[Mistake]:
        """What is wrong with a value; ``pointer`` leads to it."""
        if self._gate(value):
            return []
        return list(explain(self._validator.iter_errors(value), pointer))


def envelope() -> dict[str, Any]:
    """The manifest's own schema, without what it tells editors of each pattern's requirements."""
    schema: dict[str, Any] = json.loads((data_root() / SCHEMA_FILE).read_bytes())
    schema["$defs"]["entry"].pop("allOf", None)
    schema["$defs"] = {name: part for name, part in schema["$defs"].items() if "-" not in name}
    return schema


@cache
def _validators() -> Any:
    """jsonschema's validator, whose own search for equal items takes a hostile list's square of time."""
    from jsonschema import Draft202012Validator, validators

    extend: Any = validators.extend
    return extend(Draft202012Validator, {"uniqueItems": _unique_items})


def _unique_items(validator: Any, wanted: bool, items: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if wanted and isinstance(items, list) and len(set(map(comparable, items))) < len(items):
        yield ValidationError("an item stands twice")
