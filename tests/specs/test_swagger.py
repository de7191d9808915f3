"""Swagger 2.0 becomes the same facts as OpenAPI 3."""

from __future__ import annotations

from typing import Any

import pytest

from generator.specs.facts import Media, Scheme, Server
from tests.specs.canonical import messages, operation, read

TEXT = {"type": "string"}


def _swagger(node: Any, **document: Any) -> Any:
    return operation({"paths": {"/x": {"post": {"responses": {}, **node}}}, **document}, "2.0")


def _outline(**document: Any) -> Any:
    return read({"swagger": "2.0", "paths": {}, **document})[0]


@pytest.mark.parametrize(
    ("document", "urls"),
    [
        (
            {"host": "x.org", "basePath": "/v1/", "schemes": ["http", "https"]},
            ["https://x.org/v1", "http://x.org/v1"],
        ),
        ({"host": "x.org:8080", "basePath": "/"}, ["https://x.org:8080"]),
        ({"host": "https://x.org/", "schemes": "http"}, ["http://x.org"]),
        ({"basePath": "v1"}, ["/v1"]),
        ({"host": "not a host", "basePath": 7}, ["/7"]),
        ({"host": {}, "schemes": {"a": 1}}, []),
    ],
)
def test_servers_come_from_schemes_host_and_base_path(document: Any, urls: list[str]) -> None:
    assert _outline(**document).servers == tuple(Server(url) for url in urls)


def test_ways_to_sign_in() -> None:
    said = {
        "b": {"type": "basic"},
        "k": {"type": "apiKey", "in": "query", "name": "key"},
        "o": {"type": "oauth2", "flow": "implicit"},
    }
    assert list(_outline(securityDefinitions=said).schemes.values()) == [
        Scheme("b", "basic"),
        Scheme("k", "api_key", "query", "key"),
        Scheme("o", "oauth2"),
    ]


@pytest.mark.parametrize(
    ("place", "said", "style", "explode"),
    [
        ("query", None, "form", False),
        ("query", "csv", "form", False),
        ("query", "multi", "form", True),
        ("query", "ssv", "spaceDelimited", False),
        ("query", "pipes", "pipeDelimited", False),
        ("header", "csv", "simple", False),
    ],
)
def test_list_formats_are_styles(place: str, said: Any, style: str, explode: bool) -> None:
    declared = {"name": "p", "in": place, "type": "array", "items": TEXT, "collectionFormat": said}
    (found,) = _swagger({"parameters": [declared]}).parameters
    assert (found.style, found.explode) == (style, explode)
    assert found.schema == {"type": "array", "items": TEXT}


@pytest.mark.parametrize(
    ("place", "said"), [("query", "tsv"), ("header", "pipes"), ("header", "multi"), ("query", "x")]
)
def test_list_formats_without_a_style_are_joined_by_the_caller(place: str, said: str) -> None:
    declared = {"name": "p", "in": place, "type": "array", "items": TEXT, "collectionFormat": said}
    document = {"paths": {"/x": {"get": {"parameters": [declared], "responses": {}}}}}
    assert operation(document, "2.0").parameters[0].schema == TEXT
    assert "joined by the caller" in messages(read({"swagger": "2.0", **document})[1])


def test_keywords_of_a_parameter_are_its_schema() -> None:
    declared = {
        "name": "p",
        "in": "query",
        "type": "integer",
        "maximum": 5,
        "x-nullable": True,
        "description": "d",
    }
    (found,) = _swagger({"parameters": [declared]}).parameters
    assert found.schema == {"anyOf": [{"type": "integer", "maximum": 5}, {"type": "null"}]}
    assert found.description == "d"


def test_shared_parameters_and_answers_are_followed() -> None:
    document = {
        "parameters": {"P": {"name": "p", "in": "header", "type": "string"}},
        "responses": {"R": {"description": "r", "schema": {"$ref": "#/definitions/D"}}},
        "definitions": {"D": TEXT},
    }
    found = _swagger(
        {"parameters": [{"$ref": "#/parameters/P"}], "responses": {"200": {"$ref": "#/responses/R"}}},
        **document,
    )
    assert found.parameters[0].place == "header"
    assert found.responses[0].media == (Media("application/json", {"$ref": "#/types/D"}),)


def test_a_body_travels_as_the_operation_or_the_document_consumes() -> None:
    declared = [{"name": "b", "in": "body", "required": True, "description": "d", "schema": TEXT}]
    own = _swagger(
        {"parameters": declared, "consumes": ["text/plain", "application/json"]}, consumes=["a/b"]
    ).body
    assert own.media == (Media("text/plain", TEXT), Media("application/json", TEXT))
    assert (own.required, own.description) == (True, "d")
    assert _swagger({"parameters": declared}, consumes=["a/b"]).body.media == (Media("a/b", TEXT),)
    assert _swagger({"parameters": declared, "consumes": ["xml", "?", 7]}).body.media == (
        Media("application/xml", TEXT),
    )
    assert _swagger({"parameters": declared, "consumes": []}).body.media == (Media("application/json", TEXT),)


def test_fields_of_a_form_are_one_object() -> None:
    fields = [
        {"name": "a", "in": "formData", "type": "string", "required": True, "description": "d"},
        {"name": "l", "in": "formData", "type": "array", "items": TEXT, "collectionFormat": "pipes"},
    ]
    found = _swagger({"parameters": fields}).body
    schema = {
        "type": "object",
        "properties": {"a": {**TEXT, "description": "d"}, "l": {"type": "array", "items": TEXT}},
        "required": ["a"],
    }
    media = Media("application/x-www-form-urlencoded", schema, {"l": ("pipeDelimited", False, "")})
    assert (found.media, found.required) == ((media,), True)


@pytest.mark.parametrize("consumes", [None, ["application/x-www-form-urlencoded"], ["multipart/form-data"]])
def test_a_file_makes_a_form_multipart(consumes: Any) -> None:
    found = _swagger(
        {"parameters": [{"name": "f", "in": "formData", "type": "file"}], "consumes": consumes}
    ).body
    assert [media.type for media in found.media] == ["multipart/form-data"]
    assert found.media[0].schema["properties"] == {"f": {"type": "string", "format": "binary"}}


def test_an_answer_comes_as_produced() -> None:
    answers = {"200": {"schema": {"type": "file"}, "headers": {"X-A": {"type": "integer"}}}, "204": {}}
    found = _swagger({"responses": answers, "produces": ["application/pdf", "application/json"]}).responses
    assert [media.type for media in found[0].media] == ["application/pdf", "application/json"]
    assert found[0].media[0].schema == {"type": "string", "format": "binary"}
    assert found[0].headers == {"X-A": {"type": "integer"}}
    assert found[1].media == ()


def test_two_bodies_are_a_finding() -> None:
    declared = [
        {"name": n, "in": "body", "schema": {"type": k}} for n, k in (("a", "string"), ("b", "integer"))
    ]
    document = {"swagger": "2.0", "paths": {"/x": {"post": {"parameters": declared, "responses": {}}}}}
    _, contents = read(document)
    assert contents.operations[0].body is not None
    assert contents.operations[0].body.media[0].schema == {"type": "integer"}
    assert "several bodies" in messages(contents)


@pytest.mark.parametrize(
    ("produces", "status", "media"),
    [
        (["application/x-tar"], "200", ["application/x-tar"]),
        (["application/x-tar"], "204", []),
        (["application/x-tar", "application/json"], "200", []),
        (["text/plain"], "200", []),
        ("application/x-tar", "200", []),
        ([], "200", []),
    ],
)
def test_an_archive_without_a_schema_is_what_its_operation_produces(
    produces: Any, status: str, media: list[str]
) -> None:
    found = _swagger({"produces": produces, "responses": {status: {"description": "An archive."}}})
    assert [m.type for response in found.responses for m in response.media] == media
