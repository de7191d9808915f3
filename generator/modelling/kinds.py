"""Python's view of one JSON Schema: its annotation, and how a value of it is written as code."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a schema is in Python.

    *family* is the place it takes in a union: msgspec can tell one of each family apart. *form* says how a
    value is written: ``plain`` by repr, the others by their own constructor.
    """

    text: str
    family: str
    form: str = "plain"  # struct list map datetime date duration bytes file union oneof
    inner: tuple[Kind, ...] = ()
    wide: str = field(default="", compare=False)  # the annotation of an argument, where it takes more
    tag: tuple[str, str | int] | None = field(default=None, compare=False)  # field, value that tell it apart
    note: str = field(default="", compare=False)  # what a reader must know and the annotation cannot say
    base: str = field(default="", compare=False)  # of a few constants: the type that any other would have

    @property
    def argument(self) -> str:
        """The annotation in a signature: any sequence or mapping will do there."""
        return self.wide or self.text


ANY = Kind("Any", "any")
NONE = Kind("None", "null")
STRING = Kind("str", "str")
INTEGER = Kind("int", "int")
NUMBER = Kind("float", "float")
BOOLEAN = Kind("bool", "bool")
FORMATS: Mapping[str, Kind] = {
    "date-time": Kind("dt.datetime", "str", "datetime"),
    "date": Kind("dt.date", "str", "date"),
    "duration": Kind("dt.timedelta", "str", "duration"),
    "byte": Kind("bytes", "str", "bytes"),
    "binary": Kind("str", "str", "file", wide="FileUpload"),
}


def sequence(item: Kind) -> Kind:
    """A list of *item*."""
    return Kind(f"list[{item.text}]", "array", "list", (item,), f"Sequence[{item.argument}]")


def mapping(value: Kind) -> Kind:
    """An object whose keys are data."""
    return Kind(f"dict[str, {value.text}]", "object", "map", (value,), f"Mapping[str, {value.argument}]")


MAX_SHOWN = 3  # options of a union that a signature spells out


def literal(values: Sequence[Any]) -> Kind:
    """One of a few constants, all strings or all whole numbers."""
    family = "str" if isinstance(values[0], str) else "int"
    return Kind(f"Literal[{', '.join(map(code, values))}]", family, base=family)


def wrapper(name: str, choices: Sequence[Kind]) -> Kind:
    """A generated ``OneOf`` around *choices*; an argument takes each of a few, or plain data, as it is."""
    shown = list(dict.fromkeys(choice.argument for choice in choices))
    direct = shown if len(shown) <= MAX_SHOWN else []
    mappings = [] if any(text.startswith("Mapping[") for text in direct) else ["Mapping[str, Any]"]
    return Kind(name, "oneof", "oneof", tuple(choices), " | ".join([name, *direct, *mappings]))


def opened(kind: Kind) -> Kind:
    """*kind*, where values that the document does not list may come as well; an argument stays as it is."""
    if not kind.base:
        return kind
    return replace(kind, text=f"{kind.text} | {kind.base}", wide=kind.argument, base="")


def bare(kind: Kind) -> Kind:
    """*kind* without None."""
    if not kind.text.endswith(" | None"):
        return kind
    return replace(kind, text=kind.text.removesuffix(" | None"), wide=kind.wide.removesuffix(" | None"))


def optional(kind: Kind) -> Kind:
    """*kind* or None."""
    if kind.family == "any" or kind.text == "None" or kind.text.endswith(" | None"):
        return kind
    return replace(kind, text=f"{kind.text} | None", wide=f"{kind.wide} | None" if kind.wide else "")


def union(kinds: Sequence[Kind]) -> Kind | None:
    """Any of *kinds*; None when nothing tells two objects apart.

    Two texts (a date or any string) are a ``str``, two lists a list of anything: what JSON can tell apart.
    """
    flat = [inner for kind in kinds for inner in (kind.inner if kind.family == "union" else (kind,))]
    distinct = _by_family(flat)
    if any(kind.family == "any" for kind in distinct):
        return ANY
    if any(kind.family == "oneof" for kind in distinct) and len(distinct) > 1:
        return None  # msgspec knows a custom type alone
    if len(distinct) == 1:
        return distinct[0]
    if len({kind.family for kind in distinct}) < len(distinct):
        return None
    wide = " | ".join(kind.argument for kind in distinct)
    return Kind(" | ".join(kind.text for kind in distinct), "union", "union", tuple(distinct), wide)


def _by_family(kinds: Sequence[Kind]) -> list[Kind]:
    """*kinds*, where two of a family that JSON writes alike become the plain one."""
    plain = {"str": STRING, "int": INTEGER, "array": Kind("list[Any]", "array", wide="Sequence[Any]")}
    distinct = list(dict.fromkeys(kinds))
    families = [kind.family for kind in distinct]
    return list(
        dict.fromkeys(plain.get(k.family, k) if families.count(k.family) > 1 else k for k in distinct)
    )


Struct = Callable[[str, Mapping[str, Any]], str]
Choose = Callable[[Sequence[Kind], Any], Kind]


def write(kind: Kind, value: Any, struct: Struct, choose: Choose) -> str:
    """The Python expression of a JSON value; *struct* writes the object of a named model, *choose* says
    which of several kinds a value is."""
    if value is None or kind.form == "plain":
        return code(value)
    if kind.form in ("union", "oneof"):
        inner = write(choose(_fitting(kind.inner, value), value), value, struct, choose)
        return f"{bare(kind).text}({inner})" if kind.form == "oneof" else inner
    if kind.form == "struct" and isinstance(value, Mapping):
        return struct(kind.text.removesuffix(" | None"), value)
    if kind.form == "list" and isinstance(value, list):
        return f"[{', '.join(write(kind.inner[0], item, struct, choose) for item in value)}]"
    if kind.form == "map" and isinstance(value, Mapping):
        pairs = (f"{code(key)}: {write(kind.inner[0], item, struct, choose)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return _scalar(kind.form, value)


def code(value: Any) -> str:
    """JSON data as a Python literal, in double quotes where possible; what is not printable is escaped."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{code(key)}: {code(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(code, value))}]"
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and text[0] == "'" and '"' not in text else text


def _fitting(choices: Sequence[Kind], value: Any) -> list[Kind]:
    """The kinds that JSON writes as it writes *value*, best first; ANY when there is none."""
    families = {bool: "bool", int: "int", float: "float", str: "str", list: "array", dict: "object"}
    family = families.get(type(value), "")
    fitting = [choice for choice in choices if choice.family == family]
    tagged = [c for c in fitting if c.tag and isinstance(value, dict) and value.get(c.tag[0]) == c.tag[1]]
    whole = [choice for choice in choices if family == "int" and choice.family == "float"]
    return tagged[:1] or fitting or whole or [ANY]


def _scalar(form: str, value: Any) -> str:
    writers: dict[str, Callable[[str], str]] = {
        "datetime": _datetime,
        "date": lambda text: _date(dt.date.fromisoformat(text)),
        "duration": _duration,
        "bytes": lambda text: repr(base64.b64decode(text, validate=True)),
        "file": lambda text: repr(text.encode()),
    }
    try:
        return writers[form](value)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        return code(value)


def _datetime(text: str) -> str:
    value = dt.datetime.fromisoformat(text)
    parts = [value.year, value.month, value.day, value.hour, value.minute]
    parts += [value.second, value.microsecond] if value.microsecond else [value.second]
    zone = ", tzinfo=dt.UTC" if value.tzinfo else ""
    return f"dt.datetime({', '.join(map(str, parts))}{zone})"


def _date(value: dt.date) -> str:
    return f"dt.date({value.year}, {value.month}, {value.day})"


def _duration(text: str) -> str:
    found = _DURATION.match(text)
    if not found:
        raise ValueError(text)
    names = ("weeks", "days", "hours", "minutes", "seconds")
    given = [f"{name}={part}" for name, part in zip(names, found.groups(), strict=True) if part]
    return f"dt.timedelta({', '.join(given)})"
