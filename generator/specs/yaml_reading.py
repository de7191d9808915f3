"""
A YAML document as plain JSON data, within bounds.

libyaml's events are read one by one, without recursion and without building objects: nesting, the number of
nodes and what aliases would expand to are counted before anything is paid for. Keys are the text that was
written, so ``200:`` is ``"200"``. Where ``type: string`` stands beside values that YAML reads as numbers or
truth values, those are taken as written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from generator.errors import SpecError
from generator.reading.yaml_reasons import explain
from generator.specs.bounds import BOUNDS, Bounds
from generator.specs.yaml_scalars import KNOWN, TAG, plain, tagged

_AS_WRITTEN = frozenset({"enum", "default", "const", "example"})
_WEIGHT = 64  # characters of text that count as much as one node


@dataclass(slots=True)
class _Frame:
    """One open container: what it holds so far, and which key comes next."""

    into: Any
    key: str | None = None
    anchor: str | None = None
    start: int = 0  # the weight read before it
    merges: list[Any] = field(default_factory=list)
    written: dict[str, Any] = field(default_factory=dict)  # values of _AS_WRITTEN keys as text
    texts: list[Any] | None = None  # of a list under such a key


class YamlReader:
    """One pass over one text; ``notes`` holds what was mended as (pointer, message)."""

    def __init__(self, text: str, name: str, bounds: Bounds = BOUNDS) -> None:
        self.notes: list[tuple[str, str]] = []
        self._name, self._text, self._bounds = name, text, bounds
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._weight = self._aliased = 0
        self._value: Any = None
        self._scalars: dict[str, Any] = {}

    def read(self) -> Any:
        """The document's value. Raises SpecError with file and line."""
        parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self._text)
        try:
            self._events(parser.get_event)
        except yaml.YAMLError as error:
            mark, message = explain(error, self._text)
            self._refuse(mark, message)
        return self._value

    def _events(self, get: Any) -> None:
        handlers = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close_mapping,
            SequenceEndEvent: self._close_list,
        }
        documents = 0
        while True:
            event = get()
            handle = handlers.get(event.__class__)
            if handle is not None:
                handle(event)
            elif event.__class__ is StreamEndEvent:
                return
            elif event.__class__ is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.notes.append(("", "a second document follows '---'; only the first one is read."))
                    return

    # -- nodes

    def _scalar(self, event: Any) -> None:
        text = event.value
        self._weigh(event, 1 + len(text) // _WEIGHT)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and frame.into.__class__ is dict:
            self._key(frame, event)
            return
        value = self._typed(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1 + len(text) // _WEIGHT)
        self._add(value, text if value is not None else None)

    def _typed(self, event: Any) -> Any:
        text = event.value
        if event.implicit[0]:
            try:
                return self._scalars[text]
            except KeyError:
                value = self._scalars[text] = plain(text)
                return value
        if event.tag is None or event.tag == "!":
            return text
        self._check_tag(event)
        return tagged(text, event.tag)

    def _open(self, event: Any) -> None:
        self._weigh(event, 1)
        if len(self._stack) >= self._bounds.depth:
            deep = f"nested over {self._bounds.depth} levels deep. Flatten the document."
            self._refuse(event.start_mark, deep)
        if not event.implicit and event.tag:
            self._check_tag(event)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and frame.into.__class__ is dict:
            self._refuse(event.start_mark, "a key must be plain text. Write a word before the colon.")
        into: Any = {} if event.__class__ is MappingStartEvent else []
        opened = _Frame(into, anchor=event.anchor, start=self._weight + self._aliased)
        if frame is not None and frame.key in _AS_WRITTEN and into.__class__ is list:
            opened.texts = []
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(opened)

    def _close_list(self, event: Any) -> None:
        frame = self._stack.pop()
        self._closed(frame, frame.texts)

    def _close_mapping(self, event: Any) -> None:
        frame = self._stack.pop()
        into = frame.into
        if frame.merges:
            own = dict(into)
            into.clear()
            for source in reversed(frame.merges):
                into.update(source)
            into.update(own)
        if frame.written and _is_text(into.get("type")):
            into.update(frame.written)
        self._closed(frame, None)

    def _closed(self, frame: _Frame, texts: Any) -> None:
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.into, self._weight + self._aliased - frame.start + 1)
        self._add(frame.into, texts)

    def _alias(self, event: Any) -> None:
        found = self._anchors.get(event.anchor)
        if event.anchor not in self._anchors:
            self._refuse(event.start_mark, "an alias names no anchor. Define the anchor above it.")
        if found is None:
            self._refuse(event.start_mark, "an alias stands inside its own anchor. Write the value out.")
        value, weight = found
        self._aliased += weight
        if self._aliased > self._bounds.aliased:
            self._refuse(event.start_mark, "aliases blow this document up. Write the values out.")
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and frame.into.__class__ is dict:
            if not isinstance(value, str):
                self._refuse(event.start_mark, "a key must be plain text. Write a word before the colon.")
            frame.key = value
        else:
            self._add(value, None)

    def _add(self, value: Any, text: Any) -> None:
        if not self._stack:
            self._value = value
            return
        frame = self._stack[-1]
        if frame.into.__class__ is list:
            frame.into.append(value)
            if frame.texts is not None:
                frame.texts.append(text if isinstance(text, str) else value)
            return
        key = frame.key
        frame.key = None
        if key is _MERGE:
            self._merge(frame, value)
        elif key is not None:
            if key in frame.into:
                value = self._twice(frame.into[key], value, key)
            frame.into[key] = value
            if key in _AS_WRITTEN and text is not None:
                frame.written[key] = text

    # -- keys

    def _key(self, frame: _Frame, event: Any) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = (event.value, 1)
        frame.key = _MERGE if event.value == "<<" and event.implicit[0] else event.value

    def _merge(self, frame: _Frame, value: Any) -> None:
        sources = value if isinstance(value, list) else [value]
        frame.merges += [source for source in sources if isinstance(source, dict)]
        if not all(isinstance(source, dict) for source in sources):
            self._note("'<<' merges mappings only; the rest is passed over.")

    def _twice(self, before: Any, value: Any, key: str) -> Any:
        """Two mappings under one key are taken together, so that no operation is lost."""
        both = isinstance(before, dict) and isinstance(value, dict)
        taken = "both are taken together" if both else "the last one is taken"
        self._note(f"the key stands twice; {taken}.", key)
        return {**before, **value} if both else value

    def _note(self, message: str, *keys: str) -> None:
        if len(self.notes) < self._bounds.notes:
            tokens = [self._token(frame) for frame in self._stack[:-1]]
            escaped = [token.replace("~", "~0").replace("/", "~1") for token in (*tokens, *keys)]
            self.notes.append(("".join("/" + token for token in escaped), message))

    @staticmethod
    def _token(frame: _Frame) -> str:
        return str(len(frame.into)) if frame.key is None else str(frame.key)

    # -- bounds

    def _weigh(self, event: Any, weight: int) -> None:
        self._weight += weight
        if self._weight > self._bounds.nodes:
            self._refuse(event.start_mark, "the document holds too many values. Split it, or cut it down.")

    def _check_tag(self, event: Any) -> None:
        if event.tag not in KNOWN and event.tag != "!":
            tag = event.tag.replace(TAG, "!!", 1)[:40]
            self._refuse(
                event.start_mark, f"the tag {tag!r} builds an object. Remove it: documents are data."
            )

    def _refuse(self, mark: Any, message: str) -> NoReturn:
        line, column = (0, 0) if mark is None else (mark.line, mark.column)
        raise SpecError(f"{self._name}:{line + 1}:{column + 1}  {message}")


class _Merge(str):
    """The merge key: equal to its text, but told apart from a quoted one."""

    __slots__ = ()


_MERGE = _Merge("<<")


def _is_text(kind: Any) -> bool:
    return kind == "string" or (
        isinstance(kind, list) and "string" in kind and set(map(str, kind)) <= {"string", "null", "None"}
    )
