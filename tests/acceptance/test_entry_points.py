"""A pattern that another distribution offers is found by its entry point, when a manifest asks for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .conftest import CHECKOUT, Repository, Result, make_repository

PLUGIN = '''\
"""Services of the ledger team."""

from generator import IntegrationPattern


class LedgerPattern(IntegrationPattern):
    """Everything behind the ledger gateway."""

    name = "ledger"
    version = "3"

    def matches(self, requirements):
        return "ledger" in requirements

    def normalise(self, entry):
        requirements = dict(entry["requirements"])
        requirements["base_url"] = "https://gateway.example/" + requirements.pop("ledger")
        return super().normalise({**entry, "requirements": requirements})
'''
MANIFEST = """\
version: 1
integrations:
  - name: payroll
    service: Payroll
    type: TYPE
    requirements:
      ledger: payroll
      endpoints: [GET /slips]
"""


def _with_plugin(repository: Repository, folder: Path, *arguments: str, version: str = "3") -> Result:
    info = folder / "ledger_pattern-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (folder / "ledger_pattern.py").write_text(PLUGIN.replace('"3"', f'"{version}"'))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ledger-pattern\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[jackfield.patterns]\nledger = ledger_pattern:LedgerPattern\n")
    command, environment = repository.command(*arguments)
    environment["PYTHONPATH"] = f"{CHECKOUT}:{folder}"
    done = subprocess.run(
        command,
        cwd=repository.root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_pattern_of_another_distribution_builds_an_entry(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST.replace("TYPE", "ledger"))
    done = _with_plugin(repository, tmp_path / "site", "generate")
    assert done.code == 0, done.out + done.err
    assert b"https://gateway.example/payroll" in repository.files()["payroll/config.yaml"]
    shown = _with_plugin(repository, tmp_path / "site", "show", "payroll", "--json").json
    assert shown["pattern"] == "ledger"
    assert shown["components"]["class ledger"] == "3"
    assert _with_plugin(repository, tmp_path / "site", "check", "--rebuild").code == 0


def test_a_pattern_that_decides_otherwise_now_is_noticed_whatever_is_remembered(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST.replace("TYPE", "ledger"))
    assert _with_plugin(repository, tmp_path / "site", "generate").code == 0
    for _ in range(2):
        assert _with_plugin(repository, tmp_path / "site", "plan").code == 0
    plan = _with_plugin(repository, tmp_path / "site", "plan", version="10")
    assert plan.code == 2
    assert "class ledger changed: 3 → 10" in plan.out


def test_without_it_the_type_is_a_located_mistake(tmp_path: Path) -> None:
    result = make_repository(tmp_path / "repo", MANIFEST.replace("TYPE", "ledger")).run("plan")
    assert result.code == 1
    assert "integrations.yaml:5:11" in result.err
    assert "'ledger' is not a type" in result.err
