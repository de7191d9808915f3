"""What is wrong with an answer, beyond its JSON Schema: it may claim nothing that its question does not show.

An answer may cover a part of its question: the offline answer stands for the rest. A fault is short and ends
with its mend, since it goes into the prompt that asks again.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from . import fitness, guidance, inquiry, proposed
from .answers import LONGEST, examples
from .checks import TAKEN
from .grouping import settle
from .inquiry import Inputs
from .naming import thing, usual_verb
from .posed import posed
from .wording import Wording, contradiction

Faults = Iterator[str]
KEYED = frozenset({"naming", "summaries", "examples", "errors"})  # answers that are mappings of open keys
MOST = 20  # faults that are told
EMPTY_WORDS = frozenset(
    {"example", "sample", "string", "test", "text", "value", "foo", "bar", "none", "null"}
)
_DESCRIBES = re.compile(
    r"(?i)\b(?:string|integer|boolean|number|text)(?:,| (?:of|that|with)\b)"
    r"|\b(?:parameter|placeholder|sample|characters|iso[ -]?8601)\b"
    r"|\bat (?:most|least)\b|\bexample (?:value|of)\b|\?$"
    r"|^(?:an?|the|your) (?:name|value|id|number|date|time|text|description|title) (?:of|that|for)\b"
)
LONGEST_FAULT = 300  # characters
MOST_CASES = 3  # of one operation
MOST_SHOWN = 80  # characters of a key in a fault


def verify(subtask: str, inputs: Inputs, answer: Any) -> list[str]:
    """The faults of an answer that its schema admits; an unknown question has none."""
    check = CHECKS.get(subtask)
    if check is None:
        return []
    if not isinstance(answer, Mapping):
        return ["answer with one JSON object."]
    if not answer and subtask in KEYED and posed(subtask, inputs, {}) is not None:
        return ["it answers nothing. Give a value for each key that you are sure of."]
    return _first(check(inputs, answer))


def _first(faults: Faults) -> list[str]:
    """The first faults, each once; what a long answer has beyond them is not even looked for."""
    found: dict[str, None] = {}
    for fault in faults:
        found[fault[:LONGEST_FAULT]] = None
        if len(found) == MOST:
            break
    return list(found)


def _about(key: str, faults: Iterable[str]) -> Faults:
    """The faults of one part of an answer, with its name in front."""
    for fault in faults:
        yield f"{key[:MOST_SHOWN]}: {fault}"


def _known(key: str, known: Mapping[str, Any], what: str = "operation") -> str:
    """What is wrong with the name of an operation, or of anything else that the inputs list; or ""."""
    if key in known:
        return ""
    near = difflib.get_close_matches(key[:200], known, n=1, cutoff=0.5)
    mend = f"Did you mean {near[0][:MOST_SHOWN]!r}?" if near else "Copy one from the data, or leave it out."
    return f"{key[:MOST_SHOWN]!r} is no {what} of the data. {mend}"


def _operations(inputs: Inputs, answer: Mapping[str, Any]) -> Faults:
    wording = Wording(str(inputs.get("service") or ""), inquiry.words(inputs))
    base = urlsplit(str(inputs.get("requirements.base_url") or "")).path.rstrip("/")
    seen: set[str] = set()
    for operation in answer.get("endpoints") or ():
        method, path = str(operation.get("method")), str(operation.get("path"))
        key, summary = f"{method} {path}", str(operation.get("summary", ""))
        yield from _about(key, proposed.faults(operation))
        yield from _about(key, _summary(summary, method, path, wording))
        if base and f"{path}/".startswith(f"{base}/"):
            yield f"{key}: base_url ends in {base} already. Begin behind it."
        if (bare := re.sub(r"{[^{}]*}", "{}", key)) in seen:
            yield f"{key}: it is there twice. Leave one out."
        seen.add(bare)


def _naming(inputs: Inputs, answer: Mapping[str, Any]) -> Faults:
    known = inquiry.operations(inputs)
    settled = settle(list(known.values()), str(inputs.get("requirements.layout") or ""), answer, {}, TAKEN)
    for key, name in answer.items():
        if fault := _known(key, known):
            yield fault
            continue
        declared, (group, used) = known[key].get("name"), settled[key]
        if declared and name != declared:
            yield f"{key}: its name is declared. Keep {declared!r}."
        elif name != used:
            yield from _about(key, _refused(name, group, settled))
        elif not declared:
            documented = bool(known[key].get("id"))
            yield from _about(key, _verb(name.partition("_")[0], key, documented=documented))
            yield from _about(key, () if documented else _noun(name, key))


def _noun(name: str, key: str) -> Faults:
    """A name has a word of what it is about; a path that has no words may be called anything."""
    about = _stems(key.partition(" ")[2])
    if about and about.isdisjoint(_stems(name.partition("_")[2])):
        yield f"{name[:60]!r} has no word of its path. Name what the path is about."


def _stems(text: str) -> frozenset[str]:
    """The words of a text, told apart by how they begin: pet is pets."""
    return frozenset(word[:3].lower() for word in re.findall("[A-Za-z][a-z]*", text) if len(word) > 2)


def _refused(name: str, group: str, settled: Mapping[str, tuple[str, str]]) -> Faults:
    """Why a name was not taken."""
    holder = next((key for key, taken in settled.items() if taken == (group, name)), None)
    if holder:
        yield f"{holder[:MOST_SHOWN]} is {name!r} already. Name what is different here."
    else:
        yield f"{name[:60]!r} is taken, or no Python name. Write a verb and a noun, like get_{name[:40]}."


def _verb(verb: str, key: str, *, documented: bool) -> Faults:
    """What is wrong with the verb of a name: it lies, or says one thing of many; a document knows better."""
    method, _, path = key.partition(" ")
    usual = usual_verb(method, path)
    if fault := contradiction(method, path, verb):
        yield fault
    elif {verb, usual} == {"get", "list"} and not documented:
        yield f"it gives {'many things' if usual == 'list' else 'one thing'}. Begin with {usual}_."


def _summaries(inputs: Inputs, answer: Mapping[str, Any]) -> Faults:
    known, wording = inquiry.operations(inputs), _wording(inputs)
    for key, text in answer.items():
        if fault := _known(key, known):
            yield fault
        elif declared := known[key].get("summary"):
            if text != declared:
                yield f"{key[:MOST_SHOWN]}: its summary is declared. Leave it out."
        else:
            method, _, path = key.partition(" ")
            yield from _about(key, _summary(str(text), method, path, wording))


def _summary(text: str, method: str, path: str, wording: Wording) -> Faults:
    yield from wording.sentence(text, LONGEST)
    if fault := contradiction(method, path, text.partition(" ")[0]):
        yield fault


def _wording(inputs: Inputs) -> Wording:
    return Wording(str(inputs.get("service") or ""), inquiry.words(inputs), inquiry.paths(inputs))


def _examples(inputs: Inputs, answer: Mapping[str, Any]) -> Faults:
    known, types, usual = inquiry.named(inputs), inquiry.types(inputs), examples(inputs)
    for name, value in answer.items():
        if fault := _known(name, known, "parameter or field"):
            yield fault
        elif _is_empty(value) and value != usual.get(name):
            yield f"{name}: {value!r} says nothing. Write what a user of this service would write there."
        else:
            yield from _about(name, fitness.faults(value, name, known[name], types))


def _is_empty(value: Any) -> bool:
    """Is it words about a value in the place of one? A small model repeats "a string" of its question."""
    if not isinstance(value, str):
        return False
    return re.sub("^an? ", "", value.strip().lower()) in EMPTY_WORDS or bool(_DESCRIBES.search(value))


def _errors(inputs: Inputs, answer: Mapping[str, Any]) -> Faults:
    known, wording = inquiry.operations(inputs), _wording(inputs)
    for key, text in answer.items():
        operation, _, status = key.rpartition(" ")
        if fault := _known(operation, known):
            yield fault
        elif not re.fullmatch("[45][0-9]{2}", status):
            yield f"{key[:MOST_SHOWN]}: no error status. Write one from 400 to 599 behind the path."
        elif declared := (known[operation].get("errors") or {}).get(status):
            if text != declared:
                yield f"{key[:MOST_SHOWN]}: its meaning is declared. Leave it out."
        else:
            yield from _about(key, wording.sentence(str(text), LONGEST))
            yield from _about(key, _lacks(str(text), operation) if status == "404" else ())


def _lacks(text: str, operation: str) -> Faults:
    """What the meaning of a 404 does not name: the very thing that is not there."""
    absent = thing(*operation.split(" ", 1))
    if absent.rpartition(" ")[2].lower() not in text.lower():
        yield f"name what is not there: {absent}."


def _test_cases(inputs: Inputs, answer: Mapping[str, Any]) -> Faults:
    known, types = inquiry.operations(inputs), inquiry.types(inputs)
    seen: list[str] = []
    for case in answer.get("cases") or ():
        key, given = str(case.get("operation")), dict(case.get("arguments") or {})
        if fault := _known(key, known):
            yield fault
            continue
        whole = json.dumps([key, given], sort_keys=True, default=str)
        if whole in seen:
            yield f"{key[:MOST_SHOWN]}: a case is there twice. Change an argument, or leave one out."
        seen.append(whole)
        if sum(said.startswith(f"[{json.dumps(key)}, ") for said in seen) > MOST_CASES:
            yield f"{key[:MOST_SHOWN]}: it has more than {MOST_CASES} cases. Leave some out."
        yield from _about(key, _arguments(given, inquiry.arguments(known[key], types), types))


def _arguments(
    given: Mapping[str, Any], known: Mapping[str, inquiry.Argument], types: Mapping[str, Any]
) -> Faults:
    """What is wrong with the arguments of one call; a list or an object is never one of them."""
    for name, value in given.items():
        if fault := _known(name, known, "argument"):
            yield fault
        elif not known[name].is_given:
            yield f"{name} is no plain value. Leave it out."
        elif value in ("", ".", ".."):
            yield f"{name}: write a value that is not empty."
        else:
            yield from _about(name, fitness.faults(value, name, [known[name].schema], types))
    supplied = [known[name] for name in given if name in known]
    for name, argument in known.items():
        if argument.required and argument.is_given and not any(argument is one for one in supplied):
            yield f"{name} is required. Give it a value."
            supplied.append(argument)  # it may have two names


CHECKS: Mapping[str, Callable[[Inputs, Mapping[str, Any]], Faults]] = {
    "operations": _operations,
    "naming": _naming,
    "summaries": _summaries,
    "examples": _examples,
    "errors": _errors,
    "test_cases": _test_cases,
    "overview": guidance.overview,
    "troubleshooting": guidance.troubleshooting,
}
