"""Which names a module of the package imports: those that its text says, so that no import is unused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

HTTP = (
    "AsyncDownload AsyncHttpAdapter AsyncHttpGroup CursorPages Download FileUpload HttpAdapter HttpGroup"
    " LinkPages NULL OffsetPages OneOf Operation PageNumberPages RawResponse"
)
NEEDED = (
    "MissingSecretError NotFoundError RequestTimeoutError SecretManager ServiceError UnavailableError"
    " UnexpectedResponseError"
)
FORMS = {"pages": "iterated", "download": "downloaded"}  # others are awaited
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD = re.compile(r"\w+")
Facts = Mapping[str, Any]


def imports(methods: Sequence[Facts], tests: Sequence[Facts], bases: Iterable[str], raw: bool) -> Facts:
    """What a module of operations imports from ``runtime.http``, and its tests of the runtime's errors."""
    said = said_by(methods) | set(bases)
    forms = {FORMS.get(method["form"], "awaited") for method in methods}
    forms |= {"Operation"} if methods else set()
    forms |= {"RawResponse", "awaited"} if raw else set()
    forms |= {"NULL"} if any(method["nulls"] for method in methods) else set()
    errors = {error["error"] for test in tests for error in test["errors"]}
    return {
        "http": [*(name for name in HTTP.split() if name in said | forms), *sorted(forms - {*HTTP.split()})],
        "errors": sorted(errors | set(NEEDED.split())),
    }


def said_by(methods: Sequence[Facts]) -> set[str]:
    """Every name in the code of methods."""
    return words(_texts(methods))


def tested_by(tests: Sequence[Facts]) -> set[str]:
    """Every name in the code of their tests."""
    least = (test["least"]["arguments"] for test in tests)
    cases = (case["arguments"] for test in tests for case in test["cases"])
    most = (text for t in tests for text in (t["full"]["arguments"], t["typed"]))
    return words(least) | words(most) | words(cases)


def shown_by(tests: Sequence[Facts]) -> set[str]:
    """Every name in the code of examples."""
    return words(test["least"]["arguments"] for test in tests)


def _texts(methods: Sequence[Facts]) -> Iterator[str]:
    for method in methods:
        yield from (method["annotation"], method["signature"], method["result"], *method["declaration"])


def words(texts: Iterable[str]) -> set[str]:
    """Every name in code; what stands in quotes is no name."""
    return {word for text in texts for word in _WORD.findall(_QUOTED.sub("", text))}
