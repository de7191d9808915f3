"""A MongoDB entry to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.connection import prefix, secrets
from generator.modelling.examples import Examples
from generator.modelling.models import Models
from generator.modelling.names import identifier, pascal

from . import mongodb_settings
from .mongodb_cases import Cases
from .mongodb_facts import Collection, Method
from .mongodb_methods import (
    Arguments,
    collections_of,
    facts,
    index_code,
    methods_of,
    types_of,
)

LATE = "2126-01-02T03:04:05Z"
# Names that modules of the package import or define, so that no model has them.
_NAMES = (
    "Any AsyncMongoAdapter AsyncStream Callable Change Collection ConflictError Failure Find Index"
    " IntegrationError InvalidArgumentError InvalidRequestError Iterator Literal Mapping MissingSecretError"
    " MongoAdapter Operation PartlyWrittenError Path PermissionDeniedError UnexpectedResponseError"
    " RequestTimeoutError RunningMongo ScriptedMongo SecretManager Sequence Server ServiceError Stream Struct"
    " TransactionConflictError TypeAlias UnavailableError Update Value Written"
)
_TAKEN = frozenset(
    {"adapter", "pytest", "examples", "example", "script", "live", "form", "main", "dt", "yaml", "server"}
)


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    module = str(entry["name"]).replace("-", "_")
    stem = stem_of(entry)
    classes = {"class_name": f"{stem}Adapter", "async_name": f"Async{stem}Adapter"}
    types, rows = types_of(entry)
    models = Models(types, frozenset({*_NAMES.split(), *classes.values()}))
    collections = collections_of(entry, models, rows)
    methods = methods_of(collections, answers.get("kept") or {})
    arguments = Arguments(models, types)
    constants = {one.constant for one in collections}
    told = [facts(method, arguments, answers.get("summaries") or {}, constants) for method in methods]
    cases = Cases(models, arguments, Examples(types, _lasting(entry)), types)
    tests = [cases.method(method) for method in methods]
    made = _models(models.facts(), collections)
    config = mongodb_settings.configuration(entry)
    return {
        "name": entry["name"],
        "module": module,
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": _instance(entry["name"]),
        **classes,
        "public": sorted([*classes.values(), *made["names"]], key=lambda name: (name.isupper(), name)),
        "incomplete": not methods,
        "operations": len(methods),
        "names": {method.key: method.name for method in methods},
        "findings": models.findings,
        "overview": _overview(entry, collections, answers),
        "headline": _headline(entry, methods),
        "collections": [_collection(one) for one in collections],
        "methods": told,
        "models": made,
        "config": config,
        "secrets": secrets(config),
        "test": _tested(config, methods, tests, cases),
        "examples": _examples(methods, told, tests),
    }


def _lasting(entry: Mapping[str, Any]) -> dict[str, str]:
    """Times of examples that no index lets expire while a test runs."""
    told = [one.get("indexes", ()) for one in entry["requirements"]["collections"].values()]
    expiring = [index["keys"][0][0] for indexes in told for index in indexes if "expire_after" in index]
    return dict.fromkeys(expiring, LATE)


def stem_of(entry: Mapping[str, Any]) -> str:
    """What the classes begin with: the service as it writes itself, where that is the entry's name."""
    name, service = pascal(entry["name"]), pascal(str(entry["service"]))
    return service if service.lower() == name.lower() else name


def _models(made: dict[str, Any], collections: Sequence[Collection]) -> dict[str, Any]:
    """The facts of the classes; a document whose id is an ObjectId gets a fresh one unless it is given."""
    own = {one.kind.text for one in collections if one.has_object_ids}
    return {**made, "structs": [_with_id(s) if s["name"] in own else s for s in made["structs"]]}


def _with_id(struct: dict[str, Any]) -> dict[str, Any]:
    fresh = {
        "default": "field(default_factory=object_id)",
        "doc": "An ObjectId; a fresh one unless it is given.",
    }
    return {**struct, "fields": [{**f, **fresh} if f["name"] == "id" else f for f in struct["fields"]]}


def _collection(one: Collection) -> dict[str, Any]:
    return {
        "name": one.name,
        "constant": one.constant,
        "document": one.kind.text,
        "plain": not one.has_object_ids,
        "indexes": [index_code(index) for index in one.told.get("indexes", ())],
        "listed": [
            {
                "name": index["name"],
                "keys": ", ".join(f"{name} {way}" for name, way in index["keys"]),
                "notes": ", ".join(_notes(index)),
            }
            for index in one.told.get("indexes", ())
        ],
    }


def _notes(index: Mapping[str, Any]) -> list[str]:
    found = [word for word in ("unique", "sparse") if index.get(word)]
    found += ["partial"] if "partial" in index else []
    return found + ([f"documents expire after {index['expire_after']} s"] if "expire_after" in index else [])


def _headline(entry: Mapping[str, Any], methods: Sequence[Method]) -> str:
    if not methods:
        return f"{entry['service']}: its collections are not described yet."
    return f"{entry['service']}: {len(methods)} operations, each a typed method, blocking and async."


def _overview(entry: Mapping[str, Any], collections: Sequence[Collection], answers: Mapping[str, Any]) -> str:
    said = (answers.get("overview") or {}).get("overview") or entry.get("description")
    if said:
        return str(said)
    names = [one.name for one in collections]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return (
        f"The collections {listed} of {entry['service']}." if names else f"An adapter for {entry['service']}."
    )


def _instance(name: str) -> str:
    word = identifier(name, "store")
    return f"{word}_adapter" if word in _TAKEN else word


def _tested(
    config: Mapping[str, Any], methods: Sequence[Method], tests: Sequence[Mapping[str, Any]], cases: Cases
) -> dict[str, Any]:
    """The facts of both suites: the scripted one, and that against a real server."""
    names = secrets(config)
    by_collection: dict[str, list[tuple[Method, Mapping[str, Any]]]] = {}
    for method, test in zip(methods, tests, strict=True):
        by_collection.setdefault(method.collection.name, []).append((method, test))
    return {
        "secrets": {name: f"secret-of-{name.lower().replace('_', '-')}" for name in names},
        "missing": names[0] if names else "",
        "timeout": config["timeout"],
        "attempts": max(int(config["retry"]["max_attempts"]), 2),
        "environments": list(config["environments"]),
        "documents": [cases.collection(told[0][0].collection) for told in by_collection.values()],
        "methods": list(tests),
        "lives": [_live(told, cases) for told in by_collection.values()],
    }


def _live(told: Sequence[tuple[Method, Mapping[str, Any]]], cases: Cases) -> dict[str, Any]:
    """What tests do with one collection."""
    declared = [test for method, test in told if method.told]
    return {
        **cases.collection(told[0][0].collection),
        "standard": {method.kind: method.name for method, _ in told if not method.told},
        "finds": [test for test in declared if test["kind"] != "update"],
        "updates": [test for test in declared if test["kind"] == "update"],
    }


def _examples(
    methods: Sequence[Method], told: Sequence[Mapping[str, Any]], tests: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A few operations worth showing: a declared find, a fetch by id, a count."""
    found: dict[str, dict[str, Any]] = {}
    for kinds in (("many", "one", "stream"), ("get",), ("insert",)):
        for method, said, test in zip(methods, told, tests, strict=True):
            if method.kind in kinds and not any(one["wanted"] == kinds[0] for one in found.values()):
                found[method.name] = {**test, "wanted": kinds[0], "summary": said["doc"]["summary"]}
    return list(found.values())
