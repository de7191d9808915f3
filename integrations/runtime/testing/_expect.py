"""Compare a request with what it should be, exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .._http.auth import Credential
from ._requests import SeenRequest, placed


class _Unset:
    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()


def same(what: str, found: object, wanted: object) -> None:
    """Fail unless *found* equals *wanted*; a wanted value may be `unittest.mock.ANY`."""
    assert wanted == found, f"{what} should be {wanted!r}, but is {found!r}"


def check_credentials(
    seen: SeenRequest, credentials: Sequence[Credential], secrets: Mapping[str, str]
) -> None:
    """Fail unless each credential is in its place, and no secret is elsewhere.

    At another origin, and in an anonymous operation, there must be none.
    """
    credentials = () if seen.elsewhere or seen.anonymous else credentials
    rest = "\n".join(_without(seen, credentials))
    for name, value in secrets.items():
        assert value not in rest, f"the value of {name} travels outside the place that config.yaml names"
    for one in credentials:
        same(f"the credential in {one.location} {one.name}", _placed(seen, one), one.value)


def _placed(seen: SeenRequest, credential: Credential) -> str | None:
    if credential.location == "header":
        return seen.headers.get(credential.name.lower())
    if credential.location == "query":
        found: str | None = grouped(list(seen.query)).get(credential.name)
        return found
    return seen.cookies.get(credential.name)


def _without(seen: SeenRequest, credentials: Sequence[Credential]) -> Iterator[str]:
    """Yield everything in the request but the credentials' places."""
    places = placed(credentials)
    yield seen.path
    yield from (v for k, v in seen.headers.items() if k != "cookie" and ("header", k) not in places)
    yield from (v for k, v in seen.cookies.items() if ("cookie", k) not in places)
    yield from (f"{k}={v}" for k, v in seen.query if ("query", k) not in places)
    yield seen.content.decode("utf-8", "replace")


def query_of(seen: SeenRequest, credentials: Sequence[Credential]) -> dict[str, str | list[str]]:
    """Return the query without the credentials; a repeated name has a list."""
    places = placed(credentials)
    return grouped([pair for pair in seen.query if ("query", pair[0]) not in places])


def grouped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a mapping; a name that repeats has the list of its values."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def same_pairs(what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Fail unless both hold the same names and texts; in JSON text the order of keys is no matter."""
    settled = {key: _settled(value) for key, value in found.items()}
    same(what, settled, {key: _settled(value) for key, value in wanted.items()})


def _settled(value: Any) -> Any:
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.dumps(json.loads(value), sort_keys=True, ensure_ascii=False)
    except ValueError:
        return value


def check_body(
    seen: SeenRequest,
    data: Any,
    form: Mapping[str, Any] | None,
    files: Mapping[str, Any] | None,
    content: bytes | str | None,
    media: str,
) -> None:
    """Fail unless the body is exactly this; with nothing given, there must be none."""
    _check_media(seen, media, data, form, files)
    if files is not None:
        fields, uploads = seen.parts()
        same("the files", grouped(list(uploads)), dict(files))
        same_pairs("the form", grouped(list(fields)), dict(form or {}))
    elif form is not None:
        same_pairs("the form", grouped(list(seen.form())), dict(form))
    elif data is not UNSET:
        same("the JSON body", seen.json(), data)
    else:
        raw = content.encode() if isinstance(content, str) else content or b""
        same("the body", seen.content, raw)


def _check_media(seen: SeenRequest, media: str, data: Any, form: object, files: object) -> None:
    usual = (
        (files is not None, "multipart/form-data"),
        (form is not None, "application/x-www-form-urlencoded"),
        (data is not UNSET, "application/json"),
    )
    wanted = media or next((kind for given, kind in usual if given), "")
    if wanted:
        whole = bool(media) and files is None  # a boundary differs each time
        same("the content type", seen.media if whole else seen.content_type, wanted)
