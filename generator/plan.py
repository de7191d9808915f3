"""Decide what has to be done and why, purely: what the manifest wants beside what the tree holds."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from generator.diff import diff_entries
from generator.lock import STEERING, Lock, settled

MAX_REASONS = 6
NORMAL_DELETIONS = 2
MAX_DELETED_SHARE = 0.30


@dataclass(frozen=True, slots=True)
class Desired:
    """One entry as it should be. ``entry`` is normalised, in the manifest's order; ``detected`` says why this
    pattern was chosen ("" when the entry names its type); ``subtasks`` maps each id to its answer_fp."""

    name: str
    module: str
    entry: dict[str, Any]
    pattern: str
    variant: str
    detected: str
    components: dict[str, str]
    subtasks: dict[str, str]
    dependencies: tuple[str, ...]
    runtime_api: int
    moved_from: str | None = None
    facts: Mapping[str, Any] | None = None  # the entry in its canonical order, where that is at hand
    whole: bool = True  # the lock stores all facts; else *entry* has digests of what a document says

    @property
    def settled(self) -> dict[str, Any]:
        """The entry as a lock stores it."""
        if self.facts is None or not self.whole:
            return settled(self.entry)
        return {key: value for key, value in self.facts.items() if key not in STEERING}


@dataclass(frozen=True, slots=True)
class Observed:
    """One package as it is on disk. ``files`` holds the sha256 of every file that the lock lists, None where
    it is missing; ``problem`` says why the lock cannot be read, and is empty when it can."""

    module: str
    lock: Lock | None
    problem: str
    files: dict[str, str | None]


class Kind(StrEnum):
    """What is done about one entry."""

    CREATE = "create"
    REGENERATE = "regenerate"
    RERENDER = "rerender"
    RENAME = "rename"
    DELETE = "delete"
    DRIFT = "drift"
    CONFLICT = "conflict"
    NOOP = "no-op"

    @property
    def symbol(self) -> str:
        """The sign that the terminal shows."""
        return _SYMBOLS[self]


_SYMBOLS = {
    Kind.CREATE: "+",
    Kind.REGENERATE: "~",
    Kind.RERENDER: "↻",
    Kind.RENAME: "→",
    Kind.DELETE: "-",
    Kind.DRIFT: "!",
    Kind.CONFLICT: "✗",
    Kind.NOOP: "·",
}
BLOCKED = frozenset({Kind.DRIFT, Kind.CONFLICT})
PENDING = frozenset(Kind) - BLOCKED - {Kind.NOOP}
BUILT = PENDING - {Kind.DELETE}  # what a package is rendered for, and what may cost


@dataclass(frozen=True, slots=True)
class Action:
    """One entry's action. ``edited`` lists files that differ from the lock, relative to the package folder;
    the two costs bound the estimate in dollars."""

    kind: Kind
    name: str
    module: str
    reasons: tuple[str, ...]
    edited: tuple[str, ...] = ()
    cost_low: Decimal = Decimal(0)
    cost_high: Decimal = Decimal(0)
    moved_from: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every entry's action, sorted by name, no-ops included."""

    actions: tuple[Action, ...]

    @property
    def pending(self) -> tuple[Action, ...]:
        """What ``generate`` would write."""
        return tuple(action for action in self.actions if action.kind in PENDING)

    @property
    def blocked(self) -> tuple[Action, ...]:
        """What a person has to decide first."""
        return tuple(action for action in self.actions if action.kind in BLOCKED)

    @property
    def unchanged(self) -> int:
        """How many entries need nothing."""
        return sum(action.kind is Kind.NOOP for action in self.actions)

    @property
    def exit_code(self) -> int:
        """0 clean, 2 changes pending, 3 needs a person."""
        if self.blocked:
            return 3
        return 2 if self.pending else 0


def plan(
    desired: Sequence[Desired], observed: Mapping[str, Observed], *, overwrite: Container[str] = ()
) -> Plan:
    """Compare what the manifest wants with what *observed* (by module) holds.

    Edits by hand block an entry, unless its name is in *overwrite*. A disabled entry is left as it is.
    ``moved_from`` renames a locked package that has left the manifest; the first entry by name gets it.
    """
    wanted = {want.module for want in desired}
    claims = _claims(desired, observed, wanted)
    moves = {want.module: old for want, old in claims if not want.entry.get("disabled")}
    actions = [
        _decide(want, observed.get(want.module), moves.get(want.module), overwrite) for want in desired
    ]
    gone = observed.keys() - wanted - {old.module for _, old in claims}
    actions += [_left_over(seen) for module in gone if (seen := observed[module]).lock or seen.problem]
    return Plan(tuple(sorted(actions, key=lambda action: (action.name, action.module))))


def _claims(
    desired: Sequence[Desired], observed: Mapping[str, Observed], wanted: Container[str]
) -> list[tuple[Desired, Observed]]:
    """Entries that take over a package under its old name, each with that package."""
    claims: dict[str, tuple[Desired, Observed]] = {}
    for want in sorted(desired, key=lambda want: want.name):
        source = (want.moved_from or "").replace("-", "_")
        old = observed.get(source)
        if old is not None and old.lock is not None and source not in wanted and want.module not in observed:
            claims.setdefault(source, (want, old))
    return list(claims.values())


def _decide(
    want: Desired, seen: Observed | None, source: Observed | None, overwrite: Container[str]
) -> Action:
    if want.entry.get("disabled"):
        return Action(Kind.NOOP, want.name, want.module, ("disabled",))
    if source is not None and source.lock is not None:
        return _rename(want, source, source.lock, overwrite)
    if seen is not None and seen.lock is not None:
        return _compare(want, seen, seen.lock, overwrite)
    if seen is not None and seen.problem:
        reason = f"its lock counts as stale: {seen.problem}"
        return Action(Kind.REGENERATE, want.name, want.module, (reason,))
    found = f"; {want.pattern}/{want.variant} detected from {want.detected}" if want.detected else ""
    return Action(Kind.CREATE, want.name, want.module, (f"new entry{found}",))


def _compare(want: Desired, seen: Observed, lock: Lock, overwrite: Container[str]) -> Action:
    paid, free = _reasons(want, lock)
    lost, yours = _answers(seen, lock)
    paid, free = [*paid, *lost], [*free, *yours]
    kind = Kind.REGENERATE if paid else Kind.RERENDER if free else Kind.NOOP
    edits = _edits(seen, lock)
    if edits and want.name not in overwrite:
        kind = Kind.DRIFT if kind is Kind.NOOP else Kind.CONFLICT
    elif edits and kind is Kind.NOOP:
        kind = Kind.RERENDER
    return Action(kind, want.name, want.module, _bounded([*edits.values(), *paid, *free]), tuple(edits))


def _rename(want: Desired, source: Observed, lock: Lock, overwrite: Container[str]) -> Action:
    edits = _edits(source, lock)
    kind = Kind.CONFLICT if edits and want.name not in overwrite else Kind.RENAME
    paid, free = _reasons(want, lock)
    reasons = _bounded([f"moved from {lock.name}", *edits.values(), *paid, *free])
    return Action(kind, want.name, want.module, reasons, tuple(edits), moved_from=lock.name)


def _left_over(seen: Observed) -> Action:
    """A package that no entry asks for."""
    if seen.lock is None:
        reason = (
            f"not in the manifest, and its lock cannot be read ({seen.problem}): mend or remove the folder"
        )
        return Action(Kind.CONFLICT, seen.module.replace("_", "-"), seen.module, (reason,))
    if seen.lock.origin == "api":
        return Action(Kind.NOOP, seen.lock.name, seen.module, ("saved through the Python API, never pruned",))
    edits = _edits(seen, seen.lock)
    kept = [f"{path} was edited by hand and is kept" for path in edits if seen.files[path] is not None]
    return Action(
        Kind.DELETE, seen.lock.name, seen.module, _bounded(["no longer in the manifest", *kept]), tuple(edits)
    )


def _edits(seen: Observed, lock: Lock) -> dict[str, str]:
    """Managed files that differ from the lock, each with the reason to show."""
    found = {}
    for path, record in lock.files.items():
        now = seen.files.get(path)
        if now != record.sha256 and record.kind == "managed":
            found[path] = f"{path} deleted by hand" if now is None else f"{path} edited by hand"
    return dict(sorted(found.items()))


def _answers(seen: Observed, lock: Lock) -> tuple[list[str], list[str]]:
    """Recorded answers that are missing, and those that a person has edited, which is free."""
    now = {path: seen.files.get(path) for path, record in lock.files.items() if record.kind == "answer"}
    lost = [f"{path} is missing" for path, sha in sorted(now.items()) if sha is None]
    yours = [
        f"{path} edited by hand: the answer is yours now"
        for path, sha in sorted(now.items())
        if sha is not None and sha != lock.files[path].sha256
    ]
    return lost, yours


def _reasons(want: Desired, lock: Lock) -> tuple[list[str], list[str]]:
    """Every reason to act: first those that may cost money, then those that are free."""
    paid = []
    if (want.pattern, want.variant) != (lock.pattern, lock.variant):
        paid.append(f"type changed: {lock.pattern}/{lock.variant} → {want.pattern}/{want.variant}")
    before = lock.entry if want.name == lock.name else lock.entry | {"name": want.entry.get("name")}
    stale = (now := want.settled) != before and now != settled(before)
    if stale:
        paid += diff_entries(before, want.entry)
    # An answer's fingerprint covers its input, so a changed entry explains a changed question already.
    paid = paid or list(_subtask_reasons(want.subtasks, lock))
    free = _free_reasons(want, lock)
    if stale and not paid and not free:
        # Two spellings of "nothing"; a changed pattern, which reads entries anew, would have explained it.
        paid = ["entry changed"]
    return paid, free


def _subtask_reasons(asked: Mapping[str, str], lock: Lock) -> Iterator[str]:
    for subtask, answer_fp in sorted(asked.items()):
        record = lock.subtasks.get(subtask)
        if record is None:
            yield f"question {subtask} is new"
        elif record.answer_fp != answer_fp:
            yield f"question {subtask} changed"
    yield from (f"question {subtask} is no longer asked" for subtask in sorted(lock.subtasks.keys() - asked))


def _free_reasons(want: Desired, lock: Lock) -> list[str]:
    """Reasons that cost nothing: templates, tools and what the package is installed with."""
    before, now = lock.components, want.components
    reasons = [
        f"{name} changed{_short_change(before.get(name), now.get(name))}"
        for name in (sorted(now.keys() | before.keys()) if now != before else ())
        if before.get(name) != now.get(name)
    ]
    if want.runtime_api != lock.runtime_api:
        reasons.append(f"runtime_api changed: {lock.runtime_api} → {want.runtime_api}")
    reasons += [f"dependency {item} added" for item in want.dependencies if item not in lock.dependencies]
    if lock.origin == "api":
        reasons.append("saved through the Python API until now")
    return reasons


def _short_change(old: str | None, new: str | None) -> str:
    """Versions are shown; digests say nothing to a reader."""
    short = old and new and len(old) <= 20 and len(new) <= 20
    return f": {old} → {new}" if short else ""


def _bounded(reasons: Sequence[str]) -> tuple[str, ...]:
    if len(reasons) <= MAX_REASONS:
        return tuple(reasons)
    return (*reasons[:MAX_REASONS], f"and {len(reasons) - MAX_REASONS} more")


def mass_deletion(plan: Plan, existing: int) -> str | None:
    """Return why these deletions need ``--allow-mass-delete``, or None when they are an everyday edit.

    *existing* counts the packages under the manifest's management now. Refused: a manifest that leaves
    nothing (an emptied or truncated file), and more than 30 % of the packages. One or two deletions that
    leave an entry standing are an everyday edit in a tree of any size.
    """
    gone = sum(action.kind is Kind.DELETE for action in plan.actions)
    created = any(action.kind is Kind.CREATE for action in plan.actions)
    if gone and gone >= existing and not created:
        return f"the manifest leaves none of {existing} integrations"
    if gone > NORMAL_DELETIONS and gone > existing * MAX_DELETED_SHARE:
        return f"{gone} of {existing} integrations would be deleted"
    return None
