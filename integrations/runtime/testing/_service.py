"""A service that answers as the test says, and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
import msgspec

from .._http.encode import EMPTY
from ..http import AsyncDownload, AsyncHttpAdapter, Download, HttpAdapter
from ._expect import UNSET, check_body, check_credentials, query_of, same, same_pairs
from ._requests import SeenRequest, placed, record
from ._running import Form, Scripted

Only = tuple[str, str, Mapping[str, str | list[str]]]  # method, path and whole query of one request


class ScriptedService(Scripted, httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """An in-memory service behind an adapter's injected transport, for both forms.

    Attributes:
        adapter: the adapter under test.
        requests: every request seen, in order.
        slept: the waits between attempts, in seconds; none was really waited.
        clock: the adapter's clock.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        super().__init__(secrets)
        self.requests: list[SeenRequest] = []
        self._replies: deque[httpx2.Response | Exception] = deque()
        self._only: list[tuple[Only, tuple[int, dict[str, str], bytes]]] = []
        self._checked = 0
        self._forgotten = False

    @property
    def slept(self) -> list[float]:
        return self.clock.slept

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[HttpAdapter],
        async_class: type[AsyncHttpAdapter],
        form: Form,
        *,
        secrets: Mapping[str, str],
        base_url: str | None = None,
        **from_config: Any,
    ) -> Iterator[ScriptedService]:
        """Run an adapter, set up from its own config.yaml, against a scripted service.

        At the end it fails if a queued reply was not used or a request was not checked (unless forgotten),
        and if the value of a secret was logged, printed, raised, or shown by the adapter's repr.

        Args:
            sync_class: the blocking adapter.
            async_class: the async adapter.
            form: which of the two.
            secrets: variable names and made-up values, for the secrets that config.yaml names.
            base_url: instead of the configured one; needed where that is null.
            from_config: further arguments of `from_config`.
        """
        service = cls(secrets)
        kind = sync_class if form == "sync" else async_class
        environ = {} if base_url is None else {f"{kind.PACKAGE.upper()}_BASE_URL": base_url}
        with service._from_config(kind, form, **{"environ": environ, "transport": service, **from_config}):
            service._guard_credentials()
            yield service
        service._verify()

    def _guard_credentials(self) -> None:
        """Watch a credential too where it shows no secret as it is: basic auth packs them."""
        for number, one in enumerate(self.adapter._requests.credentials):
            text = one.value.reveal()
            if text and not any(value in text for value in self._secrets.values()):
                name = f"credential {number + 1}" if number else "the credential"
                self._secrets[name] = text.rpartition(" ")[2]

    def _plain(self, result: Any) -> Any:
        return result.read() if isinstance(result, Download) else super()._plain(result)

    async def _async_plain(self, result: Any) -> Any:
        return await (result.read() if isinstance(result, AsyncDownload) else super()._async_plain(result))

    def replies(
        self,
        status: int = 200,
        json: Any = UNSET,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] = EMPTY,
        times: int = 1,
        only: Only | None = None,
    ) -> None:
        """Queue a reply: a status and a JSON value, or a raw body. *times* queues it more than once.

        With *only* (method, path and whole query) it answers exactly this request, whenever it comes, or
        never; that request need not be checked any more. It is how a list ends that code may leave early.
        """
        sent = dict(headers)
        if json is not UNSET:
            body = msgspec.json.encode(json)
            sent.setdefault("Content-Type", "application/json")
        if only is not None:
            self._only.append((only, (status, sent, body)))
            return
        for _ in range(times):
            self._replies.append(httpx2.Response(status, headers=sent, content=body))

    def fails(self, error: Exception, *, times: int = 1) -> None:
        """Queue a failure of the transport, e.g. `httpx2.ReadTimeout("slow")`."""
        self._replies.extend([error] * times)

    def forget(self) -> None:
        """Drop what is queued, and do not insist that every request is checked."""
        self._forgotten = True
        self._replies.clear()

    def sent(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | list[str]] = EMPTY,
        raw_query: str | None = None,
        json: Any = UNSET,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        content: bytes | str | None = None,
        media: str = "",
        headers: Mapping[str, str] = EMPTY,
        keyed: str = "",
        timeout: float | None = None,
    ) -> None:
        """Fail unless the next unchecked request is exactly this one.

        Args:
            method: the HTTP method.
            path: below the base URL, percent-encoded as sent.
            query: the whole query but the credential; a repeated name has a list.
            raw_query: the same as sent, percent-encoded, instead of *query*.
            json: the whole JSON body.
            form: the whole form, or the fields beside *files*.
            files: the content of every file by field name.
            content: the whole body, raw; a text in UTF-8.
            media: the Content-Type; of a multipart body without its boundary.
            headers: these must be there, with these values; others may be too.
            keyed: the header that must hold an idempotency key.
            timeout: the seconds that the attempt may take, where the caller said so.
        """
        assert self._checked < len(self.requests), f"no request was sent; expected {method} {path}"
        seen = self.requests[self._checked]
        self._checked += 1
        credentials = self.adapter._requests.credentials
        same("the method", seen.method, method)
        same("the path", seen.path, path)
        if raw_query is None:
            same_pairs("the query", query_of(seen, credentials), dict(query))
        else:
            same("the query", seen.query_without(placed(credentials)), raw_query)
        check_body(seen, json, form, files, content, media)
        for name, value in headers.items():
            same(f"header {name}", seen.headers.get(name.lower()), value)
        assert not keyed or seen.headers.get(keyed.lower()), f"header {keyed} should hold a key, but has none"
        if timeout is not None:
            same("the timeout", seen.timeout, timeout)
        check_credentials(seen, credentials, self._secrets)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, Iterable)
        return self._answer(request, b"".join(request.stream))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, AsyncIterable)
        return self._answer(request, b"".join([chunk async for chunk in request.stream]))

    def _answer(self, request: httpx2.Request, content: bytes) -> httpx2.Response:
        requests = self.adapter._requests
        seen = SeenRequest.of(request, content, requests.url)
        record(seen, self.adapter.PACKAGE, requests.credentials)
        told = seen.method, seen.path, query_of(seen, requests.credentials)
        for known, (status, headers, body) in self._only:
            if told == known:
                check_credentials(seen, requests.credentials, self._secrets)
                return httpx2.Response(status, headers=headers, content=body)
        self.requests.append(seen)
        assert self._replies, (
            f"request {len(self.requests)} ({seen.method} {seen.path}) has no reply; none was expected"
        )
        reply = self._replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _verify(self) -> None:
        for seen in self.requests[self._checked :]:
            check_credentials(seen, self.adapter._requests.credentials, self._secrets)
        if self._forgotten:
            return
        assert not self._replies, f"{len(self._replies)} queued replies were not asked for"
        unchecked = [f"{seen.method} {seen.path}" for seen in self.requests[self._checked :]]
        assert not unchecked, f"requests were sent that the test did not check: {', '.join(unchecked)}"
