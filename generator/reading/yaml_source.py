"""
A bounded YAML 1.1 reader: text in; plain JSON data, located problems and, when asked, positions out.

It reads libyaml's events itself instead of building PyYAML's node tree: 10,000 entries cost 0.8 s and 90 MB
instead of 3 s and 390 MB, and what precedes a syntax error is not lost. Scalars mean exactly what PyYAML's
safe loader says they mean (``818307e00`` is text, ``012`` is ten, ``no`` is false), with three changes that
keep the data JSON: keys are the text that was written, dates become ISO 8601 text, and numbers that JSON
does not know are problems. Nothing is ever constructed but dict, list, str, int, float, bool and None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from generator.errors import Problem
from generator.reading.bounds import BOUNDS, Bounds
from generator.reading.positions import Place, Positions, place
from generator.reading.yaml_faults import Faults
from generator.reading.yaml_reasons import explain
from generator.reading.yaml_scalars import TAG, ScalarError, Scalars, short

_CONTAINER_TAGS = {TAG + "map", TAG + "seq"}
# Compared by class in the innermost loops; as Any, since events are Any here.
_MAPPING_END: Any = MappingEndEvent
_SEQUENCE_END: Any = SequenceEndEvent
_SCALAR: Any = ScalarEvent


class Reader:
    """One pass over one text. ``data`` holds what was read, also after ``Stopped``."""

    def __init__(
        self,
        text: str,
        name: str,
        *,
        first_line: int = 1,
        first_entry: int = 0,
        bounds: Bounds = BOUNDS,
        positions: Positions | None = None,
    ) -> None:
        self.data: dict[str, Any] = {}
        self.entries: list[Any] = []
        self.entry_lines: list[int] = []
        self.aliases = 0
        self._faults = Faults(name, first_line, bounds.problems)
        self.problems: list[Problem] = self._faults.problems
        self._first_line, self._first_entry, self._bounds = first_line, first_entry, bounds
        self._recorder = self._positions = positions
        self._text = text
        self._next: Callable[[], Any] = _parser(text).get_event
        self._scalars = Scalars()
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._aliased = self._end = 0
        self._limit, self._entry_mark = bounds.entry, None

    def manifest(self) -> None:
        """Read a whole file: one mapping; the list under ``integrations`` also becomes ``entries``."""
        self._guarded(self._manifest)

    def rest(self) -> None:
        """Read a text that holds the remaining entries of a list."""
        self._guarded(self._rest)

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except yaml.YAMLError as error:
            mark, message = explain(error, self._text)
            self._faults.stop(mark, message)

    def _manifest(self) -> None:
        event = self._document()
        if isinstance(event, StreamEndEvent):
            self._faults.add(None, "the manifest is empty. Start it with 'version: 1'.")
        elif not isinstance(event, MappingStartEvent):
            self._faults.add(event.start_mark, "the manifest must be a mapping. Start it with 'version: 1'.")
        else:
            self._mapping(self.data, 0)
            self._only_one()

    def _rest(self) -> None:
        event = self._document()
        if isinstance(event, SequenceStartEvent):
            self._entries(1)
            self._only_one()

    # -- structure

    def _document(self) -> Any:
        self._next()  # the stream starts
        event = self._next()
        return event if isinstance(event, StreamEndEvent) else self._next()

    def _only_one(self) -> None:
        self._next()  # the document ends
        event = self._next()
        if not isinstance(event, StreamEndEvent):
            self._faults.add(event.start_mark, "a second document starts here. Keep one, without '---'.")

    def _node(self, event: Any, depth: int) -> Any:
        kind = event.__class__
        if kind is AliasEvent:
            return self._alias(event)
        if event.anchor is not None:
            return self._anchored(event, depth)
        return self._scalar(event) if kind is _SCALAR else self._container(event, depth)

    def _container(self, event: Any, depth: int) -> Any:
        if depth >= self._bounds.depth:
            self._faults.stop(event.start_mark, f"nested over {self._bounds.depth} levels deep. Flatten it.")
        if not event.implicit and event.tag not in _CONTAINER_TAGS:
            self._faults.tag(event)
        if event.__class__ is MappingStartEvent:
            return self._mapping({}, depth)
        return self._sequence([], depth)

    def _sequence(self, into: list[Any], depth: int) -> list[Any]:
        places = self._places(into)
        event = self._next()
        while event.__class__ is not _SEQUENCE_END:
            if event.start_mark.index > self._limit:
                self._too_large(event)
            if places is not None:
                places[len(into)] = place(event, event, self._first_line)
            into.append(self._node(event, depth + 1))
            event = self._next()
        self._end = event.end_mark.index
        return into

    def _entries(self, depth: int) -> list[Any]:
        """The list of integrations: like any list, but each item is bounded and its line is kept."""
        places = self._places(self.entries)
        event = self._next()
        while event.__class__ is not _SEQUENCE_END:
            start, before = event.start_mark, self._aliased
            if places is not None:
                places[len(self.entries)] = place(event, event, self._first_line)
            self.entry_lines.append(start.line + self._first_line)
            self._end = event.end_mark.index
            self._limit, self._entry_mark = start.index + self._bounds.entry, start
            self._record_entry(self._first_entry + len(self.entries))
            entry = self._node(event, depth + 1)
            self._positions = self._recorder
            if self._end - start.index + self._aliased - before > self._bounds.entry:
                self._too_large(event)
            self.entries.append(entry)
            self._limit, self._entry_mark = self._end + self._bounds.entry, None
            event = self._next()
        self._end = event.end_mark.index
        return self.entries

    def _mapping(self, into: dict[str, Any], depth: int) -> dict[str, Any]:
        places = self._places(into)
        merged: list[tuple[Any, Any]] = []
        event = self._next()
        while event.__class__ is not _MAPPING_END:
            if event.start_mark.index > self._limit:
                self._too_large(event)
            key = self._key(event, depth)
            value = self._next()
            if key is None or key in into or (key == "<<" and merged):
                self._duplicate(event, key, value, depth)
            elif key == "<<" and event.implicit[0]:
                merged.append((value, self._node(value, depth + 1)))
            else:
                if places is not None:
                    places[key] = place(event, value, self._first_line)
                self._enter(into, key, value, depth)
            event = self._next()
        self._end = event.end_mark.index
        if merged:
            self._merge(into, merged)
        return into

    def _enter(self, into: dict[str, Any], key: str, value: Any, depth: int) -> None:
        if depth == 0 and key == "integrations" and value.__class__ is SequenceStartEvent:
            into[key] = self.entries
            self._entries(depth + 1)
        else:
            into[key] = self._node(value, depth + 1)

    def _too_large(self, event: Any) -> NoReturn:
        what = f"this is over {self._bounds.entry} characters for one entry. Use a spec file."
        self._faults.stop(self._entry_mark or event.start_mark, what)

    def _record_entry(self, index: int) -> None:
        wanted = self._recorder.entries if self._recorder is not None else None
        if wanted is not None and index not in wanted:
            self._positions = None

    def _places(self, container: Any) -> dict[Any, Place] | None:
        return None if self._positions is None else self._positions.open(container)

    # -- keys

    def _key(self, event: Any, depth: int) -> str | None:
        """A key is the text that was written: ``on``, ``410`` and ``null`` are just names."""
        if event.__class__ is not _SCALAR:
            self._faults.add(event.start_mark, "a key must be plain text. Write a word before the colon.")
            self._node(event, depth + 1)
            return None
        if event.anchor is not None or event.tag is not None:
            self._node(event, depth + 1)
        key: str = event.value
        return key

    def _duplicate(self, event: Any, key: str | None, value: Any, depth: int) -> None:
        if key is not None:
            self._faults.add(event.start_mark, f"'{short(key)}' stands twice in this mapping. Keep one.")
        self._node(value, depth + 1)

    def _merge(self, into: dict[str, Any], merged: list[tuple[Any, Any]]) -> None:
        """``<<``: keys of the merged mappings come first, the mapping's own win, as in YAML 1.1."""
        own, combined = dict(into), {}
        for event, value in reversed(merged):
            for source in reversed(value if isinstance(value, list) else [value]):
                if not isinstance(source, dict):
                    self._faults.add(event.start_mark, "'<<' merges mappings only. Name a mapping's anchor.")
                    continue
                combined.update(source)
                if self._positions is not None:
                    self._positions.inherit(into, source)
        into.clear()
        into.update({**combined, **own})

    # -- anchors

    def _anchored(self, event: Any, depth: int) -> Any:
        if event.anchor in self._anchors:
            self._faults.add(event.start_mark, f"the anchor &{short(event.anchor)} stands twice. Rename one.")
        start, before = event.start_mark.index, self._aliased
        self._anchors[event.anchor] = None  # until its value is complete, it cannot be named
        if event.__class__ is _SCALAR:
            value, self._end = self._scalar(event), event.end_mark.index
        else:
            value = self._container(event, depth)
        self._anchors[event.anchor] = (value, self._end - start + self._aliased - before)
        return value

    def _alias(self, event: Any) -> Any:
        name = short(event.anchor)
        if event.anchor not in self._anchors:
            self._faults.add(event.start_mark, f"*{name} names no anchor. Define it above with &{name}.")
            return None
        found = self._anchors[event.anchor]
        if found is None:
            self._faults.stop(event.start_mark, f"*{name} stands inside its own anchor. Write the value out.")
        value, size = found
        self.aliases += 1
        self._aliased += size
        if self._aliased > self._bounds.aliased or self.aliases > self._bounds.aliases:
            message = f"aliases blow this file up, here *{name}. Write the values out."
            self._faults.stop(event.start_mark, message)
        self._end = event.end_mark.index
        return value

    # -- scalars

    def _scalar(self, event: Any) -> Any:
        if event.implicit[0]:
            try:
                return self._scalars.plain(event.value)
            except ScalarError as error:
                self._faults.add(event.start_mark, str(error))
                return event.value
        return event.value if event.tag is None or event.tag == "!" else self._tagged(event)

    def _tagged(self, event: Any) -> Any:
        if not self._scalars.knows(event.tag):
            self._faults.tag(event)
            return event.value
        try:
            return self._scalars.tagged(event.value, event.tag)
        except ScalarError as error:
            self._faults.add(event.start_mark, str(error))
            return event.value


def _parser(text: str) -> Any:
    """libyaml's parser; where PyYAML was built without it, the same events come slower."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
