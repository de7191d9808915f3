"""Every node of a model's function: what ``code_names`` does not list is refused, with the mend."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.gates._expressions import FORMATS, INTERNALS
from generator.subtasks.code_names import (
    ANNOTATIONS,
    BUILTINS,
    CLOCK,
    CLOCKS,
    ERRORS,
    METHODS,
    MODULES,
    NUMBER,
    PLAIN,
    RAISED,
    RAW,
    REFUSED,
    TEXT,
)

Said = tuple[int, str]  # line of the body, what is wrong with it

_DUNDER = re.compile(r"__\w+__")
_SPEC = re.compile(r"[^{}]?[<>=^]?[+\- ]?#?0?\d{0,2}[,_]?(?:\.\d{1,2})?[a-zA-Z%:\-/. ]{0,20}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one function. *bound* are the names that it gives values to; *operations* None means any."""

    node: ast.FunctionDef
    bound: frozenset[str]
    operations: Collection[str] | None
    types: Collection[str]

    @classmethod
    def of(cls, node: ast.FunctionDef, operations: Collection[str] | None, types: Collection[str]) -> Reader:
        """Prepare to read *node*."""
        stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        given = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        caught = {n.name for n in ast.walk(node) if isinstance(n, ast.ExceptHandler) and n.name}
        return cls(node, frozenset(stored | given | caught) - {"self"}, operations, types)

    def function(self) -> Iterator[Said]:
        """Yield what is refused in the function's body."""
        first = self.node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield self._at(first, "leave the docstring out; the description is put there")
        for name in sorted(self.bound & self._known()):
            yield 0, f"{name} has a meaning already; call the variable otherwise"
        for statement in self.node.body:
            yield from self._read(statement)

    def _known(self) -> frozenset[str]:
        return BUILTINS | ERRORS | ANNOTATIONS | {*MODULES, *self.types, "self"}

    def _at(self, node: ast.AST, said: str) -> Said:
        return getattr(node, "lineno", 1) - 1, said

    def _read(self, node: ast.AST) -> Iterator[Said]:
        reader = _READERS.get(type(node))
        if reader is not None:
            yield from reader(self, node)
        elif isinstance(node, PLAIN):
            yield from self._inside(node)
        else:
            word = type(node).__name__
            yield self._at(node, REFUSED.get(type(node), f"'{word}' is refused; be simpler"))

    def _inside(self, node: ast.AST) -> Iterator[Said]:
        for child in ast.iter_child_nodes(node):
            for line, said in self._read(child):
                yield (line or getattr(node, "lineno", 1) - 1), said  # an operator has no line of its own

    def _name(self, node: ast.Name) -> Iterator[Said]:
        name = node.id
        if name.startswith("_") and name != "_":
            yield self._at(node, f"{name}: no name may begin with an underscore")
        elif name == "self" or name in MODULES:
            yield self._at(node, f"{name} must not be passed around or set; call what it has")
        elif isinstance(node.ctx, ast.Load) and name not in self.bound | BUILTINS | {*self.types}:
            known = "may only be caught" if name in ERRORS else "is not there, or is refused"
            yield self._at(node, f"{name} {known}")

    def _constant(self, node: ast.Constant) -> Iterator[Said]:
        value = node.value
        if isinstance(value, str):
            if len(value) > TEXT or _DUNDER.search(value):
                yield self._at(node, f"a text has at most {TEXT} characters and no __name__")
        elif isinstance(value, int | float):
            if abs(value) > NUMBER:
                yield self._at(node, "this number is too large")
        elif value is not None:
            yield self._at(node, f"{type(value).__name__} constants are refused")

    def _attribute(self, node: ast.Attribute) -> Iterator[Said]:
        root, chain = _chain(node)
        if not isinstance(node.ctx, ast.Load):
            yield self._at(node, "set no attribute; build a new value")
        elif root == "self":
            yield self._at(node, f"self.{chain} must be called, and be an operation")
        elif root in MODULES:
            yield from self._of_module(node, root, chain)
        elif root in self._known():
            yield self._at(node, f"{root}.{chain} is refused")
        else:
            yield from self._link(node)
            yield from self._read(node.value)

    def _of_module(self, node: ast.AST, root: str, chain: str) -> Iterator[Said]:
        if chain.rpartition(".")[2] in CLOCKS:
            yield self._at(node, "say dt.datetime.fromtimestamp(self._clock.time(), dt.UTC) for the time now")
        elif chain not in MODULES[root]:
            yield self._at(node, f"{root}.{chain} is refused; there are {', '.join(sorted(MODULES[root]))}")

    def _link(self, node: ast.Attribute) -> Iterator[Said]:
        if node.attr.startswith("_") or node.attr in INTERNALS | FORMATS:
            mend = "; write an f-string" if node.attr in FORMATS else ""
            yield self._at(node, f".{node.attr} is refused{mend}")

    def _call(self, node: ast.Call) -> Iterator[Said]:
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            yield self._at(node, "write every argument out; no * or ** in a call")
        yield from self._called(node)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from self._read(argument)

    def _called(self, node: ast.Call) -> Iterator[Said]:
        function = node.func
        if isinstance(function, ast.Name):
            if function.id not in BUILTINS | {*self.types}:
                yield self._at(node, f"{function.id}() is refused")
        elif not isinstance(function, ast.Attribute):
            yield self._at(node, "call functions by their names")
        else:
            yield from self._method(node, function)

    def _method(self, node: ast.Call, function: ast.Attribute) -> Iterator[Said]:
        root, chain = _chain(function)
        if root == "self":
            if not self._is_operation(chain):
                yield self._at(node, f"self.{chain}() is no operation that this method may call")
        elif root in MODULES:
            yield from self._of_module(node, root, chain)
        elif function.attr not in METHODS:
            yield self._at(
                node, f".{function.attr}() is refused; call operations and methods of plain values"
            )
        elif root in self._known():
            yield self._at(node, f"{root}.{chain}() is refused")
        else:
            yield from self._read(function.value)

    def _is_operation(self, chain: str) -> bool:
        if chain == CLOCK:
            return True
        if chain == self.node.name:  # it would never end
            return False
        if self.operations is not None:
            return chain in self.operations
        parts = chain.split(".")
        return len(parts) <= 2 and not any(part in RAW or part.startswith("_") for part in parts)

    def _lambda(self, node: ast.Lambda) -> Iterator[Said]:
        given = node.args
        if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or given.defaults:
            yield self._at(node, "a lambda takes plain arguments alone")
        for argument in given.args:
            if argument.arg.startswith("_"):
                yield self._at(node, f"{argument.arg}: no name may begin with an underscore")
        yield from self._read(node.body)

    def _assignment(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[Said]:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from self._target(target)
        if isinstance(node, ast.AnnAssign):
            yield from self._annotation(node.annotation)
        if isinstance(node, ast.AugAssign):
            yield from ((node.lineno - 1, said) for _, said in self._read(node.op))
        if node.value is not None:
            yield from self._read(node.value)

    def _target(self, node: ast.expr) -> Iterator[Said]:
        if isinstance(node, ast.Tuple):
            for inner in node.elts:
                yield from self._target(inner)
        elif isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
            yield from self._read(node)
        else:
            yield self._at(node, "assign to names")

    def _annotation(self, node: ast.expr) -> Iterator[Said]:
        """A type: names of types, brackets, bars and None; no text, which would be evaluated elsewhere."""
        for inner in ast.walk(node):
            known = BUILTINS | ANNOTATIONS | {*self.types, "dt"}
            if isinstance(inner, ast.Name) and inner.id not in known:
                yield self._at(node, f"{inner.id} is no type that is known here")
            elif isinstance(inner, ast.Attribute) and ast.unparse(inner) not in ("dt.datetime", "dt.date"):
                yield self._at(node, f"{ast.unparse(inner)} is no type that is known here")
            elif not isinstance(inner, _TYPES) or getattr(inner, "value", None).__class__ is str:
                yield self._at(node, "this is no plain type")

    def _loop(self, node: ast.For | ast.comprehension) -> Iterator[Said]:
        yield from self._target(node.target)
        if isinstance(node, ast.comprehension) and node.is_async:
            yield self._at(node.iter, "the method is blocking; no async")
        rest = (*node.body, *node.orelse) if isinstance(node, ast.For) else (*node.ifs,)
        for part in (node.iter, *rest):
            yield from self._read(part)

    def _handler(self, node: ast.ExceptHandler) -> Iterator[Said]:
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(not isinstance(kind, ast.Name) or kind.id not in ERRORS for kind in kinds):
            yield self._at(node, "catch NotFoundError, ConflictError or another error of the adapter by name")
        if node.name and node.name.startswith("_"):
            yield self._at(node, f"{node.name}: no name may begin with an underscore")
        for statement in node.body:
            yield from self._read(statement)

    def _raise(self, node: ast.Raise) -> Iterator[Said]:
        error = node.exc
        if error is not None:
            made = (
                isinstance(error, ast.Call) and isinstance(error.func, ast.Name) and error.func.id == RAISED
            )
            if not isinstance(error, ast.Call) or not made or error.keywords:
                yield self._at(node, f"raise {RAISED}(text) alone")
                return
            for argument in error.args:
                yield from self._read(argument)
        if node.cause is not None:
            yield from self._read(node.cause)

    def _expression(self, node: ast.Expr) -> Iterator[Said]:
        if not isinstance(node.value, ast.Call | ast.Constant):
            yield self._at(node, "this line does nothing")
        yield from self._read(node.value)

    def _formatted(self, node: ast.FormattedValue) -> Iterator[Said]:
        spec = node.format_spec
        parts = spec.values if isinstance(spec, ast.JoinedStr) else []
        plain = all(isinstance(p, ast.Constant) and _SPEC.fullmatch(str(p.value)) for p in parts)
        if not plain:
            yield self._at(node, "what follows the colon in an f-string must be short and plain")
        yield from self._read(node.value)

    def _operation(self, node: ast.BinOp) -> Iterator[Said]:
        text = isinstance(node.left, ast.JoinedStr) or (
            isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        )
        if isinstance(node.op, ast.Mod) and text:
            yield self._at(node, "write an f-string; no % on a text")
        yield from self._inside(node)

    def _starred(self, node: ast.Starred) -> Iterator[Said]:
        yield from self._read(node.value)  # calls and targets refuse it, so this is a display


_TYPES = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.BinOp, ast.BitOr, ast.Constant, ast.Load)
_READERS: Mapping[type[ast.AST], Callable[[Reader, Any], Iterator[Said]]] = {
    ast.Name: Reader._name,
    ast.Constant: Reader._constant,
    ast.Attribute: Reader._attribute,
    ast.Call: Reader._call,
    ast.Lambda: Reader._lambda,
    ast.Assign: Reader._assignment,
    ast.AugAssign: Reader._assignment,
    ast.AnnAssign: Reader._assignment,
    ast.For: Reader._loop,
    ast.comprehension: Reader._loop,
    ast.ExceptHandler: Reader._handler,
    ast.Raise: Reader._raise,
    ast.Expr: Reader._expression,
    ast.FormattedValue: Reader._formatted,
    ast.BinOp: Reader._operation,
    ast.Starred: Reader._starred,
}


def _chain(node: ast.Attribute) -> tuple[str, str]:
    """The root name of ``root.a.b`` and ``a.b``; "" where the root is no name."""
    parts: list[str] = []
    base: ast.expr = node
    while isinstance(base, ast.Attribute):
        parts.append(base.attr)
        base = base.value
    return (base.id if isinstance(base, ast.Name) else ""), ".".join(reversed(parts))
