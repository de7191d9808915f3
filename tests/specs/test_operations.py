"""Operations of OpenAPI 3: parameters, bodies, answers, servers and security, in whatever state."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import SpecError
from generator.specs import openapi
from generator.specs.facts import Media, Parameter, Scheme, Server
from tests.specs.canonical import in_memory, messages, operation, read

TEXT = {"type": "string"}


def _parameters(path: str, *declared: Any, shared: Any = (), **document: Any) -> tuple[Parameter, ...]:
    item = {"parameters": list(shared), "get": {"parameters": list(declared), "responses": {}}}
    found = operation({"paths": {path: item}, **document}).parameters
    assert isinstance(found, tuple)
    return found


def _one(**declared: Any) -> Parameter:
    (found,) = _parameters("/x", {"name": "p", "in": "query", "schema": TEXT, **declared})
    return found


def _findings(document: Any) -> str:
    return messages(read({"openapi": "3.1.0", **document})[1])


@pytest.mark.parametrize(
    ("place", "style", "explode"),
    [("query", "form", True), ("header", "simple", False), ("cookie", "form", True)],
)
def test_style_and_explode_have_their_defaults(place: str, style: str, explode: bool) -> None:
    assert (_one(**{"in": place}).style, _one(**{"in": place}).explode) == (style, explode)


@pytest.mark.parametrize("style", ["spaceDelimited", "pipeDelimited", "deepObject"])
def test_other_styles_do_not_explode_by_themselves(style: str) -> None:
    assert (_one(style=style).style, _one(style=style).explode) == (style, False)
    assert _one(style=style, explode=True).explode


def test_a_style_that_the_place_has_not_is_a_finding() -> None:
    assert _one(style="matrix", explode="yes").style == "form"
    assert _one(style=7).style == "form"


@pytest.mark.parametrize("style", ["label", "matrix", "simple"])
def test_path_parameters_are_required_and_have_their_styles(style: str) -> None:
    (found,) = _parameters("/{p}", {"name": "p", "in": "path", "style": style, "schema": TEXT})
    assert found == Parameter("p", "path", TEXT, required=True, style=style)


def test_json_content_is_a_style_of_its_own() -> None:
    content = {"application/vnd.x+json; charset=utf-8": {"schema": {"type": "object"}}}
    (found,) = _parameters("/x", {"name": "p", "in": "query", "content": content})
    assert (found.style, found.schema) == ("json", {"type": "object"})


def test_a_parameter_in_swaggers_manner_is_read() -> None:
    (found,) = _parameters("/x", {"name": "p", "in": "query", "type": "integer", "description": "d"})
    assert (found.schema, found.description) == ({"type": "integer"}, "d")


def test_an_operation_replaces_parameters_of_its_path_by_name_and_place() -> None:
    shared = [
        {"name": n, "in": p, "schema": TEXT} for n, p in (("a", "query"), ("a", "header"), ("b", "query"))
    ]
    own = {"name": "a", "in": "query", "schema": {"type": "integer"}, "required": "true"}
    found = _parameters("/x", own, shared=shared)
    assert [(item.name, item.place, item.schema["type"], item.required) for item in found] == [
        ("a", "query", "integer", True),
        ("a", "header", "string", False),
        ("b", "query", "string", False),
    ]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/a/{b}.{c}", ["b", "c"]),
        ("/x({id})", ["id"]),
        ("/{+path}", ["+path"]),
        ("/{path*}/x", ["path*"]),
        ("/{proxy+}", ["proxy+"]),
        ("/a/:id", []),
        ("/{a}/{a}", ["a"]),
        ("/{}/{", []),
        ("no/slash/{x}", ["x"]),
        ("/q?a={b}#c", ["b"]),
    ],
)
def test_each_name_in_braces_is_a_parameter_declared_or_not(path: str, names: list[str]) -> None:
    found = _parameters(path)
    assert [(item.name, item.place, item.schema, item.required) for item in found] == [
        (name, "path", TEXT, True) for name in names
    ]


@pytest.mark.parametrize(
    ("path", "declared"), [("/{proxy+}", "proxy"), ("/{+p}", "p"), ("/{userId}", "userid")]
)
def test_almost_the_same_name_is_the_declared_parameter(path: str, declared: str) -> None:
    (found,) = _parameters(path, {"name": declared, "in": "path", "schema": {"type": "integer"}})
    assert found.schema == {"type": "integer"}
    assert "{" + found.name + "}" in path


def test_what_the_path_does_not_hold_is_passed_over() -> None:
    document = {"paths": {"/x": {"get": {"parameters": [{"name": "p", "in": "path", "schema": TEXT}]}}}}
    assert operation(document).parameters == ()
    assert "the path has no {p}" in _findings(document)


@pytest.mark.parametrize(
    "declared",
    [
        *(None, 7, [], {}, {"name": "p", "in": "nowhere"}, {"in": "query"}, {"$ref": "#/x"}),
        *({"name": "Content-Type", "in": "header"}, {"name": "authorization", "in": "header"}),
    ],
)
def test_a_parameter_that_is_none_is_passed_over(declared: Any) -> None:
    document = {"paths": {"/x": {"get": {"parameters": [declared], "responses": {}}}}}
    assert operation(document).parameters == ()
    assert _findings(document)


@pytest.mark.parametrize(("path", "place"), [("/x/{p}", "path"), ("/x", "query")])
def test_a_parameter_without_a_place_is_put_where_its_name_is(path: str, place: str) -> None:
    (found,) = _parameters(path, {"name": "p", "schema": TEXT})
    assert found.place == place


def test_content_that_is_not_json_is_sent_as_it_is() -> None:
    (found,) = _parameters(
        "/x", {"name": "p", "in": "query", "content": {"text/csv": {"schema": {"type": "array"}}}}
    )
    assert (found.style, found.schema) == ("form", TEXT)


def test_examples_of_a_parameter_are_those_of_its_schema() -> None:
    assert _one(example="a").schema["examples"] == ["a"]
    assert _one(examples={"x": {"value": 1}, "y": {}}).schema["examples"] == [1]
    assert _one(example="a", schema={"type": "string", "example": "b"}).schema["examples"] == ["b"]


def test_parameters_are_followed_through_references() -> None:
    components = {
        "parameters": {"P": {"$ref": "#/components/parameters/Q"}, "Q": {"name": "q", "in": "query"}}
    }
    (found,) = _parameters("/x", {"$ref": "#/components/parameters/P"}, components=components)
    assert (found.name, found.place) == ("q", "query")


def _body(content: Any, **more: Any) -> Any:
    return operation(
        {"paths": {"/x": {"post": {"requestBody": {"content": content, **more}, "responses": {}}}}}
    ).body


def test_a_body_keeps_its_media_types_in_order() -> None:
    kinds = [
        "application/xml",
        "application/json; charset=utf-8",
        "application/vnd.x+json",
        "*/*",
        "text/plain",
    ]
    found = _body({kind: {"schema": TEXT} for kind in kinds}, required=True, description="d")
    assert [media.type for media in found.media] == kinds
    assert (found.required, found.description) == (True, "d")


def test_examples_of_a_body_are_kept() -> None:
    several = {"a": {"value": {"x": 1}}, "b": {"externalValue": "https://x.org"}, "c": 7}
    found = _body({"application/json": {"examples": several}, "text/plain": {"example": "t", "schema": TEXT}})
    assert [media.examples for media in found.media] == [({"x": 1},), ("t",)]


def test_what_is_no_media_type_is_passed_over() -> None:
    found = _body({"json": {"schema": TEXT}, "code": {"type": "integer"}, "*": {}})
    assert found.media == (Media("application/json", TEXT), Media("*/*", {}))


def test_how_fields_of_a_form_travel_is_kept() -> None:
    encoding = {
        "a": {"style": "pipeDelimited"},
        "b": {"contentType": "image/png"},
        "c": {"headers": {}},
        "d": 1,
    }
    found = _body({"multipart/form-data": {"schema": {"type": "object"}, "encoding": encoding}})
    assert found.media[0].styles == {"a": ("pipeDelimited", False, ""), "b": ("form", True, "image/png")}


@pytest.mark.parametrize("content", [{}, None, [], "x"])
def test_a_body_without_media_types_may_be_anything(content: Any) -> None:
    assert _body(content).media == (Media("*/*", {}),)


@pytest.mark.parametrize("media", [{}, None, {"schema": {}}, {"schema": 7}])
def test_bytes_without_a_schema_are_a_file(media: Any) -> None:
    found = _body({"application/octet-stream": media, "image/png": media, "application/json": media})
    assert [item.schema.get("format") for item in found.media] == ["binary", "binary", None]


def test_a_body_declared_as_in_swagger_is_read() -> None:
    declared = {"in": "body", "name": "b", "schema": {"type": "object"}}
    found = operation({"paths": {"/x": {"post": {"parameters": [declared], "responses": {}}}}})
    assert found.body.media == (Media("application/json", {"type": "object"}),)


def _answers(said: Any, **components: Any) -> Any:
    return operation({"paths": {"/x": {"get": {"responses": said}}}, "components": components}).responses


def test_answers_have_a_status_each() -> None:
    said = {
        "200": {"description": "ok"},
        "4xx": {},
        "Default": {},
        "x-y": {},
        "ok": {},
        "99": {},
        "2XX": None,
    }
    found = _answers(said)
    assert [item.status for item in found] == ["200", "4XX", "default", "2XX"]
    assert found[0].description == "ok"


def test_answers_and_headers_are_followed() -> None:
    headers = {"X-A": {"$ref": "#/components/headers/A"}, "X-B": {"type": "integer"}, "X-C": None}
    components = {
        "headers": {"A": {"schema": TEXT}},
        "responses": {"R": {"description": "r", "headers": headers}},
    }
    (found,) = _answers({"200": {"$ref": "#/components/responses/R"}}, **components)
    assert found.headers == {"X-A": TEXT, "X-B": {"type": "integer"}, "X-C": {}}
    assert found.description == "r"


def test_an_answer_without_content_is_empty() -> None:
    (found,) = _answers({"204": {"description": "", "content": {}}})
    assert found.media == ()


def test_every_method_in_any_case_is_an_operation_and_callbacks_are_none() -> None:
    methods = ["get", "PUT", "Post", "delete", "options", "head", "patch", "trace", "query"]
    item = {
        **{method: {"callbacks": {"c": {"x": {"get": {}}}}} for method in methods},
        "x-get": {},
        "summary": "s",
    }
    document = {"openapi": "3.2.0", "paths": {"/x": item, "x-y": {}}, "webhooks": {"w": {"post": {}}}}
    outline, _ = read(document)
    assert [item.method for item in outline.operations] == [method.upper() for method in methods]
    assert {item.summary for item in outline.operations} == {"s"}


def test_odd_paths_are_kept_and_told_once_for_each_oddity() -> None:
    paths: Any = {path: {"get": {"responses": {}}} for path in ("/#a", "/#b", "/q?x=1", "none", "/{a?}")}
    outline, _ = read({"openapi": "3.1.0", "paths": paths})
    assert [item.path for item in outline.operations] == list(paths)
    assert [finding.message for finding in outline.findings] == [
        "paths that do not begin with '/': 1, first 'none'; kept as written.",
        "paths that hold '?': 1, first '/q?x=1'; kept as written.",
        "paths that hold '#': 2, first '/#a'; kept as written.",
    ]


@pytest.mark.parametrize("node", [None, 7, "x", [], {"$ref": "#/nowhere"}])
def test_an_operation_is_never_lost(node: Any) -> None:
    document = {"openapi": "3.0.0", "paths": {"/x": {"get": node}}}
    outline, contents = read(document)
    assert [item.key for item in outline.operations] == [("GET", "/x")]
    assert outline.findings
    assert contents.findings


@pytest.mark.parametrize("paths", [7, [], "x", None])
def test_paths_that_are_no_mapping_hold_no_operations(paths: Any) -> None:
    outline, _ = read({"openapi": "3.0.0", "paths": paths})
    assert outline.operations == ()
    assert "no operations" in messages(outline)


def test_operations_of_other_methods_and_twice_written_ones_are_told_apart() -> None:
    item = {"get": {"summary": "a"}, "GET": {"summary": "b"}, "additionalOperations": {"COPY": {}, "get": {}}}
    outline, _ = read({"openapi": "3.2.0", "paths": {"/x": item, "/y": [], "/z": {"$ref": "#/nowhere"}}})
    assert [(item.method, item.summary) for item in outline.operations] == [("GET", "a"), ("COPY", "")]
    assert "GET /x stands twice" in messages(outline)
    assert "/paths/~1y: is no mapping" in messages(outline)


def test_only_chosen_operations_and_their_types_are_given() -> None:
    schemas = {"A": TEXT, "B": TEXT}
    paths = {
        f"/{name}": {
            "get": {"requestBody": {"content": {"*/*": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}}
        }
        for name in schemas
    }
    source = in_memory({"openapi": "3.0.0", "paths": paths, "components": {"schemas": schemas}})
    contents = openapi.contents(source, [("GET", "/B"), ("GET", "/missing")])
    assert [item.listed.key for item in contents.operations] == [("GET", "/B")]
    assert list(contents.types) == ["B"]


def _outline(**document: Any) -> Any:
    return read({"openapi": "3.1.0", "paths": {}, **document})[0]


def test_server_variables_have_their_defaults_filled_in() -> None:
    variables = {"v": {"default": "v1", "enum": ["v1", "v2"]}, "port": {"enum": [80, 443]}, "d": 1}
    said = [{"url": "https://x.org:{port}/{v}", "variables": variables}, {"url": "/api", "description": "d"}]
    assert _outline(servers=said).servers == (
        Server(
            "https://x.org:80/v1", "", "https://x.org:{port}/{v}", {"port": ("80", "443"), "v": ("v1", "v2")}
        ),
        Server("/api", "d"),
    )


@pytest.mark.parametrize("said", [[{}], [None], "x", {"url": "x"}, [{"url": 0.5}, {"url": ""}]])
def test_servers_that_are_none_are_passed_over(said: Any) -> None:
    found = _outline(servers=said)
    assert all(server.url for server in found.servers)
    assert found.findings


def test_servers_of_a_path_or_an_operation_are_its_own() -> None:
    item = {"servers": [{"url": "/p"}], "get": {}, "put": {"servers": [{"url": "/o"}]}}
    _, contents = read({"openapi": "3.1.0", "paths": {"/x": item}})
    assert [found.servers[0].url for found in contents.operations] == ["/p", "/o"]


@pytest.mark.parametrize(
    ("node", "scheme"),
    [
        ({"type": "http", "scheme": "Bearer"}, Scheme("s", "bearer")),
        ({"type": "http", "scheme": "BASIC"}, Scheme("s", "basic")),
        ({"type": "http", "scheme": "digest"}, Scheme("s", "other")),
        ({"type": "apiKey", "in": "header", "name": "X-K"}, Scheme("s", "api_key", "header", "X-K")),
        ({"type": "apiKey", "in": "Cookie", "name": "k"}, Scheme("s", "api_key", "cookie", "k")),
        ({"type": "apiKey", "in": "body", "name": "k"}, Scheme("s", "other")),
        ({"type": "oauth2", "flows": {}, "description": "d"}, Scheme("s", "oauth2", description="d")),
        ({"type": "openIdConnect"}, Scheme("s", "oauth2")),
        ({"type": "mutualTLS"}, Scheme("s", "other")),
        ({"type": "jwt"}, Scheme("s", "bearer")),
        ({}, Scheme("s", "other")),
        (None, Scheme("s", "other")),
    ],
)
def test_ways_to_sign_in(node: Any, scheme: Scheme) -> None:
    assert _outline(components={"securitySchemes": {"s": node}}).schemes == {"s": scheme}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (None, None),
        ([], ((),)),
        ([{}], ((),)),
        ([{"a": []}, {"a": [], "b": ["x"]}, {}], (("a",), ("a", "b"), ())),
        ([{"nowhere": []}], None),
        ([None, {"a": None}], (("a",),)),
        ("a", None),
    ],
)
def test_security_is_a_list_of_alternatives(said: Any, meant: Any) -> None:
    schemes = {"securitySchemes": {"a": {"type": "http", "scheme": "bearer"}, "b": {"type": "mutualTLS"}}}
    found = operation({"paths": {"/x": {"get": {"security": said}}}, "components": schemes})
    assert found.security == meant


def test_tags_keep_their_order_and_those_in_use_are_added() -> None:
    said = [{"name": "b", "description": "B."}, {"name": "a"}, "c", None, {"name": 7}]
    found = _outline(tags=said, paths={"/x": {"get": {"tags": ["a", "new", "a"]}}})
    assert list(found.tags.items()) == [("b", "B."), ("a", ""), ("c", ""), ("7", ""), ("new", "")]
    assert found.operations[0].tags == ("a", "new")


def test_titles_and_descriptions_need_not_be_text() -> None:
    found = _outline(info={"title": 1.5, "description": ["x"]})
    assert (found.title, found.description) == ("1.5", "")
    assert len(found.findings) == 2
    assert _outline(info=None).title == ""


@pytest.mark.parametrize("document", [None, [], "x", {}, {"swaggerVersion": "1.2"}, {"asyncapi": "2.0.0"}])
def test_a_document_of_another_kind_is_refused(document: Any) -> None:
    with pytest.raises(SpecError, match="no OpenAPI document"):
        openapi.outline(in_memory(document))


@pytest.mark.parametrize(
    ("said", "version"),
    [({"openapi": 3.0}, "3.0"), ({"openapi": "3.2.0"}, "3.2.0"), ({}, "3.0"), ({"swagger": 2.0}, "2.0")],
)
def test_the_version_is_what_the_document_says(said: Any, version: str) -> None:
    assert openapi.outline(in_memory({**said, "paths": {}})).version == version
