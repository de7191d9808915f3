"""One SQL entry, understood: its catalogue, and each query with its types and its place among the models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from generator.modelling.names import identifier, pascal, singular
from generator.shapes import Complaint

from .sql_ddl import catalogue
from .sql_entry import engine_of, schema_texts
from .sql_query import Analysis, analyse, view_rows
from .sql_schema import Catalogue, Table
from .sql_scope import Out, mend
from .sql_statement import DIALECTS
from .sql_types import ANY, Type, annotation, declared

_PARAMETERS = frozenset({"self", "timeout", "rows"})
# Names that modules of a package import or define, so that no model has them.
RESERVED = frozenset(
    [
        "Any",
        "Annotated",
        "AsyncIterator",
        "Callable",
        "Decimal",
        "Iterable",
        "Iterator",
        "Literal",
        "Path",
        "Query",
        "Sequence",
        "Struct",
        "UUID",
        "SqlAdapter",
        "AsyncSqlAdapter",
        "AbstractContextManager",
        "ConflictError",
        "IntegrationError",
        "ScriptedDatabase",
        "Server",
    ]
)


@dataclass(frozen=True, slots=True)
class Model:
    """A row as a type: its fields with their Python names, columns' names, types and comments."""

    name: str
    doc: str
    fields: tuple[tuple[str, str, Type, str], ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One query: *row* is the model of its rows, the type of its only column, or None."""

    key: str
    told: Mapping[str, Any]
    analysis: Analysis
    returns: str
    row: Model | Type | None = None
    values: Model | None = None  # what a batch takes

    @property
    def always(self) -> bool:
        """Does it give a row each time?"""
        return self.returns == "one" and self.analysis.always

    @property
    def pythons(self) -> dict[str, str]:
        """The parameters' Python names."""
        return {name: identifier(name) for name in self.analysis.parameters}


@dataclass(slots=True)
class Package:
    """One entry, understood."""

    engine: str
    known: bool
    catalogue: Catalogue
    operations: list[Operation] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    def models(self) -> list[Model]:
        """Every model, each once, in the order of the queries."""
        found: dict[str, Model] = {}
        for operation in self.operations:
            for model in (operation.row, operation.values):
                if isinstance(model, Model):
                    found.setdefault(model.name, model)
        return list(found.values())


def understand(canonical: Mapping[str, Any], classes: Sequence[str] = ()) -> Package:
    """Work out a canonical entry; what is wrong becomes complaints."""
    engine = engine_of(canonical)
    texts, requirements = schema_texts(canonical), canonical["requirements"]
    dialect = DIALECTS[engine]
    words = "mariadb" if engine == "mysql" and "mariadb" in str(canonical.get("service")).lower() else dialect
    found, faults = catalogue(texts, dialect, partial(view_rows, dialect=dialect), words)
    package = Package(engine, bool(texts) or "schema" in requirements, found)
    for path, fault in faults:
        package.complaints.append(_in_schema(canonical, path, fault.message, fault.offset))
    taken = RESERVED | frozenset(classes)
    for key, told in requirements.get("queries", {}).items():
        operation = _Operation(package, key, told, taken).read()
        if operation is not None:
            package.operations.append(operation)
    _same_names(package)
    return package


def _in_schema(canonical: Mapping[str, Any], path: str, message: str, offset: int) -> Complaint:
    from generator.specs.sql import place

    text = schema_texts(canonical)[path]
    where = ":".join(map(str, place(text, offset)))
    return Complaint(("requirements", "schema"), f"{path}:{where} {message}" if path else message)


@dataclass(slots=True)
class _Operation:
    """Reads one query against the catalogue."""

    package: Package
    key: str
    told: Mapping[str, Any]
    taken: frozenset[str]

    def complain(self, message: str, offset: int = -1, *at: str | int) -> None:
        path = self.told.get("from")
        if path is None:
            pointer = ("requirements", "queries", self.key, *at)
            self.package.complaints.append(Complaint(pointer, message))
            return
        line, column = self._place(offset)
        self.package.complaints.append(
            Complaint(("requirements", "queries"), f"{path}:{line}:{column} {message}")
        )

    def _place(self, offset: int) -> tuple[int, int]:
        from generator.specs.sql import place

        line, column = place(self.told["sql"], max(0, offset))
        return self.told["line"] + line - 1, column + (self.told["column"] - 1 if line == 1 else 0)

    def read(self) -> Operation | None:
        shapes = {name: declared(schema) for name, schema in self.told.get("parameters", {}).items()}
        found = analyse(
            self.told["sql"], self.package.engine, self.package.catalogue, shapes, known=self.package.known
        )
        before = len(self.package.complaints)
        for fault in found.faults:
            self.complain(fault.message, fault.offset, *(("sql",) if "from" not in self.told else ()))
        self._parameters(found, shapes)
        if len(self.package.complaints) > before or not found.kind:
            return None
        returns = self.told.get("returns") or _default(found)
        self._returns(found, returns)
        rows = self._rows(found) if returns not in ("exec", "batch") else []
        if len(self.package.complaints) > before:
            return None
        values = self._values(found) if returns == "batch" else None
        return Operation(self.key, self.told, found, returns, self._row(rows) if rows else None, values)

    def _parameters(self, found: Analysis, shapes: Mapping[str, Type]) -> None:
        for name in shapes:
            if name not in found.parameters:
                hint = mend(name, found.parameters, f"Use :{name}, or remove it.")
                self.complain(f"the statement has no :{name}. {hint}", -1, "parameters", name)
        seen: dict[str, str] = {}
        for name in found.parameters:
            plain = identifier(name)
            if plain in _PARAMETERS:
                self.complain(f"every method has {name!r} itself. Call the parameter otherwise.", -1)
            if plain in seen:
                self.complain(f":{seen[plain]} and :{name} would be one argument. Call one otherwise.", -1)
            seen[plain] = name

    def _returns(self, found: Analysis, returns: str) -> None:
        if returns in ("one", "many", "stream") and not found.rows:
            verb = found.kind.upper()
            mended = "Write returns: exec" if "from" not in self.told else "Write :exec"
            said = f"this {verb} gives no row, so it cannot return {returns}. {mended}, or add RETURNING."
            self.complain(said, 0)
        if returns == "batch" and (found.rows or not found.parameters):
            self.complain(
                "a batch runs a statement once for each row of values. Write INSERT … VALUES (:a, :b).", 0
            )
        for name in found.parameters:
            if returns == "batch" and name in found.text.lists:
                self.complain(f":{name} is a list, which a batch does not take. Compare with one value.", 0)

    def _rows(self, found: Analysis) -> list[Out]:
        seen: set[str] = set()
        known = {out.name.lower() for out in found.rows}
        nullable = {name.lower() for name in self.told.get("nullable", ())}
        for name in sorted(nullable - known):
            hint = mend(name, [out.name for out in found.rows], "Remove it.")
            self.complain(f"no column of the result is called {name!r}. {hint}", -1, "nullable")
        for index, out in enumerate(found.rows, 1):
            key = identifier(out.name) if out.name else ""
            if len(found.rows) > 1 and not key:
                self.complain(f"column {index} of the result has no name. Write … AS name.", 0)
            if len(found.rows) > 1 and key in seen:
                said = f"two columns of the result are called {out.name!r}. Write … AS another_name."
                self.complain(said, 0)
            seen.add(key)
        return [self._out(out, index, nullable) for index, out in enumerate(found.rows, 1)]

    def _out(self, out: Out, index: int, nullable: Set[str]) -> Out:
        """A column of the result with a type that there is a Python type for."""
        kind = out.type
        if self.package.engine == "postgresql" and kind.item is not None and kind.item.kind == "enum":
            name = out.name or "column"
            self.complain(f"the driver gives arrays of an enum as text. Write {name}::text[] AS {name}.", 0)
        if kind.kind in ("unknown", "null"):
            if self.package.known:
                said = f"what type is column {out.name or index!r} of the result? Cast it: CAST(… AS text)."
                self.complain(said, 0)
            kind = ANY.null()
        return Out(out.name, kind.null(kind.nullable or out.name.lower() in nullable), out.origin)

    def _row(self, rows: Sequence[Out]) -> Model | Type:
        named = self.told.get("row")
        if len(rows) == 1 and not named:
            return rows[0].type
        table = None if named else _table_of(rows, self.package.catalogue)
        if table is not None:
            name = pascal(singular(identifier(table.name)))
            columns = list(table.columns.values())
            fields = tuple(
                (identifier(c.name), c.name, out.type, c.comment)
                for c, out in zip(columns, rows, strict=True)
            )
            return Model(self._free(name), table.comment or f"One row of {table.name}.", fields)
        name = named or self._free(f"{pascal(self.key)}Row")
        fields = tuple((identifier(out.name), out.name, out.type, self._comment(out)) for out in rows)
        return Model(name, f"One row of {self.key}.", fields)

    def _comment(self, out: Out) -> str:
        table = self.package.catalogue.tables.get(out.origin[0]) if out.origin else None
        return table.columns[out.origin[1]].comment if table and out.origin else ""

    def _values(self, found: Analysis) -> Model:
        fields = tuple((identifier(name), name, kind, "") for name, kind in found.parameters.items())
        return Model(self._free(f"{pascal(self.key)}Values"), f"What {self.key} takes for one row.", fields)

    def _free(self, name: str) -> str:
        return f"{name}Value" if name in self.taken else name


def _default(found: Analysis) -> str:
    """How a query is run where nobody says."""
    if not found.rows:
        return "exec"
    return "one" if found.single else "many"


def _table_of(rows: Sequence[Out], known: Catalogue) -> Table | None:
    """The table whose columns these are: all of them, in order, with the same types."""
    table = known.tables.get(rows[0].origin[0]) if rows[0].origin else None
    if table is None or len(table.columns) != len(rows):
        return None
    for (key, column), out in zip(table.columns.items(), rows, strict=True):
        same = out.origin == (table.name.lower(), key) and out.name.lower() == key
        if not same or annotation(out.type) != annotation(column.type):
            return None
    return table


def _same_names(package: Package) -> None:
    """Rows that are called alike have to be alike."""
    seen: dict[str, tuple[str, Model]] = {}
    for operation in package.operations:
        for model in _models(operation):
            first = seen.setdefault(model.name, (operation.key, model))
            if _shape(first[1]) != _shape(model):
                said = f"{first[0]} has another row that is called {model.name} too. Say row: another name."
                at = ("requirements", "queries", *(() if "from" in operation.told else (operation.key,)))
                package.complaints.append(Complaint(at, said))


def _shape(model: Model) -> list[tuple[str, str]]:
    return [(name, annotation(kind)) for name, _, kind, _ in model.fields]


def _models(operation: Operation) -> Iterator[Model]:
    for model in (operation.row, operation.values):
        if isinstance(model, Model):
            yield model
