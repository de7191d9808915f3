"""Entry and answers to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from generator.modelling.connection import prefix, secrets
from generator.modelling.names import identifier, pascal, phrase, unique
from generator.templating import py

from . import sql_methods as methods
from . import sql_suite as suite
from .sql_package import RESERVED, Model, Package, understand
from .sql_settings import configuration
from .sql_types import annotation

_COMMON = ["msgspec>=0.20,<1", "pyyaml>=6.0.2,<7"]
MARKS = {"postgresql": "%(id)s", "mysql": "%(id)s", "sqlite": ":id", "duckdb": "$id"}
SYSTEMS = {"postgresql": "PostgreSQL", "mysql": "MySQL or MariaDB", "sqlite": "SQLite", "duckdb": "DuckDB"}
# Names that test and example modules use, so that no adapter is called so there.
_VARIABLES = frozenset(
    [
        "db",
        "dt",
        "pytest",
        "request",
        "form",
        "error",
        "name",
        "call",
        "main",
        "examples",
        "example",
        "tx",
        "test",
        "row",
        "typed",
        "server",
    ]
)
NO_SCHEMA = (
    "no schema is named, so queries are typed by parameters: and casts alone. Say schema: db/schema.sql."
)


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    classes = _classes(entry)
    package = understand(entry, [name for name in classes.values() if name])
    instance = _instance(entry["name"])
    kept = answers.get("kept") or {}
    named = _named(package, kept)
    facts = [methods.facts(one, named[one.key], package.engine, answers) for one in package.operations]
    models = [_model(model) for model in package.models()]
    config = configuration(entry)
    examples = suite.examples(package, facts)
    return {
        "name": entry["name"],
        "module": str(entry["name"]).replace("-", "_"),
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": instance,
        **classes,
        "public": sorted([*(name for name in classes.values() if name), *(m["name"] for m in models)]),
        "incomplete": not facts,
        "operations": len(facts),
        "names": {f"query {key}": name for key, name in named.items()},
        "findings": _findings(package, entry),
        "parts": {},
        "engine": package.engine,
        "system": SYSTEMS[package.engine],
        "asynchronous": package.engine != "duckdb",
        "overview": _overview(entry, answers),
        "headline": _headline(entry["service"], len(facts), package.engine),
        "config": config,
        "secrets": secrets(config),
        "queries": facts,
        "models": models,
        "imports": methods.imports(facts, models),
        "names_used": sorted({name for fact in facts for name in fact["models"]}),
        "mark": MARKS[package.engine],
        "showcase": methods.showcase(examples, instance),
        "examples": examples,
        "test": suite.facts(package, facts, entry, config),
    }


def _classes(entry: Mapping[str, Any]) -> dict[str, str]:
    """The adapter's names; that of a service whose name the entry bears is spelled as the service."""
    name, service = str(entry["name"]), str(entry["service"])
    same = re.sub(r"[\W_]+", "", name).lower() == re.sub(r"[\W_]+", "", service).lower()
    base = pascal(service if same else name.replace("-", " "), "Database")
    has_async = entry.get("variant") != "duckdb"
    return {"class_name": f"{base}Adapter", "async_name": f"Async{base}Adapter" if has_async else ""}


def _instance(name: str) -> str:
    word = identifier(name, "adapter")
    return f"{word}_adapter" if word in _VARIABLES or word in RESERVED else word


def _named(package: Package, kept: Mapping[str, str]) -> dict[str, str]:
    """The method of each query; a name that a lock has stays."""
    keys = [operation.key for operation in package.operations]
    held = {key: kept[f"query {key}"] for key in keys if isinstance(kept.get(f"query {key}"), str)}
    found: dict[str, str] = {}
    taken = list(held.values())
    for key in keys:
        found[key] = held.get(key) or unique(identifier(key), taken)
        taken.append(found[key])
    return found


def _overview(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    told = (answers.get("overview") or {}).get("overview") or entry.get("description")
    text = " ".join(str(told or "").split())
    return text or f"Typed queries of the {phrase(entry['name'])} database."


def _headline(service: str, count: int, engine: str) -> str:
    form = "blocking" if engine == "duckdb" else "blocking and async"
    if not count:
        return f"{service}, reached statement by statement: its queries are not described yet."
    return f"{service}: {count} {'query' if count == 1 else 'queries'}, each a typed method, {form}."


def _model(model: Model) -> dict[str, Any]:
    fields = [
        {"name": name, "annotation": annotation(kind), "doc": comment, "default": ""}
        for name, _, kind, comment in model.fields
    ]
    return {"name": model.name, "doc": _sentence(model.doc), "options": "frozen=True", "fields": fields}


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def _findings(package: Package, entry: Mapping[str, Any]) -> list[dict[str, str]]:
    queries: Iterable[str] = entry["requirements"].get("queries", {})
    found = (
        [] if package.known or not list(queries) else [{"at": "requirements.schema", "message": NO_SCHEMA}]
    )
    for operation in package.operations:
        for name, kind in operation.analysis.parameters.items():
            if kind.kind == "any" and kind.name:
                said = (
                    f":{name} is of the type {kind.name}, which Python has no word for: it takes any value."
                )
                found.append({"at": f"query {operation.key}", "message": said})
    return found


def told(text: Any) -> str:
    """JSON data as a Python literal."""
    return py(text)
