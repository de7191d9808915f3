"""How a service is signed in to, read from a document: the schemes that most chosen operations take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from generator.specs.facts import Operation, Outline, Scheme

from .services import known

Place = tuple[str, str]  # header, query or cookie, and the name in lower case
_KINDS = ("bearer", "oauth2", "api_key", "basic", "other")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SPOKEN = ("auth", "auth_type", "secret", "api_key_header", "api_key_query")


def alternatives(operation: Operation, outline: Outline) -> tuple[tuple[str, ...], ...]:
    """The ways in which one operation may be signed in to."""
    return outline.security if operation.security is None else operation.security


def signing(entry: Mapping[str, Any], outline: Outline, operations: Sequence[Operation]) -> Any:
    """The ``auth`` that the manifest would say; None where it or services.yaml says so, or nothing does."""
    requirements = entry.get("requirements") or {}
    if any(key in requirements for key in _SPOKEN) or known(str(entry.get("service", ""))).get("auth"):
        return None
    asked: Counter[tuple[str, ...]] = Counter()
    for operation in operations:
        asked.update(set(filter(None, alternatives(operation, outline))))
    usable = [names for names in asked if all(_auth(outline.schemes.get(name)) for name in names)]
    if not usable:
        return None
    best = min(usable, key=lambda names: (-asked[names], _rank(names, outline), names))
    found = [auth for name in best if (auth := _auth(outline.schemes.get(name)))]
    distinct = [auth for index, auth in enumerate(found) if auth not in found[:index]]
    return distinct[0] if len(distinct) == 1 else distinct


def places(auth: Any) -> frozenset[Place]:
    """Where a credential travels, so that no parameter of an operation is needed for it."""
    found = set()
    for one in auth if isinstance(auth, list) else [auth]:
        kind = one.get("type") if isinstance(one, Mapping) else one
        if kind in ("bearer", "basic"):
            found.add(("header", "authorization"))
        elif kind == "api_key" and isinstance(one, Mapping):
            found.add((str(one.get("in", "header")), str(one.get("name", "X-API-Key")).lower()))
    return frozenset(found)


def scheme_places(names: Sequence[str], outline: Outline) -> frozenset[Place]:
    """Where the credentials of one alternative travel; a scheme that is unknown travels nowhere."""
    return places([_auth(outline.schemes.get(name)) for name in names])


def _auth(scheme: Scheme | None) -> dict[str, str] | None:
    if scheme is None or scheme.kind == "other":
        return None
    if scheme.kind == "api_key" and not _can_carry(scheme):
        return None
    if scheme.kind == "api_key":
        return {"type": "api_key", "name": scheme.key, "in": scheme.place}
    return {"type": "basic" if scheme.kind == "basic" else "bearer"}


def _can_carry(scheme: Scheme) -> bool:
    """Can a key travel there? A header and a cookie have a token for a name (RFC 9110, RFC 6265)."""
    return bool(scheme.key) if scheme.place == "query" else bool(_TOKEN.fullmatch(scheme.key))


def _rank(names: Sequence[str], outline: Outline) -> tuple[int, ...]:
    return tuple(sorted(_KINDS.index(outline.schemes[name].kind) for name in names))
