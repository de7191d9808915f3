"""Media types other than JSON: what a body is sent as, what an answer is read as."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx2
import msgspec
import pytest

from integrations.runtime import InvalidArgumentError, UnexpectedResponseError
from integrations.runtime.http import LinkPages, OneOf, Operation
from tests.runtime.forms import Acme, Form, Script, Thing, acme, both_forms
from tests.runtime.loopback import Asked, Loopback, reply

XML = "<?xml version='1.0'?><a>ü</a>"


def sent(form: Form, operation: Operation[Any], **given: Any) -> tuple[str, bytes]:
    """Return the media type and the body of one call."""
    script = Script(httpx2.Response(204))
    with acme(form, script) as client:
        client.call(operation, **given)
    (request,) = script.requests
    (media,) = request.headers.get_list("content-type")
    return media, request.content


@both_forms
@pytest.mark.parametrize(
    ("media", "body", "content_type", "content"),
    [
        ("application/xml", XML, "application/xml", XML.encode()),
        ("application/xml", XML.encode(), "application/xml", XML.encode()),
        ("application/xml; charset=iso-8859-1", XML, None, XML.encode("latin-1")),
        ("text/plain", "plain", "text/plain", b"plain"),
        ("text/csv", "ü", "text/csv; charset=utf-8", "ü".encode()),
        ("text/plain; charset=utf-16", "ü", None, "ü".encode("utf-16")),
        ("", "ü", "text/plain; charset=utf-8", "ü".encode()),
        ("image/png", b"png", "image/png", b"png"),
        ("image/png", ("photo.jpg", b"png"), "image/png", b"png"),
        ("text/plain", "", "text/plain", b""),
        ("text/xml", OneOf(XML), "text/xml; charset=utf-8", XML.encode()),
    ],
)
def test_a_text_or_binary_body_is_sent_as_its_media_type(
    form: Form, media: str, body: Any, content_type: str | None, content: bytes
) -> None:
    operation: Operation[None] = Operation("x", "POST", "/m", body="binary", media=media)
    assert sent(form, operation, body=body) == (content_type or media, content)


@pytest.mark.parametrize("media", ["text/plain; charset=us-ascii", "text/plain; charset=iso-99999"])
def test_text_that_its_charset_cannot_say_is_refused(media: str) -> None:
    operation: Operation[None] = Operation("x", "POST", "/m", body="binary", media=media)
    with pytest.raises(InvalidArgumentError, match="the body cannot be written as text/plain"):
        sent("sync", operation, body="ü")


@both_forms
def test_json_and_forms_may_have_another_media_type(form: Form) -> None:
    patch: Operation[None] = Operation("x", "PATCH", "/m", media="application/merge-patch+json")
    assert sent(form, patch, body={"a": 1}) == ("application/merge-patch+json", b'{"a":1}')
    special: Operation[None] = Operation("x", "POST", "/m", body="form", media="application/x-form")
    assert sent(form, special, body={"a": 1}) == ("application/x-form", b"a=1")
    mixed: Operation[None] = Operation("x", "POST", "/m", body="multipart", media="multipart/mixed")
    media, content = sent(form, mixed, body={"a": 1})
    assert media.startswith("multipart/mixed; boundary=")
    assert b'name="a"\r\n\r\n1\r\n' in content


def test_the_calls_own_content_type_wins() -> None:
    operation: Operation[None] = Operation("x", "POST", "/m", body="binary", media="text/plain")
    assert sent("sync", operation, body="a", headers={"content-type": "text/x"}) == ("text/x", b"a")


@pytest.mark.parametrize("media", ["text/plain\r\nX-Evil: 1", "text/plän", "a\0b"])
def test_a_media_type_that_no_header_can_carry_is_refused_where_it_is_declared(media: str) -> None:
    with pytest.raises(InvalidArgumentError, match="cannot be the media type of x"):
        Operation("x", "POST", "/m", media=media)


def multipart(asked: Asked) -> list[tuple[str, str, bytes]]:
    """Return name, media type and content of each part, read by the standard library."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    parts = BytesParser(policy=HTTP).parsebytes(head + asked.body).iter_parts()
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            str(part.get("content-type", "")),
            part.get_payload(decode=True),  # type: ignore[misc]  # bytes, because decode is True
        )
        for part in parts
    ]


@both_forms
def test_fields_of_a_multipart_body_follow_their_styles(form: Form) -> None:
    operation: Operation[None] = Operation(
        "x",
        "POST",
        "/m",
        body="multipart",
        styles={
            "body:meta": "json",
            "body:tags": "form*",
            "body:ids": "form",
            "body:deep": "deepObject",
            "body:piped": "pipe",
            "body:spaced": "space",
            "body:none": "form",
        },
    )
    body = {
        "meta": {"a": [1, None], "b": "ü"},
        "tags": ["a,b", "c"],
        "ids": [1, 2],
        "deep": {"k": {"l": "m"}},
        "piped": [1, 2],
        "spaced": [1, 2],
        "none": [],
        "plain": [1],
        "file": b"\x00",
        "either": OneOf(b"\x01"),
    }
    with Loopback(reply()) as server, acme(form, server.url) as client:
        client.call(operation, body=body)
    assert multipart(server.asked[0]) == [
        ("meta", "application/json", '{"a":[1,null],"b":"ü"}'.encode()),
        ("tags", "", b"a,b"),
        ("tags", "", b"c"),
        ("ids", "", b"1,2"),
        ("deep[k][l]", "", b"m"),
        ("piped", "", b"1|2"),
        ("spaced", "", b"1 2"),
        ("plain[0]", "", b"1"),
        ("file", "application/octet-stream", b"\x00"),
        ("either", "application/octet-stream", b"\x01"),
    ]


TEXT: Operation[str] = Operation("text", "GET", "/t", returns=str)
MAYBE: Operation[str | None] = Operation("maybe", "GET", "/t", returns=str | None)


def answered(form: Form, operation: Operation[Any], body: bytes, media: str | None, status: int = 200) -> Any:
    headers = {} if media is None else {"Content-Type": media}
    with acme(form, Script(httpx2.Response(status, headers=headers, content=body))) as client:
        return client.call(operation)


@both_forms
@pytest.mark.parametrize(
    ("body", "media", "found"),
    [
        (b'"a\\u00fc"', "application/json", "aü"),
        (b'"a"', "application/vnd.acme+json; charset=utf-8", "a"),
        (b'"a"', None, "a"),
        (b'\xef\xbb\xbf"a"', "application/json", "a"),
        (b'"quoted"', "text/plain", '"quoted"'),
        ("ü".encode(), "text/plain", "ü"),
        ("ü".encode("latin-1"), "text/plain", "ü"),
        ("ü".encode("latin-1"), "text/plain; charset=ISO-8859-1", "ü"),
        ("€".encode("cp1252"), 'text/html; Charset="windows-1252"', "€"),
        ("ü".encode("utf-8-sig"), "text/csv", "ü"),
        ("ü".encode("utf-16"), "text/plain", "ü"),
        (XML.encode(), "application/xml", XML),
        (b"", "text/plain", ""),
        (b"abc", "text/plain; charset=unicode_escape", "abc"),
        (b"abc", "text/plain; charset=iso-99999", "abc"),
    ],
)
def test_text_is_read_as_the_answer_says(form: Form, body: bytes, media: str | None, found: str) -> None:
    assert answered(form, TEXT, body, media) == found
    assert answered(form, MAYBE, body, media) == found


@both_forms
def test_text_that_contradicts_itself_is_unexpected(form: Form) -> None:
    for body, media in ((b"abc", "application/json"), (b"\xff", "text/plain; charset=utf-8"), (b"", None)):
        with pytest.raises(UnexpectedResponseError):
            answered(form, TEXT, body, media)
    assert answered(form, MAYBE, b"", None, 204) is None


@both_forms
def test_json_is_read_whatever_it_is_called_and_marked_with(form: Form) -> None:
    operation: Operation[Thing] = Operation("thing", "GET", "/t", returns=Thing)
    for body in (b'{"id":1}', b'\xef\xbb\xbf{"id":1}'):
        for media in ("application/json", "application/vnd.acme.v2+json", "text/json", None):
            assert answered(form, operation, body, media) == Thing(1)
    with pytest.raises(UnexpectedResponseError):
        answered(form, operation, b"\xef\xbb\xbf{", "application/json")
    with pytest.raises(UnexpectedResponseError):
        answered(form, operation, b"\xef\xbb\xbf", "application/json")


@both_forms
@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "windows-1252"])
def test_json_in_another_charset_is_read(form: Form, charset: str) -> None:
    operation: Operation[Thing] = Operation("thing", "GET", "/t", returns=Thing)
    media = f"application/json; charset={charset}"
    assert answered(form, operation, '{"id":1,"name":"ü"}'.encode(charset), media) == Thing(1, "ü")
    body = '[{"id":1,"name":"ü"}]'.encode(charset)
    things: Operation[list[Thing]] = Operation("x", "GET", "/t", returns=list[Thing], pages=LinkPages())
    script = Script(*[httpx2.Response(200, headers={"Content-Type": media}, content=body) for _ in range(2)])
    with acme(form, script) as client:
        assert client.pages(things) == [Thing(1, "ü")]
        assert client.request("GET", "/t").json() == [{"id": 1, "name": "ü"}]


@both_forms
def test_a_marked_page_is_read(form: Form) -> None:
    pages = LinkPages(items="data", next="next")
    operation: Operation[list[Thing]] = Operation("x", "GET", "/t", returns=list[Thing], pages=pages)
    script = Script(
        httpx2.Response(200, content=b'\xef\xbb\xbf{"data":[{"id":1}],"next":"?p=2"}'),
        httpx2.Response(200, json={"data": [{"id": 2}]}),
    )
    with acme(form, script) as client:
        assert client.pages(operation) == [Thing(1), Thing(2)]


@both_forms
def test_raw_access_reads_marked_json_and_gives_the_bytes_as_they_came(form: Form) -> None:
    raw_bytes: Operation[bytes] = Operation("x", "GET", "/t", returns=bytes)
    body = b"\xef\xbb\xbf[1]"
    script = Script(*[httpx2.Response(200, content=body) for _ in range(2)])
    with acme(form, script) as client:
        found = client.request("GET", "/t")
        assert (found.json(), found.body) == ([1], body)
        assert client.call(raw_bytes) == body


def test_a_mapping_of_any_kind_is_a_json_object() -> None:
    from types import MappingProxyType

    script = Script(httpx2.Response(204))
    with Acme("https://x.example", transport=httpx2.MockTransport(script)) as adapter:
        adapter._call(Operation("x", "POST", "/m"), body={"a": MappingProxyType({"b": 1})})
    assert script.requests[0].content == msgspec.json.encode({"a": {"b": 1}})
