"""Whether what arrived is what was meant: text against values, values against values."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from generator.gates._oracles._styles import Typed

Usual = Mapping[str, Sequence[Any]]
NOTHING: Usual = {}
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z")


def agrees(found: Any, meant: Any) -> bool:
    """Return whether decoded text is the value that was *meant*."""
    if isinstance(found, Typed):
        return same(meant, found.value)
    if isinstance(meant, Mapping | list) and isinstance(found, str) and _is_json(found, meant):
        return True  # what has parts inside a part is written as JSON: the styles say nothing of it
    if isinstance(meant, Mapping):
        return _same_keys(found, meant) and all(
            agrees(found[key], value) for key, value in meant.items() if key in found
        )
    if isinstance(meant, list):
        return _same_items(found, meant)
    return isinstance(found, str) and _reads(found, meant)


def _is_json(found: str, meant: Any) -> bool:
    try:
        return same(meant, json.loads(found))
    except ValueError:
        return False


def traceless(value: Any) -> bool:
    """Return whether a value leaves nothing in text: null, and lists and mappings that hold nothing else."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    return value is None if inner is None else all(map(traceless, inner))


def _same_items(found: Any, meant: list[Any]) -> bool:
    """Items that leave nothing are missing from a list; where items are numbered, their numbers are too."""
    told = {str(index): item for index, item in enumerate(meant) if not traceless(item)}
    if isinstance(found, Mapping):
        return found.keys() == told.keys() and all(agrees(found[key], item) for key, item in told.items())
    listed = found if isinstance(found, list) else [found]
    wanted = meant if len(listed) == len(meant) else list(told.values())
    return len(listed) == len(wanted) and all(map(agrees, listed, wanted))


def _same_keys(found: Any, meant: Mapping[str, Any]) -> bool:
    """An empty list or mapping, and null, leave no trace in text."""
    if not isinstance(found, Mapping):
        return False
    needed = {key for key, value in meant.items() if not traceless(value)}
    return needed <= set(found) <= set(meant)


def _reads(found: str, meant: Any) -> bool:
    if meant is None:
        return found in ("", "null")
    if isinstance(meant, bool):
        return found == ("true" if meant else "false")
    if isinstance(meant, int | float):
        try:
            return float(found) == meant and (
                isinstance(meant, float) or re.fullmatch(r"-?\d+", found) is not None
            )
        except ValueError:
            return False
    return found == meant or (isinstance(meant, str) and same_text(found, meant))


def same_text(one: str, other: str) -> bool:
    """Return whether two texts are one moment, one duration, or the same bytes in base64."""
    return one == other or any(
        (mine := read(one)) is not None and mine == read(other) for read in (_moment, _duration, _bytes)
    )


def _moment(text: str) -> Any:
    for read in (datetime.fromisoformat, time.fromisoformat):
        try:
            return read(text) if len(text) > 5 else None
        except ValueError:
            continue
    return None


def _duration(text: str) -> float | None:
    match = DURATION.match(text)
    if match is None or text in ("P", "PT"):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if len(text) % 4 == 0 else None
    except (binascii.Error, ValueError):
        return None


def same(meant: Any, found: Any) -> bool:
    """Return whether two JSON values are equal, times and numbers by what they mean."""
    return not difference(meant, found)


def difference(meant: Any, found: Any, usual: Usual = NOTHING, at: str = "") -> str:
    """Return the first difference, or "". Null and absent are one, and so are absent and *usual*:
    a field's default, or the only value that it may have, by the field's name.
    """
    where = at or "the value"
    if isinstance(meant, Mapping):
        if not isinstance(found, Mapping):
            return f"{where} should be an object, not {_shown(found)}"
        return _in_fields(meant, found, usual, at)
    if isinstance(meant, list):
        if not isinstance(found, list) or len(found) != len(meant):
            return f"{where} should be a list of {len(meant)}, not {_shown(found)}"
        pairs = enumerate(zip(meant, found, strict=True))
        return next((said for i, (m, f) in pairs if (said := difference(m, f, usual, f"{at}[{i}]"))), "")
    return "" if _same_scalar(meant, found) else f"{where} should be {_shown(meant)}, not {_shown(found)}"


def _in_fields(meant: Mapping[str, Any], found: Mapping[str, Any], usual: Usual, at: str) -> str:
    for key, value in meant.items():
        inner = f"{at}.{key}" if at else key
        if key not in found:
            if not _needless(key, value, usual):
                return f"{inner} is missing; it should be {_shown(value)}"
        elif said := difference(value, found[key], usual, inner):
            return said
    more = [key for key, value in found.items() if key not in meant and not _needless(key, value, usual)]
    return f"{at + '.' if at else ''}{more[0]} was not asked for" if more else ""


def _needless(key: str, value: Any, usual: Usual) -> bool:
    return value is None or any(same(value, known) for known in usual.get(key, ()))


def _same_scalar(meant: Any, found: Any) -> bool:
    if isinstance(meant, bool) or isinstance(found, bool):
        return meant is found
    if isinstance(meant, str) and isinstance(found, str):
        return same_text(meant, found)
    return bool(meant == found)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
