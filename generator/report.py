"""What people see: the terminal faces of a plan, a run, a check, a list, one package and its score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from generator.plan import BUILT, Action, Kind, Plan

if TYPE_CHECKING:
    from generator.build import Built
    from generator.lock import Lock
    from generator.manifest import Entry
    from generator.outcome import Outcome
    from generator.score import Row

NAME_WIDTH = 40
FINDINGS = 20
MANY = 4  # rerenders for the same reasons that share a line
VERBS = {
    Kind.CREATE: "to create",
    Kind.REGENERATE: "to regenerate",
    Kind.RERENDER: "to rerender",
    Kind.RENAME: "to rename",
    Kind.DELETE: "to delete",
    Kind.DRIFT: "drifted",
    Kind.CONFLICT: "in conflict",
}
_ENDS = {
    "kept": "answered by a model",
    "no better": "a model's answer was no better, so it was not kept",
    "rejected": "no answer of a model passed its checks",
    "unavailable": "no model could be asked",
    "budget": "not asked, for the budget",
}


def header(entries: int, path: str = "integrations.yaml") -> str:
    """Return the first line of every face."""
    return f"Jackfield · {count(entries, 'integration')} · {path}\n"


def plan_text(plan: Plan, entries: int, notes: Sequence[str] = (), *, pending: bool = False) -> str:
    """Return the terminal face of a plan: a line an action, one reason a line, then what to type next.

    Actions that an upgrade gives to many entries alike share one line. *pending* says that something besides
    the actions will be written.
    """
    groups = _alike([action for action in plan.actions if action.kind is not Kind.NOOP])
    width = min(NAME_WIDTH, max((len(_title(group)) for group in groups), default=0)) + 2
    lines = [header(entries)]
    for group in groups:
        lines += _action(group, width)
    if plan.unchanged:
        lines.append(f"  {Kind.NOOP.symbol} {plan.unchanged} unchanged")
    lines += [f"  {note}" for note in notes]
    return "\n".join([*lines, "", *_footer(plan, pending)])


def _alike(actions: Sequence[Action]) -> list[list[Action]]:
    """Return the actions one by one, but many rerenders for the same reasons as one group."""
    same: dict[tuple[Kind, tuple[str, ...]], list[Action]] = {}
    for action in actions:
        same.setdefault((action.kind, action.reasons), []).append(action)
    groups: list[list[Action]] = []
    for action in actions:
        group = same[action.kind, action.reasons]
        if action.kind is not Kind.RERENDER or len(group) < MANY:
            groups.append([action])
        elif group[0] is action:
            groups.append(group)
    return groups


def _title(group: Sequence[Action]) -> str:
    return group[0].name if len(group) == 1 else f"{len(group)} integrations"


def _action(group: Sequence[Action], width: int) -> Iterable[str]:
    action = group[0]
    price = _price(action) if action.kind in BUILT else ""
    room = 8 if len(price) < 8 else 15
    head = f"  {action.kind.symbol} {_title(group):<{width}}{action.kind.value:<12}{price:<{room}}"
    reasons = list(action.reasons or ("",))
    if len(group) > 1:
        named = ", ".join(a.name for a in group[:MANY])
        reasons.append(f"{named}, …" if len(group) > MANY else named)
    yield f"{head}{reasons[0]}".rstrip()
    for reason in reasons[1:]:
        yield " " * len(head) + reason


def _price(action: Action) -> str:
    return _range(action.cost_low, action.cost_high) if action.cost_high else "free"


def _range(low: Decimal, high: Decimal) -> str:
    """Return an estimate, in cents where they say enough."""
    return f"${low:.2f}–{high:.2f}" if low >= Decimal("0.01") else f"${low:.4f}–{high:.2f}"


def _footer(plan: Plan, pending: bool) -> Iterable[str]:
    counts = [(sum(a.kind is kind for a in plan.actions), words) for kind, words in VERBS.items()]
    parts = [f"{number} {words}" for number, words in counts if number]
    parts += [f"{plan.unchanged} unchanged"] if plan.unchanged else []
    low, high = (
        sum(costs, Decimal(0))
        for costs in ([a.cost_low for a in plan.actions], [a.cost_high for a in plan.actions])
    )
    total = _range(low, high) if high else "$0.00"
    yield f"{', '.join(parts) or 'Nothing to do'}. Estimated cost {total}."
    for action in plan.blocked:
        if action.edited:
            yield (
                f"{action.name}: edited by hand, so it will not be overwritten. Move the edits to its custom "
                f"file, or run: jackfield generate --overwrite {action.name}"
            )
    if plan.pending or pending:
        yield "Next: nox -s generate"


def count(number: int, noun: str) -> str:
    """Return "1 entry", "2 entries" for a noun with a regular plural."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def built_line(built: Built, before: int | None, width: int) -> str:
    """Return the line of one written package: gates, score and cost."""
    was = "new" if before is None else f"was {before}"
    warning = "" if built.score >= 90 else "  below 90"
    score = f"score {built.score} ({was})"
    return f"{built.lock.name:<{width}}gates passed   {score:<20}{_paid(built.cost)}{warning}"


def _paid(cost: Decimal) -> str:
    """Return what was spent: in cents, or finer where cents would say nothing."""
    return f"${cost:.2f}" if not cost or cost >= Decimal("0.1") else f"${cost:.4f}"


def _ends(built: Built, width: int) -> Iterable[str]:
    """Yield how the questions to models ended: which answers were kept, and why the others were not."""
    by_end: dict[str, list[str]] = {}
    for name, end in sorted(built.ends.items()):
        by_end.setdefault(end, []).append(name)
    for end, names in sorted(by_end.items(), key=lambda item: (item[0] != "kept", item[0])):
        yield f"{'':<{width}}{_ENDS.get(end, end)}: {', '.join(names)}"


def generate_text(outcome: Outcome, seconds: float) -> str:
    """Return the terminal face of a finished run."""
    names = [b.lock.name for b in (*outcome.written, *outcome.failed)]
    names += [*outcome.deleted, *outcome.refused, *(action.name for action in outcome.plan.blocked)]
    width = min(NAME_WIDTH, max(map(len, names), default=0)) + 2
    lines = [*outcome.notes]
    for built in outcome.written:
        lines += [built_line(built, outcome.before.get(built.lock.name), width)]
        lines += [*_ends(built, width), *_remarks(built, width)]
    lines += [f"{name:<{width}}deleted" for name in outcome.deleted]
    for built in outcome.failed:
        lines += _failure(built, width)
    left = {a.name: "; ".join(a.reasons) for a in outcome.plan.blocked} | dict(outcome.refused)
    for name, reason in left.items():
        lines.append(f"{name:<{width}}left alone: {reason}")
        lines.append(f"{'':<{width}}to replace it: jackfield generate --overwrite {name}")
    lines += [f"{b.lock.name} scores below fail_under: {outcome.fail_under}" for b in outcome.low]
    return "\n".join([*lines, _total(outcome, seconds)])


def _remarks(built: Built, width: int) -> Iterable[str]:
    """Yield how much of what the package was made from stays raw, and where that is told."""
    if built.remarks:
        where = f"integrations/{built.lock.module}/{built.lock.module.upper()}_INTEGRATION.md"
        yield f"{'':<{width}}{count(len(built.remarks), 'finding')} about what it was made from: {where}"


def _failure(built: Built, width: int) -> Iterable[str]:
    """Yield why a package was not written; the old one stays."""
    findings = built.findings
    yield f"{built.lock.name:<{width}}not written: {count(len(findings), 'finding')}; what was there stays"
    yield from (f"  {finding}" for finding in findings[:FINDINGS])
    if len(findings) > FINDINGS:
        yield f"  and {len(findings) - FINDINGS} more"


def _total(outcome: Outcome, seconds: float) -> str:
    parts = [
        (len(outcome.written), "written"),
        (len(outcome.deleted), "deleted"),
        (len(outcome.failed), "failed"),
        (len(outcome.plan.blocked) + len(outcome.refused), "left alone"),
        (outcome.plan.unchanged, "unchanged"),
    ]
    what = ", ".join(f"{number} {word}" for number, word in parts if number) or "nothing to do"
    tail = " · review: git diff integrations/" if outcome.written or outcome.deleted else ""
    return f"{what} in {seconds:.1f} s · {_paid(outcome.cost)}{tail}"


def list_text(rows: Sequence[tuple[Entry, Lock | None]]) -> str:
    """Return a line an entry: name, pattern, service, score, cost, owner."""
    head = ("NAME", "TYPE", "SERVICE", "SCORE", "COST", "OWNER")
    return columns([head, *(_row(entry, lock) for entry, lock in rows)])


def _row(entry: Entry, lock: Lock | None) -> tuple[str, ...]:
    mark = " disabled" if entry.disabled else ""
    if lock is None:
        return (entry.name, entry.type or "", entry.service, "not generated" + mark, "", entry.owner)
    metrics = lock.evidence.get("build_metrics", {})
    score = f"{metrics.get('validation_score', '–')}{' incomplete' if lock.incomplete else ''}{mark}"
    kind = f"{lock.pattern}/{lock.variant}"
    return (entry.name, kind, entry.service, score, f"${metrics.get('total_cost', '–')}", entry.owner)


def entry_json(entry: Entry, lock: Lock | None) -> dict[str, Any]:
    """Return one row of the list for machines."""
    facts = {"name": entry.name, "service": entry.service, "owner": entry.owner, "disabled": entry.disabled}
    return facts | {"lock": lock_json(lock) if lock else None}


def lock_json(lock: Lock) -> dict[str, Any]:
    """Return a lock as one flat mapping."""
    return asdict(lock)


def columns(table: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned text columns."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def show_text(lock: Lock, detected: str) -> str:
    """Return what is recorded about one package, and why."""
    metrics = lock.evidence.get("build_metrics", {})
    lines = [
        f"{lock.name} · {lock.pattern}/{lock.variant}" + (f" (detected from {detected})" if detected else ""),
        f"score {metrics.get('validation_score', '–')} · cost ${metrics.get('total_cost', '0')}"
        + (" · incomplete" if lock.incomplete else ""),
        "",
        "made from",
        *(f"  {name}  {value[:12]}" for name, value in sorted(lock.components.items())),
        "answers",
        *(
            f"  {line}"
            for line in columns([_answer(lock, name) for name in sorted(lock.subtasks)]).splitlines()
        ),
        *_judged_both(lock),
        "files",
        *(f"  {path}  {record.kind}" for path, record in sorted(lock.files.items())),
        "installed with",
        *(f"  {item}" for item in lock.dependencies),
        "public names",
        f"  {', '.join(lock.public_names)}",
    ]
    return "\n".join(lines)


def _answer(lock: Lock, name: str) -> tuple[str, ...]:
    """Return how a question was answered: by whom, how that ended, and what it took."""
    record, told = lock.subtasks[name], lock.evidence.get("answers", {}).get(name)
    ended = "for an older question" if record.degraded and record.provenance != "offline" else ""
    if not told:
        return (name, record.provenance, record.answer[:12], ended, "")
    tokens = told.get("tokens", {})
    took = f"${told.get('cost_usd', '0')}, {tokens.get('prompt', 0)} + {tokens.get('completion', 0)} tokens"
    tries = count(len(told.get("outcomes", ())), "attempt")
    said = ended or _ENDS.get(str(told.get("ended")), str(told.get("ended")))
    return (name, record.provenance, record.answer[:12], said, f"{took} in {tries}")


def _judged_both(lock: Lock) -> Iterable[str]:
    """Yield what the package counted without models' answers and with them."""
    trial = lock.evidence.get("trial")
    if isinstance(trial, dict):
        both = [
            f"{key} {trial['offline'].get(key)} → {now}" for key, now in sorted(trial["answered"].items())
        ]
        yield f"  judged without → with them: {', '.join(both)}"


def score_text(name: str, total: int, rows: Sequence[Row]) -> str:
    """Return how raw counts became points."""
    table = [("", "POINTS", "OF", "COUNTED")]
    table += [(row.field, f"{row.earned:g}", f"{row.of:g}", row.said) for row in rows]
    return f"{name} · score {total}\n\n{columns(table)}"
