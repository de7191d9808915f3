"""Real documents, where they are at hand: every type imports, and every example comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.modelling.examples import Examples
from generator.modelling.models import Models
from generator.specs import openapi
from generator.specs.source import Source
from integrations.runtime.testing import plain, typed

from .made import module

SHELF = Path(__file__).parents[3] / "shared" / "specs"
NAMES = ("discord.json", "docker_engine_v1.55.yaml", "nasty_opc_baseline_3.0.json", "twilio_verify_v2.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_every_type_of_a_real_document_decodes_its_example(name: str, tmp_path: Path) -> None:
    if not (SHELF / name).exists():
        pytest.skip(f"no {name} beside this repository")
    types = openapi.contents(Source.open(SHELF, name)).types
    models, examples = Models(types, open=True), Examples(types)
    kinds = {f"T{n}": (models.result(_ref(name), "X", "here"), _ref(name)) for n, name in enumerate(types)}
    aliases = "\n".join(f"{alias}: TypeAlias = {kind.text}" for alias, (kind, _) in kinds.items())
    made = module(models, tmp_path, aliases)
    assert models.findings == []
    for alias, (kind, schema) in kinds.items():
        value = examples.of(schema)
        assert plain(typed(value, getattr(made, alias))) == value
        assert plain(eval(models.python(kind, value), vars(made))) == value


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/types/{name}"}
