"""What one entry costs until its package is rendered and formatted, and what it then holds: prints JSON.

    python benchmarks/_corpus_probe.py ROOT [STAGE]

ROOT is a repository with one entry. Nothing is judged and the tree is not touched; caches are filled. STAGE
is a folder for the rendered package, which then stays; nothing is said of what the document leaves open.
"""

from __future__ import annotations

import ast
import json
import resource
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main(root: Path, kept: Path | None = None) -> dict[str, Any]:
    """Resolve, render and format the repository's one entry."""
    from generator import manifest, patterns, pipeline
    from generator.build import lay
    from generator.render import Job, render
    from generator.resolve import resolve
    from generator.subtasks.answering import answered
    from generator.subtasks.asking import Asking
    from generator.subtasks.recordings import NOTHING

    started = _spent()
    catalog = patterns.catalog(root)
    entry = resolve(manifest.load(root, catalog), catalog)[0]
    answers, _ = answered(entry, NOTHING, Asking())
    blueprint = entry.pattern.resolve(entry.facts, {name: a.value for name, a in answers.items()})
    resolved = _spent()
    shop = pipeline.workshop(root)
    shop = replace(shop, stage=kept or shop.stage)
    lay(shop)
    package = render([Job(entry.want.name, entry.want.module, entry.skeleton, blueprint)], shop.stage)[0]
    rendered = _spent()
    if kept is None:
        shutil.rmtree(shop.stage, ignore_errors=True)
    return {
        "resolve": _between(started, resolved),
        "render": _between(resolved, rendered),
        "peak_mb": _peak(),
        "operations": len(blueprint["names"]),
        "names": blueprint["names"] if kept else {},
        "types": sum(map(_types, _models(package.files))),
        "findings": [] if kept else _findings(root, entry.want.entry["spec"]),
        "lines": _lines(package.files),
    }


def _findings(root: Path, spec: str) -> list[str]:
    """Return what could not be modelled, as "pointer: why"."""
    from generator.specs.documents import Documents

    document = Documents(root).open(spec)
    found = (*document.outline.findings, *document.contents().findings)
    return sorted({f"{finding.pointer}: {finding.message}" for finding in found})


def _spent() -> tuple[float, float]:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(use.ru_utime + use.ru_stime for use in uses)


def _between(before: tuple[float, float], after: tuple[float, float]) -> dict[str, float]:
    return {"wall": round(after[0] - before[0], 3), "cpu": round(after[1] - before[1], 3)}


def _peak() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in kinds) / 1024


def _models(files: Mapping[str, bytes]) -> list[bytes]:
    return [data for path, data in files.items() if path.endswith("_models.py")]


def _types(module: bytes) -> int:
    """Return how many classes and other names of types a module defines."""
    kinds = (ast.ClassDef, ast.Assign, ast.AnnAssign)
    return sum(isinstance(node, kinds) for node in ast.parse(module).body)


def _lines(files: Mapping[str, bytes]) -> dict[str, int]:
    """Return the lines of the adapter with its groups, of the models, of ``__init__``, and of the tests."""
    counts = {"adapter": 0, "models": 0, "init": 0, "tests": 0}
    for path, data in files.items():
        if path.endswith(".py") and path != "examples.py" and not path.endswith("_custom.py"):
            counts[_kind(path)] += data.count(b"\n")
    return counts


def _kind(path: str) -> str:
    if path.startswith("test_"):
        return "tests"
    return "models" if path.endswith("_models.py") else "init" if path == "__init__.py" else "adapter"


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
