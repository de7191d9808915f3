"""One request to one model: the only place that knows litellm, which is imported at the first call.

litellm is told everything and finds out nothing: no ``.env``, no price list from the network, no key from
the environment, no retry, no parameter that it may drop. What goes wrong is one ``TransportError``.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from generator.errors import UnavailableError
from generator.reading.secrets_lint import hide
from generator.subtasks.exchange import Model, Request, Tokens
from generator.subtasks.providers import NO_KEY

MAX_BYTES = 4_000_000  # of a provider's answer as it travels; the reading stops there
MAX_TEXT = 1_000_000  # characters of what a model says
MAX_MESSAGE = 300  # characters of what a provider says about a fault
MAX_CHAIN = 20  # causes of an error that are looked at

RATE_LIMITED, SERVER, RESET, TIMEOUT = "rate_limited", "server", "reset", "timeout"
AUTH, NO_SUCH_MODEL, BAD_REQUEST, CONTEXT = "auth", "no_such_model", "bad_request", "context"

# Read when litellm is imported. Without the last one it loads a .env file from above its own folder.
_SETTINGS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
}
_import = threading.Lock()

_NOISE = re.compile(
    r"^(?:litellm\.)?(?:\w+Error: |Timeout: |\w+Exception - |litellm\.)+"
)  # litellm's own words
_POLICY = re.compile(r"content[ _](?:policy|filter)", re.IGNORECASE)  # a refusal that comes as an error
_SAID = re.compile(r'"message": ?"(?P<said>[^"\\]+)"')


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back. ``finish`` is stop, length or refusal; ``counted``: the provider said how much."""

    text: str
    finish: str
    tokens: Tokens
    counted: bool = True


class TransportError(Exception):
    """No reply came. ``retry_after`` is the header's text; ``sent`` whether it can have cost anything."""

    def __init__(self, kind: str, message: str = "", retry_after: str | None = None, sent: bool = False):
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.sent = sent
        super().__init__(f"{kind}: {message}")


def complete(model: Model, request: Request, key: str, plain: bool = False) -> Completion:
    """Send *request* once; *plain* says nothing about the answer's form.

    Raises:
        TransportError: no reply came.
        UnavailableError: litellm is not installed.
    """
    litellm = _litellm()
    try:
        response = litellm.completion(**_told(model, request, key, plain))
    except Exception as error:
        return _failed(model, request, key, error)
    return _read(model, request, response)


def count(model: Model, request: Request) -> int:
    """Return how many tokens the messages are, as far as can be known before they are sent.

    Raises:
        UnavailableError: litellm is not installed.
    """
    messages = [{"role": role, "content": text} for role, text in request.messages]
    return int(_litellm().token_counter(model=model.route, messages=messages))


def sampling(model: Model, request: Request) -> dict[str, Any]:
    """Return what is really said about how to sample, which enters the key of a reply."""
    told: dict[str, Any] = {"max_tokens": request.max_tokens}
    if request.temperature is not None and model.sampling:
        told["temperature"] = request.temperature
    return told | ({"reasoning_effort": model.effort} if model.effort else {})


def _told(model: Model, request: Request, key: str, plain: bool) -> dict[str, Any]:
    told = {
        "model": model.route,
        "messages": [{"role": role, "content": text} for role, text in request.messages],
        "api_key": key,
        "timeout": request.timeout,
        "num_retries": 0,
        "max_retries": 0,
        "client": _client(model, key),
        **sampling(model, request),
    }
    told |= {"api_base": model.base_url} if model.base_url else {}
    form = None if plain else _form(model, request.schema)
    return told | ({"response_format": form} if form else {})


def _form(model: Model, schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None or model.json_mode == "none":
        return None
    if model.json_mode == "object":
        return {"type": "json_object"}
    named = {"name": "answer", "strict": False, "schema": dict(schema)}
    return {"type": "json_schema", "json_schema": named}


def _litellm() -> Any:
    with _import:
        return _imported()


@cache
def _imported() -> Any:
    os.environ.update(_SETTINGS)
    try:
        import litellm
    except ImportError:
        raise UnavailableError(
            "no model can be asked: litellm is not installed. Install it: pip install 'jackfield[models]'"
        ) from None
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = litellm.modify_params = False
    litellm.disable_hf_tokenizer_download = True
    litellm.callbacks, litellm.success_callback, litellm.failure_callback = [], [], []
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    warnings.filterwarnings(
        "ignore", message=".*`ReadOnly` qualifier", category=UserWarning
    )  # of its own types
    return litellm


@cache
def _wire() -> Any:
    from generator.subtasks import wire

    return wire.client(MAX_BYTES)


def _client(model: Model, key: str) -> Any:
    """Return what litellm sends with: one kind of client for OpenAI's protocol, one for the rest."""
    if model.route.startswith("openai/"):
        from openai import OpenAI

        return OpenAI(api_key=key, base_url=model.base_url, http_client=_wire(), max_retries=0)
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    return HTTPHandler(client=_wire())


def _read(model: Model, request: Request, response: Any) -> Completion:
    choice = response.choices[0]
    text = choice.message.content or ""
    counted = _counted(response)
    tokens = counted or _guessed(model, request, min(len(text), request.max_tokens))
    if len(text) > MAX_TEXT:
        return Completion("", "length", tokens, counted is not None)
    return Completion(text, _finish(choice), tokens, counted is not None)


def _finish(choice: Any) -> str:
    if choice.finish_reason == "content_filter":
        return "refusal"
    if getattr(choice.message, "refusal", None) and not choice.message.content:
        return "refusal"
    return "length" if choice.finish_reason in ("length", "max_tokens") else "stop"


def _counted(response: Any) -> Tokens | None:
    """Return what the provider counted, None where it does not say."""
    usage = getattr(response, "usage", None)
    prompt, completion = (getattr(usage, f"{part}_tokens", 0) or 0 for part in ("prompt", "completion"))
    if prompt <= 0 or completion < 0:
        return None
    cached = getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", 0) or 0
    return Tokens(prompt, completion, min(max(cached, 0), prompt))


def _guessed(model: Model, request: Request, completion: int) -> Tokens:
    """Return what is hardly less than what a provider counts that does not say."""
    return Tokens(_above(count(model, request)), completion)


def _above(counted: int) -> int:
    """Return a number of tokens that another tokenizer than the one at hand hardly exceeds."""
    return counted + counted // 4 + 1


def _failed(model: Model, request: Request, key: str, error: Exception) -> Completion:
    """Return the reply that an error really is, or raise it as what the rest of the program knows."""
    from litellm import exceptions

    from generator.subtasks.wire import TooLong

    chain = tuple(_chain(error))
    if any(isinstance(link, TooLong) for link in chain):
        return Completion("", "length", _guessed(model, request, request.max_tokens), False)
    if isinstance(error, exceptions.BadRequestError) and _POLICY.search(str(error)):
        return Completion("", "refusal", _guessed(model, request, 0), False)
    kind, sent = _kind(error, chain)
    raise TransportError(kind, _message(error, key), _retry_after(chain), sent) from None


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(MAX_CHAIN):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _kind(error: Exception, chain: tuple[BaseException, ...]) -> tuple[str, bool]:
    """Return the kind of a fault, and whether it can have cost anything."""
    import httpx
    from litellm import exceptions

    status = next((link.response.status_code for link in chain if isinstance(link, httpx.HTTPStatusError)), 0)
    if isinstance(error, exceptions.ContextWindowExceededError):
        return CONTEXT, False
    if status:
        return _by_status(status), status in (408, 504, 524)
    if isinstance(error, exceptions.UnsupportedParamsError):
        return BAD_REQUEST, False
    unreached = any(isinstance(link, httpx.ConnectError | httpx.ConnectTimeout) for link in chain)
    if any(isinstance(link, httpx.TimeoutException) for link in chain):
        return TIMEOUT, not unreached
    if any(isinstance(link, httpx.TransportError) for link in chain):
        return RESET, not unreached
    return SERVER, True  # it answered, but nobody can read what


def _by_status(status: int) -> str:
    known = {401: AUTH, 402: AUTH, 403: AUTH, 404: NO_SUCH_MODEL, 408: TIMEOUT, 429: RATE_LIMITED}
    return known.get(status, BAD_REQUEST if status < 500 else SERVER)


def _retry_after(chain: tuple[BaseException, ...]) -> str | None:
    headers = [getattr(getattr(link, "response", None), "headers", None) for link in chain]
    headers += [getattr(link, "litellm_response_headers", None) for link in chain]
    found = next((told["retry-after"] for told in headers if told and "retry-after" in told), None)
    return None if found is None else str(found)[:100]


def _message(error: Exception, key: str) -> str:
    """Return what the provider says, in one short line that never holds the key."""
    text = " ".join(hide(str(error), [] if key == NO_KEY else [key]).split())
    said = _SAID.search(text)
    text = said["said"] if said else _NOISE.sub("", text)
    return "".join(letter for letter in text if letter.isprintable())[:MAX_MESSAGE]
