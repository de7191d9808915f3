"""Read answers as what the operation declares."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec

from .._errors import UnexpectedResponseError
from .messages import UNREADABLE, RawResponse, Reply
from .oneof import decoded
from .operation import Operation
from .paging import pick
from .text import as_utf8, is_json, read_text

_TEXTS: Final = (str, str | None)


def finisher(operation: Operation[Any]) -> Callable[[Reply], Any]:
    """Return what turns a success into the operation's result."""
    if operation.returns is None:
        return nothing
    if operation.returns is bytes:
        return raw_body
    if operation.returns in _TEXTS:
        return TextAnswer(operation)
    return TypedAnswer(operation)


def nothing(reply: Reply) -> None:
    """The operation returns nothing, whatever the service says."""


def raw_body(reply: Reply) -> bytes:
    """Return the body as it came."""
    if reply.oversized:
        raise unexpected(reply, "the body is too large to read at once; download it instead")
    return reply.body


def raw_response(reply: Reply) -> RawResponse:
    """Return the answer as it came."""
    return RawResponse(reply.status, reply.plain_headers(), raw_body(reply))


def opened(reply: Reply) -> Reply:
    """Return the answer with its body still to be read."""
    return reply


class TypedAnswer:
    """Decodes a body as the declared type; unknown fields are ignored, wrong types are an error."""

    __slots__ = ("_operation",)

    def __init__(self, operation: Operation[Any]) -> None:
        self._operation = operation

    def __call__(self, reply: Reply) -> Any:
        body = reply.body
        decoder = self._operation.decoder()
        if not body or reply.oversized:
            return self._empty(reply)
        try:
            return decoder.decode(body)
        except UNREADABLE as error:
            return self._again(reply, error)

    def _again(self, reply: Reply, error: Exception) -> Any:
        """Read what is marked as UTF-8 or in another charset, and what only lacks something."""
        body = as_utf8(reply.body, reply.headers.get("content-type", ""))
        if body != reply.body:
            with suppress(*UNREADABLE):
                return self._operation.decoder().decode(body)
        with suppress(*UNREADABLE):
            return _relaxed(msgspec.json.decode(body), self._operation.returns, self._operation.name)
        raise unexpected(reply, f"the answer is not what it is declared to be: {error}") from None

    def _empty(self, reply: Reply) -> None:
        raw_body(reply)
        try:
            self._operation.decoder().decode(b"null")
        except msgspec.DecodeError:
            raise unexpected(reply, "the answer is empty where one is declared") from None


def _relaxed(data: Any, kind: Any, operation: str) -> Any:
    from .lenient import read_again  # most answers are what they are said to be

    return read_again(data, kind, operation)


class TextAnswer(TypedAnswer):
    """Text: a JSON string, or, when the answer says that it is no JSON, the body itself."""

    __slots__ = ()

    def __call__(self, reply: Reply) -> Any:
        media = reply.headers.get("content-type", "")
        if not media or is_json(media):
            return super().__call__(reply)
        try:
            return read_text(raw_body(reply), media)
        except UnicodeDecodeError as error:
            raise unexpected(reply, f"the answer is not the text it is said to be: {error}") from None


class PageAnswer:
    """One page: its items as declared, and the plain data that paging may ask for (decoded when it does)."""

    __slots__ = ("_plain", "body", "headers", "items", "status")

    def __init__(self, items: list[Any], reply: Reply) -> None:
        self.items = items
        self.status = reply.status
        self.headers = reply.plain_headers()
        self.body = reply.body
        self._plain: Any = reply.body

    def plain(self) -> Any:
        """Return the body as plain data."""
        if isinstance(self._plain, bytes):
            self._plain = msgspec.json.decode(self._plain) if self._plain else None
        return self._plain


class PagedAnswer:
    """Decodes one page. An empty body with status 204 is an empty page."""

    __slots__ = ("_items", "_operation", "_optional")

    def __init__(self, operation: Operation[Any], items: str) -> None:
        self._operation = operation
        self._items, self._optional = items.removesuffix("?"), items.endswith("?")

    def __call__(self, reply: Reply) -> PageAnswer:
        raw_body(reply)
        if not reply.body and reply.status == 204:
            return PageAnswer([], reply)
        reply.body = as_utf8(reply.body, reply.headers.get("content-type", ""))
        try:
            return PageAnswer(self._decoded(reply), reply)
        except UNREADABLE as error:
            raise unexpected(reply, f"the page is not what it is declared to be: {error}") from None

    def _decoded(self, reply: Reply) -> list[Any]:
        if not self._items:
            return list(TypedAnswer(self._operation)(reply))
        page = msgspec.json.decode(reply.body)
        found = pick(page, self._items)
        if found is None and self._optional and isinstance(page, dict):
            return []
        if found is None:
            raise unexpected(reply, f"the page has no list at {self._items!r}")
        try:
            return list(msgspec.convert(found, self._operation.returns, str_keys=True, dec_hook=decoded))
        except msgspec.ValidationError:
            return list(_relaxed(found, self._operation.returns, self._operation.name))


def unexpected(reply: Reply, reason: str) -> UnexpectedResponseError:
    """Return the error of an answer that contradicts its declaration."""
    return UnexpectedResponseError(
        reason, status=reply.status, headers=reply.plain_headers(), body=reply.body
    )
