"""What flows between the parts that ask models: a question, requests and replies, and what was given.

Question → ``cascade`` → Request → ``caller`` → Reply → ``cascade`` → Given. All are plain frozen values;
money is ``Decimal`` dollars, and a price is dollars per million tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from generator.subtasks.contracts import Subtask

MILLION = Decimal(1_000_000)


class Tier(StrEnum):
    """How good, and how dear, a model is: the cheap one is asked first."""

    CHEAP = "cheap"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Model:
    """One model that can be asked, and what it costs. ``route`` is its name for litellm, provider first."""

    provider: str
    name: str  # what provenance says: "deepseek/deepseek-flash"
    route: str  # "deepseek/deepseek-flash", or "openai/NAME" behind a base URL of one's own
    tier: Tier
    input_price: Decimal  # at the dearest hour
    output_price: Decimal
    cached_price: Decimal  # of input that the provider has seen before
    context: int  # tokens
    json_mode: str  # schema | object | none: what the provider can be told about the answer's form
    base_url: str | None = None
    secret: str | None = None  # name of the environment variable that holds the key
    local: bool = False  # answers on a loopback address, for nothing
    retires: str | None = None  # ISO date from which the provider has it no more
    sampling: bool = True  # whether it takes a temperature
    effort: str = ""  # how much it is told to think first, where it would spend the answer's tokens on that

    def cost(self, prompt: int, completion: int, cached: int = 0) -> Decimal:
        """Return the dollars for so many tokens; *cached* of the *prompt* tokens were seen before."""
        fresh = (prompt - cached) * self.input_price + cached * self.cached_price
        return (fresh + completion * self.output_price) / MILLION


@dataclass(frozen=True, slots=True)
class Request:
    """One call. Everything but *timeout* decides the reply, and enters the key that it is kept under.

    ``schema`` is the JSON Schema of the answer, None where the answer is a block of code; ``contract`` is the
    fingerprint of the question's contract; ``parent`` the key of the reply that this one is to mend.
    """

    messages: tuple[tuple[str, str], ...]  # (role, text): system, user, assistant
    contract: str
    schema: Mapping[str, Any] | None
    max_tokens: int
    sample: int = 0
    parent: str = ""
    temperature: float | None = None
    timeout: float = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider counted."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0  # of the prompt

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.prompt + other.prompt, self.completion + other.completion, self.cached + other.cached
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, as it is journalled under ``key``. ``finish`` is stop, length or refusal."""

    key: str
    model: str
    text: str
    finish: str
    tokens: Tokens
    cost: Decimal
    replayed: bool = False  # it was on disk already: nothing was sent or paid now


@dataclass(frozen=True, slots=True)
class Question:
    """One open question, ready to be asked. ``check`` returns what is wrong with an answer, or nothing.

    ``prompt`` is the text of the subtask's prompt file; ``inputs`` what is shown of the slice of the entry
    that it may see; ``form`` the answer's schema narrowed to that, for providers that can be held to one.
    ``round`` counts how often this very question was asked before: replies of then are not replayed.
    """

    entry: str
    subtask: Subtask
    inputs: Mapping[str, Any]
    prompt: str
    check: Callable[[Any], Sequence[str]]
    form: Mapping[str, Any] | None = None
    round: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reply and what became of it: accepted, or the reason why it was not."""

    model: str
    outcome: (
        str  # accepted · blank · truncated · refusal · not json · schema · check · budget · unavailable …
    )
    tokens: Tokens = Tokens()
    cost: Decimal = Decimal(0)
    key: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """How a question ended: the answer and who gave it, or None and why (then it is degraded).

    ``why`` is "" for an answer, else budget, unavailable or rejected.
    """

    value: Any
    model: str
    attempts: tuple[Attempt, ...]
    why: str = ""

    @property
    def cost(self) -> Decimal:
        """Return the dollars of every attempt."""
        return sum((attempt.cost for attempt in self.attempts), Decimal(0))

    @property
    def tokens(self) -> Tokens:
        """Return the tokens of every attempt."""
        return sum((attempt.tokens for attempt in self.attempts), Tokens())
