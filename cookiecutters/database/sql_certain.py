"""Does a statement give a row whatever the tables hold?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_BOUNDS = ("group", "having", "qualify", "limit", "offset", "locks")


def gives_a_row(tree: Any) -> bool:
    """An INSERT of one row that it returns, an aggregate of all rows, or a SELECT of no table."""
    if tree.key == "insert":
        return _inserts(tree)
    if tree.key != "select" or any(tree.args.get(key) for key in _BOUNDS):
        return False
    nodes = [node for part in tree.expressions for node in _own(part)]
    if any(_many(node) for node in nodes):
        return False
    alone = not any(tree.args.get(key) for key in ("from_", "where", "joins", "laterals"))
    return alone or any(_aggregates(node) for node in nodes)


def _inserts(tree: Any) -> bool:
    """One row, and nothing that would keep it out."""
    values, conflict = tree.expression, tree.args.get("conflict")
    one = values is not None and values.key == "values" and len(values.expressions) == 1
    softly = tree.args.get("ignore") or str(tree.args.get("alternative") or "").upper() == "IGNORE"
    action = str((conflict.args.get("action") if conflict else None) or "").upper()
    skips = conflict is not None and ("NOTHING" in action or conflict.args.get("where") is not None)
    return bool(one and tree.args.get("returning") and not softly and not skips)


def _own(node: Any) -> Iterator[Any]:
    """The parts of an expression that are of its own query: no subqueries, no windows."""
    if node.key in ("subquery", "select", "exists", "window"):
        return
    yield node
    for part in node.iter_expressions():
        yield from _own(part)


def _aggregates(node: Any) -> bool:
    from sqlglot import exp

    scalar = isinstance(node, (exp.Max, exp.Min)) and node.expressions  # SQLite's max(a, b)
    return isinstance(node, exp.AggFunc) and not scalar


def _many(node: Any) -> bool:
    """May a call give several rows, or none?"""
    from sqlglot import exp

    if isinstance(node, exp.Star):
        return not isinstance(node.parent, exp.Count)
    return isinstance(node, (exp.UDTF, exp.Explode, exp.GenerateSeries, exp.Anonymous, exp.Columns))
