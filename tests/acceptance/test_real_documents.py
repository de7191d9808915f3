"""Adapters made from the documents of real servers, whole, drive those servers.

jupyter-server comes with the dev extra. Chroma is large, so its program is named by JACKFIELD_CHROMA, which
``nox -s real`` installs; without it, that half is skipped. Every operation that needs no special state is
called; the few that need one are listed with what they need.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from .conftest import make_repository
from .servers import TOKEN, fetched, free_port, jupyter, running

CALLED = """
import json, sys
from integrations.runtime import IntegrationError

called, failed = set(), {}

def call(name, /, *arguments, **options):
    found = getattr(adapter, name)(*arguments, **options)
    called.add(name)
    return list(found) if hasattr(found, "__next__") else found

def fails(error, name, /, *arguments, **options):
    try:
        call(name, *arguments, **options)
    except error as raised:
        called.add(name)
        failed[name] = raised.status
"""
JUPYTER = """
from integrations.real import AsyncJupyterServerAdapter, JupyterServerAdapter
from integrations.runtime import NotFoundError

with JupyterServerAdapter.from_config() as adapter:
    version = call("get_api").version
    for name in ("get_status", "get_me", "list_kernelspecs", "list_kernels"):
        call(name)
    assert call("list_sessions") == call("list_terminals") == []
    assert call("get_spec_yaml").startswith("swagger")
    call("update_config", "notebook", body={"theme": "dark"})
    assert call("get_config", "notebook") == {"theme": "dark"}
    saved = call("replace_contents", "a note.txt", type="file", format="text", content="hello")
    assert saved.path == "a note.txt"
    assert call("get_contents", "a note.txt", content=1).content == "hello"
    mark = call("create_checkpoint", "a note.txt").id
    assert [found.id for found in call("list_checkpoints", "a note.txt")] == [mark]
    call("update_checkpoint", "a note.txt", mark)
    call("delete_checkpoint", "a note.txt", mark)
    assert call("update_contents", "a note.txt", body_path="b.txt").path == "b.txt"
    call("delete_contents", "b.txt")
    call("replace_contents", "folder", type="directory")
    assert call("update_contents_by_path", "folder", type="file", ext=".txt").type == "file"
    fails(NotFoundError, "get_contents", "nothing.txt")
    terminal = call("create_terminal").name
    assert call("get_terminal", terminal).name == terminal
    call("delete_terminal", terminal)

async def again():
    async with AsyncJupyterServerAdapter.from_config() as adapter:
        return (await adapter.get_api()).version

import asyncio
assert asyncio.run(again()) == version
print(json.dumps({"called": sorted(called), "failed": failed}))
"""
# Need a kernel, which jupyter-server has none of by itself, or a path of the server's own file system.
JUPYTER_STATE = {
    "create_kernel",
    "get_kernel",
    "delete_kernel",
    "create_interrupt",
    "restart_kernel",
    "create_session",
    "get_session",
    "update_session",
    "delete_session",
    "resolve_path",
}
CHROMA = """
from integrations.real import AsyncChromaAdapter, ChromaAdapter
from integrations.runtime import ConflictError, IntegrationError, NotFoundError

HERE = ("default_tenant", "default_database")
with ChromaAdapter.from_config() as adapter:
    assert call("heartbeat").nanosecond_heartbeat > 0
    for name in ("version", "healthcheck", "pre_flight_checks", "get_user_identity"):
        call(name)
    call("create_tenant", name="acme")
    assert call("get_tenant", "acme").name == "acme"
    call("update_tenant", "acme", resource_name="acme-1")
    call("create_database", "acme", name="shop")
    assert [found.name for found in call("list_databases", "acme")] == ["shop"]
    assert call("get_database", "acme", "shop").name == "shop"
    made = call("create_collection", *HERE, name="notes")
    fails(ConflictError, "create_collection", *HERE, name="notes")
    where = (*HERE, str(made.id))
    assert [found.name for found in call("list_collections", *HERE)] == ["notes"]
    assert call("get_collection", *HERE, "notes").id == made.id
    assert call("get_collection_by_id", *where).name == "notes"
    assert call("count_collections", *HERE) == 1
    more = {"documents": ["x", "y"], "metadatas": [{"k": 1}, None]}
    call("add_collection", *where, ids=["a", "b"], embeddings=[[1.0, 0.0], [0.0, 1.0]], **more)
    assert call("count_collection", *where) == 2
    assert call("collection_get", *where, ids=["a"], include=["documents"]).documents == ["x"]
    near = call("query_collection", *where, query_embeddings=[[1.0, 0.1]], n_results=1, include=["documents"])
    assert near.ids == [["a"]]
    call("collection_update", *where, ids=["a"], embeddings=[[0.5, 0.5]], documents=["z"])
    call("upsert_collection", *where, ids=["c"], embeddings=[[0.2, 0.5]])
    assert call("collection_delete", *where, ids=["b"]).deleted == 1
    call("update_collection", *where, new_name="other")
    fails(NotFoundError, "get_collection", *HERE, "notes")
    fails(NotFoundError, "get_attached_function", *where, "none")
    for name, options in {
        "search_collection": {"searches": []},
        "fork_collection": {"new_name": "copy"},
        "fork_count": {},
        "indexing_status": {},
        "reset": None,
    }.items():
        fails(IntegrationError, name, *(() if options is None else where), **(options or {}))
    call("delete_collection", *HERE, "other")
    call("delete_database", "acme", "shop")

async def again():
    async with AsyncChromaAdapter.from_config() as adapter:
        return [found async for found in adapter.list_collections(*HERE)]

import asyncio
assert asyncio.run(again()) == []
print(json.dumps({"called": sorted(called), "failed": failed}))
"""
# Need functions of Chroma's cloud; the last one ends a local server's connection without an answer.
CHROMA_STATE = {"attach_function", "detach_function", "get_collection_by_crn"}
# Where the server says otherwise than its document: a health check that is no text, databases that are no
# collections.
CHROMA_MENDED = [
    {"method": "GET", "path": "/api/v2/healthcheck", "returns": "object"},
    {"method": "GET", "path": "/api/v2/tenants/{tenant}/databases", "returns": "[Database]"},
]


def driven(
    folder: Path, document: bytes, name: str, entry: dict[str, Any], script: str
) -> tuple[set[str], Any]:
    """Generate an adapter from the whole document, run *script* with it; every operation and what it said."""
    manifest = {"version": 1, "integrations": [{"name": "real", "spec": f"specs/{name}", **entry}]}
    repository = make_repository(folder / "repo", json.dumps(manifest))
    (repository.root / "specs").mkdir()
    (repository.root / "specs" / name).write_bytes(document)
    repository.generate()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CALLED + script)],
        cwd=repository.root,
        env={**os.environ, "REAL_TOKEN": TOKEN, "PYTHONPATH": str(repository.root)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    lock = json.loads((repository.root / "integrations/real/metadata.json").read_bytes())
    return set(lock["reproducible"]["operations"].values()), json.loads(done.stdout)


def test_jupyter_server_is_driven_through_its_own_document(tmp_path: Path) -> None:
    pytest.importorskip("jupyter_server", reason="jupyter-server is not installed (the dev extra has it)")
    port, root = free_port(), tmp_path / "root"
    root.mkdir()
    base = f"http://127.0.0.1:{port}"
    with running(jupyter(port, root), tmp_path, f"{base}/api/status"):
        document = fetched(f"{base}/api/spec.yaml")
        assert document is not None
        auth = {"type": "bearer", "secret": "REAL_TOKEN", "scheme": "token"}
        entry = {"service": "Jupyter Server", "requirements": {"base_url": base, "auth": auth}}
        operations, said = driven(tmp_path, document, "jupyter.yaml", entry, JUPYTER)
    assert said["failed"] == {"get_contents": 404}
    assert set(said["called"]) == operations - JUPYTER_STATE


def test_chroma_is_driven_through_its_own_document(tmp_path: Path) -> None:
    program = os.environ.get("JACKFIELD_CHROMA") or shutil.which("chroma")
    if not program:
        pytest.skip("chroma is not installed: nox -s real")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [program, "run", "--path", str(tmp_path / "data"), "--host", "127.0.0.1", "--port", str(port)]
    with running(command, tmp_path, f"{base}/api/v2/heartbeat"):
        document = fetched(f"{base}/openapi.json")
        assert document is not None
        requirements = {"base_url": base, "auth": "none", "include": ["*"], "endpoints": CHROMA_MENDED}
        entry = {"service": "Chroma", "requirements": requirements}
        operations, said = driven(tmp_path, document, "chroma.json", entry, CHROMA)
    assert said["failed"]["create_collection"] == 409
    assert said["failed"]["get_collection"] == 404
    assert set(said["called"]) == operations - CHROMA_STATE
