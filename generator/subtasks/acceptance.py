"""Is a package better with what models said? Decided from counts of tests that the answerer did not write.

An answer is kept when the package that holds it has no finding and no count is worse. Where counts can tell
(``judged: counts``), one of them must also be better; prose no count can judge: there the checks of its
contract have decided before, and the recording says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from generator.subtasks.recordings import Recording

if TYPE_CHECKING:
    from generator.build import Built
    from generator.gates import Finding
    from generator.subtasks.proposing import Talk

COUNTS = "counts"
# What no answer can write itself, as (gate, count): more is better. The oracle judges every request.
COUNTED = (("conformance", "conforming"), ("conformance", "requests"), ("documentation", "documented"))
# Of code there is more to cover; the tests that cover it were said before it, and it cannot change them.
OF_CODE = (("coverage", "covered_branches"), ("coverage", "covered_statements"))
# Of these no more may be missed than without a model's answers: (gate, of all, reached).
SHARES = (
    ("conformance", "operations", "conforming"),
    ("coverage", "statements", "covered_statements"),
    ("coverage", "branches", "covered_branches"),
    ("documentation", "public", "documented"),
)


def telling(talk: Talk) -> dict[str, Recording]:
    """Return the proposals that say anything else than what goes without saying."""
    before = talk.answers({})
    after = talk.answers(talk.proposed)
    return {
        name: kept
        for name, kept in talk.proposed.items()
        if name not in before or after[name].value != before[name].value
    }


def useless(
    live: Mapping[str, Recording], plain: Built, built: Built, *, code: bool = False
) -> frozenset[str]:
    """Return the proposals to drop although nothing was found: all where a count is worse.

    *code* says that there is code among them.
    """
    before, after = _counts(plain), _counts(built)
    if not plain.findings and any(_missed(after, share) > _missed(before, share) for share in SHARES):
        return frozenset(live)
    counted = (*COUNTED, *OF_CODE) if code else COUNTED
    gained = plain.findings or any(_count(after, one) > _count(before, one) for one in counted)
    return frozenset() if gained else frozenset(n for n, kept in live.items() if kept.judged == COUNTS)


def blamed(built: Built, without: Mapping[str, Mapping[str, bytes]]) -> frozenset[str]:
    """Return the proposals that the findings point at: the line, else the file, is another without them."""
    found: set[str] = set()
    for finding in built.findings:
        found |= _shaping(finding, built, without, by_line=True) or _shaping(finding, built, without)
    return frozenset(found)


def _shaping(
    finding: Finding, built: Built, without: Mapping[str, Mapping[str, bytes]], *, by_line: bool = False
) -> set[str]:
    path = finding.path.removeprefix(f"integrations/{built.lock.module}/")
    now = built.rendered.files.get(path, b"")
    if not by_line:
        return {name for name, files in without.items() if files.get(path, b"") != now}
    lines = now.splitlines()
    if not 0 < finding.line <= len(lines):
        return set()
    line = lines[finding.line - 1]
    return {name for name, files in without.items() if line not in files.get(path, b"").splitlines()}


def both(plain: Built, built: Built) -> dict[str, Any]:
    """Return both packages' counts, so that the value of what was spent shows."""
    return {"offline": _shown(plain), "answered": _shown(built)}


def _shown(built: Built) -> dict[str, Any]:
    counts = _counts(built)
    told: dict[str, Any] = {name: _count(counts, (gate, name)) for gate, name in (*COUNTED, *OF_CODE)}
    return told | {
        "findings": len(built.findings),
        "score": built.score,
        "tests": _count(counts, ("tests", "passed")),
    }


def _counts(built: Built) -> Mapping[str, Any]:
    counts: Mapping[str, Any] = built.lock.evidence.get("counts", {})
    return counts


def _count(counts: Mapping[str, Any], one: Iterable[str]) -> int:
    gate, name = one
    return int(counts.get(gate, {}).get(name, 0))


def _missed(counts: Mapping[str, Any], share: tuple[str, str, str]) -> int:
    gate, whole, part = share
    return _count(counts, (gate, whole)) - _count(counts, (gate, part))
