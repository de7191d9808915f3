"""Files made to hurt: bounded in time and memory, and never anything but a ManifestError."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ManifestError
from generator.manifest import MANIFEST
from generator.reading.bounds import Bounds
from generator.reading.source import read as read_source
from generator.reading.yaml_recover import parse

from .stand_in import problems, read

HEAD = "version: 1\nintegrations:\n  - name: one\n    service: GitHub\n"
MANY = 200_000


def bomb(levels: int, width: int = 9) -> str:
    """Each level names the one before it nine times."""
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return HEAD + "    requirements:\n" + "".join(f"      {line}\n" for line in lines)


HOSTILE = {
    "alias bomb": (bomb(12), "aliases blow this file up"),
    "many aliases": (
        HEAD + f"    tags: &t [{', '.join(['t'] * 99)}]\n    a: [{', '.join(['*t'] * MANY)}]\n",
        "aliases blow this file up",
    ),
    "deep lists": (HEAD + "    owner: " + "[" * MANY, "nested over 64 levels deep"),
    "deep mappings": (HEAD + "    owner: " + "{a: " * MANY, "nested over 64 levels deep"),
    "deep blocks": (
        HEAD + "    owner:\n" + "".join(f"{' ' * (6 + n)}a:\n" for n in range(2_000)),
        "nested over 64 levels deep",
    ),
    "huge scalar": (HEAD + f"    owner: {'x' * 2**21}\n", "this is over 1048576 characters"),
    "huge number": (HEAD + f"    budget_usd: {'9' * MANY}\n", "is too large a number"),
    "huge hex number": (HEAD + f"    budget_usd: 0x{'f' * MANY}\n", "is too large a number"),
    "huge key": (HEAD + f"    ? {'k' * 5_000}\n    : v\n", "is not a key here"),
    "recursive alias": (HEAD + "    owner: &a [*a]\n", "stands inside its own anchor"),
    "tag": (HEAD + "    owner: !!python/object/apply:os.system [touch x]\n", "builds an object"),
    "conflicts": ("version: 1\n" + "<<<<<<< a\n" * 5_000, "a merge conflict stands unresolved"),
    "quotes": ("a: 'b\n" * 20_000, "text follows a value that is complete"),
    "open quote": ("a: 'b\n" + "c\n" * 200_000, "is opened here and never closed"),
}


@pytest.mark.parametrize(("text", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_little_time_and_memory(tmp_path: Path, text: str, message: str) -> None:
    started = time.process_time()
    tracemalloc.start()
    told = problems(tmp_path, text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert any(message in problem for problem in told), told[:3]
    assert all(len(problem) < 500 for problem in told)
    assert time.process_time() - started < 10
    assert peak < 200 * 2**20
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


def test_a_file_over_the_bound_is_not_read_at_all(tmp_path: Path) -> None:
    with (tmp_path / MANIFEST).open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(ManifestError, match=r"is 65\.0 MiB large, over the bound of 64\.0 MiB"):
        read_source(tmp_path / MANIFEST)


def test_ten_thousand_entries_that_share_an_anchor_are_no_bomb(tmp_path: Path) -> None:
    rest = "".join(f"  - {{<<: *base, name: n{n}}}\n" for n in range(10_000))
    text = f"version: 1\nintegrations:\n  - &base {{name: base, service: GitHub, tags: [a, b]}}\n{rest}"
    assert len(read(tmp_path, text).entries) == 10_001


def test_bounds_can_be_narrowed() -> None:
    text = "version: 1\nintegrations:\n  - {name: one, tags: [[[a]]]}\n"
    assert parse(text, "m").problems == []
    assert "3 levels" in parse(text, "m", bounds=Bounds(depth=3)).problems[0].message
    assert "over 10 characters" in parse(text, "m", bounds=Bounds(entry=10)).problems[0].message


def load_anything(text: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for problem in problems(Path(folder), text):
            line, column = problem.split("  ")[0].split(":")
            assert int(line) >= 1
            assert int(column) >= 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_give_problems_only(data: bytes) -> None:
    load_anything(data)


FULL = Path(__file__).parent / "full.yaml"
PIECES = [
    "*a",
    "&a ",
    "<<: *a",
    "!!set ",
    "- ",
    ": ",
    "{",
    "]",
    "'",
    '"',
    "\n",
    "  ",
    "\t",
    "|",
    "%",
    "@",
    "? ",
]
PIECES += [
    "\n<<<<<<< a\n",
    "\n>>>>>>> b\n",
    "---",
    "\x00",
    "\u202e",
    "\ufeff",
    "é",
    "\\u202e",
    "# ",
    "type: strng",
]
PIECES += [
    "no",
    "~",
    "5",
    ".inf",
    "0x",
    "2024-01-01",
    "name: one",
    "ghp_" + "a1" * 18,
    "https://u:pw@h",
    "${X}",
]
pieces = st.sampled_from(PIECES)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_mutated_manifest_gives_problems_only(data: st.DataObject) -> None:
    text = FULL.read_text()
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 5, 80]))
        text = text[:start] + data.draw(pieces | st.text(max_size=3)) + text[end:]
    load_anything(text.encode(errors="surrogatepass"))
