"""Parameters are read back by rules written apart from those that wrote them: the two must agree."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.gates._oracles._sameness import agrees
from generator.gates._oracles._styles import (
    ABSENT,
    Pairs,
    Undecodable,
    from_header,
    from_pairs,
    from_segment,
)
from integrations.runtime import InvalidArgumentError
from integrations.runtime.http import HttpAdapter, Operation

BLUE = ["blue", "black", "brown"]
COLOUR = {"R": "100", "G": "200", "B": "150"}
# OpenAPI 3.1, "Style Examples", for the parameter `color`
PATHS = [
    (";color=blue", "matrix", False, "blue"),
    (";color=blue,black,brown", "matrix", False, BLUE),
    (";color=R,100,G,200,B,150", "matrix", False, COLOUR),
    (";color=blue;color=black;color=brown", "matrix", True, BLUE),
    (";R=100;G=200;B=150", "matrix", True, COLOUR),
    (".blue", "label", False, "blue"),
    (".blue,black,brown", "label", False, BLUE),
    (".R,100,G,200,B,150", "label", False, COLOUR),
    (".blue.black.brown", "label", True, BLUE),
    (".R=100.G=200.B=150", "label", True, COLOUR),
    ("blue,black,brown", "simple", False, BLUE),
    ("R,100,G,200,B,150", "simple", False, COLOUR),
    ("R=100,G=200,B=150", "simple", True, COLOUR),
]
QUERIES = [
    ("color=blue", "form", False, "blue"),
    ("color=", "form", False, ""),
    ("color=blue,black,brown", "form", False, BLUE),
    ("color=blue&color=black&color=brown", "form", True, BLUE),
    ("color=R,100,G,200,B,150", "form", False, COLOUR),
    ("R=100&G=200&B=150", "form", True, COLOUR),
    ("color=blue%20black%20brown", "spaceDelimited", False, BLUE),
    ("color=R%20100%20G%20200%20B%20150", "spaceDelimited", False, COLOUR),
    ("color=blue%7Cblack%7Cbrown", "pipeDelimited", False, BLUE),
    ("color=blue|black|brown", "pipeDelimited", False, BLUE),
    ("color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150", "deepObject", True, COLOUR),
    ("color[R]=100&color[G]=200&color[B]=150", "deepObject", True, COLOUR),
]
KINDS = {str: "scalar", int: "scalar", bool: "scalar", float: "scalar", list: "array", dict: "object"}


@pytest.mark.parametrize(("raw", "style", "explode", "meant"), PATHS)
def test_a_path_value_is_read_as_the_specification_shows(
    raw: str, style: str, explode: bool, meant: Any
) -> None:
    assert from_segment(raw, "color", style, explode, KINDS[type(meant)]) == meant


@pytest.mark.parametrize(("raw", "style", "explode", "meant"), QUERIES)
def test_a_query_value_is_read_as_the_specification_shows(
    raw: str, style: str, explode: bool, meant: Any
) -> None:
    pairs = Pairs.of(raw)
    assert from_pairs(pairs, "color", style, explode, KINDS[type(meant)], COLOUR) == meant
    assert pairs.rest() == []


def test_an_encoded_delimiter_is_part_of_a_value() -> None:
    assert from_pairs(Pairs.of("ids=a%2Cb,c"), "ids", "form", False, "array") == ["a,b", "c"]


def test_what_nobody_asks_for_is_left() -> None:
    pairs = Pairs.of("a=1&b=2&a=3")
    assert from_pairs(pairs, "a", "form", True, "array") == ["1", "3"]
    assert from_pairs(pairs, "c", "form", True, "scalar") is ABSENT
    assert pairs.rest() == ["b"]


@pytest.mark.parametrize("raw", ["100%", "%zz", "%FF"])
def test_text_that_is_badly_encoded_is_no_value(raw: str) -> None:
    with pytest.raises(Undecodable):
        from_segment(raw, "x", "simple", False, "scalar")


def test_an_object_without_its_values_is_no_value() -> None:
    with pytest.raises(Undecodable):
        from_segment("a,1,b", "x", "simple", False, "object")


HOSTILE = st.text(st.sampled_from("ab01,|;=&?#%+./ []{}\"'\\é語🙂\n\t:@!$*()~-_<>^`"), min_size=1, max_size=8)
ANYTHING = HOSTILE | st.text(min_size=1, max_size=6).filter(lambda t: t.isprintable())
SCALARS = (
    ANYTHING
    | st.integers(-(2**53), 2**53)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
)
LISTS = st.lists(SCALARS, min_size=1, max_size=4)
NAMES = st.text(st.sampled_from("abcXYZ_é-%&=,;. "), min_size=1, max_size=5)
OBJECTS = st.dictionaries(NAMES, SCALARS, min_size=1, max_size=4)
VALUES = SCALARS | LISTS | OBJECTS
RUNTIMES: Mapping[str, tuple[str, bool]] = {
    "form": ("form", False),
    "form*": ("form", True),
    "space": ("spaceDelimited", False),
    "pipe": ("pipeDelimited", False),
    "deepObject": ("deepObject", True),
    "json": ("json", False),
    "simple": ("simple", False),
    "simple*": ("simple", True),
    "label": ("label", False),
    "label*": ("label", True),
    "matrix": ("matrix", False),
    "matrix*": ("matrix", True),
}


def kind(value: Any) -> str:
    return KINDS[type(value)]


class Wire(httpx2.BaseTransport):
    """Keeps what left."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.target = request.url.raw_path.decode("ascii")
        self.headers = request.headers
        return httpx2.Response(204)


WIRE = Wire()
ADAPTER = HttpAdapter("https://wire.test", transport=WIRE)


def send(place: str, style: str, value: Any) -> bool:
    """Send a value in its place; False where the runtime refuses it, because no text could mean it."""
    path = "/p/{x}" if place == "path" else "/p"
    operation: Operation[None] = Operation("write", "GET", path, styles={f"{place}:x": style})
    values = {"x": value}
    try:
        if place == "path":
            ADAPTER._call(operation, path=values)
        elif place == "query":
            ADAPTER._call(operation, query=values)
        else:
            ADAPTER._call(operation, headers=values)
    except InvalidArgumentError:
        return False
    return True


@pytest.mark.parametrize("style", ["simple", "simple*", "label", "label*", "matrix", "matrix*", "json"])
@given(value=VALUES)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_the_runtime_writes_into_a_path_is_read_back(style: str, value: Any) -> None:
    assume(send("path", style, value))
    raw = WIRE.target.removeprefix("/p/")
    assert not set(raw) & set("/?#")
    assert agrees(from_segment(raw, "x", *RUNTIMES[style], kind(value)), value)


@pytest.mark.parametrize("style", ["form", "form*", "space", "pipe", "deepObject", "json"])
@given(data=st.data())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_the_runtime_writes_into_a_query_is_read_back(style: str, data: st.DataObject) -> None:
    value = data.draw(OBJECTS if style == "deepObject" else VALUES)
    assume(style != "pipe" or "|" not in str(value))  # %7C is both the delimiter and the character
    assume(send("query", style, value))
    name, explode = RUNTIMES[style]
    pairs = Pairs.of(WIRE.target.partition("?")[2])
    assert agrees(from_pairs(pairs, "x", name, explode, kind(value), None), value)
    assert pairs.rest() == []


@pytest.mark.parametrize("style", ["simple", "simple*", "json"])
@given(value=LISTS | OBJECTS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_the_runtime_writes_into_a_header_is_read_back(style: str, value: Any) -> None:
    assume(send("header", style, value))
    assert agrees(from_header(WIRE.headers["x"], *RUNTIMES[style], kind(value)), value)


@given(raw=st.text(st.sampled_from("ab,;=.&%2C[]|+ "), max_size=12), value=st.sampled_from(sorted(RUNTIMES)))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_text_is_worse_than_undecodable(raw: str, value: str) -> None:
    style, explode = RUNTIMES[value]
    for shape in ("scalar", "array", "object"):
        with suppress(Undecodable):
            from_segment(raw, "a", style, explode, shape)
        with suppress(Undecodable):
            from_pairs(Pairs.of(raw), "a", style, explode, shape, ["b"])
        with suppress(Undecodable):
            from_header(raw, style, explode, shape)


def test_one_value_where_a_deep_object_may_stand_is_sent_by_its_name_alone() -> None:
    pairs = Pairs.of("created=5&expand[0]=a")
    assert from_pairs(pairs, "created", "deepObject", True, "object") == "5"
    assert from_pairs(pairs, "expand", "deepObject", True, "array") == ["a"]
    assert pairs.rest() == []
