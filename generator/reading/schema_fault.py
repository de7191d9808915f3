"""jsonschema's errors as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.shapes import Pointer

if TYPE_CHECKING:
    from jsonschema import ValidationError


@dataclass(frozen=True, slots=True)
class Fault:
    """One of jsonschema's errors, as plain values."""

    at: Pointer
    rule: str  # the keyword that was broken, "None" for the schema ``false``
    value: Any
    instance: Any
    schema: Mapping[str, Any]
    message: str
    inside_names: bool
    relative: Pointer  # from the instance of the anyOf or oneOf that this is a part of
    forms: tuple[tuple[Fault, ...], ...]


def fault_of(error: ValidationError, prefix: Pointer) -> Fault:
    forms = defaultdict(list)
    for child in error.context or ():
        forms[child.relative_schema_path[0]].append(fault_of(child, prefix))
    return Fault(
        at=(*prefix, *error.absolute_path),
        rule=str(error.validator),
        value=error.validator_value,
        instance=error.instance,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        message=error.message,
        inside_names="propertyNames" in error.absolute_schema_path and isinstance(error.instance, str),
        relative=tuple(error.relative_path),
        forms=tuple(map(tuple, forms.values())),
    )
