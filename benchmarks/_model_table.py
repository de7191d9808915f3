"""What a model's answers came to, as two Markdown tables and as JSON: by question, and by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks._model_run import Asked, Judged, prices
from generator.subtasks.exchange import Model, Tokens

SPENT = ("tokens in", "out", "s")
BY_QUESTION = ("question", "asked", "accepted", "at once", "repairs", "kept", "why not", *SPENT)
BY_ENTRY = ("entry", "accepted", "kept", "score offline", "score with", *SPENT)
LEGEND = """\
accepted: it passed the checks of its contract. kept: it says something else than the offline answer, and the
package with it is no worse. $: these tokens at listed prices, none of them cached: each question asked once –
every attempt as it was."""


def report(asked: Sequence[Asked], judged: Sequence[Judged], models: Sequence[Model]) -> str:
    """Return both tables, and what the columns mean."""
    names = dict.fromkeys(one.subtask for one in asked)
    questions = [_question(name, [one for one in asked if one.subtask == name], judged) for name in names]
    entries = [_entry(one, _of(one.entry, asked), models) for one in judged]
    header = (*BY_ENTRY, *(f"$ {model.name}" for model in models))
    parts = [
        *_table(BY_QUESTION, [*questions, _all(asked, judged)]),
        "",
        *_table(header, entries),
        "",
        LEGEND,
    ]
    return "\n".join(parts)


def to_json(asked: Sequence[Asked], judged: Sequence[Judged], models: Sequence[Model]) -> dict[str, Any]:
    """Return every answer and figure."""
    return {
        "asked": [one.to_json() for one in asked],
        "judged": [
            {
                "entry": one.entry,
                "score_offline": one.offline,
                "score": one.score,
                "kept": list(one.kept),
                "counts": dict(one.counts),
                "usd": _dollars(_of(one.entry, asked), models),
            }
            for one in judged
        ],
    }


def _of(entry: str, asked: Sequence[Asked]) -> list[Asked]:
    return [one for one in asked if one.entry == entry]


def _question(name: str, asked: Sequence[Asked], judged: Sequence[Judged]) -> tuple[str, ...]:
    kept = sum(name in one.kept for one in judged)
    reasons = Counter(one.reason for one in asked if not one.accepted)
    why = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    return (name, *_counted(asked), str(kept), why, *_spent(asked))


def _all(asked: Sequence[Asked], judged: Sequence[Judged]) -> tuple[str, ...]:
    return ("all", *_counted(asked), str(sum(len(one.kept) for one in judged)), "", *_spent(asked))


def _counted(asked: Sequence[Asked]) -> tuple[str, str, str, str]:
    accepted = [one for one in asked if one.accepted]
    at_once = sum(not one.repairs for one in accepted)
    return str(len(asked)), str(len(accepted)), str(at_once), str(sum(one.repairs for one in asked))


def _entry(judged: Judged, asked: Sequence[Asked], models: Sequence[Model]) -> tuple[str, ...]:
    accepted = f"{sum(one.accepted for one in asked)} of {len(asked)}"
    scores = str(len(judged.kept)), str(judged.offline), str(judged.score)
    dollars = _dollars(asked, models)
    priced = [f"{dollars[model.name]['once']} – {dollars[model.name]['all']}" for model in models]
    return (judged.entry, accepted, *scores, *_spent(asked), *priced)


def _dollars(asked: Sequence[Asked], models: Sequence[Model]) -> dict[str, dict[str, str]]:
    firsts = [one.given.attempts[0].tokens for one in asked if one.given.attempts]
    once, whole = prices(firsts, models), prices([one.given.tokens for one in asked], models)
    return {name: {"once": f"{once[name]:.4f}", "all": f"{whole[name]:.4f}"} for name in whole}


def _spent(asked: Sequence[Asked]) -> tuple[str, str, str]:
    tokens = sum((one.given.tokens for one in asked), Tokens())
    return f"{tokens.prompt:,}", f"{tokens.completion:,}", f"{sum(one.seconds for one in asked):.0f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for cells in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(cells)} |"
