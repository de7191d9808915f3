"""What a scripted service saw, taken apart again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from .._http.auth import Credential
from .._http.engine import same_origin

RECORD_VARIABLE = "JACKFIELD_REQUESTS"
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
    """

    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    content: bytes
    timeout: float | None = None
    elsewhere: bool = False

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
        )

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        pairs = (pair.partition("=") for pair in self.headers.get("cookie", "").split("; ") if pair)
        return {name: value for name, _, value in pairs}

    @property
    def content_type(self) -> str:
        """The media type, without parameters; "" when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

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
        if self.content_type == "application/json":
            return self.json()
        if self.content_type == "application/x-www-form-urlencoded":
            return [list(pair) for pair in self.form()]
        if self.content_type == "multipart/form-data":
            fields, files = self.parts()
            return [list(pair) for pair in fields] + [[name, "(file)"] for name, _ in files]
        return None


def record(seen: SeenRequest, package: str, credential: Credential | None) -> None:
    """Append *seen*, without its credential, as one JSON line to the file that JACKFIELD_REQUESTS names."""
    path = os.environ.get(RECORD_VARIABLE)
    if not path or seen.elsewhere:
        return
    place = ("", "") if credential is None else (credential.location, credential.name)
    told = {name: value for name, value in seen.headers.items() if name not in _UNTOLD}
    told.pop(place[1].lower() if place[0] == "header" else "authorization", None)
    cookies = [f"{name}={value}" for name, value in seen.cookies.items() if place != ("cookie", name)]
    line = {
        "package": package,
        "operation": seen.operation,
        "method": seen.method,
        "path": seen.path,
        "query": [list(pair) for pair in seen.query if place != ("query", pair[0])],
        "headers": {**told, "cookie": "; ".join(cookies)} if cookies else told,
        "content_type": seen.content_type,
        "body": seen.body(),
    }
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")
