"""A generated package passes its own suite, strict types and lints, and finds what is wrong in itself."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from .entries import GITHUB, NAME_ONLY, STRIPE, entry

MODULES = ("github", "stripe", "odd_api", "acme_crm")
RULES = (
    "--select",
    "E,F,W,I,B,UP,SIM,RUF,C4,PT,RET,PIE,S",
    "--ignore",
    "E501,RUF001,RUF002,RUF003,S105,S106,S107",
)
STYLE = ("--config", 'target-version="py311"', "--config", "line-length=110")
OWN = (
    "--config",
    'lint.isort.known-first-party=["integrations"]',
    "--config",
    'lint.per-file-ignores={"test_*"=["S"]}',
)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def suite(folder: Path, *modules: str) -> subprocess.CompletedProcess[str]:
    names = [f"integrations/{module}" for module in modules]
    return run(folder, "pytest", "-q", "-x", "-p", "no:cacheprovider", "--import-mode=importlib", *names)


def test_every_suite_passes(stage: Path) -> None:
    done = suite(stage, *MODULES)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_types_are_strict(stage: Path) -> None:
    names = [f"integrations/{module}" for module in MODULES]
    options = (
        "--strict",
        "--explicit-package-bases",
        "--namespace-packages",
        "--follow-imports=silent",
        "--config-file=",
    )
    done = run(stage, "mypy", *options, "--cache-dir", str(stage / "mypy"), *names)
    assert done.returncode == 0, done.stdout


def test_linters_have_nothing_to_say(stage: Path) -> None:
    names = [f"integrations/{module}" for module in MODULES]
    done = run(stage, "ruff", "check", "--isolated", "--no-cache", *RULES, *STYLE, *OWN, *names)
    assert done.returncode == 0, done.stdout


def test_the_adapter_reads_like_this(stage: Path) -> None:
    source = (stage / "integrations/github/github_adapter.py").read_text("utf-8")
    assert METHOD in source


METHOD = '''
    def list_issues(
        self,
        owner: str,
        repo: str,
        *,
        since: dt.datetime | None = None,
        state: Literal["open", "closed", "all"] = "open",
        timeout: float | None = None,
    ) -> Iterator[Issue]:
        """Issues of a repository, newest first.

        Yields:
            Every issue; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_ISSUES,
            path={"owner": owner, "repo": repo},
            query={"since": since, "state": state},
            timeout=timeout,
        )
'''


def test_the_example_in_the_package_s_docstring_is_code(stage: Path) -> None:
    for module in MODULES:
        source = (stage / "integrations" / module / "__init__.py").read_text("utf-8")
        told = ast.get_docstring(ast.parse(source)) or ""
        example = ast.parse(textwrap.dedent(told.partition("\n\n")[2].rpartition("\n\n")[0]))
        adapter = (stage / "integrations" / module / f"{module}_adapter.py").read_text("utf-8")
        methods = {d.name: d for d in ast.walk(ast.parse(adapter)) if isinstance(d, ast.FunctionDef)}
        calls = [c for c in ast.walk(example) if isinstance(c, ast.Call)]
        named = [(methods[_attribute(c)].args, c) for c in calls if _attribute(c) in methods]
        assert len(named) == 1, told
        for arguments, call in named:
            assert len(call.args) < len([*arguments.posonlyargs, *arguments.args])
            assert {k.arg for k in call.keywords} <= {a.arg for a in arguments.kwonlyargs}


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def test_documentation_has_no_gaps(stage: Path) -> None:
    for path in sorted((stage / "integrations").glob("*/*_INTEGRATION.md")):
        text = path.read_text("utf-8")
        assert "\n\n\n" not in text, path.name
        assert text == text.rstrip() + "\n"


def test_every_public_name_is_documented(stage: Path) -> None:
    for module in MODULES:
        for path in sorted((stage / "integrations" / module).glob("*.py")):
            if path.name.startswith("test_"):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    assert ast.get_docstring(node), (path, getattr(node, "name", "module"))


def test_the_two_forms_offer_the_same(stage: Path) -> None:
    for module in MODULES:
        tree = ast.parse((stage / "integrations" / module / f"{module}_adapter.py").read_text("utf-8"))
        blocking, awaiting = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        methods = [node.name for node in blocking.body if isinstance(node, ast.FunctionDef)]
        forms = [ast.unparse(node) for node in awaiting.body if isinstance(node, ast.Assign)]
        derived = [
            re.fullmatch(rf"(\w+) = (?:await|iterat|download)ed\({blocking.name}\.\1\)", f) for f in forms
        ]
        assert [found[1] for found in derived if found] == methods


def test_a_service_known_by_name_alone_has_raw_calls_and_says_what_to_add(
    stage: Path, blueprint: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> None:
    facts = blueprint(entry(NAME_ONLY))
    assert facts["incomplete"]
    text = (stage / "integrations/acme_crm/ACME_CRM_INTEGRATION.md").read_text("utf-8")
    assert "endpoints:" in text
    assert "base_url: null  # set ACME_CRM_BASE_URL" in (
        stage / "integrations/acme_crm/config.yaml"
    ).read_text("utf-8")


def test_the_manifest_s_order_changes_no_byte(
    stage: Path, rendered: Callable[[Path, Sequence[Mapping[str, Any]]], Path], tmp_path: Path
) -> None:
    def reversed_(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: reversed_(inner) for key, inner in reversed(value.items())}
        return value

    turned = reversed_(entry(GITHUB))
    turned["requirements"]["endpoints"].reverse()
    other = rendered(tmp_path / "stage", [turned])
    for path in sorted((stage / "integrations/github").iterdir()):
        if path.is_file():
            assert (other / "integrations/github" / path.name).read_bytes() == path.read_bytes(), path.name


def test_your_own_methods_are_part_of_the_package(stage: Path, tmp_path: Path) -> None:
    folder = _copy(stage, tmp_path)
    own = folder / "integrations/github/github_custom.py"
    own.write_text(own.read_text("utf-8") + OWN_METHODS, "utf-8")
    (folder / "use.py").write_text(USE, "utf-8")
    done = subprocess.run([sys.executable, "use.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == "1 issues\n", done.stderr
    assert suite(folder, "github").returncode == 0


OWN_METHODS = '''
    async def noted(self) -> str:
        """Count the issues of one repository."""
        return f"{len([i async for i in self.list_issues('ada', 'hello-world')])} issues"
'''
USE = """
from integrations.github import AsyncGitHubAdapter, GitHubAdapter
from integrations.runtime.testing import ScriptedService

issue = {"number": 1, "title": "x", "state": "open", "created_at": "2026-01-02T03:04:05Z"}
secrets = {"GITHUB_TOKEN": "t-0-k-e-n"}
with ScriptedService.running(GitHubAdapter, AsyncGitHubAdapter, "async", secrets=secrets) as service:
    service.replies(json=[issue])
    print(service.call(lambda github: github.noted()))
    service.forget()
"""


def _copy(stage: Path, folder: Path) -> Path:
    shutil.copytree(
        stage / "integrations",
        folder / "integrations",
        symlinks=True,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return folder


def _once(pattern: str, replacement: str) -> Callable[[str], str]:
    def planted(source: str) -> str:
        changed, times = re.subn(pattern, replacement, source, count=1, flags=re.DOTALL)
        assert times == 1, pattern
        return changed

    return planted


def _in_async(change: Callable[[str], str]) -> Callable[[str], str]:
    def planted(source: str) -> str:
        head, mark, tail = source.partition("\nclass Async")
        return head + mark + change(tail)

    return planted


BUGS = {
    "github: a wrong verb": ("github", _once(r'"POST"', '"PUT"')),
    "github: a wrong path": ("github", _once(r"/repos/\{owner\}/\{repo\}\"", '/repos/{repo}/{owner}"')),
    "github: a parameter swapped": (
        "github",
        _once(r'"owner": owner, "repo": repo', '"owner": repo, "repo": owner'),
    ),
    "github: a parameter dropped": (
        "github",
        _once(r'query=\{"since": since, "state": state\}', 'query={"state": state}'),
    ),
    "github: an async method that does another thing": (
        "github",
        _in_async(_once(r"GitHubAdapter\.create_issue\)", "GitHubAdapter.get_repo)")),
    ),
    "github: an async list that is awaited": ("github", _in_async(_once(r"iterated", "awaited"))),
    "github: an argument ignored": ("github", _once(r'"state": state', '"state": "open"')),
    "github: pages cut short": ("github", _once(r"LinkPages\(\)", "LinkPages(max_pages=1)")),
    "github: a POST that is repeated": (
        "github",
        _once(r'(/issues",\s*returns=Issue,)\s*errors', r"\1 idempotent=True, errors"),
    ),
    "github: an error's meaning lost": ("github", _once(r"errors=\{410: .*?\},?\n", "\n")),
    "github: an error swallowed": (
        "github",
        _once(
            r"return (self\._call\(GET_REPO.*?timeout\))",
            r"try:\n            return \1\n        except Exception:\n            return None",
        ),
    ),
    "github: a secret printed": (
        "github",
        _once(
            r"return (self\._call\(GET_REPO)",
            r"print(self._requests.credential.value.reveal())\n        return \1",
        ),
    ),
    "github: a wrong field": ("github_models", _once(r"body: str \| None = None", "text: str | None = None")),
    "github: a wrong type": ("github_models", _once(r"number: int", "number: str")),
    "stripe: the key dropped": ("stripe", _once(r'idempotency_header="Idempotency-Key"', "idempotent=True")),
    "stripe: the caller's key ignored": (
        "stripe",
        _once(r"idempotency_key=idempotency_key", "idempotency_key=None"),
    ),
    "stripe: another body": ("stripe", _once(r'body="form"', 'body="json"')),
    "stripe: a wrong cursor": ("stripe", _once(r'parameter="starting_after"', 'parameter="ending_before"')),
    "stripe: a page too few": ("stripe", _once(r'more="has_more"', 'more="has_next"')),
    "stripe: a download read as JSON": ("stripe", _once(r"self\._download\(", "self._call(")),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_fails_the_suite(stage: Path, tmp_path: Path, bug: str) -> None:
    name, plant = BUGS[bug]
    module = name.partition("_")[0]
    folder = _copy(stage, tmp_path)
    path = folder / "integrations" / module / (f"{name}.py" if "_" in name else f"{name}_adapter.py")
    path.write_text(plant(path.read_text("utf-8")), "utf-8")
    compile(path.read_text("utf-8"), str(path), "exec")
    done = suite(folder, module)
    assert done.returncode == 1, f"{bug} was not noticed"
    assert "failed" in done.stdout or "error" in done.stdout  # a leak is found when the service is left


def test_a_suite_covers_nearly_every_branch(stage: Path, tmp_path: Path) -> None:
    folder = _copy(stage, tmp_path)
    tested = ("coverage", "run", "--branch", "--include", "integrations/stripe/stripe_*.py", "-m", "pytest")
    assert run(folder, *tested, "-q", "-p", "no:cacheprovider", "integrations/stripe").returncode == 0
    total = run(folder, "coverage", "report", "--format=total").stdout
    assert int(total) >= 95, total


def test_stripe_s_environments_are_configured(stage: Path) -> None:
    text = (stage / "integrations/stripe/config.yaml").read_text("utf-8")
    assert "auth: {type: bearer, secret: STRIPE_TEST_KEY}" in text
    assert entry(STRIPE)["requirements"]["secret"] in text
