"""Entries that nobody thought of: whatever is accepted becomes a package that passes every gate."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.gates import Subject, judge
from generator.lock import canonical
from generator.patterns import IntegrationPattern

from .entries import api

NAMES = (
    "id name from class list str date page[size] X-Trace a.b timeout idempotency_key self body query content"
    " Any größe +1 import type format items dt error url tags kind"
)
WORDS = "things users orders search status settings a-b latest fooBar"
SCALARS: tuple[Any, ...] = ("string", "integer", "number", "boolean", "datetime", "date", "duration", "bytes")
PAGES: tuple[dict[str, Any], ...] = (
    {"style": "link"},
    {"style": "link", "size_parameter": "per_page", "size": 5},
    {"style": "page"},
    {"style": "page", "size_parameter": "per", "size": 3},
    {"style": "page", "items": "d.x", "total_pages": "meta.pages", "first": 0},
    {"style": "offset"},
    {"style": "offset", "items": "data", "total": "total"},
    {"style": "cursor", "next": "meta.next"},
    {"style": "cursor", "next": "next", "items": "rows", "more": "more"},
)
TYPES: dict[str, Any] = {
    "Kind": {"enum": ["k1", "k2"]},
    "Cat": {"kind": {"const": "cat"}, "n": "integer?"},
    "Dog": {"kind": {"const": "dog"}, "b": "string"},
    "Event": {"oneOf": ["Cat", "Dog"]},
    "Node": {"value": "integer", "next": "Node?", "children": "[Node]"},
}


class Dice(random.Random):
    """Draws parts of an entry."""

    def shape(self, depth: int = 0) -> Any:
        leaves = [
            *SCALARS,
            "any",
            "object",
            "string?",
            "[string]",
            "[datetime]",
            "Kind",
            "Event",
            "[Node]",
            "Node?",
        ]
        leaves += [{"enum": ["a", "b"]}, {"enum": [1, 2]}, {"type": "integer", "minimum": 5, "maximum": 9}]
        leaves += [{"type": "string", "pattern": "^[a-z]+$", "maxLength": 5}]
        if depth < 2:
            leaves += [
                self.fields(depth + 1),
                {"type": "object", "additionalProperties": self.shape(depth + 1)},
            ]
        return self.choice(leaves)

    def fields(self, depth: int = 1) -> dict[str, Any]:
        return {name: self.shape(depth) for name in self.sample(NAMES.split(), self.randint(1, 4))}

    def parameter(self) -> Any:
        plain = ["string", "integer?", "number", "boolean?", "datetime", "date?", "[string]", "duration?"]
        full = [
            {"enum": ["a", "b"], "default": "a"},
            {"type": "integer", "default": 3},
            {"enum": [f"v{n}" for n in range(20)]},
        ]
        full += [
            {"type": "string", "default": "x y", "description": 'Some "words".'},
            {"type": "boolean", "default": True},
        ]
        full += [{"type": "string", "in": "header"}, {"type": "integer?", "in": "cookie"}]
        return self.choice([*plain, *full])

    def endpoint(self, number: int) -> dict[str, Any]:
        method = self.choice(["GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
        path = f"/v1/{self.choice(WORDS.split())}/{{x-{number}}}/{self.choice(WORDS.split())}/p{number}"
        found = {"method": method, "path": path, **self.request(method), **self.response(method)}
        if self.random() < 0.3:
            found["errors"] = {self.choice([404, 409, 422, 429, 503]): 'It went "wrong" {x} \\ here.'}
        if self.random() < 0.2:
            found["headers"] = {"X-Const": "a'b\"c", "Accept": "text/x"}
        return found

    def request(self, method: str) -> dict[str, Any]:
        names = self.sample([name for name in NAMES.split() if name.isascii()], self.randint(0, 4))
        found: dict[str, Any] = {"parameters": {name: self.parameter() for name in names}}
        bodies: list[dict[str, Any]] = [
            {"body": self.fields()},
            {"body": "Node"},
            {"body": "[Cat]"},
            {"encoding": "binary"},
            {"body": {"file": "file", "note": "string?"}},
            {
                "encoding": "form",
                "body": {"a": "string", "b": "[string]?", "c[d]": "integer?", "e": "object?"},
            },
        ]
        return {**found, **self.choice(bodies)} if method in ("POST", "PUT", "PATCH") else found

    def response(self, method: str) -> dict[str, Any]:
        if method == "GET" and self.random() < 0.4:
            return {
                "returns": [self.choice(["Node", "string", "any", "Event"])],
                "paginate": self.choice(PAGES),
            }
        return self.choice(
            [{}, {"returns": None}, {"returns": "bytes"}, {"returns": self.shape()}, {"returns": "Node"}]
        )

    def entry(self, number: int) -> dict[str, Any]:
        auth: list[dict[str, Any]] = [
            {"auth_type": "bearer"},
            {"auth_type": "basic"},
            {"auth": {"type": "api_key", "in": "cookie", "name": "sid"}},
        ]
        more: list[dict[str, Any]] = [
            {"api_key_query": "apikey"},
            {},
            {"retry": {"max_attempts": 1}},
            {"idempotency": "Idempotency-Key"},
        ]
        settings = {**self.choice(auth), **self.choice(more), "types": {**TYPES, "Thing": self.fields()}}
        return {**api(*(self.endpoint(n) for n in range(6)), **settings), "name": f"random-{number}"}


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_accepted_passes_every_gate(
    pattern: IntegrationPattern,
    rendered: Callable[[Path, Sequence[Mapping[str, Any]]], Path],
    tmp_path: Path,
    seed: int,
) -> None:
    dice = Dice(seed)
    drawn = [dice.entry(number) for number in range(12)]
    entries = [entry for entry in drawn if not pattern.check(entry)]
    assert len(entries) > len(drawn) / 2
    stage = rendered(tmp_path / "stage", entries)
    verdicts = judge(stage, [_subject(pattern, entry, stage) for entry in entries])
    assert [str(finding) for verdict in verdicts.values() for finding in verdict.findings] == []


def _subject(pattern: IntegrationPattern, entry: Mapping[str, Any], stage: Path) -> Subject:
    module = entry["name"].replace("-", "_")
    files = sorted(path.name for path in (stage / "integrations" / module).iterdir() if path.is_file())
    normal = canonical(pattern.normalise(dict(entry)))
    dependencies = tuple(pattern.folder.variants["rest"].dependencies)
    return Subject(entry["name"], module, normal, (), tuple(files), None, dependencies)
