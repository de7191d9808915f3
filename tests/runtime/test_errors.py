"""The error tree: what it is, what it says, what it never says."""

from __future__ import annotations

import copy
import pickle
import time

import pytest

from integrations.runtime import (
    IntegrationError,
    InvalidArgumentError,
    RateLimitedError,
    Secret,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
    _errors,
)


def drawn() -> dict[str, str]:
    """Child → parent, as the docstring draws it."""
    above: list[str] = []
    parents = {}
    for line in (_errors.__doc__ or "").splitlines():
        name = line.lstrip("│├└─ ").split(" ")[0]
        if name.endswith("Error"):
            depth = (len(line) - len(line.lstrip("│├└─ "))) // 4
            parents[name] = above[depth - 1] if depth else "Exception"
            above[depth:] = [name]
    return parents


def defined() -> dict[str, str]:
    """Child → nearest public parent, as the classes are."""
    public = {name: kind for name, kind in vars(_errors).items() if name.endswith("Error")}
    return {
        name: next(base.__name__ for base in kind.__mro__[1:] if base.__name__ in {*public, "Exception"})
        for name, kind in public.items()
    }


def test_the_drawing_is_the_tree() -> None:
    assert drawn() == defined()
    assert len(drawn()) == 18


def test_the_drawing_marks_exactly_the_retryable_ones() -> None:
    marked = {
        line.lstrip("│├└─ ").split(" ")[0] for line in _errors.__doc__.splitlines() if "(retryable" in line
    }
    retryable = {name for name in defined() if getattr(_errors, name).retryable}
    assert marked == retryable


def test_an_error_reads_as_who_what_how_often_and_when_again() -> None:
    error = RateLimitedError(
        status=429, retry_after=42.0, service="GitHub", operation="list_issues", attempts=3
    )
    assert str(error) == "GitHub list_issues: 429 after 3 attempts; retry in 42 s"


def test_a_declared_meaning_and_the_services_words_follow() -> None:
    error = ServiceError("no such repository", status=404, body=b'{"message":\n "Not\x00 Found"}')
    assert str(error) == '404; no such repository; the service said: {"message": "Not Found"}'


def test_a_long_body_is_quoted_in_part() -> None:
    text = str(ServiceError(status=500, body="ü".encode() * 5000))
    assert len(text) < 340
    assert text.endswith("…")


def test_an_error_without_words_names_its_kind() -> None:
    assert str(UnavailableError()) == "UnavailableError"
    assert str(IntegrationError()) == "IntegrationError"


def test_a_refused_argument_is_also_a_value_error() -> None:
    assert isinstance(InvalidArgumentError("no"), ValueError)


@pytest.mark.parametrize("duplicate", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_being_sent_to_another_process(duplicate: object) -> None:
    error = UnexpectedResponseError(
        "not JSON", status=200, headers={"a": "b"}, body=b"<p>", service="Acme", operation="get", attempts=2
    )
    assert callable(duplicate)
    twin = duplicate(error)
    assert (type(twin), str(twin), vars(twin)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    "text",
    [
        "tok-4711/x was refused",
        "GET https://api.example/?key=tok-4711%2Fx",
        "Authorization: Bearer abcdefghijkl",
        "'authorization': 'Basic dXNlcjpwYXNz'",
        "postgresql://me:hunter22@db/x",
        '{"access_token": "abc\\"def", "n": 1}',
        "https://x.example/?api_key=abcdef&x=1",
        "client_secret=abcdef",
    ],
)
def test_a_secret_in_an_errors_words_is_masked(text: str) -> None:
    held = Secret("tok-4711/x")
    shown = f"{IntegrationError(text)} {IntegrationError(text)!r} {ServiceError(body=text.encode())}"
    for value in (held.reveal(), "tok-4711%2Fx", "abcdef", "dXNlcjpwYXNz", "hunter22", "def"):
        assert value not in shown
    assert "***" in shown


def test_a_secret_far_into_a_padded_body_is_masked_before_the_excerpt_is_cut() -> None:
    held = Secret("tok-4711/x")
    body = b" " * 1195 + held.reveal().encode()
    assert "tok" not in str(ServiceError(status=500, body=body))


@pytest.mark.parametrize(
    "unit",
    ["token", "a://:", "://:::::", '"token', "secret-", "authorization: a ", "bearer  ", "x" * 64, "=token="],
)
def test_a_hostile_body_cannot_make_masking_slow(unit: str) -> None:
    error = ServiceError(status=500, body=(unit * 65536)[:65536].encode())
    began = time.process_time()
    str(error)
    assert time.process_time() - began < 1


def test_ordinary_words_are_left_alone() -> None:
    text = "the token expired; see https://x.example/docs?page=2: a secret was not set"
    assert str(IntegrationError(text)) == text
