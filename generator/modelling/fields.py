"""The fields of a class: order, Python names, wire names and words about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.modelling import enums
from generator.modelling.kinds import ANY, Kind, code
from generator.modelling.names import Claimed, by_importance, identifier
from generator.modelling.prose import prose

# Names that the body of a class, its __init__ or msgspec needs.
_NEEDED = frozenset({"field", "self", "mro"})
_UNWRITABLE = re.compile(r'[\x00-\x1f"\\\ud800-\udfff]')
_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'""")
_BETWEEN = re.compile(r"[\s\[\](){}|,.:=]+")
MANY = 40


@dataclass(frozen=True, slots=True)
class Field:
    """One field: as Python calls it, as the service calls it, and what it holds."""

    name: str
    wire: str
    schema: Any
    required: bool
    kind: Kind = field(default=ANY)

    def facts(self, rename: str) -> dict[str, Any]:
        """What the skeleton prints; *rename* is the class's own rule for wire names."""
        kind = self.kind
        optional = "" if self.required or kind.family == "any" or kind.text.endswith("None") else " | None"
        return {
            "name": self.name,
            "wire": self.wire,
            "annotation": f"{kind.text}{optional}",
            "default": self._default(RENAMES[rename](self.name)),
            "doc": "\n\n".join(filter(None, (described(self.schema), kind.note))),
        }

    def _default(self, renamed: str) -> str:
        if renamed == self.wire:
            return "" if self.required else "None"
        default = "" if self.required else ", default=None"
        return f"field(name={code(self.wire)}{default})"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


RENAMES: Mapping[str, Callable[[str], str]] = {
    "": lambda name: name,
    "camel": _camel,
    "pascal": lambda name: "".join(part.title() for part in name.split("_")),
    "kebab": lambda name: name.strip("_").replace("_", "-"),
}


def fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of an object: what identifies it first, then required ones, then by name: never by luck."""
    required = schema.get("required")
    required = frozenset(required) if isinstance(required, list) else frozenset()
    listed = [(wire, _wanted(wire)) for wire in sorted(schema["properties"], key=str)]
    taken = Claimed()
    found = []
    for wire, wanted in sorted(listed, key=lambda pair: pair[0] != pair[1]):  # who writes it so, has it
        inner = schema["properties"][wire]
        comes_back = not (isinstance(inner, Mapping) and inner.get("writeOnly") is True)
        found.append(Field(taken.claim(wanted), wire, inner, wire in required and comes_back))
    yield from sorted(found, key=lambda f: (by_importance(f.name), not f.required, f.name))


def unwritable(wires: Iterable[str]) -> str | None:
    """The first name that msgspec cannot give a field on the wire, None for none."""
    return next((wire for wire in wires if _UNWRITABLE.search(wire)), None)


def _wanted(wire: str) -> str:
    name = identifier(wire, "field")
    return f"{name}_" if name in _NEEDED else name


def unhidden(found: Sequence[Field]) -> tuple[Field, ...]:
    """The same fields, renamed where one would hide what an annotation of the class says, as ``date`` can."""
    said = {word for field in found for word in mentioned(field.kind.text)}
    taken = Claimed()
    taken |= {field.name for field in found}
    return tuple(
        replace(field, name=taken.claim(f"{field.name}_")) if field.name in said else field for field in found
    )


def mentioned(annotation: str) -> list[str]:
    """Every name in an annotation; what stands in quotes is no name."""
    plain = _QUOTED.sub("", annotation) if '"' in annotation or "'" in annotation else annotation
    return [word for word in _BETWEEN.split(plain) if word]


def rename_option(found: Sequence[Field]) -> str:
    """The naming rule of msgspec that spares the most spelled-out wire names; "" when none spares two."""

    def spelled(rule: str) -> int:
        return sum(RENAMES[rule](f.name) != f.wire for f in found)

    best = min(("camel", "pascal", "kebab"), key=spelled)
    return best if spelled(best) + 2 <= spelled("") else ""


def described(schema: Any) -> str:
    """What a schema says about itself in words, with what its type cannot say."""
    if not isinstance(schema, Mapping):
        return ""
    parts = [prose(schema.get("description"))]
    if values := _listed(schema):
        parts.append(values)
    if schema.get("deprecated") is True:
        parts.append("Deprecated.")
    return "\n\n".join(part for part in parts if part)


def _listed(schema: Mapping[str, Any]) -> str:
    """The values of an enum, where the annotation does not show them or they have names."""
    schema = enums.spelled_out(schema) or schema
    values = [value for value in enums.listed(schema) or () if value is not None]
    names = schema.get("x-names", {})
    if "enum" not in schema or (len(values) <= enums.MAX_LITERALS and not names):
        return ""
    shown = [_worded(str(value), names.get(str(value), "")) for value in values[:MANY]]
    more = f", … ({len(values)} in all)" if len(values) > MANY else ""
    return f"One of {', '.join(shown)}{more}."


def _worded(value: str, name: str) -> str:
    plain = " ".join(name.split())
    return f"{value[:MANY]} ({plain[:MANY]})" if plain and plain.lower() != value.lower() else value[:MANY]
