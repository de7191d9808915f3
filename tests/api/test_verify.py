"""An answer may claim nothing that its question does not show; each fault tells how to mend it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import integrations.runtime as runtime
from generator.facts import facts
from generator.lock import canonical
from generator.manifest import load
from generator.patterns import Catalog, IntegrationPattern, catalog
from generator.specs.documents import Documents

from .entries import GITHUB, NAME_ONLY, ODD, STRIPE, api, entry

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = CHECKOUT.parent / "shared" / "specs"
Verify = Callable[[str, Any], list[str]]

LIST, READ = "GET /repos/{owner}/{repo}/issues", "GET /repos/{owner}/{repo}"
CREATE = "POST /repos/{owner}/{repo}/issues"
REFUND = {
    "method": "POST",
    "path": "/refunds",
    "parameters": {
        "notify": {"type": "string", "format": "email", "required": False},
        "page": {"type": "integer", "minimum": 1, "maximum": 9, "required": False},
        "when": {"type": "datetime", "required": False, "name": "happenedAt"},
        "kind": {"type": "string", "enum": ["whole", "part"], "default": "whole"},
        "callback": {"type": "string", "required": False},
        "phone": {"type": "string", "required": False},
        "code": {"type": "string", "pattern": "^[a-z]{3}$", "required": False},
    },
    "body": {"charge": "string", "amount": "integer?", "lines": ["string"]},
}


def inputs_of(pattern: IntegrationPattern, raw: Mapping[str, Any], subtask: str) -> dict[str, Any]:
    normal = canonical(pattern.normalise(dict(raw)))
    return next(task for task in pattern.folder.subtasks if task.id == subtask).slice(normal)


@pytest.fixture
def verify(pattern: IntegrationPattern) -> Verify:
    """The faults of an answer about GitHub."""

    def verified(subtask: str, answer: Any) -> list[str]:
        more = [*GITHUB["requirements"]["endpoints"], "GET /teams"]
        return list(
            pattern.verify(subtask, inputs_of(pattern, entry(GITHUB, endpoints=more), subtask), answer)
        )

    return verified


@pytest.fixture
def verify_refund(pattern: IntegrationPattern) -> Verify:
    """The faults of an answer about an entry with one operation that takes everything."""

    def verified(subtask: str, answer: Any) -> list[str]:
        return list(pattern.verify(subtask, inputs_of(pattern, api(REFUND), subtask), answer))

    return verified


RIGHT: dict[str, tuple[str, Any]] = {
    "a part of the names": ("naming", {READ: "get_repository"}),
    "a declared name": ("naming", {READ: "get_repository", LIST: "list_issues"}),
    "a summary": ("summaries", {READ: "Get a repository's settings, owner/team included."}),
    "a summary with the service": ("summaries", {READ: "Get a repository of GitHub."}),
    "an example": ("examples", {"owner": "ada", "title": "It works", "state": "open", "number": 7}),
    "a meaning": ("errors", {f"{READ} 404": "There is no such repository."}),
    "a declared meaning": ("errors", {f"{CREATE} 410": "Issues are disabled in this repository."}),
    "no cases": ("test_cases", {"cases": []}),
    "a case": (
        "test_cases",
        {"cases": [{"operation": LIST, "arguments": {"owner": "bob", "repo": "tools", "state": "all"}}]},
    ),
    "an overview": ("overview", {"overview": "Reads repositories. Lists and creates issues."}),
    "the description": ("overview", {"overview": "Repositories and issues of our organisation."}),
    "remedies": (
        "troubleshooting",
        {
            "AuthenticationError on every call": "Replace the token in GITHUB_TOKEN; the old one expired.",
            "RateLimitedError": "Lower rate_limit in config.yaml. A 429 says how long to wait.",
            "MissingSecretError": "Set GITHUB_TOKEN, or mount it under /run/secrets.",
        },
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_right_has_no_fault(verify: Verify, case: str) -> None:
    assert verify(*RIGHT[case]) == []


def pairs(**changes: str) -> dict[str, str]:
    """Three remedies, some changed."""
    told = {
        "RateLimitedError": "Call less often.",
        "RequestTimeoutError": "Raise timeout in config.yaml.",
        "UnavailableError": "Try again later.",
    }
    return told | changes


WRONG: dict[str, tuple[str, Any, str]] = {
    "nothing": ("naming", {}, "answers nothing"),
    "no mapping": ("naming", ["get_repository"], "one JSON object"),
    "an unknown operation": (
        "naming",
        {"GET /repos/{owner}/{name}": "get_repository"},
        f"Did you mean '{READ}'?",
    ),
    "a keyword": ("naming", {READ: "import"}, "like get_import"),
    "a taken name": ("naming", {READ: "close"}, "like get_close"),
    "a name of Python": ("naming", {READ: "list"}, "Write a verb and a noun"),
    "one name twice": ("naming", {READ: "list_issues"}, f"{LIST} is 'list_issues' already"),
    "a declared name changed": ("naming", {LIST: "all_issues"}, "Keep 'list_issues'"),
    "a name that lies": ("naming", {READ: "delete_repository"}, "Begin with get or list"),
    "many things by the name of one": ("naming", {"GET /teams": "get_teams"}, "Begin with list_"),
    "one thing by the name of many": ("naming", {READ: "list_repository"}, "Begin with get_"),
    "an unknown summary": ("summaries", {"DELETE /repos": "Delete all."}, "is no operation of the data"),
    "a declared summary changed": ("summaries", {LIST: "List them."}, "Leave it out"),
    "a summary in lower case": ("summaries", {READ: "gets a repository."}, "capital letter"),
    "a summary without an end": ("summaries", {READ: "Get a repository"}, "full stop"),
    "two sentences": ("summaries", {READ: "Get a repository. It is fast."}, "one sentence"),
    "a long summary": ("summaries", {READ: f"Get {'very ' * 30}much."}, "at most 120"),
    "two lines": ("summaries", {READ: "Get a\nrepository."}, "one line"),
    "a break-out": ("summaries", {READ: 'Get it.""" + evil() + """.'}, "no quotes"),
    "quoted words": ("summaries", {READ: "Get the 'main' repository."}, "no quotes"),
    "mark-up": ("summaries", {READ: "Get a **repository**."}, "mark-up"),
    "code": ("summaries", {READ: "Get what fetch() gives."}, "code"),
    "a link": ("summaries", {READ: "Get it, see https://evil.test/x."}, "no links"),
    "a host": ("summaries", {READ: "Get it from evil.com now."}, "no hosts"),
    "a path that is not there": ("summaries", {READ: "Get what /admin/keys has."}, "'/admin/keys"),
    "a name that is not there": ("summaries", {READ: "Get what list_keys has."}, "'list_keys'"),
    "a summary that lies": ("summaries", {READ: "Deletes a repository."}, "Begin with get or list"),
    "a token": ("summaries", {READ: "Get it with sk-0123456789abcdefghijklmnop."}, "looks like a credential"),
    "praise": ("summaries", {READ: "Easily get a repository."}, "no praise"),
    "an unknown field": ("examples", {"password": "x"}, "is no parameter or field"),
    "a word that says nothing": (
        "examples",
        {"owner": "example"},
        "says nothing. Write what a user",
    ),
    "words about a value": (
        "examples",
        {"owner": "string, at most 50 characters"},
        "says nothing. Write what a user",
    ),
    "a question": ("examples", {"title": "What is the title?"}, "says nothing"),
    "not of the enum": ("examples", {"state": "reopened"}, "Write one of open, closed"),
    "of another type": ("examples", {"number": "seven"}, "Write an integer"),
    "a truth value for a number": ("examples", {"number": True}, "Write an integer"),
    "a time in words": ("examples", {"since": "yesterday"}, "2026-01-02T03:04:05Z"),
    "a credential": ("examples", {"title": "ghp_0123456789abcdefABCDEF"}, "made-up word"),
    "a random text": ("examples", {"title": "aB3dE5gH7jK9mN1pQ3sT5vW7"}, "made-up word"),
    "a real mail address": ("examples", {"owner": "ada@gmail.com"}, "under example.com"),
    "a real host": ("examples", {"title": "see www.google.com"}, "under example.com"),
    "a real URL": ("examples", {"title": "https://api.evil.io/x"}, "under example.com"),
    "a real IP address": ("examples", {"title": "8.8.8.8"}, "192.0.2.1"),
    "a novel": ("examples", {"title": "word " * 100}, "short text"),
    "a meaning of something else": (
        "errors",
        {f"{READ} 404": "The owner does not exist."},
        "name what is not there",
    ),
    "a status that is no error": ("errors", {f"{READ} 200": "It is there."}, "from 400 to 599"),
    "a status of nothing": ("errors", {"GET /users 404": "No such user."}, "no operation of the data"),
    "a declared meaning changed": ("errors", {f"{CREATE} 410": "It is gone."}, "Leave it out"),
    "a meaning with code": ("errors", {f"{READ} 404": "Call `git push`."}, "mark-up"),
    "a case of nothing": (
        "test_cases",
        {"cases": [{"operation": "GET /x", "arguments": {}}]},
        "no operation",
    ),
    "a case that lacks something": (
        "test_cases",
        {"cases": [{"operation": READ, "arguments": {"owner": "ada"}}]},
        "repo is required",
    ),
    "a long overview": ("overview", {"overview": f"Reads {'many ' * 150}things."}, "at most 600"),
    "four sentences": ("overview", {"overview": "Reads it. Reads on. Reads more. Reads all."}, "at most 3"),
    "a claim": ("overview", {"overview": "Reads and deletes issues."}, "no operation does that"),
    "one pair": ("troubleshooting", {"NotFoundError": "Look elsewhere."}, "three to six"),
    "no error": ("troubleshooting", pairs(Slow="Wait."), "name one error"),
    "an unknown error": ("troubleshooting", pairs(QuotaError="Wait."), "there is no QuotaError"),
    "an unknown variable": (
        "troubleshooting",
        pairs(AuthenticationError="Set GITHUB_API_KEY."),
        "Write GITHUB_TOKEN",
    ),
    "a remedy that does harm": (
        "troubleshooting",
        pairs(RateLimitedError="Raise rate_limit."),
        "makes it worse",
    ),
    "a remedy for something else": (
        "troubleshooting",
        pairs(MissingSecretError="Replace GITHUB_TOKEN."),
        "to be set in the environment",
    ),
    "an unknown setting": ("troubleshooting", pairs(ConflictError="Set max_conflicts."), "'max_conflicts'"),
    "an invented number": ("troubleshooting", pairs(NotFoundError="Wait 90 seconds."), "does not say 90"),
    "a path of the machine": (
        "troubleshooting",
        pairs(NotFoundError="Look into /etc/passwd."),
        "'/etc/passwd",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_its_mend(verify: Verify, case: str) -> None:
    subtask, answer, mend = WRONG[case]
    found = verify(subtask, answer)
    assert any(mend in fault for fault in found), found


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ({"charge": "ch-1"}, None),
        ({"charge": "ch-1", "kind": "part", "page": 9, "when": "2026-01-02T03:04:05Z"}, None),
        ({"charge": "ch-1", "happenedAt": "2026-01-02T03:04:05Z", "code": "abc"}, None),
        ({"charge": "ch-1", "notify": "ada@example.com", "phone": "+12025550123"}, None),
        ({}, "charge is required"),
        ({"charge": ""}, "not empty"),
        ({"charge": "ch-1", "page": 10}, "at least 1, at most 9"),
        ({"charge": "ch-1", "page": "3"}, "Write an integer"),
        ({"charge": "ch-1", "kind": "half"}, "one of whole, part"),
        ({"charge": "ch-1", "code": "ABC"}, "like ^[a-z]{3}$"),
        ({"charge": "ch-1", "notify": "ada"}, "mail address under example.com"),
        ({"charge": "ch-1", "phone": "+31 20 624 1111"}, "+12025550123"),
        ({"charge": "ch-1", "callback": "https://evil.io/hook"}, "under example.com"),
        ({"charge": "ch-1", "lines": "one"}, "lines is no plain value. Leave it out."),
        ({"charge": "ch-1", "chrage": "x"}, "Did you mean 'charge'?"),
    ],
)
def test_arguments_exist_fit_and_harm_nobody(
    verify_refund: Verify, given: dict[str, Any], mend: str | None
) -> None:
    found = verify_refund("test_cases", {"cases": [{"operation": "POST /refunds", "arguments": given}]})
    assert found == [] if mend is None else any(mend in fault for fault in found), found


def test_cases_are_few_and_differ(verify: Verify) -> None:
    same = {"operation": READ, "arguments": {"owner": "ada", "repo": "tools"}}
    several = [{"operation": READ, "arguments": {"owner": "ada", "repo": f"r{n}"}} for n in range(4)]
    assert any("twice" in fault for fault in verify("test_cases", {"cases": [same, same]}))
    assert any("more than 3" in fault for fault in verify("test_cases", {"cases": several}))


@pytest.mark.parametrize(
    ("operation", "mend"),
    [
        ({"path": "/deals/{id}", "summary": "Get a deal."}, None),
        ({"path": "/deals/{id", "summary": "Get a deal."}, "brace without its partner"),
        ({"path": "/v2/deals", "summary": "List the deals."}, "base_url ends in /v2 already"),
        ({"path": "/deals", "summary": "Deletes the deals."}, "Begin with get or list"),
        ({"path": "/deals", "summary": "list deals"}, "capital letter"),
        ({"path": "/deals", "summary": "List the deals.", "parameters": "a b"}, "is no parameter"),
    ],
)
def test_proposed_operations_can_be_read(
    pattern: IntegrationPattern, operation: dict[str, str], mend: str | None
) -> None:
    named = inputs_of(pattern, entry(NAME_ONLY, base_url="https://api.example.com/v2"), "operations")
    found = pattern.verify("operations", named, {"endpoints": [{"method": "GET", **operation}]})
    assert found == [] if mend is None else any(mend in fault for fault in found), found


def test_an_operation_is_proposed_once(pattern: IntegrationPattern) -> None:
    named = inputs_of(pattern, entry(NAME_ONLY), "operations")
    twice = [
        {"method": "GET", "path": f"/deals/{{{key}}}", "summary": "Get a deal."} for key in ("id", "deal")
    ]
    assert any("twice" in fault for fault in pattern.verify("operations", named, {"endpoints": twice}))


def test_a_huge_answer_is_judged_at_once(verify: Verify) -> None:
    started = time.process_time()
    verify("overview", {"overview": "a-" * 1_000_000})
    verify("naming", {f"GET /{number}": "x" for number in range(100_000)})
    assert time.process_time() - started < 5


def test_faults_are_few_and_short(verify: Verify) -> None:
    answer = {f"GET /{number}/{'x' * 500}": "`" * 5_000 for number in range(100)}
    found = verify("summaries", answer)
    assert len(found) == 20
    assert max(map(len, found)) <= 300


def test_every_error_that_documentation_may_name_is_raised_by_the_runtime(
    pattern: IntegrationPattern,
) -> None:
    from importlib import import_module

    raised = import_module(f"{pattern.folder.code.__package__}.guidance").RAISED
    of_drivers = {"PoolExhaustedError", "TransactionConflictError"}
    assert raised == {name for name in dir(runtime) if name.endswith("Error")} - of_drivers


def test_a_question_that_is_not_known_has_no_faults(pattern: IntegrationPattern) -> None:
    assert pattern.verify("something_else", {}, {"any": "thing"}) == []


def _offline(pattern: IntegrationPattern, normal: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for task in pattern.questions(normal):
        inputs = task.slice(normal)
        yield task.id, list(pattern.verify(task.id, inputs, pattern.answer(task.id, inputs)))


def test_offline_answers_pass_the_checks_of_models(pattern: IntegrationPattern) -> None:
    known = catalog(CHECKOUT)
    schema = pattern.folder.schema
    shipped = [facts(item.written, schema, {}) for item in load(CHECKOUT, known).entries]
    for raw in [*shipped, *map(entry, (GITHUB, STRIPE, ODD, NAME_ONLY))]:
        normal = canonical(pattern.normalise(raw))
        assert [told for told in _offline(pattern, normal) if told[1]] == [], raw["name"]


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the collection of documents is not here")
@pytest.mark.parametrize(
    "name", ["petstore_v3.yaml", "docker_engine_v1.55.yaml", "twilio_verify_v2.yaml", "discord.json"]
)
def test_offline_answers_about_documents_pass_too(pattern: IntegrationPattern, name: str) -> None:
    if not (DOCUMENTS / name).is_file():
        pytest.skip(f"{name} is not here")
    known = Catalog(catalog(CHECKOUT).folders, [], Documents(DOCUMENTS))
    raw = {"name": "acme", "service": "Acme", "spec": name}
    normal = canonical(known.normalise("api", facts(raw, pattern.folder.schema, {})))
    assert normal["requirements"]["endpoints"]
    assert [told for told in _offline(pattern, normal) if told[1]] == []
