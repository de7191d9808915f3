"""Blueprints to formatted files: cookiecutter in a child process, then ruff over everything at once.

Cookiecutter changes the process's working directory, so it never runs in the caller's process: a child
(``python -m generator.render``) takes every job of a run as JSON and renders into a fresh staging folder.

A skeleton may hold skeletons of parts. A blueprint's ``parts``, ``{"_group": [facts, …]}``, names such a
folder inside the skeleton's own, and what its files are rendered with, once for each part, into the same
package: ``cookiecutter._b`` is the blueprint and ``cookiecutter._p`` the part's facts. Macros that they share
are in the skeleton's ``templates`` folder, in its pattern's, and in ``cookiecutters/_shared``; the name of
the pattern's folder is ``cookiecutter._pattern``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from generator.errors import RenderError
from generator.package import Rendered

# Part of every fingerprint. Raise it when the generator itself (not a skeleton or a pattern) starts to
# render other bytes from the same blueprint; a test of golden bytes fails until it is raised.
GENERATOR_EPOCH = 3
TIMEOUT = 600.0
# Seen from a part: the templates of the skeleton that it belongs to. Seen from a skeleton: its pattern's.
PARTS_MACROS = "../../templates"
FORMAT = (
    "--isolated",
    "--no-cache",
    "--quiet",
    "--no-respect-gitignore",  # the stage lies in .jackfield/, which git ignores
    "--config",
    'target-version="py311"',
    "--config",
    "line-length=110",
    "--config",
    "src=[]",  # an entry may be called yaml or pytest; its folder makes neither ours
    "--config",
    'lint.isort.known-first-party=["integrations"]',
)


@dataclass(frozen=True, slots=True)
class Job:
    """One package to render: *skeleton* is the folder that holds ``cookiecutter.json``."""

    name: str
    module: str
    skeleton: Path
    blueprint: Mapping[str, Any]


def formatter() -> str:
    """Return the version of the formatter, which decides bytes and so enters every fingerprint."""
    return version("ruff")


def render(jobs: Sequence[Job], stage: Path) -> tuple[Rendered, ...]:
    """Render every job into ``stage/integrations/<module>/`` and return the formatted files.

    Raises:
        RenderError: a skeleton failed; the message names the entry and the template.
    """
    folder = stage / "integrations"
    folder.mkdir(parents=True, exist_ok=True)
    if jobs:
        _render_in_child(jobs, folder)
        _format(folder, [job.module for job in jobs])
    return tuple(_collect(job, folder / job.module) for job in jobs)


def _render_in_child(jobs: Sequence[Job], folder: Path) -> None:
    request = {
        "output": str(folder.resolve()),
        "jobs": [
            {
                "name": j.name,
                "module": j.module,
                "skeleton": str(j.skeleton.resolve()),
                "_b": dict(j.blueprint),
            }
            for j in jobs
        ],
    }
    source = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "generator.render"],
        input=json.dumps(request).encode(),
        capture_output=True,
        timeout=TIMEOUT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
        check=False,
    )
    if done.returncode:
        raise RenderError(done.stderr.decode(errors="replace").strip().splitlines()[-1])


def _format(folder: Path, modules: Sequence[str]) -> None:
    """Sort imports, drop unused ones and format, in two runs over every package."""
    base = [sys.executable, "-m", "ruff"]
    fix = ["check", "--select", "I,F401,UP", "--fix-only"]
    for command in (fix, ["format"]):
        done = subprocess.run(
            [*base, *command, *FORMAT, *modules],
            cwd=folder,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        if done.returncode:
            raise RenderError(
                "the formatter refused a package: " + done.stderr.decode(errors="replace").strip()
            )


def _collect(job: Job, folder: Path) -> Rendered:
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}
    return Rendered(job.name, job.module, files, dict(job.blueprint))


def _child() -> int:
    """Render the jobs on standard input; on failure name the entry on standard error."""
    request = json.load(sys.stdin.buffer)
    _share_work()
    for job in request["jobs"]:
        try:
            _render_one(job, request["output"])
        except Exception as error:  # whatever a template raises, the parent wants one line
            # cookiecutter adds everything that it knows, which may be megabytes
            message = " ".join(str(error).partition(" Context: {")[0].split())
            print(f"{job['name']}: {_template(error)}{message}", file=sys.stderr)
            return 1
    return 0


def _render_one(job: dict[str, Any], output: str) -> None:
    from cookiecutter.generate import generate_files

    blueprint, skeleton = job["_b"], job["skeleton"]
    values = {"module": job["module"], "_b": blueprint, "_pattern": Path(skeleton).parent.name}
    generate_files(skeleton, {"cookiecutter": values}, output, accept_hooks=False)
    for folder, parts in sorted(blueprint.get("parts", {}).items()):
        place = os.path.join(skeleton, folder)
        for part in parts:
            facts = {"cookiecutter": {**values, "_p": part}}
            generate_files(place, facts, output, overwrite_if_exists=True, accept_hooks=False)


def _share_work() -> None:
    """Let the packages of a run share what cookiecutter, made for one project, would do for each anew.

    That is the environment, the compiled templates, the names of files, and whether a file is text.
    Every file is then written inside its package, and once.
    """
    from cookiecutter import generate
    from cookiecutter.environment import StrictEnvironment

    from generator.folders import shared_macros

    class Environment(StrictEnvironment):  # type: ignore[misc]  # the library ships no types
        from_string = cache(StrictEnvironment.from_string)

    values = {"cookiecutter": {"_extensions": ["generator.templating.InertText"]}}
    settings = {"keep_trailing_newline": True, "trim_blocks": True, "lstrip_blocks": True}
    environment = Environment(context=values, **settings)
    is_binary, loader = cache(generate.is_binary), generate.FileSystemLoader
    places = [".", "../templates", PARTS_MACROS, str(shared_macros())]
    loaders = cache(lambda folder: loader(places))  # a template is its loader's
    generate.create_env_with_context = lambda context: environment
    generate.is_binary = lambda path: is_binary(os.path.abspath(path))
    generate.FileSystemLoader = lambda usual: loaders(os.getcwd())
    generate.generate_file = _guarded(generate.generate_file)


def _guarded(generate_file: Callable[..., None]) -> Callable[..., None]:
    """Let *generate_file* write new files of the package alone: names of files come from facts."""

    def guarded(project: str, infile: str, context: Any, environment: Any, *options: Any) -> None:
        name = environment.from_string(infile).render(**context)
        path = os.path.normpath(os.path.join(project, name))
        if path != project and not path.startswith(project + os.sep):
            raise ValueError(f"{name!r} is no name of a file in a package")
        if os.path.isfile(path):
            raise ValueError(f"two templates of a skeleton write {name!r}")
        generate_file(project, infile, context, environment, *options)

    return guarded


def _template(error: Exception) -> str:
    """Return ``file:line: `` of the innermost template frame, or nothing."""
    frame, place = error.__traceback__, ""
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if "cookiecutter.module" in name or "/templates/" in name or "/_shared/" in name:
            place = f"{name}:{frame.tb_lineno}: "
        frame = frame.tb_next
    return place


if __name__ == "__main__":
    raise SystemExit(_child())
