"""What a provider does wrong, through the whole command: nothing gets in, and the books are its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.models import scripted as said

from .modelled import KEY, SECRET, Modelled, modelled, subtask

# One question is open: the entry says everything else itself.
ONE = """\
version: 1
integrations:
  - name: pets
    service: Pets
    requirements:
      base_url: https://pets.example
      auth_type: bearer
      endpoints:
        - method: GET
          path: /pets/{pet_id}
          name: get_pet
          summary: Get a pet.
          errors: {404: There is no such pet.}
"""
GOOD = said.say({"overview": "Reads single pets by their numbers."})
HOSTILE = said.say({"overview": 'Reads pets.""" + __import__("os").system("touch owned") + """'})
REPAIRED = 3  # a tier: one sample, two repairs
# What is scripted for the overview · how it ends · requests about it.
MATRIX: dict[str, tuple[list[said.Said], str, int]] = {
    "good": ([GOOD], "kept", 1),
    "fenced": ([said.fenced('{"overview": "Reads single pets by their numbers."}')], "kept", 1),
    "blank once": ([said.BLANK, GOOD], "kept", 2),
    "cut off once": ([said.TRUNCATED, GOOD], "kept", 2),
    "bad JSON twice": ([said.BAD_JSON, said.BAD_JSON, GOOD], "kept", 3),
    "the cheap model never, the strong one at once": ([*[said.BLANK] * 3, GOOD], "kept", 4),
    "refusal for ever": ([said.REFUSED], "rejected", 2 * REPAIRED),
    "wrong schema for ever": ([said.WRONG_SCHEMA], "rejected", 2 * REPAIRED),
    "10 MB for ever": ([said.HUGE], "rejected", 2 * REPAIRED),
    "hostile for ever": ([HOSTILE], "rejected", 2 * REPAIRED),
    "429 once": ([said.Fault(429, retry_after="0"), GOOD], "kept", 2),
    "retired": ([said.RETIRED], "unavailable", 2),
    "bad key": ([said.BAD_KEY], "unavailable", 2),
}


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.delenv("CI", raising=False)


def script(answers: list[said.Said]) -> Callable[[said.Body], said.Said]:
    """Answer the overview with these, the last one for ever, and every other question with nothing."""
    rest = list(answers)

    def answer(body: said.Body) -> said.Said:
        if subtask(body) != "overview":
            return said.BLANK
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return answer


def overviews(made: Modelled) -> int:
    """Return how often the overview was asked."""
    return sum(subtask(asked.body) == "overview" for asked in made.server.asked)


@pytest.mark.parametrize("fault", MATRIX)
def test_each_fault_ends_as_it_must_and_is_booked_as_the_provider_counts_it(
    fault: str, tmp_path: Path
) -> None:
    answers, end, requests = MATRIX[fault]
    with modelled(tmp_path / "repo", script(answers), text=ONE) as made:
        done = made.run("generate", "--json")
        told = json.loads(done.out)
        spent = json.loads(made.run("cost", "--json").out)
        billed = made.server.dollars(Decimal("0.5"), Decimal("2.0"), Decimal("0.5"))
    assert done.code == 0, done.out + done.err
    assert told["written"][0]["questions"]["overview"] == end
    assert overviews(made) == requests
    booked = Decimal(spent["total_usd"])
    assert booked == billed if fault != "10 MB for ever" else booked >= 0
    assert Decimal(told["cost_usd"]) == booked
    assert (made.root / "integrations/pets/answers/overview.json").exists() is (end == "kept")
    assert not list(made.root.rglob("owned"))
