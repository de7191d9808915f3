"""The questions of the API pattern: what they may see, how they are put, and that they stay the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.lock import canonical
from generator.modelling.patterns import texts
from generator.patterns import IntegrationPattern
from generator.subtasks.contracts import Subtask

from .entries import GITHUB, NAME_ONLY, ODD, STRIPE, api, entry

# A contract that changes makes every answer about it stale, everywhere: change one only on purpose.
CONTRACTS = {
    "operations": "9b6a91ed464a",
    "naming": "6b15283c450d",
    "summaries": "bbf1db985acb",
    "examples": "4eb09014eb54",
    "errors": "b8b5f6988a48",
    "test_cases": "305fd1a734f8",
    "overview": "0bdbaef94222",
    "troubleshooting": "ff1769d3adca",
}
ENTRIES = (GITHUB, STRIPE, ODD, NAME_ONLY)


def questions(pattern: IntegrationPattern) -> dict[str, Subtask]:
    """The questions about the service itself; those about described methods are tested with them."""
    return {task.id: task for task in pattern.folder.subtasks if not task.each}


def test_contracts_stay_the_same(pattern: IntegrationPattern) -> None:
    assert {name: task.contract[:12] for name, task in questions(pattern).items()} == CONTRACTS


def test_what_a_question_sees_holds_names_of_secrets_and_no_value(pattern: IntegrationPattern) -> None:
    raw = api(
        {"method": "GET", "path": "/things", "headers": {"X-Tenant": "headers-are-not-shown"}},
        auth={"type": "api_key", "secret": "ACME_KEY", "name": "X-Key", "in": "header"},
        headers={"X-Internal": "headers-are-not-shown"},
    )
    normal = canonical(pattern.normalise({**raw, "owner": "owners-are-not-shown"}))
    shown = {name: json.dumps(task.slice(normal)) for name, task in questions(pattern).items()}
    assert not [name for name, text in shown.items() if "not-shown" in text]
    assert [name for name, text in shown.items() if "ACME_KEY" in text] == ["troubleshooting"]


@pytest.mark.parametrize("raw", ENTRIES, ids=lambda raw: str(raw["name"]))
def test_a_form_is_a_schema_that_admits_no_more_than_the_contract(
    pattern: IntegrationPattern, raw: dict[str, Any]
) -> None:
    normal = canonical(pattern.normalise(entry(raw)))
    for name, task in questions(pattern).items():
        inputs = task.slice(normal)
        posed = pattern.posed(task, inputs)
        if posed is None:
            continue
        Draft202012Validator.check_schema(posed[1])
        made = _least(posed[1])
        Draft202012Validator(posed[1]).validate(made)
        Draft202012Validator(dict(task.schema)).validate(made)
        invented = [fault for fault in pattern.verify(name, inputs, made) if "the data. " in fault]
        assert invented == [], name  # no key of a form is one that the question does not have


def _least(schema: Mapping[str, Any]) -> Any:
    """A value of a form, with everything that it can have."""
    if "anyOf" in schema:
        return _least(schema["anyOf"][0])
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema["type"] == "object":
        return {key: _least(inner) for key, inner in schema["properties"].items()}
    if schema["type"] == "array":
        return [_least(schema["items"])]
    if "pattern" in schema:
        return next(text for text in texts(schema["pattern"]) if re.search(schema["pattern"], text))
    plain = {"string": "Text that is long enough.", "boolean": True}
    return plain.get(schema["type"], schema.get("minimum", 1))


def test_what_is_declared_is_not_asked(pattern: IntegrationPattern) -> None:
    declared = {
        "method": "GET",
        "path": "/things/{id}",
        "name": "get_thing",
        "summary": "Get a thing.",
        "errors": {404: "There is none."},
    }
    normal = canonical(pattern.normalise(api(declared)))
    closed = {
        name for name, task in questions(pattern).items() if pattern.posed(task, task.slice(normal)) is None
    }
    assert closed >= {"naming", "summaries", "errors", "test_cases"}


def test_nothing_is_asked_about_operations_where_there_are_none(pattern: IntegrationPattern) -> None:
    normal = canonical(pattern.normalise(entry(NAME_ONLY)))
    asked = {
        name
        for name, task in questions(pattern).items()
        if pattern.posed(task, task.slice(normal)) is not None
    }
    assert asked == {"operations", "troubleshooting"}


def test_a_large_adapter_is_asked_about_in_part(pattern: IntegrationPattern) -> None:
    many = [
        {
            "method": "GET",
            "path": f"/things{number}/{{id}}",
            "parameters": {"a": "integer?", "b": "string?", f"field{number}": "string?"},
        }
        for number in range(200)
    ]
    normal = canonical(pattern.normalise(api(*many)))
    for name, task in questions(pattern).items():
        posed = pattern.posed(task, task.slice(normal))
        assert posed is not None
        assert len(json.dumps(posed[0])) < 6_000, name
        assert len(json.dumps(posed[1])) < 20_000, name


def test_a_value_is_asked_for_where_none_is_believable_yet(pattern: IntegrationPattern) -> None:
    taken = {
        "owner": "string?",
        "verse": "string?",
        "word": {"type": "string", "maxLength": 40, "required": False},
        "kind": {"enum": ["a", "b"]},
        "at": "datetime?",
        "size": "integer?",
    }
    normal = canonical(pattern.normalise(api({"method": "GET", "path": "/things", "parameters": taken})))
    task = questions(pattern)["examples"]
    posed = pattern.posed(task, task.slice(normal))
    assert posed is not None
    assert posed[0] == {
        "names": ["verse", "word"],
        "each of these is": {"word": "a string, at most 40 characters"},
    }


def test_a_name_is_held_to_the_verb_that_its_method_always_has(pattern: IntegrationPattern) -> None:
    listed = ["GET /things", "GET /things/{id}", "PATCH /things/{id}", "DELETE /things/{id}", "POST /things"]
    normal = canonical(pattern.normalise(api(*listed)))
    task = questions(pattern)["naming"]
    posed = pattern.posed(task, task.slice(normal))
    assert posed is not None
    forms = {key: form["pattern"] for key, form in posed[1]["properties"].items()}
    right = ["list_things", "get_thing", "update_thing", "delete_thing", "submit_thing"]
    assert all(re.search(forms[key], name) for key, name in zip(listed, right, strict=True))
    assert not [key for key in listed[:4] if re.search(forms[key], "submit_thing")]
