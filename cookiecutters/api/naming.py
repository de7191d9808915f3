"""Method names for operations that the manifest does not name.

The rule, in order:

1. Leading ``api``, ``rest`` and version segments (``v1``, ``2024-01-01``) say nothing and are dropped.
2. The last words of the path are the noun, the HTTP method the verb: an item (``/issues/{number}``)
   gives ``get_issue``, ``update_issue`` (PATCH, POST), ``replace_issue`` (PUT), ``delete_issue``; a
   collection (``/issues``) ``list_issues`` and ``create_issue``; one thing (``/balance``) ``get_balance``.
3. A last segment that is itself a verb is the verb: ``POST /charges/{id}/capture`` gives ``capture_charge``,
   ``GET /search/issues`` gives ``search_issues``.
4. Two operations with one name: the shorter path keeps it, the others get the noun before theirs
   (``list_org_repos``), then the parameter (``get_user_by_username``), the version, the method, a number.
   The manifest's order never matters.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from generator.modelling.names import identifier, is_plural, phrase, singular, snake

_VERSION = re.compile(
    r"v?\d+(?:\.\d+)*(?:(?:alpha|beta|rc)\d*)?\Z|\d{4}-\d{2}(?:-\d{2})?\Z|v\d+\w*\Z", re.IGNORECASE
)
LONGEST = 50
_PREFIXES = frozenset({"api", "apis", "rest"})
_VERBS = (
    "abort accept acknowledge activate add approve archive assign attach authorize batch block build "
    "calculate cancel capture charge check checkout claim clear clone close commit complete confirm "
    "connect convert copy count deactivate decline deliver deploy detach disable disconnect dismiss "
    "dispatch download duplicate enable enroll evaluate execute expire export extend finalize find "
    "finish follow forward fork generate hide import install invite invoke join kill leave link list "
    "lock login logout lookup mark merge move mute notify open optimize pause pay ping predict "
    "preview process promote provision prune publish purge query read rebuild redeem redeliver "
    "refresh refund register reject release reload remove rename render reopen reorder replay reply "
    "report request rerun resend reset resize resolve restart restore resume retry revert review "
    "revoke rollback rotate run scan schedule search send share sign skip snooze start stop submit "
    "subscribe suspend swap sync test token transfer translate trigger unarchive unassign unblock "
    "unfollow uninstall unlink unlock unmute unpublish unregister unshare unstar unsubscribe unwatch "
    "update upgrade upload upsert validate verify void watch"
)
ACTIONS = frozenset(_VERBS.split())
SELVES = frozenset({"me", "self", "myself"})
_UNDONE = {
    verb: f"un{verb}" for verb in ("lock", "follow", "star", "block", "mute", "watch", "publish", "archive")
}
_NOUNS_TOO = frozenset(
    {"token", "report", "request", "release", "review", "charge", "batch", "process", "build"}
)
_WHOLES = frozenset(
    {
        "settings",
        "preferences",
        "analytics",
        "statistics",
        "stats",
        "credentials",
        "details",
        "contents",
        "metadata",
    }
)
_ADJECTIVES = frozenset(
    {
        "active",
        "archived",
        "closed",
        "featured",
        "open",
        "pending",
        "popular",
        "private",
        "public",
        "recent",
        "starred",
    }
)
_SINGLES = frozenset({"latest", "current", "default", "primary", "next", "previous"})
_ITEM = {"GET": "get", "PUT": "replace", "PATCH": "update", "POST": "update", "DELETE": "delete"}
_MANY = {"GET": "list", "PUT": "replace", "PATCH": "update", "POST": "create", "DELETE": "delete"}
_ONE = {"GET": "get", "PUT": "replace", "PATCH": "update", "POST": "create", "DELETE": "delete"}
_OTHER = {"HEAD": "check", "OPTIONS": "describe", "TRACE": "trace"}


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's path in words: its literal segments, where parameters stand, and the custom verb."""

    method: str
    path: str
    parts: tuple[tuple[str, bool], ...]  # (words, is a parameter)
    version: str = ""

    @property
    def nouns(self) -> list[str]:
        """The literal segments, from first to last."""
        return [words for words, parameter in self.parts if not parameter]

    @property
    def parameters(self) -> list[str]:
        return [words for words, parameter in self.parts if parameter]

    @property
    def is_item(self) -> bool:
        """Does the path end in a parameter?"""
        return bool(self.parts) and self.parts[-1][1]


def read_route(method: str, path: str) -> Route:
    """Read a path: versions and ``api`` prefixes dropped, file endings and ``:verb`` understood."""
    segments = [segment for segment in path.partition("?")[0].split("/") if segment]
    version = ""
    while len(segments) > 1 and (segments[0].lower() in _PREFIXES or _VERSION.match(segments[0])):
        version = snake(segments[0]) if _VERSION.match(segments[0]) else version
        segments = segments[1:]
    parts = tuple(part for segment in segments for part in _parts(segment))
    return Route(method.upper(), path, parts, version)


def _parts(segment: str) -> Iterator[tuple[str, bool]]:
    """``{id}:cancel`` → the parameter id, the word cancel; ``{sid}.json`` → the parameter sid."""
    plain = re.sub(r"\.(?:json|xml)\Z", "", segment)
    for text in re.findall(r"\{[^{}]*\}|[^{}:]+", plain):
        words = snake(text)
        if words and not (text.startswith(".") and not text.startswith("{")):
            yield words, text.startswith("{")


def method_name(route: Route) -> str:
    """The shortest readable name of an operation, collisions not considered."""
    return identifier(_name(route, 0), "call")


def thing(method: str, path: str) -> str:
    """What an operation on one thing is about, as a word of prose; "" for every other operation."""
    route = read_route(method, path)
    return phrase(singular(route.nouns[-1])) if route.is_item and route.nouns else ""


def usual_verb(method: str, path: str) -> str:
    """The verb that operations of such a method and path have everywhere; "" where it depends."""
    verb = _name(read_route(method, path), 0).partition("_")[0]
    settled = {"GET": ("get", "list"), "PATCH": ("update",), "DELETE": ("delete",)}
    return verb if verb in settled.get(method, ()) else ""


def names(operations: Iterable[tuple[str, str, str]], taken: Container[str] = ()) -> dict[str, str]:
    """Name every ``(method, path, declared name)``: ``"GET /x/{id}"`` → name. Declared names come first."""
    routes, found, used = [], {}, set()
    for method, path, declared in operations:
        if declared:
            found[f"{method} {path}"] = declared
            used.add(declared)
        else:
            routes.append(read_route(method, path))
    for route in sorted(routes, key=lambda r: (len(r.parts), len(r.path), r.path, r.method)):
        name = next(name for name in _choices(route) if name not in used and name not in taken)
        found[f"{route.method} {route.path}"] = name
        used.add(name)
    return found


def _choices(route: Route) -> Iterator[str]:
    base = _name(route, 0)
    longest = _name(route, max(0, len(route.nouns) - 1))
    for depth in range(len(route.nouns)):
        yield _fitting(_name(route, depth))
    for parameter in reversed(route.parameters):
        yield _fitting(f"{base}_by_{parameter}")
    if route.version:
        yield _fitting(f"{base}_{route.version}")
    yield _fitting(f"{longest}_{route.method.lower()}")
    number = 2
    while True:
        yield f"{_fitting(longest)}_{number}"
        number += 1


def _fitting(words: str) -> str:
    """The words as a name of plain letters that is no longer than a reader can take in."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "", words).strip("_")
    name = re.sub(r"_{2,}", "_", plain) if re.match(r"[A-Za-z]", plain) else f"call_{plain}".rstrip("_")
    while len(name) > LONGEST and "_" in name:
        name = name.rpartition("_")[0]
    return identifier(name[:LONGEST], "call")


def _name(route: Route, depth: int) -> str:
    """The name with *depth* nouns more before the last one."""
    nouns = route.nouns
    if not nouns:
        thing = route.parameters[-1] if route.parameters else "root"
        return f"{_OTHER.get(route.method) or _ONE.get(route.method, 'call')}_{thing}"
    if route.method in _OTHER:
        return f"{_OTHER[route.method]}_{_before(nouns, depth)}{_tail(route)}"
    return _action(route, depth) or _qualified(route, depth) or _plain(route, depth)


def _plain(route: Route, depth: int) -> str:
    last = route.nouns[-1]
    before = _before(route.nouns, depth)
    if route.is_item:
        return f"{_ITEM.get(route.method, 'call')}_{before}{last if _is_whole(last) else singular(last)}"
    if is_plural(last) and not _is_whole(last):
        noun = singular(last) if route.method == "POST" else last
        return f"{_MANY.get(route.method, 'call')}_{before}{noun}"
    return f"{_ONE.get(route.method, 'call')}_{before}{last}"


def _is_whole(noun: str) -> bool:
    """Is it one thing with a plural's ending, like settings?"""
    return noun.rpartition("_")[2] in _WHOLES


def _action(route: Route, depth: int) -> str:
    """The name when a segment is the verb: the last one, or the first of a search."""
    nouns, last = route.nouns, route.nouns[-1]
    verb, _, rest = last.partition("_")
    first = nouns[0]
    if first in ("search", "query", "lookup") and len(nouns) > 1:
        return f"{first}_{_before(nouns[1:], depth)}{last}"
    if route.is_item or verb not in ACTIONS or not _is_verb(route, last):
        return ""
    owner = nouns[:-1]
    if not owner:
        return last
    after_item = len(route.parts) > 1 and route.parts[-2][1]
    noun = singular(owner[-1]) if after_item else owner[-1]
    if route.method == "DELETE":
        return f"{_UNDONE[verb]}_{_before(owner, depth)}{noun}"
    return "_".join(filter(None, (verb, _before(owner, depth).rstrip("_"), noun, rest)))


def _is_verb(route: Route, last: str) -> bool:
    """A word that can be a noun is a verb only when a POST or PUT asks for it on an item."""
    on_item = len(route.parts) > 1 and route.parts[-2][1]
    if last in _NOUNS_TOO:
        return (
            route.method in ("POST", "PUT") and on_item and last in ("charge", "process", "build", "release")
        )
    if route.method == "DELETE":
        return on_item and last in _UNDONE
    return route.method in ("POST", "PUT", "PATCH") or (
        route.method == "GET" and last not in ("test", "lock")
    )


def _qualified(route: Route, depth: int) -> str:
    """``/gists/public`` → list_public_gists, ``/releases/latest`` → get_latest_release."""
    nouns, last = route.nouns, route.nouns[-1]
    if (
        route.is_item
        or len(nouns) < 2
        or not is_plural(nouns[-2])
        or route.parts[-2][1]
        or route.method != "GET"
    ):
        return ""
    before = _before(nouns[:-1], depth)
    if last in _ADJECTIVES:
        return f"list_{last}_{before}{nouns[-2]}"
    return f"get_{last}_{before}{singular(nouns[-2])}" if last in _SINGLES else ""


def _before(nouns: list[str], depth: int) -> str:
    """The *depth* nouns before the last, each in the singular, with a joint behind."""
    start = max(0, len(nouns) - 1 - depth)
    return "".join(f"{singular(noun)}_" for noun in nouns[start:-1])


def _tail(route: Route) -> str:
    last = route.nouns[-1]
    return singular(last) if route.is_item else last
