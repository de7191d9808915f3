"""The oracle of declared endpoints: what it lets pass, and what it never does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.gates import Batch, Subject
from generator.gates._oracles import declared
from generator.gates.conformance import Judgement

from .staging import Stage, found

PET = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "born": {"type": "string", "format": "date"},
        "id": {"type": "integer", "readOnly": True},
        "kind": {"type": "string", "default": "dog"},
    },
    "required": ["name", "id", "kind"],
}


def parameter(place: str, schema: dict[str, Any], *, required: bool = False, **more: Any) -> dict[str, Any]:
    return {"in": place, "required": required, "schema": schema, **more}


REQUIREMENTS = {
    "base_url": "https://pets.test",
    "auth": {"type": "api_key", "in": "query", "name": "key", "secret": "PETS_KEY"},
    "idempotency": "Idempotency-Key",
    "types": {"Pet": PET, "Named": {"type": "object", "properties": {"name": {"type": "string"}}}},
    "endpoints": [
        {
            "method": "GET",
            "path": "/pets",
            "paginate": {"style": "page", "size_parameter": "per_page", "size": 50},
            "parameters": {
                "state": parameter("query", {"enum": ["new", "sold"], "type": "string"}),
                "limit": parameter("query", {"type": "integer", "maximum": 100}),
                "young": parameter("query", {"type": "boolean"}),
                "since": parameter("query", {"type": "string", "format": "date-time"}),
                "tag": parameter("query", {"type": "array", "items": {"type": "integer"}}),
                "shop": parameter("query", {"type": "string"}, required=True),
                "sort_by": parameter("query", {"type": "string"}, name="sort-by"),
                "where": parameter("query", {"type": "object", "properties": {"age": {"type": "integer"}}}),
            },
        },
        {"method": "GET", "path": "/pets/me"},
        {
            "method": "GET",
            "path": "/pets/{id}",
            "parameters": {
                "id": parameter("path", {"type": "integer"}, required=True),
                "trace": parameter("header", {"type": "integer"}, name="X-Trace", required=True),
            },
            "headers": {"Accept-Version": "v2"},
        },
        {"method": "GET", "path": "/shops/{shop}/files/{name}.json"},
        {"method": "GET", "path": "/links", "paginate": {"style": "link"}},
        {"method": "POST", "path": "/pets", "body": {"$ref": "#/types/Pet"}},
        {"method": "PUT", "path": "/pets/{id}", "body": {"$ref": "#/types/Pet"}, "encoding": "form"},
        {
            "method": "PATCH",
            "path": "/pets/{id}",
            "body": {
                "allOf": [
                    {"$ref": "#/types/Named"},
                    {"type": "object", "properties": {"age": {"type": "integer"}}},
                ]
            },
        },
        {
            "method": "PUT",
            "path": "/photos/{id}",
            "encoding": "multipart",
            "body": {
                "type": "object",
                "properties": {"photo": {"type": "string", "format": "binary"}, "note": {"type": "string"}},
                "required": ["photo"],
            },
        },
        {"method": "DELETE", "path": "/pets/{id}"},
    ],
}
SUBJECT = Subject("pets", "pets", {"name": "pets", "requirements": REQUIREMENTS}, (), ())
BATCH = Batch(Path(), (SUBJECT,), Path())
FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"


def request(
    method: str, path: str, query: str = "", body: Any = None, content_type: str = "", **headers: str
) -> dict[str, Any]:
    """Return a request as the scripted service records it; *query* reads ``a=1&b=2``."""
    return {
        "package": "pets",
        "operation": "an_operation",
        "method": method,
        "path": path,
        "query": [pair.split("=") for pair in query.split("&") if pair],
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "content_type": content_type or (JSON if body is not None else ""),
        "body": body,
    }


def judged(*requests: dict[str, Any]) -> Judgement:
    return declared.judge(SUBJECT, BATCH, requests)


def problem(*requests: dict[str, Any]) -> str:
    """Return the only violation, without the endpoint that it is about."""
    (text,) = judged(*requests).violations
    return text.partition("): ")[2]


KEY = {"idempotency_key": "k"}
GOOD = [
    request("GET", "/pets", "shop=a&state=new&limit=10&young=true&tag=1&tag=2"),
    request("GET", "/pets", "shop=a&since=2024-01-02T03:04:05Z&sort-by=name"),
    request("GET", "/pets", "shop=a&tag=7"),
    request("GET", "/pets", "shop=a&where[age]=3"),
    request("GET", "/pets", "shop=a&page=2&per_page=50&key=secret"),
    request("GET", "/pets/me"),
    request("GET", "/pets/12", x_trace="1", accept_version="v2"),
    request("GET", "/shops/a%2Fb%20c/files/%C3%A4.json"),
    request("POST", "/pets", body={"name": "Rex", "age": 3, "tags": ["a"], "born": "2020-02-29"}, **KEY),
    request("PUT", "/pets/1", body=[["name", "Rex"], ["age", "3"], ["tags[0]", "a"]], content_type=FORM),
    request("PATCH", "/pets/1", body={"name": "Rex", "age": 4}),
    request("PUT", "/photos/1", body=[["photo", "(file)"], ["note", "n"]], content_type=PARTS),
    request("PUT", "/photos/1", content_type=PARTS),
    request("DELETE", "/pets/1"),
]


@pytest.mark.parametrize("good", GOOD, ids=lambda r: f"{r['method']} {r['path']}")
def test_a_request_as_declared_conforms(good: dict[str, Any]) -> None:
    assert judged(good).violations == ()


BAD = {
    "a verb that is not declared": (
        request("PATCH", "/pets"),
        "no endpoint of the entry has this method and path",
    ),
    "a path that is not declared": (request("GET", "/dogs"), "no endpoint of the entry has this"),
    "a path with one segment more": (request("DELETE", "/pets/1/2"), "no endpoint of the entry has this"),
    "a path parameter that is not filled": (
        request("DELETE", "/pets/%7Bid%7D"),
        "path parameter 'id' is not filled",
    ),
    "a path parameter of another type": (
        request("GET", "/pets/abc", x_trace="1", accept_version="v2"),
        "path parameter 'id': 'abc' is not of type 'integer'",
    ),
    "a query parameter that is not declared": (
        request("GET", "/pets", "shop=a&stat=new"),
        "query parameter 'stat' is not declared",
    ),
    "a Python name instead of the wire's": (
        request("GET", "/pets", "shop=a&sort_by=x"),
        "query parameter 'sort_by' is not declared",
    ),
    "a required query parameter left out": (
        request("GET", "/pets", "state=new"),
        "query parameter 'shop' is required and not sent",
    ),
    "a value that is not in the enum": (
        request("GET", "/pets", "shop=a&state=old"),
        "query parameter 'state': 'old' is not one of ['new', 'sold']",
    ),
    "a number that is none": (request("GET", "/pets", "shop=a&limit=ten"), "'ten' is not of type 'integer'"),
    "a number over the maximum": (request("GET", "/pets", "shop=a&limit=101"), "101 is greater than"),
    "Python's spelling of a boolean": (request("GET", "/pets", "shop=a&young=True"), "'True' is not of type"),
    "Python's spelling of nothing": (request("GET", "/pets", "shop=a&limit=None"), "'None' is not of type"),
    "a time without its offset": (
        request("GET", "/pets", "shop=a&since=2024-01-02T03:04:05"),
        "is not a 'date-time'",
    ),
    "a list written as Python": (request("GET", "/pets", "shop=a&tag=[1, 2]"), "is not of type 'integer'"),
    "one value sent twice": (request("GET", "/pets", "shop=a&shop=b"), "['a', 'b'] is not of type 'string'"),
    "a required header left out": (
        request("GET", "/pets/1", accept_version="v2"),
        "header 'X-Trace' is required and not sent",
    ),
    "a header of another type": (
        request("GET", "/pets/1", x_trace="x", accept_version="v2"),
        "header 'X-Trace': 'x' is not of type 'integer'",
    ),
    "a fixed header of another value": (
        request("GET", "/pets/1", x_trace="1", accept_version="v3"),
        "header 'Accept-Version' must be 'v2', not 'v3'",
    ),
    "a POST without its idempotency key": (
        request("POST", "/pets", body={"name": "Rex"}),
        "header 'Idempotency-Key' is declared for idempotency and not sent",
    ),
    "a body where none is declared": (
        request("DELETE", "/pets/1", body={"force": True}),
        "a body (application/json) was sent, and none is declared",
    ),
    "no body where one is declared": (request("POST", "/pets", **KEY), "no body was sent: 'name' is a"),
    "a required field left out": (
        request("POST", "/pets", body={"age": 1}, **KEY),
        "body: 'name' is a required property",
    ),
    "a field that is not declared": (
        request("POST", "/pets", body={"name": "Rex", "colour": "red"}, **KEY),
        "('colour' was unexpected)",
    ),
    "a field that only answers hold": (
        request("POST", "/pets", body={"name": "Rex", "id": 1}, **KEY),
        "('id' was unexpected)",
    ),
    "a field of another type": (
        request("POST", "/pets", body={"name": "Rex", "age": "3"}, **KEY),
        "body: age: '3' is not of type 'integer'",
    ),
    "a date that is none": (
        request("POST", "/pets", body={"name": "Rex", "born": "2023-02-29"}, **KEY),
        "body: born: '2023-02-29' is not a 'date'",
    ),
    "a field beside allOf": (
        request("PATCH", "/pets/1", body={"name": "Rex", "colour": "red"}),
        "('colour' was unexpected)",
    ),
    "JSON where a form is declared": (
        request("PUT", "/pets/1", body={"name": "Rex"}),
        f"the body is application/json, and {FORM} is declared",
    ),
    "a form field that is not declared": (
        request("PUT", "/pets/1", body=[["name", "Rex"], ["colour", "red"]], content_type=FORM),
        "('colour' was unexpected)",
    ),
    "a form field of another type": (
        request("PUT", "/pets/1", body=[["name", "Rex"], ["age", "three"]], content_type=FORM),
        "body: age: 'three' is not of type 'integer'",
    ),
    "a part that is required and left out": (
        request("PUT", "/photos/1", body=[["note", "n"]], content_type=PARTS),
        "body: 'photo' is a required property",
    ),
}


@pytest.mark.parametrize("mistake", BAD)
def test_a_request_against_the_declaration_is_a_violation(mistake: str) -> None:
    bad, said = BAD[mistake]
    assert said in problem(bad)


def test_an_endpoint_conforms_when_it_was_asked_and_nothing_was_wrong() -> None:
    one = judged(request("DELETE", "/pets/1"), request("GET", "/pets/me"), request("GET", "/pets"))
    assert one.conforming == {"DELETE /pets/{id}", "GET /pets/me"}
    assert (len(one.operations), one.requests) == (10, 3)


def test_one_bad_request_among_good_ones_spoils_its_endpoint() -> None:
    good, bad = request("DELETE", "/pets/1"), request("DELETE", "/pets/1", "x=1")
    assert judged(good, bad, good).conforming == frozenset()


def test_raw_calls_are_nobodys_operation() -> None:
    raw = {**request("DELETE", "/whatever"), "operation": "request"}
    assert judged(raw) == Judgement(judged().operations, frozenset(), 0, ())


def test_a_followed_link_is_the_services_own_query_and_the_first_page_is_not() -> None:
    first, second = request("GET", "/links"), request("GET", "/links", "after=abc")
    assert judged(first, second).violations == ()
    assert problem(second, first) == "query parameter 'after' is not declared"


def test_an_entry_without_endpoints_has_no_oracle() -> None:
    empty = Subject("x", "x", {"requirements": {"base_url": "https://x.test"}}, (), ())
    assert not declared.applies(empty, BATCH)


ADAPTER = '''
"""Pets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from integrations.runtime.http import AsyncHttpAdapter, HttpAdapter, Operation

LIST_PETS: Operation[list[Any]] = Operation("list_pets", "GET", "/pets", returns=list[Any])


class PetsAdapter(HttpAdapter):
    """Pets."""

    SERVICE: ClassVar[str] = "Pets"
    PACKAGE: ClassVar[str] = "pets"
    CONFIG: ClassVar[Path] = Path(__file__).with_name("config.yaml")

    def list_pets(self, *, limit: int | None = None) -> list[Any]:
        """List pets."""
        return self._call(LIST_PETS, query={"limit": limit})


class AsyncPetsAdapter(AsyncHttpAdapter):
    """Pets."""

    SERVICE: ClassVar[str] = "Pets"
    PACKAGE: ClassVar[str] = "pets"
    CONFIG: ClassVar[Path] = Path(__file__).with_name("config.yaml")

    async def list_pets(self, *, limit: int | None = None) -> list[Any]:
        """List pets."""
        return await self._call(LIST_PETS, query={"limit": limit})
'''

SUITE = '''
"""What the adapter sends."""

from __future__ import annotations

from typing import Literal

import pytest

from integrations.pets.pets_adapter import AsyncPetsAdapter, PetsAdapter
from integrations.runtime.testing import ScriptedService


@pytest.mark.parametrize("form", ["sync", "async"])
def test_pets_are_listed(form: Literal["sync", "async"]) -> None:
    with ScriptedService.running(PetsAdapter, AsyncPetsAdapter, form, secrets={}) as service:
        service.replies(json=[])
        assert service.call(lambda pets: pets.list_pets(limit=3)) == []
        service.forget()
'''

CONFIG = "service: Pets\nbase_url: https://pets.test\nauth: null\nheaders: {}\n"


def pets(stage: Stage, declared_as: str) -> None:
    """Write an adapter that sends ``limit``, for an entry that declares one query parameter."""
    endpoint = {
        "method": "GET",
        "path": "/pets",
        "parameters": {declared_as: parameter("query", {"type": "integer"})},
    }
    entry = {"name": "pets", "requirements": {"endpoints": [endpoint], "types": {}}}
    stage.package("pets", ADAPTER, SUITE, more={"config.yaml": CONFIG}, entry=entry)


def test_a_suites_own_requests_are_judged_by_the_entry(full_stage: Stage) -> None:
    pets(full_stage, "limit")
    verdict = full_stage.verdict()
    assert verdict.findings == ()
    assert verdict.counts["conformance"] == {
        "oracle": "self",
        "operations": 1,
        "conforming": 1,
        "requests": 2,
        "violations": 0,
        "not_conforming": [],
    }


def test_an_adapter_that_its_own_suite_believes_is_still_refused(full_stage: Stage) -> None:
    pets(full_stage, "page_size")
    verdict = full_stage.verdict()
    assert verdict.counts["tests"]["passed"] == 2
    assert [message for _, _, message in found(verdict, "conformance")] == [
        "GET /pets (list_pets): query parameter 'limit' is not declared"
    ]
    assert verdict.counts["conformance"]["not_conforming"] == ["GET /pets"]
