"""An adapter generated from inline endpoints drives a real server through its methods alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Repository, make_repository
from .servers import TOKEN, free_port, jupyter, running

MANIFEST = """\
version: 1
integrations:
  - name: notebooks
    service: Jupyter Server
    requirements:
      base_url: http://127.0.0.1:PORT
      auth: {type: bearer, secret: NOTEBOOKS_TOKEN, scheme: token}
      endpoints:
        - {method: GET, path: /api, name: get_version, returns: {version: string}}
        - method: PUT
          path: /api/contents/{path}
          name: save_file
          body: {type: "string", format: "string?", content: "string?"}
          returns: File
        - method: GET
          path: /api/contents/{path}
          name: get_file
          parameters: {content: {type: integer, default: 1}}
          returns: File
          errors: {404: There is no such file.}
        - {method: GET, path: /api/contents, name: list_files, returns: Folder}
        - {method: DELETE, path: "/api/contents/{path}", name: delete_file, returns: null}
        - {method: GET, path: "/files/{path}", name: download_file, returns: bytes}
      types:
        File: {name: string, path: string, type: string, content: string?, last_modified: datetime}
        Folder: {name: string, content: [File]}
"""
DRIVE = """
import asyncio, json, sys
from integrations.notebooks import AsyncJupyterServerAdapter, JupyterServerAdapter
from integrations.runtime import AuthenticationError, NotFoundError, PermissionDeniedError, SecretManager

said = {}
with JupyterServerAdapter.from_config() as server:
    said["version"] = server.get_version().version
    said["saved"] = server.save_file("a note.txt", type="file", format="text", content="hello").path
    said["read"] = server.get_file("a note.txt").content
    said["listed"] = [file.name for file in server.list_files().content]
    with server.download_file("a note.txt") as download:
        said["streamed"] = download.read().decode()
    server.delete_file("a note.txt")
    try:
        server.get_file("a note.txt")
    except NotFoundError as error:
        said["missing"] = [error.status, str(error)]
    said["metrics"] = server.metrics.get_total_metrics()["total_calls"]

async def both():
    async with AsyncJupyterServerAdapter.from_config() as server:
        await server.save_file("b.txt", type="file", format="text", content="async")
        said["async"] = (await server.get_file("b.txt")).content

asyncio.run(both())
import os
os.environ["NOTEBOOKS_TOKEN"] = "wrong"
with JupyterServerAdapter.from_config() as server:
    try:
        server.list_files()
    except (AuthenticationError, PermissionDeniedError) as error:
        said["refused"] = str(error)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    pytest.importorskip("jupyter_server", reason="jupyter-server is not installed (the dev extra has it)")
    root, port = tmp_path_factory.mktemp("jupyter"), free_port()
    with running(jupyter(port, root), root, f"http://127.0.0.1:{port}/api"):
        yield port


@pytest.fixture(scope="module")
def adapters(port: int, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = make_repository(tmp_path_factory.mktemp("real") / "repo", MANIFEST.replace("PORT", str(port)))
    made.generate()
    return made


def test_create_read_list_download_delete_and_a_404(adapters: Repository, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DRIVE)],
        cwd=adapters.root,
        env={**os.environ, "NOTEBOOKS_TOKEN": TOKEN, "PYTHONPATH": str(adapters.root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["version"]
    assert said["saved"] == "a note.txt"
    assert said["read"] == said["streamed"] == "hello"
    assert "a note.txt" in said["listed"]
    assert said["missing"][0] == 404
    assert "There is no such file." in said["missing"][1]
    assert said["metrics"] == 7
    assert said["async"] == "async"
    assert TOKEN not in done.stdout + done.stderr
