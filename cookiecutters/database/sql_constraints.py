"""What the constraints of a column say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .sql_schema import Column


def constrained(column: Column, what: Any, dialect: str) -> Column:
    """The column under one more constraint; those of several columns change nothing."""
    from sqlglot import exp

    if isinstance(what, exp.NotNullColumnConstraint):
        return replace(column, type=column.type.null(bool(what.args.get("allow_null"))))
    if isinstance(what, exp.PrimaryKeyColumnConstraint):
        rowid = dialect == "sqlite" and column.type.kind == "integer"
        return replace(column, type=column.type.null(False), default=column.default or rowid)
    if isinstance(what, exp.GeneratedAsIdentityColumnConstraint):
        always = bool(what.args.get("this"))
        return replace(column, type=column.type.null(False), default=True, computed=always)
    if isinstance(what, (exp.ComputedColumnConstraint, exp.GeneratedAsRowColumnConstraint)):
        return replace(column, default=True, computed=True)
    if isinstance(what, (exp.DefaultColumnConstraint, exp.AutoIncrementColumnConstraint)):
        return replace(column, default=True)
    if isinstance(what, exp.CommentColumnConstraint):
        return replace(column, comment=what.this.name)
    return column
