"""Which names a module of the package imports: those that its text says, so that no import is unused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HTTP = (
    "AsyncDownload AsyncHttpAdapter CursorPages Download FileUpload HttpAdapter LinkPages OffsetPages"
    " Operation PageNumberPages RawResponse"
)
NEEDED = (
    "MissingSecretError NotFoundError RequestTimeoutError SecretManager ServiceError UnavailableError"
    " UnexpectedResponseError"
)


def imports(
    methods: Sequence[Mapping[str, Any]], tests: Sequence[Mapping[str, Any]], models: Sequence[str], raw: bool
) -> dict[str, list[str]]:
    """By module: names from ``runtime.http``, from the models, and those that tests and examples need."""
    said = _words(_texts(methods)) | {"HttpAdapter", "AsyncHttpAdapter"} | ({"RawResponse"} if raw else set())
    forms = {"Download", "AsyncDownload"} if any(m["form"] == "download" for m in methods) else set()
    operations = {"Operation"} if methods else set()
    shown = _words(test["least"]["arguments"] for test in tests)
    tested = _words(text for test in tests for text in (test["full"]["arguments"], test["typed"]))
    errors = {error["error"] for test in tests for error in test["errors"]}
    return {
        "http": [name for name in HTTP.split() if name in said | forms | operations],
        "models": [name for name in models if name in said],
        "example_models": [name for name in models if name in shown],
        "test_models": [name for name in models if name in shown | tested],
        "errors": sorted(errors | set(NEEDED.split())),
    }


def _texts(methods: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for method in methods:
        yield from (method["annotation"], method["signature"], method["result"], *method["declaration"])


def _words(texts: Iterable[str]) -> set[str]:
    """Every name in code; what stands in quotes is no name."""
    return {word for text in texts for word in re.findall(r"\w+", re.sub(r'"(?:[^"\\]|\\.)*"', "", text))}
