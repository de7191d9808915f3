"""What the adapters are installed with, and who cannot agree about it."""

from __future__ import annotations

import tomllib
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from generator.dependencies import BASE, pyproject, unsatisfiable
from generator.errors import DependencyError

SETS = {"stripe": ["httpx2>=2.16,<3"], "orders-db": ["psycopg[binary]>=3.2", "httpx2<3,>=2.16"], "github": []}


def parsed(data: bytes) -> dict[str, Any]:
    return tomllib.loads(data.decode("ascii"))


def test_each_entry_is_an_extra_and_all_holds_every_requirement_once() -> None:
    project = parsed(pyproject(SETS))["project"]
    assert project["optional-dependencies"] == {
        "all": ["httpx2<3,>=2.16", "psycopg[binary]>=3.2"],
        "github": [],
        "orders-db": ["httpx2<3,>=2.16", "psycopg[binary]>=3.2"],
        "stripe": ["httpx2<3,>=2.16"],
    }
    assert sorted(map(Requirement, project["dependencies"]), key=str) == sorted(
        map(Requirement, BASE), key=str
    )


def test_the_bytes_do_not_depend_on_any_order() -> None:
    backwards = {name: list(reversed(items)) for name, items in reversed(SETS.items())}
    assert pyproject(backwards) == pyproject(SETS)


def test_one_more_entry_adds_lines_of_its_own_and_changes_none() -> None:
    before = pyproject(SETS).decode().splitlines()
    after = pyproject({**SETS, "pets": ["httpx2>=2.16,<3"]}).decode().splitlines()
    assert [line for line in after if line not in before] == ["pets = ["]
    assert set(before) <= set(after)


def test_the_wheel_is_one_package_with_the_runtime_and_without_tests() -> None:
    document = parsed(pyproject({}))
    wheel = document["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["sources"] == {"": "integrations"}
    assert wheel["include"] == ["/**"]
    assert "/*/test_*.py" in wheel["exclude"]
    assert document["build-system"]["build-backend"] == "hatchling.build"


def test_an_entry_named_all_does_not_hide_the_others() -> None:
    extras = parsed(pyproject({**SETS, "all": ["anyio"]}))["project"]["optional-dependencies"]
    assert extras["all"] == ["anyio", "httpx2<3,>=2.16", "psycopg[binary]>=3.2"]


@pytest.mark.parametrize("text", ['x"\n[evil]', "x; python_version <", "", "x>>1", "x\u202e"])
def test_a_requirement_that_cannot_be_read_is_refused_and_named(text: str) -> None:
    with pytest.raises(DependencyError, match="stripe: a dependency cannot be read"):
        pyproject({"stripe": [text]})
    (problem,) = unsatisfiable({"stripe": [text]}, base=())
    assert problem.startswith("stripe: a dependency cannot be read")
    assert problem.isprintable()


def test_markers_survive_as_toml_text() -> None:
    items = parsed(pyproject({"a": ['tomli>=2; python_version < "3.11"']}))["project"][
        "optional-dependencies"
    ]["a"]
    assert items == ['tomli>=2; python_version < "3.11"']


def quarrel(**sets: str) -> list[str]:
    return unsatisfiable({name: [text] for name, text in sets.items()}, base=())


def test_who_cannot_agree_is_named_with_what_each_needs() -> None:
    assert quarrel(github="httpx2<2", stripe="httpx2>=3", pets="httpx2>=1") == [
        "httpx2: github needs <2, stripe needs >=3"
    ]


def test_many_of_one_mind_are_counted() -> None:
    sets = {f"entry-{n}": ["httpx2<2"] for n in range(9)} | {"stripe": ["HTTPX2>=3"]}
    assert unsatisfiable(sets, base=()) == [
        "httpx2: entry-0, entry-1, entry-2 and 6 more need <2, stripe needs >=3"
    ]


def test_a_quarrel_of_three_names_all_three() -> None:
    assert quarrel(a="x>=1,<3", b="x!=1.*", c="x<2") == ["x: a needs <3,>=1, b needs !=1.*, c needs <2"]


def test_an_entry_may_be_at_odds_with_itself_or_with_the_runtime() -> None:
    assert quarrel(a="x==1,!=1") == ["x: a needs !=1,==1"]
    assert unsatisfiable({"a": ["msgspec<0.10"]}) == ["msgspec: a needs <0.10, runtime needs <1,>=0.20"]


@pytest.mark.parametrize(
    "sets",
    [
        {"a": "x<2", "b": "x>=3; python_version < '3'"},  # not on this interpreter
        {"a": "x<2", "b": "y>=3"},
        {"a": "x<2", "b": "x[extra]>=1"},
        {"a": "x", "b": "x==1.0+local", "c": "x==1.0"},
        {"a": "x>=2.0a1", "b": "x<2.0"},
        {"a": "x>1", "b": "x<1.0.0.1.1"},
        {"a": "x~=1.4", "b": "x!=1.4,!=1.5"},
        {"a": "x===1.0", "b": "x>=1"},
        {"a": "x @ https://example.com/x.whl", "b": "x>=3"},
        {"a": "x; extra == 'dev'", "b": "x<1"},
    ],
)
def test_what_can_be_had_together_is_no_problem(sets: dict[str, str]) -> None:
    assert quarrel(**sets) == ([] if sets["a"] != "x>=2.0a1" else ["x: a needs >=2.0a1, b needs <2.0"])


def test_two_places_of_one_package_cannot_both_be_had() -> None:
    assert quarrel(a="x @ https://example.com/1.whl", b="x @ https://example.com/2.whl") == [
        "x: a needs @ https://example.com/1.whl, b needs @ https://example.com/2.whl"
    ]


# Against brute force: every version of a fine grid, between and around all the versions that occur in a wish.

BOUNDS = ["0", "1", "1.0.1", "1.1", "1.2rc1", "1.2", "2"]
RELEASES = (
    "0 0.1 0.9 1 1.0.0.1 1.0.1 1.0.1.1 1.0.5 1.1 1.1.0.1 1.1.5 1.2 1.2.0.1 1.2.5 1.3 1.9 2 2.0.0.1 2.1 9"
)
SUFFIXES = ["", ".dev0", "a0", "rc1.dev0", "rc1", "rc1.post1", "rc2", ".post0", ".post1"]
GRID = [Version(release + suffix) for release, suffix in product(RELEASES.split(), SUFFIXES)]
wishes = st.lists(
    st.builds(
        lambda operator, bound: operator + bound,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from(BOUNDS),
    )
    | st.sampled_from(["~=1.0", "~=1.0.1", "==1.*", "!=1.*", "==1.1.*", "!=1.1.*"]),
    min_size=1,
    max_size=4,
)


@given(wishes)
def test_the_answer_is_the_one_that_brute_force_gives(texts: list[str]) -> None:
    problems = unsatisfiable({f"entry-{n}": [f"x{text}"] for n, text in enumerate(texts)}, base=())
    together = SpecifierSet(",".join(texts))
    assert bool(problems) == (not any(together.contains(version, prereleases=True) for version in GRID))


@given(wishes)
def test_only_those_are_named_who_cannot_agree(texts: list[str]) -> None:
    sets = {f"entry-{n}": [f"x{text}"] for n, text in enumerate(dict.fromkeys(texts))}
    for problem in unsatisfiable(sets, base=()):
        named = [name for name in sets if f"{name} needs" in problem]
        assert unsatisfiable({name: sets[name] for name in named}, base=())
        for left_out in named:
            assert not unsatisfiable({name: sets[name] for name in named if name != left_out}, base=())
