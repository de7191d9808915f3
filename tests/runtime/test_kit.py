"""The test kit catches what it promises to catch, in both forms."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx2
import pytest

from integrations.runtime import InvalidRequestError, RateLimitedError, RequestTimeoutError, UnavailableError
from integrations.runtime.http import (
    AsyncDownload,
    AsyncHttpAdapter,
    Download,
    HttpAdapter,
    LinkPages,
    Operation,
)
from integrations.runtime.testing import FakeClock, Form, ScriptedService, error_table
from integrations.runtime.testing._expect import same_pairs
from tests.runtime.forms import Thing, both_forms

GET_THING: Operation[Thing] = Operation("get_thing", "GET", "/things/{thing_id}", returns=Thing)
CREATE: Operation[Thing] = Operation("create_thing", "POST", "/things", returns=Thing)
KEYED: Operation[Thing] = Operation(
    "create_once", "POST", "/things", returns=Thing, idempotency_header="Idempotency-Key"
)
LIST: Operation[list[Thing]] = Operation(
    "list_things", "GET", "/things", returns=list[Thing], pages=LinkPages()
)
FETCH: Operation[bytes] = Operation("fetch", "GET", "/file", returns=bytes)
FORM: Operation[None] = Operation("post_form", "POST", "/form", body="form")
UPLOAD: Operation[None] = Operation("upload", "POST", "/up", body="multipart")
SECRETS = {"SHOP_TOKEN": "t0ken-for-tests"}
CONFIG = """
service: Shop
base_url: https://api.shop.example/v2/
auth: {type: bearer, secret: SHOP_TOKEN}
"""


class Shop(HttpAdapter):
    SERVICE, PACKAGE = "Shop", "shop"

    def get(self, thing_id: Any, **query: Any) -> Thing:
        return self._call(GET_THING, path={"thing_id": thing_id}, query=query)

    def create(self, **body: Any) -> Thing:
        return self._call(CREATE, body=body)

    def list(self, **query: Any) -> Iterator[Thing]:
        return self._pages(LIST, query=query)

    def fetch(self) -> Download:
        return self._download(FETCH)


class AsyncShop(AsyncHttpAdapter):
    SERVICE, PACKAGE = "Shop", "shop"

    async def get(self, thing_id: Any, **query: Any) -> Thing:
        return await self._call(GET_THING, path={"thing_id": thing_id}, query=query)

    async def create(self, **body: Any) -> Thing:
        return await self._call(CREATE, body=body)

    def list(self, **query: Any) -> AsyncIterator[Thing]:
        return self._pages(LIST, query=query)

    def fetch(self) -> AsyncDownload:
        return self._download(FETCH)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    return path


def shop(form: Form, config: Path, **more: Any) -> Any:
    return ScriptedService.running(Shop, AsyncShop, form, secrets=SECRETS, config=config, **more)


def verdict(running: AbstractContextManager[ScriptedService], body: Callable[[ScriptedService], None]) -> str:
    """Return why the kit fails *body*."""
    with pytest.raises(AssertionError) as caught, running as service:
        body(service)
    return str(caught.value)


@both_forms
def test_a_right_call_passes(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(200, {"id": 1})
        assert service.call(lambda adapter: adapter.get("a b", q=["x", "y"], n=1)) == Thing(1)
        service.sent(
            "GET", "/things/a%20b", query={"q": ["x", "y"], "n": "1"}, headers={"accept": "application/json"}
        )


@both_forms
def test_a_timeout_and_an_idempotency_key_can_be_insisted_on(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(200, {"id": 1}, times=2)
        service.call(lambda adapter: adapter._call(GET_THING, path={"thing_id": 1}, timeout=7.5))
        service.sent("GET", "/things/1", timeout=7.5)
        service.call(lambda adapter: adapter._call(KEYED, body={"name": "x"}, idempotency_key="k-1"))
        service.sent(
            "POST", "/things", json={"name": "x"}, keyed="Idempotency-Key", headers={"idempotency-key": "k-1"}
        )


@both_forms
def test_iterators_become_lists_and_downloads_bytes(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(200, [{"id": 1}], headers={"Link": '</v2/things?page=2>; rel="next"'})
        service.replies(200, [{"id": 2}])
        service.replies(200, body=b"\x00data")
        assert service.call(lambda adapter: adapter.list()) == [Thing(1), Thing(2)]
        assert service.call(lambda adapter: adapter.fetch()) == b"\x00data"
        service.sent("GET", "/things")
        service.sent("GET", "/things", query={"page": "2"})
        service.sent("GET", "/file")


@both_forms
def test_a_download_handed_on_to_a_store_takes_nothing_along(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(302, headers={"Location": "https://store.example/f/1?signature=x"})
        service.replies(200, body=b"data")
        assert service.call(lambda adapter: adapter.fetch()) == b"data"
        service.sent("GET", "/file")
        service.sent("GET", "https://store.example/f/1", query={"signature": "x"})
        assert "authorization" not in service.requests[1].headers


@both_forms
def test_bodies_of_every_kind_are_compared_whole(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(200, {"id": 1}, times=4)
        service.call(lambda adapter: adapter.create(name="x"))
        service.sent("POST", "/things", json={"name": "x"})
        service.call(lambda adapter: adapter._call(FORM, body={"a": 1, "b": ["x"]}))
        service.sent("POST", "/form", form={"a": "1", "b[0]": "x"})
        service.call(lambda adapter: adapter._call(UPLOAD, body={"f": b"\x00\r\n", "t": "x"}))
        service.sent("POST", "/up", files={"f": b"\x00\r\n"}, form={"t": "x"})
        service.call(lambda adapter: adapter.request("PUT", "/raw", content=b"raw"))
        service.sent("PUT", "/raw", content=b"raw", headers={"content-type": ANY})


WRONG: list[dict[str, Any]] = [
    {"method": "PUT"},
    {"path": "/things/2"},
    {"path": "/v2/things/1"},
    {"query": {}},
    {"query": {"q": "x", "extra": "1"}},
    {"query": {"q": ["x"]}},
    {"json": {}},
    {"form": {}},
    {"files": {}},
    {"content": b"x"},
    {"headers": {"X-Missing": "1"}},
    {"headers": {"accept": "text/html"}},
    {"keyed": "Idempotency-Key"},
    {"timeout": 7.5},
]


@both_forms
@pytest.mark.parametrize("wrong", WRONG)
def test_any_difference_between_sent_and_expected_fails(
    form: Form, config: Path, wrong: dict[str, Any]
) -> None:
    with shop(form, config) as service:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1, q="x"))
        with pytest.raises(AssertionError):
            service.sent(**{"method": "GET", "path": "/things/1", "query": {"q": "x"}, **wrong})


@both_forms
def test_a_request_that_was_not_sent_fails(form: Form, config: Path) -> None:
    with shop(form, config) as service, pytest.raises(AssertionError, match="no request was sent"):
        service.sent("GET", "/things/1")


@both_forms
def test_a_request_too_many_fails(form: Form, config: Path) -> None:
    def body(service: ScriptedService) -> None:
        service.replies(200, {"id": 1}, times=2)
        service.call(lambda adapter: adapter.get(1))
        service.call(lambda adapter: adapter.get(2))
        service.sent("GET", "/things/1")

    assert "did not check: GET /things/2" in verdict(shop(form, config), body)


@both_forms
def test_a_request_without_a_reply_fails(form: Form, config: Path) -> None:
    with pytest.raises(AssertionError, match="has no reply"), shop(form, config) as service:
        service.call(lambda adapter: adapter.get(1))


@both_forms
def test_a_reply_that_was_not_asked_for_fails(form: Form, config: Path) -> None:
    with (
        pytest.raises(AssertionError, match="1 queued replies were not asked for"),
        shop(form, config) as service,
    ):
        service.replies(200, {"id": 1})


@both_forms
def test_a_reply_for_one_request_alone_may_come_whenever_and_twice_or_never(form: Form, config: Path) -> None:
    only = ("GET", "/things/1", {"page": "2"})
    with shop(form, config) as service:
        service.replies(json={"id": 9}, only=only)
        service.replies(json={"id": 1})
        assert service.call(lambda adapter: adapter.get(1, page=2)).id == 9
        assert service.call(lambda adapter: adapter.get(1)).id == 1
        assert service.call(lambda adapter: adapter.get(1, page=2)).id == 9
        service.sent("GET", "/things/1")
    with shop(form, config) as service:
        service.replies(json={"id": 9}, only=only)


@both_forms
@pytest.mark.parametrize("page", [3, [2, 3]])
def test_another_request_than_the_one_alone_has_no_reply(form: Form, config: Path, page: Any) -> None:
    def body(service: ScriptedService) -> None:
        service.replies(json={"id": 9}, only=("GET", "/things/1", {"page": "2"}))
        service.call(lambda adapter: adapter.get(1, page=page))

    assert "has no reply" in verdict(shop(form, config), body)


@both_forms
def test_forgetting_lets_both_go(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(503, times=9)
        with pytest.raises(UnavailableError):
            service.call(lambda adapter: adapter.get(1))
        assert len(service.requests) == 3
        service.forget()


@both_forms
def test_waits_are_seen_and_not_waited(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.replies(429, headers={"Retry-After": "20"})
        service.fails(httpx2.ReadTimeout("slow"))
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        assert service.slept == [20.0, 1.0]
        for _ in range(3):
            service.sent("GET", "/things/1")


@both_forms
def test_errors_reach_the_test(form: Form, config: Path) -> None:
    with shop(form, config) as service:
        service.fails(httpx2.ReadTimeout("slow"), times=3)
        with pytest.raises(RequestTimeoutError):
            service.call(lambda adapter: adapter.get(1))
        service.replies(422, {"message": "no"})
        with pytest.raises(InvalidRequestError):
            service.call(lambda adapter: adapter.create(name=""))
        service.forget()


def leaking(how: Callable[[str], None]) -> tuple[type[Shop], type[AsyncShop]]:
    """Adapters whose `get` does *how* with the token."""

    class LeakyShop(Shop):
        def get(self, thing_id: Any, **query: Any) -> Thing:
            how(SECRETS["SHOP_TOKEN"])
            return super().get(thing_id, **query)

    class LeakyAsyncShop(AsyncShop):
        async def get(self, thing_id: Any, **query: Any) -> Thing:
            how(SECRETS["SHOP_TOKEN"])
            return await super().get(thing_id, **query)

    return LeakyShop, LeakyAsyncShop


def raise_it(token: str) -> None:
    try:
        raise KeyError(token)
    except KeyError as error:
        raise ValueError("wrapped") from error


@both_forms
@pytest.mark.parametrize(
    "how",
    [
        lambda token: logging.getLogger("shop").debug("using %s", token),
        lambda token: logging.getLogger().info(f"using {token}"),
        lambda token: print("using", token),
        lambda token: print(token, file=sys.stderr),
        lambda token: sys.stdout.write(token[:5]) + sys.stdout.write(token[5:]),
        lambda token: print(os.environ.get("SHOP_TOKEN")),
    ],
)
def test_a_secret_that_is_logged_or_printed_fails(
    form: Form, config: Path, how: Callable[[str], None]
) -> None:
    sync_class, async_class = leaking(how)

    def body(service: ScriptedService) -> None:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        service.sent("GET", "/things/1")

    running = ScriptedService.running(sync_class, async_class, form, secrets=SECRETS, config=config)
    assert "the value of SHOP_TOKEN was found in" in verdict(running, body)


@both_forms
def test_a_secret_printed_to_a_stream_that_was_put_in_place_later_fails(
    form: Form, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pytest does between a fixture and its test."""
    sync_class, async_class = leaking(print)

    def body(service: ScriptedService) -> None:
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        service.sent("GET", "/things/1")

    running = ScriptedService.running(sync_class, async_class, form, secrets=SECRETS, config=config)
    assert "the value of SHOP_TOKEN was found in standard output" in verdict(running, body)


@both_forms
def test_the_packed_credential_of_basic_auth_is_a_secret_too(form: Form, tmp_path: Path) -> None:
    auth = "{type: basic, username_secret: SHOP_USER, password_secret: SHOP_TOKEN}"
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.replace("{type: bearer, secret: SHOP_TOKEN}", auth))
    packed = base64.b64encode(b"ada:t0ken-for-tests").decode()
    sync_class, async_class = leaking(lambda _: print(packed))

    def body(service: ScriptedService) -> None:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        service.sent("GET", "/things/1")

    secrets = {**SECRETS, "SHOP_USER": "ada"}
    running = ScriptedService.running(sync_class, async_class, form, secrets=secrets, config=path)
    assert "the value of the credential was found in" in verdict(running, body)


@both_forms
def test_a_secret_in_an_error_or_its_cause_fails(form: Form, config: Path) -> None:
    sync_class, async_class = leaking(raise_it)

    def body(service: ScriptedService) -> None:
        with pytest.raises(ValueError, match="wrapped"):
            service.call(lambda adapter: adapter.get(1))

    running = ScriptedService.running(sync_class, async_class, form, secrets=SECRETS, config=config)
    assert "found in a raised error" in verdict(running, body)


def test_a_secret_in_the_repr_fails(config: Path) -> None:
    class Boastful(Shop):
        def __repr__(self) -> str:
            return f"Shop({SECRETS})"

    with (
        pytest.raises(AssertionError, match="the adapter's repr"),
        ScriptedService.running(Boastful, AsyncShop, "sync", secrets=SECRETS, config=config),
    ):
        pass


@both_forms
@pytest.mark.parametrize(
    "given",
    [
        {"query": {"token": "t0ken-for-tests"}},
        {"headers": {"X-Token": "t0ken-for-tests"}},
        {"cookies": {"sid": "t0ken-for-tests"}},
        {"path": {"thing_id": "t0ken-for-tests"}},
        {"body": {"nested": ["t0ken-for-tests"]}},
    ],
)
@pytest.mark.parametrize("checked", [True, False])
def test_a_secret_outside_its_place_fails(
    form: Form, config: Path, given: dict[str, Any], checked: bool
) -> None:
    def body(service: ScriptedService) -> None:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter._call(GET_THING, **{"path": {"thing_id": 1}, **given}))
        if checked:
            query = {k: str(v) for k, v in given.get("query", {}).items()}
            path = f"/things/{given.get('path', {}).get('thing_id', 1)}"
            service.sent("GET", path, query=query, **({"json": given["body"]} if "body" in given else {}))
        service.forget()

    assert "travels outside the place" in verdict(shop(form, config), body)


@both_forms
@pytest.mark.parametrize(
    "auth",
    [
        "{type: api_key, secret: SHOP_TOKEN}",
        "{type: api_key, secret: SHOP_TOKEN, name: key, in: query}",
        "{type: api_key, secret: SHOP_TOKEN, name: sid, in: cookie}",
        "{type: basic, username_secret: SHOP_USER, password_secret: SHOP_TOKEN}",
        "null",
    ],
)
def test_every_kind_of_credential_is_checked_where_it_belongs(form: Form, config: Path, auth: str) -> None:
    config.write_text(CONFIG.replace("{type: bearer, secret: SHOP_TOKEN}", auth))
    secrets = {**SECRETS, "SHOP_USER": "ada-lovelace"}
    with ScriptedService.running(Shop, AsyncShop, form, secrets=secrets, config=config) as service:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1, q="x"))
        service.sent("GET", "/things/1", query={"q": "x"})


@both_forms
def test_a_missing_credential_fails(form: Form, config: Path) -> None:
    class Bare(Shop):
        def get(self, thing_id: Any, **query: Any) -> Thing:
            self._requests._by_accept.clear()
            self._requests._standing.pop()
            return super().get(thing_id, **query)

    class AsyncBare(AsyncShop):
        async def get(self, thing_id: Any, **query: Any) -> Thing:
            self._requests._by_accept.clear()
            self._requests._standing.pop()
            return await super().get(thing_id, **query)

    with ScriptedService.running(Bare, AsyncBare, form, secrets=SECRETS, config=config) as service:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        with pytest.raises(AssertionError, match="the credential in header Authorization"):
            service.sent("GET", "/things/1")


@both_forms
def test_a_configuration_without_base_url_takes_one(form: Form, config: Path) -> None:
    config.write_text("service: Shop\nbase_url: null\n")
    with shop(form, config, base_url="https://x.example/base") as service:
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        service.sent("GET", "/things/1")


@both_forms
def test_variables_of_the_machine_do_not_reach_the_adapter(
    form: Form, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_BASE_URL", "https://elsewhere.example")
    monkeypatch.setenv("SHOP_MAX_ATTEMPTS", "1")
    with shop(form, config) as service:
        assert "elsewhere" not in repr(service.adapter)


def test_a_failing_test_keeps_its_own_error(config: Path) -> None:
    running = shop("sync", config)
    with pytest.raises(ZeroDivisionError), running as service:
        service.replies(1 // 0)


@both_forms
def test_every_request_is_recorded_for_the_oracle_without_its_credential(
    form: Form, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACKFIELD_REQUESTS", str(tmp_path / "requests.jsonl"))
    with shop(form, config) as service:
        service.replies(200, {"id": 1}, times=4)
        service.call(lambda adapter: adapter.get("a b", q=["x", "y"]))
        service.call(lambda adapter: adapter.create(name="ü"))
        service.call(
            lambda adapter: adapter._call(FORM, body={"a": 1}, headers={"X-A": "b"}, cookies={"c": "d"})
        )
        service.call(lambda adapter: adapter._call(UPLOAD, body={"f": b"x", "t": "y"}))
        service.forget()
    lines = [json.loads(line) for line in (tmp_path / "requests.jsonl").read_text().splitlines()]
    accept = {"accept": "application/json"}
    assert lines[0] == {
        "package": "shop",
        "operation": "get_thing",
        "method": "GET",
        "path": "/things/a%20b",
        "target": "/things/a%20b?q=x&q=y",
        "query": [["q", "x"], ["q", "y"]],
        "headers": accept,
        "content_type": "",
        "media": "",
        "body": None,
    }
    assert (lines[1]["content_type"], lines[1]["body"]) == ("application/json", {"name": "ü"})
    assert (lines[2]["body"], lines[2]["headers"]) == ([["a", "1"]], {**accept, "x-a": "b", "cookie": "c=d"})
    assert lines[3]["body"] == [["t", "y"], ["f", "(file)"]]
    assert "t0ken-for-tests" not in (tmp_path / "requests.jsonl").read_text()


def test_the_table_lists_every_class_that_a_status_can_become() -> None:
    statuses = [status for status, _ in error_table()]
    assert len(set(statuses)) == len(statuses)
    assert len({kind for _, kind in error_table()}) == 7


def test_the_fake_clock_only_moves_when_someone_sleeps() -> None:
    clock = FakeClock(time=100.0, chance=0.5)
    clock.sleep(2)
    clock.advance(3)
    assert (clock.monotonic(), clock.time(), clock.random(), clock.slept) == (5.0, 105.0, 0.5, [2])


def test_a_long_wait_is_not_hidden_by_the_fake_clock(config: Path) -> None:
    with shop("sync", config) as service:
        service.replies(429, headers={"Retry-After": "3600"})
        with pytest.raises(RateLimitedError):
            service.call(lambda adapter: adapter.get(1))
        service.sent("GET", "/things/1")
        assert service.slept == []


TWO_KEYS = """
service: Shop
base_url: https://api.shop.example
auth:
  - {type: api_key, secret: SHOP_TOKEN, name: X-Key}
  - {type: api_key, secret: SHOP_APP, name: app, in: query}
"""
BOTH_SECRETS = {**SECRETS, "SHOP_APP": "app-k3y-for-tests"}
SIGN_IN: Operation[None] = Operation("sign_in", "POST", "/token", anonymous=True)
FIND: Operation[None] = Operation("find", "GET", "/find", styles={"ids": "form"})
PATCH: Operation[None] = Operation("patch", "PATCH", "/p", media="application/merge-patch+json")
NOTE: Operation[None] = Operation("note", "POST", "/note", body="binary", media="application/xml")


def two_keys(form: Form, config: Path) -> Any:
    config.write_text(TWO_KEYS)
    return ScriptedService.running(Shop, AsyncShop, form, secrets=BOTH_SECRETS, config=config)


@both_forms
def test_several_credentials_are_each_expected_in_their_place(form: Form, config: Path) -> None:
    with two_keys(form, config) as service:
        service.replies(200, {"id": 1})
        service.replies(204)
        service.call(lambda adapter: adapter.get(1, q="x"))
        service.sent("GET", "/things/1", query={"q": "x"})
        service.call(lambda adapter: adapter._call(SIGN_IN))
        service.sent("POST", "/token")


@both_forms
@pytest.mark.parametrize("hidden", ["_in_query", "_standing"])
def test_one_missing_credential_of_several_fails(form: Form, config: Path, hidden: str) -> None:
    def body(service: ScriptedService) -> None:
        requests = service.adapter._requests
        setattr(requests, hidden, [one for one in getattr(requests, hidden) if "X-Key" not in str(one)][1:])
        service.replies(200, {"id": 1})
        service.call(lambda adapter: adapter.get(1))
        service.sent("GET", "/things/1")

    assert "the credential in" in verdict(two_keys(form, config), body)


@both_forms
def test_a_secret_in_an_anonymous_request_fails(form: Form, config: Path) -> None:
    def body(service: ScriptedService) -> None:
        service.replies(204)
        service.call(lambda adapter: adapter._call(SIGN_IN, headers={"X-Key": SECRETS["SHOP_TOKEN"]}))
        service.sent("POST", "/token")

    assert "the value of SHOP_TOKEN travels outside" in verdict(two_keys(form, config), body)


@both_forms
def test_a_query_and_a_media_type_can_be_insisted_on_exactly(form: Form, config: Path) -> None:
    with two_keys(form, config) as service:
        service.replies(204, times=3)
        service.call(lambda adapter: adapter._call(FIND, query={"ids": ["a,b", "c"]}))
        service.sent("GET", "/find", raw_query="ids=a%2Cb,c")
        service.call(lambda adapter: adapter._call(PATCH, body={"a": 1}))
        service.sent("PATCH", "/p", json={"a": 1}, media="application/merge-patch+json")
        service.call(lambda adapter: adapter._call(NOTE, body="<ü/>"))
        service.sent("POST", "/note", content="<ü/>", media="application/xml")


@both_forms
@pytest.mark.parametrize(
    "wrong",
    [
        {"raw_query": "ids=a,b"},
        {"media": "application/json"},
        {"json": {"a": 2}},
    ],
)
def test_another_spelling_or_media_type_fails(form: Form, config: Path, wrong: dict[str, Any]) -> None:
    with two_keys(form, config) as service:
        service.replies(204)
        service.call(lambda adapter: adapter._call(PATCH, query={"ids": ["a", "b"]}, body={"a": 1}))
        right = {"query": {"ids": ["a", "b"]}, "json": {"a": 1}, "media": "application/merge-patch+json"}
        with pytest.raises(AssertionError):
            service.sent("PATCH", "/p", **{**right, **wrong})


@both_forms
def test_a_record_shows_target_media_and_text_and_no_credential(
    form: Form, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACKFIELD_REQUESTS", str(tmp_path / "requests.jsonl"))
    with two_keys(form, config) as service:
        service.replies(204, times=4)
        service.call(lambda adapter: adapter._call(FIND, query={"ids": ["a,b", "c"], "app2": "x"}))
        service.call(lambda adapter: adapter._call(NOTE, body="<ü/>"))
        service.call(lambda adapter: adapter._call(PATCH, body={"a": 1}))
        service.call(lambda adapter: adapter._call(SIGN_IN, headers={"Content-Type": "text/plain"}))
        service.forget()
    written = (tmp_path / "requests.jsonl").read_text()
    find, note, patch, sign_in = [json.loads(line) for line in written.splitlines()]
    assert find["target"] == "/find?ids=a%2Cb,c&app2=x"
    assert find["query"] == [["ids", "a,b,c"], ["app2", "x"]]
    assert "x-key" not in find["headers"]
    assert (note["text"], note["media"], note["body"]) == ("<ü/>", "application/xml", None)
    assert (patch["body"], patch["media"]) == ({"a": 1}, "application/merge-patch+json")
    assert "text" not in patch
    assert "text" not in sign_in
    assert not [secret for secret in BOTH_SECRETS.values() if secret in written]


def test_the_order_of_keys_in_json_that_is_text_is_no_matter() -> None:
    same_pairs("the form", {"a": '{"x":1,"y":[2]}'}, {"a": '{"y":[2], "x":1}'})
    with pytest.raises(AssertionError, match="the form should be"):
        same_pairs("the form", {"a": '{"x":1}'}, {"a": '{"x":2}'})
    same_pairs("the form", {"a": "{no json"}, {"a": "{no json"})
