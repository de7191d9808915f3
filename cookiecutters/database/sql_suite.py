"""What the tests and examples of a package say of each query: arguments, rows, statements, DDL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.connection import VARIABLE, prefix, secrets
from generator.specs.sql import statements

from . import sql_text, sql_values
from .sql_entry import schema_texts
from .sql_methods import column_types
from .sql_package import Model, Operation, Package
from .sql_seeds import Seeds
from .sql_statement import DIALECTS, prepared
from .sql_types import Type, annotation

CONFLICTS = {
    "postgresql": "23505",
    "mysql": "1062",
    "sqlite": "SQLITE_CONSTRAINT_UNIQUE",
    "duckdb": "ConstraintException",
}
SERIALIZATION = {
    "postgresql": "40001",
    "mysql": "1213",
    "sqlite": "SQLITE_BUSY_SNAPSHOT",
    "duckdb": "TransactionException",
}
ADDRESSES = {
    "postgresql": "postgresql://app:word-for-tests@db.example/orders",
    "mysql": "mysql://app:word-for-tests@db.example/orders",
    "sqlite": "sqlite:///for-tests.db",
    "duckdb": "duckdb:///for-tests.duckdb",
}
SCALAR_LIMIT = 3


def facts(
    package: Package,
    queries: Sequence[Mapping[str, Any]],
    entry: Mapping[str, Any],
    config: Mapping[str, Any],
) -> dict[str, Any]:
    """What the test modules print."""
    engine = package.engine
    seeds = Seeds(package.catalogue, engine)
    pairs = list(zip(package.operations, queries, strict=True))
    tests = [_test(operation, query, engine, seeds) for operation, query in pairs]
    return {
        "queries": tests,
        "secrets": _secrets(engine, config),
        "variable": f"{prefix(entry)}_CONNECTION_STRING",
        "attempts": max(2, int(config["retry"]["max_attempts"])),
        "environ": {f"{prefix(entry)}_MAX_ATTEMPTS": "2"} if int(config["retry"]["max_attempts"]) < 2 else {},
        "conflict": CONFLICTS[engine],
        "serialization": SERIALIZATION[engine],
        "schema": _ddl(entry, engine),
        "rows": seeds.inserts(),
        "prepared": [_prepared(operation, query) for operation, query in pairs]
        if engine == "postgresql"
        else [],
        "unique": seeds.conflicting(),
        "imports": _imports(tests),
        "environments": sorted(entry["environments"]),
    }


def _secrets(engine: str, config: Mapping[str, Any]) -> dict[str, str]:
    """Values of the variables that connection strings name: whole addresses, or parts of them."""
    places = [config, *config["environments"].values()]
    texts = [
        text for place in places for text in (place.get("connection_string", ""), *place.get("replicas", ()))
    ]
    whole = {found[1] for text in texts if (found := VARIABLE.fullmatch(text))}
    return {
        name: ADDRESSES[engine] if name in whole else f"word-of-{name.lower().replace('_', '-')}"
        for name in secrets(config)
    }


def _test(operation: Operation, query: Mapping[str, Any], engine: str, seeds: Seeds) -> dict[str, Any]:
    given = {name: seeds.argument(operation, name) for name in operation.analysis.parameters}
    row = _row(operation)
    return {
        "name": query["name"],
        "constant": query["constant"],
        "returns": operation.returns,
        "statement": query["statement"],
        "arguments": _arguments(operation, given),
        "sent": _sent(operation, given),
        "raw": _tuple(
            sql_values.python(sql_values.raw(v, k, engine))
            for v, k in zip(row, column_types(operation), strict=True)
        ),
        "expected": _expected(operation, row),
        "safe": query["safe"],
        "reads": query["reads"],
        "tables": seeds.tables(operation),
        "certain": seeds.certain(operation),
        "kind": _kind(operation),
        "model": isinstance(operation.row, Model),
        "models": query["models"],
    }


def _row(operation: Operation) -> list[Any]:
    if isinstance(operation.row, Model):
        return [sql_values.value(kind, column) for _, column, kind, _ in operation.row.fields]
    return (
        [sql_values.value(operation.row, operation.analysis.rows[0].name)]
        if isinstance(operation.row, Type)
        else []
    )


def _arguments(operation: Operation, given: Mapping[str, Any]) -> str:
    if operation.returns == "batch":
        return f"[{_model(operation, given)}]"
    parts = []
    for name, value in given.items():
        keyed = name in operation.analysis.defaults or len(given) > SCALAR_LIMIT
        text = sql_values.python(value)
        parts.append(f"{operation.pythons[name]}={text}" if keyed else text)
    return ", ".join(parts)


def _model(operation: Operation, given: Mapping[str, Any]) -> str:
    inner = ", ".join(
        f"{operation.pythons[name]}={sql_values.python(value)}" for name, value in given.items()
    )
    return f"{operation.values.name if operation.values else ''}({inner})"


def _sent(operation: Operation, given: Mapping[str, Any]) -> str:
    if operation.returns == "batch":
        return f"rows=[{_tuple(map(sql_values.python, given.values()))}]"
    pairs = [f'"{operation.pythons[name]}": {sql_values.python(value)}' for name, value in given.items()]
    return "{" + ", ".join(pairs) + "}"


def _tuple(parts: Any) -> str:
    inner = list(parts)
    return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"


def _expected(operation: Operation, row: Sequence[Any]) -> str:
    texts = [sql_values.python(value) for value in row]
    if isinstance(operation.row, Model):
        inner = ", ".join(f"{f[0]}={text}" for f, text in zip(operation.row.fields, texts, strict=True))
        return f"{operation.row.name}({inner})"
    return texts[0] if texts else "None"


def _kind(operation: Operation) -> str:
    """The type of one row, as tests check it."""
    if isinstance(operation.row, Model):
        return operation.row.name
    return annotation(operation.row) if isinstance(operation.row, Type) else "None"


def _ddl(entry: Mapping[str, Any], engine: str) -> list[str]:
    """The schema as the literals of a tuple, in the driver's paramstyle."""
    dialect = DIALECTS[engine]
    found = [one.text for text in schema_texts(entry).values() for one in statements(text, dialect)]
    doubled = [text.replace("%", "%%") if engine in ("postgresql", "mysql") else text for text in found]
    return [sql_text.literal(text, engine) for text in doubled]


def _prepared(operation: Operation, query: Mapping[str, Any]) -> dict[str, Any]:
    kinds = list(operation.analysis.parameters.values())
    return {
        "name": query["name"],
        "statement": sql_text.literal(
            prepared(operation.analysis.text, operation.analysis.parameters), "postgresql"
        ),
        "parameters": _tuple(map(base, kinds)),
        "columns": _tuple(map(base, (out.type for out in operation.analysis.rows)))
        if operation.row is not None
        else "()",
    }


def base(kind: Type) -> str:
    """The Python class that stands for a type, whatever NULL and labels say."""
    if kind.kind == "array":
        return "list"
    return {"json": "object", "any": "object", "unknown": "object"}.get(kind.kind) or (
        "str" if kind.kind == "enum" else annotation(kind.null(False))
    )


def _imports(tests: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({name for test in tests for name in test["models"]})


def examples(package: Package, queries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A few queries worth showing: one row, several, a stream, a write."""
    seeds = Seeds(package.catalogue, package.engine)
    found: dict[str, dict[str, Any]] = {}
    pairs = list(zip(package.operations, queries, strict=True))
    for returns in ("one", "many", "stream", "exec", "batch"):
        for operation, query in pairs:
            if operation.returns == returns:
                test = _test(operation, query, package.engine, seeds)
                found[query["name"]] = {**test, "call": query["name"], "summary": query["doc"]["summary"]}
                break
    return list(found.values())
