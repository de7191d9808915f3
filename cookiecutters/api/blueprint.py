"""Entry and answers to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from . import grouping, shown
from .configuration import comments, configuration, configured, secrets, secrets_of
from .homes import part
from .imports import imports, said_by, shown_by, tested_by, words
from .package import Package, Section, attempts, credentials, made_up, package_of
from .proposed import is_unconfirmed
from .settings import prefix
from .suite import representatives

RAW_VERBS = ("get", "post", "put", "patch", "delete")
UNCONFIRMED = {
    "at": "operations",
    "message": "They are proposed, not confirmed by a document or a person. Write endpoints, or approve.",
}
DETAILED = 60  # operations that the documentation file tells everything of


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    package = package_of(entry, answers)
    return {
        **_identity(package),
        **_code(package),
        **_words(package, answers),
        "unconfirmed": is_unconfirmed(answers),
        "findings": [*([UNCONFIRMED] if is_unconfirmed(answers) else []), *_findings(package)],
        "config": configuration(entry),
        "credentials": credentials(configured(entry["requirements"])),
        "comments": comments(entry),
        "secrets": secrets(entry),
        "test": _tested(package),
        "parts": {"_group": [_part(package, section) for section in package.sections[1:]]},
    }


def _identity(package: Package) -> dict[str, Any]:
    entry, own = package.entry, package.sections[0].group
    classes = {"class_name": own.class_name, "async_name": own.async_name}
    return {
        "name": entry["name"],
        "module": package.module,
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": package.instance,
        **classes,
        "public": sorted([*classes.values(), *package.facts["names"]], key=in_order),
        "incomplete": not package.operations,
        "operations": len(package.operations),
        "names": {
            grouping.key_of(operation.endpoint): test["call"]
            for operation, test in zip(package.operations, package.tests, strict=True)
        },
    }


def _code(package: Package) -> dict[str, Any]:
    own = package.sections[0]
    shared = {name for name, home in package.homes.items() if not home}
    examples = shown.examples(package.operations, package.tests, package.instance)
    said = shown_by(examples) & package.homes.keys()
    return {
        "methods": own.methods,
        "described": _described(package),
        "models": part(package.facts, shared),
        "homes": _homes(package) if package.sections[1:] else [],
        "groups": [_property(package, section) for section in package.sections[1:]],
        "wrapped": bool(package.facts.get("unions")),
        "imports": {**_imports(package, own), "example_models": sorted(said)},
        "verbs": RAW_VERBS,
        "with_body": RAW_VERBS[1:4],
    }


def _described(package: Package) -> dict[str, Any]:
    """The methods that the entry describes in words, and what their code and their cases import."""
    told = package.described
    given = words(case["arguments"] for method in told.facts for case in method["cases"])
    return {"methods": told.facts, "errors": told.errors, "types": sorted(given & package.homes.keys())}


def _property(package: Package, section: Section) -> dict[str, Any]:
    group, count = section.group, len(section.operations)
    calls = [f"`{operation.name}`" for operation in section.operations[:2]]
    like = f"{count} operations, {' and '.join(calls)} among them" if count > 2 else " and ".join(calls)
    return {
        "name": group.name,
        "class_name": group.class_name,
        "async_name": group.async_name,
        "file": f"{package.module}_{group.name}",
        "title": shown.title(group.name),
        "summary": f"{shown.title(group.name)}: {like}.",
    }


def _part(package: Package, section: Section) -> dict[str, Any]:
    """What the files of one group are printed from."""
    about = _property(package, section)
    own = {name for name, home in package.homes.items() if home == section.group.name}
    facts = part(package.facts, own)
    referred = {name for one in own for name in package.refers[one]}
    headline = shown.headline(f"{package.entry['service']} {about['title']}", len(section.operations))
    return {
        **about,
        "headline": headline,
        "methods": section.methods,
        "imports": _imports(package, section),
        "models": facts,
        "shared": sorted(referred - own),
        "test": _tables(package, section),
    }


def _imports(package: Package, section: Section) -> dict[str, Any]:
    """What the module of a section and its tests import; types by the module that defines them."""
    group, names = section.group, package.facts["names"]
    bases = ("HttpGroup", "AsyncHttpGroup") if group.name else ("HttpAdapter", "AsyncHttpAdapter")
    said, tested = said_by(section.methods), tested_by(section.tests)
    said |= frozenset() if group.name else package.described.names
    by_home: dict[str, list[str]] = {}
    for name in sorted(said & package.homes.keys()):
        by_home.setdefault(_models_module(package, package.homes[name]), []).append(name)
    return {
        **imports(section.methods, section.tests, bases, raw=not package.operations),
        "models": by_home,
        "test_models": [name for name in names if name in tested],
    }


def _homes(package: Package) -> list[dict[str, Any]]:
    """The modules of types, what each defines, and the same as lines of text."""
    found = []
    for home in sorted({*package.homes.values()}):
        names = sorted(name for name, where in package.homes.items() if where == home)
        lines = textwrap.wrap(" ".join(names), 84, break_long_words=False)
        spaced = [f"{line} " for line in lines[:-1]] + lines[-1:]
        found.append({"module": _models_module(package, home), "names": names, "lines": spaced})
    return found


def _models_module(package: Package, home: str) -> str:
    return f"{package.module}_{home}_models" if home else f"{package.module}_models"


def _words(package: Package, answers: Mapping[str, Any]) -> dict[str, Any]:
    found, tests, service = package.operations, package.tests, package.entry["service"]
    examples = shown.examples(found, tests, package.instance)
    reading = [e["name"] for e in examples if e["reads"]] if found else ["read_anything"]
    return {
        "overview": answers.get("overview", {}).get("overview") or f"An adapter for {service}.",
        "headline": shown.headline(service, len(found), len(package.sections) - 1),
        "showcase": shown.showcase(package.instance, examples),
        "troubleshooting": shown.remedies(answers.get("troubleshooting", {})),
        "examples": examples,
        "reading": f"({', '.join(reading)}{',' if len(reading) == 1 else ''})" if reading else "",
        "sections": [_documented(section) for section in package.sections if section.operations],
        "detailed": len(found) <= DETAILED,
        "inferred": [
            row
            for operation, test in zip(found, tests, strict=True)
            for row in shown.inferred(operation, test)
        ],
        **shown.overview(found, tests),
    }


def _findings(package: Package) -> list[dict[str, str]]:
    """What document and types leave open, each once."""
    document = package.entry.get("document")
    read = document.get("findings", ()) if isinstance(document, Mapping) else ()
    told = [*read, *package.models.findings, *package.described.findings]
    return [dict(pair) for pair in dict.fromkeys(tuple(sorted(finding.items())) for finding in told)]


def _documented(section: Section) -> dict[str, Any]:
    pairs = zip(section.operations, section.methods, section.tests, strict=True)
    return {"group": section.group.name, "docs": [shown.documented(*each) for each in pairs]}


def in_order(name: str) -> tuple[Any, ...]:
    """How ``__all__`` is sorted: constants, classes, the rest; numbers by their value."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    parts = re.split(r"(\d+)", name)
    return kind, [(part.isdigit(), _value(part) if part.isdigit() else part) for part in parts]


def _value(digits: str) -> float:
    """Digits behind a zero count as a fraction does: 01 comes before 1."""
    return float(f"0.{digits}") if digits[0] == "0" else int(digits)


def _environ(entry: Mapping[str, Any], base_url: str | None) -> dict[str, str]:
    """The variables that tests set because config.yaml alone would not do."""
    told = {f"{prefix(entry)}_BASE_URL": base_url} if base_url else {}
    once = entry["requirements"].get("retry", {}).get("max_attempts") == 1
    return {**told, f"{prefix(entry)}_MAX_ATTEMPTS": str(attempts(entry))} if once else {}


def _tables(package: Package, section: Section) -> dict[str, Any]:
    """What the test module of a section says of its operations."""
    tests, chosen = section.tests, representatives(section.operations)
    return {
        "operations": tests,
        "constants": _constants(package, tests),
        "cases": [{**case, "call": test["call"]} for test in tests for case in test["cases"]],
        "keyed": [test for test in tests if test["keyed"]],
        "unexpected": [test for test in tests if test["wrong"]],
        "extra": [test for test in tests if test["extra"] and test["name"] in chosen],
    }


def _constants(package: Package, tests: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    said = {name for test in tests for name in test["said"]}
    return {name: value for name, value in package.constants.items() if name in said}


def _tested(package: Package) -> dict[str, Any]:
    """What the test module of the adapter says besides its operations."""
    entry = package.entry
    own = configured(entry["requirements"])
    pairs = zip(package.operations, package.tests, strict=True)
    base_url = None if own.get("base_url") else f"https://{entry['name']}.example.com"
    reading = [test for operation, test in pairs if operation.repeatable and operation.form == "value"]
    probe = next(iter([*reading, *package.tests]), None)
    told = [*package.sections[0].tests, *shown.examples(package.operations, package.tests, package.instance)]
    return {
        **_tables(package, package.sections[0]),
        "constants": _constants(package, [*told, *([probe] if probe and entry["environments"] else [])]),
        "secrets": {name: made_up(name) for name in secrets(entry)},
        "base_url": base_url,
        "attempts": attempts(entry),
        "environ": _environ(entry, base_url),
        "missing": "|".join(secrets_of(own.get("auth"))),
        "probe": probe,
        "environments": sorted(entry["environments"]),
        "variable": f"{prefix(entry)}_BASE_URL",
    }
