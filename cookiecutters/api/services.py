"""What is publicly known of well-known services, read from services.yaml when an entry leaves it out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_SIGNS = re.compile(r"[\W_]+")


def known(service: str) -> Mapping[str, Any]:
    """Base URL and auth of *service*; empty when nothing is known of it."""
    return _table().get(_squeeze(service), {})


@cache
def _table() -> dict[str, Mapping[str, Any]]:
    import yaml

    listed = yaml.load(Path(__file__).with_name("services.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return {_squeeze(name): facts for name, facts in listed["services"].items() if facts}


def _squeeze(text: str) -> str:
    return _SIGNS.sub("", text.casefold())
