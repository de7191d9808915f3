"""What answers become: typed values, or an error that carries the answer."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import msgspec
import pytest

from integrations.runtime import ServiceError, UnavailableError, UnexpectedResponseError
from integrations.runtime.http import Operation, Retry
from integrations.runtime.testing import FakeClock, error_table
from tests.runtime.forms import CREATE_THING, GET_THING, Acme, Form, Script, Thing, acme, both_forms

NO_RETRY = Retry(max_attempts=1)
AT = {"thing_id": 1}


class Rich(msgspec.Struct):
    id: int
    at: datetime
    parent: Thing | None = None
    kind: str = msgspec.field(name="type", default="")


def returning(kind: Any) -> Operation[Any]:
    return Operation("get", "GET", "/x", returns=kind)


@both_forms
def test_an_answer_becomes_its_declared_type(form: Form) -> None:
    reply = {"id": 1, "at": "2024-01-01T00:00:00Z", "parent": {"id": 2}, "type": "t"}
    with acme(form, Script(httpx2.Response(200, json=reply))) as client:
        assert client.call(returning(Rich)) == Rich(1, datetime(2024, 1, 1, tzinfo=UTC), Thing(2), "t")


@both_forms
def test_fields_that_nobody_declared_do_not_matter(form: Form) -> None:
    reply = {"id": 1, "name": "x", "new_field": {"deep": [1]}, "other": None}
    with acme(form, Script(httpx2.Response(201, json=reply))) as client:
        assert client.call(CREATE_THING, body={}) == Thing(1, "x")


@both_forms
@pytest.mark.parametrize(
    ("kind", "body", "value"),
    [
        (dict, b'{"a": 1}', {"a": 1}),
        (Any, b"[1, null]", [1, None]),
        (list[Thing], b'[{"id": 1}]', [Thing(1)]),
        (str, b'"text"', "text"),
        (int | None, b"null", None),
        (float, b"1", 1.0),
        (bytes, b"\x00raw", b"\x00raw"),
        (bytes, b"", b""),
        (None, b'{"ignored": 1}', None),
        (None, b"", None),
        (Thing | None, b"", None),
        (Any, b"", None),
    ],
)
def test_a_declared_type_may_be_anything(form: Form, kind: Any, body: bytes, value: Any) -> None:
    with acme(form, Script(httpx2.Response(200, content=body))) as client:
        assert client.call(returning(kind)) == value


@both_forms
@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b'{"id": "one"}', "Expected `int`, got `str` - at `$.id`"),
        (200, b'{"name": "x"}', "missing required field `id`"),
        (200, b"[]", "Expected `object`, got `array`"),
        (200, b"null", "Expected `object`, got `null`"),
        (200, b"<html>login</html>", "JSON is malformed"),
        (200, b'{"id": 1', "truncated"),
        (200, b'{"deep": ' + b"[" * 100_000, "recursion"),
        (200, b'{"id": 1, "name": "\xff"}', "utf-8"),
        (204, b"", "empty where one is declared"),
        (200, b"", "empty where one is declared"),
    ],
)
def test_an_answer_that_contradicts_its_type_is_an_error_with_the_answer(
    form: Form, status: int, body: bytes, words: str
) -> None:
    script = Script(httpx2.Response(status, content=body, headers={"X-Request-Id": "r1"}))
    with (
        acme(form, script) as client,
        pytest.raises(UnexpectedResponseError, match="Acme get_thing: ") as caught,
    ):
        client.call(GET_THING, path=AT)
    error = caught.value
    assert words in str(error)
    assert (error.status, error.headers["x-request-id"], error.body) == (status, "r1", body)
    assert (error.service, error.operation, error.attempts, error.retryable) == (
        "Acme",
        "get_thing",
        1,
        False,
    )


@both_forms
@pytest.mark.parametrize(("status", "kind"), error_table())
def test_every_error_status_has_its_class(form: Form, status: int, kind: type[ServiceError]) -> None:
    script = Script(httpx2.Response(status, json={"message": "no"}, headers={"X-A": "b"}))
    with acme(form, script, retry=NO_RETRY) as client, pytest.raises(ServiceError) as caught:
        client.call(GET_THING, path=AT)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.headers["x-a"], error.body) == (status, "b", b'{"message":"no"}')
    assert str(error) == f'Acme get_thing: {status}; the service said: {{"message":"no"}}'


@pytest.mark.parametrize("status", range(400, 600))
def test_no_error_status_passes_as_a_success(status: int) -> None:
    with (
        acme("sync", Script(httpx2.Response(status)), retry=NO_RETRY) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.call(returning(None))
    assert caught.value.status == status
    assert caught.value.retryable == (status in (408, 429) or status >= 500)


@both_forms
def test_a_declared_meaning_is_said(form: Form) -> None:
    operation: Operation[Thing] = Operation(
        "get_thing", "GET", "/x", returns=Thing, errors={404: "there is no such thing"}
    )
    with acme(form, Script(httpx2.Response(404))) as client, pytest.raises(ServiceError) as caught:
        client.call(operation)
    assert str(caught.value) == "Acme get_thing: 404; there is no such thing"


@both_forms
@pytest.mark.parametrize("status", [300, 304, 305, 399])
def test_an_answer_that_is_neither_success_nor_error_is_unexpected(form: Form, status: int) -> None:
    with (
        acme(form, Script(httpx2.Response(status))) as client,
        pytest.raises(UnexpectedResponseError) as caught,
    ):
        client.call(GET_THING, path=AT)
    assert caught.value.status == status


@both_forms
def test_a_compressed_answer_is_read(form: Form) -> None:
    script = Script(
        httpx2.Response(
            200,
            stream=httpx2.ByteStream(gzip.compress(b'{"id": 3}')),
            headers={"Content-Encoding": "gzip"},
        )
    )
    with acme(form, script) as client:
        assert client.call(GET_THING, path=AT) == Thing(3)


@both_forms
def test_an_answer_that_is_not_really_compressed_is_unexpected(form: Form) -> None:
    script = Script(
        httpx2.Response(200, stream=httpx2.ByteStream(b"plain"), headers={"Content-Encoding": "gzip"})
    )
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError, match="decompressed"):
        client.call(GET_THING, path=AT)


class Small(Acme):
    MAX_BODY = 100


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("kind", [Thing, bytes, dict])
def test_a_body_beyond_the_bound_is_refused(told: bool, kind: Any) -> None:
    large = b'{"id": 1, "name": "' + b"x" * 200 + b'"}'
    headers = {"Content-Length": str(len(large))} if told else {}
    script = Script(httpx2.Response(200, stream=httpx2.ByteStream(large), headers=headers))
    with (
        Small("https://x.example", transport=httpx2.MockTransport(script)) as adapter,
        pytest.raises(UnexpectedResponseError, match="too large"),
    ):
        adapter._call(returning(kind))


def test_a_body_that_fills_the_bound_exactly_and_goes_on_is_not_cut_silently() -> None:
    class Pieces(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b'{"id": 1}' + b" " * 91
            yield b"and more"

    script = Script(httpx2.Response(200, stream=Pieces()))
    with (
        Small("https://x.example", transport=httpx2.MockTransport(script)) as adapter,
        pytest.raises(UnexpectedResponseError, match="too large"),
    ):
        adapter._call(returning(Thing))


def test_a_body_that_fills_the_bound_exactly_is_read() -> None:
    script = Script(httpx2.Response(200, content=b'{"id": 1}' + b" " * 91))
    with Small("https://x.example", transport=httpx2.MockTransport(script)) as adapter:
        assert adapter._call(returning(Thing)) == Thing(1)


def test_a_bomb_that_unpacks_beyond_the_bound_is_refused() -> None:
    packed = gzip.compress(b" " * 100_000)
    script = Script(
        httpx2.Response(200, stream=httpx2.ByteStream(packed), headers={"Content-Encoding": "gzip"})
    )
    with (
        Small("https://x.example", transport=httpx2.MockTransport(script)) as adapter,
        pytest.raises(UnexpectedResponseError, match="too large"),
    ):
        adapter._call(returning(Any))


def test_a_huge_error_body_is_kept_in_part() -> None:
    script = Script(httpx2.Response(500, content=b"x" * 1_000_000))
    with acme("sync", script, retry=NO_RETRY) as client, pytest.raises(UnavailableError) as caught:
        client.call(returning(None))
    assert len(caught.value.body) == 65536


@both_forms
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("42", 42.0),
        (" 7 ", 7.0),
        ("Tue, 14 Nov 2023 22:15:20 GMT", 120.0),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("١٢", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(form: Form, header: str, seconds: float | None) -> None:
    script = Script(httpx2.Response(429, headers=[(b"Retry-After", header.encode())]))
    clock = FakeClock(time=1_700_000_000.0)  # 14 Nov 2023 22:13:20 GMT
    with acme(form, script, clock=clock, retry=NO_RETRY) as client, pytest.raises(ServiceError) as caught:
        client.call(GET_THING, path=AT)
    assert caught.value.retry_after == seconds


@both_forms
def test_raw_access_reports_success_and_raises_errors(form: Form) -> None:
    with acme(form, Script(httpx2.Response(200, content=b"<p>"), httpx2.Response(404))) as client:
        raw = client.request("GET", "/x")
        assert raw.body == b"<p>"
        with pytest.raises(UnexpectedResponseError, match="not JSON"):
            raw.json()
        with pytest.raises(ServiceError, match="Acme request: 404"):
            client.request("GET", "/x")
