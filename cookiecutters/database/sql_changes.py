"""What INSERT, UPDATE and DELETE take and give back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .sql_nodes import parameter_of
from .sql_schema import Column, Table
from .sql_scope import Out, Scope, by_name, mend, table_source
from .sql_types import UNKNOWN, Type, fits

if TYPE_CHECKING:
    from .sql_rows import Rows


class Changes:
    """Reads one changing statement."""

    def __init__(self, rows: Rows, outer: Scope | None = None) -> None:
        self.rows, self.my = rows, rows.my
        self.outer = outer
        self.table = ""
        self.optional: set[str] = set()  # parameters of columns that may be NULL
        self.sets: set[str] = set()  # parameters that are the new values of an UPDATE
        self.placed: list[str] = []  # the parameters that are all of a plain INSERT's values
        self.copies: tuple[str, ...] = ()

    def read(self, node: Any) -> list[Out]:
        """What the statement returns."""
        scope = Scope(self.rows.catalogue, outer=self.outer)
        self.rows.with_(node, scope)
        return {"insert": self._insert, "update": self._update, "delete": self._delete}[node.key](node, scope)

    def _insert(self, node: Any, scope: Scope) -> list[Out]:
        target = node.this
        told = target.expressions if target.key == "schema" else []
        place = target.this if target.key == "schema" else target
        table = self._target(place, scope)
        names = [one.name.lower() for one in told]
        columns = self._columns(table, told)
        if table is not None and not names:
            columns = [column for column in table.columns.values() if not column.computed]
        self._values(node, scope, columns if table is not None else None, len(names))
        if table is not None and names and node.expression is not None:
            self._missing(table, names, node.this)
        self._conflict(node, scope, table)
        if (
            not node.args.get("conflict")
            and not node.args.get("returning")
            and not node.args.get("alternative")
        ):
            self._copied(node, table, columns)
        return self._returning(node, scope)

    def _copied(self, node: Any, table: Table | None, columns: Sequence[Column | None]) -> None:
        values = node.expression
        if table is None or values is None or values.key != "values" or len(values.expressions) != 1:
            return
        names = [parameter_of(value) for value in values.expressions[0].expressions]
        if all(names) and len(set(names)) == len(names) == len(columns):
            self.placed = names
            self.copies = tuple(column.name for column in columns if column is not None)

    def _target(self, node: Any, scope: Scope) -> Table | None:
        self.rows.table(node, scope)
        table = self.rows.catalogue.table(node.name)
        self.table = ".".join(
            part for part in (node.args["db"].name if node.args.get("db") else "", node.name) if part
        )
        if table is not None and table.view:
            self.my.fault(f"{table.name} is a view. Change the table behind it.", node)
        return table

    def _columns(self, table: Table | None, told: Sequence[Any]) -> list[Column | None]:
        found: list[Column | None] = []
        seen: set[str] = set()
        for one in told:
            column = table.columns.get(one.name.lower()) if table else None
            if table is not None and column is None:
                names = [c.name for c in table.columns.values()]
                hint = mend(one.name, names, f"It has {', '.join(names[:12])}.")
                self.my.fault(f"{table.name} has no column {one.name!r}. {hint}", one)
            if one.name.lower() in seen:
                self.my.fault(f"column {one.name!r} stands twice. Remove one.", one)
            if column is not None and column.computed:
                self.my.fault(f"the database makes {column.name!r} itself. Leave it out.", one)
            seen.add(one.name.lower())
            found.append(column)
        return found

    def _values(self, node: Any, scope: Scope, columns: Sequence[Column | None] | None, named: int) -> None:
        values = node.expression
        if values is None:
            return
        if values.key == "values":
            for row in values.expressions:
                self._row(row, scope, columns, named)
            return
        outs = self._selected(values, scope, columns)
        if columns is not None and len(outs) != len(columns):
            self._count(len(columns), len(outs), node.this)
        for column, out in zip(columns or (), outs, strict=False):
            if column is not None and not fits(column.type, out.type):
                given = f"{out.name or 'its value'} is {out.type.kind}"
                said = f"{given}, and column {column.name!r} {column.type.kind}. Cast it."
                self.my.fault(said, values)

    def _selected(self, values: Any, scope: Scope, columns: Sequence[Column | None] | None) -> list[Out]:
        """The rows of INSERT … SELECT; its bare parameters are of the columns' types."""
        for column, part in zip(
            columns or (), values.expressions if values.key == "select" else (), strict=False
        ):
            inner = part.this if part.key == "alias" else part
            if (name := parameter_of(inner)) and column is not None:
                self._given(name, column)
        return self.rows.select(values, Scope(self.rows.catalogue, outer=scope.outer, tables=scope.tables))

    def _row(self, row: Any, scope: Scope, columns: Sequence[Column | None] | None, named: int) -> None:
        parts = row.expressions if row.key == "tuple" else [row]
        if columns is not None and len(parts) != len(columns):
            self._count(len(columns), len(parts), row)
        if columns is None:
            columns = [None] * len(parts)
        for column, value in zip(columns, parts, strict=False):
            self._value(column, value, Scope(self.rows.catalogue, outer=scope.outer, tables=scope.tables))

    def _count(self, columns: int, values: int, node: Any) -> None:
        self.my.fault(f"there are {columns} columns and {values} values. Give each column one value.", node)

    def _value(self, column: Column | None, value: Any, scope: Scope, *, optional: bool = True) -> None:
        name = parameter_of(value)
        if name and column is not None:
            self._given(name, column, optional=optional)
        elif value.key not in ("default", "var") and not (
            value.key == "column" and value.name.upper() == "DEFAULT"
        ):
            kind = self.my.infer(value, scope, column.type if column else UNKNOWN)
            if column is not None:
                self._fits(column, kind, value)

    def _given(self, name: str, column: Column, *, optional: bool = True) -> None:
        self.my.parameter(name, column.type, column.name)
        if not optional:
            self.sets.add(name)
        elif column.type.nullable:
            self.optional.add(name)

    def _fits(self, column: Column, kind: Type, value: Any) -> None:
        if kind.kind == "null" and not column.type.nullable:
            self.my.fault(f"column {column.name!r} is NOT NULL. Give it a value.", value)
        loose = kind.kind == "text" and value.key == "literal"  # the database reads literals as what it needs
        if not loose and not fits(column.type, kind):
            self.my.fault(
                f"column {column.name!r} is {column.type.kind}, and the value {kind.kind}. Cast it.", value
            )

    def _missing(self, table: Table, names: Sequence[str], node: Any) -> None:
        absent = [
            c.name
            for k, c in table.columns.items()
            if k not in names and not c.default and not c.type.nullable
        ]
        if absent:
            said = f"{table.name}.{absent[0]} is NOT NULL without a default. Add it to the columns."
            self.my.fault(said, node.this if node.key == "schema" else node)

    def _conflict(self, node: Any, scope: Scope, table: Table | None) -> None:
        conflict = node.args.get("conflict")
        if conflict is None:
            return
        for key in conflict.args.get("conflict_keys") or ():
            self.my.infer(key, scope)
        inner = Scope(
            self.rows.catalogue, outer=scope.outer, sources=list(scope.sources), tables=scope.tables
        )
        name = next((source.alias for source in scope.sources), "")
        excluded = table_source(self.rows.catalogue, table.name if table else name, "excluded")
        if excluded is not None:
            excluded.open = False
            inner.add(excluded)
        inner.merged |= set(table.columns) if table else set()
        self._sets(conflict.expressions, inner, table)
        if conflict.args.get("where") is not None:
            self.my.infer(conflict.args["where"], inner)

    def _sets(self, parts: Sequence[Any], scope: Scope, table: Table | None) -> None:
        for part in parts:
            if part.key != "eq":
                self.my.infer(part, scope)
                continue
            targets = part.this.expressions if part.this.key == "tuple" else [part.this]
            values = part.expression.expressions if part.expression.key == "tuple" else [part.expression]
            if len(targets) != len(values):
                self.my.infer(
                    part.expression, scope
                ) if part.expression.key != "subquery" else self.rows.inner(part.expression, scope)
                continue
            for column, value in zip(self._columns(table, targets), values, strict=True):
                self._value(column, value, scope, optional=False)

    def _update(self, node: Any, scope: Scope) -> list[Out]:
        table = self._target(node.this, scope)
        for join in node.this.args.get("joins") or ():
            self.rows._join(join, scope)
        self.rows.sources(
            node.args.get("from_") or node.args.get("from"), node.args.get("joins") or (), scope
        )
        self._sets(node.expressions, scope, table)
        return self._rest(node, scope)

    def _delete(self, node: Any, scope: Scope) -> list[Out]:
        if node.this is not None:
            self._target(node.this, scope)
        for used in node.args.get("using") or ():
            self.rows.source(used, scope)
        return self._rest(node, scope)

    def _rest(self, node: Any, scope: Scope) -> list[Out]:
        for key in ("where", "order"):
            if node.args.get(key) is not None:
                self.my.infer(node.args[key], scope)
        limit = node.args.get("limit")
        if limit is not None and limit.expression is not None:
            self.my.infer(limit.expression, scope, Type("integer", name="bigint"))
        return self._returning(node, scope)

    def _returning(self, node: Any, scope: Scope) -> list[Out]:
        told = node.args.get("returning")
        outs: list[Out] = []
        if self.my.dialect in ("sqlite", "duckdb"):  # which show the changed table alone
            scope = replace(scope, sources=scope.sources[:1])
        for part in told.expressions if told is not None else ():
            outs += self.rows.out(part, scope, len(outs))
        return outs


def columns_of(outs: Sequence[Out]) -> dict[str, Out]:
    """Rows by name."""
    return by_name(outs)
