"""What a proposed entry says: what the document leaves open, and nothing that it says itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import make_repository
from .proposals import (
    MANIFEST,
    document,
    jackfield,
    lay,
    operation,
    proposed,
    written,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", MANIFEST).root


def requirements(root: Path, spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = proposed(root, spec)["entry"].get("requirements", {})
    return found


def test_tags_and_globs_narrow_and_are_written_as_the_document_spells_them(root: Path) -> None:
    found = written(root, "--tag", "ORDERS", "--exclude", "POST *")
    assert found["requirements"] == {"tags": ["orders"], "exclude": ["POST *"]}


def test_the_table_says_what_is_chosen(root: Path) -> None:
    found = proposed(root, document(), "--include", "GET /orders*")
    assert found["operations"] == 5
    assert found["chosen"] == ["GET /orders", "GET /orders/{id}"]
    assert {row["tag"]: row["chosen"] for row in found["tags"]} == {
        "orders": 2,
        "users": 0,
        "people": 0,
        "": 0,
    }


def test_a_tag_that_the_document_does_not_have_is_told_with_the_nearest(root: Path) -> None:
    result = jackfield(root, "add", "acme", "--spec", lay(root.parent, document()), "--tag", "order")
    assert result.code == 1
    assert "Did you mean 'orders'?" in result.err


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Acme Orders API - OpenAPI 3.1", "Acme Orders"),
        ("Swagger Petstore", "Swagger Petstore"),
        ("Discord HTTP API (Preview)", "Discord"),
        ("REST API", "Acme"),
        ("", "Acme"),
        ("line\none: 'x' #\x1b[31m", "line one: 'x' #[31m"),
    ],
)
def test_the_service_is_the_title_without_its_technicalities(root: Path, title: str, service: str) -> None:
    found = written(root, spec=document(info={"title": title, "description": "Takes it. Fast."}))
    assert found["service"] == service
    assert found["description"] == "Takes it."


def test_the_service_can_be_named(root: Path) -> None:
    assert written(root, "--service", "Orders of Acme")["service"] == "Orders of Acme"


HOSTILE = [
    "{{ 7*7 }}",
    "a: b # c",
    "'\"",
    "- x",
    "yes",
    "*x",
    "&x",
    "!!python/object:x",
    "]",
    "é\u2028z",
    "1e3",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_document_says_stays_text(root: Path, text: str) -> None:
    info = {"title": f"Acme {text}", "description": f"About {text} it."}
    spec = document(info=info, paths={"/x": {"get": operation(text)}})
    found = written(root, "--tag", text, spec=spec)
    assert found["requirements"]["tags"] == [text]
    assert set(found) <= {"name", "service", "type", "description", "spec", "requirements"}
    assert jackfield(root, "plan").code == 2


def test_a_document_without_a_server_leaves_the_base_url_to_a_variable(root: Path) -> None:
    found = proposed(root, document(servers=[]))
    assert found["entry"]["requirements"]["base_url"] == "${ACME_BASE_URL}"
    assert any("set ACME_BASE_URL" in note for note in found["notes"])


def test_a_server_with_an_open_part_is_left_to_a_variable(root: Path) -> None:
    spec = document(servers=[{"url": "https://{tenant}.acme.example"}])
    assert requirements(root, spec)["base_url"] == "${ACME_BASE_URL}"


def test_a_server_that_the_document_says_is_not_written_again(root: Path) -> None:
    assert "base_url" not in requirements(root, document())


SERVERS = [
    {"url": "https://sandbox.acme.example", "description": "For trying things out"},
    {"url": "https://api.acme.example", "description": "Production"},
    {"url": "https://eu.acme.example", "description": "Europe"},
    {"url": "http://api.acme.example"},
    {"url": "http://localhost:8080"},
    {
        "url": "https://{region}.acme.example",
        "variables": {"region": {"default": "us1", "enum": ["us1", "us2"]}},
    },
]


def test_further_servers_become_environments_and_production_is_the_usual_one(root: Path) -> None:
    schemes = {"securitySchemes": {"t": {"type": "http", "scheme": "bearer"}}}
    found = written(root, spec=document(servers=SERVERS, components=schemes, security=[{"t": []}]))
    assert found["requirements"] == {"base_url": "https://api.acme.example"}
    assert found["environments"] == {
        "sandbox": {"base_url": "https://sandbox.acme.example", "secret": "ACME_SANDBOX_TOKEN"},
        "europe": {"base_url": "https://eu.acme.example"},
        "local": {"base_url": "http://localhost:8080"},
        "us1": {"base_url": "https://us1.acme.example"},
        "us2": {"base_url": "https://us2.acme.example"},
    }


def test_many_servers_become_a_dozen_environments_at_most(root: Path) -> None:
    servers = [{"url": f"https://h{n}.acme.example"} for n in range(100)]
    assert len(written(root, spec=document(servers=servers))["environments"]) == 12


BEARER = {"type": "bearer", "secret": "ACME_TOKEN"}


def header(name: str) -> dict[str, Any]:
    parameter = {"name": name, "in": "header", "schema": {"type": "string"}}
    return document(paths={"/x": {"get": operation(parameters=[parameter])}})


@pytest.mark.parametrize(
    ("more", "auth"),
    [
        ({"components": {"securitySchemes": {"t": {"type": "http", "scheme": "bearer"}}}}, BEARER),
        (
            {"components": {"securitySchemes": {"t": {"type": "http", "scheme": "basic"}}}},
            {"type": "basic", "username_secret": "ACME_USERNAME", "password_secret": "ACME_PASSWORD"},
        ),
        (header("Authorization"), BEARER),
        (
            header("X-Api-Key"),
            {"type": "api_key", "secret": "ACME_API_KEY", "name": "X-Api-Key", "in": "header"},
        ),
        ({}, None),
    ],
)
def test_auth_is_written_where_the_document_shows_it_without_saying_it(
    root: Path, more: Any, auth: Any
) -> None:
    assert written(root, spec=document(**more)).get("requirements", {}).get("auth") == auth


def test_auth_that_the_document_says_is_not_written_and_its_variable_is_told(root: Path) -> None:
    schemes = {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}}}
    found = proposed(root, document(components=schemes, security=[{"k": []}]))
    assert "requirements" not in found["entry"]
    assert found["secrets"] == ["ACME_API_KEY"]


def test_a_way_to_sign_in_that_is_not_built_is_told(root: Path) -> None:
    schemes = {"securitySchemes": {"mtls": {"type": "mutualTLS"}}}
    found = proposed(root, document(components=schemes, security=[{"mtls": []}]))
    assert any("mtls is not built" in note for note in found["notes"])


@pytest.mark.parametrize("place", ["title", "description"])
def test_what_looks_like_a_credential_never_reaches_the_manifest(root: Path, place: str) -> None:
    token = "ghp_" + "a1B2" * 9
    found = written(
        root, spec=document(info={"title": "Acme", "description": "Fine text.", place: f"Use {token}."})
    )
    assert token not in json.dumps(found)
    assert token not in (root / "integrations.yaml").read_text()


def limit_header(**schema: Any) -> dict[str, Any]:
    told = {
        "X-RateLimit-Limit": {"description": "Requests per hour.", "schema": {"type": "integer", **schema}}
    }
    return document(paths={"/x": {"get": {"responses": {"200": {"description": "ok", "headers": told}}}}})


@pytest.mark.parametrize(
    ("spec", "limit"),
    [
        (document(**{"x-ratelimit": "100 requests per minute"}), "100/minute"),
        (document(**{"x-rate-limit": {"limit": 5000, "period": "hour"}}), "5000/hour"),
        (document(**{"x-ratelimit-limit": {"requests": 10, "window": 1}}), "10/second"),
        (limit_header(example=5000), "5000/hour"),
        (limit_header(example="many"), None),
        (document(**{"x-ratelimit": "as you like"}), None),
        (document(**{"x-ratelimit": [100]}), None),
    ],
)
def test_a_limit_in_figures_is_taken(root: Path, spec: Any, limit: str | None) -> None:
    assert requirements(root, spec).get("rate_limit") == limit


def test_headers_that_count_calls_without_a_figure_are_told(root: Path) -> None:
    found = proposed(root, limit_header())
    assert "rate_limit" not in found["entry"].get("requirements", {})
    assert any("answers count the calls" in note for note in found["notes"])
