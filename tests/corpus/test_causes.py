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
    return draft(entries, Workshop(root / "stage", CHECKOUT, root=root))[0]


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
