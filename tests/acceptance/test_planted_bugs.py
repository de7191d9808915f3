"""A bug planted anywhere in a generated adapter fails the adapter's own suite.

Each kind of bug knows every place where it fits. One place is drawn for each kind and package, the same on
every run, by turns in each class that has methods of its own.
"""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from .conftest import CHECKOUT

MODULES = ("github", "stripe")
OTHER_VERBS = {"GET": "HEAD", "POST": "PUT", "PUT": "PATCH", "PATCH": "PUT", "DELETE": "POST"}
OTHER_ENCODING = {"json": "form", "form": "json", "multipart": "form"}
SECRET = "self._requests.credential.value.reveal()"
Plant = Callable[[], None]
Method = ast.FunctionDef | ast.AsyncFunctionDef


def wrong_verb(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """Another method for an operation."""
    for verb in (operation.args[1] for operation in operations(tree)):
        assert isinstance(verb, ast.Constant)
        yield partial(setattr, verb, "value", OTHER_VERBS[str(verb.value)])


def retried_post(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """A POST is called safe to repeat; a key that made it so is dropped."""

    def plant(operation: ast.Call) -> None:
        change(operation, "idempotency_header", None)
        change(operation, "idempotent", "True")

    yield from (partial(plant, o) for o in operations(tree) if ast.unparse(o.args[1]) == "'POST'")


def untyped_answer(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """Whatever the service answers is passed on."""
    typed = [o for o in operations(tree) if option(o, "returns") and not option(o, "pages")]
    yield from (partial(change, o, "returns", "Any") for o in typed if option(o, "returns") != "bytes")


def lost_meaning(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """An error's declared meaning is gone."""
    yield from (partial(change, o, "errors", None) for o in operations(tree) if option(o, "errors"))


def wrong_encoding(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """A form becomes JSON, JSON a form."""
    sending = {ast.unparse(call.args[0]).lower() for call in calls(form) if option(call, "body")}
    for operation in operations(tree):
        if ast.literal_eval(operation.args[0]) in sending:
            now = str(ast.literal_eval(option(operation, "body") or "'json'"))
            yield partial(change, operation, "body", repr(OTHER_ENCODING[now]))


def wrong_pages(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """The items of a page are sought where they are not."""
    pages = [k.value for o in operations(tree) for k in o.keywords if k.arg == "pages"]
    yield from (partial(change, call, "items", "'nowhere'") for call in pages if isinstance(call, ast.Call))


def dropped_parameter(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """An argument goes nowhere."""

    def plant(mapping: ast.Dict, index: int) -> None:
        del mapping.keys[index], mapping.values[index]

    yield from (partial(plant, mapping, i) for mapping in mappings(form) for i in range(len(mapping.keys)))


def wrong_name(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """An argument travels under another name."""

    def plant(mapping: ast.Dict, index: int) -> None:
        mapping.keys[index] = ast.Constant("misspelt")

    yield from (partial(plant, mapping, i) for mapping in mappings(form) for i in range(len(mapping.keys)))


def swapped_arguments(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """Two arguments change places."""

    def plant(mapping: ast.Dict) -> None:
        mapping.values[0], mapping.values[1] = mapping.values[1], mapping.values[0]

    yield from (partial(plant, mapping) for mapping in mappings(form) if len(mapping.keys) > 1)


def dropped_option(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """A caller's time-out or idempotency key is ignored."""
    given = [(call, name) for call in calls(form) for name in ("timeout", "idempotency_key")]
    yield from (partial(change, call, name, None) for call, name in given if option(call, name))


def wrong_default(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """What the service assumes is no longer sent."""

    def plant(method: Method, index: int) -> None:
        method.args.kw_defaults[index] = ast.Constant(None)

    for method in methods(form):
        for index, default in enumerate(method.args.kw_defaults):
            if isinstance(default, ast.Constant) and default.value is not None:
                yield partial(plant, method, index)


def swallowed_error(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """One kind of error is nothing to speak of; of a list, it is an empty one."""
    missing = "__import__('integrations.runtime').runtime.NotFoundError"
    for method in methods(form):
        call = ast.unparse(method.body[-1]).removeprefix("return ")
        if "AsyncIterator" in ast.unparse(method.returns or method):
            walk = f"try:\n  async for item in {call}:\n   yield item\n except {missing}:\n  return"
            yield partial(rewrite, method, f"async def walk():\n {walk}\nreturn walk()")
        elif "Iterator" in ast.unparse(method.returns or method):
            yield partial(
                rewrite, method, f"try:\n return iter(list({call}))\nexcept {missing}:\n return iter([])"
            )
        elif "Download" not in ast.unparse(method.returns or method):
            yield partial(rewrite, method, f"try:\n return {call}\nexcept {missing}:\n return None")


def leaked_secret(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """The host's variables are printed, or the credential is logged."""
    leaks = ("print(dict(__import__('os').environ))", f"__import__('logging').getLogger('x').debug({SECRET})")
    for method in methods(form):
        yield from (partial(rewrite, method, f"{leak}\n{ast.unparse(method.body[-1])}") for leak in leaks)


def misplaced_secret(tree: ast.Module, form: ast.ClassDef) -> Iterator[Plant]:
    """The credential travels in one more header."""
    yield from (partial(change, call, "headers", f"{{'X-Debug': {SECRET}}}") for call in calls(form))


BUGS = (
    wrong_verb,
    retried_post,
    untyped_answer,
    lost_meaning,
    wrong_encoding,
    wrong_pages,
    dropped_parameter,
    wrong_name,
    swapped_arguments,
    dropped_option,
    wrong_default,
    swallowed_error,
    leaked_secret,
    misplaced_secret,
)


def operations(tree: ast.AST) -> list[ast.Call]:
    """Every declaration of an operation."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id == "Operation"]


def calls(tree: ast.AST) -> list[ast.Call]:
    """Every call that a method makes of the runtime."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    own = ("_call", "_pages", "_download")
    return [call for call in found if isinstance(call.func, ast.Attribute) and call.func.attr in own]


def methods(form: ast.ClassDef) -> list[Method]:
    return [node for node in form.body if isinstance(node, Method)]


def mappings(form: ast.ClassDef) -> list[ast.Dict]:
    """Every mapping of wire names to arguments."""
    return [k.value for call in calls(form) for k in call.keywords if isinstance(k.value, ast.Dict)]


def option(call: ast.Call, name: str) -> str:
    """The code of one keyword argument, or ""."""
    return next((ast.unparse(k.value) for k in call.keywords if k.arg == name), "")


def change(call: ast.Call, name: str, code: str | None) -> None:
    """Set one keyword argument, or remove it."""
    call.keywords = [keyword for keyword in call.keywords if keyword.arg != name]
    if code is not None:
        call.keywords.append(ast.keyword(name, ast.parse(code, mode="eval").body))


def rewrite(method: Method, code: str) -> None:
    """Give a method another body behind its docstring; it stays a coroutine if it was one."""
    method.body = [method.body[0], *ast.parse(code).body]


def planted(source: str, bug: Callable[[ast.Module, ast.ClassDef], Iterator[Plant]], turn: int) -> str:
    """Plant *bug* in one of the places where it fits."""
    tree = ast.parse(source)
    forms = [node for node in tree.body if isinstance(node, ast.ClassDef) and methods(node)]
    places = list(bug(tree, forms[turn % len(forms)]))
    assert places, f"{bug.__name__} fits nowhere"
    random.Random(f"{bug.__name__} {turn}").choice(places)()
    return ast.unparse(ast.fix_missing_locations(tree))


def suite(root: Path, module: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"integrations/{module}"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("planted")
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "integrations", root / "integrations", ignore=unwanted)
    return root


def verdict(copy: Path, module: str, name: str, change: Callable[[str], str]) -> int:
    """The exit code of a suite while one file of its package is changed."""
    path = copy / "integrations" / module / name
    pristine = path.read_text()
    try:
        path.write_text(change(pristine))
        return suite(copy, module).returncode
    finally:
        path.write_text(pristine)


@pytest.mark.parametrize("module", MODULES)
def test_the_suite_passes_without_a_bug(copy: Path, module: str) -> None:
    assert verdict(copy, module, f"{module}_adapter.py", lambda text: ast.unparse(ast.parse(text))) == 0


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_fails_the_suite(
    copy: Path, module: str, bug: Callable[[ast.Module, ast.ClassDef], Iterator[Plant]]
) -> None:
    turn = BUGS.index(bug) + MODULES.index(module)
    assert verdict(copy, module, f"{module}_adapter.py", lambda text: planted(text, bug, turn)) == 1


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("github", "base_url: https://api.github.com", "base_url: https://elsewhere.example"),
        ("stripe", 'rate_limit: "100/second"', "rate_limit: null"),
    ],
)
def test_a_changed_configuration_fails_the_suite(copy: Path, module: str, old: str, new: str) -> None:
    def change(text: str) -> str:
        assert text.count(old) == 1
        return text.replace(old, new)

    assert verdict(copy, module, "config.yaml", change) == 1
