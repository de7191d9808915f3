"""Where a schema stands: what its class would be called, what it is in words, and which names are taken."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from generator.modelling.names import Claimed, pascal, phrase, singular

MAX_DEPTH = 32
MAX_NESTED = 12  # named types read inside each other; classes further down wait for their turn
_WANTED = (
    "Any Literal Struct TypeAlias FileUpload Sequence Mapping Iterator AsyncIterator Download AsyncDownload"
    " None True False Exception TypeError ValueError KeyError OneOf"
)
RESERVED = frozenset(_WANTED.split())  # class names that the modules of a package need


@dataclass(frozen=True, slots=True)
class Context:
    """The name that a schema would give a class, what it is in words, and its place."""

    name: str
    about: str
    at: str
    depth: int = 0
    argument: bool = False
    named: str | None = None  # the entry's own name for it: the class name is taken for it already

    @property
    def sentence(self) -> str:
        """What it is, as a sentence."""
        return f"{self.about[:1].upper()}{self.about[1:]}."

    def inside(self, part: str, noun: str) -> Context:
        """A field of it."""
        about, name = f"the {phrase(noun)} of {self.about}", self.name + pascal(noun)
        return Context(name, about, f"{self.at}.{part}", self.depth + 1)

    def item(self) -> Context:
        """One of a list of it."""
        return replace(self, name=singular(self.name), at=f"{self.at}[]", depth=self.depth + 1, named=None)

    def option(self, tag: str) -> Context:
        """One of the types that it may have."""
        return replace(self, name=self.name + pascal(tag), depth=self.depth + 1, named=None)

    def part(self) -> Context:
        """The same thing, said another way."""
        return replace(self, depth=self.depth + 1)


class ClassNames:
    """The names of classes: those of an entry's types, by type, and what else is claimed.

    A name that Python or a package needs gets ``Value`` behind it, a second one a number. Types are named in
    alphabetical order, those first that are in PascalCase already, so the manifest's order is no matter.
    """

    def __init__(self, types: Iterable[str], reserved: Container[str]) -> None:
        self._reserved, self._taken = reserved, Claimed()
        in_order = sorted(types, key=lambda name: (pascal(name) != name, name))
        self.of = {name: self.claim(pascal(name)) for name in in_order}

    def claim(self, wanted: str) -> str:
        """Take *wanted*, or the nearest to it that is free."""
        return self._taken.claim(wanted if self._is_allowed(wanted) else f"{wanted}Value")

    def at(self, here: Context) -> str:
        """The name of the class that stands *here*: its own, where the entry named it."""
        return here.name if here.named is not None else self.claim(here.name)

    def is_free(self, name: str) -> bool:
        """Would a class keep this name?"""
        return name not in self._taken and self._is_allowed(name)

    def _is_allowed(self, name: str) -> bool:
        return name not in RESERVED and name not in self._reserved
