"""Who answers subtasks, and what it cost.

This version holds the offline answerer alone. Which answerer is asked comes from the caller, never from a
key that happens to be set; a provider that cannot be asked is either replaced by the offline answerer,
said once, or an error.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from generator.errors import AnswerError
from generator.patterns import IntegrationPattern
from generator.subtasks.answering import OFFLINE, Answer, answer_offline
from generator.subtasks.contracts import Subtask

log = logging.getLogger("jackfield")


class SmartOrchestrator:
    """Answer the subtasks of entries. Safe to share between threads.

    Args:
        provider: ``offline``, or the name of a model provider.
        enable_fallback: answer offline when the provider cannot be asked; otherwise that is an AnswerError.
        enable_model_selection: let recorded cost and pass rate choose among a provider's models.
    """

    def __init__(
        self, provider: str = OFFLINE, *, enable_fallback: bool = True, enable_model_selection: bool = True
    ) -> None:
        self.provider = provider
        self.enable_fallback = enable_fallback
        self.enable_model_selection = enable_model_selection
        self._lock = threading.Lock()
        self._said = False
        self._calls: dict[str, int] = {}

    def answer(
        self, pattern: IntegrationPattern, subtasks: Sequence[Subtask], entry: Mapping[str, Any]
    ) -> dict[str, Answer]:
        """Answer every subtask of one entry.

        Raises:
            AnswerError: the provider cannot be asked, and falling back is not allowed.
        """
        if self.provider != OFFLINE:
            self._fall_back()
        answers = answer_offline(pattern, subtasks, entry)
        with self._lock:
            for task in subtasks:
                self._calls[task.id] = self._calls.get(task.id, 0) + 1
        return answers

    def get_cost_summary(self) -> dict[str, Any]:
        """Return ``total_cost`` in dollars, and per operation (subtask) its dollars and its answers."""
        with self._lock:
            calls = dict(sorted(self._calls.items()))
        return {
            "total_cost": 0.0,
            "by_operation": dict.fromkeys(calls, 0.0),
            "answers_by_operation": calls,
            "provider": self.provider,
        }

    def _fall_back(self) -> None:
        reason = f"no model of {self.provider!r} can be asked: this version has the offline answerer alone"
        if not self.enable_fallback:
            raise AnswerError(f"{reason}. Pass enable_fallback=True, or provider='offline'.")
        with self._lock:
            said, self._said = self._said, True
        if not said:
            log.warning("%s; answering offline for $0", reason)
