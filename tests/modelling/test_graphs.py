"""Random graphs of types, as hostile as they come: what is made of them imports, decodes and stays itself."""

from __future__ import annotations

import sys
import types as python
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.modelling.examples import Examples
from generator.modelling.models import Models
from integrations.runtime.testing import plain, typed

from .made import source

TYPES = ("A", "B", "c-d", "List", "日本")
REFS = st.sampled_from([{"$ref": f"#/types/{name}"} for name in TYPES])
FIELDS = st.sampled_from(["id", "kind", "type", "list", "str", "a-b", "aB", "a_b", "class", "é", "x[0]"])
LEAVES = st.one_of(
    REFS,
    st.sampled_from(
        [
            {"type": "string"},
            {"type": "integer", "minimum": 3},
            {"type": "number"},
            {"type": "boolean"},
            {"enum": ["a", "b", None]},
            {"enum": [1, "x"]},
            {"const": "tag"},
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": "^[A-Z]{2}[0-9]{4}$"},
            {"type": ["string", "integer", "null"]},
            {"type": "object"},
            {},
        ]
    ),
)


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.tuples(st.dictionaries(FIELDS, inner, min_size=1, max_size=4), st.booleans()).map(_object)
    return st.one_of(
        objects,
        objects.map(lambda schema: {**schema, "discriminator": {"propertyName": "kind"}}),
        inner.map(lambda schema: {"type": "array", "items": schema}),
        inner.map(lambda schema: {"type": "object", "additionalProperties": schema}),
        inner.map(lambda schema: {"anyOf": [schema, {"type": "null"}]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"oneOf": some}),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda some: {"anyOf": some, "discriminator": {"propertyName": "type"}}
        ),
        st.lists(st.one_of(objects, REFS), min_size=1, max_size=3).map(lambda some: {"allOf": some}),
    )


def _object(drawn: tuple[dict[str, Any], bool]) -> dict[str, Any]:
    properties, required = drawn
    return {"type": "object", "properties": properties, "required": sorted(properties) if required else []}


GRAPHS = st.fixed_dictionaries(
    {name: st.recursive(LEAVES, _deeper, max_leaves=6) for name in TYPES},
)


@settings(
    max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(GRAPHS, st.booleans())
def test_any_graph_of_types_imports_and_decodes_its_examples(graph: dict[str, Any], open_: bool) -> None:
    models = Models(graph, open=open_)
    kinds = {name: models.result({"$ref": f"#/types/{name}"}, "X", "here") for name in graph}
    made = python.ModuleType("made")
    results = "\n".join(f"R{n}: TypeAlias = {kind.text}" for n, kind in enumerate(kinds.values()))
    sys.modules["made"] = made
    exec(compile(source(models, results), "<made>", "exec", dont_inherit=True), vars(made))
    for n, (name, kind) in enumerate(kinds.items()):
        value = Examples(graph).of({"$ref": f"#/types/{name}"})
        back = _typed(value, vars(made)[f"R{n}"], valid=_is_valid(value, graph, name))
        if back is not None and _is_valid(value, graph, name):
            assert plain(back) == value
            assert plain(eval(models.python(kind, value), vars(made))) == value


def _typed(value: Any, kind: Any, *, valid: bool) -> Any:
    try:
        return typed(value, kind)
    except msgspec.ValidationError:
        assert not valid
        return None


def _is_valid(value: Any, graph: dict[str, Any], name: str) -> bool:
    try:
        return Draft202012Validator({"$ref": f"#/types/{name}", "types": graph}).is_valid(value)
    except RecursionError:  # a type that is nothing but a reference to itself
        return False
