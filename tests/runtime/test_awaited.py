"""The async form of a blocking method: the same arguments, words and requests."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from integrations.runtime import NotFoundError
from integrations.runtime.http import (
    AsyncHttpAdapter,
    Download,
    HttpAdapter,
    LinkPages,
    Operation,
    awaited,
    downloaded,
    iterated,
)
from integrations.runtime.testing import ScriptedService

GET: Operation[dict[str, int]] = Operation("get", "GET", "/things/{id}", returns=dict[str, int])
REMOVE: Operation[None] = Operation("remove", "DELETE", "/things/{id}")
LIST: Operation[list[int]] = Operation("list_things", "GET", "/things", returns=list[int], pages=LinkPages())
FETCH: Operation[bytes] = Operation("fetch", "GET", "/things/{id}/file", returns=bytes, accept="*/*")


class Things(HttpAdapter):
    SERVICE, PACKAGE = "Things", "things"

    def get_thing(self, id: str, *, timeout: float | None = None) -> dict[str, int]:
        """Fetch one thing."""
        return self._call(GET, path={"id": id}, timeout=timeout)

    def remove_thing(self, id: str, *, timeout: float | None = None) -> None:
        """Remove one thing."""
        return self._call(REMOVE, path={"id": id}, timeout=timeout)

    def list_things(self, *, timeout: float | None = None) -> Iterator[int]:
        """List all things."""
        return self._pages(LIST, timeout=timeout)

    def fetch_thing(self, id: str, *, timeout: float | None = None) -> Download:
        """Download one thing."""
        return self._download(FETCH, path={"id": id}, timeout=timeout)


class AsyncThings(AsyncHttpAdapter):
    SERVICE, PACKAGE = "Things", "things"

    get_thing = awaited(Things.get_thing)
    remove_thing = awaited(Things.remove_thing)
    list_things = iterated(Things.list_things)
    fetch_thing = downloaded(Things.fetch_thing)


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[ScriptedService]:
    config = tmp_path / "config.yaml"
    config.write_text("service: Things\nbase_url: https://things.example\n", "utf-8")
    form: Literal["sync", "async"] = request.param
    with ScriptedService.running(Things, AsyncThings, form, secrets={}, config=config) as running:
        yield running


def test_an_answer_is_awaited(service: ScriptedService) -> None:
    service.replies(json={"id": 1})
    assert service.call(lambda things: things.get_thing("1")) == {"id": 1}
    service.sent("GET", "/things/1")


def test_nothing_is_awaited_too(service: ScriptedService) -> None:
    service.replies(204)
    assert service.call(lambda things: things.remove_thing("1")) is None
    service.sent("DELETE", "/things/1")


def test_pages_are_walked(service: ScriptedService) -> None:
    service.replies(json=[1], headers={"Link": '<?page=2>; rel="next"'})
    service.replies(json=[2])
    assert service.call(lambda things: things.list_things()) == [1, 2]
    service.sent("GET", "/things")
    service.sent("GET", "/things", query={"page": "2"})


def test_a_download_is_entered(service: ScriptedService) -> None:
    service.replies(body=b"file")
    assert service.call(lambda things: things.fetch_thing("1")) == b"file"
    service.sent("GET", "/things/1/file", headers={"Accept": "*/*"})


def test_errors_are_raised_where_it_is_awaited(service: ScriptedService) -> None:
    service.replies(404)
    with pytest.raises(NotFoundError):
        service.call(lambda things: things.get_thing("1"))
    service.sent("GET", "/things/1")


def test_name_words_and_arguments_are_those_of_the_blocking_method() -> None:
    form = AsyncThings.get_thing
    assert inspect.iscoroutinefunction(form)
    assert (getattr(form, "__name__", ""), form.__doc__) == ("get_thing", "Fetch one thing.")
    assert list(inspect.signature(form).parameters) == ["self", "id", "timeout"]


def test_an_argument_that_the_blocking_method_has_not_is_refused(service: ScriptedService) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        service.call(lambda things: things.get_thing("1", colour="red"))
