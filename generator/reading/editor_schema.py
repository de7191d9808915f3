"""
The schema that editors complete the manifest from: the manifest's own keys and every pattern's requirements.

One self-contained file, since an editor in another repository has no ``cookiecutters/`` to follow references
into. Patterns are found, never listed: the file is made again from the folders by ``jackfield fmt``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.reading.entry_checks import Catalog
from generator.reading.schema import SCHEMA_FILE, envelope

_PREFIX = "requirements-"


def refresh(root: Path, catalog: Catalog, *, write: bool = True) -> bool:
    """Bring the repository's copy up to date; says whether that changes it."""
    path = root / SCHEMA_FILE
    wanted = editor_schema(catalog)
    if path.is_file() and path.read_bytes() == wanted:
        return False
    if write:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(wanted)
    return True


def editor_schema(catalog: Catalog) -> bytes:
    """The file's bytes, with the requirements of every pattern in the catalog."""
    schema = envelope()
    names = sorted(catalog.names())
    for name in names:
        schema["$defs"][_PREFIX + name] = _bundled(name, catalog.requirements_schema(name))
    schema["$defs"]["entry"]["allOf"] = list(_choices(names))
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _bundled(name: str, requirements: dict[str, Any]) -> Any:
    inner = {key: value for key, value in requirements.items() if key not in ("$schema", "$id")}
    return _moved(inner, f"#/$defs/{_PREFIX}{name}")


def _moved(value: Any, home: str) -> Any:
    """References of a schema that stands elsewhere now."""
    if isinstance(value, list):
        return [_moved(item, home) for item in value]
    if not isinstance(value, dict):
        return value
    moved = {key: _moved(inner, home) for key, inner in value.items()}
    target = moved.get("$ref")
    if isinstance(target, str) and target.startswith("#"):
        moved["$ref"] = home + target[1:]
    return moved


def _choices(names: list[str]) -> Iterator[dict[str, Any]]:
    """A declared type has its requirements; where none is declared, those of any pattern will do."""
    for name in names:
        declared = {"properties": {"type": {"pattern": f"^{name}(/|$)"}}, "required": ["type"]}
        yield {"if": declared, "then": _requires({"$ref": f"#/$defs/{_PREFIX}{name}"})}
    options = [{"$ref": f"#/$defs/{_PREFIX}{name}"} for name in names]
    if options:
        undeclared = {"not": {"required": ["type"]}}
        yield {"if": undeclared, "then": _requires({"anyOf": options} if len(options) > 1 else options[0])}


def _requires(schema: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"requirements": schema}}
