"""What an adapter sends with every request, as its config.yaml says, and whether it signs in as declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.gates._oracles._document import Operation, Scheme

PLACES = {"bearer": "header", "basic": "header"}


@dataclass(frozen=True, slots=True)
class Standing:
    """*credentials* and *headers* (lower case) of every request; *keyed* is a header for idempotency keys."""

    credentials: tuple[Scheme, ...] = ()
    headers: frozenset[str] = frozenset()
    keyed: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Path, entry: Mapping[str, Any]) -> Standing:
        """Read a package's config.yaml, and the headers that the entry adds."""
        told = _read(config)
        auth = told.get("auth")
        each = [one for one in (auth if isinstance(auth, list) else [auth]) if isinstance(one, dict)]
        requirements = entry.get("requirements") or {}
        endpoints = requirements.get("endpoints") or ()
        keys = {requirements.get("idempotency"), *(e.get("idempotency") for e in endpoints)}
        fixed = [*(told.get("headers") or {}), *(name for e in endpoints for name in e.get("headers") or {})]
        secrets = [str(value) for one in each for key, value in one.items() if key.endswith("secret")]
        return cls(
            tuple(map(_credential, each)),
            frozenset(str(name).lower() for name in fixed),
            frozenset(str(key).lower() for key in keys if key),
            tuple(secrets),
        )

    def sends(self, place: str, name: str) -> bool:
        """Return whether the adapter itself puts *name* in *place*."""
        if place == "header" and name.lower() in self.headers | self.keyed:
            return True
        return any(c.place == place and _alike(c.name, name, place) for c in self.credentials)

    def holds(self, schemes: Collection[Scheme]) -> bool:
        """Return whether the configuration has every credential of one alternative."""
        return all(any(_answers(mine, wanted) for mine in self.credentials) for wanted in schemes)


def _read(config: Path) -> dict[str, Any]:
    try:
        told = yaml.safe_load(config.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return told if isinstance(told, dict) else {}


def _credential(auth: Mapping[str, Any]) -> Scheme:
    kind = str(auth.get("type"))
    if kind == "api_key":
        return Scheme("key", str(auth.get("in", "header")), str(auth.get("name", "X-API-Key")))
    return Scheme(kind)


def _alike(one: str, other: str, place: str) -> bool:
    return one.lower() == other.lower() if place == "header" else one == other


def _answers(mine: Scheme, wanted: Scheme) -> bool:
    """Return whether a credential is one that a scheme means: by its place and name, and its kind."""
    if mine.place != wanted.place or not _alike(mine.name, wanted.name, mine.place):
        return False
    return wanted.kind == "key" or mine.kind == "key" or (mine.kind == "basic") == (wanted.kind == "basic")


def unsigned(operation: Operation, standing: Standing, sent: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Say so when a request satisfies no declared alternative, though its credentials are configured.

    *sent*: place → the names that stand there, header names in lower case.
    """
    if not operation.security or not all(operation.security):
        return
    possible = [schemes for schemes in operation.security if standing.holds(schemes)]
    if possible and not any(all(_is_there(s, sent) for s in schemes) for schemes in possible):
        wanted = " or ".join(" and ".join(f"{s.place} {s.name}" for s in schemes) for schemes in possible)
        yield f"the credential is missing: {wanted}"


def _is_there(scheme: Scheme, sent: Mapping[str, Collection[str]]) -> bool:
    name = scheme.name.lower() if scheme.place == "header" else scheme.name
    return name in sent.get(scheme.place, ())
