"""What the error statuses of an operation mean, where a document says more than their numbers do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from generator.modelling.prose import first_sentence
from generator.specs.facts import Response

MANY, NEARLY_ALL = 8, 0.7  # operations, and their share, that make a meaning everybody's
_PHRASES = (
    "not found bad request unauthorized unauthorised forbidden error errors internal server validation "
    "failed invalid unprocessable entity conflict gone too many requests service unavailable the a an of or "
    "is was response client resource default unexpected occurred has modified method allowed access denied "
    "permission required authentication credentials missing timeout gateway payment unknown item object "
    "input parameters"
)
_USUAL = {
    "400": r"(?:invalid|bad|missing|incorrect)(?: [\w/-]+){0,4}|validation (?:exception|error|failed)",
    "404": r"(?:[\w'-]+ ){0,6}not (?:be )?(?:found|exist)|no such(?: [\w-]+){1,3}",
    "422": r"(?:invalid|validation)(?: [\w/-]+){0,4}",
}
_GENERIC = frozenset(_PHRASES.split())


def errors(responses: Sequence[Response]) -> dict[str, Any]:
    """``errors`` of an endpoint: statuses with a meaning that their number does not have already."""
    found = {}
    for response in responses:
        text = first_sentence(response.description)
        if re.fullmatch("[45][0-9][0-9]", response.status) and not _says_no_more(response.status, text):
            found[response.status] = text
    return {"errors": found} if found else {}


def without_shared(endpoints: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """The endpoints without meanings that nearly all have: what is true of all tells nothing of one."""
    told = Counter(pair for told in endpoints.values() for pair in told.get("errors", {}).items())
    shared = {pair for pair, count in told.items() if count >= MANY and count > NEARLY_ALL * len(endpoints)}
    return {key: _without(endpoint, shared) for key, endpoint in endpoints.items()}


def _without(endpoint: Mapping[str, Any], shared: Container[tuple[str, str]]) -> dict[str, Any]:
    kept = {key: text for key, text in endpoint.get("errors", {}).items() if (key, text) not in shared}
    rest = {key: value for key, value in endpoint.items() if key != "errors"}
    return {**rest, "errors": kept} if kept else rest


def _says_no_more(status: str, text: str) -> bool:
    """Is the text what the status says anyway: "Order not found", "Invalid ID supplied"?"""
    plain = text.lower().rstrip(". ")
    usual = status in _USUAL and re.fullmatch(_USUAL[status], plain)
    return bool(usual) or not set(re.findall(r"[a-z]+", plain)) - _GENERIC
