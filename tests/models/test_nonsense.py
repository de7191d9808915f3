"""A model that says nonsense gets nothing past the checks, through the whole path that real models take."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from generator import manifest, patterns
from generator.resolve import Resolved, resolve
from generator.subtasks import cascade, providers
from generator.subtasks.answering import faults
from generator.subtasks.caller import Caller
from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Model, Question
from generator.subtasks.ledger import Budget, Ledger
from generator.subtasks.orchestrator import SmartOrchestrator
from generator.subtasks.proposing import Talk, propose
from generator.subtasks.recordings import NOTHING

MANIFEST = """\
version: 1
integrations:
  - name: pets
    service: Pets
    description: The pets of a shop.
    requirements:
      base_url: https://pets.example
      auth: {type: bearer, secret: PETS_TOKEN}
      endpoints:
        - GET /pets/{pet_id}
        - {method: POST, path: /pets, body: {name: string, tag: string?}, returns: Pet}
      types:
        Pet: {id: integer, name: string, tag: string?}
    methods:
      rename_pet: Give a pet another name.
  - name: parks
    service: Parks
    type: api
    description: Where dogs may run.
    requirements: {base_url: "https://parks.example"}
"""
FREE = Budget(subtask=Decimal(0), entry=Decimal(0), run=Decimal(0))  # a call that costs anything is refused


def entries(root: Path) -> tuple[Resolved, ...]:
    (root / "integrations.yaml").write_text(MANIFEST)
    catalog = patterns.catalog(root)
    return resolve(manifest.load(root, catalog), catalog)


def question(entry: Resolved, task: Subtask) -> Question:
    """One question with its slice of the entry, and the checks of its contract."""
    inputs = task.slice(entry.facts)
    prompt = (entry.pattern.folder.path / task.prompt).read_text()
    return Question(
        entry.name, task, inputs, prompt, lambda value: faults(entry.pattern, task, inputs, value)
    )


def provider(address: str) -> dict[str, dict[str, str]]:
    return {"local": {"base_url": address, "model": "tiny"}}


def local(address: str) -> tuple[Model, ...]:
    return providers.models(["local"], provider(address))


def test_the_contract_of_every_question_refuses_whatever_it_says(tiny_model: str, tmp_path: Path) -> None:
    caller = Caller(Ledger(tmp_path, FREE), tmp_path)
    found = entries(tmp_path)
    asked = {task.id: question(entry, task) for entry in found for task in entry.subtasks}
    given = {name: cascade.ask(q, caller, local(tiny_model)) for name, q in asked.items()}
    assert {name: end.why for name, end in given.items()} == dict.fromkeys(asked, "rejected")
    assert [end.value for end in given.values()] == [None] * len(asked)
    declared = {task.id for task in found[0].pattern.folder.subtasks}
    assert {name.partition(":")[0] for name in asked} == declared, "a question is not put to the test"
    every = [attempt for end in given.values() for attempt in end.attempts]
    assert {attempt.outcome for attempt in every} & {"check", "schema"}, "nothing came as far as the checks"
    assert all(attempt.tokens.prompt and attempt.tokens.completion for attempt in every)
    assert caller.ledger.summary()["total_cost"] == 0


def test_nonsense_is_kept_and_never_asked_for_twice(tiny_model: str, tmp_path: Path) -> None:
    entry = entries(tmp_path)[0]
    asked = question(entry, entry.subtasks[0])
    first = cascade.ask(asked, Caller(Ledger(tmp_path, FREE), tmp_path), local(tiny_model))
    nowhere = local("http://127.0.0.1:1/v1")
    assert cascade.ask(asked, Caller(Ledger(tmp_path, FREE), tmp_path), nowhere) == first


def test_held_to_the_narrowest_form_it_invents_values_and_nothing_else(
    tiny_model: str, tmp_path: Path
) -> None:
    asked = SmartOrchestrator("local", providers=provider(tiny_model), budget={"run": 0})
    talks = [Talk(entry, NOTHING, entry.subtasks) for entry in entries(tmp_path)]
    propose(talks, asked, lambda *_: ())
    given = {name: end for talk in talks for name, end in talk.given.items()}
    texts = {"naming", "summaries", "errors", "overview", "troubleshooting"}
    assert texts | {"operations", "cases:rename_pet"} <= set(given)
    assert {name for name, end in given.items() if not end.why} <= {"examples"}, (
        "nonsense was taken for sense"
    )
    assert {end.why for name, end in given.items() if name != "examples"} == {"rejected"}
    assert asked.get_cost_summary()["total_cost"] == 0
