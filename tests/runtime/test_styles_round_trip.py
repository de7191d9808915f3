"""Whatever is written in a style is read back by the style's own rules: over a real connection, unchanged.

The readers here know the standards only: they part text at its delimiters, then undo percent-encoding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.runtime import InvalidArgumentError
from integrations.runtime.http import HttpAdapter, Operation
from tests.runtime.loopback import Asked, Loopback, reply

NASTY = [
    ",",
    "|",
    " ",
    ".",
    "..",
    ";",
    "=",
    "&",
    "%2F",
    "%",
    "/",
    "../..",
    "\r\n",
    "a b",
    "+",
    "ü",
    "",
    "?",
    "#",
]
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
KEY = TEXT.filter(bool)
LISTS = st.lists(TEXT, min_size=1, max_size=4)
OBJECTS = st.dictionaries(KEY, TEXT, min_size=1, max_size=4)
HEADER_TEXT = st.one_of(
    st.sampled_from([one for one in NASTY if one != "\r\n"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)
Reader = Callable[[str], Any]


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[HttpAdapter, Loopback]]:
    with Loopback(reply()) as server, HttpAdapter(server.url) as adapter:
        yield adapter, server


def asked(service: tuple[HttpAdapter, Loopback], operation: Operation[None], **given: Any) -> Asked:
    """Return what came over the wire."""
    adapter, server = service
    server.asked.clear()
    adapter._call(operation, **given)
    (found,) = server.asked
    return found


def parted(delimiter: str) -> Reader:
    return lambda raw: [unquote(part) for part in raw.split(delimiter)]


def flat(delimiter: str) -> Reader:
    """Names and values in turn."""

    def read(raw: str) -> dict[str, str]:
        parts = parted(delimiter)(raw)
        return dict(zip(parts[::2], parts[1::2], strict=True))

    return read


def assigned(delimiter: str) -> Reader:
    def read(raw: str) -> dict[str, str]:
        split = [part.partition("=") for part in raw.split(delimiter)]
        return {unquote(name): unquote(value) for name, _, value in split}

    return read


def behind(first: str, read: Reader) -> Reader:
    def strip(raw: str) -> Any:
        assert raw.startswith(first)
        return read(raw.removeprefix(first))

    return strip


def matrices(raw: str) -> list[str]:
    assert raw.startswith(";")
    split = [part.partition("=") for part in raw[1:].split(";")]
    assert {name for name, _, _ in split} == {"v"}
    return [unquote(value) for _, _, value in split]


def matrix(read: Reader) -> Reader:
    return lambda raw: read(re.sub(r"\A;v=?", "", raw))


PATHS: list[tuple[str, Any, Reader]] = [
    ("simple", TEXT, unquote),
    ("simple", LISTS, parted(",")),
    ("simple", OBJECTS, flat(",")),
    ("simple*", OBJECTS, assigned(",")),
    ("label", TEXT, behind(".", unquote)),
    ("label", LISTS, behind(".", parted(","))),
    ("label", OBJECTS, behind(".", flat(","))),
    ("label*", LISTS, behind(".", parted("."))),
    ("label*", OBJECTS, behind(".", assigned("."))),
    ("matrix", TEXT, matrix(unquote)),
    ("matrix", LISTS, matrix(parted(","))),
    ("matrix", OBJECTS, matrix(flat(","))),
    ("matrix*", LISTS, matrices),
    ("matrix*", OBJECTS, behind(";", assigned(";"))),
    ("json", LISTS, lambda raw: json.loads(unquote(raw))),
]
steady = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(("style", "values", "read"), PATHS)
@given(data=st.data())
@steady
def test_a_path_comes_back(
    service: tuple[HttpAdapter, Loopback], style: str, values: Any, read: Reader, data: st.DataObject
) -> None:
    value = data.draw(values)
    operation: Operation[None] = Operation("x", "GET", "/a/{v}/b", styles={"v": style})
    try:
        target = asked(service, operation, path={"v": value}).target
    except InvalidArgumentError:
        members = [value] if isinstance(value, str) else list(value)
        assert all(re.fullmatch(r"\.{0,2}", one) for one in members), "refused without need"
        return
    _, first, segment, last = target.split("/")
    assert (first, last) == ("a", "b")
    assert unquote(segment) not in ("", ".", "..")
    assert read(segment) == value


def one(read: Reader) -> Callable[[list[tuple[str, str]]], Any]:
    """Read the only pair."""

    def only(found: list[tuple[str, str]]) -> Any:
        ((name, raw),) = found
        assert name == "v"
        return read(raw)

    return only


def repeated(found: list[tuple[str, str]]) -> list[str]:
    assert {name for name, _ in found} == {"v"}
    return [unquote(raw) for _, raw in found]


def spread(found: list[tuple[str, str]]) -> dict[str, str]:
    return {unquote(name): unquote(raw) for name, raw in found}


def deep(found: list[tuple[str, str]]) -> dict[str, str]:
    keys = [re.fullmatch(r"v\[([^\[\]]*)\]", name) for name, _ in found]
    return {unquote(key[1]): unquote(raw) for key, (_, raw) in zip(keys, found, strict=True) if key}


SPACELESS = TEXT.filter(lambda text: " " not in text)
PAIRS: list[tuple[str, Any, Callable[[list[tuple[str, str]]], Any]]] = [
    ("form", TEXT, one(unquote)),
    ("form", LISTS, one(parted(","))),
    ("form", OBJECTS, one(flat(","))),
    ("form*", LISTS, repeated),
    ("form*", OBJECTS, spread),
    ("pipe", LISTS, one(parted("|"))),
    ("pipe", OBJECTS, one(flat("|"))),
    ("space", st.lists(SPACELESS, min_size=1, max_size=4), one(parted("%20"))),
    ("deepObject", OBJECTS, deep),
    ("json", OBJECTS, one(lambda raw: json.loads(unquote(raw)))),
]


def pairs(raw: str, between: str = "&") -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in raw.split(between))]


@pytest.mark.parametrize(("style", "values", "read"), PAIRS)
@given(data=st.data())
@steady
def test_a_query_and_a_form_field_come_back(
    service: tuple[HttpAdapter, Loopback], style: str, values: Any, read: Any, data: st.DataObject
) -> None:
    value = data.draw(values)
    operation: Operation[None] = Operation(
        "x", "POST", "/a", body="form", styles={"query:v": style, "body:v": style}
    )
    found = asked(service, operation, query={"v": value}, body={"v": value})
    assert read(pairs(found.target.partition("?")[2])) == value
    assert read(pairs(found.body.decode("ascii"))) == value


@pytest.mark.parametrize(
    ("style", "values", "read"), [row for row in PAIRS if row[0] in ("form", "form*", "json")]
)
@given(data=st.data())
@steady
def test_a_cookie_comes_back(
    service: tuple[HttpAdapter, Loopback], style: str, values: Any, read: Any, data: st.DataObject
) -> None:
    value = data.draw(values)
    operation: Operation[None] = Operation("x", "GET", "/a", styles={"cookie:v": style})
    jar = asked(service, operation, cookies={"v": value}).headers["cookie"]
    assert read(pairs(jar, "; ")) == value


@pytest.mark.parametrize(
    ("style", "values", "read"),
    [
        ("simple", st.lists(HEADER_TEXT, min_size=1, max_size=4), parted(",")),
        ("simple", st.dictionaries(HEADER_TEXT.filter(bool), HEADER_TEXT, min_size=1), flat(",")),
        ("simple*", st.dictionaries(HEADER_TEXT.filter(bool), HEADER_TEXT, min_size=1), assigned(",")),
        ("json", OBJECTS, json.loads),
    ],
)
@given(data=st.data())
@steady
def test_a_header_comes_back(
    service: tuple[HttpAdapter, Loopback], style: str, values: Any, read: Reader, data: st.DataObject
) -> None:
    value = data.draw(values)
    operation: Operation[None] = Operation("x", "GET", "/a", styles={"header:X-V": style})
    line = asked(service, operation, headers={"X-V": value}).headers["x-v"]
    assert read(line.encode("latin-1").decode("utf-8")) == value


@given(value=OBJECTS, tags=LISTS)
@steady
def test_multipart_fields_come_back(
    service: tuple[HttpAdapter, Loopback], value: dict[str, str], tags: list[str]
) -> None:
    operation: Operation[None] = Operation(
        "x", "POST", "/a", body="multipart", styles={"body:v": "json", "body:t": "form*"}
    )
    found = asked(service, operation, body={"v": value, "t": tags})
    head = f"Content-Type: {found.headers['content-type']}\r\n\r\n".encode()
    first, *rest = BytesParser(policy=HTTP).parsebytes(head + found.body).iter_parts()
    assert first.get_content_type() == "application/json"
    assert json.loads(payload(first)) == value
    assert [payload(part).decode() for part in rest] == tags


def payload(part: Any) -> bytes:
    found: bytes = part.get_payload(decode=True)
    return found
