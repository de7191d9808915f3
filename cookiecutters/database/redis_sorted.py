"""Each verb of a sorted set: what its method takes, does and gives, and how its tests see that."""

from __future__ import annotations

from collections.abc import Mapping

from .redis_facts import Case, KeyFacts, Made, Maker
from .redis_members import listing, size


def _zset_add(key: KeyFacts) -> Made:
    value = key.value
    sent = f"['ZADD', {key.key}, 1.5, {value.word}]"
    case = key.write(sent, replies=["1"], arguments=f"{value.python}, 1.5", expected="True")
    return Made(
        "add(member, score)",
        "bool",
        f"Give a member of {key.the} its score.",
        [case],
        required=[f"member: {key.value.kind.text}", "score: float"],
        returns="Whether it is new.",
    )


def _zset_increment(key: KeyFacts) -> Made:
    value = key.value
    sent = f"['ZINCRBY', {key.key}, 2, {value.word}]"
    case = key.write(sent, replies=["b'3.5'"], arguments=f"{value.python}, by=2.0", expected="3.5")
    return Made(
        "increment(member, by)",
        "float",
        f"Add to the score of a member of {key.the}.",
        [case],
        required=[f"member: {key.value.kind.text}"],
        optional=["by: float = 1.0"],
        safe=False,
        returns="What the score is then.",
    )


def _zset_remove(key: KeyFacts) -> Made:
    return listing(key, "remove", "ZREM", f"Remove members from {key.the}.", "How many were there.")


def _zset_score(key: KeyFacts) -> Made:
    value = key.value
    sent = f"['ZSCORE', {key.key}, {value.word}]"
    cases = [key.one(sent, "b'1.5'", "1.5", value.python), key.one(sent, "None", "None", value.python)]
    return Made(
        "score(member)",
        "float | None",
        f"Read the score of a member of {key.the}.",
        cases,
        required=[f"member: {key.value.kind.text}"],
        returns="The score; None where it is no member.",
    )


def _zset_rank(key: KeyFacts) -> Made:
    value = key.value
    sent = f"['ZREVRANK', {key.key}, {value.word}]"
    cases = [key.one(sent, "0", "0", value.python), key.one(sent, "None", "None", value.python)]
    return Made(
        "rank(member)",
        "int | None",
        f"Read the rank of a member of {key.the}; 0 has the highest score.",
        cases,
        required=[f"member: {key.value.kind.text}"],
        returns="How many have a higher score; None where it is no member.",
    )


def _scored(key: KeyFacts, command: str, arguments: str) -> Case:
    value = key.value
    reply = f"[{value.stored}, b'1.5']"
    return key.one(command, reply, f"[Scored({value.python}, 1.5)]", arguments)


def _zset_top(key: KeyFacts) -> Made:
    sent = f"['ZREVRANGE', {key.key}, 0, 2, 'WITHSCORES']"
    return Made(
        "top(count)",
        f"list[Scored[{key.value.kind.text}]]",
        f"Read the highest scores of {key.the}, the highest first.",
        [_scored(key, sent, "3")],
        required=["count: int = 10"],
    )


def _zset_range(key: KeyFacts) -> Made:
    sent = f"['ZRANGE', {key.key}, 0, -1, 'WITHSCORES']"
    return Made(
        "range(start, stop)",
        f"list[Scored[{key.value.kind.text}]]",
        f"Read {key.the} in order, the lowest score first.",
        [_scored(key, sent, "")],
        required=["start: int = 0", "stop: int = -1"],
        args={"start": "The first place, from 0.", "stop": "The last place; -1 is the last of all."},
    )


def _zset_between(key: KeyFacts) -> Made:
    sent = f"['ZRANGEBYSCORE', {key.key}, 1, 2, 'WITHSCORES', 'LIMIT', 0, 1000]"
    return Made(
        "between(lowest, highest, limit)",
        f"list[Scored[{key.value.kind.text}]]",
        f"Read members of {key.the} by score, the lowest first, both ends included.",
        [_scored(key, sent, "1.0, 2.0")],
        required=["lowest: float", "highest: float"],
        optional=["limit: int = 1000"],
    )


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("zset", "add"): _zset_add,
    ("zset", "increment"): _zset_increment,
    ("zset", "remove"): _zset_remove,
    ("zset", "score"): _zset_score,
    ("zset", "rank"): _zset_rank,
    ("zset", "top"): _zset_top,
    ("zset", "range"): _zset_range,
    ("zset", "between"): _zset_between,
    ("zset", "count"): size("ZCARD"),
}
