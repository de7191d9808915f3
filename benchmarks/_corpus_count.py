"""What a raw OpenAPI file holds, counted without the generator: prints one JSON object.

    python benchmarks/_corpus_count.py FILE

In a process of its own: what a parent holds in memory counts as its children's peak.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def counted(document: Any) -> dict[str, Any]:
    """Return version, title, the number of operations, and whether a server says where the service is."""
    said = document.get("paths") or {}
    paths = {path: item for path, item in said.items() if not str(path).startswith("x-")}
    return {
        "version": str(document.get("openapi") or document.get("swagger") or "?"),
        "title": str((document.get("info") or {}).get("title") or "Service"),
        "operations": sum(len(METHODS & _item(document, item).keys()) for item in paths.values()),
        "located": bool(document.get("host")) or any(_absolute(s) for s in document.get("servers") or ()),
    }


def _item(document: Any, item: Any) -> Mapping[str, Any]:
    """Return a path's methods, from where the path points to where it points elsewhere in the document."""
    if not isinstance(item, Mapping):
        return {}
    found: Any = {}
    if str(item.get("$ref", "")).startswith("#/"):
        found = document
        for part in item["$ref"][2:].split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {})
    both = {**found, **item}
    return {key: value for key, value in both.items() if isinstance(value, Mapping)}


def _absolute(server: Any) -> bool:
    return isinstance(server, Mapping) and str(server.get("url")).startswith(("https://", "http://"))


def _read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        return json.loads(text)
    import yaml

    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


if __name__ == "__main__":
    print(json.dumps(counted(_read(Path(sys.argv[1])))))
