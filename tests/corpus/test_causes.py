"""What real documents hold that once stopped an adapter, one small document for each cause."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator import manifest, patterns
from generator.build import Workshop, draft
from generator.lock import Lock
from generator.package import Rendered
from generator.resolve import resolve
from generator.verify import replayed

CHECKOUT = Path(__file__).resolve().parents[2]


def rendered(root: Path, document: Mapping[str, Any]) -> tuple[Rendered, Lock]:
    """Render the adapter of a whole document, in a repository of its own."""
    info = {"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}}
    servers = {"servers": [{"url": "https://api.shop.example"}]}
    (root / "shop.json").write_text(json.dumps({**info, **servers, **document}))
    entry = {"name": "shop", "service": "Shop", "type": "api", "spec": "shop.json", "requirements": {}}
    (root / "integrations.yaml").write_text(json.dumps({"version": 1, "integrations": [entry]}))
    catalog = patterns.catalog(root)
    entries = resolve(manifest.load(root, catalog), catalog)
    answers = {entry.name: replayed(root, entry, None) for entry in entries}
    return draft(entries, Workshop(root / "stage", CHECKOUT, root=root), answers)[0]


def text(package: Rendered, ending: str) -> str:
    """Return the file whose name ends so."""
    return next(data for path, data in package.files.items() if path.endswith(ending)).decode()


def operation(**more: Any) -> dict[str, Any]:
    """Return an operation that answers nothing in particular."""
    return {"responses": {"204": {"description": "Done."}}, **more}


def test_two_keys_that_are_sent_together_are_two_secrets(tmp_path: Path) -> None:
    schemes = {
        name: {"type": "apiKey", "in": "header", "name": f"X-{name}"} for name in ("Key", "Application")
    }
    package, _ = rendered(
        tmp_path,
        {
            "components": {"securitySchemes": schemes},
            "security": [{"Key": [], "Application": []}],
            "paths": {"/things": {"get": operation()}},
        },
    )
    document = text(package, "_INTEGRATION.md")
    assert document.count("Every request carries the key of") == 2
    assert "Set SHOP_X_APPLICATION and SHOP_API_KEY in the environment" in document


def answers(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer with JSON."""
    return {"description": "It worked.", "content": {"application/json": {"schema": schema}}}


def test_an_answer_that_carries_nothing_is_none_whatever_content_it_declares(tmp_path: Path) -> None:
    thing = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    either = {"200": answers(thing), "204": answers(thing)}
    paths = {
        "/things": {"post": {"operationId": "make", "responses": either}},
        "/others": {"delete": {"operationId": "clear", "responses": {"204": answers(thing)}}},
    }
    package, _ = rendered(tmp_path, {"paths": paths})
    adapter = text(package, "shop_adapter.py")
    assert "def make(self, *, timeout: float | None = None) -> MakeResult | None:" in adapter
    assert "def clear(self, *, timeout: float | None = None) -> None:" in adapter


def test_a_download_in_one_of_several_kinds_asks_for_any_of_them(tmp_path: Path) -> None:
    kinds = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/png", "image/gif")}
    responses = {"200": {"description": "A picture.", "content": kinds}}
    package, _ = rendered(tmp_path, {"paths": {"/picture": {"get": {"responses": responses}}}})
    assert 'accept="image/gif, image/png"' in text(package, "shop_adapter.py")


def test_operations_without_tags_and_without_a_common_path_stay_in_one_class(tmp_path: Path) -> None:
    paths = {f"/send{word}": {"post": operation()} for word in map("Kind{}".format, range(80))}
    _, lock = rendered(tmp_path, {"paths": paths})
    assert len(lock.operations) == 80
    assert not any("." in name for name in lock.operations.values())
