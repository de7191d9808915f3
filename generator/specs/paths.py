"""The operations of a document, one after the other, as an index needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.specs.facts import Key, Listed
from generator.specs.lenient import below, described, is_true, mapping, text, texts
from generator.specs.reading import Reading

_BRACES = re.compile(r"\{[^{}/]*\}")
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})


@dataclass(frozen=True, slots=True)
class Found:
    """One operation: its node and place, and those of the path item that holds it."""

    key: Key
    node: Mapping[str, Any]
    at: str
    item: Mapping[str, Any]
    item_at: str


def found(reading: Reading) -> Iterator[Found]:
    """Every operation in the document's order, each key once."""
    paths, root = reading.references.follow(reading.document.get("paths"), "#/paths")
    if not isinstance(paths, dict):
        if paths is not None or reading.dialect != "3.1":
            reading.notes.add("#/paths", "'paths' is no mapping; there are no operations.")
        return
    _odd(paths, root, reading)
    seen: set[Key] = set()
    for path, written in paths.items():
        if path.startswith("x-"):
            continue
        at = below(root, path)
        item, item_at = reading.references.follow(written, at)
        if not isinstance(item, dict):
            reading.notes.add(at, "is no mapping; there are no operations here.")
            continue
        item = {**item, **{key: value for key, value in mapping(written).items() if key != "$ref"}}
        for method, node, node_at in _methods(item, item_at):
            yield from _one(reading, (method, path), node, node_at, item, item_at, seen)


def _odd(paths: Iterable[str], at: str, reading: Reading) -> None:
    """Note odd paths: one finding for each oddity, since some documents have thousands of them."""
    bare = [(path, _BRACES.sub("", path)) for path in paths if not path.startswith("x-")]
    odd = {
        "do not begin with '/'": [path for path, _ in bare if not path.startswith("/")],
        "hold '?'": [path for path, rest in bare if "?" in rest],
        "hold '#'": [path for path, rest in bare if "#" in rest],
    }
    for what, found in odd.items():
        if found:
            message = f"paths that {what}: {len(found)}, first {found[0][:80]!r}; kept as written."
            reading.notes.add(at, message)


def _one(
    reading: Reading, key: Key, node: Any, at: str, item: Mapping[str, Any], item_at: str, seen: set[Key]
) -> Iterator[Found]:
    if key in seen:
        reading.notes.add(at, f"{key[0]} {key[1]} stands twice; the first one is taken.")
        return
    seen.add(key)
    node, at = reading.references.follow(node, at)
    if not isinstance(node, dict):
        reading.notes.add(at, "is no mapping; nothing is known of this operation but its path.")
    yield Found(key, mapping(node), at, item, item_at)


def _methods(item: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any, str]]:
    for key, node in item.items():
        if key.lower() in METHODS:
            yield key.upper(), node, below(at, key)
    more = mapping(item.get("additionalOperations"))
    for key, node in more.items():
        yield key.upper(), node, below(at, "additionalOperations", key)


def listed(found: Found, reading: Reading) -> Listed:
    """An operation as the index shows it."""
    method, path = found.key
    node = found.node
    summary = described(node, "summary", found.at, reading.notes)
    summary = summary or described(found.item, "summary", found.item_at, reading.notes)
    return Listed(
        method=method,
        path=path,
        id=text(node.get("operationId")),
        tags=texts(node.get("tags")),
        summary=summary,
        deprecated=is_true(node.get("deprecated")),
    )
