"""What the questions about described methods show besides their inputs: what earlier answers have made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .cases import CASES, METHOD
from .descriptions import told
from .methods import exchanges_of, method_of
from .package import Package, package_of

MOST_TYPES = 40
_OPTIONS = re.compile(r", (?:idempotency_key: str|timeout: float) \| None = None")
_WORD = re.compile(r"\w+")


def context(subtask: str, entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """For ``cases:NAME`` the items of lists over pages; for ``method:NAME`` what its code is written from."""
    kind, _, name = subtask.partition(":")
    if kind not in (CASES, METHOD) or name not in told(entry):
        return {}
    answer = answers.get(f"{CASES}:{name}")
    if kind == METHOD and not answer:
        return {"cases": []}
    package = _package(entry, answers)
    if kind == CASES:
        types = entry["requirements"].get("types", {})
        found = [(section.group, section.operations) for section in package.sections]
        return exchanges_of(found, types, "").context()
    operations = list(_operations(package, _called(answer)))
    return {
        "cases": answer["cases"],
        "operations": operations,
        "signature": signature(entry, answers, name),
        "types": list(_types(package, " ".join([signature(entry, answers, name), *operations]))),
    }


def signature(entry: Mapping[str, Any], answers: Mapping[str, Any], name: str) -> str:
    """The line that the code of a method begins with; "" while nothing says what it takes and returns."""
    if name not in told(entry) or not answers.get(f"{CASES}:{name}"):
        return ""
    return method_of(entry, answers, name, _package(entry, answers).models).signature


def shown(subtask: str, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a question a model is shown; None where it cannot be asked yet."""
    kind, _, name = subtask.partition(":")
    if kind != METHOD:
        return dict(inputs)
    if not inputs.get("cases"):
        return None
    keys = (f"methods.{name}", "cases", "operations", "signature", "types")
    return {key: inputs[key] for key in keys if key in inputs}


def _package(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> Package:
    """The package without any code of methods, which may be what is asked for."""
    return package_of(entry, {key: said for key, said in answers.items() if not key.startswith(f"{METHOD}:")})


def _called(answer: Mapping[str, Any]) -> set[str]:
    return {str(request["operation"]) for case in answer["cases"] for request in case.get("requests") or ()}


def _operations(package: Package, keys: set[str]) -> Iterator[str]:
    """The operations as the adapter has them, without the options that every one of them takes."""
    for section in package.sections:
        for operation, method in zip(section.operations, section.methods, strict=True):
            if f"{operation.endpoint['method']} {operation.endpoint['path']}" in keys:
                given = (
                    _OPTIONS.sub("", method["signature"])
                    .removeprefix("self, ")
                    .removesuffix("*")
                    .rstrip(", ")
                )
                call = section.group.call(operation.name)
                yield f"self.{call}({given}) -> {method['result']}  # {operation.summary}"


def _types(package: Package, text: str) -> Iterator[str]:
    """The types that a text names, and those that their fields name, each in one line."""
    structs = {struct["name"]: struct for struct in package.facts["structs"]}
    known = {**structs, **{a["name"]: a for key in ("literals", "aliases") for a in package.facts[key]}}
    waiting, seen = [text], dict[str, None]()
    while waiting and len(seen) < MOST_TYPES:
        for name in _WORD.findall(waiting.pop(0)):
            if name in known and name not in seen:
                seen[name] = None
                waiting.append(_line(known[name]))
    yield from (_line(known[name]) for name in seen)


def _line(facts: Mapping[str, Any]) -> str:
    if "fields" not in facts:
        return f"{facts['name']} = {facts['annotation']}"
    fields = "; ".join(f"{one['name']}: {one['annotation']}" for one in facts["fields"])
    return f"class {facts['name']}: {fields}"
