"""Where a service answers: the base URL where the document leaves it open, and its other places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from generator.modelling.names import snake
from generator.specs.facts import Operation, Outline, Server

from ..services import known
from ..signing import signing

MOST = 12
_PLAIN = re.compile(r"https?://[^\s/{}?#@]+(?:/[^\s{}?#]*)?\Z")
_ROLES = {
    "sandbox": ("sandbox", "sandboxed"),
    "staging": ("staging", "stage", "stg", "preprod", "preproduction"),
    "test": ("test", "testing", "tst"),
    "development": ("development", "dev", "develop"),
    "qa": ("qa",),
    "uat": ("uat",),
    "demo": ("demo",),
    "preview": ("preview", "beta", "canary"),
    "mock": ("mock", "prism"),
    "local": ("localhost", "local", "127"),
    "production": ("production", "prod", "prd", "live"),
}
_ROLE = {word: role for role, words in _ROLES.items() for word in words}
_OPEN = ("production", "local", "mock")  # what needs no credential of its own
_TECHNICAL = frozenset({"port", "protocol", "scheme", "version", "basepath", "api_version", "path"})
_CODE_HOSTS = (
    "githubusercontent.com",
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "jsdelivr.net",
    "unpkg.com",
)
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Place:
    url: str
    words: str  # what the document says of it
    value: str = ""  # of the variable that makes it

    @property
    def role(self) -> str:
        """Production, sandbox, …: as a variable's value, the words or the host say; "" where none does."""
        for text in (self.value, self.words, urlsplit(self.url).hostname or ""):
            found = [_ROLE[word] for word in _WORD.findall(text.lower()) if word in _ROLE]
            if found:
                return found[0]
        return ""

    @property
    def label(self) -> str:
        """A short word for it, where it has no role: what the variable's value, words or host say."""
        host = (urlsplit(self.url).hostname or "").partition(".")[0]
        words = "_".join(snake(self.words).split("_")[:3]) if len(self.words) <= 40 else ""
        options = (snake(text) for text in (self.value, words, host) if text)
        return next((name for name in options if re.match(r"[a-z][a-z0-9_]{0,39}\Z", name)), "other")


@dataclass(frozen=True, slots=True)
class Reach:
    """One document's places; *prefix* is what the entry's variables begin with."""

    prefix: str
    service: str
    outline: Outline
    found_at: str

    def base_url(self) -> tuple[dict[str, str], list[str]]:
        """``base_url`` where the document does not say it itself, and a note why."""
        base = self._base()
        stated = self._stated() or known(self.service).get("base_url")
        if base is not None:
            return ({} if base.url == stated else {"base_url": base.url}), []
        if stated and _PLAIN.match(stated):
            return {}, []
        return self._missing()

    def environments(self, auth: Mapping[str, Any], operations: Sequence[Operation]) -> dict[str, Any]:
        """The other places, each with its own credential where it is one for trying things out."""
        base, found = self._base(), dict[str, Any]()
        if base is None:
            return {}
        entry = {"service": self.service, "requirements": {}}
        kind = auth.get("auth") or signing(entry, self.outline, operations) or known(self.service).get("auth")
        others = {_bare(place.url): place for place in reversed(list(self._places()))}
        others.pop(_bare(base.url), None)
        for place in list(reversed(others.values()))[:MOST]:
            found |= self._environment(place, kind, found)
        return found

    def _environment(self, place: _Place, kind: Any, taken: Mapping[str, Any]) -> dict[str, Any]:
        name = stem = place.role or place.label
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}_{number}"
        kinds = {"bearer": "TOKEN", "api_key": "API_KEY"}
        said = kinds.get(kind.get("type", "")) if isinstance(kind, Mapping) else None
        own = place.role and place.role not in _OPEN and said
        secret = {"secret": f"{self.prefix}_{name.upper()}_{said}"} if own else {}
        return {name: {"base_url": place.url, **secret}}

    def _stated(self) -> str:
        """The base URL that the document itself gives an entry."""
        found = (s.url for s in self.outline.servers if s.url.startswith(("https://", "http://")))
        return next(found, "").partition("?")[0].rstrip("/")

    def _base(self) -> _Place | None:
        """The place for production, else the first that is no place for trying things out, else the first."""
        places = list(self._places())
        preferred = [p for p in places if p.role == "production"] or [p for p in places if not p.role]
        first = places[:1]
        if first and not first[0].role:
            return first[0]
        return next(iter([*preferred, *first]), None)

    def _places(self) -> Iterator[_Place]:
        for server in self.outline.servers:
            yield from (p for p in _expanded(server) if _PLAIN.match(p.url) and p.url.isprintable())

    def _missing(self) -> tuple[dict[str, str], list[str]]:
        """The document says no address, or one with an open part: where it was found, else a variable."""
        variable = f"{self.prefix}_BASE_URL"
        relative = next((s.url for s in self.outline.servers if s.url.startswith("/")), "")
        opened = next((s.template or s.url for s in self.outline.servers if "{" in s.url), "")
        host = urlsplit(self.found_at).hostname or ""
        if host and not opened and not host.endswith(_CODE_HOSTS):
            url = urljoin(self.found_at, relative or "/").rstrip("/")
            return {"base_url": url}, ["base_url: where the document was found; correct it if that is not it"]
        said = (
            f"the document says {opened or relative}"
            if opened or relative
            else "the document does not say it"
        )
        note = f"base_url: {said[:120]}; set {variable} when the adapter runs, or write it here"
        return {"base_url": f"${{{variable}}}"}, [note]


def _expanded(server: Server) -> Iterator[_Place]:
    """A server as it is, and with each other value of each variable."""
    whole = server.url.partition("?")[0].rstrip("/")
    defaults = {name: values[0] for name, values in server.variables.items()}
    options = [n for n, values in server.variables.items() if len(values) > 1 and snake(n) not in _TECHNICAL]
    yield _Place(whole, server.description[:300], defaults[options[0]] if options else "")
    for name in options:
        for value in server.variables[name][1:MOST]:
            url = server.template
            for key, usual in {**defaults, name: value}.items():
                url = url.replace(f"{{{key}}}", usual)
            yield _Place(url.partition("?")[0].rstrip("/"), "", value)


def _bare(url: str) -> str:
    """The same place over http and https is one."""
    return url.partition("://")[2].lower()
