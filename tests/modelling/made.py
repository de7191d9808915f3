"""Models printed through the skeleton's own macro, imported, type-checked: what a package would hold."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from generator.modelling.models import Models
from generator.templating import InertText

ROOT = Path(__file__).parents[2]
_TEMPLATES = ROOT / "cookiecutters" / "_shared"
_HEAD = """
from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from integrations.runtime.http import OneOf
"""
_NUMBERS = itertools.count()


def source(models: Models, extra: str = "") -> str:
    """The text of the module."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), extensions=[InertText], trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string("{% from 'models' import values %}{{ values(models) }}")
    return f"{_HEAD}\n{template.render(models=models.facts())}\n{extra}\n"


def module(models: Models, folder: Path, extra: str = "") -> Any:
    """The module, imported from a file of *folder*."""
    path = folder / f"made_models_{next(_NUMBERS)}.py"
    path.write_text(source(models, extra), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made


def complaints(text: str, folder: Path) -> str:
    """What mypy has against *text*, strictly; "" for nothing."""
    path = folder / "checked_models.py"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", "--no-error-summary"]
    cache = folder / "mypy"
    done = subprocess.run(
        [*command, "--cache-dir", str(cache), "--follow-imports=silent", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode else ""
