"""Nothing that stands in a document makes the reader fail, and no operation is lost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.specs import canonical, documents

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3.5, 10**40, "", "x", "#", "{", "string", "null"),
    *([], {}, [None], [[]], {"": None}, [1, "a", {}], {"$ref": "#"}, {"$ref": "#/nowhere"}, {"$ref": 1}),
    *({"$ref": "https://x.org/a.json"}, {"$ref": "../../etc/passwd"}, {"$ref": "#/components/schemas/Pet"}),
    *(
        {"type": ["null", 4]},
        {"type": {"a": 1}},
        {"a": {"b": {"c": []}}},
        {"$ref": "#/paths"},
        "\ud7ff\u0000",
    ),
)
Path = tuple[str | int, ...]


def _places(node: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield from _places(child, (*path, key))


def _put(document: Any, path: Path, value: Any) -> Any:
    """A copy that shares what it does not change."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = _put(document[path[0]], path[1:], value)
    return changed


PLACES = [(index, path) for index, document in enumerate(documents.ALL) for path in _places(document) if path]


@pytest.mark.parametrize("shift", range(3))
def test_junk_in_any_place_is_read_without_failing(shift: int) -> None:
    for number, (index, path) in enumerate(PLACES):
        whole = documents.ALL[index]
        document = _put(whole, path, JUNK[(number * 3 + shift * 11) % len(JUNK)])
        if path[0] in ("openapi", "swagger"):
            continue
        outline, _ = canonical.read(document)
        if path[0] != "paths":
            assert [item.key for item in outline.operations] == _keys(whole)


def _keys(document: Any) -> list[tuple[str, str]]:
    methods = ("get", "put", "post")
    paths = document["paths"].items()
    return [(key.upper(), path) for path, item in paths for key in item if key in methods]


KEYS = [
    *(
        "$ref",
        "type",
        "properties",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "enum",
        "const",
        "required",
        "nullable",
    ),
    *("discriminator", "schema", "content", "parameters", "responses", "in", "name", "a"),
]
JSON = st.recursive(
    st.sampled_from(JUNK)
    | st.text(max_size=5)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON), min_size=1, max_size=4))
def test_several_mutations_at_once_are_read_without_failing(mutations: list[tuple[Any, Any]]) -> None:
    index = mutations[0][0][0]
    document = documents.ALL[index]
    for (_, path), value in mutations:
        if path[0] in document and path[0] not in ("openapi", "swagger"):
            try:
                document = _put(document, path, value)
            except (KeyError, IndexError, TypeError):
                continue
    canonical.read(document)


@settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(JSON)
def test_any_value_can_stand_as_a_schema(node: Any) -> None:
    for version in ("3.1.0", "3.0.0", "2.0"):
        canonical.schema({"type": "array", "items": node}, version, Pet={"type": "object"}, a=node)
