"""What documentation and examples show of a package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.names import phrase, singular, unique, words

from .operation import Operation, error_class

Test = Mapping[str, Any]
MANY = 40  # names that one sentence lists
INFERRED = {"paginate": "a list over pages", "idempotent": "whether repeating is safe"}
_FILLERS = (
    "a all an and any are as be by for from given has have identifier in is it its of on one or returns"
    " return single specific specified string that the their this to unique used using value which will with"
)
_FILLING = frozenset(_FILLERS.split())


def headline(service: str, count: int, groups: int = 0) -> str:
    """The first line of a module of operations."""
    if not count:
        return f"{service}, reached path by path: its operations are not described yet."
    if groups:
        return (
            f"{service}: {count} operations in {groups} group{'s' if groups > 1 else ''}, blocking and async."
        )
    return f"{service}: {count} operation{'s' if count > 1 else ''}, each a typed method, blocking and async."


def title(group: str) -> str:
    """What a group is called in prose."""
    words = phrase(group)
    return f"{words[:1].upper()}{words[1:]}"


def examples(operations: Sequence[Operation], tests: Sequence[Test], instance: str) -> list[dict[str, Any]]:
    """A few operations worth showing: a list, one thing, a change, a download; or the first two."""
    pairs = list(zip(operations, tests, strict=True))
    wanted = [
        [p for p in pairs if p[0].form == "pages"][:1],
        [p for p in pairs if p[0].form == "value" and p[0].endpoint["method"] == "GET"][:1],
        sorted((p for p in pairs if p[0].endpoint["method"] == "POST"), key=lambda p: p[0].form != "value")[
            :1
        ],
        [p for p in pairs if p[0].form == "download"][:1],
    ]
    distinct = {pair[1]["call"]: pair for some in wanted for pair in some}
    chosen = list(distinct.values()) or pairs[:2]
    return [_example(*pair, instance, name) for pair, name in zip(chosen, _functions(chosen), strict=True)]


def _functions(chosen: Sequence[tuple[Operation, Test]]) -> list[str]:
    """What the functions that show operations are called."""
    names: list[str] = []
    for _, test in chosen:
        names.append(unique(test["call"].replace(".", "_"), names))
    return names


def _example(operation: Operation, test: Test, instance: str, name: str) -> dict[str, Any]:
    return {
        **test,
        "name": name,
        "summary": operation.summary,
        "reads": operation.endpoint["method"] in ("GET", "HEAD"),
        "item": _item(operation, instance),
    }


def _item(operation: Operation, instance: str) -> str:
    """What a loop calls one item of a list."""
    name = phrase(operation.answer.text).replace(" ", "_") if operation.answer.form == "struct" else "item"
    return name if name.isidentifier() and name != instance else "item"


def showcase(instance: str, shown: Sequence[Test]) -> list[str]:
    """The lines that show the package at work."""
    if not shown:
        return [f'print({instance}.get("/").json())']
    first = shown[0]
    call = f"{instance}.{first['call']}({first['least']['arguments']})"
    if first["form"] == "pages":
        return [f"for {first['item']} in {call}:", f"    print({first['item']})"]
    if first["form"] == "download":
        return [f"with {call} as download:", '    download.save("download.bin")']
    return [call if first["form"] == "nothing" else f"print({call})"]


def remedies(told: Mapping[str, str]) -> list[dict[str, str]]:
    """What one sees and what to do: of two pairs about one error the later, where the first stood."""
    by_error: dict[str, dict[str, str]] = {}
    for sign, remedy in told.items():
        error = re.search(r"\b[A-Z]\w*Error\b", sign)
        by_error[error[0] if error else sign] = {"sign": sign, "remedy": remedy}
    return list(by_error.values())


def documented(operation: Operation, method: Mapping[str, Any], test: Test) -> dict[str, Any]:
    """One operation in the documentation file."""
    return {
        **{key: method[key] for key in ("method", "path", "doc", "result", "form")},
        "call": test["call"],
        "anchor": test["call"].replace(".", ""),
        "deprecated": bool(operation.endpoint.get("deprecated")),
        "arguments": test["least"]["arguments"],
        "meanings": [
            {"status": status, "error": error_class(int(status)), "text": text}
            for status, text in sorted(operation.meanings.items())
        ],
    }


def inferred(operation: Operation, test: Test) -> list[dict[str, str]]:
    """What no one declared of an operation, and why it is so all the same."""
    because = operation.endpoint.get("because") or {}
    found = {key: INFERRED.get(key, key.replace("_", " ")) for key in sorted(because)}
    return [{"call": test["call"], "what": what, "why": str(because[key])} for key, what in found.items()]


def overview(operations: Sequence[Operation], tests: Sequence[Test]) -> dict[str, Any]:
    """Which operations walk over pages, are never repeated, carry a key; and how many pages at most."""
    pairs = list(zip(operations, tests, strict=True))
    paged = [test["call"] for operation, test in pairs if operation.form == "pages"]
    return {
        "paged": _in_words(paged),
        "paged_many": len(paged) > 1,
        "max_pages": max((o.pages["max_pages"] for o in operations if o.pages), default=0),
        "once": _in_words([test["call"] for operation, test in pairs if not operation.repeatable]),
        "keyed": _in_words([test["call"] for operation, test in pairs if operation.key_header]),
    }


def _in_words(names: Sequence[str]) -> str:
    """`a`, `b` and `c`; of very many, the first and how many more."""
    shown, more = (names, 0) if len(names) <= MANY else (names[: MANY - 1], len(names) - MANY + 1)
    marked = [f"`{name}`" for name in shown] + ([f"{more} more"] if more else [])
    return " and ".join(part for part in (", ".join(marked[:-1]), *marked[-1:]) if part)


def told(doc: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a docstring: what adds nothing to names and summary is left out."""
    return {
        **doc,
        "paragraphs": [paragraph for paragraph in doc["paragraphs"] if _adds(paragraph, doc["summary"])],
        "args": [arg for arg in doc["args"] if _adds(arg["text"], f"{arg['name']} {doc['summary']}")],
        "raises": _by_error(doc["raises"]),
    }


def _by_error(raises: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Each class of error once, with everything that it means."""
    found: dict[str, list[str]] = {}
    for told in raises:
        found.setdefault(told["error"], []).append(told["text"])
    return [{"error": error, "text": " ".join(texts)} for error, texts in found.items()]


def fields(struct: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a class, without words about fields that their names say already."""
    kept = [
        {**field, "doc": field["doc"] if _adds(field["doc"], f"{field['name']} {struct['name']}") else ""}
        for field in struct["fields"]
    ]
    return {**struct, "fields": kept}


def _adds(text: str, known: str) -> bool:
    """Does *text* say more than *known*, spelling and filling words aside?"""
    return not _stems(text) <= _stems(known)


def _stems(text: str) -> set[str]:
    found = {word.lower() for word in words(text)}
    return {singular(word) for word in found if word not in _FILLING}
