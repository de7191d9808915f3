"""What is quick decides as what is thorough does."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.subtasks.contracts import taking
from generator.templating import REPLACEMENT, clean

ENTRY: dict[str, Any] = {
    "service": "Shop",
    "requirements": {
        "endpoints": [{"method": "GET", "path": "/a", "name": "a"}, {"method": "POST", "path": "/b"}, "odd"],
        "auth": {"type": "bearer"},
        "types": None,
    },
}


@given(st.text() | st.text("\r\n\t a\u202eé\u00a0\u2028\ud800"))
def test_clean_text_holds_what_can_be_seen(text: str) -> None:
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    wanted = [c if c in "\n\t" or unicodedata.category(c) not in unseen else REPLACEMENT for c in kept]
    assert clean(text) == "".join(wanted)


@pytest.mark.parametrize(
    ("path", "wanted"),
    {
        "service": "Shop",
        "requirements.auth": {"type": "bearer"},
        "requirements.auth.type": "bearer",
        "requirements.auth.type.deeper": None,
        "requirements.none": None,
        "requirements.none[]": [],
        "requirements.types[].{a}": [],
        "requirements.auth.{type, secret}": {"type": "bearer"},
        "requirements.endpoints[].method": ["GET", "POST", None],
        "requirements.endpoints[].{method,name}": [{"method": "GET", "name": "a"}, {"method": "POST"}, {}],
        "requirements.endpoints[]": ENTRY["requirements"]["endpoints"],
        "": ENTRY,
    }.items(),
)
def test_a_path_takes_what_it_names_and_nothing_else(path: str, wanted: Any) -> None:
    assert taking(path)(ENTRY) == wanted
