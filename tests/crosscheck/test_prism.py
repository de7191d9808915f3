"""The oracle and Prism read the same documents apart from each other: they must say the same of requests."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from generator import build
from generator.pipeline import workshop
from generator.reconcile import prepare
from generator.resolve import resolve
from generator.verify import replayed
from tests.gates.shelf import ADAPTER, CONFIG, DOCUMENT, INIT, OPERATIONS
from tests.gates.staging import Stage

from .crossing import Crossed, Crossing, shown

SHARED = Path(__file__).parents[3] / "shared" / "specs"
# Where the two differ, and the oracle is right or nobody can be. By patterns of Prism's complaint.
PRISM_IS_WRONG: tuple[str, ...] = (
    # a deepObject that is optional and not sent is taken for an empty object
    "Request query parameter filter must have required property",
    # a list in a form without `encoding` is exploded by default (OpenAPI 3.0.3, Encoding Object)
    r"Request body property \S+ must be array.* b'[\w.]+=",
    # JSON's empty text is taken for no body
    "Body parameter is required b'\"\"'",
    # null, the only value allowed, has no form in a query; OpenAPI gives none
    "'?an_enum_value_with_only_null'?",
    # this document declares octets as the body's type, and x-tar as a header's only value: it cannot be met
    "POST /build: .* content-type must be equal to one of the allowed values: application/x-tar",
    # additionalProperties of a multipart body are asked of the declared fields too
    "POST /tests/upload: .* must be object",
)


def excused(said: str) -> bool:
    return any(re.search(words, said) for words in PRISM_IS_WRONG)


def check(name: str, found: Crossing) -> None:
    print(shown(name, found))
    assert [said for said in found.prism_alone if not excused(said)] == []
    assert found.oracle_alone == []
    assert found.undecodable == []
    assert found.broken_taken_by_oracle == []
    assert found.requests >= found.operations


MAP = "/maps/{point}/{labels}"  # a label beside an exploded matrix ends Prism 5.16's process


def test_a_package_written_by_hand_satisfies_both(tmp_path: Path) -> None:
    document = {**DOCUMENT, "paths": {key: item for key, item in DOCUMENT["paths"].items() if key != MAP}}
    operations = {key: name for key, name in OPERATIONS.items() if MAP not in key}
    (tmp_path / "shelf.json").write_text(json.dumps(document), encoding="utf-8")
    stage = Stage(tmp_path / "stage", runtime=True)
    more = {"config.yaml": CONFIG, "__init__.py": INIT}
    written = stage.package("shelf", ADAPTER, more=more, entry={"name": "shelf", "requirements": {}})
    subject = replace(written, spec="shelf.json", operations=operations)
    found = Crossed(subject, stage.path.resolve(), tmp_path, tmp_path).run()
    check("shelf", found)
    assert found.broken >= len(operations)
    assert found.broken_taken_by_prism == []


DOCUMENTS = (
    "petstore_v3.yaml",
    "twilio_verify_v2.yaml",
    "nasty_opc_baseline_3.0.json",
    "docker_engine_v1.55.yaml",
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_generated_package_satisfies_both(document: str, tmp_path: Path) -> None:
    if not (SHARED / document).is_file():
        pytest.skip(f"{document} is not beside this repository")
    entry = f"name: vendor\n    service: Vendor\n    spec: {document}"
    manifest = (
        f"version: 1\nintegrations:\n  - {entry}\n    requirements: {{base_url: https://vendor.test}}\n"
    )
    (tmp_path / "integrations.yaml").write_text(manifest, encoding="utf-8")
    (tmp_path / document).write_bytes((SHARED / document).read_bytes())
    prepared = prepare(tmp_path)
    entries = resolve(prepared.manifest, prepared.catalog)
    shop = workshop(tmp_path)
    answers = replayed(tmp_path, entries[0], None)
    ((_, lock),) = build.draft(entries, shop, {entries[0].name: answers})
    subject = build.subject(entries[0], lock, answers)
    found = Crossed(subject, shop.stage.resolve(), tmp_path, tmp_path).run()
    check(document, found)
