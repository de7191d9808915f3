"""A pattern is one folder: a new one, and a renamed one, need no change anywhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.patterns import catalog

from .conftest import CHECKOUT, Repository, make_repository

SEARCH = {
    "pattern.yaml": """\
summary: Full-text search engines.
class_name: SearchIntegrationPattern
runtime_api: 1
default_variant: plain
detect: {keys: [index], schemes: [search]}
variants:
  plain: {summary: A search engine spoken to in its own protocol., dependencies: []}
once: ["{module}_custom.py"]
subtasks:
  - {id: overview, inputs: [service], schema: {type: object, additionalProperties: {type: string}}}
""",
    "pattern.py": '''\
"""Search engines."""


def normalise(entry):
    requirements = {"index": "documents", **entry["requirements"]}
    return {**entry, "requirements": requirements}


def check(entry):
    return []


def answer(subtask, inputs):
    return {"overview": f"Search documents of {inputs['service']}."}


def resolve(entry, answers):
    name = entry["service"].title().replace(" ", "") + "Adapter"
    return {
        "class_name": name,
        "public": [name],
        "incomplete": False,
        "operations": 1,
        "service": entry["service"],
        "index": entry["requirements"]["index"],
        "overview": answers["overview"]["overview"],
    }
''',
    "requirements.schema.json": """\
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
 "properties": {"index": {"type": "string"}, "url": {"type": "string"}}, "additionalProperties": false}
""",
    "services.yaml": "services: {Manticore: {}}\n",
    "plain/cookiecutter.json": '{"module": "example"}\n',
    "plain/{{cookiecutter.module}}/__init__.py": '''\
"""{{ cookiecutter._b.overview | doc }}"""

from .{{ cookiecutter.module }}_adapter import {{ cookiecutter._b.class_name }}

__all__ = [{{ cookiecutter._b.class_name | py }}]
''',
    "plain/{{cookiecutter.module}}/{{cookiecutter.module}}_adapter.py": '''\
"""{{ cookiecutter._b.overview | doc }}"""

from __future__ import annotations

INDEX = {{ cookiecutter._b.index | py }}


class {{ cookiecutter._b.class_name }}:
    """Search {{ cookiecutter._b.service | doc }}."""

    def query(self, words: str) -> str:
        """Return the request for *words*."""
        return f"{INDEX}:{words}"
''',
    "plain/{{cookiecutter.module}}/{{cookiecutter.module}}_custom.py": '"""Yours."""\n',
    "plain/{{cookiecutter.module}}/test_{{cookiecutter.module}}_adapter.py": '''\
"""The adapter asks for what it was told."""

from integrations.{{ cookiecutter.module }} import {{ cookiecutter._b.class_name }}


def test_a_query_names_its_index() -> None:
    assert {{ cookiecutter._b.class_name }}().query("x") == {{ (cookiecutter._b.index ~ ":x") | py }}
''',
}
ENTRY = "  - {name: find, service: Manticore, requirements: {url: 'search://localhost', index: books}}\n"


def _own_patterns(repository: Repository) -> Path:
    folder = repository.root / "cookiecutters"
    shutil.copytree(CHECKOUT / "cookiecutters", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_seventh_pattern_is_one_folder(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    folder = _own_patterns(repository) / "lookup"
    for path, text in SEARCH.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    repository.manifest.write_text(repository.manifest.read_text() + ENTRY)
    plan = repository.run("plan")
    assert "lookup/plain detected from search scheme" in plan.out
    repository.generate()
    assert b'INDEX = "books"' in repository.files()["find/find_adapter.py"]
    assert repository.run("check", "--rebuild").code == 0


@pytest.mark.parametrize("name", catalog().folders)
def test_a_shipped_pattern_can_be_renamed(tmp_path: Path, name: str) -> None:
    repository = make_repository(tmp_path / "repo")
    folder = _own_patterns(repository)
    (folder / name).rename(folder / "renamed")
    plan = repository.run("plan")
    assert "renamed" in plan.out or name not in plan.out
    repository.generate()
    assert repository.run("check", "--rebuild").code == 0
