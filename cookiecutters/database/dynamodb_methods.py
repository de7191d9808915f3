"""The methods of a DynamoDB adapter as facts: signature, constant, body and words of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.kinds import code
from generator.modelling.models import Models
from generator.modelling.names import article, pascal, phrase
from generator.shapes import without_null

from .dynamodb_facts import Method, Parameter, Schema, Table, python
from .dynamodb_names import STANDARD, changeable, has, named
from .dynamodb_words import summary, words
from .mongodb_methods import tupled
from .mongodb_names import nouns
from .mongodb_types import named_parts

TIMEOUT: Parameter = {"name": "timeout", "annotation": "float | None", "default": "None"}
CONSISTENT: Parameter = {"name": "consistent", "annotation": "bool", "default": "False"}
LIMIT: Parameter = {"name": "limit", "annotation": "int | None", "default": "None"}
FORWARD: Parameter = {"name": "forward", "annotation": "bool", "default": "True"}


def types_of(entry: Mapping[str, Any]) -> tuple[dict[str, Schema], dict[str, dict[str, str]]]:
    """The named types of the package, and of each table the type of what each index holds."""
    types: dict[str, Schema] = dict(entry["requirements"].get("types", {}))
    rows: dict[str, dict[str, str]] = {}
    for name, told in entry["requirements"]["tables"].items():
        about = article(phrase(nouns(name)[0]))
        said = told.get("summary") or f"{about[0].upper()}{about[1:]} of the table {name}."
        types[told["item"]] = {**named_parts(told["schema"], told["item"], types), "description": said}
    for name, told in entry["requirements"]["tables"].items():
        for index, facts in told.get("indexes", {}).items():
            if "includes" in facts:
                row = f"{told['item']}{pascal(index)}"
                rows.setdefault(name, {})[index] = row
                types.setdefault(row, _held(told, facts, name, types[told["item"]]))
    return types, rows


def held(told: Mapping[str, Any], index: Mapping[str, Any]) -> list[str]:
    """The attributes that an index holds: keys, and those that it includes."""
    keys = [told["partition"], told.get("sort"), index["partition"], index.get("sort"), *index["includes"]]
    return list(dict.fromkeys(name for name in keys if name))


def _held(told: Mapping[str, Any], index: Mapping[str, Any], table: str, schema: Schema) -> dict[str, Any]:
    names = held(told, index)
    required = [name for name in schema.get("required", ()) if name in names]
    required = sorted({*required, *(name for name in names if name in told["keys"])})
    parts = {name: schema["properties"][name] for name in names}
    parts = {name: without_null(part)[0] if name in required else part for name, part in parts.items()}
    about = f"What an index of {table} holds of an item: {', '.join(names)}."
    return {"type": "object", "properties": parts, "required": required, "description": about}


def tables_of(
    entry: Mapping[str, Any],
    models: Models,
    rows: Mapping[str, Mapping[str, str]],
    types: Mapping[str, Schema],
) -> list[Table]:
    """Every table, with the classes of its items."""
    found = []
    for name, told in entry["requirements"]["tables"].items():
        kind = models.result({"$ref": f"#/types/{told['item']}"}, told["item"], name)
        made = {
            index: models.result({"$ref": f"#/types/{row}"}, row, f"{name}.{index}")
            for index, row in rows.get(name, {}).items()
        }
        parts = types[told["item"]]["properties"].items()
        attributes = {
            part: models.argument(
                _bare(schema, part in told["keys"]), f"{told['item']}_{part}", f"{name}.{part}"
            )
            for part, schema in parts
        }
        found.append(Table(name, told, nouns(name)[1].upper(), kind, made, attributes))
    return found


def _bare(schema: Schema, key: bool) -> Schema:
    return without_null(schema)[0] if key else schema


def methods_of(tables: Sequence[Table], kept: Mapping[str, str]) -> list[Method]:
    """Every operation, in order."""
    names = named({one.name: one.told for one in tables}, kept)
    return [method for one in tables for method in _methods(one, names)]


def _methods(one: Table, names: Mapping[str, str]) -> Iterator[Method]:
    for kind in STANDARD:
        if has(one.told, kind):
            yield Method(f"{one.name}.{kind}", names[f"{one.name}.{kind}"], kind, one)
    for index in one.told.get("indexes", {}):
        key = f"{one.name}.indexes.{index}"
        yield Method(key, names[key], "index", one, index)


@dataclass(slots=True)
class Signature:
    """Parameters by place, those by name, and what the body passes on."""

    positional: list[Parameter] = field(default_factory=list)
    keyword: list[Parameter] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)

    def by_name(self, *parameters: Parameter) -> Signature:
        """Add parameters that are passed on under their own names."""
        self.keyword += parameters
        self.passed += [f"{told['name']}={told['name']}" for told in parameters]
        return self

    def by_place(self, *parameters: Parameter) -> Signature:
        """Add parameters that are passed on in order."""
        self.positional += parameters
        self.passed += [told["name"] for told in parameters]
        return self


def signature(method: Method) -> Signature:
    """The signature of one method."""
    said, one, item = Signature(), method.table, method.table.kind.text
    key = [one.parameter(name) for name in one.key]
    keys = f"Sequence[tuple[{', '.join(told['annotation'] for told in key)}]]"
    if method.kind == "put":
        absent = {"name": "if_absent", "annotation": "bool", "default": "False"}
        said.by_place({"name": nouns(one.name)[0], "annotation": item}).by_name(absent)
    elif method.kind == "get":
        said.by_place(*key).by_name(CONSISTENT)
    elif method.kind == "delete":
        said.by_place(*key)
    elif method.kind == "update":
        _changing(said.by_place(*key), one)
    elif method.kind == "scan":
        said.by_name(LIMIT, CONSISTENT)
    elif method.kind == "get_many":
        said.by_place({"name": "keys", "annotation": keys})
    elif method.kind == "write":
        put = {"name": "put", "annotation": f"Sequence[{item}]", "default": "()"}
        said.by_name(put, {"name": "delete", "annotation": keys, "default": "()"})
    else:
        _querying(said, method)
    return said.by_name(TIMEOUT)


def _changing(said: Signature, one: Table) -> None:
    names = changeable(one.told)
    for name in names:
        told = one.parameter(name)
        bare = told["annotation"].removesuffix(" | None")
        annotation = f"{bare} | UnsetType" + (" | None" if bare != told["annotation"] else "")
        said.keyword.append({"name": told["name"], "annotation": annotation, "default": "UNSET"})
    pairs = ", ".join(f"{code(name)}: {python(name)}" for name in names)
    said.passed.append("changes={" + pairs + "}")
    if "version" in one.told:
        said.by_name({"name": "if_version", "annotation": "int | None", "default": "None"})


def _querying(said: Signature, method: Method) -> None:
    place, one = method.place, method.table
    said.by_place(one.parameter(place["partition"]))
    if place.get("sort"):
        sort = one.parameter(place["sort"])
        annotation = f"Condition[{sort['annotation']}] | None"
        said.by_place({"name": sort["name"], "annotation": annotation, "default": "None"})
    said.by_name(FORWARD, LIMIT, *([] if method.index else [CONSISTENT]))


def facts(method: Method, summaries: Mapping[str, str], constants: set[str]) -> dict[str, Any]:
    """What the skeleton prints of one method."""
    wanted = method.name.upper()
    constant = f"{wanted}_OPERATION" if wanted in constants else wanted
    said, one = signature(method), method.table
    call = {"get_many": "batch_get", "write": "batch_write", "index": "query"}.get(method.kind, method.kind)
    queries = method.kind in ("query", "index")
    index = f", {code(method.index)}" if method.index else ""
    value = f"{code(method.name)}, {one.constant}"
    return {
        "key": method.key,
        "name": method.name,
        "kind": method.kind,
        "constant": constant,
        "value": f"Query({value}, {method.row.text}{index})" if queries else f"Operation({value})",
        "annotation": f"Query[{method.row.text}]" if queries else f"Operation[{one.kind.text}]",
        "positional": said.positional,
        "keyword": said.keyword,
        "returns": method.returns,
        "call": f"self._{call}({', '.join([constant, *said.passed])})",
        "doc": {"summary": summaries.get(method.name) or summary(method), **words(method)},
    }


def table_code(one: Table) -> str:
    """The table as the adapter's constants say it."""
    told = one.told
    parts = [code(one.name), one.kind.text, code(told["partition"])]
    parts += [f"sort={code(told['sort'])}"] if "sort" in told else []
    parts.append(f"keys={code(told['keys'])}")
    indexes = [_index(name, index) for name, index in told.get("indexes", {}).items()]
    parts += [f"indexes={tupled(indexes)}"] if indexes else []
    parts += [f"{key}={code(told[key])}" for key in ("ttl", "version") if key in told]
    parts += [f"sets={tupled([code(name) for name in told['sets']])}"] if "sets" in told else []
    return f"Table({', '.join(parts)})"


def _index(name: str, index: Mapping[str, Any]) -> str:
    parts = [code(name), code(index["partition"])]
    parts += [f"sort={code(index['sort'])}"] if "sort" in index else []
    if "includes" in index:
        parts.append(f"includes={tupled([code(one) for one in index['includes']])}")
    return f"Index({', '.join(parts)})"
