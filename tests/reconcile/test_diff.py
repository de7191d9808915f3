"""The words in which a change of an entry is told."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generator.diff import diff_entries
from generator.lock import settled

LIST, CREATE = {"method": "GET", "path": "/issues"}, {"method": "POST", "path": "/issues"}


def told(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    return diff_entries(settled({"name": "x", "requirements": old}), {"name": "x", "requirements": new})


def test_a_short_value_is_shown_before_and_after() -> None:
    assert told({"rate_limit": "5000/hour"}, {"rate_limit": "100/minute"}) == (
        "rate_limit changed: 5000/hour → 100/minute",
    )


def test_values_are_written_as_the_manifest_writes_them() -> None:
    assert told({"paginate": True, "size": 1}, {"paginate": False, "size": 2.5}) == (
        "paginate changed: true → false",
        "size changed: 1 → 2.5",
    )


def test_long_text_is_named_but_not_shown() -> None:
    assert diff_entries({"description": "a" * 80}, {"description": "b" * 80}) == ("description changed",)


def test_text_that_does_not_print_is_never_shown() -> None:
    assert told({"a": "x\x1b[31m"}, {"a": "y\u202e"}) == ("a changed",)
    assert told({}, {"bad\x1bkey": 1}) == (r"['bad\x1bkey'] added: 1",)


def test_an_endpoint_is_found_again_wherever_it_stands() -> None:
    assert told({"endpoints": [LIST, CREATE]}, {"endpoints": [CREATE, LIST]}) == ()
    assert told(
        {"endpoints": [LIST, CREATE]}, {"endpoints": [CREATE, {**LIST, "errors": {"410": "Issues are off."}}]}
    ) == ("endpoints[1].errors added",)


def test_an_index_counts_as_the_manifest_does() -> None:
    other = {"method": "GET", "path": "/a"}
    assert told({"endpoints": [CREATE]}, {"endpoints": [LIST, CREATE, other]}) == (
        "endpoints[0] added: GET /issues",
        "endpoints[2] added: GET /a",
    )


def test_a_removed_endpoint_is_named_by_what_it_was() -> None:
    assert told({"endpoints": [LIST, CREATE]}, {"endpoints": [LIST]}) == ("endpoints removed: POST /issues",)


def test_items_of_one_method_and_path_are_told_apart_by_name() -> None:
    first, second = {**CREATE, "name": "a"}, {**CREATE, "name": "b"}
    assert told({"endpoints": [first, second]}, {"endpoints": [second, {**first, "body": "x"}]}) == (
        "endpoints[1].body added: x",
    )


def test_an_item_that_changed_all_over_is_one_reason() -> None:
    old, new = {**LIST, "a": 1, "b": 1, "c": 1, "d": 1}, {**LIST, "a": 2, "b": 2, "c": 2, "d": 2}
    assert told({"endpoints": [old]}, {"endpoints": [new]}) == ("endpoints[0] changed in 4 places",)


def test_a_list_of_plain_values_is_compared_by_position() -> None:
    assert told({"enum": ["a", "b"]}, {"enum": ["a", "c", "d"]}) == (
        "enum[1] changed: b → c",
        "enum[2] added",
    )
    assert told({"enum": ["a", "b"]}, {"enum": ["a"]}) == ("enum[1] removed",)


def test_empty_and_absent_are_not_told_apart() -> None:
    assert told({"errors": {}}, {"errors": {"410": "off"}}) == ("errors added",)
    assert told({"errors": {"410": "off"}}, {"errors": None}) == ("errors removed",)
    assert told({"errors": {}, "a": ""}, {"errors": None, "a": []}) == ()


def test_a_requirement_named_like_a_key_of_the_entry_keeps_its_full_name() -> None:
    old = {"spec": "a.yaml", "requirements": {"spec": "x"}}
    assert diff_entries(old, {"spec": "a.yaml", "requirements": {"spec": "y"}}) == (
        "requirements.spec changed: x → y",
    )


def test_keys_that_only_steer_a_run_are_no_change() -> None:
    assert (
        diff_entries({"name": "x"}, {"name": "x", "moved_from": "y", "disabled": False, "budget_usd": 2})
        == ()
    )


def test_environments_are_told_by_name() -> None:
    assert diff_entries({"environments": {}}, {"environments": {"sandbox": {"secret": "T"}}}) == (
        "environments added",
    )
    assert diff_entries(
        {"environments": {"live": {"a": 1}}}, {"environments": {"live": {"a": 1}, "sandbox": {"secret": "T"}}}
    ) == ("environments.sandbox added",)


keys = st.sampled_from(["a", "b", "errors"])
values = st.recursive(
    st.none() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
items = st.lists(
    st.builds(lambda name, extra: {"name": name, **extra}, keys, st.dictionaries(keys, values, max_size=2)),
    max_size=4,
)
entries = st.fixed_dictionaries({"requirements": st.dictionaries(keys, values | items, max_size=3)})


def without_empty(value: Any) -> Any:
    """No two values left that mean "absent": in a mapping they go, in a list they are one."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [None if item in ("", [], {}) else item for item in map(without_empty, value)]
    return value


@given(entries, entries)
def test_a_real_difference_always_has_a_reason(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = settled(without_empty(old)), settled(without_empty(new))
    assert bool(diff_entries(before, after)) == (before != after)


@given(entries, st.randoms())
def test_order_is_no_difference(entry: dict[str, Any], random: random.Random) -> None:
    shuffled = list(entry["requirements"].items())
    random.shuffle(shuffled)
    assert diff_entries(settled(entry), {"requirements": dict(shuffled)}) == ()
