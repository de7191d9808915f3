"""The gates that read files: parses, lint, types, security, documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.gates import Finding

from .staging import ADAPTER, Stage, found

CLEAN = ADAPTER.lstrip("\n")


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("extra.py", "def broken(:\n", 1, "invalid syntax"),
        ("extra.py", "X = 1\nclass\n", 2, "invalid syntax"),
        ("extra.py", "X = " + "(" * 300 + ")" * 300 + "\n", 1, "too many nested parentheses"),
        ("config.yaml", "a: 1\nb: [\n", 3, "is not YAML"),
        ("config.yaml", "a: !!python/object/apply:os.system [ls]\n", 1, "could not determine a constructor"),
        ("data.json", '{"a": }', 1, "is not JSON"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_a_finding(
    stage: Stage, name: str, text: str, line: int, said: str
) -> None:
    stage.package("bad", more={name: text})
    ((path, where, message),) = found(stage.verdict(), "parses")
    assert (path, where) == (name, line)
    assert said in message


def test_a_file_that_is_not_utf_8_is_a_finding_at_its_line(stage: Stage) -> None:
    stage.package("bad", more={"extra.py": "X = 1\n"})
    (stage.path / "integrations/bad/extra.py").write_bytes(b"X = 1\nY = '\xff'\n")
    assert found(stage.verdict(), "parses") == [("extra.py", 2, "is not UTF-8: invalid start byte")]


def test_a_file_that_is_missing_is_a_finding(stage: Stage) -> None:
    stage.package("bad", more={"extra.md": "x"})
    (stage.path / "integrations/bad/extra.md").unlink()
    assert "cannot be read" in found(stage.verdict(), "parses")[0][2]


def test_a_broken_file_of_one_package_spares_the_others(stage: Stage) -> None:
    stage.package("bad", "def broken(:\n")
    stage.package("good")
    verdicts = stage.judge()
    assert {f.gate for f in verdicts["bad"].findings} == {"parses"}
    assert verdicts["good"].findings == ()


def test_a_persons_own_file_that_does_not_parse_keeps_the_package_out(stage: Stage) -> None:
    stage.package("mine", more={"mine_custom.py": "def broken(:\n"})
    assert found(stage.verdict(), "parses")[0][:2] == ("mine_custom.py", 1)


SCHEMA = '{"type": "object", "properties": {"timeout": {"type": "number"}}, "additionalProperties": false}'


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("timeout: 3\n", []),
        ("timeout: soon\n", ["does not keep to schema.json: $.timeout: 'soon' is not of type 'number'"]),
        ("time: 3\n", ["does not keep to schema.json: $: Additional properties are not allowed"]),
    ],
)
def test_a_configuration_keeps_to_the_schema_that_it_names(
    stage: Stage, config: str, said: list[str]
) -> None:
    modeline = "# yaml-language-server: $schema=schema.json\n"
    stage.package("set", more={"config.yaml": modeline + config, "schema.json": SCHEMA})
    messages = [message for _, _, message in found(stage.verdict(), "parses")]
    assert len(messages) == len(said)
    assert all(message.startswith(start) for message, start in zip(messages, said, strict=True))


def test_a_schema_that_is_not_there_is_a_finding(stage: Stage) -> None:
    stage.package("set", more={"config.yaml": "# yaml-language-server: $schema=../none.json\na: 1\n"})
    assert found(stage.verdict(), "parses") == [
        ("config.yaml", 1, "its schema ../none.json cannot be read"),
    ]


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        (f"{CLEAN}\n\ndef unused() -> None:\n    x = 1\n", 14, "F841"),
        (CLEAN.replace("from __future__", "import json\nfrom __future__"), 3, "F401"),
        (CLEAN.replace("-2 * number", "-2*number"), 9, "unformatted"),
        (f"{CLEAN}\n\ndef f(x: list[int] = []) -> None:\n    x.clear()\n", 13, "B006"),
    ],
)
def test_a_line_that_ruff_refuses_is_a_finding(stage: Stage, code: str, line: int, said: str) -> None:
    stage.package("rough", code)
    findings = found(stage.verdict(), "lint")
    assert [where for _, where, message in findings if said in message] == [line], findings


def test_no_comment_silences_ruff(stage: Stage) -> None:
    stage.package("rough", f"{CLEAN}\n\ndef unused() -> None:\n    x = 1  # noqa: F841\n")
    assert any("F841" in message for _, _, message in found(stage.verdict(), "lint"))


def test_a_configuration_above_the_stage_changes_nothing(stage: Stage) -> None:
    (stage.path / "ruff.toml").write_text('line-length = 20\n[lint]\nselect = ["ALL"]\n')
    (stage.path / "mypy.ini").write_text("[mypy]\ndisallow_any_expr = True\n")
    (stage.path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    (stage.path / "conftest.py").write_text("raise RuntimeError\n")
    stage.package("good")
    assert stage.verdict().findings == ()


def test_long_literals_and_any_script_pass(stage: Stage) -> None:
    stage.package("wide", f'{CLEAN}\n\nLONG = "{"word " * 40}"\nGREEK = "αβγ ‐ Οο"\n')
    assert stage.verdict().findings == ()


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("import hashlib\n\nX = hashlib.md5(b'')\n", 5, "S324"),
        ("def f(x: int) -> None:\n    assert x\n", 4, "S101"),
    ],
)
def test_an_unsafe_line_is_a_finding_of_the_security_gate_alone(
    stage: Stage, code: str, line: int, said: str
) -> None:
    stage.package("unsafe", f'"""A."""\n\n{code}')
    verdict = stage.verdict()
    ((path, where, message),) = found(verdict, "security")
    assert (path, where, message[: len(said)]) == ("unsafe_adapter.py", line, said)
    assert not any(message.startswith("S") for _, _, message in found(verdict, "lint"))


def test_the_security_gate_leaves_names_and_tests_alone(stage: Stage) -> None:
    stage.package("named", f'{CLEAN}\n\nTOKEN_URL = "https://x.test/token"\nPASSWORD = "password"\n')
    assert found(stage.verdict(), "security") == []


def test_a_type_error_is_a_finding_of_its_package(stage: Stage) -> None:
    stage.package("good")
    stage.package("wrong", CLEAN.replace("return 2 * number", "return str(number)"))
    verdicts = stage.judge()
    ((path, line, said),) = found(verdicts["wrong"], "types")
    assert (path, line) == ("wrong_adapter.py", 10)
    assert said == 'Incompatible return value type (got "str", expected "int") [return-value]'
    assert verdicts["good"].findings == ()


def test_a_type_error_in_a_persons_own_file_only_warns(stage: Stage) -> None:
    stage.package("mine", more={"mine_custom.py": '"""Mine."""\n\n\ndef f(x):\n    return x\n'})
    verdict = stage.verdict()
    assert verdict.findings == ()
    assert verdict.warnings == (
        Finding(
            "types",
            "integrations/mine/mine_custom.py",
            4,
            "Function is missing a type annotation [no-untyped-def]",
        ),
    )


def test_a_warm_cache_changes_no_verdict(stage: Stage, tmp_path: Path) -> None:
    stage.package("good")
    stage.package("wrong", CLEAN.replace("return 2 * number", "return str(number)"))
    cold = stage.judge(cache=None)
    first = stage.judge(cache=tmp_path / "cache")
    warm = stage.judge(cache=tmp_path / "cache")
    assert cold == first == warm


def test_a_broken_cache_changes_no_verdict(stage: Stage, tmp_path: Path) -> None:
    stage.package("good")
    cache = tmp_path / "cache"
    expected = stage.judge(cache=cache)
    for file in (cache / "mypy").rglob("*"):
        if file.is_file():
            file.write_bytes(b"\x00rubbish")
    assert stage.judge(cache=cache) == expected


DOCUMENTED = '''
"""A module."""

from typing import overload


class Public:
    """A class."""

    def documented(self) -> int:
        """Return 1."""
        return 1

    def bare(self) -> int:
        return 1

    def _private(self) -> int:
        return 1

    def __len__(self) -> int:
        return 1

    class Inner:
        def bare(self) -> None: ...


class _Private:
    def bare(self) -> None: ...


@overload
def twice(x: int) -> int: ...
@overload
def twice(x: str) -> str: ...
def twice(x: int | str) -> int | str:
    """Return it twice."""
    return x * 2
'''


def test_public_names_with_a_docstring_are_counted(stage: Stage) -> None:
    stage.package("known", DOCUMENTED)
    # the module, Public, documented, twice and __init__.py have one; bare, Inner and Inner.bare have none
    assert stage.verdict().counts["documentation"] == {"public": 8, "documented": 5}
