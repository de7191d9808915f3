"""Types of columns, parameters and rows, as the four engines have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

NUMBERS = ("integer", "decimal", "float")  # each holds those before it
MOMENTS = ("date", "timestamp", "timestamptz")


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is: *kind* in our words, *name* in those of the database."""

    kind: str
    nullable: bool = False
    name: str = ""
    labels: tuple[str, ...] = ()  # of an enum
    item: Type | None = None  # of an array

    def null(self, nullable: bool = True) -> Type:
        """The same, NULL allowed or not."""
        return self if self.nullable == nullable else replace(self, nullable=nullable)


UNKNOWN, ANY = Type("unknown"), Type("any")
INTEGER, DECIMAL, FLOAT, TEXT = Type("integer"), Type("decimal"), Type("float"), Type("text")
BOOLEAN, NULL, JSON, BYTES = Type("boolean"), Type("null", True), Type("json"), Type("bytes")
DATE, TIME, TIMESTAMP = Type("date"), Type("time"), Type("timestamp")
TIMESTAMPTZ, INTERVAL, UUID = Type("timestamptz"), Type("interval"), Type("uuid")
BIGINT = Type("integer", name="bigint")

_WORDS: Mapping[str, str] = {
    "integer": "INT BIGINT SMALLINT TINYINT MEDIUMINT UINT UBIGINT USMALLINT UTINYINT UMEDIUMINT INT128"
    " UINT128"
    " INT256 UINT256 SERIAL SMALLSERIAL BIGSERIAL YEAR",
    "float": "FLOAT DOUBLE",
    "decimal": "DECIMAL UDECIMAL DECIMAL32 DECIMAL64 DECIMAL128 BIGDECIMAL",
    "text": "TEXT VARCHAR CHAR NCHAR NVARCHAR BPCHAR NAME LONGTEXT MEDIUMTEXT TINYTEXT SET",
    "boolean": "BOOLEAN",
    "bytes": "BINARY VARBINARY BLOB LONGBLOB MEDIUMBLOB TINYBLOB",
    "date": "DATE DATE32",
    "time": "TIME TIMETZ TIME_NS",
    "timestamp": "TIMESTAMP DATETIME DATETIME2 DATETIME64 SMALLDATETIME TIMESTAMPNTZ TIMESTAMP_S"
    " TIMESTAMP_MS TIMESTAMP_NS",
    "timestamptz": "TIMESTAMPTZ TIMESTAMPLTZ",
    "interval": "INTERVAL",
    "uuid": "UUID",
    "json": "JSON JSONB",
    "null": "NULL",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_DECLARED = {"citext": TEXT, "uuid": UUID, "name": TEXT, "hugeint": INTEGER}


def of_ddl(told: Any, named: Mapping[str, Type], dialect: str) -> Type:
    """The type of a DataType of the parser; *named* are enums and domains by their lower-case name."""
    if told is None:
        return ANY if dialect == "sqlite" else UNKNOWN
    word = told.this.name if hasattr(told.this, "name") else str(told.this)
    if word in ("ARRAY", "LIST"):
        inner = of_ddl(told.expressions[0], named, dialect) if told.expressions else ANY
        return Type("array", item=inner, name=f"{inner.name}[]")
    if word == "ENUM":
        return Type("enum", labels=tuple(label.name for label in told.expressions), name="enum")
    if word == "USERDEFINED":
        name = str(told.args.get("kind") or "").strip('"').lower()
        return named.get(name.rpartition(".")[2]) or _DECLARED.get(name) or replace(ANY, name=name)
    if dialect == "mysql" and word in ("TINYINT", "BIT") and _size(told) == "1":
        return replace(BOOLEAN, name="tinyint(1)")
    if dialect == "mysql" and word == "TIME":
        return replace(INTERVAL, name="time")
    if word == "BIT":
        return replace(INTEGER if dialect == "mysql" else TEXT, name="bit")
    kind = _KINDS.get(word, "any")
    return Type(kind, name=told.sql(dialect=dialect).lower())


def _size(told: Any) -> str:
    return told.expressions[0].name if told.expressions else ("1" if told.this.name == "BIT" else "")


def declared(schema: Mapping[str, Any]) -> Type:
    """The type of a shape that the entry declares, as JSON Schema."""
    from generator.shapes import without_null

    inner, nullable = without_null(schema)
    kind, form = inner.get("type"), inner.get("format")
    if isinstance(inner.get("enum"), list):
        return Type("enum", nullable, labels=tuple(map(str, inner["enum"])))
    if kind == "array":
        return Type("array", nullable, item=declared(inner.get("items") or {}))
    forms = {
        "date-time": "timestamptz",
        "date": "date",
        "duration": "interval",
        "byte": "bytes",
        "binary": "bytes",
        "decimal": "decimal",
        "uuid": "uuid",
        "time": "time",
    }
    kinds = {"integer": "integer", "number": "float", "boolean": "boolean", "object": "json"}
    return Type(
        forms.get(str(form)) or ("text" if kind == "string" else kinds.get(str(kind), "any")), nullable
    )


def fits(one: Type, other: Type) -> bool:
    """Could a value of the one be compared with, or be stored as, the other?"""
    return merged((one, other)) is not None


def merged(types: Iterable[Type]) -> Type | None:
    """The one type that holds all of these, or None; NULL where one of them is."""
    found: Type = UNKNOWN
    for one in types:
        if one.kind in ("unknown", "null"):
            found = found.null(found.nullable or one.nullable)
            continue
        both = one if found.kind == "unknown" else _both(found, one)
        if both is None:
            return None
        found = both.null(found.nullable or one.nullable)
    return found


def _both(one: Type, other: Type) -> Type | None:
    if one.kind == other.kind:
        return _alike(one, other)
    if "any" in (one.kind, other.kind):
        return other if one.kind == "any" else one
    for group in (NUMBERS, MOMENTS):
        if one.kind in group and other.kind in group:
            return max((one, other), key=lambda t: group.index(t.kind))
    kinds = {one.kind, other.kind}
    if "text" in kinds and kinds & {
        "enum",
        "uuid",
        "json",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
    }:
        return other if one.kind == "text" else one
    return (
        one
        if kinds == {"boolean", "integer"} and one.kind == "boolean"
        else other
        if kinds == {"boolean", "integer"}
        else None
    )


def _alike(one: Type, other: Type) -> Type | None:
    if one.kind == "array":
        inner = merged((one.item or ANY, other.item or ANY))
        return None if inner is None else replace(one, item=inner, nullable=False)
    if one.kind == "enum" and one.labels != other.labels:
        return TEXT
    return one if one.name or not other.name else other


PYTHON: Mapping[str, str] = {
    "integer": "int", "float": "float", "decimal": "Decimal", "text": "str", "boolean": "bool",
    "bytes": "bytes",
    "date": "dt.date", "time": "dt.time", "timestamp": "dt.datetime", "timestamptz": "dt.datetime",
    "interval": "dt.timedelta", "uuid": "UUID", "json": "Any", "any": "Any", "unknown": "Any", "null": "None",
}  # fmt: skip


def annotation(told: Type, *, bare: bool = False) -> str:
    """The Python type; *bare* leaves NULL out."""
    if told.kind == "enum":
        text = f"Literal[{', '.join(repr(label) for label in told.labels)}]" if told.labels else "str"
    elif told.kind == "array":
        text = f"list[{annotation(told.item or ANY)}]"
    else:
        text = PYTHON[told.kind]
    return f"{text} | None" if told.nullable and not bare and text not in ("Any", "None") else text


_CONVERTERS: Mapping[str, Mapping[str, str]] = {
    "postgresql": {},
    "mysql": {"boolean": "bool", "timestamptz": "utc", "json": "json", "uuid": "uuid"},
    "sqlite": {
        "boolean": "bool",
        "float": "float",
        "decimal": "decimal",
        "date": "date",
        "timestamp": "datetime",
        "timestamptz": "utc",
        "time": "time",
        "uuid": "uuid",
        "json": "json",
        "interval": "seconds",
    },
    "duckdb": {"json": "json"},
}


def converter(told: Type, engine: str) -> str | None:
    """The runtime's converter of a column, or None: the driver gives the Python type itself."""
    return _CONVERTERS[engine].get(told.kind)


def database_shape(shape: Any) -> Any:
    """Shapes have no word for what only databases have."""
    words = {
        "decimal": {"type": "string", "format": "decimal"},
        "numeric": {"type": "string", "format": "decimal"},
        "uuid": {"type": "string", "format": "uuid"},
        "json": {"type": "object"},
        "time": {"type": "string", "format": "time"},
    }
    bare = str(shape).rstrip("?") if isinstance(shape, str) else ""
    if bare in words:
        return {"anyOf": [words[bare], {"type": "null"}]} if str(shape).endswith("?") else words[bare]
    return shape
