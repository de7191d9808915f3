"""The methods of a MongoDB adapter as facts: signature, constant, body and words of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.modelling.kinds import Kind, code
from generator.modelling.models import Models
from generator.modelling.names import article, pascal, phrase

from . import mongodb_code
from .mongodb_facts import Collection, Method, Schema
from .mongodb_names import STANDARD, named, nouns
from .mongodb_types import named_parts, referring
from .mongodb_words import summary, words

TIMEOUT = {"name": "timeout", "annotation": "float | None", "default": "None"}


def collections_of(
    entry: Mapping[str, Any], models: Models, row_names: Mapping[str, Mapping[str, str]]
) -> list[Collection]:
    """Every collection, with the classes of its documents and rows."""
    found = []
    for name, told in entry["requirements"]["collections"].items():
        kind = models.result({"$ref": f"#/types/{told['document']}"}, told["document"], name)
        rows = {
            find: models.result({"$ref": f"#/types/{row}"}, row, f"{name}.{find}")
            for find, row in row_names.get(name, {}).items()
        }
        own = "int" if told["schema"]["properties"]["id"].get("type") == "integer" else "str"
        found.append(Collection(name, told, nouns(name)[1].upper(), kind, rows, own))
    return found


def types_of(entry: Mapping[str, Any]) -> tuple[dict[str, Schema], dict[str, dict[str, str]]]:
    """The named types of the package, and of each collection the type of each projection."""
    requirements = entry["requirements"]
    types: dict[str, Schema] = dict(requirements.get("types", {}))
    rows: dict[str, dict[str, str]] = {}
    for name, told in requirements["collections"].items():
        schema = named_parts(told["schema"], told["document"], types)
        types[told["document"]] = {**schema, "description": told.get("summary") or _about(name)}
    for name, told in requirements["collections"].items():
        for find, facts in told.get("finds", {}).items():
            if "projection" in facts:
                row = facts.get("row") or f"{told['document']}{pascal(find)}"
                rows.setdefault(name, {})[find] = row
                types.setdefault(row, _projected(types[told["document"]], facts["projection"], name))
    return types, rows


def _about(collection: str) -> str:
    words = article(phrase(nouns(collection)[0]))
    return f"{words[0].upper()}{words[1:]} of the collection {collection}."


def _projected(schema: Schema, names: Sequence[str], collection: str) -> dict[str, Any]:
    kept = {name: schema["properties"][name] for name in names if name in schema["properties"]}
    required = [name for name in schema.get("required", ()) if name in kept]
    about = f"A part of a document of {collection}: {', '.join(kept)}."
    return {"type": "object", "properties": kept, "required": required, "description": about}


def methods_of(collections: Sequence[Collection], kept: Mapping[str, str]) -> list[Method]:
    """Every operation, in the manifest's order."""
    names = named({one.name: one.told for one in collections}, kept)
    return [method for one in collections for method in _methods(one, names)]


def _methods(one: Collection, names: Mapping[str, str]) -> Iterator[Method]:
    for kind in STANDARD:
        yield Method(f"{one.name}.{kind}", names[f"{one.name}.{kind}"], kind, one)
    for find, told in one.told.get("finds", {}).items():
        key = f"{one.name}.finds.{find}"
        yield Method(key, names[key], told["returns"], one, told, find)
    for update, told in one.told.get("updates", {}).items():
        key = f"{one.name}.updates.{update}"
        yield Method(key, names[key], "update", one, told)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The kinds of parameters; what is asked twice is made once."""

    models: Models
    types: Mapping[str, Schema]
    _known: dict[str, Kind] = field(default_factory=dict)

    def of(self, method: Method, name: str) -> Kind:
        """The kind of one parameter of a declared operation."""
        schema = method.parameters[name]
        key = f"{method.collection.name} {name} {sorted(map(str, schema.items()))}"
        if key not in self._known:
            wanted = pascal(f"{nouns(method.collection.name)[0]}_{name}")
            self._known[key] = self.models.argument(referring(schema, self.types), wanted, method.key)
        return self._known[key]


def facts(
    method: Method, arguments: Arguments, summaries: Mapping[str, str], constants: set[str]
) -> dict[str, Any]:
    """What the skeleton prints of one method."""
    wanted = method.name.upper()
    constant = f"{wanted}_OPERATION" if wanted in constants else wanted
    positional, keyword, passed = _signature(method, arguments)
    return {
        "key": method.key,
        "name": method.name,
        "kind": method.kind,
        "constant": constant,
        "value": _constant(method),
        "annotation": _annotation(method),
        "positional": positional,
        "keyword": keyword,
        "returns": method.returns,
        "call": f"self._{CALLS[method.kind]}({', '.join([constant, *passed])})",
        "form_of": method.form_of,
        "doc": {"summary": summaries.get(method.name) or summary(method), **words(method)},
    }


CALLS = {
    "insert": "insert",
    "insert_many": "write",
    "get": "get",
    "replace": "replace",
    "delete": "delete",
    "write": "write",
    "count": "count",
    "watch": "watch",
    "one": "one",
    "many": "many",
    "stream": "streamed",
    "update": "update",
}


def _signature(method: Method, arguments: Arguments) -> tuple[list[Any], list[Any], list[str]]:
    """Parameters by place, those by name, and what the body passes on."""
    one, document = method.collection, method.collection.kind.text
    several = {"annotation": f"Sequence[{document}]", "default": "()"}
    time = "timeout=timeout"
    if method.kind in ("insert", "replace"):
        return [{"name": one.argument, "annotation": document}], [TIMEOUT], [one.argument, time]
    if method.kind in ("get", "delete"):
        return [{"name": "id", "annotation": one.id_annotation}], [TIMEOUT], ["id", time]
    if method.kind == "insert_many":
        many = nouns(one.name)[1]
        given = {"name": many, "annotation": f"Sequence[{document}]"}
        return [given], [TIMEOUT], [f"insert={many}", time]
    if method.kind == "write":
        writes: list[dict[str, str]] = [{"name": "insert", **several}, {"name": "replace", **several}]
        writes.append({"name": "delete", "annotation": f"Sequence[{one.id_annotation}]", "default": "()"})
        return [], [*writes, TIMEOUT], ["insert=insert", "replace=replace", "delete=delete", time]
    if method.kind == "watch":
        told = [
            {"name": "resume_after", "annotation": "str | None", "default": "None"},
            {"name": "wait", "annotation": "float | None", "default": "None"},
        ]
        return [], told, ["resume_after=resume_after", "wait=wait"]
    passed = [f"{name}={name}" for name in method.parameters]
    told = [{"name": name, "annotation": arguments.of(method, name).argument} for name in method.parameters]
    batch = [{"name": "batch_size", "annotation": "int", "default": "500"}] if method.kind == "stream" else []
    passed += ["batch_size=batch_size"] if batch else []
    if method.by_name:
        return [], [*told, *batch, TIMEOUT], [*passed, time]
    return told, [*batch, TIMEOUT], [*passed, time]


def _annotation(method: Method) -> str:
    if method.kind == "update":
        return "Update"
    if method.find:
        return f"Find[{method.row.text}]"
    return f"Operation[{method.collection.kind.text}]"


def _constant(method: Method) -> str:
    told, place = method.told, f"{code(method.name)}, {method.collection.constant}"
    if not told:
        return f"Operation({place})"
    parts = [place, mongodb_code.declared(told["filter"], method.parameters)]
    if method.kind == "update":
        parts.append(mongodb_code.declared(told["update"], method.parameters))
        return (
            f"Update({', '.join([*parts, *(f'{key}=True' for key in ('many', 'upsert') if told.get(key))])})"
        )
    parts.append(method.row.text)
    if told.get("sort"):
        parts.append(f"sort={pairs(told['sort'])}")
    if told.get("limit"):
        parts.append(f"limit={told['limit']}")
    if told.get("projection"):
        names = [code(mongodb_code.key_of(name)) for name in told["projection"]]
        parts.append(f"projection={tupled(names)}")
    return f"Find({', '.join(parts)})"


def pairs(keys: Sequence[Sequence[Any]]) -> str:
    """Fields with directions, as a tuple of tuples."""
    return tupled([f"({code(mongodb_code.key_of(name))}, {code(way)})" for name, way in keys])


def tupled(parts: Sequence[str]) -> str:
    """Expressions as a tuple."""
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def index_code(index: Mapping[str, Any]) -> str:
    """One index as the adapter's constants say it."""
    keys = ", ".join(f"{code(mongodb_code.key_of(name))}: {code(way)}" for name, way in index["keys"])
    parts = [code(index["name"]), "{" + keys + "}"]
    parts += [f"{key}=True" for key in ("unique", "sparse") if index.get(key)]
    if "partial" in index:
        parts.append(f"partial={mongodb_code.declared(index['partial'], {})}")
    if "expire_after" in index:
        parts.append(f"expire_after={index['expire_after']}")
    return f"Index({', '.join(parts)})"
