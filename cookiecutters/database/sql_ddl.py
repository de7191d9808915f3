"""The catalogue that DDL and migrations leave behind.

Statements that change no table (functions, grants, extensions, inserts) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from generator.specs.sql import statements

from .sql_constraints import constrained
from .sql_parsing import ParseFault, data_type, parse, plain
from .sql_schema import Catalogue, Column, Fault, Foreign, Table
from .sql_scope import Out
from .sql_types import TEXT, Type, of_ddl
from .sql_words import misnamed

Rows = Callable[[Any, Catalogue], Sequence[Out]]


class Reader:
    """Runs DDL, statement by statement; *rows* says what columns the SELECT of a view has."""

    def __init__(self, dialect: str, rows: Rows, words: str = "") -> None:
        self.dialect, self.rows, self.words = dialect, rows, words or dialect
        self.found = Catalogue()

    def read(self, text: str) -> Iterator[Fault]:
        """Take in one file."""
        for one in statements(text, self.dialect):
            try:
                for said, offset in self._statement(one.text):
                    yield Fault(said, one.offset + offset)
            except ParseFault as error:
                yield Fault(str(error), one.offset + max(0, error.offset))

    def _statement(self, text: str) -> Iterator[tuple[str, int]]:
        """Take in one statement; yields what its engine would refuse, and where."""
        if self._by_hand(text) or not re.match(r"(?i)\s*(create|alter|drop|comment)\b", text):
            return
        tree = parse(plain(text), self.dialect)
        self._run(tree)
        yield from misnamed(tree, self.words)

    def _run(self, tree: Any) -> None:
        from sqlglot import exp

        if isinstance(tree, exp.Create):
            self._create(tree)
        elif isinstance(tree, exp.Alter) and tree.args.get("kind") == "TABLE":
            table = self.found.table(_name(tree.this))
            for action in tree.args.get("actions") or ():
                if table is not None:
                    self._alter(table, action)
        elif isinstance(tree, exp.Drop):
            for one in [*tree.args.get("tables", ()), *([tree.this] if tree.this else [])]:
                self.found.tables.pop(_key(_name(one)), None)
        elif isinstance(tree, exp.Comment):
            self._comment(tree)

    def _by_hand(self, text: str) -> bool:
        """What the parser takes for a mere command."""
        enum = re.match(r"(?is)\s*create\s+type\s+([\w.\"]+)\s+as\s+enum\s*\((.*)\)\s*\Z", text)
        added = re.match(
            r"(?is)\s*alter\s+type\s+([\w.\"]+)\s+add\s+value\s+(?:if\s+not\s+exists\s+)?'((?:''|[^'])*)'",
            text,
        )
        domain = re.match(
            r"(?is)\s*create\s+domain\s+([\w.\"]+)\s+(?:as\s+)?(.*?)\s*(?:\bcheck\b.*|\bconstraint\b.*|\bdefault\b.*|\bnot\s+null\b.*)?\Z",
            text,
        )
        renamed = re.match(r"(?is)\s*rename\s+table\s+[`\"]?(\w+)[`\"]?\s+to\s+[`\"]?(\w+)[`\"]?\s*\Z", text)
        if enum:
            labels = tuple(one.replace("''", "'") for one in re.findall(r"'((?:''|[^'])*)'", enum[2]))
            self.found.types[_key(enum[1])] = Type("enum", labels=labels, name=_key(enum[1]))
        elif added and (known := self.found.types.get(_key(added[1]))):
            self.found.types[_key(added[1])] = replace(
                known, labels=(*known.labels, added[2].replace("''", "'"))
            )
            self._retype(_key(added[1]))
        elif domain:
            self.found.types[_key(domain[1])] = of_ddl(
                data_type(domain[2], self.dialect), self.found.types, self.dialect
            )
        elif renamed and (table := self.found.tables.pop(renamed[1].lower(), None)):
            table.name = renamed[2]
            self.found.tables[renamed[2].lower()] = table
        return bool(enum or added or domain or renamed)

    def _retype(self, name: str) -> None:
        for table in self.found.tables.values():
            for key, column in table.columns.items():
                if column.type.kind == "enum" and column.type.name == name:
                    table.columns[key] = replace(
                        column, type=self.found.types[name].null(column.type.nullable)
                    )

    def _create(self, tree: Any) -> None:
        from sqlglot import exp

        kind = tree.args.get("kind")
        if kind == "INDEX" and tree.args.get("unique"):
            self._index(tree.this)
        if kind not in ("TABLE", "VIEW"):
            return
        schema = tree.this
        target = schema.this if isinstance(schema, exp.Schema) else schema
        table = Table(target.name, view=kind == "VIEW")
        for part in schema.expressions if isinstance(schema, exp.Schema) else ():
            self._part(table, part)
        if tree.expression is not None:
            self._from_rows(table, tree.expression, [p.name for p in getattr(schema, "expressions", ())])
        for told in tree.find_all(exp.SchemaCommentProperty):
            table.comment = told.this.name
        self.found.tables[table.name.lower()] = table

    def _from_rows(self, table: Table, select: Any, names: list[str]) -> None:
        for index, out in enumerate(self.rows(select, self.found)):
            told = index < len(names)
            said = names[index] if told else out.name
            table.columns[said.lower()] = Column(said, out.type, cased=out.cased, sure=told or out.sure)

    def _part(self, table: Table, part: Any) -> None:
        from sqlglot import exp

        if isinstance(part, exp.ColumnDef):
            self._column(table, part)
        elif isinstance(part, exp.Identifier) and self.dialect == "sqlite":
            table.columns[part.name.lower()] = Column(part.name, Type("any", True))
        elif isinstance(part, exp.Constraint):
            for one in part.expressions:
                self._part(table, one)
        elif isinstance(part, exp.PrimaryKey):
            table.primary = tuple(one.name.lower() for one in part.expressions)
            for name in table.primary:
                if name in table.columns:
                    table.columns[name] = replace(
                        table.columns[name], type=table.columns[name].type.null(False)
                    )
        elif isinstance(part, exp.UniqueColumnConstraint) and part.this is not None:
            table.unique.append(tuple(one.name.lower() for one in part.this.expressions))
        elif isinstance(part, exp.ForeignKey):
            self._foreign(table, tuple(one.name.lower() for one in part.expressions), part.args["reference"])
        elif isinstance(part, exp.CheckColumnConstraint):
            self._check(table, part.this)

    def _column(self, table: Table, part: Any) -> None:
        name, told = part.name, part.args.get("kind")
        kind = of_ddl(told, self.found.types, self.dialect)
        serial = told is not None and getattr(told.this, "name", "").endswith("SERIAL")
        cased = bool(part.this.args.get("quoted"))
        column = Column(name, kind.null(not serial), default=serial, cased=cased)
        table.columns[name.lower()] = column
        for wrapped in part.args.get("constraints") or ():
            self._constrained(table, name.lower(), wrapped.args.get("kind"))

    def _constrained(self, table: Table, key: str, what: Any) -> None:
        """What one constraint says of a column, and by it of the table."""
        from sqlglot import exp

        column = table.columns[key]
        table.columns[key] = constrained(column, what, self.dialect)
        if isinstance(what, exp.PrimaryKeyColumnConstraint):
            table.primary = (key,)
        elif isinstance(what, exp.UniqueColumnConstraint):
            table.unique.append((key,))
        elif isinstance(what, exp.Reference):
            self._foreign(table, (key,), what)
        elif isinstance(what, exp.CheckColumnConstraint):
            self._check(table, what.this)

    def _foreign(self, table: Table, columns: tuple[str, ...], reference: Any) -> None:
        from sqlglot import exp

        target = reference.this
        names = (
            tuple(one.name.lower() for one in target.expressions) if isinstance(target, exp.Schema) else ()
        )
        table.foreign.append(Foreign(columns, _name(target).lower().rpartition(".")[2], names))

    def _check(self, table: Table, tree: Any) -> None:
        """Remember a check; ``column IN ('a', 'b')`` makes an enum of a text."""
        from sqlglot import exp

        while isinstance(tree, exp.Paren):
            tree = tree.this
        table.checks.append(tree.sql(dialect=self.dialect))
        if isinstance(tree, exp.In) and isinstance(tree.this, exp.Column) and tree.expressions:
            key, values = tree.this.name.lower(), tree.expressions
            column = table.columns.get(key)
            if (
                column
                and column.type.kind == "text"
                and all(isinstance(v, exp.Literal) and v.is_string for v in values)
            ):
                labels = tuple(value.name for value in values)
                kind = Type("enum", column.type.nullable, name=TEXT.kind, labels=labels)
                table.columns[key] = replace(column, type=kind)

    def _index(self, index: Any) -> None:
        params = index.args.get("params")
        table = self.found.table(_name(index.args.get("table")))
        if table and params is not None and params.args.get("where") is None:
            names = [one.name.lower() or one.this.name.lower() for one in params.args.get("columns") or ()]
            if all(name in table.columns for name in names):
                table.unique.append(tuple(names))

    def _alter(self, table: Table, action: Any) -> None:
        from sqlglot import exp

        if isinstance(action, exp.ColumnDef):
            self._column(table, action)
        elif isinstance(action, exp.Drop) and action.args.get("kind") == "COLUMN":
            for one in [*action.args.get("tables", ()), *([action.this] if action.this else [])]:
                table.columns.pop(one.name.lower(), None)
        elif isinstance(action, exp.RenameColumn):
            self._rename(table, action.this.name.lower(), action.args["to"].name)
        elif isinstance(action, exp.AlterRename):
            self.found.tables.pop(table.name.lower(), None)
            table.name = action.this.name
            self.found.tables[table.name.lower()] = table
        elif isinstance(action, exp.ModifyColumn):
            before = action.args.get("rename_from") or action.this
            self._rename(table, before.name.lower(), action.this.name)
            self._column(table, action.this)
        elif isinstance(action, exp.AlterColumn):
            self._alter_column(table, action)
        elif isinstance(action, exp.AddConstraint):
            for one in action.expressions:
                self._part(table, one)

    def _alter_column(self, table: Table, action: Any) -> None:
        key = action.name.lower()
        column = table.columns.get(key)
        if column is None:
            return
        if action.args.get("dtype") is not None:
            kind = of_ddl(action.args["dtype"], self.found.types, self.dialect)
            column = replace(column, type=kind.null(column.type.nullable))
        if action.args.get("allow_null") is not None:
            column = replace(column, type=column.type.null(bool(action.args["allow_null"])))
        elif action.args.get("default") is not None:
            column = replace(column, default=True)
        elif action.args.get("drop"):
            column = replace(column, default=False)
        table.columns[key] = column

    def _rename(self, table: Table, before: str, after: str) -> None:
        columns = [
            (after.lower(), replace(c, name=after)) if k == before else (k, c)
            for k, c in table.columns.items()
        ]
        table.columns = dict(columns)

    def _comment(self, tree: Any) -> None:
        text = tree.expression.name
        if tree.args.get("kind") == "COLUMN":
            table = self.found.table(tree.this.table)
            column = table.columns.get(tree.this.name.lower()) if table else None
            if table and column:
                table.columns[column.name.lower()] = replace(column, comment=text)
        elif tree.args.get("kind") == "TABLE" and (table := self.found.table(_name(tree.this))):
            table.comment = text


def _name(node: Any) -> str:
    from sqlglot import exp

    target = node.this if isinstance(node, exp.Schema) else node
    return str(target.name) if target is not None else ""


def _key(name: str) -> str:
    return name.replace('"', "").replace("`", "").lower().rpartition(".")[2]


def catalogue(
    texts: Mapping[str, str], dialect: str, rows: Rows, words: str = ""
) -> tuple[Catalogue, list[tuple[str, Fault]]]:
    """The catalogue after all *texts*, in their order, and what is wrong with them, by the file; *words* says
    whose reserved words count, where not the dialect's."""
    reader = Reader(dialect, rows, words)
    faults = [(path, fault) for path, text in texts.items() for fault in reader.read(text)]
    return reader.found, faults
