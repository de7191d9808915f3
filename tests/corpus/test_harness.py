"""The harness of the corpus: it counts for itself, no document stops the table, and the table says all."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks._corpus_count import counted
from benchmarks._corpus_peer import Peer
from benchmarks._corpus_run import Ran, Result, lay, run
from benchmarks._corpus_table import COLUMNS, HEADER, Row, line, summary

RAW = {"version": "3.0.3", "title": "Shop", "operations": 2, "located": True}
PROBE = {
    "resolve": {"cpu": 0.1, "wall": 0.2},
    "render": {"cpu": 0.3, "wall": 0.4},
    "peak_mb": 33.0,
    "operations": 2,
    "types": 1,
    "findings": ["/paths: odd."],
    "lines": {"adapter": 100, "models": 20, "init": 10, "tests": 300},
}
GREEN = Result(
    "shop",
    RAW,
    PROBE,
    Ran(0, "", "", 5.4, 6.6, 200.0),
    methods=2,
    evidence={"conformance": {"oracle": "document", "conforming": 2, "operations": 2}},
)


def test_operations_are_counted_in_the_raw_document_alone() -> None:
    shared: dict[str, object] = {"get": {}, "parameters": []}
    document = {
        "swagger": "2.0",
        "info": {"title": "Shop"},
        "host": "shop.example",
        "paths": {
            "/a": {"get": {}, "post": {}, "parameters": [], "summary": "Things."},
            "/b": {"$ref": "#/x-items/~1b"},
            "/c": None,
            "x-odd": {"delete": {}},
        },
        "x-items": {"/b": shared},
    }
    assert counted(document) == {"version": "2.0", "title": "Shop", "operations": 3, "located": True}


def test_a_document_without_an_absolute_server_says_no_place() -> None:
    assert not counted({"openapi": "3.1.0", "servers": [{"url": "/v1"}], "paths": {}})["located"]


def test_a_document_without_a_place_is_given_one(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_text("{}")
    lay(tmp_path / "repo", "shop", file, {**RAW, "located": False, "title": '"Shop"\n{{ x }}'})
    entry = json.loads((tmp_path / "repo" / "integrations.yaml").read_text())["integrations"][0]
    assert entry["requirements"] == {"base_url": "https://service.example"}
    assert entry["service"] == "Shop x"


def test_a_process_is_stopped_with_its_children_when_its_time_is_up(tmp_path: Path) -> None:
    sleep = "import time; time.sleep(60)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleep!r}])"
    ran = run([sys.executable, "-c", script], tmp_path, 1.0)
    assert ran.code is None
    assert ran.wall < 30


def test_a_process_says_what_it_cost(tmp_path: Path) -> None:
    ran = run([sys.executable, "-c", "print('out'); import sys; sys.exit('why')"], tmp_path, 60.0)
    assert (ran.code, ran.out, ran.last) == (1, "out\n", "why")
    assert ran.cpu > 0
    assert ran.peak_mb > 1


def test_a_row_has_a_cell_for_every_column() -> None:
    refused = Row("shop", GREEN, Peer("refused", cpu=1.0, peak_mb=50.0))
    for row in (Row("shop", GREEN), refused, Row("shop", GREEN, Peer("ok", operations=1, lines=900))):
        assert line(row).count("|") == len(COLUMNS) + 1
    assert all(part.count("|") == len(COLUMNS) + 1 for part in HEADER.splitlines())
    assert "| green | document 2/2 |" in line(refused)


def test_the_gates_that_fail_are_named_with_their_findings() -> None:
    red = Result("shop", RAW, PROBE, Ran(1, "", "", 1, 1, 1), methods=2, gates={"tests": 2, "lint": 1})
    assert "**lint 1, tests 2**" in line(Row("shop", red))


def test_a_document_that_cannot_be_rendered_says_why() -> None:
    broken = Result("shop", RAW, None, Ran(1, "", "", 1, 1, 1), said="Error: a | b")
    assert "**Error: a / b**" in line(Row("shop", broken))


def test_the_rows_come_to_a_sum() -> None:
    peers = (Peer("ok", operations=1), Peer("refused"), Peer("not run"), None)
    told = summary([*(Row("shop", GREEN, peer) for peer in peers), Row("odd", failed="ValueError: no JSON")])
    ours, theirs = told.splitlines()
    assert ours == (
        "5 documents, 8 operations in, 8 methods out: equal for 4; hard gates green for 4. "
        "The harness failed at 1."
    )
    assert theirs.startswith("openapi-python-client: 2 documents, 1 refused")
    assert theirs.endswith("1 without every operation.")
