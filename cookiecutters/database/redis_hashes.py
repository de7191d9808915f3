"""Each verb of a hash: what its method takes, does and gives, and how its tests see that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.kinds import Kind
from generator.modelling.names import article, identifier, phrase
from generator.templating import py

from .redis_facts import Case, KeyFacts, Made, Maker, usual
from .redis_values import Value, bytes_of


def _hash_get(key: KeyFacts) -> Made:
    value, sent = key.value, f"['HGETALL', {key.key}]"
    flat = key.values.flat(key.told["value"], value.example)
    return Made(
        "get()",
        f"{key.value.kind.text} | None",
        f"Read {article(key.noun)}.",
        [key.one(sent, flat, value.python), key.one(sent, "[]", "None")],
        returns="The object; None where there is none.",
    )


def _hash_set(key: KeyFacts) -> Made:
    value = key.value
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
        required=[f"value: {key.value.kind.text}"],
        optional=["ttl: float | None = None"],
        args={"ttl": f"Seconds until it is gone; {usual(key)} by default."},
    )


def _fields(key: KeyFacts) -> list[tuple[str, str, Kind, Any, str]]:
    """Of each field that can be given: name there, argument, type, example, form."""
    value, found = key.value, []
    for name, (schema, form, example) in key.values.fields(key.told["value"], value.example).items():
        kind = key.values.field_kind(value.kind.text, name, schema)
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


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("hash", "get"): _hash_get,
    ("hash", "set"): _hash_set,
    ("hash", "set_fields"): _set_fields,
}
