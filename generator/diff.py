"""Say in the manifest's words what changed between two versions of an entry."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any

from generator.lock import STEERING, canonical, identity

DOCUMENTED = "documented"  # the stored digests of what a document says, by operation
FILES = "files"  # the stored digests of files that the entry names, by path
MAX_VALUE = 40
MAX_PLACES = 3

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[0-9]{1,9}")


def diff_entries(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one reason for each change: ``rate_limit changed: 5000/hour → 100/minute``.

    Both entries are normalised. *old* may be in a lock's order; *new* is in the manifest's, which is what an
    index counts. Items of a list are the same item when their identity (method and path, or name) is; items
    without one are compared by position. Empty and absent are not told apart. Text is shown only where it is
    short and printable. Entries that differ in nothing but order give no reason.
    """
    before, after = _fields(old), _fields(new)
    documented = _documented(before.pop(DOCUMENTED, None), after.pop(DOCUMENTED, None), new.get("spec"))
    files = _files(before.pop(FILES, None), after.pop(FILES, None))
    order = [*after, *(key for key in before if key not in after)]
    changes = (reason for key in order for reason in _changes(key, before.get(key), after.get(key)))
    return (*documented, *files, *changes)


def _files(old: Any, new: Any) -> Iterator[str]:
    """One reason for each file: added, changed or removed."""
    before, after = (found if isinstance(found, Mapping) else {} for found in (old, new))
    for path in sorted({*before, *after}):
        verb = "added" if path not in before else "removed" if path not in after else "changed"
        if before.get(path) != after.get(path):
            yield f"{_shown(path) or 'a file'} {verb}"


def _documented(old: Any, new: Any, path: Any) -> Iterator[str]:
    """What a document says otherwise of the chosen operations, as one reason for each kind of change."""
    before, after = (found if isinstance(found, Mapping) else {} for found in (old, new))
    if not before or not after:
        return  # that the entry has a document now, or has none any more, says it all
    added = [key for key in after if key not in before]
    gone = [key for key in before if key not in after]
    other = [key for key in after if key in before and before[key] != after[key]]
    for verb, keys in (("added", added), ("changed", other), ("removed", gone)):
        if keys:
            yield f"{_shown(path) or 'the document'}: {_counted(keys)} {verb}"


def _counted(keys: list[str]) -> str:
    shown = ", ".join(key for key in keys[:MAX_PLACES] if key.isprintable())
    more = f" and {len(keys) - MAX_PLACES} more" if len(keys) > MAX_PLACES else ""
    return f"{shown}{more}" if len(shown) <= 4 * MAX_VALUE else f"{len(keys)} operations"


def _fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's keys with those of ``requirements`` lifted beside them, as people speak of them."""
    flat = {key: value for key, value in entry.items() if key not in STEERING and key != "requirements"}
    requirements = entry.get("requirements")
    if not isinstance(requirements, Mapping):
        return flat | {"requirements": requirements}
    lifted = {_step("requirements" if key in flat else "", key): value for key, value in requirements.items()}
    return flat | lifted


def _changes(where: str, old: Any, new: Any) -> Iterator[str]:
    if canonical(old) == canonical(new):
        return
    if _absent(old) or _absent(new):
        yield from _appearance(where, old, new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mapping_changes(where, old, new)
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        yield from _list_changes(where, list(old), list(new))
    else:
        yield f"{where} changed{_was_now(old, new)}"


def _appearance(where: str, old: Any, new: Any) -> Iterator[str]:
    if not _absent(old):
        yield f"{where} removed"
    elif not _absent(new):
        shown = _shown(new)
        yield f"{where} added{': ' + shown if shown else ''}"


def _mapping_changes(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = ({_word(key): value for key, value in side.items()} for side in (old, new))
    for key in [*after, *(key for key in before if key not in after)]:
        yield from _changes(_step(where, key), before.get(key), after.get(key))


def _list_changes(where: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    doubled = _doubled(old) | _doubled(new)
    before, after = _named(old, doubled), _named(new, doubled)
    if before is None or after is None:
        before, after = dict(enumerate(old)), dict(enumerate(new))
    for index, (key, item) in enumerate(after.items()):
        if key not in before:
            yield f"{where}[{index}] added{_title(key)}"
        else:
            yield from _summary(f"{where}[{index}]", list(_changes(f"{where}[{index}]", before[key], item)))
    for index, key in enumerate(before):
        if key not in after:
            # A lock keeps its lists sorted, so only an item without identity has a position worth naming.
            yield f"{where}[{index}] removed" if isinstance(key, int) else f"{where} removed{_title(key)}"


def _summary(where: str, reasons: list[str]) -> list[str]:
    return reasons if len(reasons) <= MAX_PLACES else [f"{where} changed in {len(reasons)} places"]


def _doubled(items: list[Any]) -> set[str | None]:
    """Identities that do not tell these items apart."""
    return {key for key, count in Counter(map(identity, items)).items() if count > 1}


def _named(items: list[Any], doubled: Container[str | None]) -> dict[Any, Any] | None:
    """Items by identity (where that is doubled, by name too), or None when one has none."""
    found: dict[Any, Any] = {}
    for item in items:
        key = identity(item)
        if key is None:
            return None
        if key in doubled and isinstance(item.get("name"), str):
            key = f"{key} {item['name']}"
        while key in found:
            key += "'"
        found[key] = item
    return found


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def _word(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def _step(where: str, key: Any) -> str:
    word = _word(key)
    if not _PLAIN.fullmatch(word):
        return f"{where}[{word[:MAX_VALUE]!a}]"
    return f"{where}.{word}" if where else word


def _title(key: Any) -> str:
    return f": {key}" if isinstance(key, str) and len(key) <= 2 * MAX_VALUE and key.isprintable() else ""


def _was_now(old: Any, new: Any) -> str:
    was, now = _shown(old), _shown(new)
    return f": {was} → {now}" if was and now else ""


def _shown(value: Any) -> str:
    """A scalar as the manifest would write it, or nothing when it is long, compound or not plain text."""
    if isinstance(value, list | tuple | Mapping):
        return ""
    text = _word(value)
    return text if len(text) <= MAX_VALUE and text.isprintable() else ""
