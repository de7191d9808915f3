"""The share of public names with a docstring: modules, classes, functions and methods that callers see."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from generator.gates import Batch, Result, Results

HARD = False
NEEDS = ("parses",)

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def run(batch: Batch) -> Results:
    """Count public names, and those with a docstring, in every managed file but the tests."""
    results = {}
    for subject in batch.subjects:
        trees = batch.facts("parses", subject)["trees"]
        paths = [path for path in subject.paths(".py", tests=False) if path in trees]
        names = [bool(ast.get_docstring(node)) for path in paths for node in public(trees[path])]
        results[subject.name] = Result(counts={"public": len(names), "documented": sum(names)})
    return results


def public(node: Documented) -> Iterator[Documented]:
    """Yield a module or class and every public class, function and method in it, however deep in classes."""
    yield node
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _is_public(child):
            yield from public(child) if isinstance(child, ast.ClassDef) else (child,)


def _is_public(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether callers see the name; an overload's text stands at the implementation."""
    hidden = {"overload", "setter", "deleter"}
    marks = {d.id if isinstance(d, ast.Name) else getattr(d, "attr", "") for d in node.decorator_list}
    return not node.name.startswith("_") and not marks & hidden
