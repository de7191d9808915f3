"""How a question is put to a model: what of it is open, in few words, and the form that an answer can take.

The form is the schema of the answer narrowed to what is open: where a provider can be held to a schema, no
key can be invented. What an answer may say is not decided here: its contract and ``verify`` do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from generator.modelling import enums

from . import fitness, inquiry
from .answers import examples
from .configuration import secrets_of
from .identifiers import from_id
from .inquiry import TEXT, Argument, Inputs
from .naming import thing, usual_verb
from .proposed import SHAPES

MOST = 30  # keys that one answer has
MOST_CALLED = 10  # operations that test cases are asked for
MOST_LISTED = 60  # operations that an overview is made from
_MADE_UP = frozenset(
    {"date-time", "date", "time", "duration", "byte", "binary", "uuid"}
)  # one is like another
# Forms of texts that hold no quote, no backslash and no mark-up.
SENTENCE = "^[A-Z][A-Za-z0-9 ,'()/-]{5,100}[.]$"
PROSE = "^[A-Z][A-Za-z0-9 ,.'()/_-]{20,250}[.]$"
PLAIN = r"[ !#-\[\]-~]"
_GENERIC = re.compile(r"[a-z0-9-]+-1|example|example-key|A short text\.|A first title")
_PARAMETER = rf"[a-z][A-Za-z0-9_]{{0,30}}[?]?(: ({'|'.join(SHAPES)})[?]?)?"
_PARAMETERS = f"^({_PARAMETER}(, {_PARAMETER}){{0,5}})?$"
Schema = Mapping[str, Any]
Posed = tuple[dict[str, Any], dict[str, Any]]


def posed(subtask: str, inputs: Inputs, schema: Schema) -> Posed | None:
    """What a model is shown, and the schema that its answer is held to; None where nothing is open."""
    pose = _POSES.get(subtask)
    return pose(inputs, schema) if pose else (dict(inputs), dict(schema))


def _object(fields: Mapping[str, Any], required: Sequence[str] | None = None) -> dict[str, Any]:
    """The schema of an object with these fields and no other."""
    must = list(fields) if required is None else list(required)
    told = {"type": "object", "additionalProperties": False, "properties": dict(fields)}
    return {**told, **({"required": must} if must else {})}


def _texts(keys: Iterable[str], pattern: str) -> dict[str, Any]:
    """The schema of a mapping of texts, with its keys spelled out."""
    return _object({key: {"type": "string", "pattern": pattern} for key in keys})


def _operations(inputs: Inputs, schema: Schema) -> Posed:
    one = schema["properties"]["endpoints"]["items"]
    fields = {**one["properties"], "parameters": {"type": "string", "pattern": _PARAMETERS}}
    listed = {"type": "array", "maxItems": 8, "items": {**one, "properties": fields}}
    told = {name.rpartition(".")[2]: value for name, value in inputs.items() if value}
    return told, {**schema, "properties": {"endpoints": listed}}


def _naming(inputs: Inputs, schema: Schema) -> Posed | None:
    known = inquiry.operations(inputs)
    listed = [key for key, e in known.items() if not e.get("name") and not _is_documented(e)][:MOST]
    forms = {key: {"type": "string", "pattern": _name_pattern(*key.split(" ", 1))} for key in listed}
    taken = [str(e["name"]) for e in inquiry.endpoints(inputs) if e.get("name")][:MOST]
    told = {"operations": listed, **({"names that are taken": taken} if taken else {})}
    return (told, _object(forms)) if listed else None


def _is_documented(endpoint: Mapping[str, Any]) -> bool:
    """Does a document's operationId make a name that people wrote for people?"""
    told = str(endpoint.get("id") or "")
    return bool(told and from_id(told, endpoint["method"], endpoint["path"], endpoint.get("tags") or ()))


def _name_pattern(method: str, path: str) -> str:
    """The verb is settled where a method means one thing; the noun is what is asked."""
    verb = usual_verb(method, path)
    return f"^{verb}_[a-z][a-z0-9_]{{1,40}}$" if verb else "^[a-z]{2,20}_[a-z][a-z0-9_]{1,40}$"


def _summaries(inputs: Inputs, schema: Schema) -> Posed | None:
    listed = [key for key, e in inquiry.operations(inputs).items() if not e.get("summary")][:MOST]
    told = {"service": inputs.get("service"), "operations": listed}
    return (told, _texts(listed, SENTENCE)) if listed else None


def _errors(inputs: Inputs, schema: Schema) -> Posed | None:
    listed = list(_statuses(inputs))[:MOST]
    forms = {key: {"type": "string", "pattern": _about(thing(*key.split(" ", 2)[:2]))} for key in listed}
    return ({"errors": listed}, _object(forms)) if listed else None


def _about(absent: str) -> str:
    """The form of one sentence that names this thing."""
    word = absent.rpartition(" ")[2]
    plain = "[A-Za-z0-9 ,'()/-]"
    return f"^[A-Z]{plain}{{2,50}} {word}{plain}{{0,50}}[.]$" if re.fullmatch("[a-z0-9]+", word) else SENTENCE


def _statuses(inputs: Inputs) -> Iterator[str]:
    """What an operation on one thing has, and nobody declares. Which others there are, nothing here shows."""
    for key, endpoint in inquiry.operations(inputs).items():
        if thing(*key.split(" ", 1)) and "404" not in (endpoint.get("errors") or {}):
            yield f"{key} 404"


def _examples(inputs: Inputs, schema: Schema) -> Posed | None:
    known = inquiry.named(inputs)
    usual = examples(inputs)
    plain = {name: inquiry.plain(inputs, known[name][0]) for name in known if _is_generic(usual.get(name))}
    listed = dict([(name, told) for name, told in plain.items() if _is_open(told)][:MOST])
    if not listed:
        return None
    bound = {name: fitness.wanted(told) for name, told in listed.items() if _form(told) != _form(TEXT)}
    told = {"names": list(listed), **({"each of these is": bound} if bound else {})}
    return told, _object({name: _form(inner) for name, inner in listed.items()})


def _is_generic(value: Any) -> bool:
    """Is the value that stands there anyway no more than a name with a number, or any text?"""
    return isinstance(value, str) and bool(_GENERIC.fullmatch(value))


def _is_open(schema: Schema) -> bool:
    """Would one text be more telling than another?"""
    free = enums.listed(schema) is None and schema.get("format") not in _MADE_UP and "default" not in schema
    return free and schema.get("type") == "string"


def _form(schema: Schema) -> dict[str, Any]:
    """The part of a plain schema that holds a model to it: type, values and bounds."""
    listed = enums.listed(schema)
    if listed is not None:
        return {"enum": [value for value in listed if value is not None]}
    kind = schema.get("type", "string")
    kept = {key: schema[key] for key in ("minimum", "maximum") if kind == "integer" and key in schema}
    longest = max(1, min(int(schema.get("maxLength", 80)), 80))
    return {"type": kind, **kept, **({"pattern": f"^{PLAIN}{{1,{longest}}}$"} if kind == "string" else {})}


def _test_cases(inputs: Inputs, schema: Schema) -> Posed | None:
    types = inquiry.types(inputs)
    known = {key: dict(_given(endpoint, types)) for key, endpoint in inquiry.operations(inputs).items()}
    listed = dict([(key, told) for key, told in known.items() if _varies(told)][:MOST_CALLED])
    if not listed:
        return None
    shown = {
        key: {name: _said(argument, inputs) for name, argument in told.items()}
        for key, told in listed.items()
    }
    cases = {**schema["properties"]["cases"], "maxItems": 2 * len(listed)}
    cases["items"] = {"anyOf": [_case(key, told, inputs) for key, told in listed.items()]}
    return {"operations": shown}, {**schema, "properties": {"cases": cases}}


def _given(endpoint: Mapping[str, Any], types: Schema) -> Iterator[tuple[str, Argument]]:
    """The arguments that plain values are given for, each under one name."""
    seen: list[Argument] = []
    for name, argument in inquiry.arguments(endpoint, types).items():
        if argument.is_given and not any(argument is other for other in seen):
            seen.append(argument)
            yield name, argument


def _varies(told: Mapping[str, Argument]) -> bool:
    """Is there more to choose than the derived suite has: more than one optional argument, or an enum?"""
    optional = [argument for argument in told.values() if not argument.required]
    return len(optional) > 1 or any("enum" in argument.schema for argument in told.values())


def _said(argument: Argument, inputs: Inputs) -> str:
    wanted = fitness.wanted(inquiry.plain(inputs, argument.schema))
    return f"{wanted}; {'required' if argument.required else 'optional'}"


def _case(key: str, told: Mapping[str, Argument], inputs: Inputs) -> dict[str, Any]:
    forms = {name: _form(inquiry.plain(inputs, argument.schema)) for name, argument in told.items()}
    required = [name for name, argument in told.items() if argument.required]
    return _object({"operation": {"const": key}, "arguments": _object(forms, required)})


def _overview(inputs: Inputs, schema: Schema) -> Posed | None:
    keys = list(inquiry.operations(inputs))
    more = [f"and {len(keys) - MOST_LISTED} more"] if len(keys) > MOST_LISTED else []
    told = {
        "service": inputs.get("service"),
        "description": inputs.get("description"),
        "operations": [*keys[:MOST_LISTED], *more],
    }
    shown = {key: value for key, value in told.items() if value}
    return (shown, _texts(["overview"], PROSE)) if keys else None


def _troubleshooting(inputs: Inputs, schema: Schema) -> Posed:
    secrets = secrets_of(inputs.get("requirements.auth"))
    signing = ["MissingSecretError", "AuthenticationError", "PermissionDeniedError"] if secrets else []
    keys = [*signing, "RateLimitedError", "RequestTimeoutError", "UnavailableError"]
    told = {
        "service": inputs.get("service"),
        "secrets": secrets,
        "rate limit": inputs.get("requirements.rate_limit"),
        "errors": keys,
    }
    return {key: value for key, value in told.items() if value}, _texts(keys, PROSE)


_POSES: Mapping[str, Callable[[Inputs, Schema], Posed | None]] = {
    "operations": _operations,
    "naming": _naming,
    "summaries": _summaries,
    "examples": _examples,
    "errors": _errors,
    "test_cases": _test_cases,
    "overview": _overview,
    "troubleshooting": _troubleshooting,
}
