"""Is a text of an answer plain prose that claims nothing its question does not show?

Each fault is short and ends with its mend: it goes into the prompt that asks again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from generator.reading.secrets_lint import leaks

_MARKS = re.compile(r"[`*<>#|\[\]{}\\~^\"“”„«»]|__|''|(?<!\w)'\w|\w\(\)|[:;]\)")
_ADDRESS = re.compile(r"://|\bwww\.|\b[\w-]+\.(?:com|org|net|io|dev|ai|app|co|cloud|example)\b", re.I)
_PATH = re.compile(r"(?<![\w./])/[\w{}][\w{}/.:-]*")
_SNAKE = re.compile(r"\b[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+\b")
_NEXT = re.compile(r"[.!?]\)?\s+(?=[A-Z])")
_PRAISE = re.compile(
    r"\b(?:powerful|seamless(?:ly)?|effortless(?:ly)?|robust|cutting-edge|world-class|amazing|best|easily|simply)\b",
    re.I,
)
MOST_LETTERS = 30  # of one word
_WRITES = "create add insert post delete remove destroy update change edit modify replace set put patch"
_READS = "get list fetch read show find view"
_NO_CHANGES = frozenset({"get", "list", "fetch", "read", "delete", "remove", "destroy"})
_VERBS = {
    "GET": frozenset(_WRITES.split()),
    "HEAD": frozenset(_WRITES.split()),
    "DELETE": frozenset(f"{_READS} create add insert post".split()),
    "PUT": _NO_CHANGES,
    "PATCH": _NO_CHANGES,
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What texts may name: *known* identifiers and *paths*. The *service* may be called anything."""

    service: str = ""
    known: Collection[str] = ()
    paths: Collection[str] = ()

    def sentence(self, text: str, longest: int = 120) -> Iterator[str]:
        """What is wrong with a text that is to be one sentence."""
        yield from self.prose(text, longest, 1)

    def prose(self, text: str, longest: int, sentences: int) -> Iterator[str]:
        """What is wrong with a text of at most so many characters and sentences, in one line."""
        if len(text) > longest:
            yield f"it has {len(text)} characters. Write at most {longest}."
        text = text[: 2 * longest]
        if text != text.strip() or not text.isprintable():
            yield "write it in one line, without blanks around it."
        plain = self._without_service(text.strip())
        if plain[:1].islower():
            yield "begin with a capital letter."
        if not plain.endswith("."):
            yield "end with a full stop."
        if len(_NEXT.findall(plain)) >= sentences:
            yield f"write {'one sentence' if sentences == 1 else f'at most {sentences} sentences'}."
        words = _PATH.sub("", plain).split()
        if len(words) < 2 or max(map(len, words)) > MOST_LETTERS:
            yield "write plain words with blanks between them."
        yield from self._claims(plain)

    def _claims(self, text: str) -> Iterator[str]:
        if leaks(text):
            yield "it holds what looks like a credential. Leave that out."
        if found := _MARKS.search(text):
            yield f"leave out {found[0]!r}: no quotes, code or mark-up."
        if found := _ADDRESS.search(text):
            yield f"leave out {found[0]!r}: no links and no hosts."
        for path in _PATH.findall(text):
            if path.rstrip(".:") not in self.paths:
                yield f"leave out {path[:40]!r}, which the data does not have."
        for word in _SNAKE.findall(text):
            if word not in self.known:
                yield f"leave out {word[:40]!r}, which the data does not have. Use plain words."
        if found := _PRAISE.search(text):
            yield f"leave out {found[0]!r}: no praise."

    def _without_service(self, text: str) -> str:
        """The text with the service's own name taken for a plain word."""
        name = re.escape(self.service)
        return re.sub(rf"(?<!\w){name}(?!\w)", "Service", text) if self.service else text


def contradiction(method: str, path: str, first_word: str) -> str:
    """What is wrong with the verb that an operation is called by, or ""; what its path says is right."""
    verb = re.sub(r"(?<=[a-z]{2})s\Z", "", first_word.lower())
    if verb not in _VERBS.get(method, ()) or verb in re.split(r"[^a-z]+", path.lower()):
        return ""
    mend = {"GET": "get or list", "HEAD": "check", "DELETE": "delete"}.get(method, "update or replace")
    return f"{verb!r} is not what a {method} does. Begin with {mend}."
