"""Reading SQL text: statements, comments, annotations, migrations."""

from __future__ import annotations

import pytest

from generator.specs import sql


def texts(text: str, dialect: str = "postgres") -> list[str]:
    return [one.text for one in sql.statements(text, dialect)]


@pytest.mark.parametrize(
    ("text", "dialect", "count"),
    [
        ("SELECT 1; SELECT 2;", "postgres", 2),
        ("SELECT ';'; SELECT \";\" FROM a", "postgres", 2),
        ("SELECT 1 -- ;\n; SELECT 2 /* ; */", "postgres", 2),
        (
            "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; SELECT 2; $$ LANGUAGE sql; SELECT 3",
            "postgres",
            2,
        ),
        ("SELECT $a$ ; $b$ ; $a$; SELECT 2", "postgres", 2),
        ("SELECT E'\\';'; SELECT 2", "postgres", 2),
        ("SELECT 'a\\';b'; SELECT 2", "mysql", 2),
        ("SELECT `;`; # ;\nSELECT 2", "mysql", 2),
        ("SELECT [;]; SELECT 2", "sqlite", 2),
        ("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; SELECT 2; END; SELECT 3", "sqlite", 2),
        ("-- only a comment", "postgres", 0),
        (";;;", "postgres", 0),
        ("SELECT 'never closed", "postgres", 1),
    ],
)
def test_statements_end_at_semicolons_that_end_statements(text: str, dialect: str, count: int) -> None:
    assert len(texts(text, dialect)) == count


def test_a_statement_knows_where_it_begins() -> None:
    text = "-- first\nSELECT 1;\n\n  SELECT 2"
    assert [text[one.offset :].startswith(one.text) for one in sql.statements(text, "postgres")] == [
        True,
        True,
    ]
    assert sql.place(text, sql.statements(text, "postgres")[1].offset) == (4, 3)


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("-- name: get_order :one", "get_order", "one"),
        ("--name:get_order:many", "get_order", "many"),
        ("/* name: get_order :exec */", "get_order", "exec"),
        ("-- name: get_order :execrows", "get_order", "execrows"),
        ("-- name: get_order", "get_order", ""),
        ("-- name: get_order^", "get_order", "one"),
        ("-- name: get_order!", "get_order", "exec"),
        ("-- name: get_order*!", "get_order", "batch"),
        ("-- name: get_order<!", "get_order", "one"),
    ],
)
def test_annotations_of_sqlc_and_aiosql_are_read(line: str, name: str, kind: str) -> None:
    [found] = sql.annotated(f"{line}\n-- What it does,\n-- in words.\nSELECT 1;\n", "postgres")
    assert (found.name, found.kind, found.summary) == (name, kind, "What it does, in words.")
    assert [one.text for one in found.statements] == ["SELECT 1"]


@pytest.mark.parametrize(
    "text",
    [
        "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n",
        "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n",
        "CREATE TABLE a (id int);\n",
    ],
)
def test_only_what_goes_up_counts(text: str) -> None:
    up = sql.upward(text)
    assert texts(up) == ["CREATE TABLE a (id int)"]
    assert len(up) == len(text)


def test_migrations_run_in_the_order_of_their_numbers() -> None:
    names = ["m/R__views.sql", "m/V10__c.sql", "m/V2__b.sql", "m/V1__a.sql"]
    assert sorted(names, key=sql.in_order) == ["m/V1__a.sql", "m/V2__b.sql", "m/V10__c.sql", "m/R__views.sql"]
    assert [sql.goes_up(name) for name in ("1_a.up.sql", "1_a.down.sql", "U1__a.sql", "updates.sql")] == [
        True,
        False,
        False,
        True,
    ]


def test_parameters_are_found_and_nothing_else() -> None:
    text = "SELECT :a, @b, %(c)s, $1, x::int, ':no', y[1:2], sqlc.narg('d') /* :no */ FROM t WHERE z @> w"
    found = [(one.name, one.mark) for one in sql.tokens(text, "postgres") if one.kind == "parameter"]
    assert found == [("a", ""), ("b", ""), ("c", ""), ("1", ""), ("d", "narg")]
