"""Gates: each judges every package of a batch at once and returns findings and raw counts.

A gate is one module of this folder (a name with a leading underscore is none) with

    HARD    whether its findings keep a package from being committed
    NEEDS   the gates that run before it; their results are in ``batch.earlier``
    run     (batch) -> {entry's name: Result}; a package that it cannot judge is left out

Nothing lists the gates: a new one is a new file. A tool is one process for all packages; when the process
itself fails, ``_bisect`` finds the package to blame and the others keep their verdicts.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, cast

MOST_AT_ONCE = 200  # packages in one batch, so that memory does not grow with a tree of thousands

Progress = Callable[[str], None]


def silent(stage: str) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and where. *path* is ``integrations/<module>/…``; line 0 is the whole file."""

    gate: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.gate}: {self.message}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the gates need to know of one package. *entry* is normalised; *files* are relative to it."""

    name: str
    module: str
    entry: dict[str, Any]
    public_names: tuple[str, ...]
    files: tuple[str, ...]
    spec: str | None = None
    dependencies: tuple[str, ...] = ()  # PEP 508; what the package may import besides the runtime
    operations: Mapping[str, str] = field(default_factory=dict)  # "GET /x" → the method, behind its group
    # The pattern's own oracle: entry, requests and names to operations, conforming and violations.
    oracle: Callable[..., Mapping[str, Any]] | None = None
    sandboxed: bool = False  # a model wrote code of it: it runs in a sandbox, and alone

    def paths(self, suffix: str = "", *, own: bool = False, tests: bool = True) -> tuple[str, ...]:
        """Return the files' paths below the stage; *own* adds the user's own, *tests* the tests."""
        chosen = (
            name
            for name in sorted(self.files)
            if name.endswith(suffix) and (own or not is_own(name)) and (tests or not is_test(name))
        )
        return tuple(f"integrations/{self.module}/{name}" for name in chosen)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gates say of one package.

    *findings* must be empty for a commit. *warnings* are findings in lines that a person owns. *counts* holds
    raw counts for each gate by name: JSON data, the same for the same bytes.
    """

    findings: tuple[Finding, ...]
    counts: dict[str, Any]
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that one test, and a tool for one batch and for each package in it, may take."""

    test: float = 20.0
    batch: float = 120.0
    package: float = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one gate says of one package. *facts* go to later gates only, never into the verdict."""

    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


Results = Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class Batch:
    """The packages to judge, and where: *stage* holds ``integrations/``, *scratch* may be written, and the
    documents that entries name lie below *root*.
    """

    stage: Path
    subjects: tuple[Subject, ...]
    scratch: Path
    cache: Path | None = None
    limits: Limits = Limits()
    earlier: Mapping[str, Results] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    root: Path | None = None

    def passed(self, *gates: str) -> tuple[Subject, ...]:
        """Return the packages in which none of these earlier gates found anything."""
        return tuple(s for s in self.subjects if not any(self._findings(gate, s) for gate in gates))

    def facts(self, gate: str, subject: Subject) -> Mapping[str, Any]:
        """Return what an earlier gate learned of a package; empty when it did not judge it."""
        return self.earlier[gate].get(subject.name, Result()).facts

    def _findings(self, gate: str, subject: Subject) -> tuple[Finding, ...]:
        return self.earlier[gate].get(subject.name, Result()).findings


class Gate(Protocol):
    """The shape of a gate's module."""

    HARD: bool
    NEEDS: tuple[str, ...]

    def run(self, batch: Batch) -> Results:
        """Judge every package of *batch*."""


def is_own(path: str) -> bool:
    """Return whether a person owns the file: it is created once and never touched again."""
    return path.endswith("_custom.py")


def is_test(path: str) -> bool:
    """Return whether pytest collects the file."""
    return path.rpartition("/")[2].startswith("test_") and path.endswith(".py")


def is_example(path: str) -> bool:
    """Return whether the file shows how the adapter is called."""
    return path.rpartition("/")[2] == "examples.py"


def discover() -> dict[str, Gate]:
    """Return every gate by name, in the order of their names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: cast(Gate, importlib.import_module(f"{__name__}.{name}")) for name in names}


def judge(
    stage: Path,
    subjects: Sequence[Subject],
    *,
    progress: Progress | None = None,
    cache: Path | None = None,
    limits: Limits = Limits(),
    gates: Mapping[str, Gate] | None = None,
    root: Path | None = None,
) -> dict[str, Verdict]:
    """Judge rendered packages; return a verdict for each by its entry's name.

    ``stage/integrations/`` holds the packages, ``__init__.py`` and the runtime. *progress* is told each gate
    as it finishes; *cache* is a folder for later runs, and changes no verdict; *root* is the repository,
    in which entries' documents lie. Raises ToolError for a missing tool: nothing was judged then.
    """
    chosen = discover() if gates is None else gates
    verdicts: dict[str, Verdict] = {}
    for first in range(0, len(subjects), MOST_AT_ONCE):
        some = tuple(subjects[first : first + MOST_AT_ONCE])
        with TemporaryDirectory(prefix="jackfield-") as scratch:
            place = Path(scratch).resolve()
            batch = Batch(stage.resolve(), some, place, cache and cache.resolve(), limits, root=root)
            results = _run(chosen, batch, progress or silent)
        verdicts |= {s.name: _verdict(s, chosen, results) for s in some}
    return verdicts


def _run(gates: Mapping[str, Gate], batch: Batch, progress: Progress) -> dict[str, Results]:
    """Run each gate as soon as those it needs are done; gates that wait for a tool run side by side."""
    waiting, done, running = dict(gates), dict[str, Results](), dict[Future[Results], str]()
    with ThreadPoolExecutor(len(gates)) as pool:
        try:
            while waiting or running:
                for name in _ready(waiting, done):
                    job = pool.submit(waiting.pop(name).run, replace(batch, earlier=dict(done)))
                    running[job] = name
                for job in wait(running, return_when=FIRST_COMPLETED).done:
                    done[running[job]] = job.result()
                    progress(running.pop(job))
        except BaseException:
            batch.stop.set()
            raise
    return done


def _ready(waiting: Mapping[str, Gate], done: Mapping[str, Results]) -> list[str]:
    return [name for name, gate in waiting.items() if set(gate.NEEDS) <= set(done)]


def _verdict(subject: Subject, gates: Mapping[str, Gate], results: Mapping[str, Results]) -> Verdict:
    each = {gate: results[gate][subject.name] for gate in gates if subject.name in results[gate]}
    hard = [gate for gate in gates if gates[gate].HARD]
    findings = [f for gate in hard if gate in each for f in each[gate].findings]
    if not findings:  # a package that no gate refused was judged by all of them
        unjudged = [gate for gate in hard if gate not in each]
        where = f"integrations/{subject.module}"
        findings = [Finding(gate, where, 0, "did not judge this package") for gate in unjudged]
    return Verdict(
        findings=_in_order(findings),
        counts={gate: dict(result.counts) for gate, result in each.items()},
        warnings=_in_order(f for result in each.values() for f in result.warnings),
    )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(set(findings), key=lambda f: (f.path, f.line, f.gate, f.message)))
