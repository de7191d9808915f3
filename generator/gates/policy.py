"""AST policy and imports: what a generated line may do, and where a name may come from.

It binds managed files (a person's own lines are a person's business) and holds them to what adapters need:
allow-listed imports, no dynamic code, no way round by dunders, frames or format strings, no suppressions,
nothing that runs on import, no characters that a reader cannot see. It is a lint, and no sandbox.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import partial

from generator.gates import Batch, Finding, Result, Results, Subject, is_example, is_test
from generator.gates._expressions import Reader
from generator.gates._imports import RUNTIME, Dotted, Names, World, import_names
from generator.gates._statements import statements

HARD = True
NEEDS = ("parses",)

# Characters that make text look other than it is: control, bidirectional, zero-width, line separators.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
SUPPRESSION = re.compile(
    r"#.*?\b(noqa\b|nosec\b|type:\s*ignore|pragma:\s*no|pragma:\s*exclude|fmt:\s*(off|skip)|yapf:\s*disable"
    r"|isort:\s*\w+|ruff:\s*\w+|mypy:\s*\S+|pyright:\s*\w+|pylint:\s*\w+|flake8:\s*\w+)",
    re.IGNORECASE,
)
# Files that a tool or Python itself obeys without being asked.
OBEYED = re.compile(
    r"(^|/)(conftest\.py|sitecustomize\.py|usercustomize\.py|setup\.(py|cfg)|pyproject\.toml|noxfile\.py"
    r"|\.?pytest\.(ini|toml)|tox\.ini|\.?mypy\.ini|\.?ruff\.toml|\.coveragerc|.*\.(pth|pyc|pyd|so|dll|dylib))$"
)


def run(batch: Batch) -> Results:
    """Return every line of a managed file that the policy refuses, with the rule."""
    runtime = _runtime(batch)
    return {s.name: _judge(batch, s, runtime) for s in batch.passed("parses")}


def _judge(batch: Batch, subject: Subject, runtime: frozenset[Dotted]) -> Result:
    facts = batch.facts("parses", subject)
    world = _world(subject, facts["trees"], runtime)
    findings: list[Finding] = []
    for path in subject.paths(own=True):
        if OBEYED.search(path):
            findings.append(Finding("policy", path, 0, "a tool would obey this file; packages hold none"))
    for path in subject.paths():
        finding = partial(Finding, "policy", path)
        findings += (finding(line, said) for line, said in _text(facts["texts"][path], path))
    for path in subject.paths(".py"):
        finding = partial(Finding, "policy", path)
        findings += (finding(line, said) for line, said in _code(facts["trees"][path], path, world))
    return Result(tuple(findings), counts={"files": len(subject.paths(".py"))})


def _text(text: str, path: str) -> Iterator[tuple[int, str]]:
    for found in UNSEEN.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, f"character U+{ord(found[0]):04X} cannot be seen"
    if path.endswith(".py") and SUPPRESSION.search(text):
        yield from _suppressions(text)


def _suppressions(text: str) -> Iterator[tuple[int, str]]:
    """Look at the comments alone; tokenizing is slow, and hardly a file needs it."""
    import io
    import tokenize

    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        found = SUPPRESSION.search(token.string) if token.type == tokenize.COMMENT else None
        if found:
            yield token.start[0], f"'{found[1]}' would silence a tool"


def _code(tree: ast.Module, path: str, world: World) -> Iterator[tuple[int, str]]:
    test = is_test(path)
    for node, said in statements(tree.body, test=test):
        yield getattr(node, "lineno", 0), said
    names = Names.of(tree, package_of(path))
    reader = Reader(names, world, package_of(path), test=test, calls=test or is_example(path))
    for node, said in reader.read(tree):
        yield getattr(node, "lineno", 0), said


def _world(subject: Subject, trees: Mapping[str, ast.Module], runtime: frozenset[Dotted]) -> World:
    return World(
        package=("integrations", subject.module),
        exports={module_of(path): Names.of(tree, package_of(path)) for path, tree in trees.items()},
        runtime=runtime,
        dependencies=frozenset(name for d in subject.dependencies for name in import_names(d)),
    )


def module_of(path: str) -> Dotted:
    """Return the dotted name of the module in a file below the stage."""
    parts = tuple(path.removesuffix(".py").split("/"))
    return parts[:-1] if parts[-1] == "__init__" else parts


def package_of(path: str) -> Dotted:
    """Return the package that a file's relative imports start from."""
    return tuple(path.split("/")[:-1])


def _runtime(batch: Batch) -> frozenset[Dotted]:
    """Return every module of the runtime by its dotted name."""
    folder = batch.stage.joinpath(*RUNTIME)
    files = (f.relative_to(folder).as_posix() for f in folder.rglob("*.py"))
    return frozenset(module_of("/".join((*RUNTIME, name))) for name in files)
