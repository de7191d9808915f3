"""What real documents say that once turned a gate red: small ones, built whole, every gate green."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.pipeline import generate

TEXT = {"type": "string"}
JSON = "application/json"


def findings(root: Path, paths: Mapping[str, Any], **more: Any) -> list[str]:
    """Return what the gates find in the adapter of a whole document."""
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://api.shop.example"}],
        "paths": paths,
        **more,
    }
    (root / "shop.json").write_text(json.dumps(document))
    entry = {"name": "shop", "service": "Shop", "type": "api", "spec": "shop.json", "requirements": {}}
    (root / "integrations.yaml").write_text(json.dumps({"version": 1, "integrations": [entry]}))
    outcome = generate(root)
    return [str(finding) for package in outcome.failed for finding in package.findings]


def parameter(
    name: str, place: str = "query", schema: Mapping[str, Any] = TEXT, **more: Any
) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema, **more}


def content(schema: Mapping[str, Any], kind: str = JSON) -> dict[str, Any]:
    return {"content": {kind: {"schema": schema}}}


def answer(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "It worked.", **content(schema)}}


def thing(**fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


NOTHING = {"204": {"description": "Done."}}


def test_paths_with_more_than_a_path_in_them(tmp_path: Path) -> None:
    """Medium asks in the path, Weatherbit declares that as a path's, and AWS tells calls apart behind a #."""
    action = {"type": "string", "enum": ["Start"]}
    paths = {
        "/search?query={query}": {
            "get": {"parameters": [parameter("query", required=True)], "responses": answer(thing(id=TEXT))}
        },
        "/alerts?lat={lat}&kind=all": {
            "get": {"parameters": [parameter("lat", "path", {"type": "number"}, required=True)]}
            | {"responses": NOTHING}
        },
        "/#Action=Start": {
            "post": {
                "parameters": [parameter("Action", schema=action, required=True), parameter("Engine")],
                "responses": NOTHING,
            }
        },
        "/#Action=Stop": {
            "post": {
                "parameters": [
                    parameter("Action", schema={"type": "string", "enum": ["Stop"]}, required=True),
                    parameter("Reason", required=True),
                ],
                "responses": NOTHING,
            }
        },
    }
    assert findings(tmp_path, paths) == []


def test_lists_that_go_on_at_a_link(tmp_path: Path) -> None:
    """Azure calls it nextLink, Spotify next."""
    items = {"type": "array", "items": thing(id=TEXT)}
    paths = {
        f"/{name}": {"get": {"responses": answer(thing(value=items, **{name: TEXT}))}}
        for name in ("nextLink", "next")
    }
    assert findings(tmp_path, paths) == []


def test_bodies_whose_fields_other_parameters_are_called_like_or_that_may_be_left_out(tmp_path: Path) -> None:
    """Spotify has ids in the query and in the body; Adyen requires a field of a body that it does not."""
    listed = {"type": "array", "items": TEXT}
    status = {**thing(status={"type": "string", "enum": ["expired"]}), "required": ["status"]}
    paths = {
        "/albums": {
            "put": {
                "parameters": [parameter("ids", required=True)],
                "requestBody": content(thing(ids=listed)),
                "responses": NOTHING,
            }
        },
        "/links": {"patch": {"requestBody": content(status), "responses": NOTHING}},
    }
    assert findings(tmp_path, paths) == []


def test_answers_whose_kind_is_not_told_and_what_no_style_can_write(tmp_path: Path) -> None:
    """Wikimedia tells the kinds of errors alone; AWS asks with lists of objects, and two open maps."""
    error = {"description": "No.", **content(TEXT, "image/png")}
    objects = {"type": "array", "items": thing(id=TEXT)}
    open_map = {"type": "object", "additionalProperties": TEXT}
    paths = {
        "/render": {"get": {"responses": {"200": {"description": "A picture."}, "default": error}}},
        "/entries": {"get": {"parameters": [parameter("Entries", schema=objects)], "responses": NOTHING}},
        "/queues": {
            "get": {
                "parameters": [parameter("Attribute", schema=open_map), parameter("Tag", schema=open_map)],
                "responses": NOTHING,
            }
        },
    }
    assert findings(tmp_path, paths) == []


def test_names_that_are_spelled_alike_and_headers_that_are_https_own(tmp_path: Path) -> None:
    """S3 has max-keys, a number, and MaxKeys, a text; Vercel declares Content-Length."""
    number = {"type": "integer"}
    paths = {
        "/files": {
            "get": {
                "parameters": [parameter("max-keys", schema=number), parameter("MaxKeys")],
                "responses": NOTHING,
            },
            "post": {
                "parameters": [parameter("Content-Length", "header", number)],
                "requestBody": content({"type": "string", "format": "binary"}, "application/octet-stream"),
                "responses": NOTHING,
            },
        }
    }
    assert findings(tmp_path, paths) == []


def test_what_is_required_and_declared_nowhere_is_a_slip(tmp_path: Path) -> None:
    """Xero requires a name of its settings, which have none."""
    settings = {**thing(prefix=TEXT), "required": ["name"]}
    paths = {"/settings": {"put": {"requestBody": content(settings), "responses": answer(settings)}}}
    assert findings(tmp_path, paths) == []


def test_forms_of_open_objects_and_of_texts_that_may_be_objects(tmp_path: Path) -> None:
    """Notion sends anything in a form; Telegram a file, an object or a text, as parts."""
    anything = {"type": "object", "additionalProperties": {}}
    either = {"anyOf": [thing(id=TEXT), TEXT]}
    paths = {
        "/comments": {
            "post": {
                "requestBody": content(anything, "application/x-www-form-urlencoded"),
                "responses": NOTHING,
            }
        },
        "/animation": {
            "post": {
                "requestBody": content(thing(animation=either, chat=TEXT), "multipart/form-data"),
                "responses": NOTHING,
            }
        },
    }
    assert findings(tmp_path, paths) == []


def test_a_group_that_is_called_test(tmp_path: Path) -> None:
    """Snyk has a tag Test: a module called shop_test.py would be collected as tests."""
    paths = {
        f"/{tag}/{number}": {"get": {"tags": [tag], "responses": NOTHING}}
        for tag in ("Test", "Other")
        for number in range(35)
    }
    assert findings(tmp_path, paths) == []
    names = {path.name for path in (tmp_path / "integrations" / "shop").iterdir()}
    assert {"shop_test_api.py", "shop_other.py"} <= names


def test_types_and_methods_that_are_called_like_tests(tmp_path: Path) -> None:
    """Slack and Snyk answer with a TestResult, and have methods called test_…."""
    result = {**thing(ok={"type": "boolean"}), "required": ["ok"]}
    asked = {"parameters": [parameter("org", schema={**TEXT, "default": "mine"})]}
    paths = {
        "/tests": {
            "get": {
                **asked,
                "operationId": "testPackage",
                "responses": answer({"$ref": "#/components/schemas/TestResult"}),
            }
        }
    }
    assert findings(tmp_path, paths, components={"schemas": {"TestResult": result}}) == []


def test_a_part_may_require_what_another_declares(tmp_path: Path) -> None:
    """Spotify's pages require items, which each kind of page declares."""
    page = {**thing(total={"type": "integer"}), "required": ["items"]}
    items = thing(items={"type": "array", "items": TEXT})
    whole = {"allOf": [{"$ref": "#/components/schemas/Page"}, items]}
    paths = {"/chapters": {"get": {"responses": answer(thing(chapters=whole))}}}
    assert findings(tmp_path, paths, components={"schemas": {"Page": page}}) == []


def test_credentials_that_operations_declare_again_and_empty_answers_of_a_kind(tmp_path: Path) -> None:
    """Trello declares its key as a parameter too; S3 says in which kind 204 answers nothing."""
    schemes = {"api_key": {"type": "apiKey", "in": "query", "name": "key"}}
    empty = {"204": {"description": "Gone.", **content(thing(id=TEXT), "text/xml")}}
    paths = {
        "/things": {
            "delete": {
                "parameters": [parameter("key", required=True)],
                "security": [{"api_key": []}],
                "responses": empty,
            }
        }
    }
    assert findings(tmp_path, paths, components={"securitySchemes": schemes}) == []


def test_pages_that_leave_an_empty_list_out(tmp_path: Path) -> None:
    """Google's and Box's do."""
    reminders = {"type": "array", "items": TEXT}
    page = thing(items={"type": "array", "items": thing(id=TEXT)}, nextPageToken=TEXT, reminders=reminders)
    paths = {"/events": {"get": {"parameters": [parameter("pageToken")], "responses": answer(page)}}}
    assert findings(tmp_path, paths) == []
    assert 'items="items?"' in (tmp_path / "integrations/shop/shop_adapter.py").read_text()


def test_required_fields_far_down_and_constants_of_lists_that_are_cut_short(tmp_path: Path) -> None:
    """The BBC nests five lists; a track of Spotify's says that it is one."""
    deep: dict[str, Any] = {**thing(available=TEXT), "required": ["available"]}
    for name in ("versions", "episodes", "brands", "podcasts", "results"):
        deep = {**thing(**{name: {"type": "array", "items": deep}}), "required": [name]}
    track = thing(type={"type": "string", "enum": ["track"]}, **{f"f{n}": TEXT for n in range(20)})
    tracks = thing(tracks={"type": "array", "items": track})
    paths = {
        "/podcasts": {"get": {"responses": answer(deep)}},
        "/tracks": {"get": {"responses": answer(tracks)}},
    }
    assert findings(tmp_path, paths) == []


def test_names_alike_in_the_path_and_the_body_and_three_alike_in_a_query(tmp_path: Path) -> None:
    """Linode has linodeId and linode_id; Twilio EndTime, EndTime< and EndTime>; DynamoDB a field L."""
    clone = content(thing(linode_id={"type": "integer"}, L=TEXT))
    paths = {
        "/instances/{linodeId}/clone": {
            "post": {
                "parameters": [parameter("linodeId", "path", {"type": "integer"}, required=True)],
                "requestBody": clone,
                "responses": NOTHING,
            }
        },
        "/calls": {
            "get": {
                "parameters": [parameter(f"EndTime{sign}") for sign in ("", "<", ">")],
                "responses": NOTHING,
            }
        },
    }
    assert findings(tmp_path, paths) == []


def test_truth_and_numbers_that_are_listed_as_words_or_as_themselves(tmp_path: Path) -> None:
    """Stack Exchange lists true and false for a text, Vercel 0 and 1 for a number."""
    words = {"type": "string", "enum": [True, False]}
    paths = {
        "/search": {
            "get": {
                "parameters": [
                    parameter("accepted", schema=words),
                    parameter("builds", schema={"type": "number", "enum": [0, 1]}),
                    parameter("media_set", schema={"type": "array", "enum": ["pc", "tv"], "items": TEXT}),
                ],
                "responses": NOTHING,
            }
        }
    }
    assert findings(tmp_path, paths) == []
