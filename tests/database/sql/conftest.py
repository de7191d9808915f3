"""The SQL part of the database pattern, as the generator imports it, and schemas that the tests share."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generator.patterns import catalog

CHECKOUT = Path(__file__).resolve().parents[3]
SHOP = {
    "postgresql": """
        CREATE TYPE state AS ENUM ('open', 'paid');
        CREATE TABLE customers (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, email varchar(80) UNIQUE,
            born date, active boolean NOT NULL DEFAULT true
        );
        CREATE TABLE orders (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            customer_id bigint NOT NULL REFERENCES customers (id),
            state state NOT NULL DEFAULT 'open', total numeric(10, 2) NOT NULL, weight double precision,
            note text, tags text[] NOT NULL DEFAULT '{}', extra jsonb, picture bytea, waits interval,
            pieces integer NOT NULL DEFAULT 1, placed_at timestamptz NOT NULL DEFAULT now(), due timestamp
        );
        CREATE VIEW big_orders AS SELECT id, total FROM orders WHERE total > 100;
    """,
    "mysql": """
        CREATE TABLE customers (
            id bigint unsigned NOT NULL AUTO_INCREMENT, name varchar(80) NOT NULL, email varchar(80),
            born date, active tinyint(1) NOT NULL DEFAULT 1, PRIMARY KEY (id), UNIQUE KEY (email)
        );
        CREATE TABLE orders (
            id int NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id bigint unsigned NOT NULL,
            state enum('open', 'paid') NOT NULL DEFAULT 'open', total decimal(10, 2) NOT NULL, weight double,
            note text, extra json, picture blob, waits time, pieces int NOT NULL DEFAULT 1,
            placed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, due datetime,
            FOREIGN KEY (customer_id) REFERENCES customers (id)
        );
    """,
    "sqlite": """
        CREATE TABLE customers (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, born DATE,
            active BOOLEAN NOT NULL DEFAULT 1
        );
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid')), total NUMERIC NOT NULL,
            weight REAL, note TEXT, extra JSON, picture BLOB, pieces INTEGER NOT NULL DEFAULT 1,
            placed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, due DATETIME
        );
    """,
    "duckdb": """
        CREATE TYPE state AS ENUM ('open', 'paid');
        CREATE TABLE customers (
            id BIGINT PRIMARY KEY, name VARCHAR NOT NULL, email VARCHAR UNIQUE, born DATE,
            active BOOLEAN NOT NULL DEFAULT true
        );
        CREATE TABLE orders (
            id UUID PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customers (id),
            state state NOT NULL DEFAULT 'open', total DECIMAL(10, 2) NOT NULL, weight DOUBLE, note VARCHAR,
            tags VARCHAR[], extra JSON, picture BLOB, waits INTERVAL, pieces INTEGER NOT NULL DEFAULT 1,
            placed_at TIMESTAMPTZ NOT NULL DEFAULT now(), due TIMESTAMP
        );
    """,
}

Module = Callable[[str], ModuleType]


@pytest.fixture(scope="session")
def module() -> Module:
    """A module of the pattern by its name."""
    package = catalog(CHECKOUT).pattern("database").folder.code.__package__
    return lambda name: import_module(f"{package}.{name}")


@pytest.fixture(scope="session")
def analysed(module: Module) -> Callable[..., Any]:
    """Understand a statement against the shop of an engine."""
    query, ddl = module("sql_query"), module("sql_ddl")
    dialects = module("sql_statement").DIALECTS

    def understand(sql: str, engine: str = "postgresql", schema: str | None = None) -> Any:
        dialect = dialects[engine]
        texts = {"": SHOP[engine] if schema is None else schema}
        found, faults = ddl.catalogue(
            texts, dialect, lambda tree, known: query.view_rows(tree, known, dialect)
        )
        assert not faults
        return query.analyse(sql, engine, found, {})

    return understand


@pytest.fixture(scope="session")
def typed(
    analysed: Callable[..., Any], module: Module
) -> Callable[..., tuple[dict[str, str], dict[str, str]]]:
    """The Python types of a statement's parameters and of its columns."""
    annotation = module("sql_types").annotation

    def types(sql: str, engine: str = "postgresql") -> tuple[dict[str, str], dict[str, str]]:
        found = analysed(sql, engine)
        assert [fault.message for fault in found.faults] == []
        parameters = {name: annotation(kind) for name, kind in found.parameters.items()}
        return parameters, {out.name: annotation(out.type) for out in found.rows}

    return types


@pytest.fixture(scope="session")
def complaints(module: Module) -> Callable[..., list[tuple[tuple[Any, ...], str]]]:
    """What is wrong with an entry: pointers and messages."""

    def told(requirements: dict[str, Any], variant: str = "postgresql", **more: Any) -> list[Any]:
        entry = {"name": "shop", "service": "Shop", "variant": variant, "environments": {}, **more}
        if isinstance(requirements.get("queries"), dict):
            requirements = {"schema": SHOP[variant], **requirements}
        found = module("sql_family").check({**entry, "requirements": requirements})
        return [(one.pointer, one.message) for one in found]

    return told
