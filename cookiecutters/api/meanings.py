"""What the error statuses of an operation mean, where a document says more than their numbers do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from generator.modelling.prose import first_sentence
from generator.specs.facts import Response

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


def _says_no_more(status: str, text: str) -> bool:
    """Is the text what the status says anyway: "Order not found", "Invalid ID supplied"?"""
    plain = text.lower().rstrip(". ")
    usual = status in _USUAL and re.fullmatch(_USUAL[status], plain)
    return bool(usual) or not set(re.findall(r"[a-z]+", plain)) - _GENERIC
