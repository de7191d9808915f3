"""The method of one Lua script: its text as a constant, its keys and arguments typed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from generator.modelling.names import constant, identifier, phrase
from generator.shapes import without_null
from generator.templating import py

from . import redis_templates as templates
from .redis_facts import TIMEOUT, Case, example
from .redis_values import Value, Values


def of_script(name: str, told: Mapping[str, Any], values: Values, kept: Mapping[str, str]) -> dict[str, Any]:
    """The facts of one script's method."""
    method = kept.get(f"scripts.{name}") or identifier(name)
    own = f"{constant(identifier(name))}_SCRIPT"
    parameters = {p: key["parameters"][p] for key in told["keys"] for p in templates.names(key["key"])}
    examples = {p: example(p, kind, values.examples) for p, kind in parameters.items()}
    given = {
        one["called"]: values.of(one["shape"], identifier(one["called"]), f"scripts.{name}.{one['called']}")
        for one in told["arguments"]
    }
    keys = [{"constant": f"{own}_{constant(identifier(key['called']))}", **key} for key in told["keys"]]
    signature = [f"{p}: {'int' if kind == 'integer' else 'str'}" for p, kind in parameters.items()]
    options = [f"{n}: {value.kind.text}" for n, value in given.items()]
    result = values.models.result(told["returns"], name, f"scripts.{name}") if "returns" in told else None
    names = [f"{k['constant']}.key({', '.join(f'{p}={p}' for p in templates.names(k['key']))})" for k in keys]
    typed = [f"({n}, {value.kind.text})" for n, value in given.items()]
    arguments = ", ".join(
        [*map(py, examples.values()), *(f"{n}={value.python}" for n, value in given.items())]
    )
    said = told.get("summary") or f"Run the script {phrase(identifier(name))}, as one step of the server."
    return {
        "key": f"scripts.{name}",
        "name": method,
        "constant": own,
        "keys": keys,
        "lines": told["lua"].splitlines(keepends=True),
        "title": name,
        "returns": result.text if result else "None",
        "repeatable": told.get("repeatable", False),
        "signature": ", ".join(["self", *signature, "*", *options, TIMEOUT]),
        "result": result.text if result else "None",
        "body": f"self._do({py(method)}, {own}.call([{', '.join(names)}], [{', '.join(typed)}]), timeout)",
        "form_of": "awaited",
        "queued": True,
        "safe": told.get("repeatable", False),
        "doc": {"summary": said, "args": {}, "returns": "", "yields": False, "raises": {}},
        "cases": [case.facts() for case in _cases(told, values, examples, given, arguments)],
        "form": "do",
        "sample": arguments,
        "shown": arguments,
    }


def _cases(
    told: Mapping[str, Any],
    values: Values,
    examples: Mapping[str, Any],
    given: Mapping[str, Value],
    arguments: str,
) -> list[Case]:
    """Called by its digest, and by its text where the server does not know it."""
    digest = hashlib.sha1(told["lua"].encode(), usedforsecurity=False).hexdigest()
    plain = {p: quote(str(v), safe="") for p, v in examples.items()}
    keys = [py(templates.filled(key["key"], plain)) for key in told["keys"]]
    rest = ", ".join([str(len(keys)), *keys, *(value.word for value in given.values())])
    known, whole = f"['EVALSHA', {py(digest)}, {rest}]", f"['EVAL', ANYTHING, {rest}]"
    reply, expected = _answer(told, values)
    return [
        Case(arguments, [f"redis.replies({reply})"], [known], expected),
        Case(
            arguments, ["redis.refuses('NOSCRIPT')", f"redis.replies({reply})"], [known, "&", whole], expected
        ),
    ]


def _answer(told: Mapping[str, Any], values: Values) -> tuple[str, str]:
    """What the server replies, and what the method makes of it."""
    if "returns" not in told:
        return "1", "None"
    schema = without_null(told["returns"])[0]
    plain = values.examples.plain(schema)
    value = values.of(schema, "result", "returns")
    if plain.get("type") == "boolean":
        return "1", "True"
    if plain.get("type") == "integer":
        return py(value.example), py(value.example)
    if value.kind.text == "Any":
        return "b'1'", "1"
    return value.stored, value.python
