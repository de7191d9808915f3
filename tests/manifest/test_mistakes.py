"""Mistakes in a manifest: each is told once, at its line and column, with its mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.errors import ManifestError
from generator.manifest import MANIFEST, load

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
