"""What an entry for a document would say. It decides no byte of a package, so no fingerprint covers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.shapes import Complaint
from generator.specs.facts import Key

from ..document import Document
from ..selection import chosen
from ..settings import prefix
from .limits import rate_limit
from .reach import Reach
from .signing_in import signs_in


def propose(
    entry: Mapping[str, Any],
    document: Document,
    raw: Any,
    *,
    tags: Sequence[str] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    found_at: str = "",
) -> tuple[dict[str, Any], tuple[Key, ...], tuple[str, ...], list[Complaint]]:
    """What *entry* (name and service) needs besides its document.

    Returns the entry's further keys, the chosen operations, notes for a person, and complaints about *tags*
    and globs that match nothing. *raw* is the document as it was read; *found_at* the URL it was downloaded
    from. Secrets are names of environment variables.
    """
    outline, complaints = document.outline, list[Complaint]()
    narrowed = {"tags": _spelled(tags, outline.tags), "include": list(include), "exclude": list(exclude)}
    narrowed = {key: value for key, value in narrowed.items() if value}
    picked = chosen(narrowed, outline.operations, (), complaints)
    operations = document.contents([operation.key for operation in picked]).operations
    auth, auth_notes = signs_in({**entry, "requirements": {}}, outline, operations, raw)
    limit, limit_notes = rate_limit(raw, operations)
    reach = Reach(prefix(entry), str(entry.get("service", "")), outline, found_at)
    base_url, base_notes = reach.base_url()
    environments = reach.environments(auth, operations)
    requirements = {**base_url, **auth, **limit, **narrowed}
    more = {"environments": environments, "requirements": requirements}
    notes = (*base_notes, *auth_notes, *limit_notes)
    return (
        {key: value for key, value in more.items() if value},
        tuple(o.key for o in picked),
        notes,
        complaints,
    )


def _spelled(tags: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Tags as the document spells them."""
    spelling = {tag.casefold(): tag for tag in known}
    return [spelling.get(tag.casefold(), tag) for tag in tags]
