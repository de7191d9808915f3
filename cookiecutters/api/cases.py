"""What is wrong with the cases of a described method, or with its code, before anything is made of them.

Cases are said from the description alone. They must hold nothing that entry and types do not have, agree with
each other, and fail on an empty method; each fault ends with its mend.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.fitting import fits_deeply
from generator.shapes import Complaint, to_schema, without_null
from generator.subtasks.code_names import ANNOTATIONS, BUILTINS, MODULES

from . import fitness, inquiry
from .inquiry import Inputs

Faults = Iterator[str]
NOTHING = {"type": "null"}
STUBS = (None, 0, "", [], {})  # what an empty method returns; 0 is False and 0.0, too
RETRIED = (408, 429)  # statuses after which the adapter asks again by itself
MOST = 15  # faults that are told
CASES, METHOD = "cases", "method"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")
_CALL = re.compile(r"self\.([\w.]+)\(")
_CLASS = re.compile(r"class (\w+)")


def verify(subtask: str, inputs: Inputs, answer: Any) -> list[str]:
    """The faults of an answer to ``cases:NAME`` or ``method:NAME``."""
    if subtask.partition(":")[0] == METHOD:
        return verify_method(inputs, answer)
    return verify_cases(inputs, answer)


def verify_method(inputs: Inputs, answer: Any) -> list[str]:
    """The faults of code. Without the context of the question it is held to the signature that it has."""
    from generator.subtasks import code_policy  # which needs more than a plan has to import

    if not isinstance(answer, str):
        return ["answer with one block of Python."]
    if "cases" in inputs and not inputs["cases"]:
        return ["nothing says yet what the method is to do: its cases come first."]
    first = answer.strip("\n").partition("\n")[0].rstrip()
    told = inputs.get("operations")
    operations = None if told is None else [name for line in told for name in _CALL.findall(line)]
    types = [name for line in inputs.get("types") or () for name in _CLASS.findall(line)]
    signature = str(inputs.get("signature") or first)
    return list(code_policy.check(answer, signature, operations=operations, types=types))


def verify_cases(inputs: Inputs, answer: Any) -> list[str]:
    """The faults of parameters, result and cases."""
    if not _is_shaped(answer):
        return ["answer with one JSON object of the form that the JSON Schema says."]
    types = inquiry.types(inputs)
    schemas, faults = shapes_of(answer, types)
    faults += _declared(inputs, schemas, types)
    if not faults:
        for number, case in enumerate(answer["cases"]):
            faults += [f"cases[{number}]: {fault}" for fault in _case(case, schemas, inputs)]
    return [fault[:300] for fault in dict.fromkeys([*faults, *_telling(answer["cases"])])][:MOST]


def _is_shaped(answer: Any) -> bool:
    """Can it be read at all? A recorded answer may have been edited past its schema."""
    if (
        not isinstance(answer, Mapping)
        or not _holds(answer, Mapping, "parameters")
        or "returns" not in answer
    ):
        return False
    listed = answer.get("cases")
    if not isinstance(listed, list) or not listed or not all(isinstance(case, Mapping) for case in listed):
        return False
    exchanges = [one for case in listed for key in ("answers", "requests") for one in _listed(case, key)]
    return (
        all(
            _holds(case, Mapping, "arguments") and _holds(case, list, "answers", "requests")
            for case in listed
        )
        and all(isinstance(one, Mapping) and _holds(one, Mapping, "parameters") for one in exchanges)
        and all(isinstance(one.get("status", 200), int) for one in exchanges)
    )


def _listed(case: Mapping[str, Any], key: str) -> list[Any]:
    found = case.get(key)
    return found if isinstance(found, list) else []


def _holds(told: Mapping[str, Any], kind: Any, *keys: str) -> bool:
    return all(isinstance(told.get(key), kind) or told.get(key) is None for key in keys)


def shapes_of(told: Mapping[str, Any], types: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The schemas of ``parameters`` and ``returns``, as far as they are said, and what is wrong with them."""
    complaints: list[Complaint] = []
    faults: list[str] = []
    found: dict[str, Any] = {"parameters": {}}
    for name, shape in (told.get("parameters") or {}).items():
        faults += _name(str(name))
        found["parameters"][str(name)] = to_schema(shape, types, complaints, ("parameters", str(name)))
    if "returns" in told:
        shape = told["returns"]
        found["returns"] = NOTHING if shape is None else to_schema(shape, types, complaints, ("returns",))
    faults += [f"{'.'.join(map(str, c.pointer))}: {c.message}" for c in complaints]
    for place, schema in (*found["parameters"].items(), ("returns", found.get("returns", {}))):
        if Examples(types).plain(schema).get("format") == "binary":
            faults.append(f"{place}: a file cannot be given in cases. Write string, or bytes.")
    return found, faults


def _name(name: str) -> Faults:
    taken = name in BUILTINS | ANNOTATIONS | MODULES.keys() | {"self"} or keyword.iskeyword(name)
    if taken or not _NAME.match(name):
        yield f"parameters: {name[:40]!r} cannot name one. Write a word in snake_case that is free in Python."


def _declared(inputs: Inputs, schemas: Mapping[str, Any], types: Mapping[str, Any]) -> list[str]:
    """What the user declares stays exactly so."""
    told = next((value for key, value in inputs.items() if key.startswith("methods.")), None)
    declared, _ = shapes_of(told, types) if isinstance(told, Mapping) else ({}, [])
    return [
        f"{key} is declared by the data. Copy it."
        for key in ("parameters", "returns")
        if isinstance(told, Mapping) and key in told and declared.get(key) != schemas.get(key)
    ]


def _case(case: Mapping[str, Any], schemas: Mapping[str, Any], inputs: Inputs) -> Faults:
    types, parameters = inquiry.types(inputs), schemas["parameters"]
    given = case.get("arguments") or {}
    for name in sorted(map(str, given.keys() - parameters.keys())):
        yield f"arguments.{name[:40]} is no parameter. Leave it out, or add it to parameters."
    for name, schema in parameters.items():
        if name in given:
            yield from _fit(f"arguments.{name}", given[name], schema, types)
        elif not without_null(schema)[1]:
            yield f"arguments.{name} is missing. Give it a value."
    yield from _fit("expected", case.get("expected"), schemas.get("returns", {}), types)
    yield from _exchanges(case, inputs)


def _fit(place: str, value: Any, schema: Mapping[str, Any], types: Mapping[str, Any]) -> Faults:
    if schema == NOTHING or value is None:
        if value is not None or not (schema in (NOTHING, {}) or without_null(schema)[1]):
            mend = "null" if schema == NOTHING else "a value"
            yield f"{place}: {str(value)[:40]} does not fit. Write {mend}."
    elif not fits_deeply(value, schema, plain := Examples(types).plain):
        wanted = _wanted(plain(schema))
        yield f"{place}: {str(value)[:60]} does not fit. Write {wanted}."


def _wanted(schema: Mapping[str, Any]) -> str:
    """What would fit, in words; of an object its fields."""
    if isinstance(schema.get("properties"), Mapping):
        required = ", ".join(schema.get("required") or ()) or "none"
        return f"an object with fields of {', '.join(list(schema['properties'])[:20])}; required: {required}"
    return "a list" if schema.get("type") == "array" else fitness.wanted(schema)


def _exchanges(case: Mapping[str, Any], inputs: Inputs) -> Faults:
    answers, requests = case.get("answers") or [], case.get("requests") or []
    if [a.get("operation") for a in answers] != [r.get("operation") for r in requests]:
        yield "answers and requests are not the same operations in the same order. List each request in both."
        return
    known = inquiry.operations(inputs)
    for number, (answer, request) in enumerate(zip(answers, requests, strict=True)):
        key = str(request.get("operation"))
        if key not in known:
            yield f"{key[:80]!r} is no operation of the data. Copy one: {', '.join(list(known)[:8])}."
            continue
        yield from (f"answers[{number}]: {fault}" for fault in _answer(answer, key, known[key], inputs))
        yield from (f"requests[{number}]: {fault}" for fault in _request(request, known[key], inputs))


def _answer(answer: Mapping[str, Any], key: str, endpoint: Mapping[str, Any], inputs: Inputs) -> Faults:
    status, body = answer.get("status", 200), answer.get("body")
    if status in RETRIED or 300 <= status < 400:
        yield f"status {status} is not answered to the method. Write one like 404 or 409, or leave it out."
    if status >= 400:
        return
    returns, types = endpoint.get("returns"), inquiry.types(inputs)
    pages = inputs.get("pages") or {}
    if key in pages:
        yield from _fit("body", body, {"type": "array", "items": pages[key]}, types)
    elif isinstance(returns, Mapping) and returns.get("format") in ("byte", "binary"):
        yield f"{key} returns a file. Describe the method without it."
    elif isinstance(returns, Mapping) and not (isinstance(body, list) and "pages" not in inputs):
        yield from _fit("body", body, returns, types)


def _request(request: Mapping[str, Any], endpoint: Mapping[str, Any], inputs: Inputs) -> Faults:
    types, given = inquiry.types(inputs), request.get("parameters") or {}
    bare = {key: value for key, value in endpoint.items() if key != "body"}
    yield from _sent("parameters", given, inquiry.arguments(bare, types), types)
    body, schema = request.get("body"), endpoint.get("body")
    if not isinstance(schema, Mapping):
        if body is not None:
            yield "the operation has no body. Leave it out."
        return
    fields = inquiry.arguments({"body": schema}, types)
    if not fields:
        yield from _fit("body", body, schema, types)
    elif isinstance(body, Mapping | None):
        yield from _sent("body", body or {}, fields, types)
    else:
        yield "body: write an object with the fields that are sent."


def _sent(
    place: str, given: Mapping[str, Any], known: Mapping[str, inquiry.Argument], types: Mapping[str, Any]
) -> Faults:
    for name, value in given.items():
        if name not in known:
            yield f"{place}.{str(name)[:40]} is not there. Use {', '.join(list(known)[:12]) or 'none'}."
        else:
            yield from _fit(f"{place}.{name}", value, known[name].schema, types)
    supplied = [known[name] for name in given if name in known]
    for name, argument in known.items():
        if argument.required and not any(argument is one for one in supplied):
            yield f"{place}.{name} is required. Say what is sent."
            supplied.append(argument)  # it may have two names


def _telling(cases: Sequence[Mapping[str, Any]]) -> Faults:
    """An empty method, and one that always returns the same, must fail."""
    outcomes = [(case.get("requests") or [], case.get("expected")) for case in cases]
    if all(not requests and expected in STUBS for requests, expected in outcomes):
        yield "a method that does nothing would pass. Add a case with requests, or with a result."
    elif all(outcome == outcomes[0] for outcome in outcomes[1:]):
        yield "every case ends alike. Add one that sends or returns something else."
    if any(case in cases[:number] for number, case in enumerate(cases)):
        yield "a case is there twice. Leave one out."
