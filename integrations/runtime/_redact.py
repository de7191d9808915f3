"""Take secrets out of text before anyone can read it.

Two nets: every live `Secret` registers itself here, and its value is replaced wherever it turns up (also
percent-encoded, as in a URL); and a few shapes that give a credential away (`Authorization: …`,
`user:password@`, `"access_token": "…"`, `api_key=…`) are masked even when the value was never a `Secret`.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote, quote_plus

MASK: Final = "***"
SHORTEST: Final = 4  # a shorter value would blank out ordinary words

_WORDS: Final = (
    r"(?:token|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|private[_-]?key|credential|signature)"
)
_NAME: Final = rf"[\w-]{{0,40}}{_WORDS}[\w-]{{0,40}}"
# Every repetition is bounded: the text may come from a hostile service.
_SHAPES: Final = (
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization['\"]?\s{0,4}[:=]\s{0,4}['\"]?(?:[a-z-]{1,20} {1,4})?)[^\s'\",]+"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic) {1,4}[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"(\w://)[^\s/@]{0,200}:[^\s/@]{0,200}@"), rf"\1{MASK}@"),
    (re.compile(rf"(?i)(\"{_NAME}\"\s{{0,4}}:\s{{0,4}}\")(?:[^\"\\]|\\.)+"), rf"\1{MASK}"),
    (re.compile(rf"(?i)(?<![\w-])({_NAME}=)[^\s&;\"']+"), rf"\1{MASK}"),
)
_SECRET_KEY: Final = re.compile(rf"(?i){_WORDS}|authorization|cookie|^auth$|^key$|^pwd$")


class Revealing(Protocol):
    """A value that can be shown on purpose."""

    def reveal(self) -> str: ...


# By identity: equal secrets are many objects, and the value stays known while any of them lives.
_live: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
_lock: Final = threading.Lock()


def remember(secret: Revealing) -> None:
    """Mask the value of *secret* in every text redacted while it lives."""
    with _lock:
        _live[id(secret)] = secret


def redact(text: str) -> str:
    """Return *text* with every known or recognisable secret replaced by `***`."""
    with _lock:
        values = {secret.reveal() for secret in list(_live.values())}
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= SHORTEST:
            for form in {value, quote(value, safe=""), quote_plus(value)}:
                text = text.replace(form, MASK)
    for shape, masked in _SHAPES:
        text = shape.sub(masked, text)
    return text


def redact_value(value: Any, key: str = "") -> Any:
    """Return a printable copy of *value*: mappings and lists kept, secrets masked by name or by value."""
    if key and _SECRET_KEY.search(key):
        return MASK
    if isinstance(value, Mapping):
        return {str(name): redact_value(inner, str(name)) for name, inner in value.items()}
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(inner) for inner in value]
    return redact(value if isinstance(value, str) else str(value))
