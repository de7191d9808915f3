"""JSON as its standard has it, and no larger than an answer can be.

Python's own reader also takes NaN and Infinity, keeps the last of two equal keys, and follows any nesting.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, NoReturn

from generator.subtasks.hygiene import shortened

LEVELS = 24
DIGITS = 30  # of one number


class Unfit(Exception):
    """A text is no JSON that can be used; the message says why."""


def loads(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        Unfit: it is no JSON, or holds what JSON has not, or what Python would lose.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_constant,
            parse_int=_whole_number,
            parse_float=_number,
        )
    except RecursionError:
        raise Unfit(f"it is nested more than {LEVELS} levels deep") from None
    except ValueError as error:
        raise Unfit(shortened(str(error), 200)) from None
    if not _is_shallow(value):
        raise Unfit(f"it is nested more than {LEVELS} levels deep")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise Unfit(f"the key {shortened(twice, 80)!r} stands there twice")
    return found


def _constant(name: str) -> NoReturn:
    raise Unfit(f"{name} is no JSON number")


def _whole_number(digits: str) -> int:
    if len(digits) > DIGITS:
        raise Unfit(f"a number has more than {DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits) if len(digits) <= 2 * DIGITS else math.inf
    if not math.isfinite(value):
        raise Unfit("a number is too large or too long")
    return value


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(LEVELS + 1):
        level = [each for item in level for each in inner(item)]
        if not level:
            return True
    return False


def inner(value: Any) -> list[Any]:
    """Return what lies directly in a value: a mapping's values, or a list's items."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
