"""A skeleton's parts: files that are rendered once for each part, inside their package and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.errors import RenderError
from generator.render import Job, render

MACRO = "{% macro greet(name) %}Hello, {{ name | md }}.{% endmacro %}"
WHOLE = "{% from 'words' import greet %}\n{{ greet(cookiecutter._b.title) }}\n"
PART = "{% from 'words' import greet %}\n{{ greet(cookiecutter._p.title) }} In {{ cookiecutter._b.title }}.\n"


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    files = {
        "templates/words": MACRO,
        "{{cookiecutter.module}}/README.md": WHOLE,
        "_chapter/{{cookiecutter.module}}/{{cookiecutter._p.name}}.md": PART,
    }
    for name, text in files.items():
        path = tmp_path / "skeleton" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "skeleton"


def rendered(skeleton: Path, stage: Path, *parts: dict[str, Any]) -> dict[str, str]:
    blueprint = {"title": "all", **({"parts": {"_chapter": list(parts)}} if parts else {})}
    (package,) = render([Job("book", "book", skeleton, blueprint)], stage)
    return {path: data.decode() for path, data in package.files.items()}


def test_each_part_is_a_file_beside_the_package_s_own(skeleton: Path, tmp_path: Path) -> None:
    parts = [{"name": "one", "title": "first"}, {"name": "two", "title": "second"}]
    assert rendered(skeleton, tmp_path / "stage", *parts) == {
        "README.md": "Hello, all.\n",
        "one.md": "Hello, first. In all.\n",
        "two.md": "Hello, second. In all.\n",
    }


def test_a_package_without_parts_is_its_own_files_alone(skeleton: Path, tmp_path: Path) -> None:
    assert list(rendered(skeleton, tmp_path / "stage")) == ["README.md"]


def test_facts_of_a_part_are_text_and_no_template(skeleton: Path, tmp_path: Path) -> None:
    found = rendered(skeleton, tmp_path / "stage", {"name": "one", "title": "{{ 7*7 }}{% raw %}"})
    assert "{{ 7\\*7 }}{% raw %}" in found["one.md"]


@pytest.mark.parametrize("name", ["../escaped", "../../escaped", "{root}/escaped", "a/../../escaped"])
def test_no_part_is_written_outside_its_package(skeleton: Path, tmp_path: Path, name: str) -> None:
    hostile = name.format(root=tmp_path)
    with pytest.raises(RenderError, match=r"book: .*is no name of a file in a package"):
        rendered(skeleton, tmp_path / "stage", {"name": hostile, "title": ""})
    assert not list(tmp_path.rglob("escaped*"))


def test_two_parts_never_share_a_file(skeleton: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"book: two templates of a skeleton write 'one\.md'"):
        rendered(skeleton, tmp_path / "stage", *[{"name": "one", "title": "x"}] * 2)


def test_no_part_takes_the_place_of_the_package_s_own_file(skeleton: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"book: two templates of a skeleton write 'README\.md'"):
        rendered(skeleton, tmp_path / "stage", {"name": "README", "title": "x"})
