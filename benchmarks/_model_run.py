"""Ask one model everything that is open of entries, as ``generate`` does, and watch how it ends."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator import manifest, patterns
from generator.build import Built, Workshop
from generator.paths import data_root
from generator.resolve import Resolved, resolve
from generator.subtasks.exchange import Given, Model, Question, Tokens
from generator.subtasks.orchestrator import SmartOrchestrator
from generator.trial import KEPT, Trial

PROVIDER = "local"
COPIED = ("integrations.yaml", "schema", "specs", "cookiecutters")
UNCOPIED = shutil.ignore_patterns("__pycache__")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and how it ended. *seconds* are next to none where a kept reply was read again."""

    entry: str
    subtask: str
    given: Given
    seconds: float

    @property
    def accepted(self) -> bool:
        """Whether an answer passed every check of its contract."""
        return not self.given.why

    @property
    def repairs(self) -> int:
        """How often the model was told what is wrong, and asked again."""
        return max(0, len(self.given.attempts) - 1)

    @property
    def reason(self) -> str:
        """Why there is no answer: how the last attempt ended."""
        last = self.given.attempts[-1].outcome if self.given.attempts else self.given.why
        return "" if self.accepted else last

    def to_json(self) -> dict[str, Any]:
        """Return everything that was said and seen."""
        attempts = [
            {
                "outcome": attempt.outcome,
                "detail": attempt.detail,
                "prompt_tokens": attempt.tokens.prompt,
                "completion_tokens": attempt.tokens.completion,
                "call": attempt.key,
            }
            for attempt in self.given.attempts
        ]
        told = {"entry": self.entry, "subtask": self.subtask, "accepted": self.accepted}
        return {**told, "seconds": round(self.seconds, 2), "attempts": attempts, "answer": self.given.value}


@dataclass(frozen=True, slots=True)
class Judged:
    """One entry's package without and with what the model said: its scores, and the answers that it keeps."""

    entry: str
    offline: int
    score: int
    kept: tuple[str, ...]
    counts: Mapping[str, Any] = field(default_factory=dict)  # of both packages, where an answer was kept


class Watched(SmartOrchestrator):
    """Asks one question after the other, and notes how each of them ended, and when."""

    def __init__(
        self,
        address: str,
        model: str,
        root: Path,
        note: Callable[[Asked], object] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(PROVIDER, providers={PROVIDER: {"base_url": address, "model": model}}, root=root)
        self.asked: list[Asked] = []
        self._note, self._clock = note, clock

    def ask(self, questions: Sequence[Question]) -> list[Given]:
        return [self._watched(question) for question in questions]

    def _watched(self, question: Question) -> Given:
        started = self._clock()
        given = super().ask([question])[0]
        one = Asked(question.entry, question.subtask.id, given, self._clock() - started)
        self.asked.append(one)
        self._note(one)
        return given


def copy(checkout: Path, root: Path) -> Path:
    """Copy what entries are made from, without locks and recorded answers, and return *root*."""
    for name in COPIED:
        source, place = checkout / name, root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=UNCOPIED, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, place)
    return root


def entries(root: Path, names: Sequence[str] = ()) -> tuple[Resolved, ...]:
    """Return the repository's entries, or those of *names* alone.

    Raises:
        KeyError: there is no such entry.
    """
    catalog = patterns.catalog(root)
    found = {entry.name: entry for entry in resolve(manifest.load(root, catalog), catalog)}
    return tuple(found[name] for name in names) if names else tuple(found.values())


def run(found: Sequence[Resolved], orchestrator: Watched, stage: Path) -> Iterator[Judged]:
    """Answer, build and judge the entries, one after the other."""
    shop = Workshop(stage / "build", data_root(), cache=stage / "cache")
    for entry in found:
        yield judged(Trial(shop, orchestrator).run([entry])[0])


def judged(built: Built) -> Judged:
    """Read what the lock says of both packages."""
    kept = tuple(sorted(name for name, end in built.ends.items() if end == KEPT))
    counts: Mapping[str, Any] = built.lock.evidence.get("trial", {})
    offline = counts["offline"]["score"] if counts else built.score
    return Judged(built.lock.name, offline, built.score, kept, counts)


def prices(spent: Sequence[Tokens], models: Sequence[Model]) -> Mapping[str, Decimal]:
    """Return what so many tokens cost at each model's listed price, nothing of them cached."""
    prompt, completion = sum(t.prompt for t in spent), sum(t.completion for t in spent)
    return {model.name: model.cost(prompt, completion) for model in models}
