"""Mistakes in a manifest: each is told once, at its line and column, with its mend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.errors import ManifestError
from generator.manifest import MANIFEST, load
from generator.shapes import Complaint

from .stand_in import Catalog, problems

ONE = """\
version: 1
integrations:
  - name: one
    service: One
    requirements:
      base_url: https://one.example
"""
SPEC = "Put the document into the repository and write its path from there, like specs/stripe.yaml."
# mistakes.txt: what stands behind ONE (in the first section, the whole manifest), then every problem.
SECTIONS = re.findall(
    r"^\[([\w ]+)\]\n(.*?)(?=^\[[\w ]+\]\n|\Z)",
    (Path(__file__).parent / "mistakes.txt").read_text(),
    re.MULTILINE | re.DOTALL,
)
CASES = [
    pytest.param(text if title == "whole manifests" else ONE + text, told.split("=> ")[1:], id=told[3:60])
    for title, cases in SECTIONS
    for text, told in re.findall(r"(.*?)((?:^=> [^\n]*\n)+)\n?", cases, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize(("text", "told"), CASES)
def test_a_mistake(tmp_path: Path, text: str, told: list[str]) -> None:
    assert problems(tmp_path, text) == [message.rstrip("\n") for message in told]


def test_what_stands_behind_a_syntax_error_is_checked_too(tmp_path: Path) -> None:
    broken = (
        "  - name: two\n    service: [GitHub\n  - {name: three, service: GitHub, ownr: x}\n  - name: 'four\n"
    )
    assert problems(
        tmp_path, ONE + broken + "  - {name: five, service: GitHub, tgs: []}\ndefaults: {}\n"
    ) == [
        "8:14  '[GitHub': a list is opened here and never closed, or lacks a comma. Add ']' or the comma.",
        "9:36  three: 'ownr' is not a key here. Did you mean 'owner'?",
        "10:11  ''four': a quote is opened here and never closed. Close it.",
        "11:35  five: 'tgs' is not a key here. Did you mean 'tags'?",
    ]


def test_a_merge_conflict_is_named_with_both_its_lines(tmp_path: Path) -> None:
    conflict = "<<<<<<< ours\n    ownr: a\n||||||| base\n    owner: b\n=======\n    owner: c\n>>>>>>> b\n"
    assert problems(tmp_path, ONE + conflict + "    tgs: []\n") == [
        "7:1  a merge conflict stands unresolved in lines 7 to 13. Keep the right side, delete the markers.",
        "8:5  one: 'ownr' is not a key here. Did you mean 'owner'?",
        "14:5  one: 'tgs' is not a key here. Did you mean 'tags'?",
    ]


def test_a_link_out_of_the_repository_is_followed_and_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "specs").mkdir(parents=True)
    (tmp_path / "outside.yaml").touch()
    (root / "specs/link.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "specs/loop.yaml").symlink_to(root / "specs/loop.yaml")
    told = problems(root, ONE + "    spec: specs/link.yaml\n")
    assert told == [f"7:11  spec: 'specs/link.yaml' leads out of the repository. {SPEC}"]
    [message] = problems(root, ONE + "    spec: specs/loop.yaml\n")
    assert "specs/loop.yaml" in message


def test_invisible_characters_are_refused_in_names_keys_and_addresses_alone(tmp_path: Path) -> None:
    text = (
        "    description: \"right to left: \u202e, joined: \u200d\"\n"
        "    owner: team\u202ea\n"
        "    tags: ['a\u200bb']\n"
        "    environments: {live: {base_url: \"https://one.example/\\u202Etxt\"}}\n"
    )  # fmt: skip
    assert problems(tmp_path, ONE + text) == [
        "8:12  owner: the value holds the invisible character U+202E. Delete it.",
        "9:12  tags[0]: the value holds the invisible character U+200B. Delete it.",
        "10:37  environments.live.base_url: the value holds the invisible character U+202E. Delete it.",
    ]


def test_bytes_that_are_no_text_are_located_and_the_rest_is_checked(tmp_path: Path) -> None:
    text = ONE.encode() + b"    owner: \xff\n    tags: [a\x00]\n    description: \x1b[31m\n    tgs: []\n"
    assert problems(tmp_path, text) == [
        "7:12  byte 0xff is not UTF-8. Save the file as UTF-8.",
        "8:13  a NUL character cannot stand in a manifest. Delete it.",
        "9:18  the control character U+001B cannot stand in a manifest. Delete it.",
        "10:5  one: 'tgs' is not a key here. Did you mean 'tags'?",
    ]
    assert problems(tmp_path, "version: 1\n".encode("utf-16")) == ["1:1  is UTF-16 text. Save it as UTF-8."]


def test_many_mistakes_are_all_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "".join(f"  - {{name: x{n}, service: GitHub, ownr: a, tags: [b, b]}}\n" for n in range(200))
    told = problems(tmp_path, ONE + text)
    assert len(told) == 400
    lines = [int(message.split(":")[0]) for message in told]
    assert lines == sorted(lines)


def test_a_missing_manifest_and_a_folder_in_its_place_are_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="there is no manifest"):
        load(tmp_path, Catalog())
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(ManifestError, match="is not a file"):
        load(tmp_path, Catalog())


class Strict(Catalog):
    """A pattern whose check takes for granted that the schema holds."""

    def check(self, pattern: str, entry: Mapping[str, Any], variant: str = "") -> list[Complaint]:
        rate = entry["requirements"]["rate_limit"]
        return [Complaint(("requirements", "rate_limit"), "is odd. Write an even one.")] if rate % 2 else []


def test_a_pattern_need_not_understand_what_its_schema_refuses(tmp_path: Path) -> None:
    def told(rate: str) -> str:
        (tmp_path / MANIFEST).write_text(f"{ONE}      rate_limit: {rate}\n")
        with pytest.raises(ManifestError) as caught:
            load(tmp_path, Strict())
        return str(caught.value)

    assert told("3") == "integrations.yaml:7:19  rate_limit: is odd. Write an even one."
    assert told("often").endswith("'often' does not fit here. Write something like 5000/hour.")
    with pytest.raises(TypeError):
        told("5/hour")  # valid to the schema: the pattern is broken, and that must show


def test_windows_line_ends_do_not_move_a_mistake(tmp_path: Path) -> None:
    text = (ONE + "    ownr: x\n    tags: [a, a]\n    description: |\n      b\n    spec: 'x\n").replace(
        "\n", "\r\n"
    )
    assert problems(tmp_path, text) == [
        "11:11  ''x': a quote is opened here and never closed. Close it.",
    ]
    assert problems(tmp_path, text.replace("'", "")) == [
        "7:5  one: 'ownr' is not a key here. Did you mean 'owner'?",
        "8:15  tags[1]: 'a' stands twice in this list. Keep one.",
        f"11:11  spec: 'x' is no file in this repository. {SPEC}",
    ]


def test_messages_show_nothing_that_a_terminal_would_hide(tmp_path: Path) -> None:
    [message, _] = problems(
        tmp_path, ONE + '  - {name: "a\u202e\x1b[31m\\e[0m", service: GitHub}\n'.replace("\x1b", "")
    )
    assert message.startswith("7:12  name: 'a\\u202e[31m\\u001b[0m' is no name")
