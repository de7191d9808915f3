"""Everything that can be wrong with one entry by itself, as mistakes relative to the entry."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from generator.errors import SpecError
from generator.facts import facts
from generator.reading import secrets_lint
from generator.reading.entry_names import name_fault
from generator.reading.mistakes import Mistake
from generator.reading.schema import Schema, envelope
from generator.reading.schema_errors import known_or_near
from generator.shapes import Complaint, Pointer
from generator.specs.pins import file_of, pin_of, strayed

# Characters that change how their neighbours are read, and cannot be seen themselves.
HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PROSE = frozenset({"description", "summary", "title"})


class Detected(Protocol):
    """The pattern that builds an entry."""

    @property
    def pattern(self) -> str: ...

    @property
    def variant(self) -> str: ...


class Catalog(Protocol):
    """What the manifest needs to know of patterns; ``patterns.Catalog`` is one."""

    def names(self) -> tuple[str, ...]: ...

    def detect(self, entry: Mapping[str, Any], /) -> Detected | None: ...

    def requirements_schema(self, pattern: str, /) -> dict[str, Any]: ...

    def check(self, pattern: str, entry: Mapping[str, Any], variant: str, /) -> list[Complaint]: ...

    def reads_files(self, entry: Mapping[str, Any], /) -> bool: ...


@dataclass(frozen=True)
class EntryChecks:
    """Checks entries one by one."""

    catalog: Catalog
    schema: dict[str, Any] = field(default_factory=envelope)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    _requirements: dict[str, Schema] = field(default_factory=dict)
    _environments: dict[str, Schema] = field(default_factory=dict)

    @cached_property
    def _entry(self) -> Schema:
        return Schema({"$ref": "#/$defs/entry", "$defs": self.schema["$defs"]})

    def check(self, raw: Any) -> list[Mistake]:
        """Every mistake of one raw entry but its name's; pointers begin inside the entry."""
        if not isinstance(raw, dict):
            return [Mistake((), "an entry is a mapping. Start it with 'name: …'.")]
        told = [m for m in self._entry.mistakes(raw, ()) if not _is_name(m.pointer, raw)]
        told += _methods(raw)
        told += [Mistake(at, message, verb=True) for at, message, _ in secrets_lint.misplaced(raw)]
        wrong = {mistake.pointer for mistake in told}
        if ("type",) not in wrong:
            told += self._by_pattern(raw, readable=("requirements",) not in wrong)
        return told

    def _by_pattern(self, raw: dict[str, Any], *, readable: bool) -> list[Mistake]:
        found = self.catalog.detect(raw if readable else {**raw, "requirements": {}})
        if found is None:
            enough = readable and isinstance(raw.get("service"), str)
            return [self._undetected(raw)] if enough or "type" in raw else []
        if not readable:
            return []
        pattern = found.pattern
        if pattern not in self._requirements:
            schema = self.catalog.requirements_schema(pattern)
            self._requirements[pattern] = Schema(schema)
            self._environments[pattern] = Schema(_environment(schema, self.schema))
        told = self._requirements[pattern].mistakes(raw.get("requirements") or {}, ("requirements",))
        for name, own in _mapping(raw.get("environments")).items():
            told += self._environments[pattern].mistakes(own, ("environments", name))
        return told + self._complaints(found, raw, told)

    def _complaints(self, found: Detected, raw: dict[str, Any], told: list[Mistake]) -> list[Mistake]:
        """What the pattern itself says; where its schema has spoken already, it need not understand."""
        try:
            schema = self._requirements[found.pattern].schema
            entry = raw if told else facts(raw, schema, self.defaults)
            complaints = self.catalog.check(found.pattern, entry, found.variant)
        except Exception:
            if not told:
                raise
            return []
        spoken = {mistake.pointer for mistake in told}
        fresh = [complaint for complaint in complaints if complaint.pointer not in spoken]
        return [Mistake(complaint.pointer, complaint.message) for complaint in fresh]

    def _undetected(self, raw: dict[str, Any]) -> Mistake:
        declared, names = raw.get("type"), self.catalog.names()
        if isinstance(declared, str):
            pattern, _, variant = declared.partition("/")
            if pattern in names:
                message = (
                    f"has a variant that '{pattern}' does not know: '{variant}'. Write '{pattern}' alone."
                )
                return Mistake(("type",), message, shown=True)
            return Mistake(("type",), f"is not a type. {known_or_near(pattern, names)}", shown=True)
        keys = list(dict.fromkeys(key for name in names if (key := self._telling(name))))
        hint = f" or a requirement that shows it, like {' or '.join(keys[:3])}" if keys else ""
        types = " or ".join(f"'type: {name}'" for name in names[:8])
        return Mistake(_best(raw), f"nothing says what kind of service this is. Add {types}{hint}.")

    def _telling(self, pattern: str) -> str:
        """A requirement that is typical for a pattern: the first of its example."""
        schema = self.catalog.requirements_schema(pattern)
        examples = schema.get("examples") or [schema.get("properties", {})]
        return next(iter(examples[0]), "")


def _is_name(pointer: Pointer, raw: Mapping[str, Any]) -> bool:
    """``entry_names`` tells what is wrong with this."""
    return pointer in (("name",), ("moved_from",)) and name_fault(raw.get(str(pointer[0]))) != ""


def _best(raw: Mapping[str, Any]) -> Pointer:
    return ("requirements",) if raw.get("requirements") else ("service",) if "service" in raw else ()


def _environment(requirements: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """An environment may override every requirement, and has a few keys of its own."""
    own = manifest["$defs"]["environment"]
    closed = {key: requirements[key] for key in ("additionalProperties",) if key in requirements}
    return {
        "type": "object",
        "properties": {**requirements.get("properties", {}), **own["properties"]},
        "patternProperties": requirements.get("patternProperties", {}),
        "$defs": {**manifest["$defs"], **requirements.get("$defs", {})},
        **closed,
    }


def _methods(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    for name in _mapping(raw.get("methods")):
        if keyword.iskeyword(name):
            yield Mistake(
                ("methods", name), f"is a Python keyword. Write '{name}_'.", at_key=True, shown=True
            )


def spec_mistake(spec: Any, root: Path) -> Mistake | None:
    """A spec is a file inside the repository, links followed; in the long form, ``file`` says which."""
    at = ("spec", "file") if isinstance(spec, Mapping) else ("spec",)
    file = file_of(spec)
    if not isinstance(file, str) or not file:
        return None
    download = "is an address. Let 'jackfield add NAME --spec URL' download it, or write a file's path."
    message = download if "://" in file else _path(file, root)
    return Mistake(at, message, shown=True) if message else None


def _path(spec: str, root: Path) -> str:
    inside = "Put the document into the repository and write its path from there, like specs/stripe.yaml."
    try:
        place, home = (root / spec).resolve(), root.resolve()
        outside = spec.startswith(("/", "~", "\\")) or re.match(r"[A-Za-z]:", spec)
        if outside or not place.is_relative_to(home):
            return f"leads out of the repository. {inside}"
        return "" if place.is_file() else f"is no file in this repository. {inside}"
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, a loop of links
        return f"cannot be a path. {inside}"


def pin_mistake(entry: Mapping[str, Any], root: Path) -> Mistake | None:
    """A downloaded document is what it was when it was pinned, and its address holds no credential."""
    spec = entry.get("spec")
    pin, file = pin_of(spec), file_of(spec)
    if pin is None or not isinstance(file, str) or not pin.is_whole:
        return None  # the schema says so
    from generator.specs.address import check  # few entries have an address

    try:
        check(pin.url)
    except SpecError as error:
        return Mistake(("spec", "url"), str(error))
    if (path := strayed(root, file, pin)) is None:
        return None
    again = f"Run: jackfield refresh {entry.get('name')}"
    return Mistake(
        ("spec", "sha256"),
        f"{path} is not the document that was pinned. {again}, or keep it with 'spec: {file}'.",
    )


def hidden(value: Any, at: Pointer = ()) -> Iterator[Mistake]:
    """Invisible characters in keys, names and addresses; prose may need them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if found := HIDDEN.search(key):
                yield Mistake((*at, key), _unseen(found[0], "key"), at_key=True)
            yield from hidden(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from hidden(inner, (*at, index))
    elif isinstance(value, str) and (found := HIDDEN.search(value)) and not _is_prose(value, at):
        yield Mistake(at, _unseen(found[0], "value"))


def _is_prose(value: str, at: Pointer) -> bool:
    return "://" not in value and (re.search(r"\s", value) is not None or bool(_PROSE & set(at)))


def _unseen(character: str, what: str) -> str:
    return f"the {what} holds the invisible character U+{ord(character):04X}. Delete it."


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
