"""Method names out of operationIds, where those were written for people.

The rule: what a framework added goes (``read_items_items__id__get``, ``UsersController_findAll``,
``getUsersUsingGET``), and so does a leading tag (``repos/list-for-org``); a verb behind its noun moves to the
front (``ContainerInspect`` → ``inspect_container``). An id that only repeats method and path, or that makes
no name, is not used: the path gives a better one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.modelling.names import identifier, is_plural, singular, snake

from .naming import ACTIONS, read_route

LONGEST = 48
_WORDS = 8
_USUAL = "get list create update delete add set put post patch find fetch retrieve inspect info ping top wait"
_VERBS = ACTIONS | frozenset(_USUAL.split())
_SPRING = re.compile(r"_using_(?:get|post|put|patch|delete|head|options)(?:_\d+)?\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def from_id(operation_id: str, method: str, path: str, tags: Sequence[str]) -> tuple[str, ...]:
    """A method's names, the best first; none where the id makes none worth having."""
    plain = _without_framework(operation_id, method, path)
    name = _SPRING.sub("", snake(_without_tag(plain, tags)))
    found = dict.fromkeys((_verb_first(name), name))
    return tuple(identifier(name) for name in found if _is_worth_having(name, method, path))


def _is_worth_having(name: str, method: str, path: str) -> bool:
    words = name.split("_")
    fits = _NAME.match(name) and len(words) <= _WORDS and len(name) <= LONGEST and name != method.lower()
    return bool(fits) and not _repeats_path(words, method, path)


def _without_framework(operation_id: str, method: str, path: str) -> str:
    """Without FastAPI's ``_<path>_<method>`` at the end."""
    end = f"{re.sub(r'[^A-Za-z0-9_]', '_', path)}_{method.lower()}"
    cut = operation_id[: -len(end)] if operation_id.lower().endswith(end.lower()) else ""
    return cut.rstrip("_") or operation_id


def _without_tag(operation_id: str, tags: Sequence[str]) -> str:
    """Without the tag, or a controller, in front."""
    head, joint, rest = _split(operation_id)
    if not joint or not re.search(r"[A-Za-z]{2}", rest):
        return operation_id
    owner = singular(snake(re.sub(r"(?:Controller|Service|Api|Resource)\Z", "", head)))
    if head.endswith("Controller") or owner in {singular(snake(tag)) for tag in tags}:
        return rest if len(snake(rest).split("_")) > 1 else f"{rest}_{owner}"
    return operation_id


def _split(operation_id: str) -> tuple[str, str, str]:
    found = re.match(r"([^/.:#]+)[/.:#]+(.+)\Z", operation_id) or re.match(
        r"([A-Za-z]+Controller)_+(.+)\Z", operation_id
    )
    if found:
        return found[1], "/", found[2]
    return operation_id.partition("_")


def _verb_first(name: str) -> str:
    words = name.split("_")
    if words[0] == "list" and len(words) > 1 and not {"by", "for", "in", "of"} & set(words):
        return f"list_{_several('_'.join(words[1:]))}"
    if len(words) < 2 or words[0] in _VERBS or words[-1] not in _VERBS:
        return name
    noun = "_".join(words[:-1])
    return f"{words[-1]}_{_several(noun)}" if words[-1] == "list" else f"{words[-1]}_{noun}"


def _several(noun: str) -> str:
    if is_plural(noun):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def _repeats_path(words: Sequence[str], method: str, path: str) -> bool:
    """Is the id no more than method and path, with or without versions and parameters?"""
    said = "".join(words)
    route = read_route(method, path)
    whole = [snake(part) for part in re.split(r"[/{}.:]+", path) if part]
    literal = [snake(part) for part in re.split(r"\{[^{}]*\}|[/.:]+", path) if part and part != "/"]
    spelled = [*(whole, literal, route.nouns, [words for words, _ in route.parts])]
    texts = {"".join(parts).replace("_", "") for parts in spelled if parts}
    verb = method.lower()
    return len(words) > 2 and said in {f"{verb}{text}" for text in texts} | {
        f"{text}{verb}" for text in texts
    }
