"""What is decided, and the reason given, for every way in which manifest and tree may differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.lock import FileRecord, Lock, SubtaskRecord, settled
from generator.plan import Action, Desired, Kind, Observed, Plan, mass_deletion, plan

from .builders import SHA, a_lock, an_entry, sha, wanted

FILES = {"github_adapter.py": b"adapter", "github_custom.py": b"custom"}


def seen(lock: Lock | None = None, problem: str = "", **on_disk: str | None) -> Observed:
    """A package as its lock says, but for the files given as ``path_py=sha256``."""
    lock = lock or (None if problem else a_lock(files=FILES))
    files = {path: record.sha256 for path, record in lock.files.items()} if lock else {}
    changed = {path.replace("_py", ".py"): digest for path, digest in on_disk.items()}
    return Observed((lock.name if lock else "github").replace("-", "_"), lock, problem, {**files, **changed})


def only(desired: Desired | None, *observed: Observed, overwrite: tuple[str, ...] = ()) -> Action:
    made = plan([desired] if desired else [], {o.module: o for o in observed}, overwrite=overwrite)
    (action,) = made.actions
    return action


def test_a_package_that_is_as_wanted_needs_nothing() -> None:
    action = only(wanted(), seen())
    assert (action.kind, action.reasons) == (Kind.NOOP, ())


def test_a_new_entry_says_how_its_pattern_was_found() -> None:
    assert only(wanted()).reasons == ("new entry",)
    action = only(wanted(pattern="message_queue", variant="rabbitmq", detected="amqp scheme"))
    assert action.kind is Kind.CREATE
    assert action.reasons == ("new entry; message_queue/rabbitmq detected from amqp scheme",)


def test_a_changed_entry_is_regenerated_for_each_reason_that_applies() -> None:
    entry = an_entry(rate_limit="100/minute") | {"description": "New."}
    action = only(wanted(entry=entry, components={"skeleton api/rest": "f" * 64}), seen())
    assert action.kind is Kind.REGENERATE
    assert action.reasons == (
        "description added: New.",
        "rate_limit added: 100/minute",
        "skeleton api/rest changed",
    )


def test_reasons_are_bounded() -> None:
    action = only(wanted(entry=an_entry("github", **{f"key{n}": n for n in range(9)})), seen())
    assert len(action.reasons) == 7
    assert action.reasons[-1] == "and 3 more"


def test_order_and_yaml_number_keys_are_no_change() -> None:
    get = {"method": "GET", "path": "/a", "errors": {410: "off", 404: "none"}}
    put = {"method": "PUT", "path": "/a"}
    lock = a_lock(entry=settled(an_entry(endpoints=[put, {**get, "errors": {"404": "none", "410": "off"}}])))
    assert only(wanted(entry=an_entry(endpoints=[get, put])), seen(lock)).kind is Kind.NOOP


def test_two_spellings_of_nothing_are_a_change_without_a_better_word() -> None:
    lock = a_lock(entry=settled(an_entry(errors=None)))
    action = only(wanted(entry=an_entry(errors={})), seen(lock))
    assert (action.kind, action.reasons) == (Kind.REGENERATE, ("entry changed",))
    upgraded = only(wanted(entry=an_entry(errors={}), components={"pattern api": SHA}), seen(lock))
    assert upgraded.kind is Kind.RERENDER


def test_a_question_asked_differently_is_regenerated() -> None:
    lock = a_lock(
        subtasks={"naming": SubtaskRecord("0" * 64, SHA, "offline"), "old": SubtaskRecord(SHA, SHA, "human")}
    )
    action = only(wanted(subtasks={"naming": "b" * 64, "pages": "1" * 64}), seen(lock))
    assert action.kind is Kind.REGENERATE
    assert action.reasons == (
        "question naming changed",
        "question pages is new",
        "question old is no longer asked",
    )


def test_another_pattern_is_told_first() -> None:
    action = only(wanted(pattern="database", variant="sql"), seen())
    assert action.reasons[0] == "type changed: api/rest → database/sql"


def test_what_only_shapes_the_output_is_rendered_again_for_free() -> None:
    lock = a_lock(components={"skeleton api/rest": SHA, "formatter ruff": "0.17.5", "epoch": "1"})
    now = {"skeleton api/rest": SHA, "formatter ruff": "0.17.6", "epoch": "1", "pattern api": SHA}
    action = only(wanted(components=now, runtime_api=2, dependencies=("httpx2>=3",)), seen(lock))
    assert action.kind is Kind.RERENDER
    assert action.reasons == (
        "formatter ruff changed: 0.17.5 → 0.17.6",
        "pattern api changed",
        "runtime_api changed: 1 → 2",
        "dependency httpx2>=3 added",
    )


def test_a_hand_edit_alone_is_drift() -> None:
    action = only(wanted(), seen(github_adapter_py=SHA))
    assert (action.kind, action.edited) == (Kind.DRIFT, ("github_adapter.py",))
    assert action.reasons == ("github_adapter.py edited by hand",)


def test_a_hand_edit_in_the_way_of_a_change_is_a_conflict() -> None:
    action = only(wanted(runtime_api=2), seen(github_adapter_py=None))
    assert (action.kind, action.edited) == (Kind.CONFLICT, ("github_adapter.py",))
    assert action.reasons == ("github_adapter.py deleted by hand", "runtime_api changed: 1 → 2")


@pytest.mark.parametrize(
    ("change", "kind"),
    [({}, Kind.RERENDER), ({"runtime_api": 2}, Kind.RERENDER), ({"entry": an_entry(a=1)}, Kind.REGENERATE)],
)
def test_overwriting_takes_the_edit_out_of_the_way(change: dict[str, Any], kind: Kind) -> None:
    action = only(wanted(**change), seen(github_adapter_py=SHA), overwrite=("github",))
    assert (action.kind, action.edited) == (kind, ("github_adapter.py",))


def test_the_users_own_file_is_never_an_edit() -> None:
    assert only(wanted(), seen(github_custom_py=SHA)).kind is Kind.NOOP
    assert only(wanted(), seen(github_custom_py=None)).kind is Kind.NOOP


def test_a_disabled_entry_is_left_as_it_is() -> None:
    entry = an_entry(new=1) | {"disabled": True}
    for observed in ([], [seen()], [seen(github_adapter_py=None)]):
        action = only(wanted(entry=entry), *observed)
        assert (action.kind, action.reasons) == (Kind.NOOP, ("disabled",))


def test_a_package_whose_entry_is_gone_is_deleted_but_for_edited_files() -> None:
    action = only(None, seen(github_adapter_py=SHA))
    assert (action.kind, action.name, action.edited) == (Kind.DELETE, "github", ("github_adapter.py",))
    assert action.reasons == ("no longer in the manifest", "github_adapter.py was edited by hand and is kept")


def test_a_package_saved_through_the_python_api_is_never_deleted() -> None:
    assert only(None, seen(a_lock(origin="api"))).kind is Kind.NOOP
    adopted = only(wanted(), seen(a_lock(origin="api")))
    assert (adopted.kind, adopted.reasons) == (Kind.RERENDER, ("saved through the Python API until now",))


def test_an_unreadable_lock_makes_its_package_stale() -> None:
    action = only(wanted(), seen(problem="it holds merge-conflict markers"))
    assert action.kind is Kind.REGENERATE
    assert action.reasons == ("its lock counts as stale: it holds merge-conflict markers",)


def test_an_unreadable_lock_of_nobody_needs_a_person() -> None:
    action = only(None, seen(problem="it is not JSON"))
    assert (action.kind, action.name) == (Kind.CONFLICT, "github")


def test_a_rename_takes_the_package_over() -> None:
    want = wanted("github-cloud", entry=an_entry("github-cloud"), moved_from="github")
    action = only(want, seen())
    assert (action.kind, action.moved_from, action.reasons) == (Kind.RENAME, "github", ("moved from github",))


def test_a_rename_also_tells_what_else_changed() -> None:
    want = wanted("gh", entry=an_entry("gh", size=1), moved_from="github")
    assert only(want, seen()).reasons == ("moved from github", "size added: 1")


def test_a_rename_of_an_edited_package_needs_a_person() -> None:
    want = wanted("gh", entry=an_entry("gh"), moved_from="github")
    assert only(want, seen(github_adapter_py=SHA)).kind is Kind.CONFLICT
    assert only(want, seen(github_adapter_py=SHA), overwrite=("gh",)).kind is Kind.RENAME


def test_a_rename_that_is_done_asks_for_nothing() -> None:
    done = a_lock("gh", entry=settled(an_entry("gh") | {"moved_from": "github"}))
    for moved_from in ("github", None):
        want = wanted("gh", entry=an_entry("gh") | {"moved_from": moved_from}, moved_from=moved_from)
        assert only(want, seen(done)).kind is Kind.NOOP


def test_a_name_that_is_still_in_use_is_not_taken_over() -> None:
    new = wanted("gh", entry=an_entry("gh"), moved_from="github")
    made = plan([wanted(), new], {"github": seen()})
    assert [action.kind for action in made.actions] == [Kind.CREATE, Kind.NOOP]


def test_only_one_entry_takes_a_package_over() -> None:
    asking = [wanted(name, entry=an_entry(name), moved_from="github") for name in ("b", "a")]
    assert [action.kind for action in plan(asking, {"github": seen()}).actions] == [Kind.RENAME, Kind.CREATE]


def test_a_disabled_entry_keeps_the_package_it_will_take_over() -> None:
    want = wanted("gh", entry=an_entry("gh") | {"disabled": True}, moved_from="github")
    assert only(want, seen()).kind is Kind.NOOP


def test_a_plan_is_sorted_and_sums_itself_up() -> None:
    made = plan(
        [wanted("zoo", entry=an_entry("zoo")), wanted()], {"github": seen(), "old": seen(a_lock("old"))}
    )
    assert [(action.kind.symbol, action.name) for action in made.actions] == [
        ("·", "github"),
        ("-", "old"),
        ("+", "zoo"),
    ]
    assert ([action.name for action in made.pending], made.unchanged, made.exit_code) == (
        ["old", "zoo"],
        1,
        2,
    )


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ([], 0),
        ([Kind.NOOP], 0),
        ([Kind.NOOP, Kind.RENAME], 2),
        ([Kind.CREATE, Kind.DRIFT], 3),
        ([Kind.CONFLICT], 3),
    ],
)
def test_the_exit_code_says_what_has_to_follow(kinds: list[Kind], code: int) -> None:
    assert Plan(tuple(Action(kind, "x", "x", ()) for kind in kinds)).exit_code == code


def test_every_kind_has_its_own_sign_save_nothing_to_do() -> None:
    assert "".join(kind.symbol for kind in Kind) == "+~↻→-!✗·"


@pytest.mark.parametrize(
    ("deleted", "existing", "others", "refused"),
    [
        (1, 1, [], True),  # an emptied manifest, even of one entry
        (4, 4, [], True),
        (1, 1, [Kind.CREATE], False),  # one service for another
        (1, 2, [Kind.NOOP], False),
        (2, 3, [Kind.NOOP], False),
        (3, 4, [Kind.NOOP], True),
        (3, 10, [Kind.NOOP] * 7, False),
        (4, 10, [Kind.NOOP] * 6, True),
        (31, 100, [Kind.NOOP] * 69, True),
        (30, 100, [Kind.NOOP] * 70, False),
        (0, 0, [], False),
        (0, 5, [Kind.NOOP] * 5, False),
    ],
)
def test_mass_deletion_is_refused(deleted: int, existing: int, others: list[Kind], refused: bool) -> None:
    kinds = [Kind.DELETE] * deleted + others
    reason = mass_deletion(Plan(tuple(Action(kind, "x", "x", ()) for kind in kinds)), existing)
    assert (reason is not None) is refused


# Plan, then do what was planned, in a model of the tree: nothing is left to do.

names = st.sampled_from(["ab", "cd", "ef", "gh"])
wants = st.builds(
    lambda name, size, api, skeleton, question, source, disabled: wanted(
        name,
        entry=an_entry(name, **({"size": size} if size else {})) | ({"disabled": True} if disabled else {}),
        runtime_api=api,
        components={"skeleton": skeleton * 64},
        subtasks={"naming": question * 64},
        moved_from=source if source != name else None,
    ),
    names,
    st.integers(0, 2),
    st.integers(1, 2),
    st.sampled_from("ab"),
    st.sampled_from("ab"),
    st.none() | names,
    st.sampled_from([False, False, False, True]),
)
manifests = st.lists(wants, unique_by=lambda want: want.name, max_size=4)


def after(made: Plan, desired: Mapping[str, Desired], tree: Mapping[str, Observed]) -> dict[str, Observed]:
    """The tree once the plan's pending actions are done."""
    result = dict(tree)
    for action in made.pending:
        if action.kind is Kind.DELETE:
            del result[action.module]
            continue
        if action.moved_from:
            result.pop(action.moved_from.replace("-", "_"))
        want = desired[action.name]
        result[want.module] = seen(
            a_lock(
                want.name,
                {"x.py": want.name.encode()},
                entry=settled(want.entry),
                components=want.components,
                runtime_api=want.runtime_api,
                subtasks={key: SubtaskRecord(value, SHA, "offline") for key, value in want.subtasks.items()},
            )
        )
    return result


@given(manifests, manifests)
def test_what_was_done_is_never_planned_again(first: list[Desired], second: list[Desired]) -> None:
    tree: dict[str, Observed] = {}
    for desired in (first, second):
        by_name = {want.name: want for want in desired}
        tree = after(plan(desired, tree), by_name, tree)
        assert plan(desired, tree).exit_code == 0


@given(manifests, manifests, st.sets(names), st.randoms())
def test_a_plan_does_not_depend_on_any_order(
    first: list[Desired], second: list[Desired], edited: set[str], random: Any
) -> None:
    tree = after(plan(first, {}), {want.name: want for want in first}, {})
    tree = {module: _edited(o) if module in edited else o for module, o in tree.items()}
    shuffled = random.sample(second, len(second))
    backwards = dict(reversed(tree.items()))
    assert plan(shuffled, backwards) == plan(second, tree)


@given(manifests, manifests, st.sets(names))
def test_an_edited_package_is_never_pending_but_for_its_deletion(
    first: list[Desired], second: list[Desired], edited: set[str]
) -> None:
    tree = after(plan(first, {}), {want.name: want for want in first}, {})
    tree = {module: _edited(o) if module in edited else o for module, o in tree.items()}
    for action in plan(second, tree).pending:
        assert action.kind is Kind.DELETE or not action.edited


def _edited(observed: Observed) -> Observed:
    return replace(observed, files=dict.fromkeys(observed.files, sha(b"mine")))


def test_a_record_is_compared_by_its_kind() -> None:
    lock = a_lock(files=FILES)
    managed = replace(lock, files={"github_custom.py": FileRecord(SHA, "managed")})
    assert only(wanted(), seen(managed, github_custom_py=sha(b"x"))).kind is Kind.DRIFT
