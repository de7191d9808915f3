"""config.yaml: every key checked, environments laid over it, environment variables on top."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
import yaml

import integrations.runtime
from integrations.runtime import ConfigurationError, MissingSecretError, SecretManager
from integrations.runtime._http.config import schema
from integrations.runtime.http import AsyncHttpAdapter, HttpAdapter, Operation
from integrations.runtime.testing import FakeClock

PING: Operation[None] = Operation("ping", "GET", "/ping")
FULL = """
# yaml-language-server: $schema=../runtime/http-config.schema.json
service: Acme
base_url: https://api.acme.example/v1
auth: {type: bearer, secret: ACME_TOKEN}
headers: {Accept: application/vnd.acme+json}
timeout: 12
retry: {max_attempts: 5, base_delay: 1, max_delay: 20}
rate_limit: 5000/hour
environments:
  production: {}
  sandbox:
    base_url: https://sandbox.acme.example
    auth: {type: api_key, secret: ACME_TEST_KEY, name: key, in: query}
    rate_limit: 60
  open: {auth: null, rate_limit: null}
"""
SECRETS = {"ACME_TOKEN": "t0ken-live", "ACME_TEST_KEY": "k3y-test", "U": "ada", "P": "pass-word"}
SCHEMA_FILE = Path(integrations.runtime.__file__).with_name("http-config.schema.json")


class Acme(HttpAdapter):
    SERVICE, PACKAGE = "Acme", "acme_shop"


def set_up(
    tmp_path: Path,
    text: str,
    environment: str | None = None,
    environ: dict[str, str] | None = None,
    **more: Any,
) -> tuple[Acme, list[httpx2.Request]]:
    """Return an adapter from *text*, and the requests that it will send."""
    seen: list[httpx2.Request] = []
    (tmp_path / "config.yaml").write_text(text)

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    adapter = Acme.from_config(
        environment,
        config=tmp_path / "config.yaml",
        secrets=SecretManager(environ=SECRETS, mounts=()),
        transport=httpx2.MockTransport(answer),
        environ=environ or {},
        **more,
    )
    return adapter, seen


def test_a_configuration_sets_everything_up(tmp_path: Path) -> None:
    adapter, seen = set_up(tmp_path, FULL, clock=FakeClock())
    adapter._call(PING)
    (request,) = seen
    assert str(request.url) == "https://api.acme.example/v1/ping"
    assert request.headers["authorization"] == "Bearer t0ken-live"
    assert request.headers["accept"] == "application/vnd.acme+json"
    assert request.extensions["timeout"]["read"] == 12
    policy = adapter._policy
    assert (policy.retry.max_attempts, policy.retry.base_delay, policy.retry.max_delay) == (5, 1, 20)
    assert policy.limiter is not None
    assert policy.limiter.burst == 5000


def test_an_environment_replaces_what_it_names(tmp_path: Path) -> None:
    adapter, seen = set_up(tmp_path, FULL, "sandbox")
    adapter._call(PING)
    assert str(seen[0].url) == "https://sandbox.acme.example/ping?key=k3y-test"
    assert "authorization" not in seen[0].headers
    assert seen[0].headers["accept"] == "application/vnd.acme+json"
    assert adapter._policy.limiter is not None
    assert adapter._policy.limiter.calls_per_minute == 60


def test_an_environment_may_take_something_away(tmp_path: Path) -> None:
    adapter, seen = set_up(tmp_path, FULL, "open")
    adapter._call(PING)
    assert "authorization" not in seen[0].headers
    assert adapter._policy.limiter is None


def test_a_variable_picks_the_environment_and_the_call_wins_over_it(tmp_path: Path) -> None:
    environ = {"ACME_SHOP_ENVIRONMENT": "sandbox"}
    assert "sandbox" in repr(set_up(tmp_path, FULL, None, environ)[0])
    assert "sandbox" not in repr(set_up(tmp_path, FULL, "production", environ)[0])


def test_variables_override_the_file(tmp_path: Path) -> None:
    environ = {
        "ACME_SHOP_BASE_URL": "http://localhost:8080/x",
        "ACME_SHOP_TIMEOUT": "2.5",
        "ACME_SHOP_RATE_LIMIT": "10/s",
        "ACME_SHOP_MAX_ATTEMPTS": "1",
    }
    adapter, seen = set_up(tmp_path, FULL, "sandbox", environ)
    adapter._call(PING)
    assert str(seen[0].url).startswith("http://localhost:8080/x/ping")
    assert seen[0].extensions["timeout"]["read"] == 2.5
    assert adapter._policy.retry.max_attempts == 1
    assert adapter._policy.limiter is not None
    assert adapter._policy.limiter.calls_per_minute == 600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEOUT", "soon"),
        ("TIMEOUT", "0"),
        ("TIMEOUT", "-1"),
        ("TIMEOUT", "nan"),
        ("TIMEOUT", "inf"),
        ("MAX_ATTEMPTS", "2.5"),
        ("MAX_ATTEMPTS", "0"),
        ("RATE_LIMIT", "fast"),
        ("RATE_LIMIT", "0"),
        ("BASE_URL", "https://user:hunter22@x.example"),
        ("BASE_URL", "localhost:8080"),
    ],
)
def test_a_variable_that_means_nothing_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        set_up(tmp_path, FULL, None, {f"ACME_SHOP_{name}": value})
    assert "hunter22" not in str(caught.value)


def test_a_configuration_without_base_url_says_which_variable_to_set(tmp_path: Path) -> None:
    text = "service: Acme\nbase_url: null\n"
    with pytest.raises(ConfigurationError, match=r"has no base_url; set ACME_SHOP_BASE_URL"):
        set_up(tmp_path, text)
    adapter, _ = set_up(tmp_path, text, None, {"ACME_SHOP_BASE_URL": "https://x.example"})
    assert repr(adapter) == "Acme('https://x.example')"


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ("{type: bearer, secret: ACME_TOKEN, scheme: token}", "token t0ken-live"),
        ("{type: basic, username_secret: U, password_secret: P}", "Basic YWRhOnBhc3Mtd29yZA=="),
        ("{type: api_key, secret: ACME_TOKEN, name: Authorization}", "t0ken-live"),
    ],
)
def test_every_kind_of_auth_can_be_configured(tmp_path: Path, auth: str, header: str) -> None:
    adapter, seen = set_up(tmp_path, f"service: A\nbase_url: https://x.example\nauth: {auth}\n")
    adapter._call(PING)
    assert seen[0].headers["authorization"] == header


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("timeout: 12s", "timeout"),
        ("timeout: 0", "timeout"),
        ("retries: 3", "retries"),
        ("retry: {max_attempts: 0}", "retry.max_attempts"),
        ("retry: {attempts: 3}", "attempts"),
        ("rate_limit: fast", "rate_limit"),
        ("rate_limit: 0", "rate_limit"),
        ("headers: [a]", "headers"),
        ("headers: {X-A: 4}", "headers"),
        ("auth: {type: magic}", "magic"),
        ("auth: {type: bearer}", "secret"),
        ("auth: {type: bearer, secret: 'ghp_live token'}", "auth.secret"),
        ("environments: {sandbox: {base: x}}", "base"),
        ("environments: {sandbox: {timeout: -1}}", "environments"),
        ("base_url: [1]", "base_url"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, change: str, words: str) -> None:
    key = change.split(":")[0]
    kept = [
        line for line in FULL.splitlines() if line and not line.startswith((key, " ", "environments", "#"))
    ]
    with pytest.raises(ConfigurationError) as caught:
        set_up(tmp_path, "\n".join([*kept, change]))
    assert str(tmp_path / "config.yaml") in str(caught.value)
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read_is_a_configuration_error(tmp_path: Path) -> None:
    for text in ("service: [", "just text", "service: A\nservice2: !!python/object:os.system {}\n", ""):
        with pytest.raises(ConfigurationError):
            set_up(tmp_path, text)
    with pytest.raises(ConfigurationError, match="cannot read"):
        Acme.from_config(config=tmp_path / "gone.yaml")
    with pytest.raises(ConfigurationError, match="has no config"):
        Acme.from_config()


def test_an_unknown_environment_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no environment 'staging'; it has production, sandbox"):
        set_up(tmp_path, FULL, "staging")


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSecretError, match="ACME_GONE is not set"):
        set_up(tmp_path, FULL.replace("ACME_TOKEN", "ACME_GONE"))


def test_the_async_form_reads_the_same_configuration(tmp_path: Path) -> None:
    class AsyncAcme(AsyncHttpAdapter):
        SERVICE, PACKAGE, CONFIG = "Acme", "acme_shop", tmp_path / "config.yaml"

    (tmp_path / "config.yaml").write_text(FULL)
    adapter = AsyncAcme.from_config("sandbox", secrets=SecretManager(environ=SECRETS, mounts=()), environ={})
    assert repr(adapter) == "AsyncAcme('https://sandbox.acme.example')"


def test_the_schema_beside_the_runtime_is_the_one_that_is_checked() -> None:
    expected = json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert SCHEMA_FILE.read_text("utf-8") == expected, "the Structs changed: write `expected` to the file"


def test_editors_accept_what_the_adapter_accepts() -> None:
    checker = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    checker.check_schema(checker.schema)
    assert list(checker.iter_errors(yaml.safe_load(FULL))) == []
    assert list(checker.iter_errors({"service": "A", "base_url": None, "typo": 1}))


TOGETHER = """
service: A
base_url: https://x.example
auth:
  - {type: api_key, secret: ACME_TOKEN, name: X-Api-Key}
  - {type: api_key, secret: ACME_TEST_KEY, name: app, in: query}
  - {type: basic, username_secret: U, password_secret: P}
  - {type: api_key, secret: ACME_TEST_KEY, name: sid, in: cookie}
environments:
  single: {auth: {type: bearer, secret: ACME_TOKEN}}
"""


def test_credentials_in_a_list_are_sent_together(tmp_path: Path) -> None:
    adapter, seen = set_up(tmp_path, TOGETHER)
    adapter._call(PING)
    (request,) = seen
    assert request.headers["x-api-key"] == "t0ken-live"
    assert request.headers["authorization"] == "Basic YWRhOnBhc3Mtd29yZA=="
    assert request.headers["cookie"] == "sid=k3y-test"
    assert request.url.query == b"app=k3y-test"
    alone, seen = set_up(tmp_path, TOGETHER, "single")
    alone._call(PING)
    assert "x-api-key" not in seen[0].headers
    assert (seen[0].headers["authorization"], seen[0].url.query) == ("Bearer t0ken-live", b"")


def test_the_missing_one_of_several_secrets_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSecretError, match="ACME_GONE is not set"):
        set_up(tmp_path, TOGETHER.replace("ACME_TEST_KEY", "ACME_GONE"))


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ("[]", "auth"),
        ("[{type: bearer}]", "secret"),
        ("[{type: magic, secret: A}]", "magic"),
        ("[[{type: bearer, secret: A}]]", "auth"),
        (
            "[{type: bearer, secret: U}, {type: api_key, secret: P, name: authorization}]",
            "two credentials are to be sent as header authorization",
        ),
    ],
)
def test_credentials_that_cannot_be_sent_together_are_refused(tmp_path: Path, auth: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        set_up(tmp_path, f"service: A\nbase_url: https://x.example\nauth: {auth}\n")


def test_editors_accept_credentials_in_a_list() -> None:
    checker = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    assert list(checker.iter_errors(yaml.safe_load(TOGETHER))) == []
    assert list(checker.iter_errors({"service": "A", "base_url": None, "auth": []}))
