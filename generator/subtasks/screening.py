"""The last look at a request before it is sent: no credential leaves this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from generator.errors import SecretInPromptError
from generator.reading.secrets_lint import leaks

SHORTEST = 8  # characters of a value that counts as a credential; shorter ones are words
_HOLDS_A_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)


def screen(messages: Iterable[tuple[str, str]], environ: Mapping[str, str]) -> None:
    """Look for text that looks like a credential, and for the values of variables that hold one.

    Raises:
        SecretInPromptError: there is one; the message says which, and never shows it.
    """
    secrets = tuple(_secrets(environ))
    for _, text in messages:
        for name, forms in secrets:
            if any(form in text for form in forms):
                raise SecretInPromptError(
                    f"nothing was sent: the question holds the value of the environment variable {name}. "
                    f"Take it out of the entry or its document, and write the variable's name"
                )
        for leak in leaks(text):
            raise SecretInPromptError(
                f"nothing was sent: the question holds what looks like {leak.what}. "
                f"Take it out of the entry or its document"
            )


def _secrets(environ: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, value in sorted(environ.items()):
        if len(value) >= SHORTEST and _HOLDS_A_SECRET.search(name):
            yield name, (value, json.dumps(value)[1:-1])
