"""Each verb of a stream: what its method takes, does and gives, and how its tests see that."""

from __future__ import annotations

from collections.abc import Mapping

from generator.modelling.names import article, singular
from generator.templating import py

from . import redis_templates as templates
from .redis_facts import Case, KeyFacts, Made, Maker
from .redis_names import plural

ID = "b'1700000000000-0'"
ENTRY_ID = "'1700000000000-0'"
FOUND = {"count": "How many at most."}
WAIT = {"wait": "Seconds to wait for the first, where there is none."}


def _flat(key: KeyFacts) -> str:
    return key.values.flat(key.told["value"], key.value.example)


def _entry(key: KeyFacts, deliveries: str = "") -> str:
    return f"Entry({ENTRY_ID}, {key.value.python}{deliveries})"


def _dead(key: KeyFacts) -> str:
    text = key.told.get("dead_letter", f"{key.told['key']}:dead")
    return py(templates.filled(text, {name: str(value) for name, value in key.examples.items()}))


def _add(key: KeyFacts) -> Made:
    trim = f", 'MAXLEN', '~', {key.told['maxlen']}" if key.told.get("maxlen") else ""
    words = key.values.words(key.told["value"], key.value.example)
    case = key.write(
        f"['XADD', {key.key}{trim}, '*', {words}]",
        replies=[ID],
        arguments=key.value.python,
        expected=ENTRY_ID,
    )
    return Made(
        "add(message)",
        "str",
        f"Add {article(singular(key.noun))} at the end.",
        [case],
        required=[f"message: {key.value.kind.text}"],
        safe=False,
        returns="Its id.",
    )


def _read(key: KeyFacts) -> Made:
    sent = f"['XREAD', 'COUNT', 100, 'STREAMS', {key.key}, '0-0']"
    waiting = f"['XREAD', 'COUNT', 5, 'BLOCK', 2500, 'STREAMS', {key.key}, '0-0']"
    reply = f"[[{key.key}.encode(), [[{ID}, {_flat(key)}]]]]"
    return Made(
        "read(after, count, wait)",
        f"list[Entry[{key.value.kind.text}]]",
        f"Read {plural(key.noun)} after one of them, the oldest first.",
        [
            key.one(sent, reply, f"[{_entry(key)}]"),
            key.one(waiting, "None", "[]", "count=5, wait=2.5"),
        ],
        required=["after: str = '0-0'"],
        optional=["count: int = 100", "wait: float = 0.0"],
        args={"after": "An id, of the last that was read.", **FOUND, **WAIT},
    )


def _count(key: KeyFacts) -> Made:
    said = f"Tell how many {plural(key.noun)} there are."
    return Made("count()", "int", said, [key.one(f"['XLEN', {key.key}]", "3", "3")])


def _group(key: KeyFacts) -> Made:
    group = py(key.told["group"])
    sent = f"['XREADGROUP', 'GROUP', {group}, 'worker-1', 'COUNT', 10, 'STREAMS', {key.key}, '>']"
    reply = f"[[{key.key}.encode(), [[{ID}, {_flat(key)}]]]]"
    made = f"['XGROUP', 'CREATE', {key.key}, {group}, '0', 'MKSTREAM']"
    buried = f"['EVAL', ANYTHING, 2, {key.key}, {_dead(key)}, {group}, '1-0', 'unreadable']"
    broken = f"[[{key.key}.encode(), [[b'1-0', [b'of', b'another']]]]]"
    return Made(
        "read_group(consumer, count, wait)",
        f"list[Entry[{key.value.kind.text}]]",
        f"Take {plural(key.noun)} that no consumer of the group has had yet.",
        [
            key.one(sent, reply, f"[{_entry(key)}]", "'worker-1'"),
            Case(
                key.arguments("'worker-1'"),
                ["redis.refuses('NOGROUP')", "redis.replies(OK, None)"],
                [sent, "&", made, "&", sent],
                "[]",
            ),
            *_unreadable(key, sent, broken, buried),
        ],
        required=["consumer: str"],
        optional=["count: int = 10", "wait: float = 0.0"],
        form="run",
        safe=False,
        args={"consumer": "Who takes them; the same name after a restart.", **FOUND, **WAIT},
        returns="Messages to be acknowledged; one that cannot be read goes to the dead letters.",
    )


def _unreadable(key: KeyFacts, sent: str, broken: str, buried: str) -> list[Case]:
    """A message whose fields are none of the declared ones, where any of these must be there."""
    if not key.values.examples.plain(key.told["value"]).get("required"):
        return []
    return [
        Case(
            key.arguments("'worker-1'"),
            [f"redis.replies({broken}, 1)"],
            [sent, "&", buried],
            "[]",
        )
    ]


def _ack(key: KeyFacts) -> Made:
    sent = f"['XACK', {key.key}, {py(key.told['group'])}, {ENTRY_ID}]"
    return Made(
        "ack(ids)",
        "int",
        f"Acknowledge {plural(key.noun)}: they are done.",
        [key.one(sent, "1", "1", ENTRY_ID)],
        required=["*ids: str"],
        returns="How many were waiting for it.",
    )


def _claim(key: KeyFacts) -> Made:
    idle, most = round(key.told.get("claim_after", 60) * 1000), key.told.get("max_deliveries", 5)
    told = f"{py(key.told['group'])}, 'worker-1', {idle}, 10, {most}"
    sent = f"['EVAL', ANYTHING, 2, {key.key}, {_dead(key)}, {told}]"
    return Made(
        "claim(consumer, idle, count)",
        f"list[Entry[{key.value.kind.text}]]",
        f"Take {plural(key.noun)} over that another consumer has left lying.",
        [key.one(sent, f"[[{ID}, {_flat(key)}, 2]]", f"[{_entry(key, ', 2')}]", "'worker-1'")],
        required=["consumer: str"],
        optional=["idle: float | None = None", "count: int = 10"],
        form="run",
        safe=False,
        args={
            "consumer": "Who takes them.",
            "idle": f"Seconds without acknowledgement; {idle / 1000:g} by default.",
            **FOUND,
        },
        returns=f"Messages; one that was delivered {most} times goes to the dead letters instead.",
    )


def _bury(key: KeyFacts) -> Made:
    told = f"{py(key.told['group'])}, {ENTRY_ID}, 'no such order'"
    sent = f"['EVALSHA', ANYTHING, 2, {key.key}, {_dead(key)}, {told}]"
    return Made(
        "bury(id, reason)",
        "bool",
        f"Give {article(singular(key.noun))} up: to the dead letters, and acknowledged, in one step.",
        [key.one(sent, "1", "True", f"{ENTRY_ID}, 'no such order'")],
        required=["id: str", "reason: str"],
        returns="Whether it was waiting for acknowledgement.",
    )


def _read_dead(key: KeyFacts) -> Made:
    sent = f"['XREAD', 'COUNT', 100, 'STREAMS', {_dead(key)}, '0-0']"
    fields = "[b'a', b'b', b'x-id', b'1-0', b'x-deliveries', b'5', b'x-reason', b'unreadable']"
    expected = f"[DeadLetter({ENTRY_ID}, '1-0', 'unreadable', 5, {{'a': b'b'}})]"
    return Made(
        "dead(after, count)",
        "list[DeadLetter]",
        f"Read {plural(key.noun)} that were given up, the oldest first.",
        [key.one(sent, f"[[{_dead(key)}.encode(), [[{ID}, {fields}]]]]", expected)],
        required=["after: str = '0-0'"],
        optional=["count: int = 100"],
        args={"after": "An id among the dead letters.", **FOUND},
    )


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("stream", "add"): _add,
    ("stream", "read"): _read,
    ("stream", "count"): _count,
    ("stream", "read_group"): _group,
    ("stream", "ack"): _ack,
    ("stream", "claim"): _claim,
    ("stream", "bury"): _bury,
    ("stream", "dead"): _read_dead,
}
