"""Entries: what is wrong is told where it stands, with its mend; what is hostile stays inert."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from generator.folders import discover
from generator.render import Job, render
from integrations.runtime import dynamodb
from integrations.runtime._settings import schema
from integrations.runtime.dynamodb import DynamoSettings

FOLDER = discover()["database"]
CODE = FOLDER.code
ATTRIBUTES = {
    "id": "string",
    "status": "string",
    "name": "string?",
    "size": "number",
    "on": "boolean",
    "at": "datetime",
    "end": "datetime",
}


def entry(jobs: Any = None, **requirements: Any) -> dict[str, Any]:
    table = {"partition": "id", "attributes": ATTRIBUTES, **(jobs or {})}
    return {
        "name": "work",
        "service": "Work",
        "type": "database",
        "variant": "dynamodb",
        "description": "",
        "requirements": {"region": "eu-central-1", "tables": {"jobs": table}, **requirements},
        "environments": {},
    }


def told(raw: dict[str, Any]) -> str:
    return "\n".join(f"{'.'.join(map(str, one.pointer))}: {one.message}" for one in CODE.check(raw))


def test_a_good_entry_has_no_complaint_and_reserved_words_are_names_like_others() -> None:
    index = {"by_status": {"partition": "status", "sort": "at", "projection": ["name"]}}
    assert told(entry({"indexes": index, "ttl": "end", "version": "version"})) == ""


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        (
            {"partition": "idd"},
            "jobs.partition: there is no attribute 'idd', so it has no type. Did you mean 'id'?",
        ),
        ({"partition": None}, "jobs.partition: a key names an attribute"),
        ({"partition": "on"}, "'on' is no text, number, time or bytes, so no key"),
        ({"sort": "name"}, "jobs.sort: 'name' may be left out, and a key never is"),
        ({"sort": "made"}, "jobs.sort: there is no attribute 'made'"),
        ({"indexes": {"i": {"partition": "stat"}}}, "jobs.indexes.i.partition: there is no attribute 'stat'"),
        (
            {"indexes": {"i": {"partition": "status", "hash": 1}}},
            "jobs.indexes.i.hash: an index has no 'hash'",
        ),
        (
            {"indexes": {"i": {"partition": "status", "projection": "some"}}},
            "a projection is all, keys, or a list",
        ),
        ({"indexes": {"i": {"partition": "status", "projection": ["x"]}}}, "there is no attribute 'x'"),
        ({"ttl": "size"}, "jobs.ttl: items expire after a time"),
        ({"sort": "at", "ttl": "at"}, "jobs.ttl: the time after which an item expires is no key"),
        ({"version": "status"}, "jobs.version: a version is an integer"),
        ({"attributes": {}}, "jobs.attributes: it has no attributes"),
        ({"attributes": {"id": "strng"}}, "jobs.attributes.id: 'strng' is not a type"),
        ({"item": "a job"}, "jobs.item: 'a job' cannot name a type. Write item: Job."),
        ({"partitions": "id"}, "jobs.partitions: a table has no 'partitions'"),
    ],
)
def test_a_mistake_in_a_table_is_located(jobs: dict[str, Any], expected: str) -> None:
    assert expected in told(entry(jobs))


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ({"region": "Frankfurt"}, "region: 'Frankfurt' is no region"),
        ({"endpoint_url": "https://key:hunter2@localhost:8000"}, "endpoint_url: a credential stands here"),
        ({"endpoint_url": "localhost"}, "endpoint_url: this is no endpoint"),
        ({"connection_string": "dynamodb://key:hunter2@x"}, "connection_string: this does not say where"),
        ({"table_prefix": "a b"}, "table_prefix: a prefix of tables has letters"),
        ({"pool_size": 0}, "pool_size: '0' is not a number from 1"),
    ],
)
def test_a_mistake_in_the_settings_is_located(requirements: dict[str, Any], expected: str) -> None:
    found = told(entry(**requirements))
    assert expected in found
    assert "hunter2" not in found


def test_two_tables_whose_methods_would_be_called_alike_are_told() -> None:
    raw = entry()
    raw["requirements"]["tables"]["job"] = {"partition": "id", "attributes": {"id": "string"}, "item": "One"}
    assert "would both be the method put_job" in told(raw)


def test_a_connection_string_says_the_region() -> None:
    raw = entry(connection_string="dynamodb://us-west-2", region=None)
    assert CODE.normalise(raw)["requirements"]["region"] == "us-west-2"


def test_nonsense_is_complained_about_and_never_crashes() -> None:
    listed: tuple[Any, ...] = (
        None,
        5,
        "x",
        [],
        {"partition": [], "attributes": {"a": None}, "indexes": {"i": 3}},
    )
    for nonsense in listed:
        raw = {**entry(), "requirements": {"tables": {"jobs": nonsense}}}
        assert told(raw)


HOSTILE = '"""\n{{ 1 }}{% raw %}\\ import os #\u202e'


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    raw = entry(
        {"summary": HOSTILE, "attributes": {**ATTRIBUTES, "odd name!": "string", "timeout": "string"}}
    )
    raw |= {"service": HOSTILE, "description": HOSTILE}
    blueprint = CODE.resolve(CODE.normalise(raw), {})
    (found,) = render([Job("work", "work", FOLDER.path / "dynamodb", blueprint)], tmp_path)
    for path, content in found.files.items():
        if path.endswith(".py"):
            ast.parse(content)
        assert "\u202e" not in content.decode()


def test_the_schema_of_the_settings_is_that_which_is_checked_in() -> None:
    written = Path(dynamodb.__file__).with_name("dynamodb-config.schema.json").read_text("utf-8")
    assert json.loads(written) == schema(DynamoSettings, "config.yaml of a DynamoDB adapter")


def test_a_kept_name_stays() -> None:
    blueprint = CODE.resolve(CODE.normalise(entry()), {"kept": {"jobs.put": "store_job"}})
    assert blueprint["names"]["jobs.put"] == "store_job"
