"""Who answers: options of ``plan`` and ``generate``, and the subcommands ``approve``, ``cost``, ``prune``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from generator.machine import as_json, print_json
from generator.subtasks.asking import Mode, Options


def answering(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say who answers open questions, gathered as ``options``."""

    @functools.wraps(command)
    def gathered(
        *args: Any, answers: str | None, provider: tuple[str, ...], retry_degraded: bool, **kwargs: Any
    ) -> int:
        told = {"budget": kwargs.pop("budget", None), "strict": kwargs.pop("strict_budget", False)}
        options = Options(answers, provider, retry_degraded=retry_degraded, **told)
        return command(*args, options=options, **kwargs)

    for option in reversed(_ANSWERING):
        gathered = option(gathered)
    return gathered


_ANSWERING = (
    click.option(
        "--answers",
        type=click.Choice([mode.value for mode in Mode]),
        help="Who answers open questions: rules (offline), a model, nobody, so that what is recorded must do "
        "(recorded, usual in CI), or a model, everything anew (refresh). Usual: what the manifest says.",
    ),
    click.option(
        "--provider",
        multiple=True,
        metavar="NAME",
        help="Whose models: deepseek, anthropic, openai, gemini, mistral, ollama, local … Repeatable.",
    ),
    click.option(
        "--retry-degraded", is_flag=True, help="Ask again what a model was to answer and could not."
    ),
)


@click.command()
@click.argument("name")
@click.argument("questions", nargs=-1, metavar="[QUESTION]...")
@as_json
@click.pass_obj
def approve(root: Path, name: str, questions: tuple[str, ...], as_json: bool) -> int:
    """Take over what a model answered about NAME: operations that it proposed are then confirmed."""
    from generator.approve import approve as take

    taken = take(root, name, questions)
    if as_json:
        print_json({"approved": list(taken)})
    else:
        click.echo("\n".join([*(f"approved {path}" for path in taken), f"Next: jackfield generate {name}"]))
    return 0


@click.command()
@as_json
@click.pass_obj
def cost(root: Path, as_json: bool) -> int:
    """Show what models have cost on this machine, run by run, and what the packages of the tree have cost."""
    from generator import costs

    found = costs.costs(root)
    if as_json:
        print_json(found.to_json())
    else:
        click.echo(found.text())
    return 0


@click.command()
@as_json
@click.pass_obj
def prune(root: Path, as_json: bool) -> int:
    """Remove recorded answers that no lock names, and replies of models that no answer came from."""
    from generator import costs

    removed = costs.prune(root)
    if as_json:
        print_json({"removed": list(removed)})
    else:
        click.echo("\n".join(f"removed {path}" for path in removed) or "nothing to remove")
    return 0
