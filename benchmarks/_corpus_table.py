"""The table of the corpus: one line a document, and one that sums them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks._corpus_peer import Peer
from benchmarks._corpus_run import Result

COLUMNS = (
    "document",
    "version",
    "operations",
    "methods",
    "types",
    "findings",
    "hard gates",
    "oracle",
    "resolve CPU s (wall)",
    "render + format CPU s (wall)",
    "gates CPU s (wall)",
    "peak MB",
    "lines: adapter + models, tests",
    "peer",
    "operations",
    "CPU s",
    "MB",
    "lines",
)
HEADER = "| " + " | ".join(COLUMNS) + " |\n|" + " --- |" * 2 + " ---: |" * (len(COLUMNS) - 2)
LONGEST = 90


@dataclass(frozen=True, slots=True)
class Row:
    """One document: what was *built* and what the *peer* made of it, or why the harness *failed* at it."""

    name: str
    built: Result | None = None
    peer: Peer | None = None
    failed: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the row for machines."""
        built = self.built.to_json() if self.built else {"name": self.name, "failed": self.failed}
        return {**built, "peer": self.peer.to_json() if self.peer else None}


def line(row: Row) -> str:
    """Return a document's line."""
    if row.built is None:
        return f"| {row.name} | the harness failed: {_short(row.failed)} |"
    cells = [row.name, *_counts(row.built), *_costs(row.built), *_peer(row.peer)]
    return "| " + " | ".join(cells) + " |"


def _counts(built: Result) -> list[str]:
    probe = built.probe or {}
    return [
        built.raw["version"],
        f"{built.raw['operations']:,}",
        f"{built.methods:,}",
        f"{probe['types']:,}" if probe else "",
        f"{len(probe['findings']):,}" if probe else "",
        _gates(built),
        _oracle(built),
    ]


def _gates(built: Result) -> str:
    if built.green:
        return "green"
    counts = ", ".join(f"{gate} {count}" for gate, count in sorted(built.gates.items()))
    return f"**{counts or _short(built.said)}**"


def _oracle(built: Result) -> str:
    seen = built.evidence.get("conformance")
    return f"{seen['oracle']} {seen['conforming']}/{seen['operations']}" if seen else ""


def _costs(built: Result) -> list[str]:
    """Return the costs; judging is what the whole command took beyond rendering."""
    whole, probe = built.whole, built.probe
    if probe is None:
        return ["", "", f"{whole.cpu:.1f} ({whole.wall:.1f}) in all", f"{whole.peak_mb:.0f}", ""]
    before = {kind: probe["resolve"][kind] + probe["render"][kind] for kind in ("cpu", "wall")}
    lines = probe["lines"]
    return [
        *(f"{probe[step]['cpu']:.2f} ({probe[step]['wall']:.2f})" for step in ("resolve", "render")),
        f"{max(0.0, whole.cpu - before['cpu']):.1f} ({max(0.0, whole.wall - before['wall']):.1f})",
        f"{probe['peak_mb']:.0f}, whole {whole.peak_mb:.0f}",
        f"{lines['adapter']:,} + {lines['models']:,}, {lines['tests']:,}",
    ]


def _peer(peer: Peer | None) -> list[str]:
    if peer is None or peer.state == "not run":
        return ["not run" if peer else "", "", "", "", ""]
    state = f"{peer.broken} files broken" if peer.broken else peer.state
    made = [f"{peer.operations:,}", f"{peer.lines:,}"] if peer.state == "ok" else ["", ""]
    return [state, made[0], f"{peer.cpu:.2f}", f"{peer.peak_mb:.0f}", made[1]]


def summary(rows: Sequence[Row]) -> str:
    """Return what the rows come to, in one line for each side."""
    built = [row.built for row in rows if row.built]
    whole = sum(b.methods == b.raw["operations"] for b in built)
    inside = sum(b.raw["operations"] for b in built)
    out = sum(b.methods for b in built)
    green = sum(b.green for b in built)
    ours = (
        f"{len(rows)} documents, {inside:,} operations in, {out:,} methods out: equal for {whole}; "
        f"hard gates green for {green}."
    )
    failed = len(rows) - len(built)
    ours += f" The harness failed at {failed}." if failed else ""
    return "\n".join([ours, *_peer_summary(rows)])


def _peer_summary(rows: Sequence[Row]) -> list[str]:
    both = [(r.built, r.peer) for r in rows if r.built and r.peer and r.peer.state != "not run"]
    if not both:
        return []
    states = [peer.state for _, peer in both]
    dropped = sum(p.state == "ok" and p.operations < b.raw["operations"] for b, p in both)
    return [
        f"openapi-python-client: {len(both)} documents, {states.count('refused')} refused, "
        f"{states.count('stopped')} stopped, {sum(p.broken > 0 for _, p in both)} with files that are no "
        f"Python, {dropped} without every operation."
    ]


def _short(text: str) -> str:
    flat = " ".join(text.replace("|", "/").split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
