"""Who answers subtasks, and what it cost: one object a run, or for as long as a program likes.

Which answerer is asked comes from the caller, never from a key that happens to be set. Models are asked
through ``caller``; a question that none can answer keeps the answer that it has (``degraded``).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import UnavailableError
from generator.subtasks.answering import Answer, answered
from generator.subtasks.asking import OFFLINE, Asking, Mode
from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Given, Model, Question
from generator.subtasks.recordings import Known

if TYPE_CHECKING:
    from generator.subtasks.caller import Caller
    from generator.subtasks.ledger import Ledger

log = logging.getLogger("jackfield")
PATIENCE = 3  # questions in a row that a provider may leave unanswered before it is left alone
AT_ONCE = 16  # questions under way; each provider has a limit of its own besides
LIMITS: Mapping[str, Decimal] = {"subtask": Decimal("0.02"), "entry": Decimal("0.05"), "run": Decimal("1.00")}


class SmartOrchestrator:
    """Answer the subtasks of entries. Safe to share between threads.

    Args:
        provider: ``offline``, or whose models answer: ``deepseek``, ``anthropic``, ``openai``, ``gemini``,
            ``mistral``, ``ollama``, ``local``; several are asked in their order.
        enable_fallback: answer offline when no model can; otherwise that is an AnswerError.
        enable_model_selection: let recorded cost and pass rate choose among a provider's models.
        providers: addresses and models of one's own, as under ``defaults.providers`` of a manifest.
        budget: dollars for one ``subtask``, one ``entry`` and the whole ``run``.
        root: a repository, whose calls and ledger are kept in ``.jackfield/``; without one, in memory.
        environ: where the providers' keys are.
    """

    def __init__(
        self,
        provider: str | Sequence[str] = OFFLINE,
        *,
        enable_fallback: bool = True,
        enable_model_selection: bool = True,
        providers: Mapping[str, Mapping[str, Any]] | None = None,
        budget: Mapping[str, Decimal | float | str] | None = None,
        root: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        names = (provider,) if isinstance(provider, str) else tuple(provider)
        limits = {key: Decimal(str(value)) for key, value in (budget or {}).items()}
        mode = Mode.OFFLINE if names == (OFFLINE,) else Mode.MODEL
        self.asking = Asking(mode, names, providers or {}, limits)
        self.enable_fallback = enable_fallback
        self.enable_model_selection = enable_model_selection
        self._root = None if root is None else Path(root)
        self._environ = environ
        self._own_limits: dict[str, Decimal] = {}
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._caller: Caller | None = None
        self._models: tuple[Model, ...] | None = None
        self._offline: dict[str, int] = {}
        self._said = False
        self.tell: Callable[[str], None] = lambda stage: None  # is told each question as it ends

    @classmethod
    def of(
        cls,
        asking: Asking,
        root: Path,
        limits: Mapping[str, Decimal],
        environ: Mapping[str, str] = os.environ,
    ) -> SmartOrchestrator:
        """Return the orchestrator of a run; *limits* are the entries' own, by name."""
        made = cls(asking.providers or OFFLINE, root=root, environ=environ)
        made.asking, made._own_limits = asking, dict(limits)
        return made

    @property
    def provider(self) -> str:
        """Return whose models are asked first."""
        return self.asking.providers[0] if self.asking.providers else OFFLINE

    @property
    def models(self) -> tuple[Model, ...]:
        """Return every model that may be asked.

        Raises:
            AnswerError: a provider is unknown, or nobody knows what it costs.
        """
        if self._models is None:
            from generator.subtasks.providers import models

            self._models = models(self.asking.providers, self.asking.own)
        return self._models

    def baseline(self, entry: Any, known: Known) -> tuple[dict[str, Answer], tuple[Subtask, ...]]:
        """Return what an entry has for answers, and the questions that are open (see ``answering``)."""
        answers, open_ = answered(entry, known, self.asking)
        self.count(answers)
        return answers, open_

    def count(self, answers: Mapping[str, Answer]) -> None:
        """Remember which questions were answered, by whomever, for the summary."""
        with self._lock:
            for name in answers:
                self._offline[name] = self._offline.get(name, 0) + 1

    def ask(self, questions: Sequence[Question]) -> list[Given]:
        """Ask models every question, several at once; how each ended, in the same order.

        Raises:
            AnswerError: no model could be asked, and falling back is not allowed; or a provider is unknown.
        """
        if not questions:
            return []
        from generator.subtasks import selection

        caller, models = self._call(), self.models
        records = caller.ledger.records() if self.enable_model_selection else ()

        def one(question: Question) -> Given:
            return self._ask(question, caller, selection.order(models, question.subtask, records))

        with ThreadPoolExecutor(min(AT_ONCE, len(questions))) as pool:
            try:
                given = list(pool.map(one, questions))
            except BaseException:
                caller.stop()  # what is under way is answered and kept, and nothing else is asked
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        if not self.enable_fallback:
            self._refuse(questions, given)
        self._say_once(given)
        return given

    def _say_once(self, given: Sequence[Given]) -> None:
        """Say that rules answered in a provider's place; each question's lock says it by itself."""
        silent = [end for end in given if end.why == "unavailable"]
        if silent and not self._said:
            self._said = True
            reason = silent[0].attempts[-1].detail if silent[0].attempts else "it does not answer"
            log.warning(
                "no model of %s can be asked, so rules answer offline for $0: %s", self.provider, reason
            )

    def _ask(self, question: Question, caller: Caller, models: Sequence[Model]) -> Given:
        from generator.subtasks import cascade

        given = cascade.ask(question, caller, models)
        said = f"asked {question.entry}: {question.subtask.id} {given.why or 'answered'}"
        self.tell(f"{said} · ${caller.ledger.spent:.4f}")
        return given

    def _refuse(self, questions: Sequence[Question], given: Sequence[Given]) -> None:
        for question, end in zip(questions, given, strict=True):
            if end.why:
                detail = end.attempts[-1].detail if end.attempts else end.why
                raise UnavailableError(
                    f"{question.entry}: no model answered {question.subtask.id} ({end.why}): {detail}. "
                    "Pass enable_fallback=True, or provider='offline'."
                )

    def _call(self) -> Caller:
        from generator.subtasks.caller import Caller

        ledger = self.ledger
        with self._lock:
            if self._caller is None:
                self._caller = Caller(ledger, self._root, environ=self._environ, patience=PATIENCE)
            return self._caller

    @property
    def ledger(self) -> Ledger:
        """Return the books of this run, with its limits."""
        from generator.subtasks.ledger import Budget, Ledger

        with self._lock:
            if self._ledger is None:
                budget = Budget(**{**LIMITS, **self.asking.limits})
                self._ledger = Ledger(self._root, budget, self._own_limits)
            return self._ledger

    def get_cost_summary(self) -> dict[str, Any]:
        """Return the dollars that this object spent: ``total_cost`` and by operation, entry, provider, model.

        ``answers_by_operation`` counts answers of each question, whoever gave them; ``uncertain_cost`` is
        the part of the total that a provider may not have charged (no answer came).
        """
        with self._lock:
            answers = dict(sorted(self._offline.items()))
        spent = self.ledger.summary()
        operations: dict[str, Decimal] = dict.fromkeys(answers, Decimal(0)) | spent["by_operation"]
        told: dict[str, Any] = _floats({**spent, "by_operation": operations})
        return told | {"answers_by_operation": answers, "provider": self.provider}


def _floats(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return {key: _floats(item) for key, item in value.items()} if isinstance(value, Mapping) else value
