"""Documents are read within bounds, from inside the repository, and only once."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.specs.bounds import Bounds
from generator.specs.source import Source


def _refusal(root: Path, path: str, bounds: Bounds | None = None) -> str:
    with pytest.raises(SpecError) as caught:
        Source.open(root, path, bounds=bounds or Bounds())
    assert str(caught.value).endswith(".")
    return str(caught.value)


def _yaml(root: Path, text: str | bytes) -> Source:
    (root / "a.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    return Source.open(root, "a.yaml")


def test_a_source_knows_the_sha256_of_each_file_it_read(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    data = b'{"openapi": "3.1.0"}'
    (tmp_path / "specs/a.json").write_bytes(data)
    source = Source.open(tmp_path, "./specs/a.json")
    assert source.path == "specs/a.json"
    assert source.files == {"specs/a.json": hashlib.sha256(data).hexdigest()}
    assert source.document == {"openapi": "3.1.0"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", ['{"a": "é"}', "a: é\n"])
def test_byte_order_marks_and_utf_16_are_read(tmp_path: Path, encoding: str, text: str) -> None:
    assert _yaml(tmp_path, text.encode(encoding)).document == {"a": "é"}


def test_json_and_yaml_are_told_apart_by_content_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("a: 1\n")
    (tmp_path / "b.yaml").write_text('{"a": 1}')
    (tmp_path / "c.yaml").write_text("{a: 1}")
    assert [Source.open(tmp_path, name).document for name in ("a.json", "b.yaml", "c.yaml")] == [{"a": 1}] * 3


def test_yaml_means_what_document_writers_mean(tmp_path: Path) -> None:
    text = "on: yes\n200: {when: 2020-01-01, at: 12:30, code: 012, hex: 0x1F, no: ~, f: 1e3, big: .inf}\n"
    assert _yaml(tmp_path, text).document == {
        "on": "yes",
        "200": {
            "when": "2020-01-01",
            "at": "12:30",
            "code": 12,
            "hex": 31,
            "no": None,
            "f": 1000.0,
            "big": ".inf",
        },
    }


def test_values_beside_type_string_are_taken_as_written(tmp_path: Path) -> None:
    text = "type: string\nenum: [1.10, true, ~, 'x']\ndefault: 1.10\nmaxLength: 5\n"
    assert _yaml(tmp_path, text).document == {
        "type": "string",
        "enum": ["1.10", "true", None, "x"],
        "default": "1.10",
        "maxLength": 5,
    }


def test_a_key_that_stands_twice_is_noted_and_no_mapping_is_lost(tmp_path: Path) -> None:
    source = _yaml(tmp_path, "paths:\n  /a: {get: {}}\n  /a: {post: {}}\n  /b: 1\n  /b: 2\n")
    assert source.document == {"paths": {"/a": {"get": {}, "post": {}}, "/b": 2}}
    assert [pointer for _, pointer, _ in source.notes] == ["/paths/~1a", "/paths/~1b"]


def test_a_path_that_stands_twice_in_json_loses_no_operation(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"paths": {"/a": {"get": {}}, "/b": {}, "/a": {"post": {}}}}')
    source = Source.open(tmp_path, "a.json")
    assert source.document == {"paths": {"/a": {"get": {}, "post": {}}, "/b": {}}}
    assert "'/a' stands twice" in source.notes[0][2]


def test_only_the_first_of_several_documents_is_read(tmp_path: Path) -> None:
    source = _yaml(tmp_path, "---\na: 1\n---\na: 2\n")
    assert source.document == {"a": 1}
    assert "second document" in source.notes[0][2]


def test_control_characters_in_yaml_are_replaced_and_noted(tmp_path: Path) -> None:
    source = _yaml(tmp_path, 'a: "x\0y"\n')
    assert source.document == {"a": "x\ufffdy"}
    assert "1 control characters" in source.notes[0][2]


def test_tags_of_yaml_itself_mean_what_they_say(tmp_path: Path) -> None:
    text = "a: !!str 5\nb: !!int '5'\nc: !!map {}\nd: !!seq []\ne: !!binary aGk=\n"
    assert _yaml(tmp_path, text).document == {"a": "5", "b": 5, "c": {}, "d": [], "e": "aGk="}


def test_an_alias_may_be_a_key(tmp_path: Path) -> None:
    assert _yaml(tmp_path, "&k key: 1\nb: {*k : 2}\n").document == {"key": 1, "b": {"key": 2}}


def test_merge_keys_and_aliases_are_followed(tmp_path: Path) -> None:
    source = _yaml(tmp_path, "a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2}\nc: {<<: [*a, {z: 3}]}\nd: *a\n")
    assert source.document["b"] == {"x": 1, "y": 2}
    assert source.document["c"] == {"x": 1, "y": 1, "z": 3}
    assert source.document["d"] == source.document["a"]


def test_almost_json_is_mended_and_noted(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": NaN, "b": 1e999, "c": "x\\ud800\ty", "d": ' + "9" * 5000 + "}")
    source = Source.open(tmp_path, "a.json")
    assert source.document == {"a": None, "b": None, "c": "x?\ty", "d": None}
    assert len(source.notes) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1,\n"b": }', "a.json:2:6"),
        ("a: 1\n b: 2\n", "a.json:2:"),
        ("a: !!python/object/apply:os.system [x]\n", "a.json:1:4  the tag"),
        ("a: &a [*a]\n", "own anchor"),
        ("a: *b\n", "names no anchor"),
        ("? [x]\n: 1\n", "key must be plain text"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert told in _refusal(tmp_path, "a.json")


@pytest.mark.parametrize(
    "path", ["../a.json", "x/../../a.json", "/etc/passwd", "", "a\0b", "..", "/dev/zero"]
)
def test_paths_out_of_the_repository_are_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.json").write_text("{}")
    root = tmp_path / "root"
    root.mkdir()
    _refusal(root, path)


def test_links_are_followed_inside_the_repository_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "out.json").write_text("{}")
    (root / "in.json").write_text('{"a": 1}')
    (root / "good.json").symlink_to("in.json")
    (root / "bad.json").symlink_to("../out.json")
    (root / "folder").symlink_to("..")
    (root / "loop.json").symlink_to("loop.json")
    assert Source.open(root, "good.json").document == {"a": 1}
    for path in ("bad.json", "folder/out.json", "loop.json"):
        _refusal(root, path)


def test_what_is_no_plain_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "null").symlink_to("/dev/null")
    for path in ("fifo", "null", ".", "missing.json"):
        _refusal(tmp_path, path)


def test_size_number_of_files_and_number_of_values_are_bounded(tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "c.json"):
        (tmp_path / name).write_text(json.dumps({"a": ["x"] * 100}))
    (tmp_path / "d.yaml").write_text("a: [" + "x," * 100 + "]\n")
    assert "is over" in _refusal(tmp_path, "a.json", Bounds(file=100))
    assert "too many values" in _refusal(tmp_path, "a.json", Bounds(nodes=50))
    assert "too many values" in _refusal(tmp_path, "d.yaml", Bounds(nodes=50))
    source = Source.open(tmp_path, "a.json", bounds=Bounds(files=2))
    source.load("b.json")
    with pytest.raises(SpecError, match="over 2 files"):
        source.load("c.json")
    with pytest.raises(SpecError, match="together"):
        Source.open(tmp_path, "a.json", bounds=Bounds(total=800)).load("b.json")


def test_parsed_yaml_is_kept_and_used_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (tmp_path / "a.yaml").write_text("a: 1\na: 2\n")
    first = Source.open(tmp_path, "a.yaml", cache)
    (kept,) = cache.iterdir()
    before = kept.stat().st_mtime_ns
    second = Source.open(tmp_path, "a.yaml", cache)
    assert (first.document, first.notes) == (second.document, second.notes) == ({"a": 2}, first.notes)
    assert first.notes
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xff" * 100, b"jackfield parsed document 1\nx\n[1,[]]"])
def test_a_spoiled_cache_entry_is_passed_over(tmp_path: Path, junk: bytes) -> None:
    cache = tmp_path / "cache"
    (tmp_path / "a.yaml").write_text("a: 1\n")
    Source.open(tmp_path, "a.yaml", cache)
    (kept,) = cache.iterdir()
    good = kept.read_bytes()
    for data in (junk, good[:-1], good.replace(b'"a"', b'"b"')):
        kept.write_bytes(data)
        assert Source.open(tmp_path, "a.yaml", cache).document == {"a": 1}
        assert kept.read_bytes() == good


def test_an_entry_of_another_document_is_passed_over(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(f"{name}: 1\n")
        Source.open(tmp_path, f"{name}.yaml", cache)
    one, other = cache.iterdir()
    one.write_bytes(other.read_bytes())
    assert [Source.open(tmp_path, f"{name}.yaml", cache).document for name in "ab"] == [{"a": 1}, {"b": 1}]


def test_a_cache_keeps_the_newest_documents_only(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for number in range(250):
        (cache / f"{number}.json").touch()
        os.utime(cache / f"{number}.json", ns=(number, number))
    (tmp_path / "a.yaml").write_text("a: 1\n")
    Source.open(tmp_path, "a.yaml", cache)
    kept = {path.name for path in cache.iterdir()}
    assert len(kept) == 200
    assert "249.json" in kept
    assert "0.json" not in kept


def test_a_cache_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    (tmp_path / "a.yaml").write_text("a: 1\n")
    assert Source.open(tmp_path, "a.yaml", tmp_path / "cache").document == {"a": 1}
