"""Text stays text: nothing that a manifest or a document says becomes code, mark-up or a tool's order."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from .entries import entry
from .test_package import RULES, STYLE, suite

EVIL = (
    '"""\nimport os; os.system("touch pwned")\n"""',
    "\\",
    'ends with \\"""',
    "{{ 7*7 }}{% for x in y %}{# no #}",
    "{7*7!r:>{99}}",
    "a\r\nb\x00c\x1b[31m\u202e\u2066\u2028evil",
    "*/ --> ]]> </script><img src=x onerror=alert(1)>",
    "# type: ignore  # noqa  # pragma: no cover",
    "`code` ```\n```python\n| a | [x](http://evil.example) ![](x) <b>",
    "'; DROP TABLE x; --",
    "$(touch pwned) ${HOME} %s %(x)s",
    ": - [yaml, *alias, &anchor] !!python/object:os.system",
)


def hostile(texts: Sequence[str], name: str) -> dict[str, Any]:
    """An entry with one of *texts* in every field that takes free text."""
    at = iter(range(10_000))

    def evil() -> str:
        return texts[next(at) % len(texts)]

    fields = {
        evil(): "string",
        "plain": {"type": "string", "description": evil()},
        "kind": {"enum": [evil(), "b"]},
    }
    return entry(
        {"name": name, "service": f"Evil {evil()}", "description": evil()},
        base_url="https://api.example.com",
        headers={"X-Team": re.sub(r"[\x00-\x1f\u2028\u202e\u2066]", " ", evil())},
        types={
            "Thing": {
                "type": "object",
                "description": evil(),
                "properties": fields,
                "required": sorted(fields),
            }
        },
        endpoints=[
            {
                "method": "POST",
                "path": "/things/{id}",
                "name": "change_thing",
                "summary": evil(),
                "description": evil(),
                "parameters": {
                    evil(): {"type": "string", "description": evil(), "default": evil()},
                    "mode": {"enum": [evil(), "b"], "default": "b"},
                    "wire": {"type": "string", "name": evil()},
                    "id": {"type": "string", "description": evil()},
                },
                "body": {
                    evil(): {"type": "string", "description": evil()},
                    "note": {"type": "string", "default": evil()},
                },
                "returns": "Thing",
                "errors": {"409": evil(), "422": evil()},
            },
            {"method": "GET", "path": "/things", "summary": evil(), "returns": ["Thing"]},
        ],
    )


@pytest.fixture(scope="module")
def attacked(
    rendered: Callable[[Path, Sequence[Mapping[str, Any]]], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    turns = [hostile([*EVIL[n:], *EVIL[:n]], f"evil-{n}") for n in range(len(EVIL))]
    return rendered(tmp_path_factory.mktemp("hostile"), [*turns, hostile(["harmless words"], "harmless")])


def modules(stage: Path) -> list[str]:
    return sorted(p.name for p in (stage / "integrations").iterdir() if p.name.startswith("evil_"))


PLAIN = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return, ast.ImportFrom)


def deeds(path: Path) -> list[str]:
    """Everything that a module does or defines: what is called, imported, decorated and defined."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            found.append(ast.unparse(node.func))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(f"{type(node).__name__} {node.name} {list(map(ast.unparse, node.decorator_list))}")
        elif isinstance(node, ast.Import):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom) and node.module != "typing":
            found.append(f"from {node.module}")
        elif isinstance(node, ast.stmt) and not isinstance(node, PLAIN):
            found.append(type(node).__name__)
    plain = (re.sub(r"\w+Adapter\b", "Adapter", deed) for deed in found)
    return sorted(re.sub(r"evil_\d+|harmless", "module", deed) for deed in plain)


@pytest.mark.parametrize("kind", ["{}_adapter.py", "{}_custom.py", "examples.py", "__init__.py"])
def test_the_code_does_what_it_does_for_harmless_words(attacked: Path, kind: str) -> None:
    folder = attacked / "integrations"
    expected = deeds(folder / "harmless" / kind.format("harmless"))
    for module in modules(attacked):
        assert deeds(folder / module / kind.format(module)) == expected, module


def test_the_suites_pass_and_nothing_ran(attacked: Path) -> None:
    done = suite(attacked, *modules(attacked))
    assert done.returncode == 0, done.stdout[-3000:]
    assert not list(attacked.rglob("pwned"))


def test_linters_and_types_have_nothing_to_say(attacked: Path) -> None:
    names = [f"integrations/{module}" for module in modules(attacked)]
    excepted = (
        "--config",
        'lint.per-file-ignores={"test_*"=["S"]}',
        "--config",
        'lint.isort.known-first-party=["integrations"]',
    )
    ruff = ("ruff", "check", "--isolated", "--no-cache", *RULES, *STYLE, *excepted)
    mypy = (
        "mypy",
        "--strict",
        "--explicit-package-bases",
        "--namespace-packages",
        "--follow-imports=silent",
        "--config-file=",
    )
    for command in (ruff, mypy):
        done = subprocess.run(
            [sys.executable, "-m", *command, *names],
            cwd=attacked,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_no_file_holds_what_cannot_be_seen(attacked: Path) -> None:
    for module in modules(attacked):
        for path in (attacked / "integrations" / module).iterdir():
            if path.is_file():
                assert not re.search(
                    "[\x00-\x08\x0b-\x1f\u2028\u202a-\u202e\u2066-\u2069]", path.read_text("utf-8")
                ), path


def test_no_comment_orders_a_tool(attacked: Path) -> None:
    for module in modules(attacked):
        for path in (attacked / "integrations" / module).glob("*.py"):
            tokens = tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
            comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
            assert not [c for c in comments if re.search(r"noqa|type:\s*ignore|pragma:", c)], path


def test_configuration_is_data_alone(attacked: Path) -> None:
    for module in modules(attacked):
        found = yaml.safe_load((attacked / "integrations" / module / "config.yaml").read_text("utf-8"))
        assert set(found) <= {
            "service",
            "base_url",
            "auth",
            "headers",
            "timeout",
            "retry",
            "rate_limit",
            "environments",
        }
        assert found["service"].startswith("Evil ")


def test_documentation_holds_no_mark_up_of_others(attacked: Path) -> None:
    for module in modules(attacked):
        text = (attacked / "integrations" / module / f"{module.upper()}_INTEGRATION.md").read_text("utf-8")
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
        prose = re.sub(r"(`+).+?\1", "", prose)
        assert not re.search(r"(?<!\\)<(img|b|script)", prose), module
        assert not re.search(r"(?<!\\)\]\(http", prose), module
        assert len(re.findall(r"^```", text, flags=re.M)) % 2 == 0


def test_no_template_was_rendered(attacked: Path) -> None:
    for module in modules(attacked):
        for path in (attacked / "integrations" / module).iterdir():
            assert not path.is_file() or "49" not in re.findall(r"\b49\b", path.read_text("utf-8")), path
