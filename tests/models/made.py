"""Models and requests of tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from generator.subtasks.exchange import Model, Request, Tier

TITLE = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
KEY = "sk-scripted-0123456789abcdef"  # the form of a key, and nobody's


def model(**facts: Any) -> Model:
    """Return a model at two dollars for a million tokens read, and ten written."""
    usual: dict[str, Any] = {
        "provider": "acme",
        "name": "acme/small",
        "route": "openai/small",
        "tier": Tier.CHEAP,
        "input_price": Decimal(2),
        "output_price": Decimal(10),
        "cached_price": Decimal("0.5"),
        "context": 100_000,
        "json_mode": "schema",
        "base_url": "https://llm.acme.example/v1",
        "secret": "ACME_API_KEY",
    }
    return Model(**(usual | facts))


def request(**facts: Any) -> Request:
    """Return a small request for JSON data."""
    usual: dict[str, Any] = {
        "messages": (("system", "You answer in json."), ("user", "Name the billing service.")),
        "contract": "c0ffee",
        "schema": TITLE,
        "max_tokens": 200,
        "timeout": 5.0,
    }
    return Request(**(usual | facts))
