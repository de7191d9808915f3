"""What the methods of keys share: one key of the entry, what a verb makes of it, one call in a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from generator.modelling.examples import Examples
from generator.modelling.names import article, constant, identifier, phrase
from generator.templating import py

from . import redis_templates as templates
from .redis_values import Value, Values

TIMEOUT = "timeout: float | None = None"


@dataclass(frozen=True, slots=True)
class Case:
    """One call in a test: what it is given, what the server answers, what was sent, what comes back."""

    arguments: str
    replies: Sequence[str]
    sent: Sequence[str]
    expected: str

    def facts(self) -> dict[str, Any]:
        """What the skeleton prints of it."""
        return {
            "arguments": self.arguments,
            "replies": list(self.replies),
            "sent": [part for part in self.sent if part != "&"],
            "turns": _turns(self.sent),
            "expected": self.expected,
        }


@dataclass(frozen=True, slots=True)
class Made:
    """What one verb makes of a key."""

    call: str
    result: str
    summary: str
    cases: Sequence[Case]
    required: Sequence[str] = ()  # arguments by position, behind the key's parameters
    optional: Sequence[str] = ()  # keyword-only
    form: str = "do"  # do run scan lock many
    safe: bool = True
    returns: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    raises: Mapping[str, str] = field(default_factory=dict)


class KeyFacts:
    """One key of the entry, with what its methods have in common."""

    def __init__(self, name: str, told: Mapping[str, Any], values: Values) -> None:
        ordered = {p: told["parameters"][p] for p in templates.names(told["key"])}
        told = {**told, "parameters": ordered}
        self.name, self.told, self.values = name, told, values
        self.kind: str = told["type"]
        self.constant = constant(identifier(name))
        self.noun = phrase(identifier(name))
        self.examples = {p: example(p, kind, values.examples) for p, kind in told["parameters"].items()}
        self.key = py(
            templates.filled(told["key"], {p: quote(str(v), safe="") for p, v in self.examples.items()})
        )
        ttl = told.get("ttl", 30 if self.kind == "lock" else None)
        self.ms = None if ttl is None else round(ttl * 1000)
        shape = told.get("value", {"type": "integer"})  # what counts, counts whole numbers
        self.value: Value = values.of(shape, identifier(name), f"keys.{name}.value")

    @property
    def at(self) -> str:
        return f"{self.constant}.at({', '.join(f'{p}={p}' for p in self.told['parameters'])})"

    @property
    def the(self) -> str:
        """The thing in a sentence: one of many, or the only one."""
        return article(self.noun) if self.told["parameters"] else f"the {self.noun}"

    @property
    def given(self) -> list[str]:
        """The key's parameters in a test."""
        return [py(value) for value in self.examples.values()]

    def arguments(self, *more: str) -> str:
        return ", ".join([*self.given, *filter(None, more)])

    def parameters(self) -> list[str]:
        return [f"{p}: {'int' if k == 'integer' else 'str'}" for p, k in self.told["parameters"].items()]

    def write(self, *commands: str, replies: Sequence[str], arguments: str, expected: str) -> Case:
        """A write, with its time to live in the same transaction where it has one."""
        if self.ms is None and len(commands) == 1:
            return Case(self.arguments(arguments), [f"redis.replies({replies[0]})"], commands, expected)
        lives = [f"['PEXPIRE', {self.key}, {self.ms}]"] if self.ms is not None else []
        done = [*replies, *["1"] * len(lives)]
        sent = ["['MULTI']", *commands, *lives, "['EXEC']"]
        return Case(self.arguments(arguments), [f"redis.transaction({', '.join(done)})"], sent, expected)

    def one(self, command: str, reply: str, expected: str, arguments: str = "") -> Case:
        """A single command."""
        return Case(self.arguments(arguments), [f"redis.replies({reply})"], [command], expected)


def example(name: str, kind: str, examples: Examples) -> Any:
    """What a parameter of a key is in tests: never an empty text."""
    found = examples.of({"type": kind}, name)
    return found if isinstance(found, int) or found else "one"


def usual(key: KeyFacts) -> str:
    """How long a key lives unless a call says otherwise, in words."""
    return "never" if key.ms is None else f"{key.ms / 1000:g}"


Maker = Callable[[KeyFacts], Made]


def _turns(sent: Sequence[str]) -> list[str]:
    """What is sent together, each turn as the arguments of ``sent``; ``&`` parts two turns."""
    turns: list[list[str]] = [[]]
    for part in sent:
        if part == "&":
            turns.append([])
        else:
            turns[-1].append(part)
    return [", ".join(turn) for turn in turns]
