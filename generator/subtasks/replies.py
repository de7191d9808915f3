"""What a model said, read strictly: one JSON value or one block of code, or what is wrong with it.

A reply is hostile until it was read. Everything is bounded before it is parsed; a message of a fault tells
the model how to mend it. Whether a value answers the question is the question's own ``check``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Reply
from generator.subtasks.hygiene import shortened, unseen
from generator.subtasks.strict_json import Unfit, inner, loads

CHARACTERS = 200_000  # of a whole reply
CODE = 20_000  # characters of one block of code

REFUSALS = frozenset({"refusal", "content_filter"})
_THOUGHT = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.S)
_THOUGHT_END = re.compile(r"^[ \t]*</think>[ \t]*$", re.M)  # some servers swallow the mark that opens it
_APOLOGY = re.compile(
    r"(?i)\b(?:i['’]?m sorry|i am sorry|i apologi[sz]e|as an ai|i (?:can['’]?t|cannot|can not|won['’]?t)"
    r"|i(?: a|['’])m unable|unable to (?:help|assist|comply))\b"
)
_STRUCTURE = re.compile(r'["\\{}\[\]]')
_FENCE = re.compile(r" {0,3}(`{3,})[ \t]*([^`\n]*?)[ \t]*\Z")
_PYTHON = frozenset({"", "python", "python3", "py"})


@dataclass(frozen=True, slots=True)
class Value:
    """What can be checked: JSON data, or the text of a block of code."""

    value: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a reply holds no answer: blank, truncated, refusal, too large, not json or not code."""

    outcome: str
    message: str


def read(reply: Reply, subtask: Subtask) -> Value | Fault:
    """Return the one answer that a reply to *subtask* holds, or why there is none."""
    text = reply.text
    if len(text) > CHARACTERS:
        return Fault(
            "too large", "The answer was far too long. Give the answer alone, as short as it can be."
        )
    if reply.finish in REFUSALS:
        return Fault("refusal", _form(subtask, "The answer was a refusal."))
    if reply.finish == "length":
        return Fault(
            "truncated", "The answer was cut off at its limit. Give a shorter one, and nothing else."
        )
    text = _without_thought(text)
    if not text.strip():
        return Fault("blank", _form(subtask, "The answer was empty."))
    return _code(text, subtask) if subtask.kind == "code" else _data(text, subtask)


def _form(subtask: Subtask, said: str) -> str:
    if subtask.kind == "code":
        return f"{said} Answer with one block of code between a line ```python and a line ```."
    return f"{said} Answer with one JSON {_wanted(subtask)}."


def _wanted(subtask: Subtask) -> str:
    return "array" if subtask.schema.get("type") == "array" else "object"


def _without_thought(text: str) -> str:
    """What stands behind a reasoning model's thoughts."""
    if found := _THOUGHT.match(text):
        return text[found.end() :]
    end = _THOUGHT_END.search(text)  # no text of JSON has a line of its own
    return text[end.end() :] if end else text


def _data(text: str, subtask: Subtask) -> Value | Fault:
    kind = dict if _wanted(subtask) == "object" else list
    faults: list[str] = []
    found: list[Any] = []
    for candidate in (whole,) if (whole := _whole(text)) else _candidates(text, kind):
        try:
            found.append(loads(candidate))
        except Unfit as unfit:
            faults.append(str(unfit))
    if not faults and len(found) == 1:
        return _admitted(found[0], kind, subtask)
    if not faults and not found and _APOLOGY.search(text):
        return Fault("refusal", _form(subtask, "The answer was a refusal."))
    return Fault("not json", _form(subtask, _ambiguous(len(found), faults)))


def _ambiguous(values: int, faults: list[str]) -> str:
    if values + len(faults) > 1:
        return f"There were {values + len(faults)} JSON values."
    return f"The answer was no JSON: {faults[0]}." if faults else "The answer was no JSON."


def _admitted(value: Any, kind: type, subtask: Subtask) -> Value | Fault:
    if not isinstance(value, kind):
        return Fault("not json", _form(subtask, f"The answer was a JSON {_name(value)}."))
    wrong = unfit_text(value)
    return Fault("not json", wrong) if wrong else Value(value)


def _name(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _whole(text: str) -> str:
    """The text itself, or what its only fence holds, when that is JSON and nothing else; "" otherwise."""
    plain = text.strip()
    lines = plain.split("\n")
    if len(lines) > 2 and _FENCE.match(lines[0]) and lines[-1].strip() == "```":
        plain = "\n".join(lines[1:-1]).strip()
    try:
        json.loads(plain)
    except (ValueError, RecursionError):
        return ""
    return plain


def _candidates(text: str, kind: type) -> Iterator[str]:
    """Each outermost passage between brackets of the wanted kind that could be meant as JSON.

    What holds no quote, like {id}, is prose. A passage that is never closed counts.
    """
    opening, closing = "{}" if kind is dict else "[]"
    depth, start = 0, 0
    for at, bracket in _brackets(text, opening, closing):
        if bracket == opening:
            start = start if depth else at
            depth += 1
        elif depth:
            depth -= 1
            passage = "" if depth else text[start : at + 1]
            if '"' in passage or (passage and not passage[1:-1].strip()):
                yield passage
    if depth:
        yield text[start:]


def _brackets(text: str, opening: str, closing: str) -> Iterator[tuple[int, str]]:
    """Where brackets stand, but for those inside JSON's texts; outside of brackets, a quote is prose."""
    depth, quoted, skip = 0, False, -1
    for mark in _STRUCTURE.finditer(text):
        at, sign = mark.start(), mark[0]
        if at == skip:
            continue
        if sign == "\\":
            skip = at + 1 if quoted else skip
        elif sign == '"':
            quoted = depth > 0 and not quoted
        elif not quoted and sign in (opening, closing):
            depth = max(0, depth + (1 if sign == opening else -1))
            yield at, sign


def unfit_text(value: Any) -> str:
    """What is wrong with a text in a value of bounded depth, or ""."""
    if isinstance(value, str):
        # A pattern that ends in $ would let the last line break pass.
        if value != value.strip("\n\t"):
            shown = shortened(value, 40)
            return f"The text {shown!a} begins or ends with a line break or tab. Leave it out."
        return _seen(value, shortened(value, 40))
    if isinstance(value, dict):
        for key in value:
            if "\n" in key or "\t" in key:
                return f"The key {shortened(key, 40)!r} has a line break or tab in it. Write it on one line."
            if wrong := _seen(key, shortened(key, 40)):
                return wrong
    return next(filter(None, map(unfit_text, inner(value))), "")


def _seen(text: str, shown: str) -> str:
    if not (odd := unseen(text)):
        return ""
    return f"The text {shown!a} holds the invisible character U+{ord(odd):04X}. Leave it out."


def _code(text: str, subtask: Subtask) -> Value | Fault:
    blocks, is_open = _blocks(text.replace("\r\n", "\n"))
    if not blocks and _APOLOGY.search(text):
        return Fault("refusal", _form(subtask, "The answer was a refusal."))
    if is_open:
        return Fault("not code", _form(subtask, "The block of code was not closed."))
    if len(blocks) != 1:
        return Fault("not code", _form(subtask, f"There were {len(blocks) or 'no'} blocks of code."))
    language, code = blocks[0]
    if language.lower() not in _PYTHON:
        return Fault("not code", _form(subtask, "The block of code was not Python."))
    return _admitted_code(code, subtask)


def _blocks(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Every fenced block, as (language, text), and whether the last one is still open at the end."""
    blocks: list[tuple[str, str]] = []
    fence, language, held = "", "", list[str]()
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            if found and found[1] == fence and not found[2]:
                blocks.append((language, "\n".join(held)))
                fence, held = "", []
            else:
                held.append(line)
        elif found:
            fence, language = found[1], found[2]
    return ([*blocks, (language, "\n".join(held))], True) if fence else (blocks, False)


def _admitted_code(code: str, subtask: Subtask) -> Value | Fault:
    if not code.strip():
        return Fault("blank", _form(subtask, "The block of code was empty."))
    if len(code) > CODE:
        return Fault("too large", f"The code has more than {CODE:,} characters. Write it shorter.")
    if odd := unseen(code):
        return Fault("not code", f"The code holds the invisible character U+{ord(odd):04X}. Leave it out.")
    return Value(code.strip("\n") + "\n")
