"""What functions and operators return in each dialect, and what their arguments are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .sql_function_tables import AGGREGATES, ALIKE, FIRST, FLOOR, NEVER_NULL, NOW, NULLABLE, RETURNING
from .sql_types import (
    ANY,
    BIGINT,
    BOOLEAN,
    DATE,
    DECIMAL,
    FLOAT,
    INTEGER,
    INTERVAL,
    MOMENTS,
    NUMBERS,
    TEXT,
    TIMESTAMP,
    TIMESTAMPTZ,
    UNKNOWN,
    Type,
    merged,
)

if TYPE_CHECKING:
    from .sql_infer import Inference
    from .sql_scope import Scope


def is_function(node: Any) -> bool:
    """Is it a call of a function, by a name that the parser knows or not?"""
    from sqlglot import exp

    return isinstance(node, (exp.Func, exp.AggFunc, exp.Anonymous)) or node.key in RETURNING


def name_of(node: Any) -> str:
    """The lower-case name that tables here use."""
    return str(node.this).lower() if node.key == "anonymous" else str(node.key)


def arguments(node: Any) -> list[Any]:
    """Everything that a function is given."""
    if node.key == "anonymous":
        return list(node.expressions)
    return [part for part in node.iter_expressions() if part.key not in ("var", "datatype", "identifier")]


def call(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    """The type of a function's result."""
    name, parts = name_of(node), arguments(node)
    if name == "count":
        for part in parts:
            my.infer(part, scope)
        return BIGINT
    if name in ("sum", "avg"):
        return _total(my, name, parts, scope)
    if name in ("groupconcat", "stringagg", "string_agg", "group_concat"):
        _each(my, parts, scope, TEXT)
        return TEXT.null()
    if name in ("arrayagg", "array_agg", "list"):
        inner = my.infer(parts[0], scope) if parts else ANY
        return Type("array", not scope.grouped, item=inner)
    if name in ("logicalor", "logicaland", "bool_or", "bool_and", "every"):
        _each(my, parts, scope, BOOLEAN)
        return BOOLEAN.null(not scope.grouped)
    if name in ALIKE:
        return alike(my, parts, scope, want)
    if name in NOW:
        return TIMESTAMPTZ if my.dialect in ("postgres", "duckdb") else TIMESTAMP
    return _plain(my, node, name, parts, scope, want)


def _plain(my: Inference, node: Any, name: str, parts: Sequence[Any], scope: Scope, want: Type) -> Type:
    if name in (
        "timestamptrunc",
        "datetrunc",
        "date_trunc",
        "unnest",
        "explode",
        "generate_series",
        "exploding",
    ):
        found = [my.infer(part, scope, TEXT if part.key == "placeholder" else UNKNOWN) for part in parts]
        moments = [
            one for one in found if one.kind in ("date", "timestamp", "timestamptz", "array", "integer")
        ]
        inner = moments[0] if moments else UNKNOWN
        return (inner.item or ANY) if inner.kind == "array" else inner
    expected = (
        TEXT
        if RETURNING.get(name) is TEXT or name in ("length", "instr")
        else want
        if name in FIRST
        else UNKNOWN
    )
    types = _each(my, parts, scope, expected)
    nullable = any(one.nullable for one in types)
    if name in FIRST and types:
        empty = name in ("min", "max", "anyvalue", "any_value") and not scope.grouped
        return types[0].null(nullable or empty or name in NULLABLE)
    if name in FLOOR and types:
        return _rounded(name, types, my.dialect).null(nullable)
    if name == "extract":
        return (DECIMAL if my.dialect == "postgres" else INTEGER).null(nullable)
    if name in RETURNING:
        empty = name in AGGREGATES and not scope.grouped
        return RETURNING[name].null(empty or (nullable and name not in NEVER_NULL))
    return _annotated(my, node, nullable)


def _annotated(my: Inference, node: Any, nullable: bool) -> Type:
    """What the parser knows of its functions; their arguments were looked at."""
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.annotate_types import annotate_types

    from .sql_types import of_ddl

    try:
        told = annotate_types(node.copy(), dialect=my.dialect).type
    except (SqlglotError, AttributeError, TypeError, ValueError, KeyError):
        return UNKNOWN
    if told is None or getattr(told.this, "name", "") in ("UNKNOWN", "USERDEFINED", "NULL"):
        return UNKNOWN
    return of_ddl(told, my.catalogue.types, my.dialect).null(nullable)


def _each(my: Inference, parts: Sequence[Any], scope: Scope, want: Type) -> list[Type]:
    return [my.infer(part, scope, want) for part in parts] or [UNKNOWN]


def _rounded(name: str, types: Sequence[Type], dialect: str) -> Type:
    kind = types[0]
    if dialect == "sqlite" and kind.kind in NUMBERS:
        return FLOAT if name == "round" and kind.kind != "decimal" else kind
    return kind


def _total(my: Inference, name: str, parts: Sequence[Any], scope: Scope) -> Type:
    kind = my.infer(parts[0], scope) if parts else UNKNOWN
    return summed(name, kind, my.dialect).null(kind.nullable or not scope.grouped)


def summed(name: str, kind: Type, dialect: str) -> Type:
    """What SUM and AVG of values of a type are."""
    if kind.kind in ("interval", "decimal", "float"):
        return FLOAT if kind.kind == "decimal" and name == "avg" and dialect in ("duckdb", "sqlite") else kind
    if name == "avg":
        return {"postgres": DECIMAL, "mysql": DECIMAL}.get(dialect, FLOAT)
    if dialect == "mysql" or (dialect == "postgres" and kind.name == "bigint"):
        return DECIMAL
    return BIGINT if kind.kind in ("integer", "boolean") else kind


def arithmetic(key: str, left: Type, right: Type, dialect: str) -> Type:
    """What an operator makes of two values."""
    nullable = left.nullable or right.nullable or (key in ("div", "mod") and dialect in ("mysql", "sqlite"))
    return _operated(key, left, right, dialect).null(nullable)


def _operated(key: str, left: Type, right: Type, dialect: str) -> Type:
    kinds = (left.kind, right.kind)
    if left.kind in MOMENTS and right.kind in MOMENTS and key == "sub":
        days = dialect in ("postgres", "duckdb") and left.kind == right.kind == "date"
        return INTEGER if days else INTERVAL
    if "interval" in kinds:
        other = right if left.kind == "interval" else left
        if other.kind == "date":
            return TIMESTAMP if dialect in ("postgres", "duckdb") else DATE
        return INTERVAL if other.kind in (*NUMBERS, "interval", "unknown") else other
    if left.kind in ("date", "timestamp", "timestamptz") and right.kind == "integer":
        return left
    if key == "div" and kinds == ("integer", "integer"):
        return {"mysql": DECIMAL, "duckdb": FLOAT}.get(dialect, INTEGER)
    if kinds[0] in NUMBERS and kinds[1] in NUMBERS:
        names = {left.name, right.name}
        return (
            BIGINT
            if kinds == ("integer", "integer") and "bigint" in names
            else merged((left, right)) or UNKNOWN
        )
    return next((one for one in (left, right) if one.kind not in ("unknown", "null")), UNKNOWN)


def alike(my: Inference, parts: Sequence[Any], scope: Scope, want: Type) -> Type:
    """The one type of values that stand for each other: of CASE, COALESCE, GREATEST."""
    from .sql_nodes import parameter_of

    known = [my.infer(part, scope, want) for part in parts if not parameter_of(part)]
    found = merged(known)
    if found is None:
        kinds = " and ".join(dict.fromkeys(one.kind for one in known))
        return my.fault(f"{kinds} cannot stand for each other. Cast them to one type.", parts[0])
    inner = found if found.kind not in ("unknown", "null") else want
    for part in parts:
        if name := parameter_of(part):
            my.parameter(name, inner.null(False))
    return inner.null(found.nullable)


def known(my: Inference, part: Any, scope: Scope) -> Type:
    """The type of a part that was looked at before: its parameters and faults are not noted again."""
    from dataclasses import replace

    quiet = replace(my, met={}, faults=[])
    return quiet.infer(part, scope)
