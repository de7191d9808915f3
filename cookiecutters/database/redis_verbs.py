"""Each verb of values, counters and locks, and what all keys have: its method, and how tests see it."""

from __future__ import annotations

from collections.abc import Mapping

from generator.modelling.names import article
from generator.templating import py

from . import redis_templates as templates
from .redis_facts import Case, KeyFacts, Made, Maker, usual
from .redis_names import plural

CHANGED = {"TransactionConflictError": "others were always faster"}


def _get(key: KeyFacts) -> Made:
    value = key.value
    sliding = key.told.get("sliding")
    command = f"['GETEX', {key.key}, 'PX', {key.ms}]" if sliding else f"['GET', {key.key}]"
    return Made(
        "get()",
        f"{key.value.kind.text} | None",
        f"Read {article(key.noun)}{'; its time begins anew' if sliding else ''}.",
        [key.one(command, value.stored, value.python), key.one(command, "None", "None")],
        returns="The value; None where there is none.",
    )


def _many(key: KeyFacts) -> Made:
    value, parameter = key.value, next(iter(key.told["parameters"]))
    several, kind = plural(parameter), "int" if key.told["parameters"][parameter] == "integer" else "str"
    sent = f"['MGET', {key.key}, {key.key}]"
    arguments = f"[{key.given[0]}, {key.given[0]}]"
    expected = f"[{value.python}, None]"
    return Made(
        "",
        f"list[{key.value.kind.text} | None]",
        f"Read several {plural(key.noun)} at once.",
        [Case(arguments, [f"redis.replies([{value.stored}, None])"], [sent], expected)],
        required=[f"{several}: Sequence[{kind}]"],
        form="many",
        returns="A value for each, in their order; None for each that is not there.",
    )


def _set(key: KeyFacts) -> Made:
    value = key.value
    lives = f", 'PX', {key.ms}" if key.ms is not None else ""
    sent = f"['SET', {key.key}, {value.word}"
    cases = [
        key.one(f"{sent}{lives}]", "b'OK'", "True", value.python),
        key.one(
            f"{sent}, 'PX', 1500, 'NX']", "None", "False", f"{value.python}, ttl=1.5, only_if_absent=True"
        ),
    ]
    return Made(
        "set(value, ttl=ttl, only_if_absent=only_if_absent)",
        "bool",
        f"Write {article(key.noun)}.",
        cases,
        required=[f"value: {key.value.kind.text}"],
        optional=["ttl: float | None = None", "only_if_absent: bool = False"],
        args={
            "ttl": f"Seconds until it is gone; {usual(key)} by default.",
            "only_if_absent": "Leave what is there, and return False.",
        },
        returns="Whether it was written.",
    )


def _update(key: KeyFacts) -> Made:
    value = key.value
    if key.kind == "hash":
        read, stored = f"['HGETALL', {key.key}]", key.values.flat(key.told["value"], value.example)
        words = key.values.words(key.told["value"], value.example)
        write = [f"['DEL', {key.key}]", f"['HSET', {key.key}, {words}]"]
        write += [f"['PEXPIRE', {key.key}, {key.ms}]"] if key.ms is not None else []
    else:
        read, stored = f"['GET', {key.key}]", value.stored
        lives = f", 'PX', {key.ms}" if key.ms is not None else ""
        write = [f"['SET', {key.key}, {value.word}{lives}]"]
    watch = [f"['WATCH', {key.key}]", read]
    begin = f"redis.replies_all(OK, {stored})"
    queued = "b'QUEUED', " * len(write)
    lost = f"redis.replies_all(OK, {queued}None)"
    done = f"redis.transaction({', '.join(['1'] * len(write))})"
    turn = [*watch, "&", "['MULTI']", *write, "['EXEC']"]
    kept = Case(
        key.arguments("lambda found: found"), [begin, lost, begin, done], [*turn, "&", *turn], value.python
    )
    gone = Case(
        key.arguments("lambda found: None"),
        [begin, "redis.transaction(1)"],
        [*watch, "&", "['MULTI']", f"['DEL', {key.key}]", "['EXEC']"],
        "None",
    )
    return Made(
        "update(change)",
        f"{key.value.kind.text} | None",
        f"Change {article(key.noun)} as a function says, and repeat that where somebody else was faster.",
        [kept, gone],
        required=[f"change: Callable[[{key.value.kind.text} | None], {key.value.kind.text} | None]"],
        form="run",
        safe=False,
        args={
            "change": "Takes the value, None where there is none, and returns the new one, None to delete it."
            " It may be called more than once."
        },
        returns="The new value.",
        raises=CHANGED,
    )


def _delete(key: KeyFacts) -> Made:
    sent = f"['DEL', {key.key}]"
    return Made(
        "delete()",
        "bool",
        f"Delete {article(key.noun)}.",
        [key.one(sent, "1", "True"), key.one(sent, "0", "False")],
        returns="Whether it was there.",
    )


def _ttl(key: KeyFacts) -> Made:
    sent = f"['PTTL', {key.key}]"
    return Made(
        "ttl()",
        "float | None",
        f"Read how long {article(key.noun)} still lives.",
        [key.one(sent, "1500", "1.5"), key.one(sent, "-2", "None")],
        returns="Seconds; None where it stays, or is not there.",
    )


def _refresh(key: KeyFacts) -> Made:
    return Made(
        "refresh()",
        "bool",
        f"Let the time of {article(key.noun)} begin anew.",
        [key.one(f"['PEXPIRE', {key.key}, {key.ms}]", "1", "True")],
        returns="Whether it was there.",
    )


def _scan(key: KeyFacts) -> Made:
    names = key.told["parameters"]
    kinds = ["int" if kind == "integer" else "str" for kind in names.values()]
    item = kinds[0] if len(kinds) == 1 else f"tuple[{', '.join(kinds)}]"
    star = "".join(
        _glob(literal) + ("*" if name else "") for literal, name in templates.parts(key.told["key"])
    )
    first, second = (f"['SCAN', {cursor}, 'MATCH', {py(star)}, 'COUNT', 500]" for cursor in (0, 7))
    value = key.given[0] if len(kinds) == 1 else f"({', '.join(key.given)})"
    replies = [f"redis.replies([b'7', [{key.key}.encode()]])", "redis.replies([b'0', [b'~ another key']])"]
    return Made(
        "",
        f"Iterator[{item}]",
        f"Walk over all {plural(key.noun)} that there are.",
        [Case("", replies, [first, "&", second], f"[{value}]")],
        form="scan",
        returns=f"{' and '.join(names)} of each key; a key that is there all the while comes at least once.",
    )


def _glob(literal: str) -> str:
    return "".join(f"\\{char}" if char in "\\*?[]^" else char for char in literal)


def _increment(key: KeyFacts) -> Made:
    one, five = (f"['INCRBY', {key.key}, {by}]" for by in (1, 5))
    if key.ms is None:
        cases = [key.one(one, "3", "3"), key.one(five, "8", "8", "by=5")]
    elif key.told.get("sliding"):
        sent = ["['MULTI']", five, f"['PEXPIRE', {key.key}, {key.ms}]", "['EXEC']"]
        cases = [Case(key.arguments("by=5"), ["redis.transaction(8, 1)"], sent, "8")]
    else:
        first = f"['SET', {key.key}, 0, 'PX', {key.ms}, 'NX']"
        sent = ["['MULTI']", first, five, "['EXEC']"]
        cases = [Case(key.arguments("by=5"), ["redis.transaction(None, 8)"], sent, "8")]
    when = "" if key.ms is None else f"; it lives {key.ms / 1000:g} seconds from the "
    when += "" if key.ms is None else "last count" if key.told.get("sliding") else "first count"
    return Made(
        "increment(by)",
        "int",
        f"Add to {key.the}{when}.",
        cases,
        optional=["by: int = 1"],
        safe=False,
        returns="The new count.",
    )


def _count_of(key: KeyFacts) -> Made:
    sent = f"['GET', {key.key}]"
    return Made(
        "get()",
        "int",
        f"Read {key.the}.",
        [key.one(sent, "b'3'", "3"), key.one(sent, "None", "0")],
        returns="The count; 0 where there is none.",
    )


def _lock(key: KeyFacts) -> Made:
    fence = py(f"{key.told['key']}:fence")
    sent = [
        f"['EVALSHA', ANYTHING, 2, {key.key}, {fence}, 'token-1', {key.ms}]",
        "&",
        f"['EVALSHA', ANYTHING, 1, {key.key}, 'token-1']",
    ]
    replies = ["redis.replies(7)", "redis.replies(1)"]
    return Made(
        "",
        "Lock",
        f"Take {article(key.noun)} in a `with`: nobody else has it meanwhile.",
        [Case(key.arguments(), replies, sent, "7")],
        optional=["ttl: float | None = None", "wait: float = 0.0"],
        form="lock",
        args={
            "ttl": f"Seconds after which it ends by itself; {usual(key)} by default.",
            "wait": "Seconds to wait for it while somebody else has it.",
        },
        returns="The lock; its `fence` is higher than that of every holder before.",
        raises={
            "LockTakenError": "somebody else has it all the while",
            "LockLostError": "it ended before the block did",
        },
    )


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("", "delete"): _delete,
    ("", "ttl"): _ttl,
    ("", "refresh"): _refresh,
    ("", "scan"): _scan,
    ("", "update"): _update,
    ("string", "get"): _get,
    ("string", "many"): _many,
    ("string", "set"): _set,
    ("counter", "increment"): _increment,
    ("counter", "get"): _count_of,
    ("lock", "lock"): _lock,
}
