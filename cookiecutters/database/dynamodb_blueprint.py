"""A DynamoDB entry to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.connection import prefix
from generator.modelling.examples import Examples
from generator.modelling.models import Models
from generator.modelling.names import identifier

from . import dynamodb_settings
from .dynamodb_cases import Cases
from .dynamodb_facts import Method, Table
from .dynamodb_methods import facts, methods_of, table_code, tables_of, types_of
from .mongodb_blueprint import LATE, stem_of

# Names that modules of the package import or define, so that no model has them.
_NAMES = (
    "Any AtLeast Callable Check Condition ConflictError Delete DynamoAdapter Get Index"
    " IntegrationError InvalidArgumentError InvalidRequestError Iterator Literal Mapping"
    " NotFoundError Operation Path PermissionDeniedError Put Query RateLimitedError"
    " RequestTimeoutError ScriptedDynamo Sequence Struct Table TransactionCanceledError"
    " TransactionConflictError TypeAlias UNSET UnavailableError UnexpectedResponseError"
    " UnprocessedError UnsetType Update"
)
_TAKEN = frozenset({"adapter", "pytest", "examples", "example", "script", "main", "dt", "yaml", "server"})


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    class_name = f"{stem_of(entry)}Adapter"
    types, rows = types_of(entry)
    models = Models(types, frozenset({*_NAMES.split(), class_name}))
    tables = tables_of(entry, models, rows, types)
    methods = methods_of(tables, answers.get("kept") or {})
    constants = {one.constant for one in tables}
    told = [facts(method, answers.get("summaries") or {}, constants) for method in methods]
    cases = Cases(models, Examples(types, _lasting(entry)), types)
    tests = [cases.method(method) for method in methods]
    made = _models(models.facts(), tables)
    return {
        "name": entry["name"],
        "module": str(entry["name"]).replace("-", "_"),
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": _instance(entry["name"]),
        "class_name": class_name,
        "public": sorted([class_name, *made["names"]]),
        "incomplete": not methods,
        "operations": len(methods),
        "names": {method.key: method.name for method in methods},
        "findings": models.findings,
        "overview": _overview(entry, tables, answers),
        "headline": _headline(entry, methods),
        "tables": [_table(one) for one in tables],
        "methods": told,
        "models": made,
        "config": dynamodb_settings.configuration(entry),
        "test": _tested(entry, methods, tests, cases),
        "examples": _examples(methods, told, tests),
    }


def _lasting(entry: Mapping[str, Any]) -> dict[str, str]:
    """Times of examples after which no item expires while a test runs."""
    tables = entry["requirements"]["tables"].values()
    return {told["ttl"]: LATE for told in tables if "ttl" in told}


def _models(made: dict[str, Any], tables: Sequence[Table]) -> dict[str, Any]:
    """The facts of the classes: a version begins with 0, and a set that is not there is empty."""
    own = {one.kind.text: one for one in tables}
    structs = [_with_defaults(s, own[s["name"]]) if s["name"] in own else s for s in made["structs"]]
    return {**made, "structs": structs}


def _with_defaults(struct: dict[str, Any], one: Table) -> dict[str, Any]:
    version = {"annotation": "int", "default": "0", "doc": "Grows with every write; 0 is not stored yet."}
    fields = []
    for told in struct["fields"]:
        if told["wire"] == one.told.get("version"):
            told = {**told, **version} if told["name"] == told["wire"] else told
        elif told["wire"] in one.told.get("sets", ()) and told["name"] == told["wire"]:
            told = {**told, "annotation": told["annotation"].removesuffix(" | None"), "default": "[]"}
        fields.append(told)
    return {**struct, "fields": fields}


def _table(one: Table) -> dict[str, Any]:
    told = one.told
    return {
        "name": one.name,
        "constant": one.constant,
        "item": one.kind.text,
        "code": table_code(one),
        "partition": told["partition"],
        "sort": told.get("sort", ""),
        "ttl": told.get("ttl", ""),
        "version": told.get("version", ""),
        "indexes": [
            {"name": name, "partition": index["partition"], "sort": index.get("sort", "")}
            for name, index in told.get("indexes", {}).items()
        ],
    }


def _headline(entry: Mapping[str, Any], methods: Sequence[Method]) -> str:
    if not methods:
        return f"{entry['service']}: its tables are not described yet."
    return f"{entry['service']}: {len(methods)} operations, each a typed method, blocking."


def _overview(entry: Mapping[str, Any], tables: Sequence[Table], answers: Mapping[str, Any]) -> str:
    said = (answers.get("overview") or {}).get("overview") or entry.get("description")
    if said:
        return str(said)
    names = [one.name for one in tables]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"The tables {listed} of {entry['service']}." if names else f"An adapter for {entry['service']}."


def _instance(name: str) -> str:
    word = identifier(name, "store")
    return f"{word}_adapter" if word in _TAKEN else word


def _tested(
    entry: Mapping[str, Any], methods: Sequence[Method], tests: Sequence[Mapping[str, Any]], cases: Cases
) -> dict[str, Any]:
    """The facts of both suites: the scripted one, and that against a real server."""
    config = dynamodb_settings.configuration(entry)
    by_table: dict[str, list[tuple[Method, Mapping[str, Any]]]] = {}
    for method, test in zip(methods, tests, strict=True):
        by_table.setdefault(method.table.name, []).append((method, test))
    return {
        "timeout": config["timeout"],
        "attempts": max(int(config["retry"]["max_attempts"]), 2),
        "environments": list(config["environments"]),
        "methods": list(tests),
        "lives": [
            {
                **cases.table(told[0][0].table),
                "constant": told[0][0].table.constant,
                "version": told[0][0].table.told.get("version", ""),
                "kinds": {method.kind: method.name for method, _ in told if not method.index},
                "queries": [test for method, test in told if method.kind in ("query", "index")],
                "update": next((test for method, test in told if method.kind == "update"), None),
            }
            for told in by_table.values()
        ],
    }


def _examples(
    methods: Sequence[Method], told: Sequence[Mapping[str, Any]], tests: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A few operations worth showing: a query, a fetch by key, a write."""
    found: dict[str, dict[str, Any]] = {}
    for kinds in (("index", "query", "scan"), ("get",), ("put",)):
        for method, said, test in zip(methods, told, tests, strict=True):
            if method.kind in kinds and not any(one["wanted"] == kinds[0] for one in found.values()):
                found[method.name] = {**test, "wanted": kinds[0], "summary": said["doc"]["summary"]}
    return list(found.values())
