"""What the tests on a real server do with each kind of key: every method, in an order that makes sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .redis_facts import KeyFacts

Steps = list[tuple[str, str]]  # (a call, what must be true of ``found`` then)


def steps(key: KeyFacts, methods: Sequence[Mapping[str, Any]]) -> Steps:
    """The calls on one key, each with its check."""
    named = {str(method["key"]).partition(".")[2]: str(method["name"]) for method in methods}

    def call(verb: str, *arguments: str) -> str:
        return f"{named[verb]}({key.arguments(*arguments)})"

    found: Steps = _OWN[key.kind](key, named, call)
    if "scan" in named:
        value = key.given[0] if len(key.given) == 1 else f"({', '.join(key.given)})"
        found.append((f"{named['scan']}()", f"found == [{value}]"))
    if "ttl" in named:
        found.append((call("refresh"), "found is True"))
        found.append((call("ttl"), f"0 < (found or 0) <= {(key.ms or 0) / 1000:g}"))
    if "delete" in named:
        found.append((call("delete"), "found is True"))
    return found


def _python(key: KeyFacts) -> str:
    return key.value.python


def _same(value: str) -> str:
    return f"found {'is' if value in ('True', 'False') else '=='} {value}"


def _string(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    value = _python(key)
    found = [
        (call("get"), "found is None"),
        (call("set", value), "found is True"),
        (call("set", value, "only_if_absent=True"), "found is False"),
        (call("get"), _same(value)),
        (call("update", "lambda before: before"), _same(value)),
    ]
    if "many" in named:
        found.append((f"{named['many']}([{key.given[0]}])", f"found == [{value}]"))
    return found


def _counter(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    return [
        (call("get"), "found == 0"),
        (call("increment"), "found == 1"),
        (call("increment", "by=5"), "found == 6"),
        (call("get"), "found == 6"),
    ]


def _hash(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    value = _python(key)
    found = [
        (call("get"), "found is None"),
        (call("set", value), "found is None"),
        (call("get"), _same(value)),
        (call("update", "lambda before: before"), _same(value)),
    ]
    for verb in named:
        if verb.startswith("field "):
            found.append((call(verb), "True"))
        elif verb.startswith("increment "):
            found.append((call(verb, "by=0"), "isinstance(found, int)"))
    return found


def _set(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    value = _python(key)
    return [
        (call("add", value), "found == 1"),
        (call("contains", value), "found is True"),
        (call("get"), f"found == [{value}]"),
        (call("count"), "found == 1"),
        (call("remove", value), "found == 1"),
        (call("add", value), "found == 1"),
    ]


def _zset(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    value = _python(key)
    scored = f"found == [Scored({value}, 3.5)]"
    return [
        (call("add", value, "1.5"), "found is True"),
        (call("increment", value, "by=2.0"), "found == 3.5"),
        (call("score", value), "found == 3.5"),
        (call("rank", value), "found == 0"),
        (call("top"), scored),
        (call("range"), scored),
        (call("between", "3.0", "4.0"), scored),
        (call("count"), "found == 1"),
        (call("remove", value), "found == 1"),
        (call("add", value, "1.5"), "found is True"),
    ]


def _list(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    value = _python(key)
    return [
        (call("push", value, value), "1 <= found <= 2"),
        (call("pop"), _same(value)),
        (call("push", value), "found >= 1"),
        (call("wait", "1.0"), _same(value)),
        (call("push", value), "found >= 1"),
        (call("get"), f"set(map(repr, found)) == {{repr({value})}}"),
        (call("count"), "found >= 1"),
    ]


def _stream(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    value = _python(key)
    same = f"[entry.message for entry in found] == [{value}]"
    found = [
        (call("add", value), "'-' in found"),
        (call("read"), same),
        (call("count"), "found == 1"),
    ]
    if "claim" in named:
        found += [
            (call("read_group", "'worker-1'"), same),
            (call("claim", "'worker-2'", "idle=3600.0"), "found == []"),
            (call("ack", "'1-0'"), "found == 0"),
            (call("bury", "'1-0'", "'no such order'"), "found is False"),
            (call("dead"), "found == []"),
        ]
    return found


def _lock(key: KeyFacts, named: Mapping[str, str], call: Any) -> Steps:
    return [(call("lock"), "found == 1"), (call("lock"), "found == 2")]


_OWN: Mapping[str, Any] = {
    "string": _string,
    "counter": _counter,
    "hash": _hash,
    "set": _set,
    "zset": _zset,
    "list": _list,
    "stream": _stream,
    "lock": _lock,
}
