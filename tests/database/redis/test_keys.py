"""Keys and values: no value reaches another key, and what is read is what was written."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.runtime import InvalidArgumentError, UnexpectedResponseError
from integrations.runtime._redis.codec import Codec, FieldsCodec
from integrations.runtime._redis.template import KeyTemplate

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    count: int
    at: dt.datetime | None = None
    raw: bytes = b""
    tags: list[str] = []
    state: Literal["open", "shut"] = "open"


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_different_parameters_make_different_keys(a: str, b: str, c: str, d: str) -> None:
    template = KeyTemplate("x:{a}:{b}")
    same = template.key({"a": a, "b": b}) == template.key({"a": c, "b": d})
    assert same == ((a, b) == (c, d))


@given(TEXTS)
def test_a_parameter_comes_back_out_of_its_key(value: str) -> None:
    template = KeyTemplate("session:{user}")
    assert template.values(template.key({"user": value}).encode()) == (value,)


@pytest.mark.parametrize("value", ["a:b", "{tag}", "*", "a b", "\r\nSET x y\r\n", "ü", "%3A", "../..", "[a]"])
def test_a_hostile_parameter_stays_in_its_place(value: str) -> None:
    key = KeyTemplate("session:{user}:cart").key({"user": value})
    assert re.fullmatch(r"session:[A-Za-z0-9._~%-]+:cart", key)


@pytest.mark.parametrize("value", ["", None, True, 1.5, b"x", "\ud800"])
def test_what_cannot_be_part_of_a_key_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        KeyTemplate("session:{user}").key({"user": value})


def test_a_hash_tag_is_written_with_double_braces() -> None:
    assert KeyTemplate("{{{user}}}:cart").key({"user": "ada"}) == "{ada}:cart"


def test_a_scan_matches_the_keys_of_one_template_alone() -> None:
    template = KeyTemplate("a*[x]:{id}")
    assert template.pattern == r"a\*\[x\]:*"
    assert template.values(b"a*[x]:1") == ("1",)
    assert template.values(b"a*[x]:1:more") is None


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (str, "a text", b"a text"),
        (int, 42, b"42"),
        (float, 1.5, b"1.5"),
        (bool, True, b"true"),
        (bytes, b"\x00\xff", b"\x00\xff"),
        (dt.date, dt.date(2026, 1, 2), b"2026-01-02"),
        (Literal["a", "b"], "a", b"a"),
        (list[int], [1, 2], b"[1,2]"),
    ],
)
def test_a_value_is_stored_so_that_others_can_read_it(kind: Any, value: Any, stored: bytes) -> None:
    codec: Codec[Any] = Codec(kind, "key")
    assert codec.written(value) == stored
    assert codec.read(stored) == value


@given(st.builds(Part, name=st.text(st.characters(exclude_categories=["Cs"])), count=st.integers(-9, 9)))
def test_an_object_comes_back_from_its_fields(part: Part) -> None:
    codec: FieldsCodec[Part] = FieldsCodec(Part, "key")
    flat = [word.encode() if isinstance(word, str) else word for word in codec.written(part)]
    assert codec.paired(flat) == part  # type: ignore[arg-type]


@pytest.mark.parametrize("stored", [b"", b"{", b'{"name": "secret"}', b"secret", b"\xff"])
def test_bytes_that_are_no_such_value_are_not_shown(stored: bytes) -> None:
    with pytest.raises(UnexpectedResponseError) as raised:
        Codec(Part, "part:{id}").read(stored)
    assert "part:{id}" in str(raised.value)
    assert "secret" not in repr(raised.value)
    assert raised.value.__cause__ is None


def test_a_field_that_is_missing_is_an_error_and_one_too_many_is_not() -> None:
    codec: FieldsCodec[Part] = FieldsCodec(Part, "part")
    assert codec.paired([b"name", b"x", b"count", b"1", b"new", b"y"]) == Part(name="x", count=1)
    with pytest.raises(UnexpectedResponseError):
        codec.paired([b"name", b"x"])
