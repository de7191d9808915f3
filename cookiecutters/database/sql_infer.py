"""The type of every expression, and of every parameter from what it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import sql_choices as choices
from . import sql_composites as composites
from . import sql_functions as functions
from . import sql_predicates as predicates
from .sql_nodes import column_name, offset_of, parameter_of
from .sql_schema import Catalogue, Fault
from .sql_scope import Out, Scope, resolve, unknown
from .sql_stars import Star
from .sql_types import (
    BIGINT,
    BOOLEAN,
    DECIMAL,
    FLOAT,
    INTEGER,
    INTERVAL,
    NULL,
    NUMBERS,
    TEXT,
    TIMESTAMP,
    UNKNOWN,
    Type,
    merged,
    of_ddl,
)


@dataclass(slots=True)
class Met:
    """What is known of one parameter: types that it meets, whether NULL makes sense, columns beside it."""

    types: list[Type] = field(default_factory=list)
    nullable: bool = False
    names: list[str] = field(default_factory=list)


Subquery = Callable[[Any, Scope], list[Out]]


@dataclass(slots=True)
class Inference:
    """Types expressions of one statement; faults are collected, and make a type unknown."""

    catalogue: Catalogue
    dialect: str
    subquery: Subquery
    lists: frozenset[str] = frozenset()  # parameters that are whole lists
    met: dict[str, Met] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    stars: dict[int, Star] = field(default_factory=dict)  # by where they stand

    def fault(self, message: str, node: Any = None) -> Type:
        self.faults.append(Fault(message, offset_of(node) if node is not None else -1))
        return UNKNOWN

    def infer(self, node: Any, scope: Scope, want: Type = UNKNOWN) -> Type:
        """The type of an expression; *want* is what a parameter in its place would be."""
        if node is None:
            return UNKNOWN
        handler = _HANDLERS.get(node.key)
        if handler is not None:
            return handler(self, node, scope, want)
        if functions.is_function(node):
            return functions.call(self, node, scope, want)
        return self._other(node, scope)

    def _other(self, node: Any, scope: Scope) -> Type:
        """What is not known further: its parts are looked at all the same."""
        for part in node.iter_expressions():
            self.infer(part, scope)
        return UNKNOWN

    def parameter(self, name: str, want: Type, hint: str = "") -> Type:
        """Note that a parameter stands where *want* is expected."""
        known = self.met.setdefault(name, Met())
        if name in self.lists:
            want = Type("array", item=want.null(False))
        known.types.append(want.null(False))
        known.nullable |= want.nullable
        if hint:
            known.names.append(hint)
        return want.null(False)

    def pair(self, left: Any, right: Any, scope: Scope, want: Type = UNKNOWN) -> tuple[Type, Type]:
        """Two sides that ought to be of one type: what is known of the one tells of the other."""
        if left is not None and right is not None and left.key == right.key == "tuple":
            for one, other in zip(left.expressions, right.expressions, strict=False):
                self.pair(one, other, scope)
            return UNKNOWN, UNKNOWN
        if parameter_of(left) and not parameter_of(right):
            second = self.infer(right, scope, want)
            return self._beside(left, right, second, scope), second
        first = self.infer(left, scope, want)
        return first, self._beside(right, left, first, scope)

    def _beside(self, node: Any, other: Any, known: Type, scope: Scope) -> Type:
        name = parameter_of(node)
        if name:
            return self.parameter(name, known.null(False), column_name(other))
        return self.infer(node, scope, known.null(False))


def _column(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    found = resolve(scope, node.table, node.name, offset_of(node))
    if isinstance(found, Out):
        return found.type
    if not found.message:
        if node.name.lower() in _WORDS and not node.table:
            return _WORDS[node.name.lower()]
        if my.dialect == "sqlite" and getattr(node.this, "quoted", False) and not node.table:
            return TEXT  # SQLite reads an unknown name in double quotes as a text
        found = unknown(scope, node.name, offset_of(node))
    my.faults.append(found)
    return UNKNOWN


_WORDS: Mapping[str, Type] = {
    "current_timestamp": TIMESTAMP, "rowid": INTEGER, "oid": INTEGER, "_rowid_": INTEGER, "ctid": TEXT,
    "true": BOOLEAN, "false": BOOLEAN,
}  # fmt: skip


def _placeholder(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    return my.parameter(parameter_of(node), want) if node.this else UNKNOWN


def _literal(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    if node.is_string:
        return TEXT if want.kind in ("unknown", "array") or want.kind in NUMBERS else want.null(False)
    if "e" in node.name.lower():
        return FLOAT
    return (FLOAT if my.dialect == "sqlite" else DECIMAL) if "." in node.name else INTEGER


def _same(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    return my.infer(node.this, scope, want)


def _distinct(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    types = [my.infer(part, scope, want) for part in (node.expressions or [node.this])]
    return types[0] if types else UNKNOWN


def _arithmetic(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    left, right = my.pair(node.this, node.expression, scope, want if want.kind in NUMBERS else UNKNOWN)
    return functions.arithmetic(node.key, left, right, my.dialect)


def _moments(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    """+ and -: of numbers, or of times and intervals."""
    sides = (node.this, node.expression)
    names = [parameter_of(side) for side in sides]
    if any(names) and not all(names):
        known = my.infer(sides[0] if names[1] else sides[1], scope, want)
        clock = known.kind in ("timestamp", "timestamptz", "date", "time")
        given = INTERVAL if clock and my.dialect != "sqlite" and names[1] else known.null(False)
        given = INTEGER if known.kind == "date" and my.dialect == "postgres" and names[1] else given
        other = my.parameter(names[0] or names[1], given)
        left, right = (other, known) if names[0] else (known, other)
    else:
        left, right = (my.infer(side, scope, want if want.kind in NUMBERS else UNKNOWN) for side in sides)
    return functions.arithmetic(node.key, left, right, my.dialect)


def _cast(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    kind = of_ddl(node.args["to"], my.catalogue.types, my.dialect)
    name = parameter_of(node.this)
    inner = my.parameter(name, kind) if name else my.infer(node.this, scope)
    return kind.null(inner.nullable)


def scalar(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    rows = my.subquery(node, scope)
    if len(rows) != 1:
        return my.fault(f"a subquery in an expression gives one column, and this has {len(rows)}.", node)
    inner = node.this if node.key == "subquery" else node
    counted = (
        inner.key == "select"
        and not inner.args.get("group")
        and _unaliased(inner.expressions[0]).key == "count"
    )
    return rows[0].type.null(not counted)  # an aggregate without GROUP BY always has its row


def _unaliased(node: Any) -> Any:
    return node.this if node.key == "alias" else node


def _exists(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    my.subquery(node.this, scope)
    return BOOLEAN


def _window(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    for part in node.args.get("partition_by") or ():
        my.infer(part, scope)
    if node.args.get("order") is not None:
        my.infer(node.args["order"], scope)
    return my.infer(node.this, replace(scope, grouped=True), want)


def _parts(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    for part in node.expressions:
        my.infer(part, scope)
    return UNKNOWN


def _filter(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    my.infer(node.expression, scope)
    found = my.infer(node.this, scope, want)
    return found if node.this.key == "count" else found.null()


def _where(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    return my.infer(node.this, scope, BOOLEAN)


def _tuple(my: Inference, node: Any, scope: Scope, want: Type) -> Type:
    return _parts(my, node, scope, want)


def _constant(kind: Type) -> Callable[[Inference, Any, Scope, Type], Type]:
    return lambda my, node, scope, want: kind


Handler = Callable[[Inference, Any, Scope, Type], Type]
_GROUPS: Sequence[tuple[str, Handler]] = (
    ("column", _column),
    ("placeholder", _placeholder),
    ("literal", _literal),
    ("eq neq gt gte lt lte", predicates.comparison),
    ("arraycontainsall arraycontainedby arrayoverlaps jsonbcontains", predicates.containment),
    ("nullsafeeq nullsafeneq", predicates.distinct_from),
    ("is", predicates.is_),
    ("and or xor", predicates.logic),
    ("not", predicates.not_),
    ("distinct", _distinct),
    ("paren alias ordered neg collate atindex withinfgroup having qualify", _same),
    ("mul div mod intdiv bitwiseand bitwiseor bitwisexor bitwiseleftshift bitwiserightshift", _arithmetic),
    ("add sub", _moments),
    ("between", predicates.between),
    ("like ilike similarto regexplike regexpilike glob escape", predicates.like),
    ("in", predicates.in_),
    ("cast trycast", _cast),
    ("case", choices.case),
    ("if", choices.if_),
    ("coalesce", choices.coalesce),
    ("subquery select union intersect except", scalar),
    ("exists", _exists),
    ("array list", composites.array),
    ("window", _window),
    ("order group", _parts),
    ("filter", _filter),
    ("where", _where),
    ("dpipe", composites.concat),
    ("jsonextract jsonextractscalar jsonbextract jsonbextractscalar", composites.json),
    ("bracket", composites.bracket),
    ("tuple", _tuple),
    ("interval", composites.interval),
    ("null", _constant(NULL)),
    ("boolean", _constant(BOOLEAN)),
    ("star windowspec var datatype jsonpath identifier", _constant(UNKNOWN)),
    ("default", _constant(UNKNOWN)),
    ("rownumber rank denserank ntile", _constant(BIGINT)),
)
_HANDLERS: Mapping[str, Handler] = {key: handler for keys, handler in _GROUPS for key in keys.split()}


def unified(met: Met) -> Type | None:
    """The type of a parameter from all that it meets; None: they contradict each other."""
    found = merged(met.types)
    return None if found is None else found.null(met.nullable)
