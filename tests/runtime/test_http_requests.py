"""What goes over the wire: paths, queries, headers, cookies, credentials and bodies, exactly."""

from __future__ import annotations

import enum
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from integrations.runtime import ConfigurationError, InvalidArgumentError, Secret
from integrations.runtime.http import ApiKeyAuth, Auth, BasicAuth, BearerAuth, HttpAdapter, Operation
from tests.runtime.forms import CREATE_THING, GET_THING, Acme, Form, Script, Thing, acme, both_forms

ECHO: Operation[Any] = Operation("echo", "POST", "/echo/{a}", returns=dict)
LIST: Operation[Any] = Operation("list", "GET", "/things", returns=None)


def sent(
    form: Form, operation: Operation[Any], settings: dict[str, Any] | None = None, **given: Any
) -> httpx2.Request:
    """Return the one request of one call."""
    script = Script(httpx2.Response(200, json={"id": 1}))
    with acme(form, script, **(settings or {})) as client:
        client.call(operation, **given)
    (request,) = script.requests
    return request


class Colour(enum.Enum):
    RED = "red"


@both_forms
@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ("plain", "plain"),
        ("a/b", "a%2Fb"),
        ("../../etc", "..%2F..%2Fetc"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("50%", "50%25"),
        ("%2e%2e", "%252e%252e"),
        ("ü ö", "%C3%BC%20%C3%B6"),
        ("a;b,c+d&e@f:g", "a%3Bb%2Cc%2Bd%26e%40f%3Ag"),
        ("\r\nX: y", "%0D%0AX%3A%20y"),
        ("...", "..."),
        (42, "42"),
        (True, "true"),
        (Colour.RED, "red"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "2024-02-29T12%3A00%3A00Z"),
    ],
)
def test_a_path_value_stays_one_segment(form: Form, value: Any, raw: str) -> None:
    request = sent(form, GET_THING, path={"thing_id": value})
    assert request.url.raw_path.decode() == f"/v1/things/{raw}"


@both_forms
@pytest.mark.parametrize("value", ["", ".", "..", None, [1], {"a": 1}, Secret("secret-in-path")])
def test_a_path_value_that_would_mean_another_place_is_refused(form: Form, value: Any) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError) as caught:
        client.call(GET_THING, path={"thing_id": value})
    assert str(caught.value).startswith("Acme get_thing: ")
    assert "secret-in-path" not in str(caught.value)


def test_two_values_cannot_make_a_dot_segment_together() -> None:
    operation: Operation[Any] = Operation("x", "GET", "/{a}{b}/x")
    with Acme("https://x.example") as adapter, pytest.raises(InvalidArgumentError):
        adapter._call(operation, path={"a": ".", "b": "."})


def test_a_value_that_the_path_does_not_have_is_refused() -> None:
    with Acme("https://x.example") as adapter, pytest.raises(InvalidArgumentError, match="'other'"):
        adapter._call(GET_THING, path={"thing_id": 1, "other": 2})
    with Acme("https://x.example") as adapter, pytest.raises(InvalidArgumentError, match="thing_id"):
        adapter._call(GET_THING)


def test_a_path_must_start_at_the_base_url() -> None:
    with pytest.raises(InvalidArgumentError):
        Operation("x", "GET", "@evil.example/")


def test_literal_parts_of_a_template_are_encoded_too() -> None:
    operation: Operation[None] = Operation("x", "GET", "/a b/#{id}/c:run?fixed=1")
    request = sent("sync", operation, path={"id": 1}, query={"q": 2})
    assert request.url.raw_path.decode() == "/v1/a%20b/%231/c:run?fixed=1&q=2"


@both_forms
def test_query_values_are_written_as_services_read_them(form: Form) -> None:
    request = sent(
        form,
        LIST,
        query={
            "none": None,
            "yes": True,
            "no": False,
            "n": 3,
            "f": 0.5,
            "d": Decimal("1.10"),
            "when": datetime(2024, 2, 29, 12, 30, tzinfo=timezone(timedelta(hours=2))),
            "day": date(2024, 2, 29),
            "colour": Colour.RED,
            "list": ["a", 1, True],
            "created": {"gte": 5},
            "empty": "",
            "sp ace": "a b&c=d+e/ü",
        },
    )
    assert request.url.query.decode() == (
        "yes=true&no=false&n=3&f=0.5&d=1.10&when=2024-02-29T12%3A30%3A00%2B02%3A00&day=2024-02-29"
        "&colour=red&list=a&list=1&list=true&created[gte]=5&empty=&sp%20ace=a%20b%26c%3Dd%2Be%2F%C3%BC"
    )


@both_forms
def test_only_the_headers_that_belong_are_sent(form: Form) -> None:
    request = sent(form, GET_THING, path={"thing_id": 1})
    assert sorted(request.headers.raw) == [
        (b"Accept", b"application/json"),
        (b"Accept-Encoding", b"gzip, deflate"),
        (b"Host", b"api.acme.example"),
        (b"User-Agent", b"jackfield-runtime/1"),
    ]


@both_forms
def test_a_calls_headers_and_cookies_are_added(form: Form) -> None:
    request = sent(
        form,
        LIST,
        headers={"X-Flag": True, "X-None": None, "user-agent": "mine"},
        cookies={"a": 1, "b": None, "c": "d"},
    )
    assert request.headers["x-flag"] == "true"
    assert "x-none" not in request.headers
    assert request.headers.get_list("user-agent") == ["mine"]
    assert request.headers["cookie"] == "a=1; c=d"


@both_forms
@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"X-A": "a\r\nX-Evil: b"}},
        {"headers": {"X-A": "a\nb"}},
        {"headers": {"X-A": "a\0b"}},
        {"headers": {"X-A\r\nX-B": "b"}},
        {"headers": {"X A": "b"}},
        {"headers": {"": "b"}},
        {"headers": {"Host": "evil.example"}},
        {"headers": {"Content-Length": "3"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"cookies": {"a": "b; c=d"}},
        {"cookies": {"a": "b\r\nX: y"}},
        {"cookies": {"a=b": "c"}},
        {"headers": {"X-Key": Secret("in-a-header")}},
        {"query": {"key": Secret("in-a-query")}},
    ],
)
def test_nothing_can_be_smuggled_into_the_head(form: Form, given: dict[str, Any]) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError):
        client.call(LIST, **given)


def test_a_header_outside_ascii_is_sent_as_utf_8() -> None:
    assert (b"X-Name", "Jürgen".encode()) in sent("sync", LIST, headers={"X-Name": "Jürgen"}).headers.raw


def test_the_operations_own_accept_wins_over_the_configured_one() -> None:
    raw: Operation[None] = Operation("raw", "GET", "/raw", accept="application/octet-stream")
    settings = {"headers": {"Accept": "application/vnd.acme+json", "X-Version": "2"}}
    assert sent("sync", LIST, settings).headers["accept"] == "application/vnd.acme+json"
    assert sent("sync", raw, settings).headers["accept"] == "application/octet-stream"
    assert sent("sync", raw, settings).headers["x-version"] == "2"


TOKEN = Secret("t0ken/+value")
PLACES: list[tuple[Auth, Callable[[httpx2.Request], object]]] = [
    (BearerAuth(TOKEN), lambda r: r.headers["authorization"] == "Bearer t0ken/+value"),
    (BearerAuth(TOKEN, scheme="token"), lambda r: r.headers["authorization"] == "token t0ken/+value"),
    (BasicAuth("ada", TOKEN), lambda r: r.headers["authorization"] == "Basic YWRhOnQwa2VuLyt2YWx1ZQ=="),
    (BasicAuth(TOKEN, Secret("")), lambda r: r.headers["authorization"] == "Basic dDBrZW4vK3ZhbHVlOg=="),
    (ApiKeyAuth(TOKEN), lambda r: r.headers["x-api-key"] == "t0ken/+value"),
    (ApiKeyAuth(TOKEN, "key", "query"), lambda r: dict(r.url.params) == {"q": "1", "key": "t0ken/+value"}),
    (ApiKeyAuth(TOKEN, "sid", "cookie"), lambda r: r.headers["cookie"] == "theme=dark; sid=t0ken/+value"),
]


@both_forms
@pytest.mark.parametrize(("auth", "placed"), PLACES)
def test_a_credential_is_in_its_place(
    form: Form, auth: Auth, placed: Callable[[httpx2.Request], object]
) -> None:
    request = sent(form, LIST, {"auth": auth}, query={"q": 1}, cookies={"theme": "dark"})
    assert placed(request)
    assert "t0ken" not in repr(auth)


@both_forms
@pytest.mark.parametrize(
    ("auth", "given"),
    [
        (BearerAuth(TOKEN), {"headers": {"authorization": "Bearer other"}}),
        (ApiKeyAuth(TOKEN, "key", "query"), {"query": {"key": "other"}}),
        (ApiKeyAuth(TOKEN, "sid", "cookie"), {"cookies": {"sid": "other"}}),
    ],
)
def test_a_call_cannot_replace_the_credential(form: Form, auth: Auth, given: dict[str, Any]) -> None:
    with (
        acme(form, Script(), auth=auth) as client,
        pytest.raises(InvalidArgumentError, match="set by the adapter"),
    ):
        client.call(LIST, **given)


def test_a_credential_that_no_header_can_carry_is_a_configuration_error_without_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Acme("https://x.example", auth=BearerAuth(Secret("line\nbreak")))
    assert "break" not in str(caught.value).replace("line breaks", "")
    with pytest.raises(ConfigurationError):
        Acme("https://x.example", auth=BasicAuth("a:b", TOKEN))


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pass@x.example",
        "https://user@x.example",
        "ftp://x.example",
        "x.example",
        "https://",
        "",
        "https://x.example/?a=b",
        "https://x.example/#f",
        "https://x.example:port",
    ],
)
def test_a_base_url_that_cannot_be_trusted_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Acme(url)


@pytest.mark.parametrize(
    "settings", [{"timeout": 0}, {"timeout": -1}, {"headers": {"Host": "x"}}, {"headers": {"a b": "c"}}]
)
def test_a_setting_that_cannot_work_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Acme("https://x.example", **settings)


@both_forms
def test_a_json_body_leaves_out_none_at_the_top_only(form: Form) -> None:
    class Part(msgspec.Struct, omit_defaults=True):
        size: int
        note: str | None = None

    body = {
        "a": None,
        "b": {"c": None},
        "when": datetime(2024, 1, 1, tzinfo=UTC),
        "part": Part(3),
        "c": Colour.RED,
    }
    request = sent(form, CREATE_THING, body=body)
    assert request.headers["content-type"] == "application/json"
    assert content(request) == b'{"b":{"c":null},"when":"2024-01-01T00:00:00Z","part":{"size":3},"c":"red"}'


@both_forms
@pytest.mark.parametrize(
    ("body", "written"),
    [([1, None], b"[1,null]"), ("text", b'"text"'), (0, b"0"), (False, b"false"), ({}, b"{}")],
)
def test_any_json_value_can_be_a_body(form: Form, body: Any, written: bytes) -> None:
    request = sent(form, CREATE_THING, body=body)
    assert content(request) == written
    assert request.headers["content-length"] == str(len(written))


def content(request: httpx2.Request) -> bytes:
    """The body that was sent; `MockTransport` has read it already."""
    return request.content


@both_forms
def test_a_post_without_a_body_says_so(form: Form) -> None:
    request = sent(form, CREATE_THING)
    assert request.headers["content-length"] == "0"
    assert "content-type" not in request.headers


@both_forms
@pytest.mark.parametrize("body", [{"a": object()}, {"a": Secret("in-a-body")}, {"a": {1j}}])
def test_a_body_that_json_cannot_say_is_refused(form: Form, body: Any) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError) as caught:
        client.call(CREATE_THING, body=body)
    assert "in-a-body" not in str(caught.value)


FORM: Operation[Any] = Operation("post_form", "POST", "/form", returns=None, body="form")


@both_forms
def test_a_form_is_written_with_brackets(form: Form) -> None:
    request = sent(
        form,
        FORM,
        body={
            "amount": 500,
            "none": None,
            "live": False,
            "metadata": {"order": "a b", "deep": {"x": 1}},
            "items": [{"price": "p1"}, {"price": "p2"}],
            "tags": ["a", "b"],
            "unset": {"field": None},
        },
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert content(request).decode() == (
        "amount=500&live=false&metadata[order]=a%20b&metadata[deep][x]=1&items[0][price]=p1&items[1][price]=p2"
        "&tags[0]=a&tags[1]=b&unset[field]="
    )


def test_a_form_must_be_a_mapping() -> None:
    with Acme("https://x.example") as adapter, pytest.raises(InvalidArgumentError):
        adapter._call(FORM, body=[1])


KEYED: Operation[Thing] = Operation(
    "pay", "POST", "/pay", returns=Thing, body="form", idempotency_header="Idempotency-Key"
)


@both_forms
def test_an_idempotency_key_is_the_callers_or_a_fresh_one(form: Form) -> None:
    assert sent(form, KEYED, idempotency_key="mine").headers["idempotency-key"] == "mine"
    fresh = [sent(form, KEYED).headers["idempotency-key"] for _ in range(2)]
    assert fresh[0] != fresh[1]
    assert all(len(key) == 36 for key in fresh)


@both_forms
def test_an_idempotency_key_for_an_operation_without_one_is_refused(form: Form) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError):
        client.call(CREATE_THING, idempotency_key="mine")


@both_forms
def test_a_calls_timeout_replaces_the_configured_one(form: Form) -> None:
    assert sent(form, LIST, {"timeout": 7}).extensions["timeout"]["read"] == 7
    assert sent(form, LIST, {"timeout": 7}, timeout=1.5).extensions["timeout"]["connect"] == 1.5
    with acme(form, Script()) as client, pytest.raises(ConfigurationError):
        client.call(LIST, timeout=0)


@both_forms
def test_raw_access_takes_any_request(form: Form) -> None:
    script = Script(httpx2.Response(201, headers={"X-Id": "7"}, json={"id": 7}))
    with acme(form, script, auth=BearerAuth(TOKEN)) as client:
        raw = client.request(
            "POST", "/any/{braces}/a%20b?x=1", query={"y": 2}, json={"a": None, "b": 1}, headers={"X-A": "b"}
        )
    (request,) = script.requests
    assert (raw.status, raw.headers["x-id"], raw.json()) == (201, "7", {"id": 7})
    assert request.url.raw_path.decode() == "/v1/any/%7Bbraces%7D/a%20b?x=1&y=2"
    assert content(request) == b'{"b":1}'
    assert request.headers["authorization"] == "Bearer t0ken/+value"
    assert request.extensions["operation"] == "request"


@both_forms
def test_raw_access_sends_forms_and_bytes(form: Form, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"1,2")
    cases: list[tuple[dict[str, Any], str, bytes]] = [
        ({"form": {"a": 1}}, "application/x-www-form-urlencoded", b"a=1"),
        ({"content": b"raw"}, "application/octet-stream", b"raw"),
        ({"content": "text"}, "text/plain; charset=utf-8", b"text"),
        ({"content": tmp_path / "data.csv"}, "text/csv", b"1,2"),
        ({"content": io.BytesIO(b"file")}, "application/octet-stream", b"file"),
        ({"content": b"<a/>", "headers": {"Content-Type": "text/xml"}}, "text/xml", b"<a/>"),
    ]
    for given, kind, body in cases:
        script = Script(httpx2.Response(200))
        with acme(form, script) as client:
            client.request("PUT", "/any", **given)
        assert script.requests[0].headers.get_list("content-type") == [kind]
        assert content(script.requests[0]) == body


@both_forms
@pytest.mark.parametrize(
    "path", ["https://evil.example/", "relative", "/a/../b", "/a/%2e%2E/b", "/./a", "", "@evil"]
)
def test_raw_access_stays_below_the_base_url(form: Form, path: str) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError):
        client.request("GET", path)


@both_forms
def test_raw_access_takes_one_body_only(form: Form) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError, match="json and form"):
        client.request("POST", "/any", json=1, form={"a": 1})


@both_forms
def test_a_closed_adapter_says_so(form: Form) -> None:
    with acme(form, Script()) as client:
        client.adapter._closed = True
        with pytest.raises(ConfigurationError, match="closed"):
            client.call(LIST)


def test_an_adapters_repr_shows_where_it_talks_to_and_nothing_else() -> None:
    assert repr(Acme("https://x.example/v1", auth=BearerAuth(TOKEN))) == "Acme('https://x.example/v1')"
    assert HttpAdapter("https://x.example").SERVICE == ""


@both_forms
@pytest.mark.parametrize(
    "auth",
    [
        BearerAuth(TOKEN),
        ApiKeyAuth(TOKEN, "key", "query"),
        ApiKeyAuth(TOKEN, "sid", "cookie"),
        [BearerAuth(TOKEN), ApiKeyAuth(TOKEN, "key", "query"), ApiKeyAuth(TOKEN, "sid", "cookie")],
    ],
)
def test_an_anonymous_operation_takes_no_credential(form: Form, auth: Any) -> None:
    operation: Operation[None] = Operation("sign_in", "POST", "/token", anonymous=True)
    settings = {"auth": auth, "headers": {"X-Account": "7"}}
    request = sent(form, operation, settings, query={"q": 1}, cookies={"theme": "dark"})
    assert (request.url.query, request.headers["cookie"]) == (b"q=1", "theme=dark")
    assert "authorization" not in request.headers
    assert request.headers["x-account"] == "7"
    own = sent(form, operation, settings, headers={"Authorization": "Basic own"}, query={"key": "own"})
    assert (own.headers["authorization"], own.url.query) == ("Basic own", b"key=own")


@both_forms
def test_several_credentials_are_sent_together(form: Form) -> None:
    auth = (ApiKeyAuth(TOKEN, "X-Key"), ApiKeyAuth(TOKEN, "X-App"), ApiKeyAuth(TOKEN, "k", "query"))
    request = sent(form, LIST, {"auth": auth})
    assert request.headers["x-key"] == request.headers["x-app"] == "t0ken/+value"
    assert request.url.query == b"k=t0ken%2F%2Bvalue"
    for given in ({"headers": {"x-app": "other"}}, {"query": {"k": "other"}}):
        with (
            acme(form, Script(), auth=auth) as client,
            pytest.raises(InvalidArgumentError, match="set by the adapter"),
        ):
            client.call(LIST, **given)


def test_two_credentials_in_one_place_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two credentials are to be sent as header x-key"):
        Acme("https://x.example", auth=[ApiKeyAuth(TOKEN, "X-Key"), ApiKeyAuth(TOKEN, "x-key")])


@both_forms
@pytest.mark.parametrize("place", ["query", "headers", "body"])
@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
def test_what_is_nested_too_deeply_is_refused(form: Form, place: str, kind: Any) -> None:
    operation: Operation[None] = Operation("x", "POST", "/x", body=kind, styles={"query:a": "deepObject"})
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError, match="Acme x"):
        client.call(operation, **{place: deep})
