"""What tests of a MongoDB package say: for each operation the call, the command, the reply and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.kinds import code
from generator.modelling.models import Models

from . import mongodb_code
from .mongodb_entry import ID
from .mongodb_facts import Collection, Method
from .mongodb_filters import COMPARING, JOINING, LISTS, PARAMETER
from .mongodb_methods import Arguments
from .mongodb_names import nouns

OBJECT_ID = "65a1b2c3d4e5f60718293a4b"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cases:
    """Makes the tests of one package."""

    models: Models
    arguments: Arguments
    examples: Examples
    types: Json

    def document(self, one: Collection) -> dict[str, Any]:
        """A believable document, as JSON."""
        made = self.examples.of(one.schema, nouns(one.name)[0])
        own = OBJECT_ID if one.schema["properties"]["id"] == ID else made["id"]
        return {"id": own, **{key: value for key, value in made.items() if key != "id"}}

    def collection(self, one: Collection) -> dict[str, Any]:
        """The constants that tests of a collection share."""
        told = self.document(one)
        name = nouns(one.name)[0].upper()
        return {
            "name": name,
            "type": one.kind.text,
            "value": self.models.python(one.kind, told),
            "stored": mongodb_code.document(told, one.schema, self.types),
            "id": code(told["id"]),
            "id_type": one.id_annotation,
            "indexes": [self._index(index) for index in one.told.get("indexes", ())],
            "collection": one.name,
            "pattern": pattern(one.name),
        }

    def _index(self, index: Json) -> str:
        keys = [[mongodb_code.key_of(name), way] for name, way in index["keys"]]
        seen: dict[str, Any] = {"keys": keys, "name": index["name"]}
        seen |= {key: True for key in ("unique", "sparse") if index.get(key)}
        if "partial" in index:
            seen["partialFilterExpression"] = index["partial"]
        if "expire_after" in index:
            seen["expireAfterSeconds"] = index["expire_after"]
        return code(seen)

    def method(self, method: Method) -> dict[str, Any]:
        """One operation: its call, what is sent, what comes back, and what that is to a caller."""
        name = nouns(method.collection.name)[0].upper()
        standard = _STANDARD.get(method.kind) if not method.told else None
        if standard is not None:
            told = {key: text.replace("ORDER", name) for key, text in standard.items()}
        else:
            told = self._declared(method, name)
        sent = {
            "collection": code(method.collection.name),
            **({} if method.kind == "watch" else {"timeout": "7.5"}),
        }
        parts = [f"verb={told['verb']}", *(f"{k}={v}" for k, v in sent.items())]
        given = [told["given"]] if told["given"] else []
        timed = [] if method.kind == "watch" else ["timeout=7.5"]
        return {
            "name": method.name,
            "kind": method.kind,
            "call": f"{method.name}({', '.join([*given, *timed])})",
            "least": f"{method.name}({', '.join(given)})",
            "sent": ", ".join([*parts, *([told["sent"]] if told["sent"] else [])]),
            "reply": told["reply"],
            "expected": told["expected"],
            "live": told.get("live", ""),
            "reads": method.kind in READING,
        }

    def _declared(self, method: Method, name: str) -> dict[str, str]:
        document = self.document(method.collection)
        values = self._values(method, document)
        written = {
            key: mongodb_code.stored(v, method.parameters[key], self.types) for key, v in values.items()
        }
        python = {k: self.models.python(self.arguments.of(method, k), v) for k, v in values.items()}
        given = ", ".join(f"{k}={v}" if method.by_name else v for k, v in python.items())
        filter = mongodb_code.given(method.told["filter"], written)
        met = matches(method.told["filter"], document, values)
        if method.kind == "update":
            return self._update(method, given, filter, written, met)
        return self._find(method, name, given, filter, met)

    def _update(
        self, method: Method, given: str, filter: str, written: Mapping[str, str], met: bool | None
    ) -> dict[str, str]:
        told = method.told
        upsert = ", upsert=True" if told.get("upsert") else ""
        verb = "update_many" if told.get("many") else "update_one"
        update = mongodb_code.given(told["update"], written)
        live = "" if met is None else str(int(met or bool(told.get("upsert"))))
        return {
            "verb": code(verb),
            "given": given,
            "sent": f"filter={filter}, update={update}{upsert}",
            "reply": "1",
            "expected": "1",
            "live": live,
        }

    def _find(self, method: Method, name: str, given: str, filter: str, met: bool | None) -> dict[str, str]:
        told, row, stored = method.told, name, f"{name}_STORED"
        sent = [f"filter={filter}"]
        if told.get("projection"):
            row, stored, shown = self._projected(method)
            sent.append(f"projection={shown}")
        if told.get("sort"):
            sent.append(f"sort={code([[mongodb_code.key_of(k), way] for k, way in told['sort']])}")
        if told.get("limit") and method.kind != "one":
            sent.append(f"limit={told['limit']}")
        if method.kind == "stream":
            sent.append("batch_size=500")
        verb = {"one": "find_one", "count": "count_documents"}.get(method.kind, "find")
        shapes = {"one": ("{}", "{}", "None"), "count": ("3", "3", "0")}
        reply, expected, none = shapes.get(method.kind, ("[{}]", "[{}]", "[]"))
        live = "1" if method.kind == "count" else expected.format(row)
        return {
            "verb": code(verb),
            "given": given,
            "sent": ", ".join(sent[:1] if method.kind == "count" else sent),
            "reply": reply.format(stored),
            "expected": expected.format(row),
            "live": "" if met is None else live if met else none,
        }

    def _projected(self, method: Method) -> tuple[str, str, str]:
        names = method.told["projection"]
        part = {k: v for k, v in self.document(method.collection).items() if k in names}
        shown = {mongodb_code.key_of(name): 1 for name in names}
        shown |= {} if "id" in names else {"_id": 0}
        row = self.models.python(method.row, part)
        return row, mongodb_code.document(part, method.collection.schema, self.types), code(shown)

    def _values(self, method: Method, document: Json) -> dict[str, Any]:
        """A value for each parameter, as JSON: that of the document where one stands, so that it is found."""
        found = dict(_places(method.told["filter"], document))
        return {
            name: found[name] if found.get(name) is not None else self.examples.of(schema, name)
            for name, schema in method.parameters.items()
        }


READING = ("get", "count", "one", "many", "stream")
_STANDARD: Mapping[str, Mapping[str, str]] = {
    "insert": {
        "verb": '"insert_one"',
        "given": "ORDER",
        "sent": "document=ORDER_STORED",
        "reply": "None",
        "expected": "None",
    },
    "insert_many": {
        "verb": '"bulk_write"',
        "given": "[ORDER]",
        "sent": 'requests=[{"kind": "insert", "document": ORDER_STORED}], ordered=False',
        "reply": "Written(inserted=1)",
        "expected": "Written(inserted=1)",
    },
    "get": {
        "verb": '"find_one"',
        "given": "ORDER.id",
        "sent": 'filter={"_id": ORDER.id}',
        "reply": "ORDER_STORED",
        "expected": "ORDER",
    },
    "replace": {
        "verb": '"replace_one"',
        "given": "ORDER",
        "sent": 'filter={"_id": ORDER.id}, replacement=ORDER_STORED',
        "reply": "1",
        "expected": "True",
    },
    "delete": {
        "verb": '"delete_one"',
        "given": "ORDER.id",
        "sent": 'filter={"_id": ORDER.id}',
        "reply": "1",
        "expected": "True",
    },
    "write": {
        "verb": '"bulk_write"',
        "given": "insert=[ORDER], replace=[ORDER], delete=[ORDER.id]",
        "sent": 'requests=[{"kind": "insert", "document": ORDER_STORED},'
        ' {"kind": "replace", "filter": {"_id": ORDER.id}, "document": ORDER_STORED},'
        ' {"kind": "delete", "filter": {"_id": ORDER.id}}], ordered=False',
        "reply": "Written(1, 1, 1)",
        "expected": "Written(inserted=1, replaced=1, deleted=1)",
    },
    "count": {"verb": '"count_documents"', "given": "", "sent": "filter={}", "reply": "3", "expected": "3"},
    "watch": {
        "verb": '"watch"',
        "given": "wait=1.0",
        "sent": "",
        "reply": '[{"operationType": "insert", "documentKey": {"_id": ORDER.id},'
        ' "fullDocument": ORDER_STORED, "_id": {"_data": "token-1"}}]',
        "expected": '[Change("insert", ORDER.id, ORDER, "token-1")]',
    },
}


def _places(filter: Json, document: Any) -> list[tuple[str, Any]]:
    """The parameters of a filter with the values that a document has there."""
    found: list[tuple[str, Any]] = []
    for path, condition in filter.items():
        if path in JOINING:
            found += [pair for part in condition for pair in _places(part, document)]
        elif isinstance(condition, Mapping) and not path.startswith("$"):
            held = _held(document, path)
            found += [pair for name, told in condition.items() for pair in _place(name, told, held)]
    return found


def _place(operator: str, told: Any, held: Any) -> list[tuple[str, Any]]:
    name = PARAMETER.match(told) if isinstance(told, str) else None
    if name and operator in (*COMPARING, *LISTS):
        one = held[0] if isinstance(held, list) and held else held
        return [(name[1], [one] if operator in LISTS and one is not None else one)]
    if isinstance(told, list) and operator in LISTS:
        return [pair for one in told for pair in _place("$eq", one, held)]
    return []


def _held(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document[0] if isinstance(document, list) and document else document
        document = document.get(part) if isinstance(document, Mapping) else None
    return document


def pattern(name: str) -> str:
    """An expression that matches a name and nothing else."""
    plain = name.replace("_", "").replace("-", "")
    return code(name) if plain.isalnum() else f"re.escape({code(name)})"


def matches(filter: Json, document: Json, values: Json) -> bool | None:
    """Would MongoDB find the document? None where this cannot tell."""
    told = [_met(path, condition, document, values) for path, condition in filter.items()]
    return False if False in told else None if None in told else True


def _met(path: str, condition: Any, document: Json, values: Json) -> bool | None:
    if path in JOINING:
        parts = [matches(part, document, values) for part in condition]
        if None in parts:
            return None
        return all(parts) if path == "$and" else any(parts) if path == "$or" else not any(parts)
    if path.startswith("$"):
        return None
    told = [_compared(name, wanted, _held(document, path), values) for name, wanted in condition.items()]
    return False if False in told else None if None in told else True


def _compared(operator: str, wanted: Any, held: Any, values: Json) -> bool | None:
    name = PARAMETER.match(wanted) if isinstance(wanted, str) else None
    wanted = values[name[1]] if name else wanted
    if isinstance(held, list | dict) or (isinstance(wanted, list) and any(map(_is_parameter, wanted))):
        return None
    if operator == "$exists":
        return bool(wanted) == (held is not None)
    if operator in ("$eq", "$ne"):
        return bool(held == wanted) == (operator == "$eq")
    if operator in ("$in", "$nin"):
        return bool(held in wanted) == (operator == "$in")
    if operator in ("$gt", "$gte", "$lt", "$lte") and type(held) is type(wanted) and held is not None:
        order = (held > wanted) - (held < wanted)
        told = {"$gt": order > 0, "$gte": order >= 0, "$lt": order < 0, "$lte": order <= 0}
        return bool(told[operator])
    return None


def _is_parameter(value: Any) -> bool:
    return isinstance(value, str) and PARAMETER.match(value) is not None
