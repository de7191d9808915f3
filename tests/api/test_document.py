"""An entry with a document: what is chosen, what it becomes, what the manifest changes, what a lock keeps."""

from __future__ import annotations

import copy
import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.lock import canonical
from generator.patterns import IntegrationPattern
from generator.shapes import Complaint
from generator.specs.documents import Documents

Entry = dict[str, Any]
ITEM: dict[str, Any] = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
PAGE = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
        "next_cursor": {"type": "string"},
    },
}


def answer(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}


def query(name: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://api.shop.example/v1/"}],
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "schemas": {"Item": ITEM, "Unused": ITEM},
    },
    "paths": {
        "/items": {
            "get": {
                "operationId": "ItemsController_findAll",
                "tags": ["items"],
                "parameters": [
                    query("cursor", {"type": "string"}),
                    query("ids", {"type": "array", "items": {"type": "string"}}, explode=False),
                    {"name": "X-Key", "in": "header", "schema": {"type": "string"}},
                    {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": answer(PAGE),
            },
            "post": {
                "operationId": "create_item_items_post",
                "tags": ["items"],
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "requestBody": {
                    "content": {
                        "application/xml": {"schema": {"type": "string"}},
                        "application/json": {"schema": {"$ref": "#/components/schemas/Item"}},
                    }
                },
                "responses": {
                    "201": answer({"$ref": "#/components/schemas/Item"})["200"],
                    "404": {"description": "Not found"},
                },
            },
        },
        "/items/{id}": {
            "get": {"tags": ["items"], "responses": {**answer(ITEM), "404": {"description": "It was sold."}}},
            "delete": {"tags": ["items"], "responses": {"204": {"description": "Gone."}}},
        },
        "/health": {"get": {"security": [], "responses": answer({"type": "object"})}},
        "/search": {"post": {"operationId": "search", "responses": answer({"type": "array", "items": ITEM})}},
    },
}


@pytest.fixture
def read(tmp_path: Path, pattern: IntegrationPattern) -> Callable[..., tuple[Entry, list[Complaint]]]:
    def of(document: Mapping[str, Any] = DOCUMENT, **requirements: Any) -> tuple[Entry, list[Complaint]]:
        (tmp_path / "shop.json").write_text(json.dumps(document), encoding="utf-8")
        entry: Entry = {"name": "shop", "service": "Shop", "description": "", "spec": "shop.json"}
        entry |= {"requirements": requirements, "environments": {}, "methods": {}}
        entry |= {"document": Documents(tmp_path).open("shop.json")}
        return pattern.read(entry)

    return of


def keys(normal: Entry) -> list[str]:
    return [f"{e['method']} {e['path']}" for e in normal["requirements"].get("endpoints", [])]


def endpoint(normal: Entry, key: str) -> dict[str, Any]:
    found: dict[str, Any] = normal["requirements"]["endpoints"][keys(normal).index(key)]
    return found


def changed(**operations: Any) -> dict[str, Any]:
    """The document with another ``GET /items``."""
    other = copy.deepcopy(DOCUMENT)
    other["paths"]["/items"]["get"] |= operations
    return other


Read = Callable[..., tuple[Entry, list[Complaint]]]


def test_without_a_choice_every_operation_is_taken(read: Read) -> None:
    normal, complaints = read()
    assert complaints == []
    assert len(keys(normal)) == 6


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"tags": ["items"]}, ["GET /items", "POST /items", "GET /items/{id}", "DELETE /items/{id}"]),
        ({"include": ["GET /items*"]}, ["GET /items", "GET /items/{id}"]),
        ({"include": "search"}, ["POST /search"]),
        ({"include": ["items.create*"]}, ["POST /items"]),
        (
            {"exclude": ["DELETE *", "/health"]},
            ["GET /items", "POST /items", "GET /items/{id}", "POST /search"],
        ),
        ({"tags": ["ITEMS"], "exclude": ["POST *"]}, ["GET /items", "GET /items/{id}", "DELETE /items/{id}"]),
        ({"endpoints": ["GET /health"]}, ["GET /health"]),
        ({"tags": ["items"], "exclude": ["*/items*"], "endpoints": ["GET /items"]}, ["GET /items"]),
    ],
)
def test_operations_are_chosen_by_tag_glob_and_listing(read: Read, choice: Any, expected: list[str]) -> None:
    normal, complaints = read(**choice)
    assert complaints == []
    assert keys(normal) == expected


@pytest.mark.parametrize(
    ("choice", "pointer", "mend"),
    [
        ({"tags": ["item"]}, ("requirements", "tags", 0), "Did you mean 'items'?"),
        ({"include": ["GET /itms"]}, ("requirements", "include", 0), "Did you mean 'GET /items'?"),
        ({"exclude": ["nothing.*"]}, ("requirements", "exclude", 0), "Write GET /path/*"),
        ({"endpoints": ["GET /item"]}, ("requirements", "endpoints", 0), "Did you mean 'GET /items'?"),
        ({"endpoints": ["PUT /items/{id}"]}, ("requirements", "endpoints", 0), "/items/{id}'?"),
        ({"exclude": ["*"]}, ("spec",), "Say include, tags or endpoints, or mend exclude."),
    ],
)
def test_a_choice_of_nothing_is_told_with_its_mend(
    read: Read, choice: Any, pointer: tuple[Any, ...], mend: str
) -> None:
    _, complaints = read(**choice)
    assert pointer in [complaint.pointer for complaint in complaints]
    assert any(mend in complaint.message for complaint in complaints)


def test_where_and_how_to_sign_in_come_from_the_document(read: Read) -> None:
    requirements = read()[0]["requirements"]
    assert requirements["base_url"] == "https://api.shop.example/v1"
    assert requirements["auth"] == {
        "type": "api_key",
        "secret": "SHOP_API_KEY",
        "name": "X-Key",
        "in": "header",
    }


def test_the_manifest_wins_over_the_document(read: Read) -> None:
    told = {"base_url": "https://eu.shop.example", "auth": {"type": "bearer", "secret": "SHOP_TOKEN"}}
    requirements = read(**told)[0]["requirements"]
    assert requirements["base_url"] == "https://eu.shop.example"
    assert requirements["auth"] == {"type": "bearer", "secret": "SHOP_TOKEN"}


def test_a_credential_and_what_openapi_ignores_are_no_parameters(read: Read) -> None:
    assert set(endpoint(read()[0], "GET /items")["parameters"]) == {"ids"}


def test_only_a_style_that_is_not_usual_is_said(read: Read) -> None:
    usual = query("names", {"type": "array", "items": {"type": "string"}})
    normal, _ = read(changed(parameters=[*DOCUMENT["paths"]["/items"]["get"]["parameters"], usual]))
    parameters = endpoint(normal, "GET /items")["parameters"]
    assert parameters["ids"]["style"] == "form"
    assert "style" not in parameters["names"]


def test_a_list_is_walked_where_parameter_and_answer_agree(read: Read) -> None:
    found = endpoint(read()[0], "GET /items")
    assert found["paginate"] == {
        "style": "cursor",
        "parameter": "cursor",
        "next": "next_cursor",
        "items": "items?",
    }
    assert "cursor" in found["because"]["paginate"]


@pytest.mark.parametrize(
    ("parameters", "schema", "paginate"),
    [
        ([query("cursor", {"type": "string"})], {"type": "array", "items": ITEM}, None),
        ([query("limit", {"type": "integer"})], PAGE, None),
        (
            [query("page", {"type": "integer", "default": 0})],
            {"type": "array", "items": ITEM},
            {"style": "page", "parameter": "page", "first": 0},
        ),
        ([query("page", {"type": "string"})], {"type": "array", "items": ITEM}, None),
        (
            [query("offset", {"type": "integer"}), query("limit", {"type": "integer"})],
            {
                "type": "object",
                "properties": {"data": {"type": "array", "items": ITEM}, "total": {"type": "integer"}},
            },
            {
                "style": "offset",
                "parameter": "offset",
                "limit_parameter": "",
                "size": 0,
                "total": "total",
                "items": "data?",
            },
        ),
        (
            [],
            {
                "type": "object",
                "properties": {
                    "meta": {"type": "object", "properties": {"next_page_url": {"type": "string"}}},
                    "services": {"type": "array", "items": ITEM},
                },
            },
            {"style": "link", "next": "meta.next_page_url", "items": "services?"},
        ),
        ([], {"type": "object", "properties": {"a": {"type": "array"}, "b": {"type": "array"}}}, None),
    ],
)
def test_pages_are_never_guessed_from_one_side_alone(
    read: Read, parameters: Any, schema: Any, paginate: Any
) -> None:
    normal, complaints = read(changed(parameters=parameters, responses=answer(schema)))
    assert complaints == []
    assert endpoint(normal, "GET /items").get("paginate") == paginate


def test_where_a_list_goes_on_is_no_parameter_of_a_walk(read: Read) -> None:
    assert "cursor" not in endpoint(read()[0], "GET /items")["parameters"]


def test_the_manifest_refuses_or_corrects_pages(read: Read) -> None:
    refused = {"method": "GET", "path": "/items", "paginate": False}
    assert "paginate" not in endpoint(read(endpoints=[refused])[0], "GET /items")
    corrected = {"method": "GET", "path": "/items", "paginate": {"style": "link", "items": "items"}}
    found = endpoint(read(endpoints=[corrected])[0], "GET /items")
    assert found["paginate"] == {"style": "link", "items": "items"}
    assert "because" not in found


def test_a_key_header_makes_a_call_repeatable_and_is_no_parameter(read: Read) -> None:
    found = endpoint(read()[0], "POST /items")
    assert found["idempotency"] == "Idempotency-Key"
    assert "parameters" not in found


def test_a_search_may_be_repeated_and_says_why(read: Read) -> None:
    found = endpoint(read()[0], "POST /search")
    assert found["idempotent"] is True
    assert "changes nothing" in found["because"]["idempotent"]


def test_json_is_preferred_and_the_other_media_type_is_told(read: Read) -> None:
    normal, _ = read()
    assert endpoint(normal, "POST /items")["body"] == {"$ref": "#/types/Item"}
    assert any("application/xml" in finding["message"] for finding in normal["document"]["findings"])


def test_a_call_without_security_goes_without_the_credential(read: Read) -> None:
    normal, _ = read()
    assert endpoint(normal, "GET /health")["anonymous"] is True
    assert "anonymous" not in endpoint(normal, "GET /items")


def test_only_statuses_that_mean_more_than_their_number_are_kept(read: Read) -> None:
    normal, _ = read()
    assert endpoint(normal, "GET /items/{id}")["errors"] == {"404": "It was sold."}
    assert "errors" not in endpoint(normal, "POST /items")


def test_only_types_that_chosen_operations_reach_come_along(read: Read) -> None:
    assert set(read(tags=["items"])[0]["requirements"]["types"]) == {"Item"}
    assert "types" not in read(endpoints=["GET /health"])[0]["requirements"]


def test_the_manifest_changes_an_operation_key_by_key(read: Read) -> None:
    told = {
        "method": "GET",
        "path": "/items",
        "name": "all_items",
        "summary": "Everything on sale.",
        "parameters": {"since": "datetime?"},
    }
    normal, complaints = read(tags=["items"], endpoints=[told])
    found = endpoint(normal, "GET /items")
    assert complaints == []
    assert (found["name"], found["summary"]) == ("all_items", "Everything on sale.")
    assert set(found["parameters"]) == {"ids", "since"}
    assert len(keys(normal)) == 4


def test_an_operation_that_only_the_manifest_knows_is_added(read: Read) -> None:
    told = {"method": "GET", "path": "/internal", "returns": "[Item]"}
    normal, complaints = read(tags=["items"], endpoints=[told])
    assert complaints == []
    assert endpoint(normal, "GET /internal")["returns"] == {
        "type": "array",
        "items": {"$ref": "#/types/Item"},
    }


def test_a_lock_keeps_a_digest_of_each_operation_and_not_its_words(
    read: Read, pattern: IntegrationPattern
) -> None:
    stored = pattern.stored(read()[0])
    assert set(stored["documented"]) == set(keys(read()[0]))
    assert all(len(digest) == 16 for digest in stored["documented"].values())
    assert "endpoints" not in stored["requirements"]
    assert "types" not in stored["requirements"]
    assert "document" not in stored
    assert len(json.dumps(stored)) < 1500


def test_a_digest_changes_with_what_an_operation_reaches_and_with_nothing_else(
    read: Read, pattern: IntegrationPattern
) -> None:
    before = pattern.stored(read()[0])["documented"]
    other = copy.deepcopy(DOCUMENT)
    named = {**ITEM, "properties": {**ITEM["properties"], "name": {"type": "string"}}}
    other["components"]["schemas"] |= {"Item": named, "Unused": named}
    other["info"]["description"] = "Another."
    after = pattern.stored(read(other)[0])["documented"]
    assert {key for key in before if before[key] != after[key]} == {"GET /items", "POST /items"}


def test_the_order_of_a_document_is_no_matter(read: Read, pattern: IntegrationPattern) -> None:
    other = copy.deepcopy(DOCUMENT)
    other["paths"] = dict(reversed(other["paths"].items()))
    assert canonical(pattern.stored(read()[0])) == canonical(pattern.stored(read(other)[0]))


def test_a_header_or_cookie_that_cannot_be_sent_is_left_out_and_told(read: Read) -> None:
    odd = {"name": "my cookie", "in": "cookie", "required": True, "schema": {"type": "string"}}
    normal, _ = read(changed(parameters=[odd]))
    assert "parameters" not in endpoint(normal, "GET /items")
    assert any("my cookie" in finding["message"] for finding in normal["document"]["findings"])


def test_two_keys_that_go_together_have_two_variables(read: Read) -> None:
    other = copy.deepcopy(DOCUMENT)
    other["components"]["securitySchemes"]["app"] = {"type": "apiKey", "in": "header", "name": "X-App"}
    other["security"] = [{"key": [], "app": []}]
    assert read(other)[0]["requirements"]["auth"] == [
        {"type": "api_key", "secret": "SHOP_API_KEY", "name": "X-Key", "in": "header"},
        {"type": "api_key", "secret": "SHOP_X_APP", "name": "X-App", "in": "header"},
    ]


def test_include_without_a_document_is_a_mistake(pattern: IntegrationPattern) -> None:
    entry: Entry = {"name": "shop", "service": "Shop", "spec": None, "environments": {}, "methods": {}}
    _, complaints = pattern.read({**entry, "requirements": {"include": ["x"]}})
    assert [complaint.pointer for complaint in complaints] == [("requirements", "include")]


def test_a_value_that_may_be_one_or_many_travels_as_what_it_is(read: Read) -> None:
    one_or_many = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    normal, _ = read(changed(parameters=[query("role", one_or_many)]))
    assert endpoint(normal, "GET /items")["parameters"]["role"]["style"] == "form*"


def test_what_a_path_asks_for_behind_its_question_mark_is_a_parameter_of_the_query(read: Read) -> None:
    other = copy.deepcopy(DOCUMENT)
    placed = {"name": "q", "in": "path", "required": True, "schema": {"type": "string"}}
    search = {"parameters": [placed], "responses": answer({"type": "object"})}
    other["paths"]["/find?query={q}&kind=all"] = {"get": search}
    found = endpoint(read(other)[0], "GET /find?query={q}&kind=all")
    assert found["sends"] == "/find?kind=all"
    assert found["parameters"]["query"]["in"] == "query"


def test_a_default_that_is_none_is_no_default(read: Read) -> None:
    endless = query("limit", {"type": "integer", "default": "inf"})
    normal, _ = read(changed(parameters=[endless]))
    assert "default" not in endpoint(normal, "GET /items")["parameters"]["limit"]["schema"]


def test_a_stream_is_handed_out_raw(read: Read) -> None:
    stream = {
        "200": {"description": "OK", "content": {"application/x-ndjson": {"schema": {"type": "object"}}}}
    }
    found = endpoint(read(changed(responses=stream))[0], "GET /items")
    assert found["returns"] == {"type": "string", "format": "binary"}


def test_a_meaning_that_all_operations_share_is_said_of_none(read: Read) -> None:
    other = copy.deepcopy(DOCUMENT)
    limited = {**answer(ITEM), "429": {"description": "Client ratelimited response"}}
    other["paths"] = {f"/part{n}": {"get": {"responses": limited}} for n in range(9)}
    other["paths"]["/odd"] = {"get": {"responses": {**limited, "409": {"description": "It was sold."}}}}
    normal, _ = read(other)
    assert "errors" not in endpoint(normal, "GET /part1")
    assert endpoint(normal, "GET /odd")["errors"] == {"409": "It was sold."}


def test_a_description_that_says_more_than_the_summary_replaces_it(read: Read) -> None:
    told = {"summary": "Update a pet", "description": "Update a pet by its id. Nothing else changes."}
    found = endpoint(read(changed(**told))[0], "GET /items")
    assert (found["summary"], found["description"]) == ("Update a pet by its id.", "Nothing else changes.")


def test_a_list_under_a_deep_object_counts_its_items(read: Read, pattern: IntegrationPattern) -> None:
    expand = query("expand", {"type": "array", "items": {"type": "string"}}, style="deepObject", explode=True)
    normal, _ = read(changed(parameters=[expand]))
    assert endpoint(normal, "GET /items")["parameters"]["expand"]["style"] == "deepObject"
    code = pattern.folder.code
    styles = importlib.import_module(f"{code.__package__}.styles")
    assert styles.in_query("expand", ["a", "b"], "deepObject") == [("expand[0]", "a"), ("expand[1]", "b")]
    nested = {"at": {"from": 1}, "tags": ["x"]}
    assert styles.in_query("q", nested, "deepObject") == [("q[at][from]", "1"), ("q[tags][0]", "x")]
