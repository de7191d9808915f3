"""An explicit null travels where None would be left out."""

from __future__ import annotations

import json

import httpx2

from integrations.runtime.http import NULL, HttpAdapter, Operation

UPDATE: Operation[None] = Operation("update", "PATCH", "/things/1")


def sent(body: dict[str, object]) -> object:
    """The JSON that an adapter sends for *body*."""
    seen: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.read())
        return httpx2.Response(204)

    with HttpAdapter("https://api.example.com", transport=httpx2.MockTransport(answer)) as adapter:
        adapter._call(UPDATE, body=body)
    return json.loads(seen[0])


def test_none_is_left_out_and_null_is_sent() -> None:
    assert sent({"owner": NULL, "title": None, "labels": []}) == {"owner": None, "labels": []}


def test_null_travels_inside_of_what_is_sent() -> None:
    assert sent({"owner": {"name": NULL}, "all": [NULL, 1]}) == {"owner": {"name": None}, "all": [None, 1]}


def test_null_shows_what_it_is_and_counts_as_nothing() -> None:
    assert repr(NULL) == "NULL"
    assert not NULL
