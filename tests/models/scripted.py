"""A scripted server that speaks OpenAI's protocol on loopback, with every fault that a provider can have.

It keeps its own count of requests, tokens and dollars, so that a ledger can be compared with what a provider
would bill. Only the standard library is used.

    with scripted([Fault(429, retry_after="2"), say({"title": "Billing"})]) as server:
        ...                                      # base_url=server.url
    assert [asked.model for asked in server.asked] == ["cheap", "cheap"]

A script is a list, one answer a request and the last one for ever, or a function of the request's body::

    def script(body):
        return say({"summary": "…"}) if "summaries" in prompt(body) else BLANK
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MILLION = Decimal(1_000_000)
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says. Tokens that are not given are counted as a quarter of the characters."""

    text: str | None
    finish: str = "stop"
    prompt: int | None = None
    completion: int | None = None
    cached: int = 0
    usage: bool = True  # whether the provider says what it counted
    refusal: str | None = None
    seconds: float = 0.0  # how long it takes


@dataclass(frozen=True, slots=True)
class Fault:
    """An HTTP error. ``retry_after`` is sent as it is: seconds, or a date."""

    status: int
    message: str = "scripted fault"
    code: str = ""
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Hangup:
    """The connection is reset: before anything is answered, or after the headers (then it is billed)."""

    after_headers: bool = False


Said = Answer | Fault | Hangup
Script = Sequence[Said] | Callable[[Body], Said]


def say(value: Any, **facts: Any) -> Answer:
    """Return an answer of JSON data."""
    return Answer(json.dumps(value), **facts)


def fenced(text: str, language: str = "json", **facts: Any) -> Answer:
    """Return an answer that is one fenced block."""
    return Answer(f"```{language}\n{text}\n```", **facts)


def prompt(body: Body) -> str:
    """Return the text of all messages of a request."""
    return "\n".join(str(message.get("content", "")) for message in body.get("messages", ()))


def refusing_json_schema(script: Script) -> Callable[[Body], Said]:
    """Return a script that answers 400 where a request asks for a JSON Schema, as DeepSeek does."""
    chosen = _chooser(script)

    def answer(body: Body) -> Said:
        form = (body.get("response_format") or {}).get("type")
        return NO_JSON_SCHEMA if form == "json_schema" else chosen(body)

    return answer


BLANK = Answer("")
NOTHING = Answer(None)
TRUNCATED = Answer('{"title": "Bil', finish="length")
REFUSED = Answer(None, refusal="I cannot help with that.")
FILTERED = Answer("", finish="content_filter")
BAD_JSON = Answer('{"title": "Billing",')
WRONG_SCHEMA = Answer('{"unasked": [1, 2, 3]}')
HUGE = Answer('{"title": "' + "x" * 10_000_000 + '"}')
UNCOUNTED = Answer('{"title": "Billing"}', usage=False)
SLOW = Answer('{"title": "Billing"}', seconds=2.0)
RATE_LIMITED = Fault(429, "Rate limit reached", "rate_limit_exceeded", retry_after="2")
DOWN = Fault(503, "The server is overloaded", "server_error")
BROKEN = Fault(500, "Internal error", "server_error")
BAD_KEY = Fault(401, "Incorrect API key provided", "invalid_api_key")
RETIRED = Fault(404, "The model does not exist or has been retired", "model_not_found")
NO_JSON_SCHEMA = Fault(400, "This response_format type is unavailable now", "invalid_request_error")
TOO_LONG = Fault(400, "This model's maximum context length is 8192 tokens", "context_length_exceeded")
NO_MONEY = Fault(402, "Insufficient Balance", "invalid_request_error")
RESET = Hangup()
CUT_OFF = Hangup(after_headers=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Body

    @property
    def model(self) -> str:
        """Return the model that was asked for."""
        return str(self.body.get("model", ""))


@dataclass
class Scripted:
    """What the server was asked, and what it would bill. ``url`` is the base URL for a client."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def requests(self) -> int:
        """Return how many requests came."""
        return len(self.asked)

    def by_model(self) -> dict[str, int]:
        """Return how many requests each model got."""
        return dict(Counter(asked.model for asked in self.asked))

    def by_path(self) -> dict[str, int]:
        """Return how many requests each path got."""
        return dict(Counter(asked.path for asked in self.asked))

    def dollars(self, input_price: Decimal, output_price: Decimal, cached_price: Decimal) -> Decimal:
        """Return what all answers cost at these prices, in dollars per million tokens."""
        fresh = self.prompt_tokens - self.cached_tokens
        spent = (
            fresh * input_price + self.cached_tokens * cached_price + self.completion_tokens * output_price
        )
        return spent / MILLION

    def bill(self, body: Body, answer: Answer) -> dict[str, Any]:
        """Book an answer, and return what the provider says that it counted."""
        prompted = len(prompt(body)) // 4 + 1 if answer.prompt is None else answer.prompt
        told = body.get("max_completion_tokens") or body.get("max_tokens")  # nobody writes more than he may
        written = len(answer.text or "") // 4 + 1 if answer.completion is None else answer.completion
        written = min(written, int(told)) if told else written
        with self.lock:
            self.prompt_tokens += prompted
            self.completion_tokens += written
            self.cached_tokens += answer.cached
        usage = {"prompt_tokens": prompted, "completion_tokens": written, "total_tokens": prompted + written}
        return usage | {"prompt_tokens_details": {"cached_tokens": answer.cached}}


@contextmanager
def scripted(script: Script = (Answer("{}"),)) -> Iterator[Scripted]:
    """Serve *script* on a free port of loopback until the block ends."""
    told = Scripted()
    server = _Server(("127.0.0.1", 0), told, _chooser(script))
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _chooser(script: Script) -> Callable[[Body], Said]:
    if callable(script):
        return script
    said, lock = list(script), threading.Lock()

    def take(body: Body) -> Said:
        with lock:
            return said.pop(0) if len(said) > 1 else said[0]

    return take


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a slow answer outlives its client

    def __init__(self, address: tuple[str, int], told: Scripted, choose: Callable[[Body], Said]) -> None:
        super().__init__(address, _Handler)
        self.told = told
        self.choose = choose

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that give up are what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: unbuffered writes cost 40 ms each
    server: _Server

    def do_POST(self) -> None:
        """Answer as the script says."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.told.lock:
            self.server.told.asked.append(Asked(self.path, headers, body))
        said = self.server.choose(body)
        if isinstance(said, Fault):
            self._fail(said)
        elif isinstance(said, Hangup):
            self._hang_up(body, said)
        else:
            self._answer(body, said)

    def _answer(self, body: Body, answer: Answer) -> None:
        usage = self.server.told.bill(body, answer)
        time.sleep(answer.seconds)
        message = {"role": "assistant", "content": answer.text}
        message |= {} if answer.refusal is None else {"refusal": answer.refusal}
        choice = {"index": 0, "finish_reason": answer.finish, "message": message}
        told = {"id": "scripted", "object": "chat.completion", "created": 1, "model": body.get("model", "")}
        told |= {"choices": [choice]} | ({"usage": usage} if answer.usage else {})
        self._send(200, told)

    def _fail(self, fault: Fault) -> None:
        error = {"message": fault.message, "type": fault.code or "error", "code": fault.code or None}
        headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        self._send(fault.status, {"error": error}, headers)

    def _hang_up(self, body: Body, fault: Hangup) -> None:
        if fault.after_headers:
            self.server.told.bill(body, Answer('{"title": "Billing"}'))
            self._head(200, 1000, {})
            self.wfile.write(b'{"id"')
            self.wfile.flush()
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _send(self, status: int, told: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(told).encode()
        self._head(status, len(data), headers or {})
        self.wfile.write(data)
        self.wfile.flush()

    def _head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
