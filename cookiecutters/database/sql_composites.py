"""Arrays, documents and what is put together: the types of their operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import sql_functions as functions
from .sql_nodes import parameter_of
from .sql_scope import Scope
from .sql_types import ANY, INTEGER, INTERVAL, TEXT, UNKNOWN, Type

if TYPE_CHECKING:
    from .sql_infer import Inference


def array(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    if len(node.expressions) == 1 and node.expressions[0].key in ("select", "subquery"):
        rows = my.subquery(node.expressions[0], scope)
        return Type("array", item=rows[0].type if rows else ANY)
    inner = functions.alike(my, node.expressions, scope, want.item or UNKNOWN)
    return Type("array", item=inner if inner.kind != "unknown" else ANY)


def concat(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    left, right = my.pair(node.this, node.expression, scope)
    kind = next((one for one in (left, right) if one.kind in ("array", "json", "bytes")), TEXT)
    for side in (node.this, node.expression):
        if (name := parameter_of(side)) and kind is TEXT:
            my.met[name].types.append(TEXT)
    return kind.null(left.nullable or right.nullable)


def json(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    my.infer(node.this, scope)
    if node.expression is not None and node.expression.key != "jsonpath":
        my.infer(node.expression, scope, TEXT)
    text = node.key in ("jsonextractscalar", "jsonbextractscalar")
    return (TEXT if text else Type("json")).null()


def bracket(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    whole = my.infer(node.this, scope)
    for part in node.expressions:
        my.infer(part, scope, INTEGER)
    return (whole.item or ANY).null() if whole.kind == "array" else ANY.null()


def interval(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    if node.this is not None and node.this.key != "literal":
        my.infer(node.this, scope, INTEGER)
    return INTERVAL
