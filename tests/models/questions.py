"""Small questions, models and replies, and a caller that says what a script holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Model, Question, Reply, Request, Tier, Tokens

SUMMARIES = """\
You write one line for each operation.

Example
json: {"GET /a": "Get it."}

-----BEGIN OPERATIONS-----
{input}
-----END OPERATIONS-----

json:
"""
BODY = """\
You write the body of a function.

-----BEGIN METHOD-----
{input}
-----END METHOD-----
"""
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
DATA = Subtask("summaries", inputs=("service", "requirements.endpoints[]"), schema=TEXTS, max_tokens=1000)
CODE = Subtask("method:refund", kind="code", difficulty="hard", max_tokens=1000)


def passes(value: Any) -> Sequence[str]:
    """Find nothing wrong."""
    return ()


def question(
    inputs: Mapping[str, Any] | None = None,
    *,
    subtask: Subtask = DATA,
    check: Callable[[Any], Sequence[str]] = passes,
    entry: str = "acme",
) -> Question:
    """Return a question about an entry."""
    prompt = BODY if subtask.kind == "code" else SUMMARIES
    return Question(entry, subtask, {"service": "Acme"} if inputs is None else inputs, prompt, check)


def model(name: str, tier: Tier = Tier.CHEAP, price: str = "1", **facts: Any) -> Model:
    """Return a model whose tokens all cost the same."""
    dollars = Decimal(price)
    return Model(name, f"{name}/m", f"{name}/m", tier, dollars, dollars, dollars, 64_000, "object", **facts)


def reply(text: str, finish: str = "stop", key: str = "k1", model: str = "one/m", **facts: Any) -> Reply:
    """Return what a model said."""
    cost = facts.pop("cost", Decimal("0.001"))
    return Reply(key, model, text, finish, Tokens(100, 10), cost, **facts)


Said = str | tuple[str, str] | Exception  # a text, a text and how it ended, or what is raised


@dataclass
class Ledger:
    """Remembers what it was told of replies."""

    verdicts: list[tuple[str, bool]] = field(default_factory=list)

    def judged(self, key: str, passed: bool) -> None:
        self.verdicts.append((key, passed))


@dataclass
class Script:
    """A caller whose replies are written down beforehand, for each model in order; keys are r1, r2, …"""

    said: Mapping[str, Sequence[Said]]
    replayed: bool = False
    asked: list[tuple[str, Request]] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    _replies: int = 0

    def ask(self, model: Model, request: Request, *, entry: str, subtask: str) -> Reply:
        turn = sum(name == model.provider for name, _ in self.asked)
        self.asked.append((model.provider, request))
        self.named.append((entry, subtask))
        said = self.said[model.provider][turn]
        if isinstance(said, Exception):
            raise said
        self._replies += 1
        text, finish = said if isinstance(said, tuple) else (said, "stop")
        return reply(text, finish, f"r{self._replies}", model.name, replayed=self.replayed)

    @property
    def providers(self) -> list[str]:
        """Return who was asked, in order."""
        return [name for name, _ in self.asked]

    @property
    def requests(self) -> list[Request]:
        """Return what they were asked."""
        return [request for _, request in self.asked]
