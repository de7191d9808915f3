"""Answers that lack what their type promises, and answers that are something else."""

from __future__ import annotations

import logging
from typing import Any

import httpx2
import pytest
from msgspec import Struct

from integrations.runtime import UnexpectedResponseError
from integrations.runtime.http import HttpAdapter, LinkPages, Operation


class Owner(Struct, frozen=True, kw_only=True):
    login: str
    mail: str


class Thing(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    full_name: str
    owner: Owner | None = None
    owners: list[Owner] = []
    by_name: dict[str, Owner] = {}
    note: str = "none"


GET: Operation[Thing] = Operation("get_thing", "GET", "/thing", returns=Thing)
LIST: Operation[list[Thing]] = Operation("list", "GET", "/all", returns=list[Thing], pages=LinkPages())
FOUND: Operation[list[Thing]] = Operation(
    "found", "GET", "/found", returns=list[Thing], pages=LinkPages(items="data")
)
WHOLE = {"id": 1, "fullName": "a"}


def adapter(body: Any) -> HttpAdapter:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=body)

    return HttpAdapter("https://api.example.com", transport=httpx2.MockTransport(answer))


def test_a_promised_field_that_is_null_or_absent_is_none_and_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "integrations"), adapter({"id": 1, "fullName": None}) as service:
        assert service._call(GET) == Thing(id=1, full_name=None)  # type: ignore[arg-type]  # the very point
    with caplog.at_level(logging.WARNING, "integrations"), adapter({"id": 1}) as service:
        assert service._call(GET).id == 1
    assert caplog.messages == ["get_thing: null or absent in an answer that promises it: fullName"] * 2


@pytest.mark.parametrize(
    "part",
    [
        {"owner": {"login": "ada"}},
        {"owners": [{"login": "ada", "mail": None}]},
        {"byName": {"secret-looking-key": {"login": "ada"}}},
        {"note": None},
    ],
)
def test_what_is_nested_is_read_the_same_way(part: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    with adapter({**WHOLE, **part}) as service:
        assert service._call(GET).full_name == "a"
    assert "secret-looking-key" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        {"error": "no such thing"},
        {"id": None, "fullName": None},
        {"id": "1", "fullName": "a"},
        {**WHOLE, "owner": {"error": "gone"}},
        {**WHOLE, "owners": {}},
        [WHOLE],
        None,
    ],
)
def test_what_is_another_thing_stays_an_error(body: Any) -> None:
    with adapter(body) as service, pytest.raises(UnexpectedResponseError):
        service._call(GET)


def test_pages_are_read_the_same_way() -> None:
    with adapter([WHOLE, {"id": 2}]) as service:
        assert [thing.id for thing in service._pages(LIST)] == [1, 2]
    with adapter({"data": [WHOLE, {"id": 2}]}) as service:
        assert [thing.id for thing in service._pages(FOUND)] == [1, 2]
    with adapter({"data": [WHOLE, {"error": "x"}]}) as service, pytest.raises(UnexpectedResponseError):
        list(service._pages(FOUND))
