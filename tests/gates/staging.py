"""Small packages written into a stage, for the gates to judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import integrations
from generator.gates import Subject, Verdict, judge

ADAPTER = '''
"""Doubles numbers."""

from __future__ import annotations


def double(number: int, *, absolute: bool = False) -> int:
    """Return twice *number*."""
    if absolute and number < 0:
        return -2 * number
    return 2 * number
'''

TESTS = '''
"""What doubling does."""

from integrations.{module}.{module}_adapter import double


def test_a_number_is_doubled() -> None:
    assert double(2) == 4


def test_a_negative_number_may_be_made_positive() -> None:
    assert double(-2, absolute=True) == 4
'''


@dataclass
class Stage:
    """A stage in a temporary folder; with *runtime* it holds the real one. *cache* saves time, no more."""

    path: Path
    runtime: bool = False
    cache: Path | None = None
    subjects: list[Subject] = field(default_factory=list)

    def __post_init__(self) -> None:
        folder = self.path / "integrations"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        if self.runtime:
            (folder / "runtime").symlink_to(Path(integrations.__path__[0]) / "runtime")

    def package(
        self,
        name: str,
        adapter: str = ADAPTER,
        tests: str = TESTS,
        *,
        more: dict[str, str] | None = None,
        entry: dict[str, Any] | None = None,
        dependencies: tuple[str, ...] = (),
    ) -> Subject:
        """Write a package of an adapter and its tests; ``{module}`` in the tests is its own folder."""
        module = name.replace("-", "_")
        files = {
            "__init__.py": f'"""{name.capitalize()}."""\n',
            f"{module}_adapter.py": adapter,
            f"test_{module}_adapter.py": tests.replace("{module}", module),
            **(more or {}),
        }
        for path, text in files.items():
            place = self.path / "integrations" / module / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        subject = Subject(name, module, entry or {}, (), tuple(sorted(files)), None, dependencies)
        self.subjects.append(subject)
        return subject

    def judge(self, **options: Any) -> dict[str, Verdict]:
        """Judge every package that was written."""
        return judge(self.path, self.subjects, **{"cache": self.cache, **options})

    def verdict(self, **options: Any) -> Verdict:
        """Judge the one package that was written."""
        (verdict,) = self.judge(**options).values()
        return verdict


def found(verdict: Verdict, gate: str) -> list[tuple[str, int, str]]:
    """Return the findings of one gate as (file, line, message)."""
    return [(f.path.rpartition("/")[2], f.line, f.message) for f in verdict.findings if f.gate == gate]
