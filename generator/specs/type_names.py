"""What a type is called: its component's own name where it has one, else a name made from where it stands."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import Any
from urllib.parse import unquote

from generator.specs.lenient import mapping
from generator.specs.references import HOMES

_SILENT = frozenset(
    {
        "components",
        "schemas",
        "definitions",
        "$defs",
        "properties",
        "paths",
        "content",
        "schema",
        "allOf",
        "oneOf",
    }
    | {"anyOf", "responses", "parameters", "requestBodies", "schemas.json", "schemas.yaml", "model", "models"}
)


class TypeNames:
    """Places to names, each name once. Components of the main document keep theirs, whoever comes first."""

    def __init__(self, document: Any) -> None:
        self.own: dict[str, str] = {}  # place → name, in the document's order
        for home in HOMES:
            node = document
            for token in home.split("/"):
                node = mapping(mapping(node).get(token))
            for name in node:
                escaped = name.replace("~", "~0").replace("/", "~1")
                self.own.setdefault(f"#/{home}/{escaped}", name)
        self._names: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._count: defaultdict[str, int] = defaultdict(lambda: 2)
        for at, name in self.own.items():
            if name and self._taken.setdefault(name, at) == at:
                self._names[at] = name

    def of(self, at: str) -> str:
        """The name of the type at a place."""
        if at not in self._names:
            self._names[at] = self._free(_made(at), at)
        return self._names[at]

    def places(self) -> dict[str, str]:
        """The place of each named type."""
        return {name: at for at, name in self._names.items()}

    def _free(self, name: str, at: str) -> str:
        """The name, or one like it: a component that only points to the place gives its name up."""
        stem = posixpath.basename(unquote(at.partition("#")[0])).partition(".")[0]
        options = [name, *([f"{stem}.{name}"] if stem and stem != name else [])]
        for option in options:
            if self._taken.setdefault(option, at) == at:
                return option
        while self._taken.setdefault(f"{name}_{self._count[name]}", at) != at:
            self._count[name] += 1
        return f"{name}_{self._count[name]}"

    def pointed(self, alias: str, at: str) -> None:
        """A component that is nothing but a reference lends its name to what it points to."""
        name = self._names.get(alias)
        if name and at not in self._names:
            self._names[at], self._taken[name] = name, at


def _made(at: str) -> str:
    file, _, pointer = at.partition("#")
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    loud = [token for token in tokens if token not in _SILENT] or tokens[-1:]
    return ".".join(loud) or posixpath.basename(unquote(file)).partition(".")[0] or "document"
