"""Real documents, where they lie beside the repository: every operation is read, soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from generator.specs import openapi
from generator.specs.source import Source
from tests.specs.canonical import check

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "specs"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the documents in ../shared/specs are not here")

OPERATIONS = {
    "petstore_v3.yaml": 19,
    "twilio_verify_v2.yaml": 57,
    "docker_engine_v1.55.yaml": 108,
    "discord.json": 242,
    "nasty_opc_baseline_3.0.json": 50,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_of_a_real_document_is_read(name: str) -> None:
    source = Source.open(FOLDER, name)
    outline, contents = openapi.outline(source), openapi.contents(source)
    assert len(outline.operations) == len(contents.operations) == OPERATIONS[name]
    assert [item.key for item in outline.operations] == [item.listed.key for item in contents.operations]
    check(outline, contents)


def test_a_document_of_242_operations_is_read_soon() -> None:
    start = time.process_time()
    source = Source.open(FOLDER, "discord.json")
    openapi.outline(source)
    openapi.contents(source)
    assert time.process_time() - start < 0.6


def test_a_slice_of_a_large_document_is_cheap() -> None:
    source = Source.open(FOLDER, "discord.json")
    start = time.process_time()
    chosen = [item.key for item in openapi.outline(source).operations[::20]]
    assert len(openapi.contents(source, chosen).operations) == 13
    assert time.process_time() - start < 0.3
