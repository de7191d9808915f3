"""Read a raw document: JSON or YAML 1.2, several files, references followed, and none outside the root."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

LARGEST = 64 << 20  # bytes of one file
CHAIN = 50  # references that lead to a reference
Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
}


class Yaml(Base):  # type: ignore[misc]  # libyaml's loader, where PyYAML was built with it, has no types
    """YAML 1.2's core words: a date is text, and so are yes, no, on and off."""

    yaml_implicit_resolvers: Mapping[str, Any] = {}

    def number(self, node: Any) -> Any:
        """Read digits with leading zeros as the decimal number that YAML 1.2 means."""
        text = self.construct_scalar(node)
        return int(text, 0) if re.match(r"0[xo]", text) else int(text, 10)


for _word, (_pattern, _first) in WORDS.items():
    Yaml.add_implicit_resolver(f"tag:yaml.org,2002:{_word}", re.compile(rf"(?:{_pattern})\Z"), list(_first))
Yaml.add_constructor("tag:yaml.org,2002:int", Yaml.number)


class Unreadable(Exception):
    """The document cannot be read; the reader of specs says why, long before an oracle is asked."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document, with the file that its references start from and its place there."""

    file: str
    at: str
    value: Any

    def child(self, *keys: str | int) -> Node:
        """Return what lies below; None where there is nothing."""
        found, at = self.value, self.at
        for key in keys:
            at = f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"
            found = _inside(found, str(key))
        return Node(self.file, at, found)

    @property
    def map(self) -> Mapping[str, Any]:
        """Return the value where it is a mapping, else an empty one."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def each_value(self) -> Sequence[Any]:
        """Return the value where it is a list, else an empty one."""
        return self.value if isinstance(self.value, list) else ()

    def items(self) -> list[tuple[str, Node]]:
        """Return the children of a mapping, extensions left out."""
        return [(str(key), self.child(key)) for key in self.map if not str(key).startswith("x-")]

    def each(self) -> list[Node]:
        """Return the children of a list."""
        return [self.child(index) for index in range(len(self.each_value))]


@dataclass(slots=True)
class Files:
    """The files of one document. *said* collects what is wrong with it, each once."""

    root: Path
    main: str
    said: dict[str, None] = field(default_factory=dict)
    _loaded: dict[str, Any] = field(default_factory=dict)

    def top(self) -> Node:
        """Return the whole document."""
        return Node(self.main, "", self._load(self.main))

    def complain(self, node: Node, message: str) -> None:
        """Remember a fault of the document itself."""
        self.said[f"{node.file}#{node.at}: {message}"[:300]] = None

    def follow(self, node: Node) -> Node:
        """Return what *node* refers to, in the end; itself when it is no reference."""
        for _ in range(CHAIN):
            reference = node.map.get("$ref")
            if not isinstance(reference, str):
                return node
            found = self.target(node, reference)
            if found is None:
                break
            node = found
        self.complain(node, f"the reference {node.map.get('$ref')!r} leads nowhere")
        return Node(node.file, node.at, None)

    def target(self, node: Node, reference: str) -> Node | None:
        """Return what *reference*, written at *node*, names."""
        where, _, pointer = reference.partition("#")
        parts = urlsplit(where)
        if parts.scheme or parts.netloc:
            file = self._copy(parts.netloc, unquote(parts.path))
        else:
            file = self._beside(node.file, unquote(parts.path)) if where else node.file
        if file is None:
            return None
        keys = [part.replace("~1", "/").replace("~0", "~") for part in unquote(pointer).split("/")[1:]]
        try:
            found = Node(file, "", self._load(file)).child(*keys)
        except Unreadable:
            return None
        return None if found.value is None else found

    def _copy(self, host: str, path: str) -> str | None:
        """Return where the copy of a remote file would be, beside the document; nothing is fetched."""
        return self._beside(self.main, f"_remote/{host.lower().replace(':', '_')}/{path.lstrip('/')}")

    def _beside(self, file: str, path: str) -> str | None:
        found = (self.root / file).parent.joinpath(path).resolve()
        root = self.root.resolve()
        return found.relative_to(root).as_posix() if found.is_relative_to(root) else None

    def _load(self, file: str) -> Any:
        if file not in self._loaded:
            self._loaded[file] = _parsed(self.root / file)
        return self._loaded[file]


def _inside(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
        return next((inner for name, inner in value.items() if str(name) == key), None)
    if isinstance(value, list) and key.isdigit() and int(key) < len(value):
        return value[int(key)]
    return None


def _parsed(path: Path) -> Any:
    try:
        if not path.is_file():  # a pipe would be waited for
            raise Unreadable(f"{path.name} is no file")
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"{path.name} is too large")
        text = path.read_text("utf-8-sig")
        if text.lstrip()[:1] == "{":
            try:
                return json.loads(text)
            except ValueError:
                pass  # YAML in braces
        return yaml.load(text, Yaml)  # noqa: S506  # a safe loader by its base
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise Unreadable(f"{path.name}: {error}") from error
