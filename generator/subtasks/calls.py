"""What models said, each reply under a key of everything that decided it: nothing is ever paid twice.

A reply is safe on the disk (``.jackfield/calls/<key>.json``) before anything else looks at it, so a crash
between the answer and its use costs nothing. Keys, time-outs, addresses, dates and the library's version are
not in the key: none of them changes what was asked.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from generator.errors import TreeError
from generator.subtasks.exchange import Model, Reply, Request, Tokens
from generator.writing import disk
from generator.writing.workspace import FOLDER, prepare

CALLS = "calls"
MAX_BYTES = 8_000_000


def digest(value: Any) -> str:
    """Return the sha256 of JSON data."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def parts(model: Model, request: Request, sampling: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides a reply, long texts by their digest."""
    return {
        "model": model.name,
        "messages": digest([list(message) for message in request.messages]),
        "sampling": dict(sampling),
        "schema": digest(request.schema),
        "contract": request.contract,
        "sample": request.sample,
        "parent": request.parent,
    }


@dataclass
class Calls:
    """The replies of a repository, or without a *root* of this process. Safe to share between threads."""

    root: Path | None
    _known: dict[str, Reply] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def find(self, key: str) -> Reply | None:
        """Return the reply under *key*; a damaged one is as good as none."""
        with self._lock:
            known = self._known.get(key)
        found = known if known or not self.root else _loads(_read(self.root, key), key)
        return replace(found, replayed=True) if found else None

    def keep(self, reply: Reply, asked: Mapping[str, Any]) -> None:
        """Make a reply safe; *asked* are the ``parts`` that its key was made of."""
        if self.root:
            _write(self.root, reply, asked)
        with self._lock:
            self._known[reply.key] = reply


def place(root: Path, key: str) -> Path:
    """Return where the reply under *key* is kept."""
    return root / FOLDER / CALLS / f"{key}.json"


def _read(root: Path, key: str) -> bytes:
    try:
        return disk.read(place(root, key)) or b""
    except TreeError:  # a link or a folder stands there
        return b""


def _write(root: Path, reply: Reply, asked: Mapping[str, Any]) -> None:
    try:
        folder = Path(prepare(root)) / CALLS
        folder.mkdir(exist_ok=True)
        for known in (folder.parent, folder):
            disk.plain_folder(known)  # nothing is written through a link
        _put(folder, place(root, reply.key), _dumps(reply, asked))
    except OSError as error:
        raise TreeError(f"a model's reply cannot be kept in {FOLDER}/{CALLS}: {error.strerror}") from error


def _put(folder: Path, target: Path, data: bytes) -> None:
    """Put a whole file in place, safe on the disk when this returns."""
    writer = disk.Disk()
    staged = folder / f".{target.stem}.{secrets.token_hex(4)}"
    try:
        writer.write(staged, data)
        writer.replace(staged, target)
    finally:
        staged.unlink(missing_ok=True)
    writer.sync(folder)


def _dumps(reply: Reply, asked: Mapping[str, Any]) -> bytes:
    told = _facts(reply)
    return (json.dumps({**told, "asked": dict(asked), "sha": digest(told)}, indent=1) + "\n").encode("ascii")


def _facts(reply: Reply) -> dict[str, Any]:
    return {
        "key": reply.key,
        "model": reply.model,
        "text": reply.text,
        "finish": reply.finish,
        "tokens": [reply.tokens.prompt, reply.tokens.completion, reply.tokens.cached],
        "cost": str(reply.cost),
    }


def _loads(data: bytes, key: str) -> Reply | None:
    """Return the reply in a file, None where it is not the whole one that was written under *key*."""
    if not data or len(data) > MAX_BYTES:
        return None
    try:
        told = json.loads(data)
        prompt, completion, cached = told["tokens"]
        tokens = Tokens(int(prompt), int(completion), int(cached))
        cost = Decimal(told["cost"])
        made = Reply(told["key"], told["model"], told["text"], told["finish"], tokens, cost)
        return made if made.key == key and told["sha"] == digest(_facts(made)) else None
    except (ValueError, KeyError, TypeError, RecursionError, InvalidOperation):
        return None
