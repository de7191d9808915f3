"""How one signs in: the schemes, and which of them an operation takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.specs.facts import Scheme
from generator.specs.lenient import below, described, mapping, text
from generator.specs.reading import Reading

_PLACES = frozenset({"header", "query", "cookie"})
_PLAIN = {"oauth2": "oauth2", "openidconnect": "oauth2", "mutualtls": "other", "basic": "basic"}
_MEANT = {"bearer": "bearer", "jwt": "bearer", "token": "bearer", "oauth": "oauth2"}


def schemes(reading: Reading) -> dict[str, Scheme]:
    """Every declared scheme, in the document's order; one that is not understood is ``other``."""
    old = reading.dialect == "2.0"
    home = "#/securityDefinitions" if old else "#/components/securitySchemes"
    declared = reading.document if old else mapping(reading.document.get("components"))
    said, home = reading.references.follow(declared.get(home.rpartition("/")[2]), home)
    return {name: _scheme(name, node, below(home, name), reading) for name, node in mapping(said).items()}


def _scheme(name: str, node: Any, at: str, reading: Reading) -> Scheme:
    node, at = reading.references.follow(node, at)
    node = mapping(node)
    description = described(node, "description", at, reading.notes)
    kind = text(node.get("type")).strip().lower()
    if kind == "apikey":
        return _api_key(name, node, at, description, reading)
    if kind == "http":
        scheme = text(node.get("scheme")).strip().lower()
        return Scheme(name, scheme if scheme in ("bearer", "basic") else "other", description=description)
    if kind in _PLAIN:
        return Scheme(name, _PLAIN[kind], description=description)
    meant = _MEANT.get(kind, "other")
    reading.notes.add(at, f"{kind[:60]!r} is no type of a security scheme; it is read as {meant}.")
    return Scheme(name, meant, description=description)


def _api_key(name: str, node: Mapping[str, Any], at: str, description: str, reading: Reading) -> Scheme:
    place, key = text(node.get("in")).strip().lower(), text(node.get("name")).strip()
    if place in _PLACES and key:
        return Scheme(name, "api_key", place, key, description)
    reading.notes.add(at, "this API key has no name or no place; it is read as another kind of scheme.")
    return Scheme(name, "other", description=description)


def alternatives(
    node: Mapping[str, Any], at: str, known: Mapping[str, Scheme], reading: Reading
) -> tuple[tuple[str, ...], ...] | None:
    """What ``security`` says of a document or an operation; None where it says nothing (sensible)."""
    said = node.get("security")
    if said is None:
        return None
    if not isinstance(said, list):
        reading.notes.add(below(at, "security"), "'security' is no list; it is passed over.")
        return None
    if not said:
        return ((),)
    places = [(item, below(at, "security", index)) for index, item in enumerate(said)]
    found = [names for item, place in places if (names := _together(item, place, known, reading)) is not None]
    return tuple(dict.fromkeys(found)) or None


def _together(node: Any, at: str, known: Mapping[str, Scheme], reading: Reading) -> tuple[str, ...] | None:
    if not isinstance(node, dict):
        reading.notes.add(at, "is no mapping of schemes; this alternative is passed over.")
        return None
    unknown = [name for name in node if name not in known]
    if unknown:
        reading.notes.add(at, f"{unknown[0][:80]!r} is no declared scheme; this alternative is passed over.")
        return None
    return tuple(node)
