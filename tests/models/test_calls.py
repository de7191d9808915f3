"""A reply is kept under everything that decided it, and believed only when it is whole."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.errors import TreeError
from generator.subtasks.calls import Calls, digest, parts, place
from generator.subtasks.completion import sampling
from generator.subtasks.exchange import Model, Reply, Request, Tokens
from tests.models.made import model, request


def key(who: Model, what: Request) -> str:
    return digest(parts(who, what, sampling(who, what)))


USUAL = key(model(), request(temperature=0.2))
KEPT = Reply(USUAL, "acme/small", '{"title": "Ünïcode \u2028"}', "stop", Tokens(9, 4, 1), Decimal("0.000058"))


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (("system", "You answer in json."), ("user", "Name the billing services."))},
        {"messages": (("user", "You answer in json."), ("user", "Name the billing service."))},
        {"contract": "another"},
        {"schema": None},
        {"max_tokens": 201},
        {"sample": 1},
        {"parent": "k0"},
        {"temperature": 0.3},
        {"temperature": None},
    ],
    ids=str,
)
def test_what_decides_a_reply_enters_its_key(change: dict[str, Any]) -> None:
    assert key(model(), replace(request(temperature=0.2), **change)) != USUAL


def test_another_model_is_another_reply() -> None:
    assert key(model(name="acme/big"), request(temperature=0.2)) != USUAL


def test_how_a_model_is_reached_and_what_it_costs_is_not_in_the_key() -> None:
    elsewhere = model(
        base_url="http://127.0.0.1:1/v1", secret="OTHER", input_price=Decimal(7), retires="2099"
    )
    assert key(elsewhere, request(temperature=0.2, timeout=1.0)) == USUAL


def test_a_temperature_that_is_not_sent_is_not_in_the_key() -> None:
    unmoved = model(sampling=False)
    assert key(unmoved, request(temperature=0.2)) == key(unmoved, request(temperature=0.9))


def test_a_kept_reply_is_found_again_by_another_run(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, parts(model(), request(), {}))
    assert Calls(tmp_path).find(USUAL) == replace(KEPT, replayed=True)


def test_without_a_repository_replies_live_as_long_as_the_process() -> None:
    calls = Calls(None)
    calls.keep(KEPT, {})
    assert calls.find(USUAL) == replace(KEPT, replayed=True)
    assert Calls(None).find(USUAL) is None


def test_no_key_and_no_prompt_is_written_down(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, parts(model(), request(), {"max_tokens": 200}))
    text = place(tmp_path, USUAL).read_text()
    assert "billing service" not in text
    assert json.loads(text)["asked"]["contract"] == "c0ffee"


def test_git_ignores_what_is_kept(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, {})
    assert (tmp_path / ".jackfield" / ".gitignore").read_text().startswith("*\n")


def test_nothing_but_the_reply_is_left_in_the_folder(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, {})
    assert [path.name for path in (tmp_path / ".jackfield" / "calls").iterdir()] == [f"{USUAL}.json"]


def spoil(path: Path, **change: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"text": "another"},
        {"cost": "0"},
        {"cost": "NaN"},
        {"cost": None},
        {"key": "k"},
        {"finish": "length"},
        {"tokens": [1, 2]},
        {"tokens": "abc"},
        {"tokens": ["x", "y", "z"]},
        {"sha": "0"},
        {"text": {"a": "text"}},
    ],
    ids=str,
)
def test_a_reply_that_was_changed_is_as_good_as_none(tmp_path: Path, change: dict[str, Any]) -> None:
    Calls(tmp_path).keep(KEPT, {})
    spoil(place(tmp_path, USUAL), **change)
    assert Calls(tmp_path).find(USUAL) is None


def test_a_reply_that_is_cut_short_empty_or_nonsense_is_as_good_as_none(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, {})
    whole = place(tmp_path, USUAL).read_bytes()
    for data in (whole[:-20], b"", b"\xff\xfe", b"null", b"[" * 100_000, b'{"tokens": 3}'):
        place(tmp_path, USUAL).write_bytes(data)
        assert Calls(tmp_path).find(USUAL) is None


def test_a_reply_under_another_ones_name_is_not_believed(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, {})
    other = "0" * 64
    os.rename(place(tmp_path, USUAL), place(tmp_path, other))
    assert Calls(tmp_path).find(other) is None


def test_nothing_is_read_through_a_link(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, {})
    moved = tmp_path / "moved.json"
    os.rename(place(tmp_path, USUAL), moved)
    place(tmp_path, USUAL).symlink_to(moved)
    assert Calls(tmp_path).find(USUAL) is None


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".jackfield").mkdir()
    (tmp_path / ".jackfield" / "calls").symlink_to(elsewhere)
    with pytest.raises(TreeError, match="symbolic link"):
        Calls(tmp_path).keep(KEPT, {})
    assert list(elsewhere.iterdir()) == []


def test_a_damaged_reply_is_replaced_by_the_next(tmp_path: Path) -> None:
    Calls(tmp_path).keep(KEPT, {})
    place(tmp_path, USUAL).write_bytes(b"{")
    Calls(tmp_path).keep(KEPT, {})
    assert Calls(tmp_path).find(USUAL) is not None


def test_a_reply_that_cannot_be_kept_says_where(tmp_path: Path) -> None:
    (tmp_path / ".jackfield").mkdir()
    (tmp_path / ".jackfield" / "calls").write_text("in the way")
    with pytest.raises(TreeError, match=r"\.jackfield/calls"):
        Calls(tmp_path).keep(KEPT, {})
