"""Locks: their bytes, their order, and everything that may happen to one between two runs."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.lock import (
    Lock,
    LockUnreadable,
    canonical,
    dumps,
    fingerprint,
    loads,
    render_fp,
    settled,
)
from generator.writing.untrusted import MAX_BYTES

from .builders import SHA, a_lock

SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "lock.schema.json").read_text())

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
endpoints = st.lists(
    st.fixed_dictionaries({"method": st.sampled_from(["GET", "PUT"]), "path": st.text(max_size=3)}),
    max_size=5,
)
json_data = st.recursive(
    scalars | endpoints,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def reordered(value: Any, random: random.Random) -> Any:
    """The same meaning: mapping keys in any order, and lists of endpoints too."""
    if isinstance(value, dict):
        items = [(key, reordered(item, random)) for key, item in value.items()]
        random.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [reordered(item, random) for item in value]
        if items and all(isinstance(item, dict) and "method" in item and "path" in item for item in items):
            random.shuffle(items)
        return items
    return value


def document(lock: Lock) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(dumps(lock))
    return parsed


@given(json_data, st.randoms())
def test_order_never_changes_a_fingerprint(value: Any, random: random.Random) -> None:
    other = reordered(value, random)
    assert fingerprint(other) == fingerprint(value)
    assert json.dumps(canonical(other)) == json.dumps(canonical(value))


@given(json_data)
def test_canonical_data_is_its_own_canonical_form(value: Any) -> None:
    assert canonical(canonical(value)) == canonical(value)


def test_a_number_as_yaml_key_equals_the_text_that_json_makes_of_it() -> None:
    assert fingerprint({"errors": {404: "gone", 410: "off"}}) == fingerprint(
        {"errors": {"410": "off", "404": "gone"}}
    )


def test_lists_without_identity_keep_their_order() -> None:
    assert fingerprint({"enum": ["open", "closed"]}) != fingerprint({"enum": ["closed", "open"]})


def test_the_keys_that_only_steer_a_run_are_not_stored() -> None:
    assert settled({"name": "x", "moved_from": "y", "budget_usd": 1.0, "disabled": False}) == {"name": "x"}
    assert render_fp({}, {}, {"name": "x", "moved_from": "y"}) == render_fp({}, {}, {"name": "x"})


def test_a_lock_reads_back_as_it_was_written() -> None:
    lock = a_lock("order-events", {"__init__.py": b"x", "order_events_custom.py": b"y"}, origin="api")
    assert loads(dumps(lock)) == lock


def test_equal_locks_have_equal_bytes_whatever_the_order() -> None:
    lock = a_lock(
        files={"b.py": b"1", "a.py": b"2"}, entry={"name": "github", "requirements": {"b": 1, "a": 2}}
    )
    again = a_lock(
        files={"a.py": b"2", "b.py": b"1"}, entry={"requirements": {"a": 2, "b": 1}, "name": "github"}
    )
    assert dumps(lock) == dumps(again)
    assert dumps(lock).endswith(b"}\n")
    assert b"\r" not in dumps(lock)


def test_a_lock_is_what_its_schema_says() -> None:
    jsonschema.validate(
        document(a_lock(files={"answers/naming.json": b"{}", "github_custom.py": b""})), SCHEMA
    )


@pytest.mark.parametrize(
    "path", ["../x.py", "/etc/passwd", "a//b", "a/./b", "a/..", "metadata.json", "a\\b", ""]
)
def test_a_path_that_leaves_the_package_is_refused_by_reader_and_schema(path: str) -> None:
    found = document(a_lock())
    found["reproducible"]["files"] = {path: {"sha256": SHA, "kind": "managed"}}
    with pytest.raises(LockUnreadable, match="inside the package"):
        loads(json.dumps(found).encode())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, SCHEMA)


def test_hostile_text_stays_inert_in_the_bytes() -> None:
    lock = a_lock(entry={"name": "github", "description": "\u202e</script>\x1b[31m{{ 7*7 }} 🦊"})
    assert dumps(lock).isascii()
    assert b"\x1b" not in dumps(lock)
    assert loads(dumps(lock)) == lock


def test_a_lock_in_the_middle_of_a_merge_says_so() -> None:
    lines = dumps(a_lock()).decode().splitlines()
    lines[4:4] = ["<<<<<<< HEAD", '  "x": 1,', "=======", '  "x": 2,', ">>>>>>> feature"]
    with pytest.raises(LockUnreadable, match="merge-conflict markers"):
        loads("\n".join(lines).encode())


def test_marker_like_text_inside_an_entry_is_only_text() -> None:
    lock = a_lock(entry={"name": "github", "description": "<<<<<<< HEAD\n=======\n>>>>>>> x"})
    assert loads(dumps(lock)) == lock


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "not a mapping"),
        (b"7", "not a mapping"),
        (b'{"lock_version": 2}', "lock version 2 is not 1"),
        (b'{"lock_version": 1}', "reproducible is not a mapping"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"lock_version": 1, "evidence": ' + b"[" * 90 + b"]" * 90 + b"}", "nested too deeply"),
        (b'{"lock_version": NaN}', "NaN"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_lock_is_refused_in_a_few_words(data: bytes, reason: str) -> None:
    with pytest.raises(LockUnreadable, match=reason):
        loads(data)


@given(st.data())
def test_a_damaged_lock_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    found = document(a_lock(files={"a.py": b""}))
    part = found
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [value for value in part.values() if isinstance(value, dict) and value]
        part = data.draw(st.sampled_from(inner)) if inner else part
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_data)
    text = json.dumps(found).encode()
    reason = refused(text[: len(text) - data.draw(st.integers(0, 40))])
    assert len(reason) < 200
    assert reason.isprintable()


def refused(data: bytes) -> str:
    """Why this is no lock; empty when it is one."""
    try:
        return loads(data).name[:0]
    except LockUnreadable as error:
        return error.reason
