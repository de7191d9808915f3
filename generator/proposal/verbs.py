"""The subcommands ``add`` and ``refresh``: each parses, calls one function, and prints a face of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from generator.machine import as_json, print_json

PENDING = 2


@click.command()
@click.argument("name")
@click.option("--spec", "given", required=True, metavar="FILE|URL", help="The OpenAPI document.")
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="Only operations with this tag. Repeatable."
)
@click.option(
    "--include",
    multiple=True,
    metavar="GLOB",
    help="Only operations that match, like 'GET /pets/*'. Repeatable.",
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Without operations that match. Repeatable.")
@click.option("--service", default="", help="What the service is called, if not by the document's title.")
@click.option("-y", "--yes", is_flag=True, help="Write it without asking.")
@click.option("--dry-run", is_flag=True, help="Show it, write nothing, do not ask.")
@as_json
@click.pass_obj
def add(root: Path, /, name: str, given: str, yes: bool, dry_run: bool, as_json: bool, **asked: Any) -> int:
    """Propose an entry NAME for an OpenAPI document, and write it into integrations.yaml.

    The document is used where it is, copied into specs/, or downloaded into specs/ once and pinned by its
    sha256. You see the operations by tag and the manifest's change before anything is written.

    \b
      jackfield add pets --spec openapi/pets.yaml
      jackfield add stripe --spec https://raw.githubusercontent.com/stripe/openapi/master/openapi/spec3.json
      jackfield add github --spec github.json --tag issues --include 'GET /repos/*' --yes

    Without a terminal to ask and without --yes it shows the proposal and exits 2.
    """
    from generator.proposal.add import NEXT, proposed, write
    from generator.proposal.faces import proposal_json, proposal_text
    from generator.proposal.proposer import Asked

    with proposed(root, Asked(name, **_words(asked)), given) as proposal:
        if not as_json:
            click.echo(proposal_text(proposal))
        wanted = not dry_run and (yes or (not as_json and _agreed()))
        if wanted:
            write(root, proposal)
        if as_json:
            print_json(proposal_json(proposal, written=wanted))
        else:
            click.echo(f"\nWritten. Next: {NEXT}" if wanted else "\nNothing was written; --yes writes it.")
    return 0 if wanted else PENDING


@click.command()
@click.argument("name")
@click.option("--check", "check_only", is_flag=True, help="Change nothing; exit 2 if it would.")
@as_json
@click.pass_obj
def refresh(root: Path, name: str, check_only: bool, as_json: bool) -> int:
    """Download NAME's document again, say what its service changed, and pin the new one.

    Exits 0 when it is what it was, 2 when it changed; then `jackfield plan` says what that means here.

    \b
      jackfield refresh stripe           download, show, write
      jackfield refresh stripe --check   download and show alone
    """
    from generator.proposal.refresh import refreshed

    told = refreshed(root, name, write=not check_only)
    if as_json:
        print_json(told.to_json())
    else:
        click.echo(told.text())
    return PENDING if told.changed else 0


def _words(asked: dict[str, Any]) -> dict[str, Any]:
    return {key: value.strip() if isinstance(value, str) else tuple(value) for key, value in asked.items()}


def _agreed() -> bool:
    """Whether a person at a terminal says yes; nobody is asked where there is none."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.confirm("\nWrite this?", default=True)
