"""
Follows ``$ref``: inside the document, into other files of the repository and back. Nothing is fetched.

A reference that leads nowhere, out of the repository, to a server or in a circle is a finding, and what it
stands for is empty.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from generator.errors import SpecError
from generator.specs.lenient import Notes, below, mapping, place
from generator.specs.mirror import mirrored
from generator.specs.source import Source

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
_BARE = re.compile(r"[\w.-]+\Z")
MOST_HOPS = 100
HOMES = ("components/schemas", "definitions")


class BrokenError(Exception):
    """A reference leads nowhere; the text says why."""


class References:
    """Every reference of one document."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source, self._notes = source, notes
        self._found: dict[tuple[str, str], tuple[Any, str] | BrokenError] = {}
        self._depth = 0
        self._anchors: dict[str, dict[str, str]] = {}  # file → $anchor → pointer

    def follow(self, node: Any, at: str) -> tuple[Any, str]:
        """What a node stands for, and where that is; ``({}, at)`` and a finding where it leads nowhere."""
        start = at
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            try:
                if at in seen or len(seen) > MOST_HOPS:
                    raise BrokenError("'$ref' leads in a circle")
                seen.add(at)
                node, at = self.target(node["$ref"], at)
            except BrokenError as error:
                self._notes.add(start, f"{error}; nothing is known of what it stands for.")
                return {}, start
        return node, at

    def target(self, ref: str, at: str) -> tuple[Any, str]:
        """One step: what a reference names. Raises BrokenError."""
        file = at.partition("#")[0]
        found = self._found.get((file, ref))
        if found is None:
            self._found[file, ref] = BrokenError(
                f"'$ref' {_short(ref)} leads in a circle"
            )  # while on the way
            found = self._found[file, ref] = self._tried(ref, unquote(file))
        if isinstance(found, BrokenError):
            raise BrokenError(str(found))
        return found

    def elsewhere(self, at: str) -> str | None:
        """The place in another file that a component of the main document is only a reference to."""
        node: Any = self._source.document
        for token in at[2:].split("/"):
            node = mapping(node).get(token.replace("~1", "/").replace("~0", "~"))
        ref = mapping(node).get("$ref")
        if not isinstance(ref, str) or ref.startswith("#") or len(node) != 1 or _SCHEME.match(ref):
            return None
        path, _, fragment = ref.partition("#")
        here = posixpath.dirname(self._source.path)
        return place(posixpath.normpath(posixpath.join(here, unquote(path))), unquote(fragment))

    def _tried(self, ref: str, file: str) -> tuple[Any, str] | BrokenError:
        self._depth += 1
        try:
            return self._look_up(ref, file)
        except BrokenError as error:
            return error
        finally:
            self._depth -= 1

    def _look_up(self, ref: str, file: str) -> tuple[Any, str]:
        if self._depth > MOST_HOPS:
            raise BrokenError(f"'$ref' {_short(ref)} leads through too many others")
        path, _, fragment = ref.partition("#")
        if path in self._identified:
            return self._walk(self._source.document, "", self._identified[path] + unquote(fragment))
        document, name = self._document(path, file, ref)
        first: BrokenError | None = None
        for pointer in self._readings(ref, document, name):
            try:
                return self._walk(document, name, pointer)
            except BrokenError as error:
                first = first or error
        raise first or BrokenError(f"'$ref' {_short(ref)} names nothing")

    @cached_property
    def _identified(self) -> dict[str, str]:
        """Where the named schema with an ``$id`` stands, for ids that are URLs."""
        return {key: at for key, at in _told(self._source.document, "$id") if _SCHEME.match(key)}

    def _document(self, path: str, file: str, ref: str) -> tuple[Any, str]:
        """The document that the first half of a reference names, seen from a file (``""``: the main one)."""
        if _SCHEME.match(path):
            return self._copy(path, ref)
        if not path or _is_bare(ref):
            return (self._source.load(file) if file else self._source.document), file
        here = posixpath.dirname(file or self._source.path)
        wanted = posixpath.normpath(posixpath.join(here, unquote(path)))
        if unquote(path).startswith("/"):
            raise BrokenError(f"'$ref' {_short(ref)} is an absolute path, and leads out of the repository")
        try:
            document = self._source.load(wanted)
        except SpecError as error:
            raise BrokenError(f"'$ref' {_short(ref)} cannot be followed ({error})") from None
        return document, "" if wanted == self._source.path else wanted

    def _copy(self, url: str, ref: str) -> tuple[Any, str]:
        """The copy of a remote document, if one was put beside the main one."""
        copy = mirrored(url)
        wanted = posixpath.join(posixpath.dirname(self._source.path), copy) if copy else ""
        try:
            return self._source.load(wanted), wanted
        except SpecError:
            raise BrokenError(f"'$ref' {_short(ref)} is remote, and nothing is fetched") from None

    def _readings(self, ref: str, document: Any, file: str) -> Iterator[str]:
        """The pointers into a file that a reference may mean, the likeliest first."""
        path, _, fragment = ref.partition("#")
        bare = _is_bare(ref)
        if fragment.startswith("/") or not (fragment or bare):
            yield unquote(fragment)
            if "%" in fragment:
                yield fragment
            if not path and fragment.startswith(tuple(f"/{home}/" for home in HOMES)):
                last = unquote(fragment.rpartition("/")[2])
                yield from (f"/{home}/{last}" for home in HOMES)
        elif bare or _BARE.match(fragment):
            name = ref if bare else fragment
            yield from (f"/{home}/{name}" for home in HOMES)
            if file not in self._anchors:
                self._anchors[file] = dict(_told(document, "$anchor"))
            if name in self._anchors[file]:
                yield self._anchors[file][name]

    def _walk(self, value: Any, file: str, pointer: str) -> tuple[Any, str]:
        at, hops = place(file), 0
        for raw in pointer.split("/")[1:] if pointer else ():
            token = raw.replace("~1", "/").replace("~0", "~")
            while isinstance(value, dict) and token not in value and isinstance(value.get("$ref"), str):
                hops += 1
                if hops > MOST_HOPS:
                    raise BrokenError(f"'$ref' {_short('#' + pointer)} leads in a circle")
                value, at = self.target(value["$ref"], at)
            value, at = _step(value, token, pointer), below(at, token)
        return value, at


def _step(value: Any, token: str, pointer: str) -> Any:
    if isinstance(value, dict) and token in value:
        return value[token]
    if isinstance(value, list) and token.isascii() and token.isdigit() and int(token[:9]) < len(value):
        return value[int(token[:9])]
    raise BrokenError(f"'$ref' {_short('#' + pointer)} names nothing")


def _told(document: Any, keyword: str) -> Iterator[tuple[str, str]]:
    """Every ``$anchor`` or ``$id`` of a named schema, and where that stands."""
    for home in HOMES:
        schemas = document
        for token in home.split("/"):
            schemas = mapping(mapping(schemas).get(token))
        for key, schema in schemas.items():
            told = mapping(schema).get(keyword)
            if isinstance(told, str):
                yield told, below("/" + home, key)


def _is_bare(ref: str) -> bool:
    """Is it a name alone, as some documents write it, and not a file's?"""
    return bool(_BARE.match(ref)) and not ref.lower().endswith((".json", ".yaml", ".yml"))


def _short(ref: str) -> str:
    return repr(ref if len(ref) <= 100 else ref[:97] + "…")
