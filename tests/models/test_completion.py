"""What litellm is told, what it must not find out by itself, and how its answers and errors are read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.subtasks import completion, providers
from generator.subtasks.completion import Completion, TransportError, complete
from generator.subtasks.exchange import Model, Request, Tokens
from tests.models import scripted as script
from tests.models.made import KEY, TITLE, request
from tests.models.scripted import Answer, Fault, Scripted, scripted
from tests.runtime.loopback import Loopback, Part

ROOT = Path(__file__).parents[2]
PROTOCOLS = ("deepseek", "openai", "mistral")  # each has a code path of its own in litellm


def at(url: str, provider: str = "openai") -> Model:
    """The cheap model of a provider, as if it were at *url*."""
    return providers.models([provider], {provider: {"base_url": url}})[0]


def body(server: Scripted) -> Mapping[str, Any]:
    return server.asked[-1].body


def said(provider: str, what: Request, key: str = KEY) -> tuple[Completion, Scripted]:
    with scripted([script.say({"title": "Billing"})]) as server:
        return complete(at(server.url, provider), what, key), server


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_request_is_sent_once_with_its_messages_limits_and_key(provider: str) -> None:
    found, server = said(provider, request(temperature=0.2))
    assert found.text == '{"title": "Billing"}'
    assert (found.finish, found.counted) == ("stop", True)
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert [(m["role"], m["content"]) for m in asked.body["messages"]] == list(request().messages)
    assert (asked.body.get("max_tokens") or asked.body["max_completion_tokens"]) == 200
    assert not asked.body.get("stream")


def test_a_schema_is_sent_where_a_provider_takes_one() -> None:
    _, server = said("openai", request())
    assert body(server)["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": False, "schema": TITLE},
    }


def test_deepseek_is_asked_for_a_json_object_without_thinking() -> None:
    _, server = said("deepseek", request())
    assert body(server)["response_format"] == {"type": "json_object"}
    assert body(server)["thinking"] == {"type": "disabled"}


def test_code_is_asked_for_without_a_form() -> None:
    _, server = said("openai", request(schema=None))
    assert "response_format" not in body(server)


def test_plain_words_leave_the_form_out() -> None:
    with scripted([script.say({})]) as server:
        complete(at(server.url), request(), KEY, True)
        assert "response_format" not in body(server)


def test_a_temperature_is_sent_only_where_it_is_taken() -> None:
    assert body(said("mistral", request(temperature=0.7))[1])["temperature"] == 0.7
    assert "temperature" not in body(said("openai", request(temperature=0.7))[1])
    assert "temperature" not in body(said("mistral", request())[1])


def test_a_local_server_gets_no_key_of_anybody() -> None:
    with scripted([script.say({})]) as server:
        own = {"local": {"base_url": server.url, "model": "tiny"}}
        complete(providers.models(["local"], own)[0], request(), providers.NO_KEY)
        assert server.asked[-1].headers["authorization"] == "Bearer none"
        assert server.asked[-1].model == "tiny"


@pytest.mark.parametrize(
    ("answer", "finish", "text"),
    [
        (script.BLANK, "stop", ""),
        (script.NOTHING, "stop", ""),
        (script.TRUNCATED, "length", '{"title": "Bil'),
        (script.REFUSED, "refusal", ""),
        (script.FILTERED, "refusal", ""),
        (script.BAD_JSON, "stop", '{"title": "Billing",'),
        (script.fenced('{"title": "Billing"}'), "stop", '```json\n{"title": "Billing"}\n```'),
        (script.HUGE, "length", ""),
        (Answer("x" * 1_100_000), "length", ""),
    ],
    ids=["blank", "nothing", "cut off", "refused", "filtered", "bad json", "fenced", "10 MB", "1.1 MB"],
)
@pytest.mark.parametrize("provider", PROTOCOLS)
def test_what_a_model_says_is_handed_on_as_it_is(
    provider: str, answer: Answer, finish: str, text: str
) -> None:
    with scripted([answer]) as server:
        found = complete(at(server.url, provider), request(), KEY)
    assert (found.finish, found.text) == (finish, text)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_the_reading_of_an_answer_stops_before_ten_megabytes(provider: str) -> None:
    with scripted([script.HUGE]) as server:
        found = complete(at(server.url, provider), request(), KEY)
    assert not found.counted, "the count comes last, so who knows it has read everything"
    assert found.tokens.completion == 200


def test_tokens_are_the_providers_own_count() -> None:
    with scripted([script.say({}, prompt=1000, completion=7, cached=900)]) as server:
        assert complete(at(server.url), request(), KEY).tokens == Tokens(1000, 7, 900)


def test_more_cached_tokens_than_tokens_are_not_believed() -> None:
    with scripted([script.say({}, prompt=10, completion=7, cached=900)]) as server:
        assert complete(at(server.url), request(), KEY).tokens == Tokens(10, 7, 10)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_where_nobody_counts_more_is_taken_than_a_provider_would_bill(provider: str) -> None:
    with scripted([script.UNCOUNTED]) as server:
        found = complete(at(server.url, provider), request(), KEY)
    assert not found.counted
    assert found.tokens.prompt >= server.prompt_tokens
    assert server.completion_tokens <= found.tokens.completion <= 200


@pytest.mark.parametrize(
    ("fault", "kind", "sent"),
    [
        (script.RATE_LIMITED, "rate_limited", False),
        (script.BROKEN, "server", False),
        (script.DOWN, "server", False),
        (Fault(504), "server", True),
        (script.BAD_KEY, "auth", False),
        (Fault(403), "auth", False),
        (script.NO_MONEY, "auth", False),
        (script.RETIRED, "no_such_model", False),
        (script.NO_JSON_SCHEMA, "bad_request", False),
        (Fault(422), "bad_request", False),
        (script.TOO_LONG, "context", False),
        (script.RESET, "reset", True),
        (script.CUT_OFF, "reset", True),
        (script.SLOW, "timeout", True),
    ],
    ids=str,
)
@pytest.mark.parametrize("provider", PROTOCOLS)
def test_each_fault_has_a_kind_and_one_request(provider: str, fault: Fault, kind: str, sent: bool) -> None:
    with scripted([fault]) as server, pytest.raises(TransportError) as raised:
        complete(at(server.url, provider), request(timeout=0.2), KEY)
    assert (raised.value.kind, raised.value.sent) == (kind, sent)
    assert server.requests == 1


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_provider_that_is_not_there_costs_nothing(provider: str) -> None:
    with pytest.raises(TransportError) as raised:
        complete(at("http://127.0.0.1:9/v1", provider), request(timeout=1.0), KEY)
    assert (raised.value.kind, raised.value.sent) == ("reset", False)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_retry_after_is_handed_on(provider: str) -> None:
    with scripted([Fault(429, retry_after="17")]) as server, pytest.raises(TransportError) as raised:
        complete(at(server.url, provider), request(), KEY)
    assert raised.value.retry_after == "17"


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_refusal_by_policy_is_a_reply(provider: str) -> None:
    fault = Fault(400, "rejected: content_policy_violation", "content_policy_violation")
    with scripted([fault]) as server:
        found = complete(at(server.url, provider), request(), KEY)
    assert (found.finish, found.text, found.tokens.completion) == ("refusal", "", 0)


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("status", [401, 500, 400])
def test_what_a_provider_says_is_short_and_never_holds_the_key(provider: str, status: int) -> None:
    fault = Fault(status, f"Incorrect key {KEY}\n\u202e\x1b[31m " + "x" * 9000 + KEY)
    with scripted([fault]) as server, pytest.raises(TransportError) as raised:
        complete(at(server.url, provider), request(), KEY)
    assert KEY not in str(raised.value)
    assert KEY[:12] not in str(raised.value)
    assert len(raised.value.message) <= 300
    assert raised.value.message.isprintable()
    assert "Incorrect key" in raised.value.message


def raw(*parts: Part, head: bytes = b"") -> list[Part]:
    """An answer of no known length, part by part."""
    return [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head + b"\r\n", *parts]


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_an_answer_that_nobody_can_read_may_have_cost_something(provider: str) -> None:
    page = b"<html>please log in</html>"
    answer = raw(page, head=b"Content-Length: 26\r\n")
    with Loopback(answer) as server, pytest.raises(TransportError) as raised:
        complete(at(f"{server.url}/v1", provider), request(timeout=1.0), KEY)
    assert (raised.value.kind, raised.value.sent) == ("server", True)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_an_answer_that_trickles_ends_with_the_time_out(provider: str) -> None:
    drops: list[Part] = [b" ", 0.05] * 200
    started = time.monotonic()
    with Loopback(raw(*drops)) as server, pytest.raises(TransportError) as raised:
        complete(at(f"{server.url}/v1", provider), request(timeout=0.3), KEY)
    assert time.monotonic() - started < 5
    assert (raised.value.kind, raised.value.sent) == ("timeout", True)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_packed_answer_that_nobody_asked_for_is_not_unpacked(provider: str) -> None:
    packed = raw(b"\x1f\x8b" + b"0" * 98, head=b"Content-Encoding: gzip\r\nContent-Length: 100\r\n")
    with Loopback(packed) as server:
        found = complete(at(f"{server.url}/v1", provider), request(timeout=1.0), KEY)
        assert server.asked[0].headers["accept-encoding"] == "identity"
    assert (found.finish, found.counted) == ("length", False)


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_key_is_not_carried_to_where_a_provider_points(provider: str) -> None:
    with scripted([script.say({})]) as other:
        head = f"HTTP/1.1 307 Go\r\nLocation: {other.url}/chat/completions\r\nContent-Length: 0\r\n\r\n"
        with Loopback([head.encode()]) as server, pytest.raises(TransportError):
            complete(at(f"{server.url}/v1", provider), request(timeout=1.0), KEY)
        assert other.requests == 0


def test_a_model_on_this_machine_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.subtasks import wire

    with scripted([script.say({})]) as proxy, scripted([script.say({})]) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with wire.client(10_000) as client:
            client.post(f"{server.url}/chat/completions", json={})
        assert (server.requests, proxy.requests) == (1, 0)


def test_tokens_can_be_counted_before_anything_is_sent() -> None:
    counted = completion.count(at("http://127.0.0.1:9/v1"), request())
    assert 8 <= counted <= 40


def child(code: str, tmp_path: Path, **environ: str) -> str:
    """Run *code* where litellm looks for a ``.env``: above its own folder, and in the working directory."""
    found = importlib.util.find_spec("litellm")
    assert found is not None
    assert found.submodule_search_locations is not None
    site = tmp_path / "site"
    site.mkdir(exist_ok=True)
    if not (site / "litellm").exists():
        (site / "litellm").symlink_to(next(iter(found.submodule_search_locations)))
    path = os.pathsep.join((str(site), str(ROOT)))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LITELLM_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**clean, "PYTHONPATH": path, **environ},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


UNGUARDED = """
import os
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
print(os.environ.get("DEEPSEEK_API_BASE"))
"""

GUARDED = """
import os
from generator.subtasks.completion import TransportError, complete
from generator.subtasks.providers import models
from tests.models.made import KEY, request
for provider in ("deepseek", "openai", "mistral", "anthropic", "gemini"):
    try:
        print(complete(models([provider])[0], request(timeout=2.0), KEY))
    except TransportError as error:
        print(provider, error.kind, error.sent, os.environ.get("DEEPSEEK_API_BASE"))
"""
BASES = (
    *("OPENAI_API_BASE", "OPENAI_BASE_URL", "MISTRAL_API_BASE", "MISTRAL_AZURE_API_BASE"),
    *("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL", "GEMINI_API_BASE"),
)


def test_neither_a_planted_env_file_nor_a_variable_can_send_a_key_elsewhere(tmp_path: Path) -> None:
    with scripted([script.say({"title": "Billing"})]) as thief:
        (tmp_path / ".env").write_text(f"DEEPSEEK_API_BASE={thief.url}\n")
        assert child(UNGUARDED, tmp_path) == thief.url, "the plant works where nothing guards against it"
        nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", **dict.fromkeys(BASES, thief.url)}
        found = child(GUARDED, tmp_path, **nowhere).splitlines()
        assert thief.requests == 0
    providers_asked = ("deepseek", "openai", "mistral", "anthropic", "gemini")
    assert found == [f"{provider} reset False None" for provider in providers_asked]
