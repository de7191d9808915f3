"""Names that people wrote elsewhere, turned into names that Python accepts and a reader likes.

Rules: ``createdAt`` → ``created_at``, ``+1`` → ``plus_1``, ``@type`` → ``at_type``, a leading digit gets a
word in front, a keyword gets ``_`` behind. Letters of every script stay, in Unicode's compatible form (NFKC),
which is how Python reads identifiers. Of a long dotted name the last three parts count. Every function is
pure; ``unique`` settles collisions, ``Claimed`` those of many names.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z](?!\b))")
_APART = re.compile(r"[\W_]+")
_DOTTED = re.compile(r"\w+(?:\.\w+){3,}\Z")
_LONGEST = 100  # characters of a name: longer ones come of deep nesting, or malice
_SIGNED = re.compile(r"[+-]\d")
_SIGNS = {"+": "plus ", "-": "minus ", "@": "at ", "%": "percent "}
_UNCHANGED = (
    "address alias analysis atlas axis basis bias bonus bus campus canvas census chassis class corps corpus"
    " cosmos crisis diabetes focus gas gps hypothesis iris jeans lens means mas news pancreas pass process"
    " radius series species status thesis virus sms dns https tls aws ios os cms css rss sas us"
)
_SAME = frozenset(_UNCHANGED.split())
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "feet": "foot",
    "teeth": "tooth",
    "indices": "index",
    "indexes": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "analyses": "analysis",
    "bases": "base",
    "statuses": "status",
    "aliases": "alias",
    "addresses": "address",
    "viruses": "virus",
    "buses": "bus",
    "bonuses": "bonus",
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "ties": "tie",
    "pies": "pie",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
    "leaves": "leaf",
    "shelves": "shelf",
    "halves": "half",
    "caches": "cache",
    "axes": "axis",
    "quizzes": "quiz",
}
_SPELLED = {
    "repo": "repository",
    "repos": "repositories",
    "org": "organization",
    "orgs": "organizations",
    "db": "database",
    "dbs": "databases",
    "config": "configuration",
    "params": "parameters",
}


def words(text: str) -> list[str]:
    """Split an identifier of any style into its words, as written: ``HTMLPage-id`` → HTML, Page, id."""
    plain = unicodedata.normalize("NFKC", text).replace("OAuth", "Oauth")
    return _apart(_HUMP.sub(" ", plain)).split()


def _apart(text: str) -> str:
    """Blanks for what no identifier holds; marks that combine with a letter stay with it."""
    if text.isascii():
        return _APART.sub(" ", text)
    kept = (c if c.isalnum() or (c != "_" and f"a{c}".isidentifier()) else " " for c in text)
    return "".join(kept)


def snake(text: str) -> str:
    """``createdAt`` → ``created_at``. May be empty, a keyword or begin with a digit: see ``identifier``."""
    return unicodedata.normalize("NFKC", "_".join(words(text)).lower())


def identifier(text: str, fallback: str = "value") -> str:
    """A snake_case Python name for *text*; *fallback* stands in for what has no letters."""
    sign = _SIGNS.get(text[:1], "") if text[1:2].isalnum() else ""
    name = snake(sign + text[1:] if sign else text)[:_LONGEST].rstrip("_") or fallback
    name = name if name.isidentifier() else f"{fallback}_{name}"
    name = name if name.isidentifier() else fallback
    return f"{name}_" if keyword.iskeyword(name) or name == "l" else name  # l looks like 1


def pascal(text: str, fallback: str = "Value") -> str:
    """A class name for *text*; capitals inside a word stay: ``issue_URL`` → ``IssueURL``."""
    plain = unicodedata.normalize("NFKC", text)
    plain = f"{_SIGNS.get(plain[0], '')}{plain[1:]}" if _SIGNED.match(plain) else plain
    parts = _apart(".".join(plain.split(".")[-3:]) if _DOTTED.match(plain) else plain).split()
    name = unicodedata.normalize("NFKC", "".join(part[:1].upper() + part[1:] for part in parts))[:_LONGEST]
    name = name if name.isidentifier() else f"{fallback}{name}"
    name = name if name.isidentifier() else fallback
    return f"{name}{fallback}" if keyword.iskeyword(name) else name


def constant(name: str) -> str:
    """``list_issues`` → ``LIST_ISSUES``."""
    return name.upper()


def singular(word: str) -> str:
    """One of them: ``issues`` → ``issue``, ``categories`` → ``category``, ``status`` → ``status``."""
    head, _, last = word.rpartition("_")
    if head:
        return f"{head}_{singular(last)}"
    low = word.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low in _SAME or len(low) < 3 or not low.endswith("s") or low.endswith(("ss", "is", "us")):
        return word
    if low.endswith("ies"):
        return word[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Does the last word stand for several?"""
    return singular(word) != word


def phrase(text: str) -> str:
    """Words for prose: ``IssueState`` → ``issue state``, ``repo`` → ``repository``; acronyms stay."""

    def spelled(word: str) -> str:
        return word if len(word) > 1 and word.isupper() else _SPELLED.get(word.lower(), word.lower())

    return " ".join(map(spelled, words(text)))


def by_importance(name: str) -> int:
    """Where a reader looks for a field: what identifies a thing first, times last."""
    if name in ("id", "number", "uuid", "key"):
        return 0
    if name in ("name", "title", "slug", "type", "kind", "object"):
        return 1
    is_time = name.endswith(("_at", "_on", "_date", "_time")) or name in ("created", "updated", "modified")
    return 3 if is_time else 2


def article(noun: str) -> str:
    """``a`` or ``an`` with its noun; what stands for several has neither."""
    if is_plural(noun.rpartition(" ")[2]):
        return noun
    first = noun.lower()
    vowel = first[:1] in "aeiou" and not re.match(r"(?:uni|use|usa|usu|uri|url|uuid|eu|one)", first)
    return f"{'an' if vowel else 'a'} {noun}"


def unique(name: str, taken: Container[str]) -> str:
    """*name*, or *name* with the first free number from 2 behind it."""
    return _numbered(name, taken, 2)[0]


def _numbered(name: str, taken: Container[str], number: int) -> tuple[str, int]:
    """The free name, and the number to try next time."""
    if name not in taken:
        return name, number
    joint = "" if name[:1].isupper() else "_"
    while f"{name}{joint}{number}" in taken:
        number += 1
    return f"{name}{joint}{number}", number + 1


class Claimed(set[str]):
    """Names that are taken; it remembers where the numbers of each stand, so that many alike cost little."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """Take *wanted*, or *wanted* with the first free number from 2 behind it."""
        name, self._next[wanted] = _numbered(wanted, self, self._next.get(wanted, 2))
        self.add(name)
        return name
