"""
A quick yes or no for JSON Schema: compiled closures for the keywords that manifests' schemas use.

jsonschema explains mistakes well and takes 0.3 ms an entry; nearly all entries have none. A gate decides
exactly as jsonschema does for what it knows; a schema with any other keyword gets a gate that never opens,
so its values are all looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

Gate = Callable[[Any], bool]
_NOTES = {"$schema", "$id", "$comment", "$defs", "title", "description", "format", "default", "examples"}
_NOTES |= {"deprecated", "readOnly", "writeOnly"}
_WITH_PARTNER = {"properties", "additionalProperties", "patternProperties", "else", "then"}


def gate(schema: Any) -> Gate:
    """A function that says whether a value is valid; it says no when it cannot be sure."""
    try:
        return _Compiler(schema).compile(schema)
    except _Unknown:
        return lambda value: False


class _Unknown(Exception):
    """The schema holds something that this module does not know."""


class _Compiler:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._refs: dict[str, Gate] = {}

    def compile(self, schema: Any) -> Gate:
        if isinstance(schema, bool):
            return lambda value: schema
        return _every(self._checks(schema))

    def _checks(self, schema: Mapping[str, Any]) -> Iterator[Gate]:
        if "properties" in schema or "additionalProperties" in schema or "patternProperties" in schema:
            yield self._object(schema)
        for keyword, wanted in schema.items():
            if keyword in _NOTES or keyword in _WITH_PARTNER or keyword.startswith("x-"):
                continue
            if keyword in _SIMPLE:
                yield _SIMPLE[keyword](wanted)
            elif keyword in _NESTED:
                yield getattr(self, _NESTED[keyword])(wanted)
            elif keyword == "if":
                yield self._if(schema)
            else:
                raise _Unknown(keyword)

    def _object(self, schema: Mapping[str, Any]) -> Gate:
        named = {key: self.compile(inner) for key, inner in schema.get("properties", {}).items()}
        patterns = [(re.compile(p), self.compile(s)) for p, s in schema.get("patternProperties", {}).items()]
        other = self.compile(schema.get("additionalProperties", True))

        def closed(value: Any) -> bool:
            if isinstance(value, dict):
                for key, inner in value.items():
                    if not named.get(key, other)(inner):
                        return False
            return True

        def patterned(value: Any) -> bool:
            if isinstance(value, dict):
                for key, inner in value.items():
                    gates = [named[key]] if key in named else []
                    gates += [matching for pattern, matching in patterns if pattern.search(key)]
                    if not all(each(inner) for each in gates or (other,)):
                        return False
            return True

        return patterned if patterns else closed

    def _items(self, schema: Any) -> Gate:
        inner = self.compile(schema)

        def items(value: Any) -> bool:
            if isinstance(value, list):
                for item in value:
                    if not inner(item):
                        return False
            return True

        return items

    def _names(self, schema: Any) -> Gate:
        inner = self.compile(schema)
        return lambda value: not isinstance(value, dict) or all(inner(key) for key in value)

    def _ref(self, target: str) -> Gate:
        if target not in self._refs:
            if not target.startswith("#"):
                raise _Unknown(target)
            self._refs[target] = lambda value: False  # a recursive use finds the real one below
            self._refs[target] = self.compile(_resolve(self._root, target))
        return lambda value: self._refs[target](value)

    def _any(self, schemas: list[Any]) -> Gate:
        gates = [self.compile(schema) for schema in schemas]
        return reduce(_either, gates) if gates else lambda value: False

    def _all(self, schemas: list[Any]) -> Gate:
        return _every(map(self.compile, schemas))

    def _one(self, schemas: list[Any]) -> Gate:
        gates = [self.compile(schema) for schema in schemas]
        return lambda value: sum(inner(value) for inner in gates) == 1

    def _not(self, schema: Any) -> Gate:
        inner = self.compile(schema)
        return lambda value: not inner(value)

    def _if(self, schema: Mapping[str, Any]) -> Gate:
        question = self.compile(schema["if"])
        yes, no = self.compile(schema.get("then", True)), self.compile(schema.get("else", True))
        return lambda value: yes(value) if question(value) else no(value)


def _every(gates: Iterable[Gate]) -> Gate:
    """All of them, in pairs of calls: ``all`` over a generator takes twice as long."""
    asked = tuple(gates)
    return reduce(_both, asked) if asked else lambda value: True


def _both(first: Gate, second: Gate) -> Gate:
    return lambda value: first(value) and second(value)


def _either(first: Gate, second: Gate) -> Gate:
    return lambda value: first(value) or second(value)


_NESTED = {
    "items": "_items",
    "propertyNames": "_names",
    "$ref": "_ref",
    "anyOf": "_any",
    "allOf": "_all",
    "oneOf": "_one",
    "not": "_not",
}


def _resolve(root: Any, target: str) -> Any:
    value = root
    for step in target.removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, Mapping) or key not in value:
            raise _Unknown(target)
        value = value[key]
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_IS: Mapping[str, Gate] = {
    "string": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}


def _type(wanted: Any) -> Gate:
    if isinstance(wanted, str):
        return _IS[wanted]
    gates = [_IS[name] for name in wanted]
    return lambda value: any(is_type(value) for is_type in gates)


def comparable(value: Any) -> Any:
    """A hashable twin, equal when JSON Schema calls the values equal: 1 is 1.0, but not true."""
    if isinstance(value, dict):
        return frozenset((key, comparable(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return ("list", *map(comparable, value))
    return ("bool", value) if isinstance(value, bool) else value


def _enum(options: list[Any]) -> Gate:
    known = {comparable(option) for option in options}
    return lambda value: comparable(value) in known


def _unique(wanted: bool) -> Gate:
    return lambda value: (
        not wanted or not isinstance(value, list) or len(set(map(comparable, value))) == len(value)
    )


def _pattern(wanted: str) -> Gate:
    search = re.compile(wanted).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _required(keys: list[str]) -> Gate:
    wanted = frozenset(keys)
    return lambda value: not isinstance(value, dict) or wanted <= value.keys()


def _dependent(needs: Mapping[str, list[str]]) -> Gate:
    return lambda value: (
        not isinstance(value, dict)
        or all(other in value for key, others in needs.items() if key in value for other in others)
    )


def _bound(holds: Callable[[Any, Any], bool]) -> Callable[[Any], Gate]:
    return lambda bound: lambda value: not _is_number(value) or holds(value, bound)


def _size(kind: Any, holds: Callable[[int, int], bool]) -> Callable[[Any], Gate]:
    return lambda bound: lambda value: not isinstance(value, kind) or holds(len(value), bound)


_SIMPLE: Mapping[str, Callable[[Any], Gate]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda wanted: _enum([wanted]),
    "pattern": _pattern,
    "required": _required,
    "dependentRequired": _dependent,
    "uniqueItems": _unique,
    "minimum": _bound(lambda value, bound: bool(value >= bound)),
    "maximum": _bound(lambda value, bound: bool(value <= bound)),
    "exclusiveMinimum": _bound(lambda value, bound: bool(value > bound)),
    "exclusiveMaximum": _bound(lambda value, bound: bool(value < bound)),
    "minLength": _size(str, lambda size, bound: size >= bound),
    "maxLength": _size(str, lambda size, bound: size <= bound),
    "minItems": _size(list, lambda size, bound: size >= bound),
    "maxItems": _size(list, lambda size, bound: size <= bound),
    "minProperties": _size(dict, lambda size, bound: size >= bound),
    "maxProperties": _size(dict, lambda size, bound: size <= bound),
}
