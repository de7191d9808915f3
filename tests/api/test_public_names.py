"""What operations of a document are called, and that what they are called stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generator.patterns import catalog

CHECKOUT = Path(__file__).resolve().parents[2]


def module(name: str) -> ModuleType:
    """A module of the API pattern's folder."""
    code = catalog(CHECKOUT).folder("api").code
    found: ModuleType = __import__("importlib").import_module(f"{code.__package__}.{name}")
    return found


@pytest.fixture(scope="module")
def from_id() -> Callable[..., tuple[str, ...]]:
    found: Callable[..., tuple[str, ...]] = module("identifiers").from_id
    return found


@pytest.mark.parametrize(
    ("operation_id", "method", "path", "tags", "name"),
    [
        ("getPetById", "GET", "/pet/{petId}", ["pet"], "get_pet_by_id"),
        ("repos/list-for-org", "GET", "/orgs/{org}/repos", ["repos"], "list_for_org"),
        ("UsersController_findAll", "GET", "/users", ["users"], "find_all"),
        ("read_items_items__item_id__get", "GET", "/items/{item_id}", [], "read_items"),
        ("getUsersUsingGET_1", "GET", "/users", [], "get_users"),
        ("ContainerInspect", "GET", "/containers/{id}/json", ["Container"], "inspect_container"),
        ("ContainerList", "GET", "/containers/json", ["Container"], "list_containers"),
        ("ListEntity", "GET", "/v2/Entities", [], "list_entities"),
        ("PostAccountsAccountBankAccounts", "POST", "/v1/accounts/{account}/bank_accounts", [], ""),
        ("get", "GET", "/things", [], ""),
        ("", "GET", "/things", [], ""),
        ("/", "GET", "/things", [], ""),
        ("取得", "GET", "/things", [], ""),
        ("import", "POST", "/things", [], "import_"),
        ("a" * 200, "GET", "/things", [], ""),
    ],
)
def test_an_operation_id_becomes_a_name_where_people_wrote_it(
    from_id: Callable[..., tuple[str, ...]],
    operation_id: str,
    method: str,
    path: str,
    tags: list[str],
    name: str,
) -> None:
    assert next(iter(from_id(operation_id, method, path, tags)), "") == name


def told(method: str, path: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "path": path, **more}


def settle(
    endpoints: list[dict[str, Any]], kept: Mapping[str, str] | None = None, layout: str = "", taken: Any = ()
) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = module("grouping").settle(endpoints, layout, {}, kept or {}, taken)
    return found


def test_a_name_in_the_lock_stays_and_the_newcomer_is_called_otherwise() -> None:
    old, new = told("GET", "/v2/longer/users", id="listUsers"), told("GET", "/users", id="listUsers")
    alone = settle([old])["GET /v2/longer/users"]
    both = settle([new, old], {"GET /v2/longer/users": alone[1]})
    assert both["GET /v2/longer/users"] == alone == ("", "list_users")
    assert both["GET /users"][1] not in ("", "list_users")


def test_where_turning_an_id_round_would_collide_it_stays_as_it_is() -> None:
    endpoints = [told("GET", "/collections/{id}", id="get_collection")]
    endpoints += [told("POST", "/collections/{id}/get", id="collection_get")]
    assert {name for _, name in settle(endpoints).values()} == {"get_collection", "collection_get"}


def test_a_name_that_the_manifest_says_wins_over_the_lock() -> None:
    endpoint = told("GET", "/users", name="everyone")
    assert settle([endpoint], {"GET /users": "list_users"})["GET /users"] == ("", "everyone")


def test_a_lock_that_was_made_up_names_nothing_unusable() -> None:
    kept = {"GET /users": "x; import os", "GET /teams": "class", "GET /orgs": "request"}
    found = settle([told("GET", path) for path in ("/users", "/teams", "/orgs")], kept, taken={"request"})
    assert {name for _, name in found.values()} == {"list_users", "list_teams", "list_orgs"}


def many(count: int, tag: str = "") -> list[dict[str, Any]]:
    more = {"tags": [tag]} if tag else {}
    return [told("GET", f"/{tag or 'things'}/part{n}", **more) for n in range(count)]


def test_a_large_adapter_is_grouped_by_tag() -> None:
    found = settle([*many(40, "Issues"), *many(40, "Pull Requests")])
    assert {group for group, _ in found.values()} == {"issues", "pull_requests"}


def test_a_small_adapter_is_flat_until_it_is_told_otherwise() -> None:
    endpoints = [*many(3, "a"), *many(3, "b")]
    assert {group for group, _ in settle(endpoints).values()} == {""}
    assert {group for group, _ in settle(endpoints, layout="grouped").values()} == {"a", "b"}


def test_an_adapter_keeps_its_layout_when_it_grows_or_shrinks() -> None:
    endpoints = [*many(40, "a"), *many(40, "b")]
    flat = {f"{e['method']} {e['path']}": f"get_{n}" for n, e in enumerate(endpoints[:10])}
    assert {group for group, _ in settle(endpoints, flat).values()} == {""}
    grouped = {f"{e['method']} {e['path']}": f"a.get_{n}" for n, e in enumerate(endpoints[:10])}
    assert {group for group, _ in settle(endpoints[:10], grouped).values()} == {"a"}


def test_where_tags_say_nothing_the_path_groups() -> None:
    endpoints = [told("GET", f"/v1/users/part{n}") for n in range(40)]
    endpoints += [told("GET", f"/v1/teams/part{n}") for n in range(40)]
    assert {group for group, _ in settle(endpoints).values()} == {"users", "teams"}


def test_words_that_all_tags_share_are_left_out() -> None:
    found = settle([*many(40, "VerifyV2Service"), *many(40, "VerifyV2Factor")])
    assert {group for group, _ in found.values()} == {"service", "factor"}


@pytest.mark.parametrize("tag", ["request", "metrics", "import", "1", "+", "日本", "__class__", "a" * 300])
def test_a_group_has_a_name_that_python_takes_and_the_adapter_has_not(tag: str) -> None:
    found = settle([*many(40, tag), *many(40, "b")], taken={"request", "metrics"})
    groups = {group for group, _ in found.values()}
    assert len(groups) == 2
    assert all(group.isidentifier() and group.isascii() and len(group) < 60 for group in groups)
    assert not groups & {"request", "metrics", "import"}


def test_every_operation_has_a_name_of_its_own_whatever_the_document_calls_it() -> None:
    paths = [
        "/",
        "/a",
        "/a/",
        "/a/{b}",
        "/a/{c}/",
        "/日本",
        "/a.b",
        "/a:b",
        "/a-b",
        "/a_b",
        "/{x}{y}",
        "/?a=1",
    ]
    endpoints = [told(m, p, id=i) for p in paths for m in ("GET", "POST") for i in ("same",)]
    names = [name for _, name in settle(endpoints).values()]
    assert len(set(names)) == len(endpoints)
    assert all(name.isidentifier() and name.isascii() and len(name) < 60 for name in names)
