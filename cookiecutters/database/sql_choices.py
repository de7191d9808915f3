"""Expressions that are one of several values: CASE, IF and COALESCE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import sql_functions as functions
from .sql_nodes import parameter_of
from .sql_scope import Scope
from .sql_types import BOOLEAN, Type

if TYPE_CHECKING:
    from .sql_infer import Inference


def case(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    results = [part.args["true"] for part in node.args.get("ifs", ())]
    default = node.args.get("default")
    subject = node.this
    for part in node.args.get("ifs", ()):
        if subject is not None:
            my.pair(subject, part.this, scope)
        else:
            my.infer(part.this, scope, BOOLEAN)
    found = functions.alike(my, [*results, *([default] if default is not None else [])], scope, want)
    return found.null(found.nullable or default is None)


def if_(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    my.infer(node.this, scope, BOOLEAN)
    parts = [node.args.get("true"), node.args.get("false")]
    found = functions.alike(my, [part for part in parts if part is not None], scope, want)
    return found.null(found.nullable or parts[1] is None)


def coalesce(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    parts = [node.this, *node.expressions]
    found = functions.alike(my, parts, scope, want)
    for part in parts[:-1]:
        if name := parameter_of(part):
            my.met[name].nullable = True
    known = [functions.known(my, part, scope) for part in parts]
    return found.null(all(one.nullable for one in known))
