"""How many calls are allowed, where a document says it in figures: extensions, and headers of answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from generator.specs.facts import Operation

READ = 500  # characters of a text
MOST = 20_000  # headers
_EXTENSION = re.compile(r"(?i)x-(?:[a-z]+-)?rate-?limit(?:s|ing|-limit)?\Z")
_HEADER = re.compile(r"(?i)(?:x-)?rate-?limit(?:-|\Z)")
_LIMIT = re.compile(r"(?i)(?:x-)?rate-?limit(?:-limit)?\Z")
_UNITS = {
    "s": "second",
    "sec": "second",
    "m": "minute",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "d": "day",
}
_SECONDS = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}
_RATE = re.compile(r"(?i)\b(\d{1,9})\s*(?:requests?|calls?|reqs?)?\s*(?:/|per|a|an|each|every)\s*([a-z]+)")
_PER = re.compile(r"(?i)\b(?:per|an?|each|every)\s+(second|minute|hour|day)\b")
_AMOUNTS = ("limit", "requests", "max", "rate", "calls", "quota")
_PERIODS = ("period", "per", "interval", "window", "unit", "duration")


def rate_limit(raw: Any, operations: Sequence[Operation]) -> tuple[dict[str, str], list[str]]:
    """``rate_limit`` as the manifest says it; a note where answers count calls and no figure is given."""
    if found := next(_in_extensions(raw), None) or next(_in_headers(raw), None):
        return {"rate_limit": found}, []
    if any(_HEADER.match(name) for _, headers in _headers(operations) for name in headers):
        said = "rate_limit: answers count the calls, but the document does not say how many are allowed"
        return {}, [f"{said}; set it, like 100/minute, to stay below"]
    return {}, []


def _in_extensions(raw: Any) -> Iterator[str]:
    for node in (_mapping(raw), _mapping(_mapping(raw).get("info"))):
        for key, value in node.items():
            if _EXTENSION.match(str(key)) and (found := _told(value)):
                yield found


def _told(value: Any) -> str:
    """``100/minute``, ``100 per minute``, or a mapping of an amount and a period."""
    if isinstance(value, str):
        return _rate(_RATE.search(value[:READ]))
    said = {str(key).lower(): inner for key, inner in _mapping(value).items()}
    amount = next((said[key] for key in _AMOUNTS if key in said), None)
    period = next((said[key] for key in _PERIODS if key in said), None)
    if isinstance(amount, str) and period is None:
        return _rate(_RATE.search(amount[:READ]))
    unit = _SECONDS.get(period) if isinstance(period, int) else _unit(str(period))
    return f"{amount}/{unit}" if _is_count(amount) and unit else ""


def _in_headers(raw: Any) -> Iterator[str]:
    """A header that holds the limit, has an example of it, and says what time it is for."""
    found = Counter(
        rate
        for name, header in islice(_written(raw), MOST)
        if _LIMIT.match(name) and (rate := _shown(header))
    )
    yield from (rate for rate, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:1])


def _written(raw: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The headers of answers as the document writes them: facts hold their schemas alone."""
    document = _mapping(raw)
    shared = _mapping(document.get("components"))
    yield from _named(shared.get("headers"))
    answers = [*_named(shared.get("responses")), *_named(document.get("responses"))]
    for _, item in _named(document.get("paths")):
        for _, operation in _named(item):
            answers += _named(operation.get("responses"))
    for _, answer in answers:
        yield from _named(answer.get("headers"))


def _named(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((str(name), inner) for name, inner in _mapping(value).items() if isinstance(inner, Mapping))


def _shown(header: Mapping[str, Any]) -> str:
    schema = _mapping(header.get("schema"))
    words = " ".join(str(node.get("description", ""))[:READ] for node in (header, schema))
    shown = [node.get(key) for node in (header, schema) for key in ("example", "const", "default")]
    amount = next((value for value in shown if _is_count(value)), None)
    per = _PER.search(words)
    return f"{amount}/{per[1].lower()}" if amount is not None and per else ""


def _headers(operations: Sequence[Operation]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for operation in operations:
        for response in operation.responses:
            yield response.status, response.headers


def _rate(found: re.Match[str] | None) -> str:
    unit = _unit(found[2]) if found else ""
    return f"{int(found[1])}/{unit}" if found and unit and int(found[1]) else ""


def _unit(word: str) -> str:
    plain = word.strip().lower().removeprefix("1 ")
    singular = plain.removesuffix("s") if len(plain) > 3 else plain
    return singular if singular in _SECONDS.values() else _UNITS.get(singular, "")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
