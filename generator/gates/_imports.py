"""Where a name in a managed file comes from, and whether it may be used there."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution

from generator.gates._allowed import DEPENDENCIES, STDLIB, TESTS

Dotted = tuple[str, ...]
RUNTIME: Dotted = ("integrations", "runtime")
DEEPEST = 8  # re-exports followed inside one package


@dataclass(frozen=True, slots=True)
class Names:
    """What the imports of one file bind: local name → where it comes from."""

    bound: Mapping[str, Dotted]

    @classmethod
    def of(cls, tree: ast.Module, package: Dotted) -> Names:
        """Read every import of a file that lies in *package*, wherever it stands."""
        bound: dict[str, Dotted] = {}
        for node in ast.walk(tree):
            for _, local, dotted in imported(node, package):
                bound[local] = dotted
        return cls(bound)


def imported(node: ast.AST, package: Dotted) -> Iterator[tuple[Dotted, str, Dotted]]:
    """Yield ``(what is imported, local name, what that name is)`` for an import statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            whole = tuple(alias.name.split("."))
            yield whole, alias.asname or whole[0], whole if alias.asname else whole[:1]
    elif isinstance(node, ast.ImportFrom):
        start = origin(node, package)
        for alias in node.names:
            whole = (*start, alias.name)
            yield whole, alias.asname or alias.name, whole


def origin(node: ast.ImportFrom, package: Dotted) -> Dotted:
    """Return the absolute module that a ``from`` import names."""
    module = tuple(node.module.split(".")) if node.module else ()
    if not node.level:
        return module
    kept = len(package) - (node.level - 1)
    return (*package[: max(kept, 0)], *module)


@dataclass(frozen=True, slots=True)
class World:
    """What exists around the files of one package: its modules, the runtime's and its dependencies."""

    package: Dotted
    exports: Mapping[Dotted, Names]
    runtime: frozenset[Dotted]
    dependencies: frozenset[str]

    def is_module(self, dotted: Dotted) -> bool:
        """Return whether a dotted name is a module, which must not be passed around as a value."""
        dotted = self.source(dotted)
        name = ".".join(dotted)
        return (
            name in TESTS
            or any(row == name or row.startswith(f"{name}.") for row in STDLIB)
            or dotted in self.runtime
            or dotted in self.exports
            or dotted == RUNTIME[:1]
            or (dotted[0] in self.dependencies and len(dotted) == 1)
        )

    def source(self, dotted: Dotted) -> Dotted:
        """Follow the package's own re-exports to where a name is defined."""
        for _ in range(DEEPEST):
            for end in range(len(dotted) - 1, len(self.package) - 1, -1):
                names = self.exports.get(dotted[:end])
                if names and dotted not in self.exports and dotted[end] in names.bound:
                    dotted = (*names.bound[dotted[end]], *dotted[end + 1 :])
                    break
            else:
                return dotted
        return dotted

    def complaint(self, dotted: Dotted, *, test: bool) -> str:
        """Return why code must not reach *dotted* (a module, or a name in one), or ""."""
        dotted = self.source(dotted)
        if dotted[: len(self.package)] == self.package or dotted == RUNTIME[:1]:
            return ""
        if dotted[: len(RUNTIME)] == RUNTIME:
            return self._runtime(dotted)
        if dotted[0] in self.dependencies:
            return _third_party(dotted)
        return _standard(dotted, {**STDLIB, **TESTS} if test else STDLIB)

    def _runtime(self, dotted: Dotted) -> str:
        for end in range(len(RUNTIME) + 1, len(dotted) + 1):
            part = dotted[end - 1]
            if part.startswith("_"):
                return f"{'.'.join(dotted)} is private to the runtime"
            if dotted[:end] not in self.runtime:
                return f"{'.'.join(dotted)} is no name of the runtime" if _is_stdlib(part) else ""
        return ""


def _third_party(dotted: Dotted) -> str:
    known = DEPENDENCIES.get(dotted[0], frozenset())
    for part in dotted[1:]:
        if part.startswith("_") or (_is_stdlib(part) and part not in known):
            return f"{'.'.join(dotted)} is not a public name of {dotted[0]}"
    return ""


def _standard(dotted: Dotted, allowed: Mapping[str, frozenset[str]]) -> str:
    name = ".".join(dotted)
    if name in allowed or any(row.startswith(f"{name}.") for row in allowed):
        return ""
    for end in range(len(dotted) - 1, 0, -1):
        module = ".".join(dotted[:end])
        if module in allowed:
            return (
                "" if dotted[end] in allowed[module] else f"{module}.{dotted[end]} is not on the allow-list"
            )
    return f"{name} is not on the allow-list of imports"


def _is_stdlib(name: str) -> bool:
    return name in sys.stdlib_module_names or name == "builtins"


@lru_cache(maxsize=256)
def import_names(requirement: str) -> frozenset[str]:
    """Return the top-level modules of a PEP 508 requirement; when it is not installed, by its name."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    if found is None:
        return frozenset()
    guess = {re.sub(r"[-.]+", "_", found[0]).lower()}
    try:
        files = distribution(found[0]).files or ()
    except PackageNotFoundError:
        return frozenset(guess)
    tops = {f.parts[0].removesuffix(".py") for f in files if f.suffix in (".py", ".pyi", ".so", ".pyd")}
    return frozenset(guess | {top.partition(".")[0] for top in tops if top.partition(".")[0].isidentifier()})
