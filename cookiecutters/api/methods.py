"""Methods that a user describes in words: from the accepted cases and code to what the skeleton prints.

Cases were said from the description before the code existed, and they are its tests. A method whose cases or
code are not there, or do not fit any more, is not in the package, and a finding says what to do.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.kinds import NONE, Kind, code
from generator.modelling.models import Models
from generator.modelling.names import pascal
from generator.modelling.prose import first_sentence, prose
from generator.shapes import without_null
from generator.subtasks.code_names import ERRORS

from . import cases
from .convert import sentence
from .descriptions import told
from .exchanges import Exchanges
from .grouping import key_of
from .imports import words
from .layout import Group
from .operation import Operation

INDENT = " " * 8
QUESTION = "requirements.endpoints[].{method,path,summary,parameters,body,returns}"


@dataclass(frozen=True, slots=True)
class Method:
    """A described method that can be written. *parameters* are name, schema and kind, optional ones last."""

    name: str
    description: str
    parameters: Sequence[tuple[str, Mapping[str, Any], Kind]]
    returns: Kind
    cases: Sequence[Mapping[str, Any]]
    code: str = ""

    @property
    def signature(self) -> str:
        """The line that the code begins with."""
        given = ", ".join(["self", *(_written(*parameter) for parameter in self.parameters)])
        return f"def {self.name}({given}) -> {self.returns.text}:"

    def facts(self, models: Models, exchanges: Exchanges) -> dict[str, Any]:
        """What the skeleton prints of it: the method itself, and its cases as Python text."""
        from generator.subtasks import code_policy

        return {
            "name": self.name,
            "constant": self.name.upper().strip("_"),
            "signature": self.signature,
            "doc": _doc(self.description),
            "body": textwrap.indent(code_policy.body(self.code), INDENT),
            "cases": [self._case(case, models, exchanges) for case in self.cases],
        }

    def _case(self, case: Mapping[str, Any], models: Models, exchanges: Exchanges) -> dict[str, Any]:
        given = case.get("arguments") or {}
        pairs = [(name, kind, given[name]) for name, _, kind in self.parameters if name in given]
        arguments = ", ".join(f"{code(name)}: {models.python(kind, value)}" for name, kind, value in pairs)
        replies, sent = exchanges.told(case.get("answers") or (), case.get("requests") or ())
        expected = code(case.get("expected"))
        return {"arguments": f"{{{arguments}}}", "replies": replies, "sent": sent, "expected": expected}


@dataclass(frozen=True, slots=True)
class Described:
    """All of an entry's: those that are written, as facts, and a finding for each that is not."""

    facts: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[Mapping[str, str]] = ()
    names: frozenset[str] = field(default_factory=frozenset)  # every name in code and signatures

    @property
    def errors(self) -> list[str]:
        """The errors of the runtime that the code names."""
        return sorted(ERRORS & self.names)


def written(
    entry: Mapping[str, Any], answers: Mapping[str, Any], models: Models, exchanges: Exchanges
) -> Described:
    """The methods that have cases and code which fit each other, the entry and the policy."""
    found: list[Method] = []
    findings: list[dict[str, str]] = []
    for name in sorted(told(entry)):
        if obstacle := _obstacle(entry, answers, name, exchanges):
            findings.append({"at": f"methods.{name}", "message": f"not written: {obstacle}"})
            continue
        method = method_of(entry, answers, name, models)
        if obstacle := _refused(method, models, exchanges):
            findings.append({"at": f"methods.{name}", "message": f"not written: {obstacle}"})
        else:
            found.append(method)
    names = words(text for method in found for text in (method.signature, method.code))
    return Described([method.facts(models, exchanges) for method in found], findings, frozenset(names))


def exchanges_of(
    found: Sequence[tuple[Group, Sequence[Operation]]], types: Mapping[str, Any], credential: str
) -> Exchanges:
    """What the methods of a package can call; the first group is the adapter itself."""
    known = {key_of(one.endpoint): (one, group.call(one.name)) for group, some in found for one in some}
    taken = {one.name for one in found[0][1]} | {group.name for group, _ in found}
    return Exchanges(known, types, frozenset(taken), credential)


def method_of(entry: Mapping[str, Any], answers: Mapping[str, Any], name: str, models: Models) -> Method:
    """The method as its accepted cases have it, with its code if there is some."""
    answer = answers[f"{cases.CASES}:{name}"]
    schemas, _ = cases.shapes_of(answer, entry["requirements"].get("types", {}))
    about = f"what {name} takes"
    parameters = [
        (key, schema, models.argument(schema, pascal(name) + pascal(key), f"methods.{name}.{key}", about))
        for key, schema in schemas["parameters"].items()
    ]
    returns = schemas.get("returns", {})
    kind = (
        NONE if returns == cases.NOTHING else models.result(returns, pascal(name), f"methods.{name}.returns")
    )
    said = answers.get(f"{cases.METHOD}:{name}")
    return Method(
        name=name,
        description=str(told(entry)[name].get("description", "")),
        parameters=sorted(parameters, key=lambda parameter: without_null(parameter[1])[1]),
        returns=kind,
        cases=answer["cases"],
        code=said if isinstance(said, str) else "",
    )


def _doc(description: str) -> dict[str, Any]:
    """The words of the docstring: the first sentence, then the rest."""
    whole = prose(description) or " ".join(description.split())
    plain = (first_sentence(whole) or whole).rstrip(". ")
    rest = whole[len(plain) :].lstrip(". ") if whole.startswith(plain) else ""
    nothing = dict.fromkeys(("args", "returns", "yields", "raises"), ())
    return {"summary": sentence(plain), "paragraphs": [rest] if rest else [], **nothing}


def _written(name: str, schema: Mapping[str, Any], kind: Kind) -> str:
    return f"{name}: {kind.argument}{' = None' if without_null(schema)[1] else ''}"


def _obstacle(entry: Mapping[str, Any], answers: Mapping[str, Any], name: str, exchanges: Exchanges) -> str:
    """Why there is nothing to write; "" where cases and some code are there."""
    module = str(entry["name"]).replace("-", "_")
    run = f"Run: jackfield generate {entry['name']} --answers model, or write it in {module}_custom.py."
    if name in exchanges.taken:
        return "an operation or a group has this name. Give the method another."
    if not all(answers.get(f"{kind}:{name}") for kind in (cases.CASES, cases.METHOD)):
        return f"it is described in words, and nobody has written it yet. {run}"
    inputs = {**inputs_of(entry, name), **exchanges.context()}
    faults = cases.verify_cases(inputs, answers[f"{cases.CASES}:{name}"])
    return f"its recorded cases do not fit: {faults[0]} {run}" if faults else ""


def _refused(method: Method, models: Models, exchanges: Exchanges) -> str:
    """Why the code is not used; "" where it may be."""
    from generator.subtasks import code_policy

    known = {"operations": exchanges.calls, "types": models.facts()["names"]}
    faults = code_policy.check(method.code, method.signature, **known)
    return f"its recorded code is refused: {faults[0]}." if faults else ""


def inputs_of(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What the questions about a method show of its entry."""
    requirements = entry["requirements"]
    return {
        f"methods.{name}": entry["methods"][name],
        QUESTION: list(requirements.get("endpoints", ())),
        "requirements.types": requirements.get("types", {}),
    }
