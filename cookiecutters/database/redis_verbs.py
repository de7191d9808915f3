"""Each verb of each type of key: what its method takes, does and gives, and how its tests see that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.kinds import Kind
from generator.modelling.names import article, identifier, phrase
from generator.templating import py

from . import redis_templates as templates
from .redis_methods import Case, KeyFacts, Made, Maker
from .redis_names import plural
from .redis_values import Value, bytes_of

CHANGED = {"TransactionConflictError": "others were always faster"}


def _value(key: KeyFacts) -> Value:
    assert key.value is not None
    return key.value


def _text(key: KeyFacts) -> str:
    return _value(key).kind.text


def _get(key: KeyFacts) -> Made:
    value = _value(key)
    sliding = key.told.get("sliding")
    command = f"['GETEX', {key.key}, 'PX', {key.ms}]" if sliding else f"['GET', {key.key}]"
    return Made(
        "get()",
        f"{_text(key)} | None",
        f"Read {article(key.noun)}{'; its time begins anew' if sliding else ''}.",
        [key.one(command, value.stored, value.python), key.one(command, "None", "None")],
        returns="The value; None where there is none.",
    )


def _many(key: KeyFacts) -> Made:
    value, parameter = _value(key), next(iter(key.told["parameters"]))
    several, kind = plural(parameter), "int" if key.told["parameters"][parameter] == "integer" else "str"
    sent = f"['MGET', {key.key}, {key.key}]"
    arguments = f"[{key.given[0]}, {key.given[0]}]"
    expected = f"[{value.python}, None]"
    return Made(
        "",
        f"list[{_text(key)} | None]",
        f"Read several {plural(key.noun)} at once.",
        [Case(arguments, [f"redis.replies([{value.stored}, None])"], [sent], expected)],
        required=[f"{several}: Sequence[{kind}]"],
        form="many",
        returns="A value for each, in their order; None for each that is not there.",
    )


def _set(key: KeyFacts) -> Made:
    value = _value(key)
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
        required=[f"value: {_text(key)}"],
        optional=["ttl: float | None = None", "only_if_absent: bool = False"],
        args={
            "ttl": f"Seconds until it is gone; {_usual(key)} by default.",
            "only_if_absent": "Leave what is there, and return False.",
        },
        returns="Whether it was written.",
    )


def _usual(key: KeyFacts) -> str:
    return "never" if key.ms is None else f"{key.ms / 1000:g}"


def _update(key: KeyFacts) -> Made:
    value = _value(key)
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
        f"{_text(key)} | None",
        f"Change {article(key.noun)} as a function says, and repeat that where somebody else was faster.",
        [kept, gone],
        required=[f"change: Callable[[{_text(key)} | None], {_text(key)} | None]"],
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
    page = "['SCAN', {}, 'MATCH', " + py(star) + ", 'COUNT', 500]"
    value = key.given[0] if len(kinds) == 1 else f"({', '.join(key.given)})"
    replies = [f"redis.replies([b'7', [{key.key}.encode()]])", "redis.replies([b'0', [b'~ another key']])"]
    return Made(
        "",
        f"Iterator[{item}]",
        f"Walk over all {plural(key.noun)} that there are.",
        [Case("", replies, [page.format("0"), "&", page.format("7")], f"[{value}]")],
        form="scan",
        returns=f"{' and '.join(names)} of each key; a key that is there all the while comes at least once.",
    )


def _glob(literal: str) -> str:
    return "".join(f"\\{char}" if char in "\\*?[]^" else char for char in literal)


def _increment(key: KeyFacts) -> Made:
    add = f"['INCRBY', {key.key}, {{}}]"
    if key.ms is None:
        cases = [key.one(add.format(1), "3", "3"), key.one(add.format(5), "8", "8", "by=5")]
    elif key.told.get("sliding"):
        sent = ["['MULTI']", add.format(5), f"['PEXPIRE', {key.key}, {key.ms}]", "['EXEC']"]
        cases = [Case(key.arguments("by=5"), ["redis.transaction(8, 1)"], sent, "8")]
    else:
        first = f"['SET', {key.key}, 0, 'PX', {key.ms}, 'NX']"
        sent = ["['MULTI']", first, add.format(5), "['EXEC']"]
        cases = [Case(key.arguments("by=5"), ["redis.transaction(None, 8)"], sent, "8")]
    when = "" if key.ms is None else f"; it lives {key.ms / 1000:g} seconds from the "
    when += "" if key.ms is None else "last count" if key.told.get("sliding") else "first count"
    return Made(
        "increment(by)",
        "int",
        f"Count {key.noun}{when}.",
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
        f"Read the count of {key.noun}.",
        [key.one(sent, "b'3'", "3"), key.one(sent, "None", "0")],
        returns="The count; 0 where there is none.",
    )


def _hash_get(key: KeyFacts) -> Made:
    value, sent = _value(key), f"['HGETALL', {key.key}]"
    flat = key.values.flat(key.told["value"], value.example)
    return Made(
        "get()",
        f"{_text(key)} | None",
        f"Read {article(key.noun)}.",
        [key.one(sent, flat, value.python), key.one(sent, "[]", "None")],
        returns="The object; None where there is none.",
    )


def _hash_set(key: KeyFacts) -> Made:
    value = _value(key)
    words = key.values.words(key.told["value"], value.example)
    write = [f"['DEL', {key.key}]", f"['HSET', {key.key}, {words}]"]
    lives = "['PEXPIRE', " + key.key + ", 1500]"
    short = ["['MULTI']", *write, lives, "['EXEC']"]
    return Made(
        "set(value, ttl=ttl)",
        "None",
        f"Write {article(key.noun)} in place of what was there.",
        [
            key.write(*write, replies=["1", "1"], arguments=value.python, expected="None"),
            Case(key.arguments(value.python, "ttl=1.5"), ["redis.transaction(1, 1, 1)"], short, "None"),
        ],
        required=[f"value: {_text(key)}"],
        optional=["ttl: float | None = None"],
        args={"ttl": f"Seconds until it is gone; {_usual(key)} by default."},
    )


def _fields(key: KeyFacts) -> list[tuple[str, str, Kind, Any, str]]:
    """Of each field that can be given: name there, argument, type, example, form."""
    value, found = _value(key), []
    for name, (schema, form, example) in key.values.fields(key.told["value"], value.example).items():
        at = f"keys.{key.name}.value.{name}"
        kind = key.values.models.result(schema, f"{value.kind.text}_{name}", at)
        found.append((name, identifier(name), kind, example, form))
    return found


def _set_fields(key: KeyFacts) -> Made:
    told = [
        (n, a, k, e, f) for n, a, k, e, f in _fields(key) if a not in (*key.told["parameters"], "timeout")
    ]
    name, argument, kind, example, form = told[0]
    one = Value(kind, example, form)
    given = "{" + ", ".join(f"{py(n)}: {a}" for n, a, *_ in told) + "}"
    sent = f"['HSET', {key.key}, {py(name)}, {one.word}]"
    return Made(
        f"set_fields({given})",
        "None",
        f"Write some fields of {article(key.noun)}, and leave the others.",
        [key.write(sent, replies=["1"], arguments=f"{argument}={one.python}", expected="None")],
        optional=[f"{a}: {k.text.removesuffix(' | None')} | None = None" for _, a, k, *_ in told],
        raises={"InvalidArgumentError": "no field is given"},
    )


def of_field(verb: str) -> Maker:
    """The maker of a method about one field of a hash."""
    what, _, name = verb.partition(" ")

    def made(key: KeyFacts) -> Made:
        found = {n: (k, e, f) for n, _, k, e, f in _fields(key)}
        if name not in found:
            return Made(
                f"field({py(name)}, object)",
                "object",
                f"Read {phrase(name)} of {article(key.noun)}.",
                [key.one(f"['HGET', {key.key}, {py(name)}]", "None", "None")],
            )
        if what == "increment":
            sent = f"['HINCRBY', {key.key}, {py(name)}, 5]"
            return Made(
                f"increment({py(name)}, by)",
                "int",
                f"Add to {phrase(name)} of {article(key.noun)}.",
                [key.write(sent, replies=["8"], arguments="by=5", expected="8")],
                optional=["by: int = 1"],
                safe=False,
                returns="What it is then.",
            )
        kind, example, form = found[name]
        one, sent = Value(kind, example, form), f"['HGET', {key.key}, {py(name)}]"
        return Made(
            f"field({py(name)}, {kind.text.removesuffix(' | None')})",
            f"{kind.text.removesuffix(' | None')} | None",
            f"Read {phrase(name)} of {article(key.noun)}.",
            [key.one(sent, repr(bytes_of(example, form)), one.python), key.one(sent, "None", "None")],
            returns="The field; None where there is none.",
        )

    return made


def _listing(key: KeyFacts, verb: str, name: str, summary: str, returns: str, *, safe: bool = True) -> Made:
    """A method that takes several values."""
    value = _value(key)
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
        required=[f"*{values}: {_text(key)}"],
        returns=returns,
        safe=safe,
    )


def _set_add(key: KeyFacts) -> Made:
    return _listing(key, "add", "SADD", f"Add values to {key.noun}.", "How many were new.")


def _set_remove(key: KeyFacts) -> Made:
    return _listing(key, "remove", "SREM", f"Remove values from {key.noun}.", "How many were there.")


def _set_contains(key: KeyFacts) -> Made:
    value = _value(key)
    sent = f"['SISMEMBER', {key.key}, {value.word}]"
    cases = [key.one(sent, "1", "True", value.python), key.one(sent, "0", "False", value.python)]
    said = f"Tell whether a value is in {key.noun}."
    return Made("contains(value)", "bool", said, cases, required=[f"value: {_text(key)}"])


def _set_get(key: KeyFacts) -> Made:
    value = _value(key)
    case = key.one(f"['SMEMBERS', {key.key}]", f"[{value.stored}]", f"[{value.python}]")
    return Made("get()", f"list[{_text(key)}]", f"Read all values of {key.noun}, in no order.", [case])


def _size(command: str) -> Maker:
    def made(key: KeyFacts) -> Made:
        return Made(
            "count()",
            "int",
            f"Tell how many there are in {key.noun}.",
            [key.one(f"['{command}', {key.key}]", "3", "3")],
        )

    return made


def _zset_add(key: KeyFacts) -> Made:
    value = _value(key)
    sent = f"['ZADD', {key.key}, 1.5, {value.word}]"
    case = key.write(sent, replies=["1"], arguments=f"{value.python}, 1.5", expected="True")
    return Made(
        "add(member, score)",
        "bool",
        f"Give a member of {key.noun} its score.",
        [case],
        required=[f"member: {_text(key)}", "score: float"],
        returns="Whether it is new.",
    )


def _zset_increment(key: KeyFacts) -> Made:
    value = _value(key)
    sent = f"['ZINCRBY', {key.key}, 2, {value.word}]"
    case = key.write(sent, replies=["b'3.5'"], arguments=f"{value.python}, by=2.0", expected="3.5")
    return Made(
        "increment(member, by)",
        "float",
        f"Add to the score of a member of {key.noun}.",
        [case],
        required=[f"member: {_text(key)}"],
        optional=["by: float = 1.0"],
        safe=False,
        returns="What the score is then.",
    )


def _zset_remove(key: KeyFacts) -> Made:
    return _listing(key, "remove", "ZREM", f"Remove members from {key.noun}.", "How many were there.")


def _zset_score(key: KeyFacts) -> Made:
    value = _value(key)
    sent = f"['ZSCORE', {key.key}, {value.word}]"
    cases = [key.one(sent, "b'1.5'", "1.5", value.python), key.one(sent, "None", "None", value.python)]
    return Made(
        "score(member)",
        "float | None",
        f"Read the score of a member of {key.noun}.",
        cases,
        required=[f"member: {_text(key)}"],
        returns="The score; None where it is no member.",
    )


def _zset_rank(key: KeyFacts) -> Made:
    value = _value(key)
    sent = f"['ZREVRANK', {key.key}, {value.word}]"
    cases = [key.one(sent, "0", "0", value.python), key.one(sent, "None", "None", value.python)]
    return Made(
        "rank(member)",
        "int | None",
        f"Read the rank of a member of {key.noun}; 0 has the highest score.",
        cases,
        required=[f"member: {_text(key)}"],
        returns="How many have a higher score; None where it is no member.",
    )


def _scored(key: KeyFacts, command: str, arguments: str) -> Case:
    value = _value(key)
    reply = f"[{value.stored}, b'1.5']"
    return key.one(command, reply, f"[Scored({value.python}, 1.5)]", arguments)


def _zset_top(key: KeyFacts) -> Made:
    sent = f"['ZREVRANGE', {key.key}, 0, 2, 'WITHSCORES']"
    return Made(
        "top(count)",
        f"list[Scored[{_text(key)}]]",
        f"Read the highest scores of {key.noun}, the highest first.",
        [_scored(key, sent, "3")],
        required=["count: int = 10"],
    )


def _zset_range(key: KeyFacts) -> Made:
    sent = f"['ZRANGE', {key.key}, 0, -1, 'WITHSCORES']"
    return Made(
        "range(start, stop)",
        f"list[Scored[{_text(key)}]]",
        f"Read {key.noun} in order, the lowest score first.",
        [_scored(key, sent, "")],
        required=["start: int = 0", "stop: int = -1"],
        args={"start": "The first place, from 0.", "stop": "The last place; -1 is the last of all."},
    )


def _zset_between(key: KeyFacts) -> Made:
    sent = f"['ZRANGEBYSCORE', {key.key}, 1, 2, 'WITHSCORES', 'LIMIT', 0, 1000]"
    return Made(
        "between(lowest, highest, limit)",
        f"list[Scored[{_text(key)}]]",
        f"Read members of {key.noun} by score, the lowest first, both ends included.",
        [_scored(key, sent, "1.0, 2.0")],
        required=["lowest: float", "highest: float"],
        optional=["limit: int = 1000"],
    )


def _list_push(key: KeyFacts) -> Made:
    return _listing(
        key, "push", "RPUSH", f"Add values at the end of {key.noun}.", "How many there were then.", safe=False
    )


def _list_pop(key: KeyFacts) -> Made:
    value, sent = _value(key), f"['LPOP', {key.key}]"
    return Made(
        "pop()",
        f"{_text(key)} | None",
        f"Take the first value of {key.noun}.",
        [key.one(sent, value.stored, value.python), key.one(sent, "None", "None")],
        safe=False,
        returns="The value; None where there is none.",
    )


def _list_wait(key: KeyFacts) -> Made:
    value, sent = _value(key), f"['BLPOP', {key.key}, 2.5]"
    found = f"[{key.key}.encode(), {value.stored}]"
    return Made(
        "wait(wait)",
        f"{_text(key)} | None",
        f"Take the first value of {key.noun} as soon as there is one.",
        [key.one(sent, found, value.python, "2.5"), key.one(sent, "None", "None", "2.5")],
        required=["wait: float"],
        safe=False,
        args={"wait": "Seconds at most."},
        returns="The value; None where none came in time.",
    )


def _list_get(key: KeyFacts) -> Made:
    value = _value(key)
    case = key.one(f"['LRANGE', {key.key}, 0, -1]", f"[{value.stored}]", f"[{value.python}]")
    return Made(
        "get(start, stop)",
        f"list[{_text(key)}]",
        f"Read values of {key.noun}, and leave them there.",
        [case],
        required=["start: int = 0", "stop: int = -1"],
        args={"start": "The first place, from 0.", "stop": "The last place; -1 is the last of all."},
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
            "ttl": f"Seconds after which it ends by itself; {_usual(key)} by default.",
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
    ("hash", "get"): _hash_get,
    ("hash", "set"): _hash_set,
    ("hash", "set_fields"): _set_fields,
    ("set", "add"): _set_add,
    ("set", "remove"): _set_remove,
    ("set", "contains"): _set_contains,
    ("set", "get"): _set_get,
    ("set", "count"): _size("SCARD"),
    ("zset", "add"): _zset_add,
    ("zset", "increment"): _zset_increment,
    ("zset", "remove"): _zset_remove,
    ("zset", "score"): _zset_score,
    ("zset", "rank"): _zset_rank,
    ("zset", "top"): _zset_top,
    ("zset", "range"): _zset_range,
    ("zset", "between"): _zset_between,
    ("zset", "count"): _size("ZCARD"),
    ("list", "push"): _list_push,
    ("list", "pop"): _list_pop,
    ("list", "wait"): _list_wait,
    ("list", "get"): _list_get,
    ("list", "count"): _size("LLEN"),
    ("lock", "lock"): _lock,
}
