"""The rows that tests find in the real database: one a table, in the order of foreign keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import sql_values
from .sql_package import Operation
from .sql_schema import Catalogue, Column, Table
from .sql_types import Type, merged


class Seeds:
    """One believable row for each table; a column of a name has one value everywhere."""

    def __init__(self, catalogue: Catalogue, engine: str) -> None:
        self.catalogue, self.engine = catalogue, engine
        self.order = list(self._ordered())

    def _ordered(self) -> Iterator[Table]:
        done: set[str] = set()
        tables = [table for table in self.catalogue.tables.values() if not table.view]
        while tables:
            ready = [
                t for t in tables if all(f.table in done or f.table == t.name.lower() for f in t.foreign)
            ]
            for table in ready or tables[:1]:
                done.add(table.name.lower())
                tables.remove(table)
                yield table

    def value(self, table: Table, column: Column, turn: int = 1) -> Any:
        """What stands in a column: of a foreign key what it points to."""
        for foreign in table.foreign:
            if foreign.columns == (column.name.lower(),) and (target := self.catalogue.table(foreign.table)):
                key = foreign.targets[0] if foreign.targets else (target.primary or ("id",))[0]
                other = target.columns.get(key)
                if other is not None and target is not table:
                    return self.value(target, other)
                return None if column.type.nullable else 1
        if table.primary == (column.name.lower(),) and column.type.kind == "integer":
            return turn
        if column.type.kind == "any" and column.type.nullable:
            return None
        return sql_values.value(column.type, column.name, turn)

    def inserts(self) -> list[dict[str, str]]:
        """One INSERT a table, as Python literals, tables in the order in which they can be filled."""
        return [
            {"table": table.name.lower(), "sql": self._insert(table)} for table in self.order if table.columns
        ]

    def _insert(self, table: Table, turn: int = 1) -> str:
        from .sql_text import literal

        columns = [column for key, column in table.columns.items() if not self._made(table, key, column)]
        values = ", ".join(
            sql_values.literal(self.value(table, column, turn), self.engine) for column in columns
        )
        mark = "`" if self.engine == "mysql" else '"'
        names = ", ".join(f"{mark}{column.name}{mark}" for column in columns)
        text = " ".join(["INSERT INTO", f"{mark}{table.name}{mark} ({names})", f"VALUES ({values})"])
        if not columns:
            text = f"INSERT INTO {mark}{table.name}{mark} DEFAULT VALUES"
        return literal(
            text.replace("%", "%%") if self.engine in ("postgresql", "mysql") else text, self.engine
        )

    def _made(self, table: Table, key: str, column: Column) -> bool:
        """Does the database make it: an id that counts, a computed column?"""
        return column.computed or (
            column.default and table.primary == (key,) and column.type.kind == "integer"
        )

    def conflicting(self) -> str:
        """A table whose row cannot be there twice, or ""."""
        for table in self.order:
            keys = [k for k in (table.primary, *table.unique) if k]
            if any(
                all(not self._made(table, part, table.columns[part]) for part in key if part in table.columns)
                for key in keys
            ):
                return table.name.lower()
        return ""

    def tables(self, operation: Operation) -> list[str]:
        """The tables that a query touches, and those that their foreign keys need."""
        words = {token.lower() for token in _words(operation.told["sql"])}
        wanted = {table.name.lower() for table in self.order if table.name.lower() in words}
        for view in (table for table in self.catalogue.tables.values() if table.view):
            if view.name.lower() in words:
                wanted |= {table.name.lower() for table in self.order}
        if operation.analysis.kind == "delete":
            wanted &= {operation.analysis.table.lower().rpartition(".")[2]} | wanted
        for table in reversed(self.order):
            if table.name.lower() in wanted:
                wanted |= {foreign.table for foreign in table.foreign}
        return [table.name.lower() for table in self.order if table.name.lower() in wanted]

    def argument(self, operation: Operation, name: str) -> Any:
        """A value for a parameter: that of the column it is compared with, or a new one to be inserted."""
        kind = operation.analysis.parameters[name]
        target = self.catalogue.table(operation.analysis.table) if operation.analysis.table else None
        inserting = operation.analysis.kind == "insert"
        found = self._column(operation, name, target)
        if found is not None:
            table, column = found
            if merged((kind.item if kind.kind == "array" and kind.item else kind, column.type)) is not None:
                new = name in operation.analysis.sets or (inserting and table is target)
                value = self.value(table, column, 2 if new else 1)
                listed = kind.kind == "array" and column.type.kind != "array"
                return [value] if listed else value
        new = inserting or name in operation.analysis.sets
        return sql_values.value(kind.null(False), name, 2 if new else 1)

    def _column(self, operation: Operation, name: str, target: Table | None) -> tuple[Table, Column] | None:
        hint = (operation.analysis.hints.get(name) or name).lower()
        words = {token.lower() for token in _words(operation.told["sql"])}
        near = [t for t in self.order if t.name.lower() in words and t is not target]
        for table in [*([target] if target else []), *near]:
            if hint in table.columns:
                return table, table.columns[hint]
        return None

    def certain(self, operation: Operation) -> bool:
        """Is the row of the tests surely among the rows that the query gives?"""
        return (
            operation.analysis.plain and bool(self.tables(operation)) and operation.analysis.kind != "insert"
        )


def _words(text: str) -> list[str]:
    import re

    return re.findall(r"\w+", text)


def of_types(kinds: Mapping[str, Type]) -> dict[str, Any]:
    """One value for each of these."""
    return {name: sql_values.value(kind, name) for name, kind in kinds.items()}
