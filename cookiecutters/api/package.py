"""One entry, worked out: its types, and for each of its classes the operations and what tests say of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.models import Models
from generator.modelling.names import identifier
from generator.subtasks.code_names import ERRORS as ERRORS_CAUGHT

from . import methods, shown
from .configuration import RETRY
from .further import by_operation
from .homes import homes, references
from .imports import FORMS, HTTP, NEEDED, said_by
from .layout import Group, groups, operations
from .methods import Described
from .operation import ERRORS, Operation
from .suite import Suite

_LOCAL = "AsyncIterator Callable Iterator Path ScriptedService IntegrationError InvalidRequestError"
# Names that modules of the package import or define, so that no model has them.
_IMPORTED = frozenset({*HTTP.split(), *NEEDED.split(), *_LOCAL.split(), *ERRORS.values()})
# Names that test and example modules use, so that no adapter is called so there.
_VARIABLES = frozenset(
    {
        "service",
        "pytest",
        "request",
        "form",
        "error",
        "name",
        "dt",
        "call",
        "main",
        "examples",
        "example",
        "item",
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """One class of the package, worked out: its methods and tests."""

    group: Group
    operations: Sequence[Operation]
    methods: Sequence[Mapping[str, Any]]
    tests: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Package:
    """One entry, worked out: what its files are printed from. The first section is the adapter itself."""

    entry: Mapping[str, Any]
    instance: str
    models: Models
    facts: Mapping[str, Any]  # of the models
    refers: Mapping[str, Collection[str]]  # the types that each type names
    homes: Mapping[str, str]  # the group that defines each type
    sections: Sequence[Section]
    constants: Mapping[str, Any]  # the JSON of answers, by the name that tests give it
    described: Described  # methods that the entry describes in words

    @property
    def module(self) -> str:
        """The folder, and what its modules' names begin with."""
        return str(self.entry["name"]).replace("-", "_")

    @property
    def operations(self) -> list[Operation]:
        """Those of every section."""
        return [operation for section in self.sections for operation in section.operations]

    @property
    def tests(self) -> list[Mapping[str, Any]]:
        """Those of every section."""
        return [test for section in self.sections for test in section.tests]


def package_of(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> Package:
    """Work out one canonical entry with the accepted answers."""
    requirements = entry["requirements"]
    laid = groups(entry, answers)
    types = requirements.get("types", {})
    reserved = _IMPORTED | {name for group in laid for name in (group.class_name, group.async_name)}
    reserved |= ERRORS_CAUGHT if entry.get("methods") else frozenset()
    models = Models(types, reserved, open=bool(entry.get("spec")))  # what a vendor describes, grows
    examples = Examples(types, answers.get("examples", {}))
    found = [(group, operations(group, requirements, models, answers)) for group in laid]
    described = _described(entry, answers, models, found)
    facts = models.facts()
    facts = {**facts, "structs": list(map(shown.fields, facts["structs"]))}
    cases = by_operation(answers.get("test_cases"))
    suite = Suite(models, examples, attempts(entry), _cookie(requirements), cases)
    made = [_section(group, mine, suite, frozenset(facts["names"])) for group, mine in found]
    refers = references(facts)
    used = {section.group.name: said_by(section.methods) & refers.keys() for section in made}
    used[""] |= described.names & refers.keys()
    return Package(
        entry=entry,
        instance=_instance(entry["name"]),
        models=models,
        facts=facts,
        refers=refers,
        homes=homes(used, refers),
        sections=made,
        constants=suite.constants,
        described=described,
    )


def _described(
    entry: Mapping[str, Any],
    answers: Mapping[str, Any],
    models: Models,
    found: Sequence[tuple[Group, Sequence[Operation]]],
) -> Described:
    """The methods that the entry describes in words, if it does."""
    if not entry.get("methods"):
        return Described()
    requirements = entry["requirements"]
    exchanges = methods.exchanges_of(found, requirements.get("types", {}), _cookie(requirements))
    return methods.written(entry, answers, models, exchanges)


def _section(group: Group, found: Sequence[Operation], suite: Suite, classes: frozenset[str]) -> Section:
    methods = [_method(operation, group, classes) for operation in found]
    tests = [{**suite.operation(operation), "call": group.call(operation.name)} for operation in found]
    return Section(group, found, methods, tests)


def _method(operation: Operation, group: Group, classes: frozenset[str]) -> dict[str, Any]:
    """The facts of a method; its constant gives way to a class of the same name."""
    facts = operation.facts()
    name = facts["constant"]
    return {
        **facts,
        "constant": f"{name}_OPERATION" if name in classes or name == "NULL" else name,
        "operation": group.call(operation.name),
        "form_of": FORMS.get(operation.form, "awaited"),
        "doc": shown.told(facts["doc"]),
    }


def _instance(name: str) -> str:
    """What examples call the adapter: the entry's own name, if that is free."""
    word = identifier(name, "adapter")
    return f"{word}_adapter" if word in _VARIABLES else word


def made_up(secret: str) -> str:
    """The value that tests give a secret."""
    return f"secret-of-{secret.lower().replace('_', '-')}"


def attempts(entry: Mapping[str, Any]) -> int:
    """How often tests see a failing call repeated: as configured, and where that is never, twice.

    Tests of an adapter that repeats nothing ask for a second attempt, to see which calls would get one.
    """
    told = entry["requirements"].get("retry", {}).get("max_attempts", RETRY["max_attempts"])
    return max(int(told), 2)


def credentials(settings: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What signs requests: nothing, one credential, or several together."""
    auth = settings.get("auth")
    return auth if isinstance(auth, list) else [auth] if auth else []


def _cookie(requirements: Mapping[str, Any]) -> str:
    """What the adapter's credentials add to cookies."""
    auths = credentials(requirements)
    placed = [f"{auth['name']}={made_up(auth['secret'])}" for auth in auths if auth.get("in") == "cookie"]
    return "; ".join(placed)
