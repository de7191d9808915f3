"""Whether models are asked in a run, which ones, and for how much: from the manifest, flags and CI.

Never from a key that happens to be set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from generator.errors import AnswerError

OFFLINE = "offline"
CI = "CI"  # what every CI service sets


class Mode(StrEnum):
    """Who answers. Accepted answers of models and people are replayed in every mode but the last."""

    OFFLINE = "offline"  # rules answer what is open
    MODEL = "model"  # models answer what is open
    RECORDED = "recorded"  # nobody answers: what needs a model and is not recorded is an error
    REFRESH = "refresh"  # models answer everything anew but what a person wrote


@dataclass(frozen=True, slots=True)
class Asking:
    """How the questions of a run are answered. ``limits`` maps subtask, entry and run to dollars."""

    mode: Mode = Mode.OFFLINE
    providers: tuple[str, ...] = ()
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    retry_degraded: bool = False
    strict: bool = False  # a refused budget is an error of the run
    entitled: bool = False  # the manifest says that models answer

    @property
    def by_model(self) -> bool:
        """Whether a model may be asked anything."""
        return self.mode in (Mode.MODEL, Mode.REFRESH)


@dataclass(frozen=True, slots=True)
class Options:
    """What one command line says about answers; what it leaves out, the manifest says."""

    mode: str | None = None
    providers: tuple[str, ...] = ()
    budget: str | None = None  # dollars for the run
    retry_degraded: bool = False
    strict: bool = False

    @property
    def again(self) -> bool:
        """Whether questions are asked again that have an answer."""
        return self.retry_degraded or self.mode == Mode.REFRESH


UNSAID = Options()


def asking(
    defaults: Mapping[str, Any], options: Options = UNSAID, environ: Mapping[str, str] = os.environ
) -> Asking:
    """Bring together the manifest's *defaults*, what the command line says, and whether this is CI.

    Raises:
        AnswerError: models are to answer, and nobody says whose.
    """
    entitled = defaults.get("answers", OFFLINE) == Mode.MODEL
    usual = Mode.RECORDED if _truthy(environ.get(CI)) else Mode.MODEL if entitled else Mode.OFFLINE
    asked = Mode.MODEL if options.retry_degraded and usual is Mode.OFFLINE else usual
    chosen = Mode(options.mode) if options.mode else asked
    named = options.providers or _names(defaults.get("provider"))
    if chosen in (Mode.MODEL, Mode.REFRESH) and not named:
        raise AnswerError(
            "answers come from a model, but nobody says whose. Write defaults.provider in integrations.yaml, "
            "like deepseek or local, or say --provider NAME"
        )
    limits = {key: Decimal(str(value)) for key, value in (defaults.get("budget_usd") or {}).items()}
    limits |= {"run": Decimal(options.budget)} if options.budget is not None else {}
    own = defaults.get("providers") or {}
    return Asking(chosen, named, own, limits, options.retry_degraded, options.strict, entitled)


def _names(said: Any) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def _truthy(value: str | None) -> bool:
    return (value or "").lower() not in ("", "0", "false", "no")
