"""Entries: what is wrong is told where it stands, with its mend; what is hostile stays inert."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from generator.folders import discover
from generator.render import Job, render
from integrations.runtime import mongodb
from integrations.runtime._settings import schema
from integrations.runtime.mongodb import MongoSettings

FOLDER = discover()["database"]
CODE = FOLDER.code
FIELDS = {"customer": "string", "status": {"enum": ["open", "paid"]}, "total": "number", "at": "datetime"}


def entry(orders: Any = None, **requirements: Any) -> dict[str, Any]:
    return {
        "name": "shop",
        "service": "Shop",
        "type": "database",
        "variant": "mongodb",
        "description": "",
        "requirements": {"collections": {"orders": {"fields": FIELDS, **(orders or {})}}, **requirements},
        "environments": {},
    }


def told(raw: dict[str, Any]) -> str:
    return "\n".join(f"{'.'.join(map(str, one.pointer))}: {one.message}" for one in CODE.check(raw))


def test_a_good_entry_has_no_complaint() -> None:
    finds = {"by_customer": {"filter": {"customer": ":customer", "at": {"$gte": ":since"}}, "sort": "-at"}}
    updates = {"mark_paid": {"filter": {"id": ":id"}, "update": {"$set": {"status": "paid"}}}}
    assert told(entry({"finds": finds, "updates": updates, "indexes": ["customer"]})) == ""


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        (
            {"finds": {"f": {"filter": {"custmer": ":c"}}}},
            "finds.f.filter.custmer: there is no field 'custmer'. Did",
        ),
        (
            {"finds": {"f": {"filter": {"total": {"$gtt": 1}}}}},
            "filter.total.$gtt: there is no operator '$gtt'",
        ),
        ({"finds": {"f": {"filter": {"$where": "1"}}}}, "filter.$where: $where runs code in the server."),
        ({"finds": {"f": {"filter": {"total": {"$expr": 1}}}}}, "$expr runs code in the server."),
        ({"finds": {"f": {"filter": {"customer": {"$regex": ":c"}}}}}, "$regex takes no parameter"),
        (
            {"finds": {"f": {"filter": {"customer": ":class"}}}},
            "'class' cannot be a parameter's name in Python",
        ),
        ({"finds": {"f": {"filter": {"customer": ":timeout"}}}}, "Call it ':the_timeout'"),
        (
            {"finds": {"f": {"filter": {"customer": ":x", "total": ":x"}}}},
            "':x' stands for values of two types",
        ),
        ({"finds": {"f": {"filter": {"customer": {"deep": {"$gt": 1}}}}}}, "an operator cannot stand here"),
        ({"finds": {"f": {"filter": {"status": "opn"}}}}, "filter.status: 'opn' does not fit the field"),
        ({"finds": {"f": {"filter": {"at": "2026-01-01"}}}}, "a time cannot be written out here"),
        ({"finds": {"f": {"sort": "plced"}}}, "finds.f.sort: there is no field 'plced'"),
        ({"finds": {"f": {"sort": {"at": 1, "total": -1}}}}, "the order of fields matters"),
        ({"finds": {"f": {"returns": "all"}}}, "finds.f.returns: 'all' is nothing to return"),
        ({"finds": {"f": {"limit": -1}}}, "finds.f.limit: '-1' is no limit"),
        ({"indexes": ["emial"]}, "indexes.0.fields: there is no field 'emial'"),
        (
            {"indexes": [{"fields": "customer", "expire_after": "1h"}]},
            "documents expire after the time in one datetime",
        ),
        ({"updates": {"u": {"update": {"$set": {"total": 1}}}}}, "updates.u: it has no filter"),
        (
            {"updates": {"u": {"filter": {"id": ":id"}, "update": {"$rename": {}}}}},
            "no operator '$rename' here",
        ),
        (
            {"updates": {"u": {"filter": {"id": ":id"}, "update": {"$set": {"id": ":new"}}}}},
            "an id never changes",
        ),
        (
            {"finds": {"count_orders": {}}},
            "orders.count and orders.finds.count_orders would both be the method",
        ),
        ({"fields": {"_id": "string"}}, "fields._id: a field cannot be called '_id' here. Call it id."),
        ({"fields": {"a": {"anyOf": [{"type": "string"}, {"type": "object"}]}}}, "a field has one type"),
        ({"fileds": {}}, "orders.fileds: there is no 'fileds' here"),
    ],
)
def test_a_mistake_in_a_collection_is_located(orders: dict[str, Any], expected: str) -> None:
    assert expected in told(entry(orders))


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (
            {"connection_string": "mongodb://app:hunter2@db/shop"},
            "connection_string: connection_string holds a password.",
        ),
        ({"connection_string": "postgresql://db/shop"}, "this is no connection string of MongoDB"),
        ({"replicas": ["mongodb://b"]}, "replicas: members of a replica set belong into connection_string"),
        ({"read_preference": "fastest"}, "'fastest' is no read preference"),
        ({"timeout": "soon"}, "timeout: 'soon' is not a time"),
        ({"database": "a b"}, "database: 'a b' cannot name a database"),
        ({"tls": {"key": "x"}}, "tls.key: tls has no 'key'"),
    ],
)
def test_a_mistake_in_the_settings_is_located(requirements: dict[str, Any], expected: str) -> None:
    found = told(entry(**requirements))
    assert expected in found
    assert "hunter2" not in found


def test_a_password_may_be_a_variable() -> None:
    raw = entry(connection_string="mongodb+srv://app:${SHOP_PASSWORD}@db.example.com/shop")
    assert told(raw) == ""


def test_nonsense_is_complained_about_and_never_crashes() -> None:
    listed: tuple[Any, ...] = (
        None,
        5,
        "x",
        [],
        {"finds": 5, "indexes": {"a": []}, "updates": {"u": 3}, "fields": {"a": None}},
    )
    for nonsense in listed:
        raw = {**entry(), "requirements": {"collections": {"orders": nonsense}}}
        assert told(raw)


HOSTILE = '"""\n{{ 1 }}{% raw %}\\ import os #\u202e'


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    raw = entry(
        {
            "summary": HOSTILE,
            "finds": {"f": {"filter": {"customer": HOSTILE}, "summary": HOSTILE}},
            "fields": {**FIELDS, "odd field!": "string"},
        }
    )
    raw |= {"service": HOSTILE, "description": HOSTILE}
    canonical = CODE.normalise(raw)
    blueprint = CODE.resolve(canonical, {})
    (found,) = render([Job("shop", "shop", FOLDER.path / "mongodb", blueprint)], tmp_path)
    for path, content in found.files.items():
        if path.endswith(".py"):
            ast.parse(content)
        assert "\u202e" not in content.decode()


def test_the_schema_of_the_settings_is_that_which_is_checked_in() -> None:
    written = Path(mongodb.__file__).with_name("mongodb-config.schema.json").read_text("utf-8")
    assert json.loads(written) == schema(MongoSettings, "config.yaml of a MongoDB adapter")


def test_a_kept_name_stays_and_the_newcomer_gives_way() -> None:
    canonical = CODE.normalise(entry({"finds": {"recent": {}}}))
    blueprint = CODE.resolve(canonical, {"kept": {"orders.finds.recent": "count_orders"}})
    assert blueprint["names"]["orders.finds.recent"] == "count_orders"
    assert blueprint["names"]["orders.count"] == "count_orders_2"
