"""
JSON Schema 2020-12's keywords: telling a schema from an object of fields, and checking one level of a schema.

``shapes`` reads the levels one by one, so nothing here looks below the mapping that it is given.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")

_BY_ROLE = {
    "type": "type",
    "ref": "$ref",
    "text": "title description $comment format contentEncoding contentMediaType",
    "pattern": "pattern",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
    "count": "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains",
    "flag": "uniqueItems readOnly writeOnly deprecated nullable",
    "list": "enum examples",
    "required": "required",
    "schemas": "oneOf anyOf allOf prefixItems",
    "schema": "not items contains additionalProperties unevaluatedItems unevaluatedProperties propertyNames"
    " if then else contentSchema",
    "fields": "properties patternProperties dependentSchemas",
    "anything": "default const",
}
KEYWORDS: Mapping[str, str] = {word: role for role, words in _BY_ROLE.items() for word in words.split()}
NOTES = {"title", "description", "$comment", "default", "examples", "deprecated", "readOnly", "writeOnly"}
# Keywords that a field might well be called, and that say nothing of a value's type.
_NO_MARKERS = NOTES | {"format", "nullable"}
_FORMATS = ("date", "duration")
# Keywords that take a schema and that a field might well be called.
_PLAIN_WORDS = ("items", "contains", "not", "if", "then", "else")


def is_schema(shape: Mapping[Any, Any], words: Collection[str], *, inside: bool) -> bool:
    """Is this mapping JSON Schema, rather than an object of fields? The rule stands in ``shapes``."""
    if not all(isinstance(key, str) and key in KEYWORDS for key in shape):
        return False
    if inside and not shape:
        return True
    if _certainly(shape):
        return True
    marked = inside or any(key not in _NO_MARKERS for key in shape)
    return marked and not any(_is_rather_a_field(key, value, shape, words) for key, value in shape.items())


def faults(
    schema: Mapping[str, Any], *, nullable: bool = False
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What JSON Schema refuses in this level, and values that its own type contradicts."""
    wrong = False
    for key, value in schema.items():
        if reason := _CHECKS[KEYWORDS[key]](value):
            wrong = True
            yield (key,), reason
    if not wrong:
        yield from _contradictions(schema, nullable)


def _certainly(shape: Mapping[str, Any]) -> bool:
    return (
        (shape.get("type") == "object" and isinstance(shape.get("properties"), Mapping))
        or (shape.get("type") == "array" and isinstance(shape.get("items"), Mapping | str))
        or any(_several(shape.get(key)) for key in ("enum", "oneOf", "anyOf", "allOf"))
        or str(shape.get("$ref", "")).startswith("#")
    )


def _several(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1


def _is_rather_a_field(key: str, value: Any, shape: Mapping[str, Any], words: Collection[str]) -> bool:
    """Would ``key: value`` make no sense as the keyword, but does as a field and its type?"""
    role = KEYWORDS[key]
    if isinstance(value, str) and role == "schema":
        return key in _PLAIN_WORDS and not (key in ("items", "contains") and shape.get("type") == "array")
    if isinstance(value, str):
        return (
            role not in ("type", "ref", "anything")
            and is_word(value, words)
            and not (key == "format" and value in _FORMATS)
        )
    if isinstance(value, Mapping):
        return role not in ("schema", "fields", "anything")
    if isinstance(value, list):
        return len(value) == 1 and role not in ("type", "list", "required", "schemas", "anything")
    return False


def is_word(text: str, words: Collection[str]) -> bool:
    """``string``, ``string?``, ``[string]?``: a built-in word, however wrapped."""
    return text.strip().strip("[]? ") in words


def _contradictions(schema: Mapping[str, Any], nullable: bool) -> Iterator[tuple[tuple[str | int, ...], str]]:
    options = schema.get("enum")
    for index, option in enumerate(options or ()):
        if not _has_type(option, schema.get("type")):
            yield ("enum", index), f"{_shown(option)} is not of type {schema['type']}. {_quotes(option)}"
    default = schema.get("default")
    if "default" not in schema or (nullable and default is None):
        return
    if options is not None and default not in options:
        yield ("default",), f"{_shown(default)} is not in the enum. {_nearest(default, options)}"
    elif options is None and not _has_type(default, schema.get("type")):
        yield ("default",), f"{_shown(default)} is not of type {schema['type']}. {_quotes(default)}"


def _has_type(value: Any, kind: Any) -> bool:
    if kind is None:
        return True
    kinds = [kind] if isinstance(kind, str) else kind
    return any(_IS[name](value) for name in kinds)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_IS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and value == int(value),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def _type_fault(value: Any) -> str:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        return f"type must be a type's name or a list of them. Use {', '.join(TYPES)}."
    unknown = [name for name in names if name not in TYPES]
    if unknown:
        return f"'{unknown[0]}' is not a type. {_nearest(unknown[0], TYPES)}"
    return "" if len(set(names)) == len(names) else "a type is named twice. Name each once."


def _pattern_fault(value: Any) -> str:
    if not isinstance(value, str):
        return "must be a regular expression in quotes. Write it as text."
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is not a regular expression: {error}. Mend it, or leave the pattern out."
    return ""


def _strings_fault(value: Any) -> str:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return "" if good and len(set(value)) == len(value) else "must be a list of names, each once: [a, b]."


def _must(test: Callable[[Any], bool], mend: str) -> Callable[[Any], str]:
    return lambda value: "" if test(value) else f"{_shown(value)} does not fit here. {mend}"


_CHECKS: Mapping[str, Callable[[Any], str]] = {
    "type": _type_fault,
    "ref": _must(lambda value: isinstance(value, str), "Write a name from 'types'."),
    "text": _must(lambda value: isinstance(value, str), "Write text."),
    "pattern": _pattern_fault,
    "number": _must(_is_number, "Write a number."),
    "count": _must(lambda value: _IS["integer"](value) and value >= 0, "Write a whole number, 0 or more."),
    "flag": _must(lambda value: isinstance(value, bool), "Write true or false."),
    "list": _must(lambda value: isinstance(value, list), "Write a list, like [a, b]."),
    "required": _strings_fault,
    "schemas": _must(lambda value: isinstance(value, list) and bool(value), "Write a list of types."),
    "schema": _must(lambda value: isinstance(value, Mapping | bool), "Write a type."),
    "fields": _must(lambda value: isinstance(value, Mapping), "Write {name: type}."),
    "anything": lambda value: "",
}


def _nearest(value: Any, options: Sequence[Any]) -> str:
    texts = [option for option in options if isinstance(option, str)]
    found = difflib.get_close_matches(str(value), texts, n=1, cutoff=0.6)
    return f"Did you mean '{found[0]}'?" if found else f"Use one of {', '.join(map(_shown, options[:12]))}."


def _quotes(value: Any) -> str:
    if isinstance(value, bool):
        return "YAML reads yes, no, on and off as true and false. Put quotes round the word."
    return "Put quotes round it, or change the type." if _is_number(value) else "Change it or the type."


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value if len(value) <= 60 else value[:57] + '…'}'"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)[:60]
