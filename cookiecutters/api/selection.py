"""Which operations of a document an entry wants: by tag, by glob, by listing them. What matches none is told.

A glob is held against ``METHOD /path``, ``/path``, the operationId and ``tag.operationId``, in any case:
``customers.*``, ``GET /v1/charges/*``, ``/v1/refunds*``, ``list*``. Without any of these, all are chosen.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from typing import Any

from generator.shapes import Complaint
from generator.specs.facts import Key, Listed


def chosen(
    requirements: Mapping[str, Any], listed: Sequence[Listed], own: Iterable[Key], complaints: list[Complaint]
) -> list[Listed]:
    """The operations to build, in the document's order; *own* are the keys of ``endpoints``."""
    tags, include, exclude = (_texts(requirements.get(key)) for key in ("tags", "include", "exclude"))
    told = set(own)
    if not (tags or include or told):
        wanted = {operation.key for operation in listed}
    else:
        wanted = {operation.key for operation in listed if operation.key in told}
    wanted |= _tagged(tags, listed, complaints)
    wanted |= _matching("include", include, listed, complaints)
    wanted -= _matching("exclude", exclude, listed, complaints) - told
    return [operation for operation in listed if operation.key in wanted]


def nearest(key: Key, listed: Sequence[Listed]) -> str:
    """The operation that was meant, as a mend."""
    names = {f"{operation.method} {operation.path}": None for operation in listed}
    found = difflib.get_close_matches(" ".join(key), names, n=1, cutoff=0.6)
    same = [name for name in names if name.endswith(f" {key[1]}")]
    near = next(iter([*same, *found]), None)
    return f"Did you mean {near!r}?" if near else "Say what it takes and returns, or remove it."


def _tagged(tags: Sequence[str], listed: Sequence[Listed], complaints: list[Complaint]) -> set[Key]:
    known = {tag.casefold(): tag for operation in listed for tag in operation.tags}
    for index, tag in enumerate(tags):
        if tag.casefold() not in known:
            near = difflib.get_close_matches(tag.casefold(), known, n=1)
            shown = ", ".join(list(known.values())[:8]) or "none"
            mend = f"Did you mean {known[near[0]]!r}?" if near else f"It has {shown}."
            said = f"no operation of the document has the tag {tag[:60]!r}. {mend}"
            complaints.append(Complaint(("requirements", "tags", index), said))
    wanted = {tag.casefold() for tag in tags}
    return {o.key for o in listed if not wanted.isdisjoint(tag.casefold() for tag in o.tags)}


def _matching(
    key: str, globs: Sequence[str], listed: Sequence[Listed], complaints: list[Complaint]
) -> set[Key]:
    found: set[Key] = set()
    names = [(operation.key, [name.casefold() for name in _names(operation)]) for operation in listed]
    for index, glob in enumerate(globs):
        match = re.compile(translate(glob.strip().casefold())).match
        these = {operation for operation, known in names if any(map(match, known))}
        if not these:
            said = f"{glob[:60]!r} matches no operation of the document. {_hint(glob, listed)}"
            complaints.append(Complaint(("requirements", key, index), said))
        found |= these
    return found


def _names(operation: Listed) -> Iterator[str]:
    yield f"{operation.method} {operation.path}"
    yield operation.path
    if operation.id:
        yield operation.id
    for tag in operation.tags:
        yield f"{tag}.{operation.id}"


def _hint(glob: str, listed: Sequence[Listed]) -> str:
    names = [name for operation in listed for name in _names(operation)]
    near = difflib.get_close_matches(glob, names, n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else "Write GET /path/*, an operationId or tag.*."


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]
