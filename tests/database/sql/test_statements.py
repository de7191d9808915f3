"""What a driver is given: the user's own words, parameters in its style, values bound whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Module = Callable[[str], Any]

STYLES = [
    ("postgresql", "%(id)s"),
    ("mysql", "%(id)s"),
    ("sqlite", ":id"),
    ("duckdb", "$id"),
]
WRITTEN = [":id", "@id", "%(id)s", "sqlc.arg(id)", "sqlc.arg('id')"]
LISTS = [
    ("postgresql", "id = ANY(%(ids)s)", "id <> ALL(%(ids)s)"),
    ("duckdb", "id IN (SELECT unnest($ids))", "id NOT IN (SELECT unnest($ids))"),
    ("sqlite", "id IN (SELECT value FROM json_each(:ids))", "id NOT IN (SELECT value FROM json_each(:ids))"),
]


@pytest.fixture(scope="session")
def sent(module: Module) -> Callable[[str, str], str]:
    """The statement that the driver of an engine is given."""
    texts = module("sql_statement")

    def statement(sql: str, engine: str) -> str:
        text = texts.read(sql, engine)
        found: str = texts.statement(text, engine, {}, {name: name for name in text.names})
        return found

    return statement


@pytest.mark.parametrize(("engine", "style"), STYLES)
@pytest.mark.parametrize("written", WRITTEN)
def test_parameters_of_every_style_become_the_drivers(
    sent: Any, engine: str, style: str, written: str
) -> None:
    assert sent(f"SELECT a FROM b WHERE id = {written}", engine) == f"SELECT a FROM b WHERE id = {style}"


@pytest.mark.parametrize(("engine", "among", "not_among"), LISTS)
def test_a_list_is_one_bound_value(sent: Any, engine: str, among: str, not_among: str) -> None:
    assert sent("SELECT a FROM b WHERE id IN (:ids)", engine) == f"SELECT a FROM b WHERE {among}"
    assert (
        sent("SELECT a FROM b WHERE id NOT IN ( :ids )", engine)
        .replace("( ", "(")
        .replace(" )", ")")
        .endswith(not_among)
    )


def test_percent_signs_are_doubled_where_they_mean_something(sent: Any) -> None:
    for engine, kept in (("postgresql", "'a%%'"), ("mysql", "'a%%'"), ("sqlite", "'a%'"), ("duckdb", "'a%'")):
        assert sent("SELECT a FROM b WHERE c LIKE 'a%' AND d = :d", engine).count(kept) == 1


@pytest.mark.parametrize("engine", ["postgresql", "mysql", "sqlite", "duckdb"])
def test_what_looks_like_a_parameter_inside_texts_and_comments_stays(sent: Any, engine: str) -> None:
    text = "SELECT ':a' AS x /* :b */ FROM t -- @c\nWHERE y = 'it''s :d'"
    assert sent(text, engine) == text


def test_casts_and_slices_are_no_parameters(sent: Any) -> None:
    assert (
        sent("SELECT a::text, b[1:2], c FROM t WHERE d @> e", "postgresql")
        == "SELECT a::text, b[1:2], c FROM t WHERE d @> e"
    )


def test_a_literal_of_several_lines_reads_back_as_the_statement(module: Module) -> None:
    text = module("sql_text")
    statement = 'SELECT "a""b", \'\\d\' AS x\n      FROM t\n      WHERE """y""" = :y AND z = "end"'
    for given in (statement, "SELECT 1", f"SELECT {', '.join(f'column_{i}' for i in range(40))} FROM t"):
        literal = text.literal(given, "postgresql")
        value = eval(literal)  # the literal is ours, and a literal
        assert value.split() == given.split()


def test_long_lines_are_broken_outside_of_texts(module: Module) -> None:
    statement = "SELECT '" + "long " * 30 + "' AS text, " + ", ".join(f"c{i}" for i in range(40)) + " FROM t"
    laid = module("sql_text").laid_out(statement, "postgresql")
    assert "long " * 30 in laid
    assert laid.split() == statement.split()
    assert "\n" in laid
