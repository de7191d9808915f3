"""Compare a request with what it should be, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._http.auth import Credential
from ._requests import SeenRequest


class _Unset:
    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()


def same(what: str, found: object, wanted: object) -> None:
    """Fail unless *found* equals *wanted*; a wanted value may be `unittest.mock.ANY`."""
    assert wanted == found, f"{what} should be {wanted!r}, but is {found!r}"


def check_credential(seen: SeenRequest, credential: Credential | None, secrets: Mapping[str, str]) -> None:
    """Fail unless the credential is in its place (at another origin: nowhere) and no secret is elsewhere."""
    credential = None if seen.elsewhere else credential
    rest = _without(seen, credential)
    for name, value in secrets.items():
        assert value not in rest, f"the value of {name} travels outside the place that config.yaml names"
    if credential is not None:
        same(
            f"the credential in {credential.location} {credential.name}",
            _placed(seen, credential),
            credential.value,
        )


def _placed(seen: SeenRequest, credential: Credential) -> str | None:
    if credential.location == "header":
        return seen.headers.get(credential.name.lower())
    if credential.location == "query":
        found: str | None = grouped(list(seen.query)).get(credential.name)
        return found
    return seen.cookies.get(credential.name)


def _without(seen: SeenRequest, credential: Credential | None) -> str:
    """Everything in the request but the credential's place, as one text."""
    place = ("", "") if credential is None else (credential.location, credential.name)
    header = place[1].lower() if place[0] == "header" else ""
    headers = [v for k, v in seen.headers.items() if k not in ("cookie", header)]
    cookies = [v for k, v in seen.cookies.items() if place != ("cookie", k)]
    query = [f"{k}={v}" for k, v in seen.query if place != ("query", k)]
    return "\n".join([seen.path, *headers, *cookies, *query, seen.content.decode("utf-8", "replace")])


def query_of(seen: SeenRequest, credential: Credential | None) -> dict[str, str | list[str]]:
    """Return the query without the credential; a repeated name has a list."""
    hidden = credential.name if credential is not None and credential.location == "query" else None
    return grouped([pair for pair in seen.query if pair[0] != hidden])


def grouped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a mapping; a name that repeats has the list of its values."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def check_body(
    seen: SeenRequest,
    json: Any,
    form: Mapping[str, Any] | None,
    files: Mapping[str, Any] | None,
    content: bytes | None,
) -> None:
    """Fail unless the body is exactly this; with nothing given, there must be none."""
    if files is not None:
        same("the content type", seen.content_type, "multipart/form-data")
        fields, uploads = seen.parts()
        same("the files", grouped(list(uploads)), dict(files))
        same("the form", grouped(list(fields)), dict(form or {}))
    elif form is not None:
        same("the content type", seen.content_type, "application/x-www-form-urlencoded")
        same("the form", grouped(list(seen.form())), dict(form))
    elif json is not UNSET:
        same("the content type", seen.content_type, "application/json")
        same("the JSON body", seen.json(), json)
    else:
        same("the body", seen.content, content or b"")
