"""What a question may cost, before anything is spent, and without counting real tokens.

Both ends are honest, none is a promise: *low* is one short answer of the first model, accepted at once;
*high* is the whole cascade of both tiers with every repair, at the dearest model of each. Not in it: a
provider that charges for an answer that never came. The budget holds whatever the estimate says.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from generator.subtasks.cascade import MAX_TOKENS, REPAIRS, SAMPLES
from generator.subtasks.condense import CHARACTERS
from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import MILLION, Model, Tier
from generator.subtasks.prompts import PREVIOUS

FEWEST = 4  # characters in a token of plain English, so that there are as few tokens as may be
MOST = 2  # characters in a token of dense JSON or code
SHORT = 8  # a short answer is this part of the longest one


def estimate(subtask: Subtask, characters: int, models: Sequence[Model]) -> tuple[Decimal, Decimal]:
    """Return the least and the most dollars for one question whose prompt has so many *characters*.

    *models* are in the order in which they are asked; without any, the question costs nothing.
    """
    if not models:
        return Decimal(0), Decimal(0)
    low = _uncached(models[0], characters // FEWEST, subtask.max_tokens // SHORT)
    high = sum((_worst(subtask, characters, _of(tier, models)) for tier in Tier), Decimal(0))
    return low, high


def _of(tier: Tier, models: Sequence[Model]) -> tuple[Model, ...]:
    return tuple(model for model in models if model.tier is tier)


def _worst(subtask: Subtask, characters: int, models: Sequence[Model]) -> Decimal:
    return max((_all_calls(subtask, characters, model) for model in models), default=Decimal(0))


def _all_calls(subtask: Subtask, characters: int, model: Model) -> Decimal:
    """Return the dollars of every sample and every repair of a tier.

    A repair reads the failed answer and what was wrong with it as well. Any answer may be asked for at the
    greater length that follows one that was cut off.
    """
    written = max(subtask.max_tokens, min(2 * subtask.max_tokens, MAX_TOKENS))
    sampled = _uncached(model, _tokens(characters), written)
    mended = _uncached(model, _tokens(characters + PREVIOUS + CHARACTERS), written)
    return SAMPLES.get(subtask.kind, 1) * sampled + REPAIRS * mended


def _tokens(characters: int) -> int:
    return -(-characters // MOST)


def _uncached(model: Model, prompt: int, completion: int) -> Decimal:
    return (min(prompt, model.context) * model.input_price + completion * model.output_price) / MILLION
