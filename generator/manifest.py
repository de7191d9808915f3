"""
The manifest: one YAML file, read whole within bounds, or refused with every problem at once.

``load`` never changes anything and never raises anything but ManifestError, whose problems are located,
show the offending text and end with the mend. A text that could be a credential is never shown.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

from generator.errors import ManifestError, Problem
from generator.reading import secrets_lint
from generator.reading.bounds import BOUNDS
from generator.reading.entry_checks import (
    HIDDEN,
    Catalog,
    EntryChecks,
    hidden,
    pin_mistake,
    spec_mistake,
)
from generator.reading.entry_names import name_fault, name_mistakes
from generator.reading.manifest_problems import all_problems, told_of, within
from generator.reading.mistakes import Mistake
from generator.reading.schema import Schema
from generator.reading.source import Source, read
from generator.reading.yaml_recover import Parsed, parse, without_collector
from generator.specs.pins import Pin, file_of, pin_of

__all__ = ["MANIFEST", "Catalog", "Entry", "Manifest", "entry_of", "load", "raw_digest"]

MANIFEST = "integrations.yaml"
DEFAULT_TIMEOUT = "30s"


@dataclass(frozen=True, slots=True)
class Entry:
    """One integration as the manifest has it: plain JSON data, dates as ISO text, missing keys filled in."""

    name: str
    service: str
    type: str | None = None
    description: str = ""
    requirements: dict[str, Any] = field(default_factory=dict)
    environments: dict[str, dict[str, Any]] = field(default_factory=dict)
    spec: str | None = None
    methods: dict[str, Any] = field(default_factory=dict)  # words, or description, parameters and returns
    budget_usd: float | None = None
    owner: str = ""
    tags: tuple[str, ...] = ()
    moved_from: str | None = None
    disabled: bool = False
    digest: str = ""  # ``raw_digest`` of what was written
    pin: Pin | None = None  # where the document was downloaded from

    @property
    def module(self) -> str:
        """The name of the package and of its folder."""
        return self.name.replace("-", "_")

    @property
    def written(self) -> dict[str, Any]:
        """The entry as JSON data, under the manifest's keys."""
        return {key: getattr(self, key) for key in _KEYS} | {"tags": list(self.tags)}


_KEYS = tuple(key.name for key in fields(Entry) if key.name not in ("digest", "pin"))


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole manifest, its entries in the order of the file."""

    path: str
    entries: tuple[Entry, ...]
    answers: str = "offline"
    timeout: str = DEFAULT_TIMEOUT
    fail_under: int = 0
    defaults: dict[str, Any] = field(default_factory=dict)


def load(
    root: Path, catalog: Catalog, *, known: Container[str] = (), documents_moved: bool = False
) -> Manifest:
    """
    Read ``integrations.yaml`` below *root*.

    ``known`` holds digests of raw entries that the same generator has found valid before; they are not
    validated again, but for those that name documents or files, where *documents_moved*. What concerns
    several entries or the file system is always checked.

    Raises:
        ManifestError: with every problem; nothing can be used.
    """
    with without_collector():
        return _load(root, catalog, known, documents_moved)


def _load(root: Path, catalog: Catalog, known: Container[str], documents_moved: bool) -> Manifest:
    source = read(root / MANIFEST)
    parsed = parse(source.text, source.name)
    digests = [raw_digest(entry) for entry in parsed.entries]
    again = {n for n, entry in enumerate(parsed.entries) if documents_moved and _reads(catalog, entry)}
    fresh = [
        n for n, sha in enumerate(digests) if (n in again or sha not in known) and n not in parsed.doubtful
    ]
    checks = EntryChecks(catalog, defaults={"timeout": _timeout(parsed.data)})
    mistakes = list(islice(_mistakes(parsed, source, root, checks, fresh), BOUNDS.problems))
    leaks = secrets_lint.leaks(source.text)
    if mistakes or leaks or source.problems or parsed.problems:
        raise ManifestError(all_problems(source, parsed, mistakes, leaks))
    return _manifest(source.name, parsed, digests)


def _reads(catalog: Catalog, entry: Any) -> bool:
    return isinstance(entry, dict) and catalog.reads_files(entry)


def entry_of(raw: Mapping[str, Any], catalog: Catalog) -> Entry:
    """
    One entry from plain data, held to the same rules as a manifest's.

    Raises:
        ManifestError: its problems name the entry instead of a file, and stand at 1:1.
    """
    data = _plain(raw)
    mistakes = EntryChecks(catalog).check(data)
    mistakes += [Mistake(("name",), fault, shown=True)] if (fault := name_fault(data.get("name"))) else []
    text = json.dumps(data, ensure_ascii=False)
    for leak in secrets_lint.leaks(text):
        message = f"holds {leak.what}. Put it in an environment variable."
        mistakes.append(Mistake((), message, verb=True))
    if mistakes:
        raise ManifestError(told_of(data, mistakes))
    return _entry(data, raw_digest(data))


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same as JSON data: tuples become lists, dates and keys text."""
    try:
        data: dict[str, Any] = json.loads(json.dumps(dict(raw), default=_as_text, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        message = f"is not plain data: {error}. Use dict, list, str, int, float, bool and None."
        raise ManifestError([Problem(str(raw.get("name", "entry"))[:64], 1, 1, message)]) from None
    return data


def _as_text(value: Any) -> str:
    if isinstance(value, datetime.date | PurePath):
        return str(value) if isinstance(value, PurePath) else value.isoformat()
    raise TypeError(f"{type(value).__name__} {str(value)[:40]!r}")


def raw_digest(raw: Any) -> str:
    """sha256 of one entry as written; the order of keys, comments and quoting do not matter."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _mistakes(
    parsed: Parsed, source: Source, root: Path, checks: EntryChecks, fresh: Iterable[int]
) -> Iterator[Mistake]:
    yield from _outside(parsed, checks)
    yield from name_mistakes(parsed.entries, parsed.lines)
    fresh = list(fresh)
    for index in fresh:
        yield from (within(mistake, index) for mistake in checks.check(parsed.entries[index]))
    yield from _spec_mistakes(parsed, root, frozenset(fresh))
    if _may_hide(source.text):
        yield from hidden(parsed.data)


def _spec_mistakes(parsed: Parsed, root: Path, fresh: Container[int]) -> Iterator[Mistake]:
    """Documents that are not there; of those to look at, also such that are not what they were."""
    for index, entry in enumerate(parsed.entries):
        if isinstance(entry, dict) and "spec" in entry:
            mistake = spec_mistake(entry["spec"], root)
            if mistake is None and index in fresh:
                mistake = pin_mistake(entry, root)
            if mistake is not None:
                yield within(mistake, index)


def _outside(parsed: Parsed, checks: EntryChecks) -> Iterator[Mistake]:
    """Everything but the entries: the version, defaults and whether there is a list at all."""
    if not parsed.data and parsed.problems:
        return
    schema = {
        **checks.schema,
        "properties": {**checks.schema["properties"], "integrations": {"type": "array"}},
    }
    told = Schema(schema).mistakes(parsed.data, ())
    if not parsed.complete:  # what is missing may stand behind the syntax error
        told = [mistake for mistake in told if mistake.pointer]
    yield from told


def _may_hide(text: str) -> bool:
    if not text.isascii() and HIDDEN.search(text):
        return True
    return any(escape in text for escape in ("\\u", "\\U", "\\x"))


def _manifest(name: str, parsed: Parsed, digests: list[str]) -> Manifest:
    defaults = parsed.data.get("defaults", {})
    return Manifest(
        path=name,
        entries=tuple(map(_entry, parsed.entries, digests)),
        answers=defaults.get("answers", "offline"),
        timeout=_timeout(parsed.data),
        fail_under=parsed.data.get("fail_under", 0),
        defaults=defaults,
    )


def _timeout(data: Mapping[str, Any]) -> str:
    defaults = data.get("defaults")
    timeout = defaults.get("timeout") if isinstance(defaults, dict) else None
    if isinstance(timeout, int | float):
        return f"{timeout:g}s"
    return timeout if isinstance(timeout, str) else DEFAULT_TIMEOUT


def _entry(raw: dict[str, Any], digest: str) -> Entry:
    spec = raw.get("spec")
    read = {**raw, "tags": tuple(raw.get("tags", ())), "spec": file_of(spec), "pin": pin_of(spec)}
    return Entry(**read, digest=digest)
