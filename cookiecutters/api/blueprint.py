"""Entry and answers to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.models import Models
from generator.modelling.names import identifier, pascal

from . import grouping, naming, shown
from .checks import TAKEN
from .configuration import RETRY, comments, configuration, configured, secrets, secrets_of
from .imports import HTTP, NEEDED, imports
from .operation import ERRORS, Operation, read_operation
from .settings import prefix
from .suite import Suite, representatives

DEPENDENCIES = ["httpx2>=2.16,<3", "msgspec>=0.20,<1", "pyyaml>=6.0.2,<7"]
RAW_VERBS = ("get", "post", "put", "patch", "delete")
_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
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
class _Package:
    """One entry, worked out: what its files are printed from."""

    entry: Mapping[str, Any]
    classes: Mapping[str, str]
    instance: str
    models: Models
    operations: Sequence[Operation]
    suite: Suite
    tests: Sequence[Mapping[str, Any]]


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    package = _package(entry, answers)
    return {
        **_identity(package),
        **_code(package),
        **_words(package, answers),
        "config": configuration(entry),
        "comments": comments(entry),
        "secrets": secrets(entry),
        "test": _tested(package),
    }


def _package(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> _Package:
    requirements = entry["requirements"]
    types = requirements.get("types", {})
    classes = _classes(entry)
    models = Models(types, _IMPORTED | set(classes.values()))
    found = _operations(requirements, models, answers)
    suite = Suite(
        models, Examples(types, answers.get("examples", {})), _attempts(entry), _cookie(requirements)
    )
    tests = [suite.operation(operation) for operation in found]
    return _Package(entry, classes, _instance(entry["name"]), models, found, suite, tests)


def _identity(package: _Package) -> dict[str, Any]:
    entry, models = package.entry, package.models.facts()["names"]
    return {
        "name": entry["name"],
        "module": entry["name"].replace("-", "_"),
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": package.instance,
        **package.classes,
        "public": sorted([*package.classes.values(), *models], key=in_order),
        "incomplete": not package.operations,
        "operations": len(package.operations),
        "names": {grouping.key_of(o.endpoint): _public(o) for o in package.operations},
        "dependencies": DEPENDENCIES,
    }


def _code(package: _Package) -> dict[str, Any]:
    facts = package.models.facts()
    methods = [_method(operation, facts["names"]) for operation in package.operations]
    return {
        "methods": methods,
        "models": facts,
        "findings": _findings(package),
        "imports": imports(methods, package.tests, facts["names"], raw=not methods),
        "verbs": RAW_VERBS,
        "with_body": RAW_VERBS[1:4],
    }


def _words(package: _Package, answers: Mapping[str, Any]) -> dict[str, Any]:
    examples = shown.examples(package.operations, package.tests, package.instance)
    reading = [e["name"] for e in examples if e["reads"]] if package.operations else ["read_anything"]
    pairs = zip(package.operations, package.tests, strict=True)
    service = package.entry["service"]
    return {
        "overview": answers.get("overview", {}).get("overview") or f"An adapter for {service}.",
        "headline": shown.headline(service, len(package.operations)),
        "showcase": shown.showcase(package.instance, examples),
        "troubleshooting": [{"sign": k, "remedy": v} for k, v in answers.get("troubleshooting", {}).items()],
        "examples": examples,
        "reading": f"({', '.join(reading)}{',' if len(reading) == 1 else ''})" if reading else "",
        "docs": [shown.documented(operation, test) for operation, test in pairs],
        **shown.overview(package.operations),
    }


def _findings(package: _Package) -> list[dict[str, str]]:
    """What document and types leave open, each once."""
    document = package.entry.get("document")
    told = [*(document["findings"] if isinstance(document, Mapping) else ()), *package.models.findings]
    return [dict(pair) for pair in dict.fromkeys(tuple(sorted(finding.items())) for finding in told)]


def _method(operation: Operation, classes: Sequence[str]) -> dict[str, Any]:
    """The facts of a method; its constant gives way to a class of the same name."""
    facts = operation.facts()
    name = facts["constant"]
    return {**facts, "constant": f"{name}_OPERATION" if name in classes else name}


def _classes(entry: Mapping[str, Any]) -> dict[str, str]:
    name = pascal(str(entry["service"]))
    if not re.fullmatch(r"[A-Z][A-Za-z0-9_]*", name):
        name = pascal(entry["name"])
    return {"class_name": f"{name}Adapter", "async_name": f"Async{name}Adapter"}


def in_order(name: str) -> tuple[Any, ...]:
    """How ``__all__`` is sorted: constants, classes, the rest; numbers by their value."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, [
        (part.isdigit(), int(part) if part.isdigit() else part) for part in re.split(r"(\d+)", name)
    ]


def _instance(name: str) -> str:
    """What examples call the adapter: the entry's own name, if that is free."""
    word = identifier(name, "adapter")
    return f"{word}_adapter" if word in _VARIABLES else word


def _operations(
    requirements: Mapping[str, Any], models: Models, answers: Mapping[str, Any]
) -> list[Operation]:
    endpoints = sorted(requirements.get("endpoints", ()), key=_reading_order)
    layout, kept = str(requirements.get("layout", "")), answers.get("kept", {})
    names = grouping.settle(endpoints, layout, answers.get("naming", {}), kept, TAKEN)
    return [
        read_operation({**e, "group": group}, name, requirements, models, answers)
        for e in endpoints
        for group, name in [names[grouping.key_of(e)]]
    ]


def _reading_order(endpoint: Mapping[str, Any]) -> tuple[Any, ...]:
    """Resource by resource, shorter paths first, reading before writing."""
    route = naming.read_route(endpoint["method"], endpoint["path"])
    return route.nouns[:1], tuple(route.parts), _VERBS.index(endpoint["method"]), endpoint["path"]


def _public(operation: Operation) -> str:
    """How an operation is reached: ``list_issues``, or ``issues.list_all`` in a group."""
    return ".".join(filter(None, (operation.endpoint.get("group", ""), operation.name)))


def made_up(secret: str) -> str:
    """The value that tests give a secret."""
    return f"secret-of-{secret.lower().replace('_', '-')}"


def _attempts(entry: Mapping[str, Any]) -> int:
    """How often tests see a failing call repeated: as configured, and where that is never, twice.

    Tests of an adapter that repeats nothing ask for a second attempt, to see which calls would get one.
    """
    told = entry["requirements"].get("retry", {}).get("max_attempts", RETRY["max_attempts"])
    return max(int(told), 2)


def _environ(entry: Mapping[str, Any], base_url: str | None) -> dict[str, str]:
    """The variables that tests set because config.yaml alone would not do."""
    told = {f"{prefix(entry)}_BASE_URL": base_url} if base_url else {}
    once = entry["requirements"].get("retry", {}).get("max_attempts") == 1
    return {**told, f"{prefix(entry)}_MAX_ATTEMPTS": str(_attempts(entry))} if once else {}


def _cookie(requirements: Mapping[str, Any]) -> str:
    auth = requirements.get("auth", {})
    return f"{auth['name']}={made_up(auth['secret'])}" if auth.get("in") == "cookie" else ""


def _tested(package: _Package) -> dict[str, Any]:
    """What the test module says besides its operations."""
    entry, tests = package.entry, package.tests
    own = configured(entry["requirements"])
    chosen = representatives(package.operations)
    pairs = zip(package.operations, tests, strict=True)
    base_url = None if own.get("base_url") else f"https://{entry['name']}.example.com"
    reading = [test for operation, test in pairs if operation.repeatable and operation.form == "value"]
    return {
        "operations": tests,
        "constants": package.suite.constants,
        "secrets": {name: made_up(name) for name in secrets(entry)},
        "base_url": base_url,
        "attempts": _attempts(entry),
        "environ": _environ(entry, base_url),
        "missing": "|".join(secrets_of(own.get("auth"))),
        "probe": next(iter([*reading, *tests]), None),
        "keyed": [test for test in tests if test["keyed"]],
        "unexpected": [test for test in tests if test["wrong"]],
        "extra": [test for test in tests if test["extra"] and test["name"] in chosen],
        "environments": sorted(entry["environments"]),
        "variable": f"{prefix(entry)}_BASE_URL",
    }
