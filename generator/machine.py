"""The face that machines read: the option ``--json``, and how its answer is printed."""

from __future__ import annotations

import json
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines on standard output.")


def print_json(value: Any) -> None:
    """Print JSON data, its keys sorted, so that two runs can be compared."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))
