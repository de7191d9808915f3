"""The methods of one key: signature, body, words and what their tests send, all as plain facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from generator.modelling.examples import Examples
from generator.modelling.names import article, constant, identifier, phrase
from generator.templating import py

from . import redis_templates as templates
from .redis_names import plural, spelled, verbs
from .redis_values import Value, Values

TIMEOUT = "timeout: float | None = None"


@dataclass(frozen=True, slots=True)
class Case:
    """One call in a test: what it is given, what the server answers, what was sent, what comes back."""

    arguments: str
    replies: Sequence[str]
    sent: Sequence[str]
    expected: str


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
        self.examples = {p: _example(p, kind, values.examples) for p, kind in told["parameters"].items()}
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


def _example(name: str, kind: str, examples: Examples) -> Any:
    found = examples.of({"type": kind}, name)
    return found if isinstance(found, int) or found else "one"


def usual(key: KeyFacts) -> str:
    """How long a key lives unless a call says otherwise, in words."""
    return "never" if key.ms is None else f"{key.ms / 1000:g}"


Maker = Callable[[KeyFacts], Made]


def of_key(key: KeyFacts, types: Mapping[str, Any], kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facts of every method of one key."""
    from . import redis_hashes, redis_members, redis_sorted, redis_streams, redis_verbs

    families = (redis_verbs, redis_hashes, redis_members, redis_sorted, redis_streams)
    makers = {pair: maker for family in families for pair, maker in family.MAKERS.items()}
    found = []
    for verb, pattern in verbs(key.told, types).items():
        maker = makers.get((key.kind, verb)) or makers.get(("", verb)) or redis_hashes.of_field(verb)
        name = kept.get(f"{key.name}.{verb}") or spelled(pattern, key.name, key.kind)
        found.append(facts(key, verb, name, maker(key)))
    return found


def facts(key: KeyFacts, verb: str, name: str, made: Made) -> dict[str, Any]:
    """What the skeleton prints of one method."""
    positional = ["self", *key.parameters()]
    options = [*made.optional, *([] if made.form == "lock" else [TIMEOUT])]
    if made.form in ("scan", "many"):
        positional = ["self"]
    starred = any(one.startswith("*") for one in made.required)
    star = ["*"] if options and not starred else []
    return {
        "key": f"{key.name}.{verb}",
        "name": name,
        "constant": key.constant,
        "signature": ", ".join([*positional, *made.required, *star, *options]),
        "result": made.result,
        "body": _body(key, name, made),
        "form_of": {"scan": "iterated", "lock": "locked"}.get(made.form, "awaited"),
        "queued": made.form in ("do", "many") and verb != "wait",
        "safe": made.safe,
        "doc": {
            "summary": key.told.get("summary") if verb == "get" and key.told.get("summary") else made.summary,
            "args": made.args,
            "returns": made.returns,
            "yields": made.form == "scan",
            "raises": made.raises,
        },
        "cases": [_case(case) for case in made.cases],
        "form": made.form,
        "sample": made.cases[0].arguments,
        "shown": _shown(key, verb, made),
    }


def _shown(key: KeyFacts, verb: str, made: Made) -> str:
    """The arguments in an example, where a value is written as people write it."""
    if verb != "set":
        return made.cases[0].arguments
    return key.arguments(key.values.models.python(key.value.kind, key.value.example))


def _case(case: Case) -> dict[str, Any]:
    return {
        "arguments": case.arguments,
        "replies": list(case.replies),
        "sent": [part for part in case.sent if part != "&"],
        "turns": _turns(case.sent),
        "expected": case.expected,
    }


def _turns(sent: Sequence[str]) -> list[str]:
    """What is sent together, each turn as the arguments of ``sent``; ``&`` parts two turns."""
    turns: list[list[str]] = [[]]
    for part in sent:
        if part == "&":
            turns.append([])
        else:
            turns[-1].append(part)
    return [", ".join(turn) for turn in turns]


def _body(key: KeyFacts, name: str, made: Made) -> str:
    if made.form == "many":
        parameter = next(iter(key.told["parameters"]))
        several = plural(parameter)
        keys = f"[{{{py(parameter)}: one}} for one in {several}]"
        return f"self._do({py(name)}, {key.constant}.many({keys}), timeout)"
    if made.form == "scan":
        kinds = ["int" if k == "integer" else "str" for k in key.told["parameters"].values()]
        parse = f"({', '.join(kinds)}{',' if len(kinds) == 1 else ''})"
        return f"self._scan({py(name)}, {key.constant}, {parse}, timeout)"
    if made.form == "lock":
        return f"self._lock({py(name)}, {key.at}, ttl, wait)"
    return f"self._{made.form}({py(name)}, {key.at}.{made.call}, timeout)"
