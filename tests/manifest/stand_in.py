"""A small catalog with one real requirements schema, and manifests written to a temporary folder."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import ManifestError
from generator.manifest import MANIFEST, Manifest, load
from generator.shapes import Complaint, named_types, to_schema

REQUIREMENTS: dict[str, Any] = {
    "type": "object",
    "examples": [{"base_url": "https://api.github.com"}],
    "properties": {
        "base_url": {"type": "string", "pattern": "^https?://", "examples": ["https://api.github.com"]},
        "auth_type": {"enum": ["bearer", "basic", "api_key", "none"]},
        "auth": {
            "type": "object",
            "properties": {"type": {"enum": ["bearer", "basic", "api_key"]}, "secret": {"type": "string"}},
            "required": ["type"],
            "additionalProperties": False,
        },
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "connection_string": {"type": "string"},
        "rate_limit": {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": "^[0-9]+/(minute|hour)$"},
            ],
            "examples": ["5000/hour"],
        },
        "pagination": {
            "oneOf": [
                {"enum": ["link", "page"]},
                {"type": "object", "properties": {"type": {"const": "link"}}, "required": ["type"]},
                {
                    "type": "object",
                    "properties": {"type": {"const": "page"}, "size": {"type": "integer", "maximum": 100}},
                    "required": ["type", "size"],
                },
            ]
        },
        "endpoints": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/endpoint"}},
        "types": {"type": "object"},
        "cache": {"not": {"required": ["ttl", "forever"]}, "dependentRequired": {"ttl": ["size"]}},
    },
    "additionalProperties": False,
    "$defs": {
        "endpoint": {
            "anyOf": [
                {"type": "string", "pattern": "^(GET|POST) /", "examples": ["GET /users/{id}"]},
                {
                    "type": "object",
                    "properties": {
                        "method": {"enum": ["GET", "POST"]},
                        "path": {"type": "string", "pattern": "^/", "x-mend": "Start it with a slash."},
                        "parameters": {"type": "object"},
                        "returns": {},
                    },
                    "required": ["method", "path"],
                    "additionalProperties": False,
                },
            ]
        }
    },
}


@dataclass(frozen=True)
class Detection:
    """The pattern of an entry."""

    pattern: str
    variant: str = ""


class Catalog:
    """Two patterns; entries with a base URL, a connection or endpoints are detected as ``api``."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def names(self) -> tuple[str, ...]:
        return ("api", "database")

    def detect(self, entry: Mapping[str, Any]) -> Detection | None:
        declared = entry.get("type")
        if isinstance(declared, str):
            return Detection(declared) if declared in self.names() else None
        keys = {"base_url", "connection_string", "endpoints"} & set(entry.get("requirements") or {})
        return Detection("api") if keys or entry.get("service") == "GitHub" else None

    def requirements_schema(self, pattern: str) -> dict[str, Any]:
        return REQUIREMENTS

    def reads_files(self, entry: Mapping[str, Any]) -> bool:
        return bool(entry.get("spec"))

    def check(self, pattern: str, entry: Mapping[str, Any], variant: str = "") -> list[Complaint]:
        self.checked.append(str(entry.get("name")))
        complaints: list[Complaint] = []
        requirements = entry.get("requirements") or {}
        types = requirements.get("types", {})
        named_types(types, complaints, ("requirements", "types"))
        for index, endpoint in enumerate(requirements.get("endpoints", ())):
            if isinstance(endpoint, dict):
                at = ("requirements", "endpoints", index, "parameters")
                for name, shape in endpoint.get("parameters", {}).items():
                    to_schema(shape, types, complaints, (*at, name))
        return complaints


def read(folder: Path, text: str | bytes, *, known: Container[str] = ()) -> Manifest:
    """Load a manifest with this text."""
    (folder / MANIFEST).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(folder, Catalog(), known=known)


def problems(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a manifest with this text: ``line:column  message``."""
    try:
        read(folder, text)
    except ManifestError as error:
        return [str(problem).removeprefix(f"{MANIFEST}:") for problem in error.problems]
    return []
