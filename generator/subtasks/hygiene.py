"""What may leave for a model: text that can be seen, bounded data, nothing that could be a credential.

Entries and documents are written by others. Nothing here makes their text true or kind; it only sees to it
that what a model reads is what a person would see, that it ends, and that it cannot pass for anything but
data: runs of dashes and the marks that chat templates are made of lose their meaning.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import SecretInPromptError
from generator.reading.secrets_lint import leaks, misplaced

TEXT = 500  # characters of one text among many
OWN = 2_000  # characters of a text that is an input itself, or a field of one: a description, say
DATA = 24_000  # characters of all inputs together, as JSON
LEVELS = 40
MORE = "…"

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that nothing is drawn for: fillers, joiners, variation selectors.
_DRAWN_AS_NOTHING = frozenset(
    map(chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)])
) | frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_BREAKS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\v": "\n", "\f": "\n"})
_DASHES = re.compile(r"-{4,}")
_CHAT_MARK = re.compile(r"(?i)<(?=[|｜]|/?(?:s|bos|eos|think|(?:start|end)_of_turn)>|<SYS>)|\[(?=/?INST\])")
_WHOLE = 10**40  # a whole number beyond this is nobody's example


def unseen(text: str) -> str:
    """Return the first character of *text* that nobody would see, line breaks and tabs aside, or ""."""
    if text.isascii() and text.isprintable():
        return ""
    return next(filter(_is_unseen, text), "")


def _is_unseen(character: str) -> bool:
    if character in "\n\t":
        return False
    return unicodedata.category(character) in _UNSEEN or character in _DRAWN_AS_NOTHING


def visible(text: str) -> str:
    """Return *text* without characters that nobody would see; odd line breaks become usual ones."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)
    return plain if not unseen(plain) else "".join(c for c in plain if not _is_unseen(c))


def inert(text: str) -> str:
    """Return visible *text* in which no line can pass for a delimiter and no mark for a chat template's."""
    return _CHAT_MARK.sub(lambda found: f"{found[0]} ", _DASHES.sub("---", text))


def shortened(text: str, limit: int = TEXT) -> str:
    """Return *text*, or its beginning with … behind it; never more than *limit* characters."""
    return text if len(text) <= limit else text[: limit - len(MORE)] + MORE


def tidy(value: Any, levels: int = LEVELS) -> Any:
    """Return *value*, the inputs, as JSON data whose texts are visible, inert and short."""
    if isinstance(value, str):
        return shortened(inert(visible(value)), OWN if levels >= LEVELS - 2 else TEXT)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < _WHOLE else MORE
    if not levels:
        return MORE
    if isinstance(value, Mapping):
        keys = sorted(value, key=str, reverse=True)  # of two that look alike, the first one stays
        return {tidy(str(key), 0): tidy(value[key], levels - 1) for key in keys}
    if isinstance(value, list | tuple):
        return [tidy(item, levels - 1) for item in value]
    return tidy(str(value), 0)


def compact(value: Any) -> str:
    """Return *value* as JSON in its one order, on one line."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fit(inputs: Mapping[str, Any], room: int = DATA) -> tuple[dict[str, Any], dict[str, int]]:
    """Return *inputs* so that their JSON fits *room*, and how many items of which input were left out.

    Short inputs stay whole and long ones share what is left; a list or mapping is cut between its items.
    """
    sizes = {name: len(compact({name: value})) for name, value in inputs.items()}
    shares = _shares(sizes, room)
    fitted, left = {}, {}
    for name, value in inputs.items():
        fitted[name], missing = _cut(value, shares[name] - len(compact({name: 0})) + len("0"))
        if missing:
            left[name] = missing
    return fitted, dict(sorted(left.items()))


def _shares(sizes: Mapping[str, int], room: int) -> dict[str, int]:
    shares: dict[str, int] = {}
    for name in sorted(sizes, key=lambda each: (sizes[each], each)):
        shares[name] = min(sizes[name], room // (len(sizes) - len(shares)))
        room -= shares[name]
    return shares


def _cut(value: Any, room: int) -> tuple[Any, int]:
    if len(compact(value)) <= room:
        return value, 0
    if isinstance(value, dict):
        pairs, missing = _cut_items(list(value.items()), room)
        return dict(pairs), missing
    return _cut_items(value, room) if isinstance(value, list) else (None, 1)


def _cut_items(items: list[Any], room: int) -> tuple[list[Any], int]:
    """The items from the first on that fit as they are; when not even the first one does, a part of it."""
    kept: list[Any] = []
    used = len("[]")
    for item in items:
        used += len(compact(item)) + 1
        if used > room:
            break
        kept.append(item)
    if kept or not items:
        return kept, len(items) - len(kept)
    part, missing = _cut_first(items[0], room - len("[]"))
    return part, missing + len(items) - 1


def _cut_first(item: Any, room: int) -> tuple[list[Any], int]:
    """A part of an item or of a pair (key, value), or nothing where no part fits."""
    if isinstance(item, tuple):
        value, missing = _cut(item[1], room - len(compact(item[0])) - 1)
        return ([(item[0], value)], missing) if value else ([], 1)
    value, missing = _cut(item, room)
    return ([value], missing) if value else ([], 1)


def refuse_secrets(inputs: Mapping[str, Any]) -> None:
    """Look at every text and key of *inputs*, and at keys that hold credentials but name no variable.

    Raises:
        SecretInPromptError: one could be a credential; the message says where, and never shows it.
    """
    for path, text in _texts(inputs, ""):
        if found := next(iter(leaks(visible(text))), None):
            raise SecretInPromptError(_said(path, f"holds {found.what}"))
    for pointer, message, _ in misplaced(_entry(inputs)):
        raise SecretInPromptError(_said(".".join(map(str, pointer)), message.rstrip(".")))


def _said(path: str, message: str) -> str:
    place = shortened(visible(path), 200)
    return f"{place} {message}. Nothing was sent to a model. Take it out of the entry or its document."


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in JSON data and where it stands; the keys of a path before what it leads to."""
    waiting = [(value, path)]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            yield from ((f"a key of {path or 'the inputs'}", str(key)) for key in value)
            waiting += [(inner, f"{path}.{key}".lstrip(".")) for key, inner in reversed(list(value.items()))]
        elif isinstance(value, list | tuple):
            waiting += [(value[at], f"{path}[{at}]") for at in range(len(value) - 1, -1, -1)]


def _entry(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The entry that a slice was taken of, as far as paths like ``requirements.auth`` tell."""
    entry: dict[str, Any] = {}
    for path, value in sorted(inputs.items()):
        *above, last = path.split(".")
        if "[" in path or "{" in path:
            continue
        inside = entry
        for step in above:
            below = inside.setdefault(step, {})
            inside[step] = inside = dict(below) if isinstance(below, Mapping) else {}
        inside[last] = value
    return entry
