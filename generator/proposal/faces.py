"""What people and machines see of a proposal and of a document that was looked at again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from generator.modelling.prose import first_sentence
from generator.proposal.add import NEXT, Proposal
from generator.report import columns, count

ROWS = 40
UNTAGGED = "(no tag)"
MANY = 60


def proposal_text(proposal: Proposal) -> str:
    """The table of tags, the diff, what else is written, and what to know."""
    return "\n".join([*_head(proposal), "", *_table(proposal), "", proposal.diff, "", *_besides(proposal)])


def proposal_json(proposal: Proposal, *, written: bool) -> dict[str, Any]:
    """The same for machines."""
    entry = proposal.entry
    return {
        "name": entry.raw["name"],
        "entry": entry.raw,
        "written": written,
        "diff": proposal.diff,
        "files": {path: hashlib.sha256(data).hexdigest() for path, data in proposal.files.items()},
        "laid": list(proposal.laid),
        "operations": len(proposal.outline.operations),
        "chosen": [" ".join(key) for key in entry.chosen],
        "tags": [{"tag": tag, "operations": all_, "chosen": some} for tag, all_, some in tags(proposal)],
        "secrets": list(entry.secrets),
        "notes": list(entry.notes),
        "next": NEXT,
    }


def tags(proposal: Proposal) -> list[tuple[str, int, int]]:
    """Each tag in the document's order, with its operations and how many of them are chosen."""
    chosen, listed = set(proposal.entry.chosen), proposal.outline.operations
    every = Counter(tag for o in listed for tag in (o.tags or ("",)))
    some = Counter(tag for o in listed if o.key in chosen for tag in (o.tags or ("",)))
    names = [*(tag for tag in proposal.outline.tags if tag in every), *([""] if every[""] else [])]
    return [(tag, every[tag], some[tag]) for tag in names]


def _head(proposal: Proposal) -> Iterator[str]:
    outline, raw = proposal.outline, proposal.entry.raw
    chosen, all_ = len(proposal.entry.chosen), len(outline.operations)
    picked = (
        f"{count(all_, 'operation')}, all chosen"
        if chosen == all_
        else f"{chosen} of {all_} operations chosen"
    )
    kind = "Swagger" if outline.version.startswith("2") else "OpenAPI"
    yield f"{raw['name']} · {shown(raw['service'])} · {kind} {shown(outline.version)} · {picked}"


def _table(proposal: Proposal) -> Iterator[str]:
    rows = tags(proposal)
    about = proposal.outline.tags
    table = [("TAG", "OPERATIONS", "CHOSEN", "")]
    for tag, every, some in rows[:ROWS]:
        words = first_sentence(about.get(tag, ""), 60)
        table.append((shown(tag) or UNTAGGED, str(every), str(some), words))
    yield columns(table)
    if len(rows) > ROWS:
        yield f"and {len(rows) - ROWS} more tags"


def _besides(proposal: Proposal) -> Iterator[str]:
    for path, data in proposal.files.items():
        yield f"+ {path} ({_size(len(data))})"
    yield from (f"+ {path}" for path in proposal.laid)
    if proposal.entry.secrets:
        yield f"secrets: the adapter reads {', '.join(proposal.entry.secrets)} from the environment"
    yield from (shown(note) for note in proposal.entry.notes)
    if len(proposal.entry.chosen) > MANY and len(tags(proposal)) > 1:
        yield "narrow it: --tag TAG, --include 'GET /path/*', --exclude GLOB choose from these operations"


def shown(text: str) -> str:
    """One line of a foreign text, with nothing that moves a terminal's cursor."""
    plain = "".join(c if c.isprintable() else " " for c in text[:300])
    return " ".join(plain.split())


def _size(number: int) -> str:
    if number < 1024:
        return f"{number} bytes"
    return f"{number / 1024:.0f} KiB" if number < 2**20 else f"{number / 2**20:.1f} MiB"
