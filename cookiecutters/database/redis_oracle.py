"""Judges what a suite sent to Redis against the entry alone: the command, key, value and time of each."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.fitting import fits_deeply

from . import redis_templates as templates
from .redis_names import fields, verbs

Words = Sequence[str]
# Of each type and verb: the command that does it.
COMMANDS: Mapping[tuple[str, str], str] = {
    ("string", "get"): "GET",
    ("string", "many"): "MGET",
    ("string", "set"): "SET",
    ("string", "update"): "SET",
    ("counter", "get"): "GET",
    ("counter", "increment"): "INCRBY",
    ("hash", "get"): "HGETALL",
    ("hash", "set"): "HSET",
    ("hash", "set_fields"): "HSET",
    ("hash", "update"): "HSET",
    ("set", "add"): "SADD",
    ("set", "remove"): "SREM",
    ("set", "contains"): "SISMEMBER",
    ("set", "get"): "SMEMBERS",
    ("set", "count"): "SCARD",
    ("zset", "add"): "ZADD",
    ("zset", "increment"): "ZINCRBY",
    ("zset", "remove"): "ZREM",
    ("zset", "score"): "ZSCORE",
    ("zset", "rank"): "ZREVRANK",
    ("zset", "top"): "ZREVRANGE",
    ("zset", "range"): "ZRANGE",
    ("zset", "between"): "ZRANGEBYSCORE",
    ("zset", "count"): "ZCARD",
    ("list", "push"): "RPUSH",
    ("list", "pop"): "LPOP",
    ("list", "wait"): "BLPOP",
    ("list", "get"): "LRANGE",
    ("list", "count"): "LLEN",
    ("stream", "add"): "XADD",
    ("stream", "count"): "XLEN",
    ("stream", "ack"): "XACK",
    ("", "delete"): "DEL",
    ("", "ttl"): "PTTL",
    ("", "refresh"): "PEXPIRE",
}
LASTING = ("SET", "INCRBY", "HSET", "HINCRBY", "SADD", "ZADD", "ZINCRBY", "RPUSH", "XADD")
KEYED = frozenset(COMMANDS.values()) | {"HGET", "HINCRBY", "LTRIM", "GETEX"}


def judge(
    entry: Mapping[str, Any], requests: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, Any]:
    """The operations of the entry, those that were sent as declared, and what was sent against it."""
    requirements = entry["requirements"]
    types = requirements.get("types", {})
    sent = [request["commands"] for request in requests if "commands" in request]
    operations, conforming = [], []
    for name, told in requirements["keys"].items():
        key = _Key(name, told, types)
        for verb in verbs(told, types):
            operations.append(names.get(f"{name}.{verb}", f"{name}.{verb}"))
            if any(key.does(verb, batch) for batch in sent):
                conforming.append(operations[-1])
    for name, told in requirements.get("scripts", {}).items():
        operations.append(names.get(f"scripts.{name}", name))
        if any(_calls(told, words) for batch in sent for words in batch):
            conforming.append(operations[-1])
    violations = sorted({text for batch in sent for text in _violations(batch, requirements)})
    return {"operations": operations, "conforming": conforming, "violations": violations}


class _Key:
    """One declared key, and what its operations have to send."""

    def __init__(self, name: str, told: Mapping[str, Any], types: Mapping[str, Any]) -> None:
        self.told, self.kind, self.types = told, told["type"], types
        self.pattern = re.compile(templates.pattern(told["key"]))
        self.plain = Examples(types).plain
        ttl = told.get("ttl", 30 if self.kind == "lock" else None)
        self.ms = None if ttl is None else str(round(ttl * 1000))

    def does(self, verb: str, batch: Sequence[Words]) -> bool:
        """Has *batch* what the verb has to send, all of it as declared?"""
        return any(self._is(verb, words) and self._lasts(words, batch) for words in batch)

    def _is(self, verb: str, words: Words) -> bool:
        what, _, name = verb.partition(" ")
        if what in ("field", "increment") and name:
            command = "HGET" if what == "field" else "HINCRBY"
            return words[0] == command and self._mine(words, 1) and words[2] == name
        special = getattr(self, f"_{self.kind}_{verb}", None) or getattr(self, f"_any_{verb}", None)
        if special is not None:
            return bool(special(words))
        command = COMMANDS.get((self.kind, verb)) or COMMANDS[("", verb)]
        if (self.kind, verb) == ("string", "get") and self.told.get("sliding"):
            command = "GETEX"
        return words[0] == command and self._mine(words, 1) and self._holds(words)

    def _mine(self, words: Words, place: int) -> bool:
        return len(words) > place and bool(self.pattern.fullmatch(words[place]))

    def _lasts(self, words: Words, batch: Sequence[Words]) -> bool:
        """Is the time to live said with the write?"""
        if self.ms is None or words[0] not in LASTING:
            return True
        first = ["SET", words[1], "0", "PX", self.ms, "NX"]
        if self.kind == "counter" and not self.told.get("sliding"):
            return first in [list(one) for one in batch]
        if words[0] == "SET":
            return self.ms in words
        return ["PEXPIRE", words[1], self.ms] in [list(one) for one in batch]

    def _holds(self, words: Words) -> bool:
        """Is the value that is written of the declared type?"""
        if words[0] in ("SET", "SADD", "RPUSH") and "value" in self.told:
            return self._fits(words[2], self.told["value"])
        if words[0] in ("HSET", "XADD"):
            start = 2 if words[0] == "HSET" else words.index("*") + 1
            told, given = (
                fields(self.told, self.types),
                dict(zip(words[start::2], words[start + 1 :: 2], strict=True)),
            )
            return all(name in told and self._fits(text, told[name]) for name, text in given.items())
        return True

    def _fits(self, text: str, schema: Mapping[str, Any]) -> bool:
        plain = self.plain(schema)
        if plain.get("type") == "string" and plain.get("format") == "byte":
            text = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
            return bool(text)
        value: Any = text
        texts = [one for one in plain.get("enum", ()) if isinstance(one, str)]
        if plain.get("type") != "string" and not texts:
            try:
                value = json.loads(text)
            except ValueError:
                return False
        return bool(fits_deeply(value, schema, self.plain))

    def _any_scan(self, words: Words) -> bool:
        star = "".join(
            re.sub(r"([\\*?\[\]^])", r"\\\1", literal) + ("*" if name else "")
            for literal, name in templates.parts(self.told["key"])
        )
        return words[0] == "SCAN" and words[2:4] == ["MATCH", star]

    def _lock_lock(self, words: Words) -> bool:
        return words[0] in ("EVALSHA", "EVAL") and self._mine(words, 3) and words[-1] == self.ms

    def _stream_read(self, words: Words) -> bool:
        return words[0] == "XREAD" and self._mine(words, len(words) - 2)

    def _stream_read_group(self, words: Words) -> bool:
        return (
            words[0] == "XREADGROUP" and words[2] == self.told["group"] and self._mine(words, len(words) - 2)
        )

    def _stream_claim(self, words: Words) -> bool:
        idle = str(round(self.told.get("claim_after", 60) * 1000))
        most = str(self.told.get("max_deliveries", 5))
        return words[0] == "EVAL" and self._grouped(words) and words[-3] == idle and words[-1] == most

    def _stream_bury(self, words: Words) -> bool:
        return words[0] == "EVALSHA" and self._grouped(words)

    def _stream_dead(self, words: Words) -> bool:
        return words[0] == "XREAD" and bool(self._dead().fullmatch(words[-2]))

    def _grouped(self, words: Words) -> bool:
        mine = len(words) > 5 and self._mine(words, 3) and bool(self._dead().fullmatch(words[4]))
        return mine and words[5] == self.told["group"]

    def _dead(self) -> re.Pattern[str]:
        return re.compile(templates.pattern(self.told.get("dead_letter", f"{self.told['key']}:dead")))


def _calls(told: Mapping[str, Any], words: Words) -> bool:
    """Is it the declared script, with its keys and arguments?"""
    digest = hashlib.sha1(told["lua"].encode(), usedforsecurity=False).hexdigest()
    if words[:2] != ["EVALSHA", digest] or words[2] != str(len(told["keys"])):
        return False
    patterns = [templates.pattern(key["key"]) for key in told["keys"]]
    keys = words[3 : 3 + len(patterns)]
    given = len(words) - 3 - len(patterns) == len(told["arguments"])
    return given and all(re.fullmatch(pattern, key) for pattern, key in zip(patterns, keys, strict=True))


def _violations(batch: Sequence[Words], requirements: Mapping[str, Any]) -> Iterator[str]:
    """What goes to a key that nobody declared, or a transaction that is not closed."""
    known = [re.compile(templates.pattern(told["key"])) for told in requirements["keys"].values()]
    for words in batch:
        if words[0] in KEYED and not any(pattern.fullmatch(words[1]) for pattern in known):
            yield f"{words[0]} goes to {words[1]!r}, which is no declared key"
    names = [words[0] for words in batch]
    if names.count("MULTI") != names.count("EXEC"):
        yield f"{' '.join(names)}: a transaction is not closed"
