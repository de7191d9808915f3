"""
The manifest in its one form: the modeline first, entries sorted by name and their keys in one order, steps of
two spaces, one space behind a colon; quotes and wrapped text as they were written.

Whole lines move, so every comment survives: one above an entry or a key or inside it moves with it; what
stands above the first key, or first below ``integrations`` with an empty line behind it, stays; so does what
ends the file. Inside a slice that is out of form ruamel.yaml sets the spaces. The result is used only if it
holds the same data and the same comments as before.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from generator.errors import ManifestError
from generator.manifest import MANIFEST, raw_digest
from generator.patterns import catalog
from generator.reading.arrange import arranged
from generator.reading.editor_schema import refresh
from generator.reading.layout import Layout, survey
from generator.reading.schema import SCHEMA_FILE
from generator.reading.source import read
from generator.reading.yaml_recover import parse, without_collector
from generator.writing.writer import single_writer

MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"
_IS_MODELINE = re.compile(r"#\s*yaml-language-server:")
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")


def format_manifest(root: Path, *, write: bool = True) -> bool:
    """Format ``integrations.yaml`` below *root*, refresh the schema it names; says if that changes anything.

    Raises:
        ManifestError: the file cannot be read as YAML.
        BusyError: another run is at work, and this one would write.
    """
    with single_writer(root) if write else nullcontext():
        return _format_manifest(root, (root / MANIFEST).resolve(), write=write)


def _format_manifest(root: Path, path: Path, *, write: bool) -> bool:
    source = read(path)
    if source.problems:
        raise ManifestError(source.problems)
    formatted = format_text(source.text)
    changed = formatted.encode() != path.read_bytes()
    if changed and write:
        _replace(path, formatted.encode())
    if SCHEMA_FILE not in formatted.partition("\n")[0]:
        return changed
    return refresh(root, catalog(root), write=write) or changed


def format_text(text: str) -> str:
    """The same manifest, formatted; formatting again changes nothing.

    Raises:
        ManifestError: the text cannot be read as YAML.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    with without_collector():
        parsed = parse(text, MANIFEST)
        if parsed.problems:
            raise ManifestError(parsed.problems)
        return _format(text, parsed.data)


def _format(text: str, data: dict[str, Any]) -> str:
    layout = survey(text)
    if layout.plain and not _OTHER_BREAKS.search(text):
        names = [_sort_key(entry) for entry in data.get("integrations") or ()]
        for order in (sorted(range(len(names)), key=names.__getitem__), range(len(names))):
            candidate = "\n".join(_with_modeline(arranged(layout, order))) + "\n"
            if candidate == text or _same(layout, data, candidate):
                return candidate
    return "\n".join(_with_modeline(text.split("\n")))


def _sort_key(entry: Any) -> tuple[bool, str]:
    name = entry.get("name") if isinstance(entry, dict) else None
    return (False, name) if isinstance(name, str) else (True, "")


def _with_modeline(lines: list[str]) -> list[str]:
    at = next((i for i, line in enumerate(lines) if _IS_MODELINE.match(line)), None)
    if at is None:
        return [MODELINE, *lines]
    return [lines[at], *lines[:at], *lines[at + 1 :]]


def _same(before: Layout, data: dict[str, Any], candidate: str) -> bool:
    """Does the candidate hold the same entries, in whatever order, the same rest and the same comments?"""
    parsed = parse(candidate, MANIFEST)
    if parsed.problems or _sum(parsed.data) != _sum(data):
        return False
    old, new = Counter(before.comments), Counter(survey(candidate).comments)
    return not old - new and new - old in (Counter(), Counter([MODELINE]))


def _sum(data: dict[str, Any]) -> tuple[str, Any]:
    entries = data.get("integrations")
    rest = {key: value for key, value in data.items() if key != "integrations"}
    return raw_digest(rest), Counter(map(raw_digest, entries)) if isinstance(entries, list) else entries


def _replace(path: Path, data: bytes) -> None:
    """In one step, so that a crash leaves the old file or the new one."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(draft, path.stat().st_mode)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
