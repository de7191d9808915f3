"""The columns of a SELECT: FROM and its joins, WITH, the select list, set operations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import sql_stars as stars
from .sql_infer import Inference
from .sql_nodes import SETS, column_names, leftmost, parameter_of
from .sql_schema import Catalogue
from .sql_scope import Out, Scope, Source, by_name, mend, table_source
from .sql_types import ANY, INTEGER, UNKNOWN, Type, merged


class Rows:
    """Reads SELECTs; faults and parameters are noted in ``my``."""

    def __init__(
        self,
        catalogue: Catalogue,
        dialect: str,
        *,
        open_tables: bool = False,
        lists: frozenset[str] = frozenset(),
    ) -> None:
        self.catalogue, self.open_tables = catalogue, open_tables
        self.my = Inference(catalogue, dialect, self.inner, lists)

    def inner(self, node: Any, scope: Scope) -> list[Out]:
        """The columns of a subquery that sees *scope*."""
        return self.select(node, Scope(self.catalogue, outer=scope))

    def select(self, node: Any, scope: Scope) -> list[Out]:
        """The columns of a query."""
        self.with_(node, scope)
        if node.key == "subquery":
            found = self.select(node.this, scope)
            self._limits(node, scope)
            return found
        if node.key in SETS:
            return self._set(node, scope)
        if node.key == "values":
            return self._values(node, scope)
        if node.key != "select":
            return self._changing(node, scope)
        return self._plain(node, scope)

    def _changing(self, node: Any, scope: Scope) -> list[Out]:
        from .sql_changes import Changes

        if node.key in ("insert", "update", "delete"):
            return Changes(self, scope).read(node)
        self.my.fault("this is no query. Write SELECT.", node)
        return []

    def with_(self, node: Any, scope: Scope) -> None:
        """Take in what WITH defines."""
        told = node.args.get("with_") or node.args.get("with")
        for cte in told.expressions if told is not None else ():
            names = [column.name for column in cte.args["alias"].args.get("columns") or ()]
            inner = Scope(self.catalogue, outer=scope)
            if told.args.get("recursive") and cte.this.key in SETS:
                first = self.select(leftmost(cte.this), Scope(self.catalogue, outer=scope))
                inner.tables[cte.alias.lower()] = _called(first, names)
            scope.tables[cte.alias.lower()] = _called(self.select(cte.this, inner), names)

    def _set(self, node: Any, scope: Scope) -> list[Out]:
        left = self.select(node.left, Scope(self.catalogue, outer=scope))
        right = self.select(node.right, Scope(self.catalogue, outer=scope))
        if len(left) != len(right):
            self.my.fault(
                f"{node.key.upper()} joins {len(left)} columns with {len(right)}. Select as many.", node.left
            )
            return left
        found = []
        for one, other in zip(left, right, strict=True):
            kind = merged((one.type, other.type))
            if kind is None:
                self.my.fault(
                    f"column {one.name!r} is {one.type.kind} here and {other.type.kind} there. Cast one."
                )
            found.append(replace(one, type=kind or UNKNOWN, origin=None))
        scope.aliases |= {out.name.lower(): out.type for out in found}
        self._limits(node, scope)
        return found

    def _values(self, node: Any, scope: Scope) -> list[Out]:
        rows = [[self.my.infer(value, scope) for value in row.expressions] for row in node.expressions]
        alias = node.args.get("alias")
        names = [column.name for column in alias.args.get("columns") or ()] if alias is not None else []
        width = min(map(len, rows), default=0)
        kinds = [merged(row[index] for row in rows) or UNKNOWN for index in range(width)]
        outs = [Out(f"column{index + 1}", kind, sure=False) for index, kind in enumerate(kinds)]
        return _called(outs, names)

    def _plain(self, node: Any, scope: Scope) -> list[Out]:
        scope.grouped = node.args.get("group") is not None
        self.sources(node.args.get("from_") or node.args.get("from"), node.args.get("joins") or (), scope)
        if node.args.get("where") is not None:
            self.my.infer(node.args["where"], scope)
        outs: list[Out] = []
        for part in node.expressions:
            outs += self.out(part, scope, len(outs))
        scope.aliases = {out.name.lower(): out.type for out in outs if out.name}
        for key in ("group", "having", "qualify"):
            if node.args.get(key) is not None:
                self.my.infer(node.args[key], scope)
        for told in node.args.get("windows") or ():
            self.my.infer(told, scope)
        self._limits(node, scope)
        return outs

    def _limits(self, node: Any, scope: Scope) -> None:
        if node.args.get("order") is not None:
            self.my.infer(node.args["order"], scope)
        for key, part in (("limit", "expression"), ("offset", "expression"), ("limit", "count")):
            told = node.args.get(key)
            value = told.args.get(part) if told is not None else None
            if value is not None:
                self.my.infer(value, scope, Type("integer", name="bigint"))

    def out(self, part: Any, scope: Scope, index: int) -> list[Out]:
        """The columns of one item of a select list."""
        if part.key == "star" or (part.key == "column" and part.this.key == "star"):
            return stars.columns(self, part, scope)
        inner = part.this if part.key == "alias" else part
        kind = self.my.infer(inner, scope)
        origin = self._origin(inner, scope)
        name = part.alias if part.key == "alias" else origin.name if origin else _default_name(inner)
        if name.isupper() and inner.key == "column" and part.key != "alias":
            name = inner.name
        cased = part.args["alias"].quoted if part.key == "alias" else origin is not None and origin.cased
        sure = part.key == "alias" or inner.key == "column"
        return [Out(name, kind, origin.origin if origin else None, bool(cased), sure)]

    def _origin(self, node: Any, scope: Scope) -> Out | None:
        from .sql_scope import resolve

        found = resolve(scope, node.table, node.name, -1) if node.key == "column" else None
        return found if isinstance(found, Out) else None

    def sources(self, first: Any, joins: Any, scope: Scope) -> None:
        """Take in FROM and its joins."""
        if first is not None:
            self.source(first.this, scope)
            for join in first.this.args.get("joins") or ():
                self._join(join, scope)
        for join in joins:
            self._join(join, scope)

    def _join(self, join: Any, scope: Scope) -> None:
        before = list(scope.sources)
        self.source(join.this, scope)
        side = str(join.args.get("side") or "").upper()
        if side in ("RIGHT", "FULL"):
            for one in before:
                one.optional = True
        if side in ("LEFT", "FULL"):
            for one in scope.sources[len(before) :]:
                one.optional = True
        if str(join.args.get("method") or "").upper() == "NATURAL":
            known = {key for one in before for key in one.columns}
            scope.merged |= {
                key for one in scope.sources[len(before) :] for key in one.columns if key in known
            }
        for column in join.args.get("using") or ():
            scope.merged.add(column.name.lower())
            if not all(len(scope.candidates(column.name.lower())) >= 2 for _ in (0,)):
                self.my.fault(f"both sides of USING need a column {column.name!r}. Write ON.", column)
        if join.args.get("on") is not None:
            self.my.infer(join.args["on"], scope)

    def source(self, node: Any, scope: Scope) -> None:
        """Take in one table, subquery or function."""
        if node.key == "table" and node.this is not None and node.this.key == "identifier":
            self.table(node, scope)
        elif node.key in ("subquery", "select", *SETS):
            self._derived(node, scope)
        elif node.key == "values":
            found = by_name(self._values(node, scope))
            scope.add(Source(node.alias or "values", found, written=self._alias(node)))
        elif node.key == "lateral" and node.this.key == "subquery":
            outs = self.select(node.this.this, Scope(self.catalogue, outer=scope))
            found = by_name(_called(outs, column_names(node)))
            scope.add(Source(node.alias, found, written=self._alias(node)))
        elif node.key == "paren":
            self.source(node.this, scope)
        else:
            self._function(node, scope)

    def _derived(self, node: Any, scope: Scope) -> None:
        if node.key == "subquery" and node.this.key == "table":
            self.source(node.this, scope)
            for join in node.this.args.get("joins") or ():
                self._join(join, scope)
            return
        inner = Scope(self.catalogue, outer=_around(scope))
        outs = self.select(node.this if node.key == "subquery" else node, inner)
        found = by_name(_called(outs, column_names(node)))
        scope.add(Source(node.alias or "", found, written=self._alias(node)))

    def table(self, node: Any, scope: Scope) -> Source | None:
        """Take in a table of the catalogue or of WITH."""
        name, alias = node.name, node.alias
        defined = scope.defined(name)
        if defined is not None:
            found: Source | None = Source(alias or name, by_name(_called(defined, column_names(node))))
        else:
            found = table_source(self.catalogue, name, alias)
        if found is None and not self.open_tables:
            known = [table.name for table in self.catalogue.tables.values()]
            hint = mend(name, known, f"The schema has {', '.join(known[:12]) or 'none'}.")
            self.my.fault(f"there is no table {name!r}. {hint}", node)
        found = found or Source(alias or name, {}, open=True)
        found.written = self._alias(node) or stars.words(node.this, self.my.dialect)
        if any(one.alias.lower() == found.alias.lower() for one in scope.sources):
            self.my.fault(f"{found.alias!r} stands twice in FROM. Give one of them an alias.", node)
        scope.add(found)
        return found

    def _function(self, node: Any, scope: Scope) -> None:
        """A function in FROM: unnest and generate_series have one column, of others it is not known."""
        call = node.this if node.key in ("table", "lateral") else node
        parts = node.expressions if node.key == "unnest" else list(call.iter_expressions() if call else ())
        kinds = [
            self.my.infer(part, scope, Type("array", item=UNKNOWN) if node.key == "unnest" else UNKNOWN)
            for part in parts
            if part.key not in ("tablealias", "identifier")
        ]
        alias, names = node.alias, column_names(node)
        series = node.key == "unnest" or (
            call is not None and call.key in ("generateseries", "explodinggenerateseries", "unnest")
        )
        if not series:
            scope.add(Source(alias or getattr(call, "name", "") or "function", {}, open=True))
            return
        inner = kinds[0] if kinds else INTEGER
        kind = (inner.item or ANY) if inner.kind == "array" else inner
        name = names[0] if names else alias or "unnest"
        column = Out(name, kind, sure=bool(names))
        scope.add(Source(alias or name, {name.lower(): column}, len(names) > 1, written=self._alias(node)))

    def _alias(self, node: Any) -> str:
        alias = node.args.get("alias")
        return stars.words(getattr(alias, "this", None) or alias, self.my.dialect) if alias else ""


def _around(scope: Scope) -> Scope:
    """What a derived table sees: what WITH defines, and the queries around, not its neighbours."""
    return Scope(scope.catalogue, outer=scope.outer, tables=scope.tables)


def _called(outs: list[Out], names: list[str]) -> list[Out]:
    """Columns under other names, as far as there are any."""
    kept = outs[len(names) :]
    return [replace(out, name=name, sure=True) for out, name in zip(outs, names, strict=False)] + kept


def _default_name(node: Any) -> str:
    """What a column without an alias is called, where every reader would call it so."""
    if parameter_of(node):
        return parameter_of(node)
    if node.key in ("cast", "trycast", "paren"):
        return _default_name(node.this)
    if node.key == "column":
        return str(node.name)
    from sqlglot import exp

    return (
        str(node.sql_names()[0]).lower()
        if isinstance(node, exp.Func) and node.key not in ("case", "anonymous", "and", "or")
        else str(node.this).lower()
        if node.key == "anonymous"
        else ""
    )
