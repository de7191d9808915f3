"""What is wanted beside what is there: the manifest, the tree, and the plan that follows from both."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator import dependencies, manifest, memory, patterns, priced, report, tree
from generator.errors import DependencyError, InterruptedRunError, JackfieldError
from generator.inputs import MANIFEST
from generator.manifest import Entry, Manifest
from generator.memory import Memory
from generator.patterns import Catalog
from generator.plan import Action, Kind, Observed, Plan, plan
from generator.resolve import Resolved, resolve
from generator.subtasks.asking import UNSAID, Asking, Options, asking
from generator.writing import disk, state
from generator.writing.stamps import LOOSE

EXTRAS = "integrations/pyproject.toml"


@dataclass(frozen=True)
class Prepared:
    """A decided run. ``resolved`` (by name) and ``observed`` (by module) hold what had to be looked at."""

    root: Path
    manifest: Manifest
    catalog: Catalog
    resolved: Mapping[str, Resolved]
    observed: Mapping[str, Observed]
    plan: Plan
    memory: Memory
    extras: bytes | None  # what integrations/pyproject.toml must hold; None: it is as it must be
    extras_sha: str | None  # of what it holds now
    in_step: bool  # it holds what the locks say, so only a changed lock can change it
    overwrite: frozenset[str]
    narrowed: bool  # names narrow the run
    asking: Asking  # who answers
    remarks: Mapping[str, tuple[str, ...]]  # by module: what could be better about its answers

    @property
    def exit_code(self) -> int:
        """0 clean, 2 changes pending, 3 needs a person."""
        return self.plan.exit_code or (2 if self.extras is not None else 0)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the plan says besides its actions."""
        found = []
        if self.extras is not None:
            found.append(f"~ {EXTRAS} is out of step and will be written")
        return (*found, *(told for module in sorted(self.remarks) for told in self.remarks[module]))

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """Return the plan's actions by name."""
        return {action.name: action for action in self.plan.actions}

    def text(self) -> str:
        """Return the plan for people."""
        pending = self.extras is not None
        return report.plan_text(self.plan, len(self.manifest.entries), self.notes, pending=pending)

    def to_json(self) -> dict[str, Any]:
        """Return the plan for machines, with the digest of everything that it was decided from."""
        from generator.plan_json import precondition, to_json

        digest = precondition([r.want for r in self.resolved.values()], self.observed)
        return to_json(self.plan, digest, notes=self.notes, exit_code=self.exit_code)


def prepare(
    root: Path,
    names: Sequence[str] = (),
    overwrite: Sequence[str] = (),
    options: Options = UNSAID,
) -> Prepared:
    """Load the manifest, look at the tree, and decide. Nothing is written, and no model is asked.

    Raises:
        ManifestError: the manifest cannot be used.
        InterruptedRunError: an earlier run stopped in mid-commit.
        DependencyError: the adapters cannot be installed together.
        JackfieldError: a name is neither in the manifest nor in the tree.
        AnswerError: models are to answer, and nobody says whose, or nobody knows what they cost.
    """
    if tree.interrupted(root):
        raise InterruptedRunError(
            "interrupted: an earlier run stopped in mid-commit. Run: jackfield generate"
        )
    known = memory.recall(root)
    catalog = patterns.catalog(root)
    loaded = manifest.load(root, catalog, known=known.valid, documents_moved=known.moved)
    asks = asking(loaded.defaults, options)
    modules = None if options.again else known.unsure(loaded, catalog)
    resolved = {r.want.name: r for r in resolve(loaded, catalog, modules)}
    observed = tree.observe(root, None if modules is None else sorted(modules))
    whole = plan([r.want for r in resolved.values()], observed, overwrite=frozenset(overwrite))
    whole = _with_known(priced.priced(whole, resolved, observed, asks, names), loaded, modules)
    _refuse_unknown((*names, *overwrite), whole)
    moving = _moving(resolved, observed, modules)
    steady = modules is not None and LOOSE not in modules and not moving
    extras = None if steady else _extras(root, loaded, catalog, known.packages)
    return Prepared(
        root=root,
        manifest=loaded,
        catalog=catalog,
        resolved=resolved,
        observed=observed,
        plan=_narrow(whole, names),
        memory=known,
        extras=extras,
        extras_sha=disk.digest(root / EXTRAS),
        in_step=extras is None and not moving,
        overwrite=frozenset(overwrite),
        narrowed=bool(names),
        asking=asks,
        remarks=priced.remarks(resolved, observed),
    )


def _with_known(decided: Plan, loaded: Manifest, modules: Container[str] | None) -> Plan:
    """Add the entries that nothing has touched since they were last found clean."""
    if modules is None:
        return decided
    rest = [Action(Kind.NOOP, e.name, e.module, ()) for e in loaded.entries if e.module not in modules]
    return Plan(tuple(sorted((*decided.actions, *rest), key=lambda action: action.name)))


def _refuse_unknown(names: Sequence[str], decided: Plan) -> None:
    known = [action.name for action in decided.actions]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise JackfieldError(f"there is no integration {name!r} in {MANIFEST} or in integrations/.{hint}")


def _narrow(decided: Plan, names: Sequence[str]) -> Plan:
    """Keep the actions of *names*, and every no-op."""
    if not names:
        return decided
    return Plan(tuple(a for a in decided.actions if a.name in names or a.kind is Kind.NOOP))


def _moving(
    resolved: Mapping[str, Resolved], observed: Mapping[str, Observed], modules: Collection[str] | None
) -> bool:
    """Whether anything that was looked at may have other dependencies than its lock says."""
    wanted = {r.want.module: r.want.dependencies for r in resolved.values()}
    locks = {module: seen.lock for module, seen in observed.items() if seen.lock is not None}
    looked_at = wanted.keys() | observed.keys() if modules is None else set(modules) - {LOOSE}
    return any(
        module not in wanted or module not in locks or wanted[module] != locks[module].dependencies
        for module in looked_at
    )


def _extras(root: Path, loaded: Manifest, catalog: Catalog, packages: Iterable[str]) -> bytes | None:
    """Return what the adapters' pyproject.toml must hold, or None where it holds that already."""
    sets = {e.name: _dependencies(e, catalog) for e in loaded.entries if not e.disabled}
    sets |= _kept(root, loaded, packages)
    # Thousands of entries share a few sets: what one of each allows, all allow.
    each = {items: name for name, items in reversed(sets.items())}
    if dependencies.unsatisfiable({name: items for items, name in each.items()}):
        clashes = dependencies.unsatisfiable(sets)
        raise DependencyError("these adapters cannot be installed together:\n  " + "\n  ".join(clashes))
    wanted = dependencies.pyproject(sets)
    return None if disk.read(root / EXTRAS) == wanted else wanted


def _kept(root: Path, loaded: Manifest, packages: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what the packages need that stay although the manifest does not ask for them now."""
    asked = {entry.module for entry in loaded.entries if not entry.disabled}
    disabled = {entry.module for entry in loaded.entries if entry.disabled}
    seen = tree.observe(root, sorted(set(packages) - asked))
    locks = [package.lock for package in seen.values() if package.lock is not None]
    return {lock.name: lock.dependencies for lock in locks if lock.origin == "api" or lock.module in disabled}


def _dependencies(entry: Entry, catalog: Catalog) -> tuple[str, ...]:
    told = {"type": entry.type, "service": entry.service, "spec": entry.spec}
    found = catalog.detect({**told, "requirements": entry.requirements})
    if found is None:
        return ()
    return catalog.pattern(found.pattern).folder.variants[found.variant].dependencies


def remember(prepared: Prepared, known: Memory | None = None, *, complete: bool = True) -> None:
    """Save which packages *prepared* found clean, so that the next run need not look at them.

    While nothing at all has moved, the plan's face is shown again without deciding anything.
    """
    loaded, known = prepared.manifest, known or prepared.memory
    keys = {entry.module: memory.key(entry, loaded) for entry in loaded.entries}
    idle = {action.module for action in prepared.plan.actions if action.kind is Kind.NOOP}
    idle -= prepared.remarks.keys()  # to be told again each time
    # Nothing tells when the code of a pattern written in Python changes: its entries are looked at each time.
    free = {r.want.module for r in prepared.resolved.values() if not r.pattern.is_folder}
    clean = {module: keys.get(module, "") for module in idle - free}
    state.save(
        prepared.root,
        known.snapshot,
        clean=clean | ({LOOSE: ""} if prepared.in_step else {}),
        watched={MANIFEST: known.manifest_sha, **known.documents, **_documents(prepared.catalog)},
        complete=complete and prepared.exit_code == 0 and not prepared.narrowed and not free,
        note=prepared.text(),
    )


def _documents(catalog: Catalog) -> dict[str, str]:
    """Return the documents that this run read, by path: sha256."""
    return {} if catalog.documents is None else catalog.documents.files
