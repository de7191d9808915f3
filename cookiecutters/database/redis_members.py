"""Each verb of a set and of a list: what its method takes, does and gives, and how its tests see that."""

from __future__ import annotations

from collections.abc import Mapping

from .redis_facts import KeyFacts, Made, Maker


def listing(key: KeyFacts, verb: str, name: str, summary: str, returns: str, *, safe: bool = True) -> Made:
    """A method that takes several values."""
    value = key.value
    sent = f"['{name}', {key.key}, {value.word}]"
    case = key.one(sent, "1", "1", value.python)
    if verb in ("add", "push"):
        more: list[str] = []
        if key.told.get("maxlen"):
            more = [f"['LTRIM', {key.key}, -{key.told['maxlen']}, -1]"]
        case = key.write(
            sent, *more, replies=["1", *["b'OK'"] * len(more)], arguments=value.python, expected="1"
        )
    values = "members" if key.kind == "zset" else "values"
    return Made(
        f"{verb}({values})",
        "int",
        summary,
        [case],
        required=[f"*{values}: {key.value.kind.text}"],
        returns=returns,
        safe=safe,
    )


def _set_add(key: KeyFacts) -> Made:
    return listing(key, "add", "SADD", f"Add values to {key.the}.", "How many were new.")


def _set_remove(key: KeyFacts) -> Made:
    return listing(key, "remove", "SREM", f"Remove values from {key.the}.", "How many were there.")


def _set_contains(key: KeyFacts) -> Made:
    value = key.value
    sent = f"['SISMEMBER', {key.key}, {value.word}]"
    cases = [key.one(sent, "1", "True", value.python), key.one(sent, "0", "False", value.python)]
    said = f"Tell whether a value is in {key.the}."
    return Made("contains(value)", "bool", said, cases, required=[f"value: {key.value.kind.text}"])


def _set_get(key: KeyFacts) -> Made:
    value = key.value
    case = key.one(f"['SMEMBERS', {key.key}]", f"[{value.stored}]", f"[{value.python}]")
    return Made(
        "get()", f"list[{key.value.kind.text}]", f"Read all values of {key.the}, in no order.", [case]
    )


def size(command: str) -> Maker:
    """The maker of a method that counts."""

    def made(key: KeyFacts) -> Made:
        return Made(
            "count()",
            "int",
            f"Tell how many there are in {key.the}.",
            [key.one(f"['{command}', {key.key}]", "3", "3")],
        )

    return made


def _list_push(key: KeyFacts) -> Made:
    return listing(
        key, "push", "RPUSH", f"Add values at the end of {key.the}.", "How many there were then.", safe=False
    )


def _list_pop(key: KeyFacts) -> Made:
    value, sent = key.value, f"['LPOP', {key.key}]"
    return Made(
        "pop()",
        f"{key.value.kind.text} | None",
        f"Take the first value of {key.the}.",
        [key.one(sent, value.stored, value.python), key.one(sent, "None", "None")],
        safe=False,
        returns="The value; None where there is none.",
    )


def _list_wait(key: KeyFacts) -> Made:
    value, sent = key.value, f"['BLPOP', {key.key}, 2.5]"
    found = f"[{key.key}.encode(), {value.stored}]"
    return Made(
        "wait(wait)",
        f"{key.value.kind.text} | None",
        f"Take the first value of {key.the} as soon as there is one.",
        [key.one(sent, found, value.python, "2.5"), key.one(sent, "None", "None", "2.5")],
        required=["wait: float"],
        safe=False,
        args={"wait": "Seconds at most."},
        returns="The value; None where none came in time.",
    )


def _list_get(key: KeyFacts) -> Made:
    value = key.value
    case = key.one(f"['LRANGE', {key.key}, 0, -1]", f"[{value.stored}]", f"[{value.python}]")
    return Made(
        "get(start, stop)",
        f"list[{key.value.kind.text}]",
        f"Read values of {key.the}, and leave them there.",
        [case],
        required=["start: int = 0", "stop: int = -1"],
        args={"start": "The first place, from 0.", "stop": "The last place; -1 is the last of all."},
    )


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("set", "add"): _set_add,
    ("set", "remove"): _set_remove,
    ("set", "contains"): _set_contains,
    ("set", "get"): _set_get,
    ("set", "count"): size("SCARD"),
    ("list", "push"): _list_push,
    ("list", "pop"): _list_pop,
    ("list", "wait"): _list_wait,
    ("list", "get"): _list_get,
    ("list", "count"): size("LLEN"),
}
