"""Every file is what its name says: Python that parses, YAML and JSON that load and keep to their schema."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import yaml

from generator.gates import Batch, Finding, Result, Results, Subject

HARD = True
NEEDS = ()

TARGET = (3, 11)
LARGEST = 4 * 1024 * 1024  # bytes
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MODELINE = re.compile(r"\A# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)


class Unreadable(Exception):
    """A file is not what its name says; *line* is where that shows, or 0."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def run(batch: Batch) -> Results:
    """Parse every file. ``facts["trees"]`` and ``facts["texts"]`` hold the Python ones by path."""
    return {s.name: _judge(batch.stage, s) for s in batch.subjects}


def _judge(stage: Path, subject: Subject) -> Result:
    findings: list[Finding] = []
    trees: dict[str, ast.Module] = {}
    texts: dict[str, str] = {}
    paths = subject.paths(own=True)
    for path in paths:
        try:
            texts[path] = _text(stage / path)
            if path.endswith(".py"):
                trees[path] = _python(texts[path])
            else:
                _data(stage / path, texts[path])
        except Unreadable as problem:
            findings.append(Finding("parses", path, problem.line, str(problem)))
    return Result(tuple(findings), counts={"files": len(paths)}, facts={"trees": trees, "texts": texts})


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8: {error.reason}", data[: error.start].count(b"\n") + 1) from error
    if len(data) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST} bytes")
    return text


def _python(text: str) -> ast.Module:
    try:
        return ast.parse(text, feature_version=TARGET)
    except SyntaxError as error:
        raise Unreadable(error.msg, error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(str(error) or "is nested too deeply") from error


def _data(path: Path, text: str) -> None:
    loaded = _loaded(path.suffix, text)
    named = MODELINE.search(text) if path.suffix == ".yaml" else None
    if named:
        _keeps_to(_schema(path.parent / named[1], named[1]), named[1], loaded)


def _loaded(suffix: str, text: str) -> Any:
    try:
        if suffix == ".yaml":
            return LOADER(text).get_single_data()
        return json.loads(text) if suffix == ".json" else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Unreadable(f"is not YAML: {error.problem}", line) from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise Unreadable(f"is not {suffix[1:].upper()}: {error}", getattr(error, "lineno", 0)) from error


def _schema(path: Path, name: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"its schema {name} cannot be read", 1) from error


def _keeps_to(schema: Any, name: str, data: Any) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema).iter_errors(data))
    if error is not None:
        raise Unreadable(f"does not keep to {name}: {error.json_path}: {error.message}")
