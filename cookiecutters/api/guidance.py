"""Is the prose of a package's documentation believable: the overview, and what to do about trouble?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import inquiry
from .configuration import secrets_of
from .inquiry import Inputs
from .operation import ERRORS
from .settings import ENVIRONMENT_KEYS
from .wording import Wording

# What adapters raise, besides the errors of statuses.
RAISED = frozenset(
    {
        "ConfigurationError",
        "ConnectionFailedError",
        "IntegrationError",
        "InvalidArgumentError",
        "InvalidRequestError",
        "MissingSecretError",
        "PaginationError",
        "RequestTimeoutError",
        "ServiceError",
        "UnavailableError",
        "UnexpectedResponseError",
        *ERRORS.values(),
    }
)
# What a person can set in config.yaml, or pass, or read of an error.
NAMES = frozenset(
    {*ENVIRONMENT_KEYS, "max_attempts", "base_delay", "max_delay", "environments", "idempotency_key"}
) | {"retry_after", "from_config"}
_STATUSES = frozenset({*map(str, ERRORS), "400", "422", "500", "502", "503", "504"})
_ERROR = re.compile(r"\b[A-Z][A-Za-z]+(?:Error|Exception)\b")
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_NUMBER = re.compile(r"(?<![\w./-])\d+(?![\w/-])")
_ACTS = {
    "POST PUT PATCH": r"\b(?:creat|add|send|upload|updat|edit|modif|chang)(?:e[sd]?|ing|s|ies|ied|y|ying)?\b",
    "DELETE": r"\b(?:delet|remov)(?:e|es|ed|ing)\b",
}


def overview(inputs: Inputs, answer: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a first paragraph; the entry's own description is always right."""
    text = str(answer.get("overview", ""))
    described = str(inputs.get("description") or "").strip()
    text = " ".join(text.removeprefix(described).strip().split("\n\n"))
    if not text:
        return
    listed = inquiry.operations(inputs)
    service = str(inputs.get("service") or "")
    wording = Wording(service, inquiry.words(inputs), inquiry.paths(inputs))
    yield from wording.prose(text, 600, 3)
    methods = {key.partition(" ")[0] for key in listed}
    for needed, act in _ACTS.items():
        found = re.search(act, text, re.IGNORECASE)
        said = found and re.search(act, " ".join([described, *listed]), re.IGNORECASE)
        if found and not said and methods.isdisjoint(needed.split()):
            yield f"leave out {found[0]!r}: no operation does that."


def troubleshooting(inputs: Inputs, answer: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with pairs of what goes wrong and what to do about it."""
    if not 3 <= len(answer) <= 6:
        yield f"it has {len(answer)} pairs. Write three to six."
    said = inquiry.words(inputs)
    secrets = frozenset(secrets_of(inputs.get("requirements.auth")))
    wording = Wording(str(inputs.get("service") or ""), NAMES | secrets | said, {"/run/secrets"})
    for sign, remedy in answer.items():
        for fault in _pair(sign, str(remedy), wording, secrets, said):
            yield f"{sign[:60]}: {fault}"


def _pair(
    sign: str, remedy: str, wording: Wording, secrets: frozenset[str], said: frozenset[str]
) -> Iterator[str]:
    if len(_ERROR.findall(sign)) != 1:
        yield f"name one error in the key, like {', '.join(sorted(ERRORS.values())[:3])}."
    if len(sign) > 80 or len(sign.split()) > 8:
        yield "the key is what one sees. Write at most eight words."
    yield from wording.prose(remedy, 300, 3)
    for error in dict.fromkeys(_ERROR.findall(f"{sign} {remedy}")):
        if error not in RAISED:
            yield f"there is no {error}. Write one of {', '.join(sorted(set(ERRORS.values())))}."
    for name in dict.fromkeys(_VARIABLE.findall(f"{sign} {remedy}")):
        if name not in secrets:
            mend = f"Write {' or '.join(sorted(secrets))}." if secrets else "Leave it out."
            yield f"there is no variable {name}. {mend}"
    if "MissingSecretError" in sign and not re.search(r"\b(?:set|mount|export)\b", remedy, re.IGNORECASE):
        yield "it was never set. Write that it is to be set in the environment."
    if "RateLimitedError" in sign and re.search(r"\b(?:raise|increase)\b", remedy, re.IGNORECASE):
        yield "that makes it worse. Write: lower rate_limit in config.yaml."
    for number in _NUMBER.findall(remedy):
        if number not in said and number not in _STATUSES:
            yield f"the data does not say {number}. Leave the number out."
