"""Asks the pattern that reads a kind of document what an entry for it would say."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.errors import JackfieldError, ManifestError
from generator.facts import facts
from generator.folders import Folder
from generator.manifest import entry_of
from generator.patterns import Catalog
from generator.proposal.naming import description, service_name
from generator.proposal.obtain import Obtained, Opened
from generator.reading.entry_checks import hidden
from generator.reading.manifest_problems import told_of
from generator.specs.facts import Key

MODULE = "proposing"
FORMAT = "openapi"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants of the document; globs and tags as ``requirements`` has them."""

    name: str
    service: str = ""
    tags: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposed entry as the manifest would hold it, and what to say about it."""

    raw: dict[str, Any]
    chosen: tuple[Key, ...]
    notes: tuple[str, ...]
    secrets: tuple[str, ...]  # the environment variables that the adapter will read


def propose(root: Path, catalog: Catalog, asked: Asked, found: Obtained) -> Entry:
    """The entry for a document, held to every rule of the manifest.

    Raises:
        JackfieldError: a tag or glob matches nothing, or no pattern reads such documents.
        ManifestError: the entry would not be valid; its problems name it.
    """
    folder = _folder(catalog)
    outline = found.document.outline
    service = asked.service or service_name(outline.title, asked.name)
    narrowing = {"tags": asked.tags, "include": asked.include, "exclude": asked.exclude}
    named = {"name": asked.name, "service": service}
    told = _proposing(folder).propose(named, found.document, found.raw, found_at=found.url, **narrowing)
    if told.complaints:
        raise JackfieldError("\n".join(complaint.message for complaint in told.complaints))
    about = description(outline.description)
    raw = {**named, "spec": found.spec, **told.keys, **({"description": about} if about else {})}
    opened = replace(catalog, documents=Opened(root, found))
    detected = opened.detect(raw)
    if detected is None or detected.pattern != folder.name:
        raw["type"] = folder.name
    return Entry(raw, told.chosen, (*told.notes, *found.notes), _checked(opened, raw, folder.name))


def _checked(opened: Catalog, raw: dict[str, Any], pattern: str) -> tuple[str, ...]:
    """Raises ManifestError; returns the names of the secrets that the entry reads."""
    entry_of(raw, opened)
    if unseen := list(hidden(raw)):
        raise ManifestError(told_of(raw, unseen))
    normal = opened.normalise(pattern, facts(raw, opened.requirements_schema(pattern), {}))
    return tuple(dict.fromkeys(_secrets(normal.get("requirements"))))


def _secrets(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _secrets(item)]
    auth = value.get("auth", value) if isinstance(value, Mapping) else {}
    if isinstance(auth, list):
        return _secrets(auth)
    return [str(name) for key, name in auth.items() if str(key).endswith("secret")]


def _folder(catalog: Catalog) -> Folder:
    for folder in catalog.folders.values():
        if FORMAT in (folder.facts.get("specs") or ()) and (folder.path / MODULE).is_dir():
            return folder
    raise JackfieldError(f"no pattern proposes entries from {FORMAT} documents. Write the entry by hand.")


def _proposing(folder: Folder) -> Any:
    """The part of a pattern that proposes, imported beside its code."""
    return importlib.import_module(f"{folder.code.__package__}.{MODULE}")
