"""What is made of the schemas, kept as values: for a skeleton to print, and to write examples as code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.modelling import kinds
from generator.modelling.fields import Field, mentioned, rename_option
from generator.modelling.kinds import Kind

Tag = tuple[str, str | int]


@dataclass(frozen=True, slots=True)
class Made:
    """The classes, wrappers and aliases of one package, by name."""

    structs: dict[str, str] = field(default_factory=dict)  # name → what it is in words
    fields: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)  # name → field and value that tell it apart
    wrappers: dict[str, dict[str, Any]] = field(default_factory=dict)  # name → options and doc
    aliases: dict[str, dict[str, Any]] = field(default_factory=dict)  # name → annotation and doc
    alike: dict[tuple[str, ...], Kind] = field(default_factory=dict)  # options → the wrapper that has them
    _printed: dict[str, tuple[Tag | None, dict[str, Any]]] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Everything that the skeleton prints, in the order in which Python can read it.

        ``literals``  aliases of constants: name, annotation, doc
        ``structs``   classes: name, options (the arguments behind ``Struct``), doc, and fields: name, wire,
                      annotation, default ("" for none), doc
        ``unions``    subclasses of the runtime's ``OneOf``: name, doc, options (annotations), and lazy: they
                      name what is defined further down, so that a method gives them instead of a constant
        ``aliases``   other aliases, each below those that it needs
        ``names``     all of their names, sorted

        Annotations in classes are evaluated when all are defined; those of aliases where they stand. Each
        item is whole by itself: ``references`` says which others it needs, where a module holds a part.
        """
        aliases = [{**self.aliases[name], "name": name} for name in self._in_order()]
        first = [alias for alias in aliases if self._is_constant(alias)]
        last = [alias for alias in aliases if not self._is_constant(alias)]
        later = {*self.wrappers, *(alias["name"] for alias in last)}
        wrappers = [self._wrapper(name, later) for name in sorted(self.wrappers)]
        structs = [self._struct(name) for name in self.structs]
        names = sorted(item["name"] for item in [*first, *structs, *wrappers, *last])
        return {"literals": first, "structs": structs, "unions": wrappers, "aliases": last, "names": names}

    def tagged(self, members: Sequence[Kind], name: str, values: Sequence[str | int]) -> list[Kind] | None:
        """The members with their tags; None where one is no class or has another tag elsewhere."""
        pairs = {kind.text: (name, value) for kind, value in zip(members, values, strict=True)}
        if any(kind.form != "struct" for kind in members) or len(pairs) < len(members):
            return None
        if any(self.tags.get(name, tag) != tag for name, tag in pairs.items()):
            return None
        self.tags.update(pairs)
        return [replace(kind, tag=pairs[kind.text]) for kind in members]

    def wrapped(self, name: str, members: Sequence[Kind], doc: str) -> Kind:
        """A wrapper around *members*."""
        self.wrappers[name] = {"options": list(dict.fromkeys(kind.text for kind in members)), "doc": doc}
        found = self.alike[tuple(self.wrappers[name]["options"])] = kinds.wrapper(name, members)
        return found

    def references(self, name: str) -> frozenset[str]:
        """The models that the annotations of *name* mention."""
        said = {word for text in self._annotations(name) for word in mentioned(text)}
        return frozenset(word for word in said if self._is_made(word))

    def leads_to(self, text: str, name: str) -> bool:
        """Is *text* nothing but *name*, through any aliases?"""
        return text == name or self._resolved(text, name) == name

    def construct(self, name: str, value: Mapping[str, Any]) -> str:
        """The call that makes the class *name* of a JSON object."""
        own = self._resolved(name)
        tag = self.tags.get(own)
        given = (f for f in self.fields.get(own, ()) if f.wire in value and (not tag or f.wire != tag[0]))
        written = (
            f"{f.name}={kinds.write(f.kind, value[f.wire], self.construct, self.choose)}" for f in given
        )
        return f"{name}({', '.join(written)})"

    def choose(self, found: Sequence[Kind], value: Any) -> Kind:
        """Of kinds that *value* may be, the one that knows most of its fields and misses fewest."""
        if len(found) == 1 or not isinstance(value, Mapping):
            return found[0]
        return max(found, key=lambda kind: self._score(kind, value))

    def _resolved(self, text: str, end: str = "") -> str:
        """What an alias of an alias stands for, or *end* where it passes by."""
        for _ in range(len(self.aliases) + 1):
            if text == end or text not in self.aliases:
                break
            text = self.aliases[text]["annotation"]
        return text

    def _score(self, kind: Kind, value: Mapping[str, Any]) -> tuple[int, int]:
        own = self.fields.get(self._resolved(kind.text), ())
        missing = sum(f.required and f.wire not in value for f in own)
        return -missing, sum(f.wire in value for f in own)

    def _is_constant(self, alias: Mapping[str, Any]) -> bool:
        return alias["annotation"].startswith("Literal[") and not self.references(alias["name"])

    def _is_made(self, name: str) -> bool:
        return name in self.structs or name in self.wrappers or name in self.aliases

    def _annotations(self, name: str) -> Iterable[str]:
        if name in self.wrappers:
            options: list[str] = self.wrappers[name]["options"]
            return options
        if name in self.aliases:
            return [self.aliases[name]["annotation"]]
        return [f.kind.text for f in self.fields.get(name, ())]

    def _in_order(self) -> list[str]:
        """Aliases, each behind those that its annotation needs."""
        done: dict[str, None] = {}
        for start in self.aliases:
            waiting = [(start, False)]
            while waiting:
                name, ready = waiting.pop()
                if ready:
                    done[name] = None
                elif name not in done:
                    needed = self.references(name) & self.aliases.keys() - done.keys() - {name}
                    waiting += [(name, True), *((other, False) for other in sorted(needed))]
        return list(done)

    def _wrapper(self, name: str, later: set[str]) -> dict[str, Any]:
        facts, said = self.wrappers[name], self.references(name)
        one_of = f"One of {', '.join(facts['options'])}: `match()` gives it as the one that fits."
        return {
            "name": name,
            "doc": f"{facts['doc']}\n\n{one_of}",
            "options": list(facts["options"]),
            "lazy": bool(said & later),
        }

    def _struct(self, name: str) -> dict[str, Any]:
        tag = self.tags.get(name)
        if name in self._printed and self._printed[name][0] == tag:
            return self._printed[name][1]
        kept = [f for f in self.fields[name] if not tag or f.wire != tag[0]]
        rename = rename_option(kept)
        options = {
            "frozen": True,
            "kw_only": True,
            "omit_defaults": True,
            **({"rename": rename} if rename else {}),
            **({"tag_field": tag[0], "tag": tag[1]} if tag else {}),
        }
        written = ", ".join(f"{key}={kinds.code(value)}" for key, value in options.items())
        facts = {"name": name, "doc": self.structs[name], "options": written}
        self._printed[name] = (tag, {**facts, "fields": [f.facts(rename) for f in kept]})
        return self._printed[name][1]
