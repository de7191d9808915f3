"""Prepare requests: base URL, standing headers, credential, and what one call adds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict
from urllib.parse import unquote

import httpx2

from .._errors import ConfigurationError, InvalidArgumentError
from . import encode
from .answers import finisher
from .auth import Auth, Credential, credentials_of
from .encode import EMPTY, RawHeaders
from .messages import Call
from .operation import Operation
from .payload import Payload, payload

if TYPE_CHECKING:
    from .styles import Styles

DEFAULT_ACCEPT: Final = "application/json"
RESERVED: Final = frozenset({b"host", b"content-length", b"transfer-encoding", b"connection"})
AGENT: Final = b"jackfield-runtime/1"


class Given(TypedDict, total=False):
    """What one call adds to its operation. None in a mapping means "leave it out".

    Attributes:
        path: values of the path template.
        query: parameters; a list repeats its name, a mapping becomes `name[key]`.
        headers: added to the adapter's own.
        cookies: sent with this call only.
        body: a mapping for form and multipart; bytes, a binary file or a Path for binary; else any JSON.
        timeout: seconds, instead of the configured ones.
        idempotency_key: instead of a fresh one, where the operation takes a key.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    body: Any
    timeout: float | None
    idempotency_key: str | None


class Preparer:
    """What is the same for every request of one adapter, worked out once."""

    def __init__(
        self,
        base_url: str,
        auth: Auth | Sequence[Auth] | None,
        headers: Mapping[str, str],
        timeout: float,
        largest: int,
    ) -> None:
        self.url = checked_base_url(base_url)
        self._base = str(self.url).rstrip("/")
        self._timeout, self._largest = phases(timeout), largest
        self.credentials = credentials_of(auth)
        self._in_query = [one for one in self.credentials if one.location == "query"]
        self._in_cookie = [one for one in self.credentials if one.location == "cookie"]
        self._taken = {one.name.lower().encode() for one in self.credentials if one.location == "header"}
        self._standing = self._standing_headers(headers)
        self._by_accept: dict[str, httpx2.Headers] = {}
        self._anonymous = Preparer(base_url, None, headers, timeout, largest) if self.credentials else self

    @property
    def credential(self) -> Credential | None:
        """The first credential, if there is one."""
        return self.credentials[0] if self.credentials else None

    def of(self, operation: Operation[Any]) -> Preparer:
        """Return what prepares *operation*: this, or the same without credentials."""
        return self._anonymous if operation.anonymous else self

    def _standing_headers(self, extra: Mapping[str, str]) -> RawHeaders:
        found = {
            b"host": (b"Host", self.url.netloc),
            b"user-agent": (b"User-Agent", AGENT),
            b"accept-encoding": (b"Accept-Encoding", b"gzip, deflate"),
        }
        for name, value in _configured(extra):
            if name.lower() in RESERVED:
                raise ConfigurationError(f"header {name.decode()} cannot be configured")
            found[name.lower()] = (name, value)
        for one in self.credentials:
            if one.location == "header":
                ((name, value),) = _configured({one.name: one.value.reveal()})
                found[name.lower()] = (name, value)
        return list(found.values())

    def call(
        self,
        operation: Operation[Any],
        *,
        path: Mapping[str, Any] = EMPTY,
        query: Mapping[str, Any] = EMPTY,
        headers: Mapping[str, Any] = EMPTY,
        cookies: Mapping[str, Any] = EMPTY,
        body: Any = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> Call:
        """Prepare one request of *operation*; see `Given`."""
        styled = operation.styled
        content = None if body is None else payload(operation.body, body, operation.media, styled)
        keyed = self._key(operation, idempotency_key)
        extra = {**keyed, **headers} if keyed else headers
        if styled is not None:
            extra = styled.headers(extra)
        return Call(
            operation.name,
            operation.method.upper(),
            self.target(operation.target(path), query, styled),
            self._headers(operation, extra, cookies, content),
            self._timeout if timeout is None else phases(timeout),
            (operation.repeatable or bool(keyed)) and (content is None or content.replayable),
            finisher(operation),
            content,
            operation.errors,
            self._largest,
            anonymous=operation.anonymous,
        )

    @staticmethod
    def _key(operation: Operation[Any], given: str | None) -> Mapping[str, str]:
        if operation.idempotency_header:
            return {operation.idempotency_header: given or str(uuid.uuid4())}
        if given is not None:
            raise InvalidArgumentError(f"{operation.name} takes no idempotency key")
        return EMPTY

    def target(self, path: str, query: Mapping[str, Any], styled: Styles | None = None) -> httpx2.URL:
        """Return the URL of *path* with *query*, and with the credentials that travel there."""
        found = _lines(query, styled) if query else []
        for one in self._in_query:
            if any(_name(line) == one.name for line in found):
                raise InvalidArgumentError(f"query parameter {one.name} is set by the adapter's auth")
            found += encode.lines([(one.name, one.value.reveal())])
        if not found:
            return httpx2.URL(self._base + path)
        return httpx2.URL(f"{self._base}{path}{'&' if '?' in path else '?'}{'&'.join(found)}")

    def followed(self, link: httpx2.URL) -> httpx2.URL:
        """Return *link* with the credentials that travel in the query."""
        for one in self._in_query:
            link = link.copy_set_param(one.name, one.value.reveal())
        return link

    def _headers(
        self,
        operation: Operation[Any],
        extra: Mapping[str, Any],
        given: Mapping[str, Any],
        content: Payload | None,
    ) -> httpx2.Headers | RawHeaders:
        standing = self._by_accept.get(operation.accept) or self._accepting(operation.accept)
        method = operation.method
        jar = self._cookies(given, operation.styled) if given or self._in_cookie else b""
        if not extra and not jar and content is None and method in ("GET", "HEAD", "DELETE"):
            return standing
        added = encode.headers(extra)
        self._check(added)
        names = {name.lower() for name, _ in added}
        kept = [(name, value) for name, value in standing.raw if name.lower() not in names]
        body = self._body_headers(content, method, names)
        return [*kept, *added, *([(b"Cookie", jar)] if jar else []), *body]

    @staticmethod
    def _body_headers(content: Payload | None, method: str, names: set[bytes]) -> RawHeaders:
        if content is None:
            return [(b"Content-Length", b"0")] if method in ("POST", "PUT", "PATCH") else []
        return [(name, value) for name, value in content.headers() if name.lower() not in names]

    def _accepting(self, accept: str) -> httpx2.Headers:
        configured = any(name.lower() == b"accept" for name, _ in self._standing)
        if configured and accept == DEFAULT_ACCEPT:
            found = httpx2.Headers(self._standing)
        else:
            rest = [(name, value) for name, value in self._standing if name.lower() != b"accept"]
            found = httpx2.Headers([*rest, *encode.headers({"Accept": accept})])
        self._by_accept[accept] = found
        return found

    def _check(self, added: RawHeaders) -> None:
        for name, _ in added:
            if name.lower() in self._taken:
                raise InvalidArgumentError(f"header {name.decode()} is set by the adapter's auth")
            if name.lower() in RESERVED:
                raise InvalidArgumentError(f"header {name.decode()} is set by the adapter")

    def _cookies(self, given: Mapping[str, Any], styled: Styles | None) -> bytes:
        found = encode.cookie_lines(given) if styled is None else styled.cookies(given)
        for one in self._in_cookie:
            if any(_name(line) == one.name for line in found):
                raise InvalidArgumentError(f"cookie {one.name} is set by the adapter's auth")
            found += encode.cookie_lines({one.name: one.value.reveal()})
        return "; ".join(found).encode("ascii")


def _name(line: str) -> str:
    return unquote(line.partition("=")[0])


def _lines(query: Mapping[str, Any], styled: Styles | None) -> list[str]:
    if styled is not None:
        return styled.query(query)
    return encode.lines(encode.pairs(query, "query parameter"))


def _configured(headers: Mapping[str, str]) -> RawHeaders:
    try:
        return encode.headers(headers)
    except InvalidArgumentError as error:
        raise ConfigurationError(error.reason) from None


def phases(timeout: float) -> Mapping[str, float]:
    """Return the limit of each phase of one attempt, in seconds.

    Raises:
        ConfigurationError: *timeout* is not above 0.
    """
    if not timeout > 0:
        raise ConfigurationError(f"a timeout must be above 0 seconds, not {timeout}")
    return {"connect": timeout, "read": timeout, "write": timeout, "pool": timeout}


def checked_base_url(base_url: str) -> httpx2.URL:
    """Read a base URL.

    Raises:
        ConfigurationError: it is not http(s), has no host, or carries a user name, password, query or
            fragment.
    """
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise ConfigurationError(f"base_url cannot be used: {error}") from None
    if url.userinfo:
        raise ConfigurationError("base_url must not hold a user name or password; use auth and a secret")
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(
            f"base_url {base_url!r} must start with https:// (or http://) and name a host"
        )
    if url.query or url.fragment:
        raise ConfigurationError(f"base_url {base_url!r} must not have a query or fragment")
    return url
