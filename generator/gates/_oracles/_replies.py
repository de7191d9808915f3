"""Answers that an operation gets, and the pages of a list among them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.gates._oracles._driving.service import LINK
from generator.gates._oracles._styles import ABSENT
from generator.gates._oracles._translate import Schema

ADDRESS = re.compile(r"https?:|/")
LINKING = re.compile(r"(?:link|url|uri|href|[._]next|nextpage|next_page)\Z")  # names that links have
LONG = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its value where it is JSON, else ABSENT. *schema* is None where none is declared."""

    status: int
    type: str
    content: bytes
    value: Any = ABSENT
    schema: Schema | None = None

    @property
    def wire(self) -> dict[str, Any]:
        """Return what the driver needs of it."""
        return {
            "status": self.status,
            "type": self.type,
            "content": base64.b64encode(self.content).decode(),
        }


def linked(reply: Reply) -> Reply:
    """Make the links to a next page lead somewhere: to the same list."""
    if not isinstance(reply.value, Mapping):
        return reply
    value = _with_links(reply.value)
    return Reply(reply.status, reply.type, json.dumps(value).encode(), value, reply.schema)


def _with_links(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _with_links(inner, f"{key}.{name.lower()}"[-LONG:]) for name, inner in value.items()}
    is_link = isinstance(value, str) and "next" in key and (ADDRESS.match(value) or LINKING.search(key))
    return LINK.decode() if is_link else value


def end(replies: tuple[Reply, ...]) -> Reply | None:
    """Return the page after the last: the first page, its lists empty and without a link."""
    reply = next((reply for reply in replies if reply.value is not ABSENT), None)
    if reply is None:
        return None
    value = _emptied(reply.value)
    return Reply(reply.status, reply.type, json.dumps(value).encode(), value, reply.schema)


def _emptied(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: inner for key, inner in value.items() if "next" not in key.lower()}
        return {key: _emptied(inner) for key, inner in kept.items()}
    return [] if isinstance(value, list) else value
