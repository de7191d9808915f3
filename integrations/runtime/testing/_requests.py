"""What a scripted service saw, taken apart again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from .._http.auth import Credential
from .._http.engine import same_origin
from .._http.text import is_json, read_text
from . import _script

_UNTOLD = frozenset(
    {"host", "user-agent", "accept-encoding", "content-length", "content-type", "transfer-encoding", "cookie"}
)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request.

    Attributes:
        operation: the operation's name.
        method: the HTTP method.
        path: below the base URL, percent-encoded as sent; the whole URL without query at another origin.
        query: pairs, decoded, in order.
        headers: names in lower case.
        content: the body.
        timeout: the seconds that this attempt may take.
        elsewhere: whether it went to another origin, after a redirect.
        raw_query: the query as sent.
        anonymous: whether the operation takes no credential.
    """

    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    content: bytes
    timeout: float | None = None
    elsewhere: bool = False
    raw_query: str = ""
    anonymous: bool = False

    @classmethod
    def of(cls, request: httpx2.Request, content: bytes, base: httpx2.URL) -> SeenRequest:
        """Take *request* apart."""
        raw, _, query = request.url.raw_path.decode("ascii").partition("?")
        elsewhere = not same_origin(request.url, base)
        below = raw.removeprefix(base.raw_path.decode("ascii").rstrip("/")) or "/"
        return cls(
            str(request.extensions.get("operation", "")),
            request.method,
            str(request.url).partition("?")[0] if elsewhere else below,
            tuple(parse_qsl(query, keep_blank_values=True)),
            dict(request.headers.items()),
            content,
            request.extensions.get("timeout", {}).get("read"),
            elsewhere,
            query,
            bool(request.extensions.get("anonymous")),
        )

    def query_without(self, places: Collection[tuple[str, str]]) -> str:
        """Return the query as sent, without the parameters in *places*, which are credentials."""
        return "&".join(part for part in self.raw_query.split("&") if ("query", _name(part)) not in places)

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        pairs = (pair.partition("=") for pair in self.headers.get("cookie", "").split("; ") if pair)
        return {name: value for name, _, value in pairs}

    @property
    def media(self) -> str:
        """The Content-Type, whole; "" when there is none."""
        return self.headers.get("content-type", "")

    @property
    def content_type(self) -> str:
        """The media type, without parameters; "" when there is none."""
        return self.media.partition(";")[0].strip()

    def json(self) -> Any:
        """Decode a JSON body."""
        return json.loads(self.content)

    def form(self) -> list[tuple[str, str]]:
        """Return the pairs of a form body."""
        return parse_qsl(self.content.decode("ascii"), keep_blank_values=True)

    def parts(self) -> tuple[list[tuple[str, str]], list[tuple[str, bytes]]]:
        """Return the fields and the files of a multipart body."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        fields, files = [], []
        for part in BytesParser(policy=HTTP).parsebytes(head + self.content).iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            data = part.get_payload(decode=True)
            found = data if isinstance(data, bytes) else b""
            if part.get_filename() is None:
                fields.append((name, found.decode()))
            else:
                files.append((name, found))
        return fields, files

    def body(self) -> Any:
        """Return the body as plain data: JSON decoded, form pairs (a file as "(file)"), or None."""
        if is_json(self.content_type):
            with suppress(ValueError):  # bytes that the caller sends as they are
                return self.json()
        if self.content_type == "application/x-www-form-urlencoded":
            return [list(pair) for pair in self.form()]
        if self.content_type.startswith("multipart/"):
            fields, files = self.parts()
            return [list(pair) for pair in fields] + [[name, "(file)"] for name, _ in files]
        return None

    def text(self) -> str | None:
        """Return a text or XML body as text, else None."""
        kind = self.content_type.lower()
        textual = kind.startswith("text/") or kind.endswith(("/xml", "+xml"))
        if not textual or not self.content:
            return None
        try:
            return read_text(self.content, self.media)
        except UnicodeDecodeError:
            return self.content.decode("utf-8", "replace")


def placed(credentials: Sequence[Credential]) -> set[tuple[str, str]]:
    """Return the places of credentials; header names in lower case."""
    return {(one.location, one.name.lower() if one.location == "header" else one.name) for one in credentials}


def record(seen: SeenRequest, package: str, credentials: Sequence[Credential]) -> None:
    """Append *seen*, without credentials, as one JSON line to the file that JACKFIELD_REQUESTS names.

    A credential's place is cleared even where the operation is anonymous: what stands there is nobody's.
    """
    if not seen.elsewhere:
        _script.record(package, _told(seen, placed(credentials)))


def _told(seen: SeenRequest, places: set[tuple[str, str]]) -> dict[str, Any]:
    hidden = {name for place, name in places if place == "header"} or {"authorization"}
    headers = {name: value for name, value in seen.headers.items() if name not in _UNTOLD | hidden}
    cookies = [f"{name}={value}" for name, value in seen.cookies.items() if ("cookie", name) not in places]
    query = seen.query_without(places)
    text = seen.text()
    return {
        "operation": seen.operation,
        "method": seen.method,
        "path": seen.path,
        "target": f"{seen.path}?{query}" if query else seen.path,
        "query": [list(pair) for pair in seen.query if ("query", pair[0]) not in places],
        "headers": {**headers, "cookie": "; ".join(cookies)} if cookies else headers,
        "content_type": seen.content_type,
        "media": seen.media,
        "body": seen.body(),
        **({} if text is None else {"text": text}),
    }


def _name(part: str) -> str:
    """The name of one part of a raw query, decoded."""
    return next((name for name, _ in parse_qsl(part, keep_blank_values=True)), "")
