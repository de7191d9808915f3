"""Ask one model one thing: paid once, within the budget, with no secret in it, past a provider's moods.

The steps of a call: a reply that is kept already → key and price → secrets → dollars reserved → sent →
reply kept → dollars settled. Transport retries are no repairs: they are about the line, not the answer.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import random as uniform

from generator.errors import UnavailableError
from generator.subtasks import calls, completion, providers, screening
from generator.subtasks.completion import Completion, TransportError
from generator.subtasks.exchange import MILLION, Model, Reply, Request
from generator.subtasks.ledger import Ledger, Reservation

ATTEMPTS = 4
FIRST_WAIT = 0.5  # seconds: the most before the first retry; it doubles each time
MOST_WAIT = 60.0
MARGIN = Decimal("1.25")  # tokens are counted by another tokenizer than the provider's
AGAIN = frozenset({completion.RATE_LIMITED, completion.SERVER, completion.RESET, completion.TIMEOUT})


@dataclass
class Caller:
    """Asks models for one run. Safe to share between threads."""

    ledger: Ledger
    root: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    random: Callable[[], float] = uniform
    complete: Callable[[Model, Request, str, bool], Completion] = completion.complete
    count: Callable[[Model, Request], int] = completion.count
    concurrency: int = 4
    patience: int = 0  # questions in a row that a provider may leave unanswered; 0: any number
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _slots: dict[str, threading.Semaphore] = field(default_factory=dict, repr=False)
    _turns: dict[str, threading.Lock] = field(default_factory=dict, repr=False)
    _left_open: dict[str, int] = field(default_factory=dict, repr=False)
    _formless: set[str] = field(default_factory=set, repr=False)  # models that refused to be told a form
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        self.calls = calls.Calls(self.root)

    def ask(self, model: Model, request: Request, *, entry: str, subtask: str) -> Reply:
        """Return the reply of *model*: the one that is kept already, for nothing, or a new one.

        Raises:
            UnavailableError: it cannot be asked, or did not answer.
            PriceError: nobody knows what it costs.
            SecretInPromptError: the request seems to hold a credential.
            BudgetError: it could cost more than may still be spent.
        """
        asked = calls.parts(model, request, completion.sampling(model, request))
        key = calls.digest(asked)
        with self._turn(key):
            kept = self.calls.find(key)
            return kept or self._new(_Call(model, request, entry, subtask, key), asked)

    def stop(self) -> None:
        """Send nothing any more: what is under way comes to its end, and every other call is refused."""
        self._stopped.set()

    def _new(self, call: _Call, asked: Mapping[str, object]) -> Reply:
        providers.priced(call.model)
        secret = providers.key(call.model, self.environ)
        screening.screen(call.request.messages, self.environ)
        with self._slot(call.model.provider):
            self._bear(call.model)
            try:
                reply = self._in_form(call, secret, asked)
            except UnavailableError:
                self._note(call.model.provider, answered=False)
                raise
            self._note(call.model.provider, answered=True)
            return reply

    def _bear(self, model: Model) -> None:
        """Ask no provider again and again that is out of order, or an outage takes hours."""
        if self.patience and self._left_open.get(model.provider, 0) >= self.patience:
            raise UnavailableError(
                f"{model.name} is not asked any more: {model.provider} left {self.patience} questions in a "
                f"row unanswered. Try again later, or name a second provider"
            )

    def _note(self, provider: str, *, answered: bool) -> None:
        with self._lock:
            self._left_open[provider] = 0 if answered else self._left_open.get(provider, 0) + 1

    def _in_form(self, call: _Call, secret: str, asked: Mapping[str, object]) -> Reply:
        """Ask for the answer's form where that can be told; once more in plain words if that is refused."""
        tellable = call.request.schema is not None and call.model.json_mode != "none"
        try:
            if not tellable or call.model.name in self._formless:
                return self._persist(call, secret, asked, plain=True)
            try:
                return self._persist(call, secret, asked, plain=False)
            except TransportError as error:
                if error.kind != completion.BAD_REQUEST:
                    raise
            reply = self._persist(call, secret, asked, plain=True)
        except TransportError as error:
            raise _unavailable(call.model, error, self.clock()) from None
        self._formless.add(call.model.name)
        return reply

    def _persist(self, call: _Call, secret: str, asked: Mapping[str, object], *, plain: bool) -> Reply:
        """Send until a reply comes, ATTEMPTS times at most, with full jitter in between."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._once(call, secret, asked, plain)
            except TransportError as error:
                if error.kind not in AGAIN:
                    raise
                self.sleep(self._wait(attempt, error))
        return self._once(call, secret, asked, plain)

    def _wait(self, attempt: int, error: TransportError) -> float:
        jitter = self.random() * min(MOST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
        return min(MOST_WAIT, max(jitter, seconds(error.retry_after, self.clock())))

    def _once(self, call: _Call, secret: str, asked: Mapping[str, object], plain: bool) -> Reply:
        if self._stopped.is_set():
            raise UnavailableError(f"{call.model.name} was not asked: the run was stopped")
        reserved = self.ledger.reserve(
            call.entry,
            call.subtask,
            self._most(call.model, call.request),
            provider=call.model.provider,
            model=call.model.name,
        )
        try:
            said = self.complete(call.model, call.request, secret, plain)
            cost = call.model.cost(said.tokens.prompt, said.tokens.completion, said.tokens.cached)
            reply = Reply(call.key, call.model.name, said.text, said.finish, said.tokens, cost)
            self.calls.keep(reply, asked)
        except BaseException as error:
            self._book_failure(reserved, call.key, error)
            raise
        uncertain = not said.counted
        self.ledger.settle(reserved, cost, tokens=said.tokens, key=call.key, uncertain=uncertain)
        return reply

    def _book_failure(self, reserved: Reservation, key: str, error: BaseException) -> None:
        """Book an attempt that brought no reply: for nothing only where it surely cost nothing."""
        if isinstance(error, TransportError):
            self.ledger.settle(reserved, None if error.sent else Decimal(0), outcome=error.kind, key=key)
        elif isinstance(error, UnavailableError):
            self.ledger.settle(reserved, Decimal(0), outcome="unavailable", key=key)
        else:
            self.ledger.settle(reserved, None, outcome="interrupted", key=key)

    def _most(self, model: Model, request: Request) -> Decimal:
        """Return the most that a call can cost."""
        if not model.input_price and not model.output_price:
            return Decimal(0)
        prompt = min(Decimal(self.count(model, request)) * MARGIN, Decimal(model.context))
        return (prompt * model.input_price + request.max_tokens * model.output_price) / MILLION

    def _slot(self, provider: str) -> threading.Semaphore:
        with self._lock:
            most = min(self.concurrency, providers.concurrency(provider))
            return self._slots.setdefault(provider, threading.Semaphore(most))

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """Let one thread at a time ask for a reply, so that the second one finds it."""
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            yield


@dataclass(frozen=True, slots=True)
class _Call:
    model: Model
    request: Request
    entry: str
    subtask: str
    key: str


def seconds(header: str | None, now: float) -> float:
    """Return how long a Retry-After header asks to wait: it holds seconds, or a date."""
    if header is None:
        return 0.0
    try:
        asked = float(header)
    except ValueError:
        asked = _until(header, now)
    return min(asked, MOST_WAIT) if asked > 0 else 0.0  # what is no number at all is not greater


def _until(date: str, now: float) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _unavailable(model: Model, error: TransportError, now: float) -> UnavailableError:
    said = f" ({error.message})" if error.message else ""
    return UnavailableError(f"{model.name} {_what(model, error.kind, now)}{said}")


def _what(model: Model, kind: str, now: float) -> str:
    """Return what is wrong with a model, and what mends it."""
    if kind == completion.AUTH:
        return f"refuses to answer for this key: check {model.secret or 'the key'} and the account's balance"
    if kind == completion.NO_SUCH_MODEL:
        today = datetime.fromtimestamp(now, UTC).date()
        others = [name for name in providers.current(model.provider, today) if name != model.name]
        return f"is not there (any more): ask {' or '.join(others) or 'another model'} instead"
    if kind == completion.CONTEXT:
        return "cannot read so long a question: ask a model with a larger context"
    if kind == completion.BAD_REQUEST:
        return "refused the request: ask another model"
    return f"did not answer {ATTEMPTS} times ({kind}): try again later, or name a second provider"
