"""How to sign in, where a document shows it without saying it: unused schemes, headers that are keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from generator.specs.facts import Operation, Outline, Scheme

from ..services import known
from ..settings import prefix
from ..signing import alternatives, signing

_TOKEN = frozenset({"authorization"})
_KEYS = frozenset(
    {"x-api-key", "api-key", "apikey", "api_key", "x-auth-token", "x-access-token", "access_token", "x-token"}
)


def signs_in(
    entry: Mapping[str, Any], outline: Outline, operations: Sequence[Operation], raw: Any
) -> tuple[dict[str, Any], list[str]]:
    """What ``requirements`` say of it, and notes; nothing where the document or services.yaml says it."""
    if signing(entry, outline, operations) is not None or known(str(entry.get("service", ""))).get("auth"):
        return {}, []
    start = prefix(entry)
    if found := _by_parameters(start, operations) or (_bearer(start) if _takes_token(raw) else {}):
        return found, ["auth: read from parameters that carry a key; the document names no way to sign in"]
    asked = {name for o in operations for option in alternatives(o, outline) for name in option}
    if not asked and (found := _by_schemes(start, outline)):
        said = "auth: the document knows this way to sign in, but says of no operation that it needs it;"
        return found, [f"{said} remove it if the service is open"]
    kinds = sorted({outline.schemes[name].name for name in asked if name in outline.schemes})
    if kinds:
        said = f"auth: signing in by {', '.join(kinds)[:80]} is not built;"
        return {}, [f"{said} say auth if there is another way"]
    return {}, ["auth: the document does not say how to sign in; if it is needed, say auth_type: bearer"]


def _by_schemes(start: str, outline: Outline) -> dict[str, Any]:
    return next((found for scheme in outline.schemes.values() if (found := _auth(start, scheme))), {})


def _auth(start: str, scheme: Scheme) -> dict[str, Any]:
    if scheme.kind == "api_key":
        return _key(start, scheme.key, scheme.place)
    if scheme.kind == "basic":
        secrets = {"username_secret": f"{start}_USERNAME", "password_secret": f"{start}_PASSWORD"}
        return {"auth": {"type": "basic", **secrets}}
    return _bearer(start) if scheme.kind in ("bearer", "oauth2") else {}


def _by_parameters(start: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """The key that half of the operations take as a header or in the query."""
    names = Counter(
        (parameter.place, parameter.name)
        for operation in operations
        for parameter in operation.parameters
        if parameter.place in ("header", "query") and parameter.name.lower() in _KEYS
    )
    for (place, name), count in names.most_common(1):
        if count * 2 >= len(operations):
            return _key(start, name, place)
    return {}


def _takes_token(raw: Any) -> bool:
    """Does the document list an Authorization header? Readers must pass over it, so the raw text counts."""
    document = _mapping(raw)
    shared = [
        _mapping(document.get("parameters")),
        _mapping(_mapping(document.get("components")).get("parameters")),
    ]
    holders = [node for item in _mapping(document.get("paths")).values() for node in _nodes(item)]
    listed = [p for node in holders if isinstance(found := node.get("parameters"), list) for p in found]
    declared = [p for section in shared for p in section.values()]
    return any(
        str(p.get("name", "")).lower() in _TOKEN and p.get("in") == "header"
        for p in map(_mapping, listed + declared)
    )


def _nodes(item: Any) -> list[Mapping[str, Any]]:
    """A path and its operations."""
    return [_mapping(item), *map(_mapping, _mapping(item).values())]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _bearer(start: str) -> dict[str, Any]:
    return {"auth": {"type": "bearer", "secret": f"{start}_TOKEN"}}


def _key(start: str, name: str, place: str) -> dict[str, Any]:
    return {"auth": {"type": "api_key", "secret": f"{start}_API_KEY", "name": name, "in": place}}
