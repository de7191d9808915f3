"""Conditions: what they compare tells of parameters; whether they can be NULL, of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .sql_nodes import column_name, parameter_of
from .sql_scope import Scope
from .sql_types import BOOLEAN, TEXT, UNKNOWN, Type, fits

if TYPE_CHECKING:
    from .sql_infer import Inference


def comparison(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    if node.expression is not None and node.expression.key in ("any", "all"):
        return quantified(my, node, scope)
    left, right = my.pair(node.this, node.expression, scope)
    if not fits(left, right):
        my.fault(f"{left.kind} is compared with {right.kind}. Cast one of the two.", node.this)
    return BOOLEAN.null(left.nullable or right.nullable)


def quantified(my: Inference, node: Any, scope: Scope) -> Type:
    left, inner = my.infer(node.this, scope), node.expression.this
    while inner.key == "paren":
        inner = inner.this
    if inner.key in ("select", "subquery", "union"):
        right = my.infer(inner, scope)
    else:
        want = Type("array", item=left.null(False))
        name = parameter_of(inner)
        if name and name in my.lists:
            my.parameter(name, left.null(False), column_name(node.this))
        elif name:
            my.parameter(name, want, column_name(node.this))
        else:
            my.infer(inner, scope, want)
        right = UNKNOWN
    return BOOLEAN.null(left.nullable or right.nullable)


def containment(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    """``@>``, ``<@`` and ``&&``: of arrays or documents, both sides alike."""
    left, right = my.pair(node.this, node.expression, scope)
    return BOOLEAN.null(left.nullable or right.nullable)


def is_(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    name = parameter_of(node.this)
    if name and node.expression.key == "null":
        my.parameter(name, UNKNOWN)
        my.met[name].nullable = True
    else:
        my.pair(node.this, node.expression, scope)
    return BOOLEAN


def distinct_from(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    left, right = my.pair(node.this, node.expression, scope)
    for side, other in ((node.this, right), (node.expression, left)):
        if parameter_of(side):
            my.met[parameter_of(side)].nullable |= other.nullable
    return BOOLEAN


def logic(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    sides = [my.infer(part, scope, BOOLEAN) for part in (node.this, node.expression)]
    return BOOLEAN.null(any(side.nullable for side in sides))


def not_(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    return BOOLEAN.null(my.infer(node.this, scope, BOOLEAN).nullable)


def between(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    types = [my.pair(node.this, node.args[end], scope) for end in ("low", "high")]
    return BOOLEAN.null(any(one.nullable for both in types for one in both))


def like(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    left = my.infer(node.this, scope, TEXT)
    name = parameter_of(node.expression)
    right = (
        my.parameter(name, TEXT, column_name(node.this)) if name else my.infer(node.expression, scope, TEXT)
    )
    return BOOLEAN.null(left.nullable or right.nullable)


def in_(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    left = my.infer(node.this, scope)
    parts = list(node.expressions)
    query = node.args.get("query")
    if query is not None:
        rows = my.subquery(query, scope)
        if len(rows) != 1:
            my.fault(f"IN compares with one column, and the subquery has {len(rows)}. Select one.", node.this)
        elif not fits(left, rows[0].type):
            my.fault(f"{left.kind} is looked for among {rows[0].type.kind}. Cast one of the two.", node.this)
    field_ = node.args.get("field") or node.args.get("unnest")
    for part in [*parts, *([field_] if field_ is not None else [])]:
        name = parameter_of(part)
        if name:
            my.parameter(name, left.null(False), column_name(node.this))
        else:
            my.infer(part, scope, left.null(False))
    return BOOLEAN.null(left.nullable)
