"""The policy around every request: limit → attempt → map the error → measure → retry."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import httpx2
import pytest

from integrations.runtime import (
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    MetricsCollector,
    RateLimitedError,
    RateLimiter,
    RequestTimeoutError,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.http import AsyncHttpAdapter, Operation, Retry
from integrations.runtime.testing import FakeClock
from tests.runtime.forms import CREATE_THING, GET_THING, Form, Script, Thing, acme, both_forms

AT = {"thing_id": 1}
KEYED: Operation[Thing] = Operation(
    "pay", "POST", "/pay", returns=Thing, idempotency_header="Idempotency-Key"
)
DECLARED: Operation[Thing] = Operation("search", "POST", "/search", returns=Thing, idempotent=True)
UNSAFE_GET: Operation[Thing] = Operation("poke", "GET", "/poke", returns=Thing, idempotent=False)


def ok() -> httpx2.Response:
    return httpx2.Response(200, json={"id": 1})


@both_forms
@pytest.mark.parametrize(
    "failure",
    [
        httpx2.Response(503),
        httpx2.Response(500),
        httpx2.Response(429),
        httpx2.Response(408),
        httpx2.ReadTimeout("slow"),
        httpx2.ConnectError("refused"),
        httpx2.RemoteProtocolError("closed"),
        ConnectionResetError("reset"),
    ],
)
@pytest.mark.parametrize("operation", [GET_THING, KEYED, DECLARED])
def test_what_may_pass_is_tried_again_where_repeating_is_safe(
    form: Form, operation: Operation[Thing], failure: httpx2.Response | Exception
) -> None:
    script = Script(failure, failure, ok())
    with acme(form, script) as client:
        assert client.call(operation, path=AT if operation is GET_THING else {}) == Thing(1)
        assert client.clock.slept == [0.5, 1.0]
    assert len(script.requests) == 3


@both_forms
@pytest.mark.parametrize("failure", [httpx2.Response(503), httpx2.Response(429), httpx2.ReadTimeout("slow")])
@pytest.mark.parametrize("operation", [CREATE_THING, UNSAFE_GET])
def test_what_may_have_happened_is_never_repeated(
    form: Form, operation: Operation[Thing], failure: httpx2.Response | Exception
) -> None:
    script = Script(failure, ok())
    with acme(form, script) as client, pytest.raises(IntegrationError) as caught:
        client.call(operation)
    assert len(script.requests) == 1
    assert caught.value.attempts == 1
    assert caught.value.retryable


@both_forms
@pytest.mark.parametrize(
    "failure", [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow"), httpx2.PoolTimeout("busy")]
)
def test_a_post_is_repeated_when_no_connection_was_made(form: Form, failure: Exception) -> None:
    script = Script(failure, ok())
    with acme(form, script) as client:
        assert client.call(CREATE_THING, body={}) == Thing(1)
    assert len(script.requests) == 2


@both_forms
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_what_will_not_pass_is_tried_once(form: Form, status: int) -> None:
    script = Script(httpx2.Response(status), ok())
    with acme(form, script) as client, pytest.raises(IntegrationError):
        client.call(GET_THING, path=AT)
    assert len(script.requests) == 1


@both_forms
def test_an_unexpected_answer_is_not_asked_for_again(form: Form) -> None:
    script = Script(httpx2.Response(200, content=b"<p>"), ok())
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError):
        client.call(GET_THING, path=AT)
    assert len(script.requests) == 1


@both_forms
def test_the_last_error_says_how_often_it_was_tried(form: Form) -> None:
    with acme(form, Script(*[httpx2.Response(503)] * 3)) as client, pytest.raises(UnavailableError) as caught:
        client.call(GET_THING, path=AT)
    assert str(caught.value) == "Acme get_thing: 503 after 3 attempts"
    assert caught.value.attempts == 3


@both_forms
def test_the_key_and_body_are_the_same_on_every_attempt(form: Form) -> None:
    script = Script(httpx2.Response(503), httpx2.ReadError("broken"), ok())
    with acme(form, script) as client:
        client.call(KEYED, body={"amount": 1})
    assert len({request.headers["idempotency-key"] for request in script.requests}) == 1
    assert [request.content for request in script.requests] == [b'{"amount":1}'] * 3


@both_forms
def test_the_services_own_wait_is_kept(form: Form) -> None:
    script = Script(httpx2.Response(429, headers={"Retry-After": "7"}), ok())
    with acme(form, script) as client:
        client.call(GET_THING, path=AT)
        assert client.clock.slept == [7.0]


@both_forms
def test_a_wait_of_hours_is_raised_and_not_slept(form: Form) -> None:
    script = Script(httpx2.Response(429, headers={"Retry-After": "3600"}), ok())
    with acme(form, script) as client, pytest.raises(RateLimitedError) as caught:
        client.call(GET_THING, path=AT)
    assert str(caught.value) == "Acme get_thing: 429; retry in 3600 s"
    assert caught.value.retry_after == 3600
    assert client.clock.slept == []


@both_forms
def test_jitter_is_a_part_of_the_bound(form: Form) -> None:
    script = Script(httpx2.Response(503), httpx2.Response(503), ok())
    with acme(
        form, script, clock=FakeClock(chance=0.1), retry=Retry(3, base_delay=10, max_delay=15)
    ) as client:
        client.call(GET_THING, path=AT)
        assert client.clock.slept == pytest.approx([1.0, 1.5])


@both_forms
def test_every_attempt_takes_its_turn_at_the_limit(form: Form) -> None:
    clock = FakeClock(chance=0.0)
    limiter = RateLimiter(calls_per_minute=60, burst=1, clock=clock)
    with acme(form, Script(httpx2.Response(503), ok(), ok()), clock=clock, limiter=limiter) as client:
        client.call(GET_THING, path=AT)
        client.call(GET_THING, path=AT)
    assert clock.slept == [0.0, 1.0, 1.0]


@both_forms
def test_every_attempt_is_counted_and_timed(form: Form) -> None:
    metrics = MetricsCollector()
    script = Script(httpx2.Response(503), ok(), httpx2.Response(404), httpx2.Response(200, content=b"{}"))
    with acme(form, script, metrics=metrics) as client:
        client.call(GET_THING, path=AT)
        for _ in range(2):
            with pytest.raises(IntegrationError):
                client.call(GET_THING, path=AT)
    found = metrics.get_total_metrics()["by_operation"]["get_thing"]
    assert (found["calls"], found["errors"], found["latency"]["count"]) == (4, 3, 4)
    assert found["errors_by_type"] == {
        "NotFoundError": 1,
        "UnavailableError": 1,
        "UnexpectedResponseError": 1,
    }


@both_forms
@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (httpx2.ConnectTimeout("x"), RequestTimeoutError, True),
        (httpx2.ReadTimeout("x"), RequestTimeoutError, True),
        (httpx2.WriteTimeout("x"), RequestTimeoutError, True),
        (httpx2.PoolTimeout("x"), RequestTimeoutError, True),
        (TimeoutError("x"), RequestTimeoutError, True),
        (httpx2.ConnectError("x"), ConnectionFailedError, True),
        (httpx2.ReadError("x"), ConnectionFailedError, True),
        (httpx2.WriteError("x"), ConnectionFailedError, True),
        (httpx2.CloseError("x"), ConnectionFailedError, True),
        (httpx2.ProxyError("x"), ConnectionFailedError, True),
        (httpx2.RemoteProtocolError("x"), ConnectionFailedError, True),
        (httpx2.TooManyRedirects("x"), ConnectionFailedError, True),
        (OSError("x"), ConnectionFailedError, True),
        (httpx2.DecodingError("x"), UnexpectedResponseError, False),
        (httpx2.LocalProtocolError("x"), InvalidArgumentError, False),
        (httpx2.UnsupportedProtocol("x"), ConfigurationError, False),
        (httpx2.InvalidURL("x"), ConfigurationError, False),
        (httpx2.StreamClosed(), InvalidArgumentError, False),
    ],
)
def test_every_driver_error_is_mapped(
    form: Form, error: Exception, kind: type[IntegrationError], retryable: bool
) -> None:
    with (
        acme(form, Script(error), retry=Retry(max_attempts=1)) as client,
        pytest.raises(IntegrationError) as caught,
    ):
        client.call(GET_THING, path=AT)
    assert type(caught.value) is kind
    assert caught.value.retryable is retryable
    assert caught.value.__cause__ is error
    assert str(caught.value).startswith("Acme get_thing: ")


def test_no_transport_error_of_the_driver_is_forgotten() -> None:
    kinds = {k for k in vars(httpx2).values() if isinstance(k, type) and issubclass(k, httpx2.TransportError)}
    for kind in kinds:
        with acme("sync", Script(kind("x")), retry=Retry(1)) as client, pytest.raises(IntegrationError):
            client.call(GET_THING, path=AT)
    assert len(kinds) > 12


@both_forms
def test_a_refused_certificate_is_not_tried_again(form: Form) -> None:
    error = httpx2.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    script = Script(error, ok())
    with acme(form, script) as client, pytest.raises(ConnectionFailedError) as caught:
        client.call(GET_THING, path=AT)
    assert len(script.requests) == 1
    assert not caught.value.retryable


@both_forms
@pytest.mark.parametrize("error", [AssertionError("test"), ZeroDivisionError(), RuntimeError("loop")])
def test_a_bug_is_not_dressed_up_as_a_service_failure(form: Form, error: Exception) -> None:
    with acme(form, Script(error)) as client, pytest.raises(type(error)):
        client.call(GET_THING, path=AT)


@both_forms
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_origin_is_followed(form: Form, status: int) -> None:
    script = Script(httpx2.Response(status, headers={"Location": "/v2/things/1?x=1"}), ok())
    with acme(form, script, headers={"X-A": "b"}) as client:
        assert client.call(GET_THING, path=AT) == Thing(1)
    assert str(script.requests[1].url) == "https://api.acme.example/v2/things/1?x=1"
    assert script.requests[1].headers["x-a"] == "b"


@both_forms
@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/things/1",
        "http://api.acme.example/v1/things/1",
        "https://api.acme.example:8443/v1/things/1",
        "//evil.example/x",
        "https://user:pass@api.acme.example/v1",
        "https://api.acme.example.evil.example/",
        "javascript:alert(1)",
        "https://[bad",
        "https://api.acme.example:port/",
    ],
)
def test_a_redirect_to_another_origin_is_not_followed(form: Form, location: str) -> None:
    script = Script(httpx2.Response(302, headers={"Location": location}), ok())
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError, match="not followed") as caught:
        client.call(GET_THING, path=AT)
    assert len(script.requests) == 1
    assert "pass@" not in str(caught.value)


@both_forms
def test_a_redirected_post_is_not_followed(form: Form) -> None:
    script = Script(httpx2.Response(307, headers={"Location": "/v1/things"}), ok())
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError):
        client.call(CREATE_THING)
    assert len(script.requests) == 1


@both_forms
def test_a_redirected_get_that_may_not_be_repeated_is_not_followed(form: Form) -> None:
    script = Script(httpx2.Response(302, headers={"Location": "/v1/x"}), httpx2.ConnectError("refused"), ok())
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError):
        client.call(UNSAFE_GET)
    assert len(script.requests) == 1


@both_forms
def test_redirects_end_after_five(form: Form) -> None:
    script = Script(*[httpx2.Response(302, headers={"Location": "/again"})] * 9)
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError):
        client.call(GET_THING, path=AT)
    assert len(script.requests) == 6


def test_a_cancelled_call_stops_at_once_and_gives_its_turn_back() -> None:
    limiter = RateLimiter(calls_per_minute=1, burst=1)
    asked: list[Any] = []

    class Waiting(AsyncHttpAdapter):
        SERVICE = "Acme"

    async def main() -> None:
        limiter.reserve()
        transport = httpx2.MockTransport(lambda request: asked.append(request) or ok())  # type: ignore[func-returns-value]
        async with Waiting("https://x.example", limiter=limiter, transport=transport) as adapter:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await adapter._call(GET_THING, path=AT)

    asyncio.run(main())
    assert asked == []
    assert limiter.reserve() == pytest.approx(60, abs=1)
