"""Further calls that an answer adds to the suite of an operation.

The answer chooses arguments alone: what a call must send is worked out as for every other test.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.fitting import fits_deeply, shows

from .calls import Given
from .operation import Operation
from .parameters import Parameter

MOST = 3  # of one operation
Arguments = Mapping[str, Any]


def by_operation(answer: Any) -> dict[str, list[Arguments]]:
    """``METHOD /path`` → the arguments of each of its cases, out of an answer."""
    found: dict[str, list[Arguments]] = {}
    listed = answer.get("cases") if isinstance(answer, Mapping) else None
    for case in listed if isinstance(listed, list) else ():
        if isinstance(case, Mapping) and isinstance(case.get("arguments"), Mapping):
            found.setdefault(str(case.get("operation")), []).append(case["arguments"])
    return {key: cases[:MOST] for key, cases in found.items()}


def chosen(
    operation: Operation, told: Arguments, least: Sequence[Given], examples: Examples
) -> list[Given] | None:
    """The arguments of one case, and those of *least* that it lacks; None where a value cannot be given."""
    values = dict(_placed(operation, told))
    names = {name for parameter in operation.parameters for name in _names(operation, parameter)}
    if not told.keys() <= names or not all(
        shows(value) and fits_deeply(value, parameter.schema, examples.plain)
        for parameter, value in ((p, values[p.name]) for p in operation.parameters if p.name in values)
    ):
        return None
    needed = {given.parameter.name: given for given in least}
    found = []
    for parameter in operation.parameters:
        if parameter.name in values:
            found.append(Given(parameter, values[parameter.name]))
        elif parameter.name in needed:
            found.append(needed[parameter.name])
    return found


def _placed(operation: Operation, told: Arguments) -> Iterator[tuple[str, Any]]:
    """Python name → value. A name means a parameter first, and then a field of the body."""
    taken: Container[str] = {
        name
        for parameter in operation.parameters
        if parameter.place != "body"
        for name in _names(operation, parameter)
    }
    for parameter in operation.parameters:
        names = _names(operation, parameter)
        said = [name for name in names if name in told and (parameter.place != "body" or name not in taken)]
        if said:
            yield parameter.name, told[said[0]]


def _names(operation: Operation, parameter: Parameter) -> list[str]:
    """What an answer may call it: as the entry does, and as it is called on the wire."""
    declared = operation.endpoint.get("parameters", {})
    keys = [
        key
        for key, said in declared.items()
        if (said["in"], said.get("name", key)) == (parameter.place, parameter.wire)
    ]
    return list(dict.fromkeys([parameter.wire, *keys])) if parameter.place != "whole" else []
