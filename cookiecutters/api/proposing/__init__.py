"""What an entry for a document would say. It decides no byte of a package, so no fingerprint covers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.shapes import Complaint
from generator.specs.facts import Key

from ..document import Document
from ..selection import chosen
from ..settings import prefix
from .limits import rate_limit
from .reach import Reach
from .signing_in import signs_in


@dataclass(frozen=True, slots=True)
class Proposed:
    """An entry's further *keys*, the *chosen* operations, *notes* for a person, and *complaints* about tags
    and globs that match nothing. Secrets are names of environment variables."""

    keys: dict[str, Any]
    chosen: tuple[Key, ...]
    notes: tuple[str, ...]
    complaints: tuple[Complaint, ...]


def propose(
    entry: Mapping[str, Any],
    document: Document,
    raw: Any,
    *,
    tags: Sequence[str] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    found_at: str = "",
) -> Proposed:
    """What *entry* (name and service) needs besides its document.

    *raw* is the document as it was read, *found_at* the URL it was downloaded from.
    """
    outline, complaints = document.outline, list[Complaint]()
    narrowed = _narrowed(_spelled(tags, outline.tags), include, exclude)
    picked = chosen(narrowed, outline.operations, (), complaints)
    operations = document.contents([operation.key for operation in picked]).operations
    auth, auth_notes = signs_in({**entry, "requirements": {}}, outline, operations, raw)
    limit, limit_notes = rate_limit(raw, operations)
    reach = Reach(prefix(entry), str(entry.get("service", "")), outline, found_at)
    base_url, base_notes = reach.base_url()
    environments = reach.environments(auth, operations)
    more = {"environments": environments, "requirements": {**base_url, **auth, **limit, **narrowed}}
    return Proposed(
        {key: value for key, value in more.items() if value},
        tuple(operation.key for operation in picked),
        (*base_notes, *auth_notes, *limit_notes),
        tuple(complaints),
    )


def _narrowed(tags: Sequence[str], include: Sequence[str], exclude: Sequence[str]) -> dict[str, list[str]]:
    told = {"tags": list(tags), "include": list(include), "exclude": list(exclude)}
    return {key: value for key, value in told.items() if value}


def _spelled(tags: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Tags as the document spells them."""
    spelling = {tag.casefold(): tag for tag in known}
    return [spelling.get(tag.casefold(), tag) for tag in tags]
