"""What it costs to generate REST adapters of ten operations: the whole command, and rendering alone.

    python benchmarks/generate.py [N]        default: 25; the target (120 s on 2 cores) is meant for 100

The command answers, renders, judges with every gate and commits. Rendering alone leads from blueprints to
formatted files; "more" is what one entry adds, without the start of the two processes.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._processes import Cost, jackfield, run

OPERATIONS = """\
        - {method: GET, path: /%(many)s, name: list_%(many)s, returns: [%(type)s], paginate: true,
           parameters: {state: string?, page_size: {type: integer, default: 50}}}
        - {method: POST, path: /%(many)s, name: create_%(one)s, body: {title: string, note: string?},
           returns: %(type)s, errors: {409: It exists.}}
        - {method: GET, path: "/%(many)s/{%(one)s_id}", name: get_%(one)s, returns: %(type)s}
        - {method: PATCH, path: "/%(many)s/{%(one)s_id}", name: update_%(one)s, body: {title: string?},
           returns: %(type)s}
        - {method: DELETE, path: "/%(many)s/{%(one)s_id}", name: delete_%(one)s}
"""
TYPE = "{id: integer, title: string, note: string?, tags: [string], created_at: datetime}"
UNTIL_TRUSTED = 2.5  # seconds: stamps of files that were written just now are not believed


def main(size: int) -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repo"
        lay(root, size)
        time.sleep(UNTIL_TRUSTED)
        whole = jackfield(root, "generate")
        again = jackfield(root, "generate")
        drafts = [rendering(root, Path(folder) / str(n), n) for n in (1, size)]
    one, all_of_them = drafts
    each = (all_of_them - one) / (size - 1)
    print("| N | run | wall s | CPU s | CPU ms an entry | peak MB |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    _row(size, "generate, gates included", whole)
    print(f"| {size} | render and format alone | | {all_of_them:.2f} | {each * 1000:.1f} more | |")
    _row(size, "generate, nothing changed", again)


def _row(size: int, name: str, cost: Cost) -> None:
    each = cost.cpu / size * 1000
    print(
        f"| {size} | {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {each:.1f} | {cost.peak_mb:.0f} |",
        flush=True,
    )


def rendering(root: Path, stage: Path, count: int) -> float:
    """Return the CPU seconds, children's included, from *count* blueprints to formatted files."""
    from generator import manifest, patterns
    from generator.render import Job, render
    from generator.resolve import resolve
    from generator.subtasks.answering import answered
    from generator.subtasks.asking import Asking
    from generator.subtasks.recordings import NOTHING

    catalog = patterns.catalog(root)
    entries = resolve(manifest.load(root, catalog), catalog)[:count]
    jobs = []
    for found in entries:
        answers, _ = answered(found, NOTHING, Asking())
        values = {name: answer.value for name, answer in answers.items()}
        blueprint = found.pattern.resolve(found.facts, values)
        jobs.append(Job(found.want.name, found.want.module, found.skeleton, blueprint))
    before = _spent()
    render(jobs, stage)
    return _spent() - before


def _spent() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def lay(root: Path, size: int) -> None:
    """Start a repository with a manifest of *size* services."""
    root.mkdir()
    run([sys.executable, "-m", "generator", "init"], root)
    text = "version: 1\nintegrations:\n" + "".join(map(entry, range(size)))
    (root / "integrations.yaml").write_text(text)


def entry(number: int) -> str:
    """Return a service with two resources, five operations each."""
    kinds = [("issue", "issues", "Issue"), ("order", "orders", "Order")]
    operations = "".join(OPERATIONS % {"one": o, "many": m, "type": t} for o, m, t in kinds)
    types = "".join(f"        {name}: {TYPE}\n" for *_, name in kinds)
    return (
        f"  - name: service-{number:03d}\n    service: Service {number}\n    requirements:\n"
        f"      base_url: https://service-{number}.example/api\n      auth_type: bearer\n"
        f"      rate_limit: 600\n      pagination: link\n      types:\n{types}      endpoints:\n{operations}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
