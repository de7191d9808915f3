"""The command ``jackfield``: each subcommand parses, calls one function, and prints a face of its result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from generator.errors import JackfieldError, ManifestError
from generator.machine import as_json, print_json
from generator.proposal import verbs
from generator.subtasks import verbs as answers
from generator.subtasks.asking import Options
from generator.subtasks.verbs import answering

EXIT_CODES = """\b
Exit codes: 0 clean · 1 error · 2 changes pending · 3 needs a person
            4 budget refused · 130 interrupted, run again to resume
"""
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
_UNFORMATTED = "integrations.yaml or its schema is not formatted: run jackfield fmt"
names = click.argument("names", nargs=-1, metavar="[NAME]...")
overwrite = click.option(
    "--overwrite",
    multiple=True,
    metavar="NAME",
    help="Replace hand edits of NAME's generated files. Repeatable.",
)


@click.group(context_settings=CONTEXT, epilog=EXIT_CODES)
@click.option(
    "-C",
    "--root",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository.",
)
@click.version_option(package_name="jackfield")
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """Keep integrations/ in step with integrations.yaml.

    \b
    Day to day:
      jackfield plan            what would change, and why; writes nothing
      jackfield generate        do it: render, prove, commit to the tree
      jackfield check           fail unless the tree is what the manifest says
      jackfield add NAME        propose an entry from an OpenAPI document
      jackfield cost            what models have cost so far
    """
    context.obj = root.resolve()


@cli.command()
@names
@overwrite
@answering
@as_json
@click.pass_obj
def plan(
    root: Path, names: tuple[str, ...], overwrite: tuple[str, ...], as_json: bool, options: Options
) -> int:
    """Say what `generate` would do, why, and what models may cost. No model is asked.

    Nothing is written but the cache of the last clean state.
    """
    from generator.reconcile import prepare, remember

    prepared = prepare(root, names, overwrite, options)
    if not options.again:
        remember(prepared)
    if as_json:
        print_json(prepared.to_json())
    else:
        click.echo(prepared.text())
    return prepared.exit_code


@cli.command()
@names
@overwrite
@click.option("--allow-mass-delete", is_flag=True, help="Allow deleting more than 30 % of the packages.")
@answering
@click.option(
    "--budget",
    metavar="USD",
    type=click.FloatRange(min=0),
    callback=lambda context, option, value: None if value is None else str(value),
    help="The most that models may cost in this run.",
)
@click.option("--strict-budget", is_flag=True, help="Exit 4 when a budget left a question unanswered.")
@as_json
@click.pass_obj
def generate(
    root: Path,
    names: tuple[str, ...],
    overwrite: tuple[str, ...],
    allow_mass_delete: bool,
    as_json: bool,
    options: Options,
) -> int:
    """Bring integrations/ to what the manifest says; NAMEs narrow it.

    Every package passes the gates before it replaces the old one; a package that fails is not written.
    An answer of a model is kept only where the package is better with it.
    """
    from generator import pipeline, report
    from generator.progress import progress
    from generator.writing.commit import Run

    started, current = time.monotonic(), Run()
    try:
        with progress() as current.tell:
            outcome = pipeline.generate(
                root,
                names,
                overwrite,
                allow_mass_delete=allow_mass_delete,
                run=current,
                options=options,
            )
    except KeyboardInterrupt:
        done = f"{len(current.committed)} of {current.planned} committed"
        click.echo(f"\nStopped. {done}; run again to resume. Nothing was paid twice.", err=True)
        return 130
    if as_json:
        print_json(outcome.to_json())
    else:
        click.echo(report.generate_text(outcome, time.monotonic() - started))
    return outcome.exit_code


@cli.command()
@click.option("--rebuild", is_flag=True, help="Render everything again and compare it byte for byte.")
@as_json
@click.pass_obj
def check(root: Path, rebuild: bool, as_json: bool) -> int:
    """Fail unless the tree is what the manifest says. Needs no key and no network."""
    from generator import report, verify
    from generator.reconcile import prepare

    prepared = prepare(root)
    differing = verify.rebuild(prepared) if rebuild else ()
    code = prepared.exit_code or (1 if differing else 0)
    if as_json:
        result = {"exit_code": code, "rebuilt": rebuild, "differing": list(differing)}
        print_json(result | {"plan": prepared.to_json()})
    elif code:
        click.echo(prepared.text())
        for path in differing:
            click.echo(f"{path}: differs from what its inputs render; run: jackfield generate", err=True)
    else:
        checked = report.count(len(prepared.manifest.entries), "integration")
        click.echo(f"{checked} as integrations.yaml says" + (", byte for byte." if rebuild else "."))
    return code


@cli.command()
@click.option("--check", "check_only", is_flag=True, help="Change nothing; exit 2 if it would.")
@as_json
@click.pass_obj
def fmt(root: Path, check_only: bool, as_json: bool) -> int:
    """Sort integrations.yaml by name, each entry's keys in one order, keeping every comment."""
    from generator.reading.fmt import format_manifest

    changed = format_manifest(root, write=not check_only)
    if as_json:
        print_json({"changed": changed, "written": changed and not check_only})
    elif changed:
        click.echo(_UNFORMATTED if check_only else "formatted")
    return 2 if changed and check_only else 0


@cli.command(name="list")
@as_json
@click.pass_obj
def list_entries(root: Path, as_json: bool) -> int:
    """List the entries with pattern, score and cost."""
    from generator import report
    from generator.lookup import entries_with_locks

    rows = entries_with_locks(root)
    if as_json:
        print_json([report.entry_json(entry, lock) for entry, lock in rows])
    else:
        click.echo(report.list_text(rows))
    return 0


@cli.command()
@click.argument("name")
@as_json
@click.pass_obj
def show(root: Path, name: str, as_json: bool) -> int:
    """Show what NAME was made from, by whom its questions were answered, and its files."""
    from generator import report
    from generator.lookup import find

    lock, detected = find(root, name)
    if as_json:
        print_json(report.lock_json(lock) | {"detected": detected})
    else:
        click.echo(report.show_text(lock, detected))
    return 0


@cli.command()
@click.argument("name")
@click.option(
    "--rescore", is_flag=True, help="Run the gates again on the package as it stands, and record the result."
)
@as_json
@click.pass_obj
def score(root: Path, name: str, rescore: bool, as_json: bool) -> int:
    """Show how NAME's raw counts become its points."""
    from generator import lookup, report, verify
    from generator.score import explain
    from generator.score import score as points

    lock = verify.rescore(root, name) if rescore else lookup.find(root, name)[0]
    counts = lock.evidence.get("counts", {})
    if as_json:
        result = points(counts)
        print_json({"name": lock.name, "total": result.total, "points": result.points, "counts": counts})
    else:
        click.echo(report.score_text(lock.name, points(counts).total, explain(counts)))
    return 0


@cli.command()
@click.pass_obj
def init(root: Path) -> int:
    """Start in a repository of your own: a manifest with one example and the adapters' runtime."""
    from generator.starter import init as lay

    for path in lay(root):
        click.echo(f"created {path}")
    click.echo("Next: edit integrations.yaml, then run: jackfield plan")
    return 0


cli.add_command(answers.approve)
cli.add_command(answers.cost)
cli.add_command(answers.prune)
cli.add_command(verbs.add)
cli.add_command(verbs.refresh)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; every failure becomes a few lines on standard error and an exit code."""
    machine = "--json" in arguments
    try:
        result = cli.main(list(arguments), prog_name="jackfield", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 1
    except KeyboardInterrupt:
        return 130
    except JackfieldError as error:
        _print_error(error, machine)
        return error.exit_code


def _print_error(error: JackfieldError, machine: bool) -> None:
    if machine:
        problems = [_problem(p) for p in getattr(error, "problems", ())]
        print_json({"error": type(error).__name__, "message": str(error), "problems": problems})
        return
    click.echo(str(error), err=True)
    if isinstance(error, ManifestError):
        number = len(error.problems)
        click.echo(f"{number} problem{'s' if number != 1 else ''}; nothing was changed.", err=True)


def _problem(problem: Any) -> dict[str, Any]:
    return {key: getattr(problem, key) for key in ("path", "line", "column", "message")}
