"""Operations that an answer proposes become endpoints of the entry, and no other entry changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.lock import canonical
from generator.patterns import IntegrationPattern
from generator.render import Job, render

from .entries import GITHUB, NAME_ONLY, api, entry


def proposed(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"operations": {"endpoints": list(operations)}}


LIST = {
    "method": "GET",
    "path": "/deals",
    "summary": "List the deals.",
    "parameters": "stage?, limit: integer?",
}
CREATE = {
    "method": "POST",
    "path": "/deals/{id}/notes",
    "summary": "Add a note.",
    "parameters": "id, text, at: date?",
}


def endpoints(pattern: IntegrationPattern, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    named = canonical(pattern.normalise(entry(NAME_ONLY)))
    found: list[dict[str, Any]] = pattern.folder.code.extended(named, proposed(*operations))[
        "requirements"
    ].get("endpoints", [])
    return found


def test_a_proposed_operation_is_read_as_the_manifest_would_say_it(pattern: IntegrationPattern) -> None:
    raw = [
        {
            "method": "GET",
            "path": "/deals",
            "summary": "List the deals.",
            "parameters": {"stage": "string?", "limit": "integer?"},
        },
        {
            "method": "POST",
            "path": "/deals/{id}/notes",
            "summary": "Add a note.",
            "body": {"text": "string", "at": "date?"},
        },
    ]
    said = canonical(pattern.normalise(entry(NAME_ONLY, endpoints=raw)))
    assert endpoints(pattern, LIST, CREATE) == said["requirements"]["endpoints"]


def test_which_operations_there_are_is_asked_only_where_nothing_says_so(pattern: IntegrationPattern) -> None:
    asked = pattern.folder.code.asked
    ids = ["operations", "naming"]
    assert asked(canonical(pattern.normalise(entry(NAME_ONLY))), ids) == ids
    assert asked(canonical(pattern.normalise(entry(GITHUB))), ids) == ["naming"]
    documented = {**canonical(pattern.normalise(entry(NAME_ONLY))), "spec": "specs/acme.yaml"}
    assert asked(documented, ids) == ["naming"]


def test_an_entry_with_endpoints_keeps_them_alone(pattern: IntegrationPattern) -> None:
    told = canonical(pattern.normalise(api("GET /things")))
    assert pattern.folder.code.extended(told, proposed(LIST)) == told


def test_no_proposal_leaves_an_entry_as_it_is(pattern: IntegrationPattern) -> None:
    named = canonical(pattern.normalise(entry(NAME_ONLY)))
    assert pattern.folder.code.extended(named, proposed()) == named
    assert pattern.folder.code.extended(named, {}) == named


@pytest.mark.parametrize(
    "broken",
    [
        {**LIST, "path": "/deals/{id"},
        {**LIST, "path": "deals?all=1"},
        {**LIST, "path": "/../admin"},
        {**LIST, "parameters": "stage; drop"},
        {**LIST, "parameters": "limit: file"},
        {"method": "FETCH", "path": "/deals", "summary": "Get."},
        {"path": 3},
    ],
)
def test_what_cannot_be_read_is_left_out(pattern: IntegrationPattern, broken: dict[str, Any]) -> None:
    assert [found["path"] for found in endpoints(pattern, broken, CREATE)] == ["/deals/{id}/notes"]


def test_the_same_operation_is_taken_once(pattern: IntegrationPattern) -> None:
    again = {"method": "POST", "path": "/deals/{deal}/notes", "summary": "Add a note again."}
    assert len(endpoints(pattern, CREATE, again)) == 1


def files(pattern: IntegrationPattern, folder: Path, answers: dict[str, Any]) -> dict[str, str]:
    """The package of an entry that says no more than a name, with these answers."""
    named = canonical(pattern.normalise(entry(NAME_ONLY)))
    job = Job("acme-crm", "acme_crm", pattern.folder.path / "rest", pattern.resolve(named, answers))
    (folder / "integrations").mkdir(parents=True)
    return {path: data.decode() for path, data in render([job], folder)[0].files.items()}


def test_a_package_of_proposed_operations_says_that_nobody_confirmed_them(
    pattern: IntegrationPattern, tmp_path: Path
) -> None:
    made = files(pattern, tmp_path, proposed(LIST, CREATE))
    warning = "proposed, not confirmed by a document or a person"
    assert "    def list_deals(" in made["acme_crm_adapter.py"]
    assert made["acme_crm_adapter.py"].count(warning) == 1
    assert (
        made["ACME_CRM_INTEGRATION.md"].count(warning) == 2
    )  # where operations are listed, and among open ends


def test_a_person_who_approves_them_silences_the_warning(pattern: IntegrationPattern, tmp_path: Path) -> None:
    made = files(pattern, tmp_path, {**proposed(LIST, CREATE), "approved": ["operations"]})
    assert "    def list_deals(" in made["acme_crm_adapter.py"]
    assert not [path for path, text in made.items() if "not confirmed" in text]


def test_without_a_proposal_the_adapter_gives_raw_access(pattern: IntegrationPattern, tmp_path: Path) -> None:
    made = files(pattern, tmp_path / "none", proposed())
    assert made == files(pattern, tmp_path / "unasked", {})
    assert "    def get(" in made["acme_crm_adapter.py"]
    assert not [path for path, text in made.items() if "not confirmed" in text]
