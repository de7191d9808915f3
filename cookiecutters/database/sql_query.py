"""What a statement takes and gives: its parameters, its rows and what it does, against a catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import sql_statement as texts
from .sql_certain import gives_a_row
from .sql_changes import Changes
from .sql_function_tables import RETURNING, VOLATILE
from .sql_infer import Inference, unified
from .sql_parsing import ParseFault, parse
from .sql_rows import Rows
from .sql_schema import Catalogue, Fault
from .sql_scope import Out, Scope
from .sql_stars import expansions
from .sql_types import UNKNOWN, Type

READS = ("select", "union", "intersect", "except", "subquery", "values")
CHANGES = ("insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Analysis:
    """One statement, understood. *kind* is select, insert, update or delete."""

    text: texts.Text
    kind: str = ""
    parameters: Mapping[str, Type] = field(default_factory=dict)
    defaults: frozenset[str] = frozenset()  # parameters that a caller may leave out: NULL
    rows: tuple[Out, ...] = ()
    table: str = ""
    reads: bool = False
    single: bool = False  # gives one row at most
    always: bool = False  # gives a row whatever the tables hold
    sets: frozenset[str] = frozenset()  # parameters that are the new values of an UPDATE
    plain: bool = False  # conditions are but columns that equal parameters
    copies: tuple[str, ...] = ()  # the columns of a plain INSERT of its parameters
    hints: Mapping[str, str] = field(default_factory=dict)  # the column that a parameter meets first
    faults: tuple[Fault, ...] = ()


def analyse(
    written: str, engine: str, catalogue: Catalogue, declared: Mapping[str, Type], *, known: bool = True
) -> Analysis:
    """Understand one statement; *declared* parameters win over what is inferred. Without a *known* schema,
    tables may have any column."""
    text = texts.read(written, engine)
    dialect = texts.DIALECTS[engine]
    try:
        tree = parse(text.analysed, dialect)
    except ParseFault as error:
        return Analysis(text, faults=(Fault(str(error), text.origin(error.offset)),))
    if tree is None or tree.key not in (*READS, *CHANGES):
        said = "a query is a SELECT, INSERT, UPDATE or DELETE. Put anything else into a migration."
        return Analysis(text, faults=(Fault(said),))
    try:
        return _Statement(text, dialect, catalogue, declared, known).run(tree)
    except RecursionError:
        return Analysis(text, faults=(Fault("it is nested too deep. Split it, with WITH."),))


def view_rows(tree: Any, catalogue: Catalogue, dialect: str) -> Sequence[Out]:
    """The columns of a view's SELECT; what is wrong with it, the database says."""
    rows = Rows(catalogue, dialect)
    return rows.select(tree, Scope(catalogue))


class _Statement:
    """One statement being understood."""

    def __init__(
        self, text: texts.Text, dialect: str, catalogue: Catalogue, declared: Mapping[str, Type], known: bool
    ) -> None:
        self.text, self.declared = text, declared
        self.rows = Rows(catalogue, dialect, open_tables=not known, lists=text.lists)
        self.my: Inference = self.rows.my

    def run(self, tree: Any) -> Analysis:
        changes = Changes(self.rows)
        reading = tree.key in READS
        outs = self.rows.select(tree, Scope(self.rows.catalogue)) if reading else changes.read(tree)
        renames = self._renames()
        types, defaults = self._parameters(changes)
        faults = [
            Fault(f.message, self.text.origin(f.offset) if f.offset >= 0 else -1) for f in self.my.faults
        ]
        spelt = texts.starless(self.text, expansions(self.my.stars, self.text.analysed))
        return Analysis(
            text=texts.renamed(spelt, renames),
            kind="select" if tree.key in READS else tree.key,
            parameters={renames[name]: kind for name, kind in types.items()},
            defaults=frozenset(renames[name] for name in defaults),
            rows=tuple(outs),
            table=changes.table,
            reads=tree.key in READS and not _changes(tree),
            single=_single(tree),
            always=gives_a_row(tree),
            sets=frozenset(
                renames[name] for name in changes.sets if tree.key == "update" and name in renames
            ),
            plain=_plain(tree),
            hints={renames[n]: m.names[0] for n, m in self.my.met.items() if m.names and n in renames},
            copies=changes.copies if list(types) == changes.placed else (),
            faults=tuple(dict.fromkeys(faults)),
        )

    def _renames(self) -> dict[str, str]:
        """Parameters without a name of their own are called as the columns that they meet."""
        names, taken = {}, {name for name in self.text.names if not _numbered(name)}
        for name in self.text.names:
            met = self.my.met.get(name)
            hint = met.names[0].lower() if met and met.names else ""
            free = hint if _numbered(name) and hint and hint not in taken else name
            taken.add(free)
            names[name] = free
        return names

    def _parameters(self, changes: Changes) -> tuple[dict[str, Type], set[str]]:
        found, defaults = {}, set()
        for name in self.text.names:
            kind = self._parameter(name)
            if name in changes.optional and kind.nullable:
                defaults.add(name)
            found[name] = kind
        return found, defaults

    def _parameter(self, name: str) -> Type:
        if name in self.declared:
            told = self.declared[name]
            return Type("array", item=told) if name in self.text.lists and told.kind != "array" else told
        met = self.my.met.get(name)
        kind: Type | None = unified(met) if met else UNKNOWN
        if kind is None:
            kinds = (
                " and as ".join(dict.fromkeys(t.kind for t in met.types if t.kind != "unknown"))
                if met
                else ""
            )
            said = f":{name} is used as {kinds}. Use two, cast it, or say parameters: {{{name}: string}}."
            return self.my.fault(said)
        inner = kind.item if kind.kind == "array" and kind.item else kind
        if inner.kind in ("unknown", "null") and not self.my.faults:
            said = f"what type is :{name}? Say parameters: {{{name}: integer}}, or CAST(:{name} AS integer)."
            self.my.fault(said)
        return kind.null(kind.nullable or name in self.text.nullable)


def _plain(tree: Any) -> bool:
    """Does every condition only ask whether columns equal parameters or each other? Then rows that have the
    parameters' values are found."""
    where = tree.args.get("where")
    if tree.key not in ("select", "update", "delete") or tree.args.get("having") or tree.args.get("with_"):
        return False
    conditions = [where.this] if where is not None else []
    while conditions:
        one = conditions.pop()
        if one.key in ("and", "paren"):
            conditions += [part for part in (one.this, one.args.get("expression")) if part is not None]
        elif one.key == "in":
            if (
                one.this.key != "column"
                or not all(part.key == "placeholder" for part in one.expressions)
                or one.args.get("query")
            ):
                return False
        elif one.key != "eq" or one.this.key != "column" or not _given(one.expression):
            return False
    return not list(tree.find_all(_subquery()))


def _given(node: Any) -> bool:
    inner = node.this if node.key == "any" else node
    while inner.key == "paren":
        inner = inner.this
    return bool(inner.key == "placeholder")


def _subquery() -> Any:
    from sqlglot import exp

    return exp.Subquery


def _numbered(name: str) -> bool:
    return name[:1] == "p" and name[1:].isdigit()


def _changes(tree: Any) -> bool:
    """Does a SELECT do more than read: lock, change in WITH, call what has effects?"""
    for node in tree.walk():
        if node.key in (*CHANGES, "lock") or (node.key == "anonymous" and _effects(str(node.this).lower())):
            return True
    return False


def _effects(name: str) -> bool:
    return name in VOLATILE or name not in RETURNING


def _single(tree: Any) -> bool:
    """Can there be but one row? An INSERT of one, an aggregate without groups, LIMIT 1."""
    if tree.key == "insert":
        values = tree.expression
        return values is not None and values.key == "values" and len(values.expressions) == 1
    limit = tree.args.get("limit")
    if limit is not None and limit.expression is not None and limit.expression.name == "1":
        return True
    if tree.key != "select" or tree.args.get("group"):
        return False
    from sqlglot import exp

    shown = [part.this if part.key == "alias" else part for part in tree.expressions]
    return bool(shown) and all(isinstance(part, exp.AggFunc) for part in shown)
