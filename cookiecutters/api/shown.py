"""What documentation and examples show of a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.names import phrase

from .operation import Operation, error_class

Test = Mapping[str, Any]


def headline(service: str, count: int) -> str:
    """The first line of the adapter's module."""
    if not count:
        return f"{service}, reached path by path: its operations are not described yet."
    return f"{service}: {count} operation{'s' if count > 1 else ''}, each a typed method, blocking and async."


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
    distinct = {pair[0].name: pair for some in wanted for pair in some}
    chosen = list(distinct.values()) or pairs[:2]
    return [
        {
            **test,
            "summary": operation.summary,
            "reads": operation.endpoint["method"] in ("GET", "HEAD"),
            "item": _item(operation, instance),
        }
        for operation, test in chosen
    ]


def _item(operation: Operation, instance: str) -> str:
    """What a loop calls one item of a list."""
    name = phrase(operation.answer.text).replace(" ", "_") if operation.answer.form == "struct" else "item"
    return name if name.isidentifier() and name != instance else "item"


def showcase(instance: str, shown: Sequence[Test]) -> list[str]:
    """The lines that show the package at work."""
    if not shown:
        return [f'print({instance}.get("/").json())']
    first = shown[0]
    call = f"{instance}.{first['name']}({first['least']['arguments']})"
    if first["form"] == "pages":
        return [f"for {first['item']} in {call}:", f"    print({first['item']})"]
    if first["form"] == "download":
        return [f"with {call} as download:", '    download.save("download.bin")']
    return [call if first["form"] == "nothing" else f"print({call})"]


def documented(operation: Operation, test: Test) -> dict[str, Any]:
    """One operation in the documentation file."""
    facts = operation.facts()
    return {
        **{key: facts[key] for key in ("name", "method", "path", "doc", "result", "form")},
        "arguments": test["least"]["arguments"],
        "meanings": [
            {"status": status, "error": error_class(int(status)), "text": text}
            for status, text in sorted(operation.meanings.items())
        ],
    }


def overview(operations: Sequence[Operation]) -> dict[str, Any]:
    """Which operations walk over pages, are never repeated, carry a key; and how many pages at most."""
    paged = [o.name for o in operations if o.form == "pages"]
    return {
        "paged": _in_words(paged),
        "paged_many": len(paged) > 1,
        "max_pages": max((o.pages["max_pages"] for o in operations if o.pages), default=0),
        "once": _in_words([o.name for o in operations if not o.repeatable]),
        "keyed": _in_words([o.name for o in operations if o.key_header]),
    }


def _in_words(names: Sequence[str]) -> str:
    """`a`, `b` and `c`."""
    marked = [f"`{name}`" for name in names]
    return " and ".join(part for part in (", ".join(marked[:-1]), *marked[-1:]) if part)
