"""The reader means what PyYAML's safe loader means, and knows where everything stands."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.reading.positions import Positions
from generator.reading.yaml_recover import parse

SCALARS = (
    "818307e00 012 0o12 0x1F 0b11 1_000 +5 -0 190:20:30 on ON off yes No y n true TRUE ~ null Null = .5 1.",
    "1e3 1.5e+3 6.8523015e+5 685_230.15 2024-02-29 2024-02-29T10:00:00Z 2024-02-29t10:00:00.5-05:00 1,000",
    "2001-12-14_x '' 'no' \"012\" '~' 0.0.1 1.2.3 08 09 0_0 -- -.inf? <<x =x 12e03 1e+3 -1.0E-2 .1 1__0 0b2",
    "0xG +.5 -1:30 1:99 nan",
)


def as_json(value: Any) -> Any:
    """What the reader makes of PyYAML's values: dates as text, keys as they print."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    if isinstance(value, datetime.date):
        return value.isoformat().replace("+00:00", "Z")
    return value


@pytest.mark.parametrize("scalar", " ".join(SCALARS).split())
def test_every_scalar_means_what_the_safe_loader_says(scalar: str) -> None:
    try:
        expected = as_json(yaml.load(f"k: {scalar}", yaml.CSafeLoader))["k"]
    except yaml.YAMLError:
        expected = scalar  # '=' alone: the safe loader knows its tag, but not how to construct it
    read = parse(f"k: {scalar}\n", "m")
    assert read.data == {"k": expected}
    assert type(read.data["k"]) is type(expected)


plain = st.text("abcxyz019.:-_+eEno~ ", max_size=8)
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
numbers = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
dates = st.dates() | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
values = st.recursive(
    plain | text | numbers | st.booleans() | st.none() | dates,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain | text, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(plain, values, max_size=4), st.booleans(), st.sampled_from([None, '"', "'"]))
def test_any_data_reads_as_the_safe_loader_reads_it(
    data: dict[str, Any], flow: bool, style: str | None
) -> None:
    written = yaml.safe_dump(
        data, default_flow_style=flow, default_style=style, sort_keys=False, allow_unicode=True
    )
    read = parse(written, "m")
    assert read.problems == []
    assert read.data == as_json(yaml.load(written, yaml.CSafeLoader))
    assert math.isfinite(sum(isinstance(value, float) for value in read.data.values()))


@pytest.mark.parametrize(
    "merged",
    [
        "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n",
        "a: &a {x: 1, y: 2}\nb: &b {y: 4, z: 5}\nc: {<<: [*a, *b], z: 6}\n",
        "a: &a {x: 1}\nb: {y: 2, <<: *a}\nc: {'<<': 1}\n",
        "a: &a [1, &b {c: d}]\ne: *a\nf: *b\ng: {<<: *b}\n",
        "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n",
    ],
)
def test_anchors_and_merges_mean_what_the_safe_loader_says(merged: str) -> None:
    read = parse(merged, "m")
    expected = yaml.load(merged, yaml.CSafeLoader)
    assert read.data == expected  # in which order merged keys come is the library's choice of the day


def test_positions_are_found_for_keys_values_items_and_merged_keys() -> None:
    text = "a: &a\n  x: 1\n  y: [p, {q: r}]\nb:\n  <<: *a\n  z: >-\n    t\n"
    text += "integrations:\n  - n: 5\n  -   - deep\n"
    positions = Positions()
    data = parse(text, "m", positions=positions).data
    found = {
        ("a", "x"): (2, 6),
        ("a", "y"): (3, 6),
        ("a", "y", 0): (3, 7),
        ("a", "y", 1, "q"): (3, 14),
        ("a",): (1, 1),
        ("b", "x"): (2, 6),
        ("b", "z"): (6, 6),
        ("integrations", 0): (9, 5),
        ("integrations", 0, "n"): (9, 8),
        ("integrations", 1, 0): (10, 9),
        ("integrations", 0, "missing", "deeper"): (9, 5),
    }
    assert {pointer: positions.find(data, pointer) for pointer in found} == found
    assert positions.find(data, ("a", "y"), key=True) == (3, 3)
