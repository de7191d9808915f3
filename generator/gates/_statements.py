"""What may stand at the level of a module or a class: importing a managed file must do nothing but define.

Imports, constants, classes, functions, a docstring; ``if TYPE_CHECKING:`` around imports; and at the end of a
file ``if __name__ == "__main__":``. A constant may be built by a class, by a few functions without effects,
or, in a test, by any function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from generator.gates._allowed import words

Said = tuple[ast.AST, str]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)
PURE = words(
    "awaited bool bytes compile date datetime dict downloaded field float frozenset getLogger int iterated"
    " joinpath list locked queued set str streamed time timedelta timezone tuple with_name with_suffix"
)


def statements(body: Iterable[ast.stmt], *, test: bool) -> Iterator[Said]:
    """Yield every statement of a module or class body that does more than define, and why it is refused."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from statements(statement.body, test=test)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            yield from _constant(statement, test=test)
        elif isinstance(statement, ast.If):
            yield from _guard(statement)
        elif not _defines(statement):
            yield statement, f"{_word(statement)} runs when the module is imported"


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, (*DEFINITIONS, *IMPORTS, ast.Pass))


def _guard(statement: ast.If) -> Iterator[Said]:
    said = ast.unparse(statement.test)
    if statement.orelse:
        yield statement, "an else at module level runs when the module is imported"
    elif said in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        for inner in statement.body:
            if not isinstance(inner, IMPORTS):
                yield inner, "only imports may stand under TYPE_CHECKING"
    elif said != "__name__ == '__main__'":
        yield statement, "an if at module level runs when the module is imported"


def _constant(statement: ast.Assign | ast.AnnAssign, *, test: bool) -> Iterator[Said]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if not all(isinstance(name, ast.Name) for target in targets for name in _flat(target)):
        yield statement, "an assignment to an attribute or item runs when the module is imported"
    for node in ast.walk(statement.value) if statement.value else ():
        if isinstance(node, ast.Call) and not test and not _is_pure(node.func):
            yield node, f"the call of {ast.unparse(node.func)} runs when the module is imported"
        elif isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            yield node, f"{_word(node)} runs when the module is imported"


def _is_pure(function: ast.expr) -> bool:
    """Return whether a call defines a value: of a class (by its name's spelling), or of a listed function."""
    if isinstance(function, ast.Subscript):
        return _is_pure(function.value)
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name in PURE or name.lstrip("_")[:1].isupper()


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for inner in target.elts:
            yield from _flat(inner)
    else:
        yield target


def _word(node: ast.AST) -> str:
    return {"Expr": "an expression", "NamedExpr": ":="}.get(
        type(node).__name__, f"'{type(node).__name__.lower()}'"
    )
