"""Entries: what is wrong is told where it stands, with its mend; what is hostile stays inert."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from generator.folders import discover
from generator.render import Job, render
from integrations.runtime._settings import schema
from integrations.runtime.redis import RedisSettings

CODE = discover()["database"].code
STREAM = {"key": "j", "type": "stream", "value": {"n": "integer"}}
GOOD: dict[str, Any] = {"session": {"key": "session:{user_id}", "value": "string", "ttl": "1h"}}


def entry(keys: Any = None, **requirements: Any) -> dict[str, Any]:
    return {
        "name": "cache",
        "service": "Redis",
        "type": "database",
        "variant": "redis",
        "description": "",
        "requirements": {"keys": GOOD if keys is None else keys, **requirements},
        "environments": {},
    }


def told(raw: dict[str, Any]) -> str:
    return "\n".join(f"{'.'.join(map(str, one.pointer))}: {one.message}" for one in CODE.check(raw))


def test_a_good_entry_has_no_complaint() -> None:
    assert told(entry()) == ""


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"a": {"key": "a:{x}", "type": "strng"}}, "keys.a.type: 'strng' is no type of key"),
        ({"a": {"key": "a:{x}", "parameters": {"y": "string"}}}, "keys.a.parameters.y: the key has no {y}"),
        (
            {"a": {"key": "a:{x}", "parameters": {"x": "date"}}},
            "keys.a.parameters.x: a parameter is",
        ),
        ({"a": {"key": "a:{x"}}, "keys.a.key:"),
        ({"a": {"key": "a:{}"}}, "keys.a.key:"),
        ({"a": {"key": "a:{x!r}"}}, "keys.a.key:"),
        ({"a": {"key": "a:{x}{y}"}}, "nothing keeps {x} and {y} apart"),
        ({"a": {"key": "a:{x}-{y}"}}, "nothing keeps {x} and {y} apart"),
        ({"a": {"key": "a:{x}:{x}"}}, "stands in the key twice"),
        ({"a": {"key": "a:{class}"}}, "cannot be a parameter"),
        ({"a": {"key": "a:{timeout}"}}, "cannot be a parameter"),
        ({"class": {"key": "a:{x}"}}, "keys.class: 'class' cannot be part of a method's name"),
        ({"a": {"key": "a", "ttl": "soon"}}, "keys.a.ttl: 'soon' is not a time"),
        ({"a": {"key": "a", "ttl": -1}}, "keys.a.ttl:"),
        ({"a": {"key": "a", "sliding": True}}, "keys.a.sliding:"),
        ({"a": {"key": "a", "type": "hash", "value": "string"}}, "keys.a.value: a hash has fields"),
        ({"a": {"key": "a", "value": "strng"}}, "keys.a.value: 'strng' is not a type"),
        ({"a": {"key": "a", "value": "string?"}}, "keys.a.value: what is not there is no value"),
        ({"a": {"key": "a", "colour": "red"}}, "keys.a.colour: a string has no 'colour'"),
        ({"a": {"key": "a", "replica": True}}, "keys.a.replica: there is no replica"),
        ({"a": {"key": "x:{a}"}, "b": {"key": "x:{b}"}}, "can be the same key"),
        ({"a": {"key": "x:{a}"}, "b": {"key": "x:all"}}, "can be the same key"),
        ({"a": {"key": "x:a{a}"}, "b": {"key": "x:{b}b"}}, "can be the same key"),
        ({"a": "a:{x}", "as": "as:{x}"}, "cannot be part of a method's name"),
        ({"x": {"key": "a", "ttl": 5}, "x-ttl": "b"}, "'x' has a method 'get_x_ttl' too"),
        (
            {
                "j": {
                    "key": "j",
                    "type": "stream",
                    "value": {"n": "integer"},
                    "group": "g",
                    "dead_letter": False,
                }
            },
            "keys.j.dead_letter: messages would be lost",
        ),
        ({"j": {**STREAM, "claim_after": 5}}, "of a group"),
    ],
)
def test_a_wrong_key_is_told_with_its_place(keys: dict[str, Any], expected: str) -> None:
    assert expected in told(entry(keys))


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (
            {"connection_string": "redis://:hunter2@host"},
            "connection_string: connection_string holds",
        ),
        ({"connection_string": "redis://host?password=hunter2"}, "holds a password"),
        ({"connection_string": "http://host"}, "no connection string of Redis"),
        ({"pool_size": 0}, "pool_size:"),
        ({"rate_limit": "often"}, "rate_limit:"),
        ({"retry": {"tries": 3}}, "retry.tries:"),
        ({"tls": {"trust": "all"}}, "tls.trust:"),
        ({"queries": {"a": "SELECT 1"}}, "queries: Redis has no queries"),
        (
            {"scripts": {"s": {"lua": "return ARGV[2]", "arguments": {"n": "integer"}}}},
            "ARGV[2] is not declared",
        ),
        ({"scripts": {"s": {"lua": "return 1", "keys": {"k": "session"}}}}, "never used"),
        ({"scripts": {"s": {"lua": "return KEYS[1]", "keys": {"k": "nobody"}}}}, "there is no key 'nobody'"),
        ({"scripts": {"s": {"lua": "return 1", "keys": {"a": "a:{x}", "b": "b:{x}"}}}}, "which is number 1"),
        ({"scripts": {"s": {"lua": ""}}}, "a script has its text"),
        ({"scripts": {"pipeline": {"lua": "return 1"}}}, "every adapter has 'pipeline' already"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(requirements: dict[str, Any], expected: str) -> None:
    found = told(entry(**requirements))
    assert expected in found
    assert "hunter2" not in found


@pytest.mark.parametrize("keys", [[], "x", {"a": None}, {"a": 5}, {"a": []}, {5: "x"}, {"a": {"key": 5}}])
def test_nonsense_is_no_crash(keys: Any) -> None:
    CODE.check(entry(keys))


def test_two_spellings_are_one_entry() -> None:
    short = CODE.normalise(entry({"a": {"key": "a:{x}", "type": "sorted_set", "ttl": "1h"}}))
    long = CODE.normalise(
        entry(
            {
                "a": {
                    "key": "a:{x}",
                    "type": "zset",
                    "ttl": 3600,
                    "value": "string",
                    "parameters": {"x": "string"},
                }
            }
        )
    )
    assert short == long


EVIL = 'a"""\nimport os\nos.system("x")  # {{ 7 * 7 }} ${HOME} `x` \u202e'


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    keys = {
        "session": {"key": "x\"'\\:{user_id}", "value": {"a": {"enum": [EVIL]}}, "ttl": 5, "summary": EVIL},
        "job": {"key": "jobs{{'\"}}", "type": "stream", "value": {"a": "string"}, "group": "g'\"\\"},
    }
    scripts = {"run": {"lua": f'return "{EVIL}"', "summary": EVIL}}
    raw = {**entry(keys, scripts=scripts), "service": EVIL, "description": EVIL}
    canonical, complaints = CODE.read(raw)
    assert not complaints
    blueprint = CODE.resolve(canonical, {"overview": {"overview": EVIL}, "summaries": {"get_session": EVIL}})
    folder = discover()["database"].path / "redis"
    (rendered,) = render([Job("cache", "cache", folder, json.loads(json.dumps(blueprint)))], tmp_path)
    for path, data in rendered.files.items():
        text = data.decode()
        assert "\u202e" not in text
        if path.endswith(".py"):
            calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
            assert not [c for c in calls if "os.system" in ast.unparse(c.func)], path


def test_the_schema_of_the_configuration_is_the_one_that_is_checked_in() -> None:
    path = Path(__file__).parents[3] / "integrations/runtime/redis-config.schema.json"
    found = schema(RedisSettings, "config.yaml of a Redis adapter")
    assert json.loads(path.read_text()) == json.loads(json.dumps(found))
