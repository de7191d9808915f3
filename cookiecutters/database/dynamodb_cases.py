"""What tests of a DynamoDB package say: for each operation call, request, reply and result."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.kinds import code
from generator.modelling.models import Models
from generator.shapes import REF, without_null

from .dynamodb_entry import is_set
from .dynamodb_facts import Method, Table, python
from .dynamodb_methods import held
from .dynamodb_names import changeable
from .mongodb_cases import pattern
from .mongodb_names import nouns

Json = Mapping[str, Any]
READING = ("get", "query", "index", "scan", "get_many")


@dataclass(frozen=True, slots=True)
class Cases:
    """Makes the tests of one package."""

    models: Models
    examples: Examples
    types: Json

    def item(self, one: Table) -> dict[str, Any]:
        """A believable item, as JSON, without its version."""
        made = self.examples.of({**one.told["schema"], "required": list(one.told["schema"]["properties"])})
        for name in one.told["keys"]:
            made[name] = made.get(name) if made.get(name) is not None else self._example(one, name)
        version = one.told.get("version")
        return {k: v for k, v in made.items() if k != version and v is not None and v != []}

    def _example(self, one: Table, name: str) -> Any:
        return self.examples.of(without_null(one.told["schema"]["properties"][name])[0], name)

    def table(self, one: Table) -> dict[str, Any]:
        """The constants that tests of a table share."""
        item, version = self.item(one), one.told.get("version")
        kept = {**item, **({version: 1} if version else {})}
        return {
            "name": nouns(one.name)[0].upper(),
            "type": one.kind.text,
            "value": self.models.python(one.kind, item),
            "kept": self.models.python(one.kind, kept) if version else "",
            "stored": self._stored(one, kept),
            "key": self._stored(one, {name: item[name] for name in one.key}),
            "given": self.key(one),
            "table": one.name,
            "pattern": pattern(one.name),
            "instance": nouns(one.name)[0],
        }

    def key(self, one: Table) -> str:
        """The key of the example as arguments."""
        item = self.item(one)
        return ", ".join(self.models.python(one.attributes[name], item[name]) for name in one.key)

    def _stored(self, one: Table, item: Json) -> str:
        """Attributes in DynamoDB's notation, as code."""
        pairs = (f"{code(name)}: {code_of(self.attribute(one, name, value))}" for name, value in item.items())
        return "{" + ", ".join(pairs) + "}"

    def attribute(self, one: Table, name: str, value: Any) -> dict[str, Any]:
        """One attribute in DynamoDB's notation."""
        schema = without_null(one.told["schema"]["properties"][name])[0]
        if name == one.told.get("ttl"):
            return {"N": str(int(dt.datetime.fromisoformat(value).timestamp()))}
        if is_set(schema):
            inner = [notation(part, schema["items"], self.types) for part in value]
            kind = next(iter(inner[0]))
            return {f"{kind}S": [part[kind] for part in inner]}
        return notation(value, schema, self.types)

    def method(self, method: Method) -> dict[str, Any]:
        """One operation: its call, what is sent, what comes back, and what that is to a caller."""
        one = method.table
        name = nouns(one.name)[0].upper()
        kept = f"{name}_KEPT" if "version" in one.told else name
        told = getattr(self, f"_{'query' if method.kind == 'index' else method.kind}")(method, name, kept)
        given = told["given"]
        return {
            "name": method.name,
            "kind": method.kind,
            "call": f"{method.name}({', '.join(filter(None, [given, 'timeout=7.5']))})",
            "least": f"{method.name}({told.get('least', given)})",
            "sent": ", ".join([f"operation={code(told['operation'])}", "timeout=7.5", *told["sent"]]),
            "reply": told["reply"],
            "expected": told["expected"],
            "live": told.get("live", ""),
            "reads": method.kind in READING,
        }

    def _put(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        sent = [f"TableName={code(method.table.name)}", f"Item={name}_STORED"]
        if kept != name:
            names = {"#n0": method.table.told["partition"]}
            sent += [
                'ConditionExpression="attribute_not_exists(#n0)"',
                f"ExpressionAttributeNames={code(names)}",
            ]
        return {"operation": "put_item", "given": name, "sent": sent, "reply": "{}", "expected": kept}

    def _get(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        sent = [f"TableName={code(method.table.name)}", f"Key={name}_KEY", "ConsistentRead=False"]
        reply = '{"Item": ' + name + "_STORED}"
        given = self.key(method.table)
        return {"operation": "get_item", "given": given, "sent": sent, "reply": reply, "expected": kept}

    def _update(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        one, item = method.table, self.item(method.table)
        changed = next((part for part in changeable(one.told) if part in item), changeable(one.told)[0])
        value = item.get(changed, None)
        value = self._example(one, changed) if value is None else value
        names, values = {"#n0": changed}, {":v0": self.attribute(one, changed, value)}
        text, mark = "SET #n0 = :v0", "#n1"
        if "version" in one.told:
            names["#n1"], mark = one.told["version"], "#n2"
            values |= {":v1": {"N": "0"}, ":v2": {"N": "1"}}
            text += ", #n1 = if_not_exists(#n1, :v1) + :v2"
        names[mark] = one.told["partition"]
        sent = [
            f"TableName={code(one.name)}",
            f"Key={name}_KEY",
            f"UpdateExpression={code(text)}",
            f'ConditionExpression="attribute_exists({mark})"',
            f"ExpressionAttributeNames={code(names)}",
            f"ExpressionAttributeValues={code_of(values)}",
            'ReturnValues="ALL_NEW"',
        ]
        given = f"{self.key(one)}, {python(changed)}={self.models.python(one.attributes[changed], value)}"
        reply = '{"Attributes": ' + name + "_STORED}"
        return {"operation": "update_item", "given": given, "sent": sent, "reply": reply, "expected": kept}

    def _delete(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        sent = [f"TableName={code(method.table.name)}", f"Key={name}_KEY", 'ReturnValues="ALL_OLD"']
        reply = '{"Attributes": ' + name + "_STORED}"
        given = self.key(method.table)
        return {"operation": "delete_item", "given": given, "sent": sent, "reply": reply, "expected": "True"}

    def _query(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        one, place, item = method.table, method.place, self.item(method.table)
        partition, sort = place["partition"], place.get("sort")
        names = {"#n0": partition}
        values = {":v0": self.attribute(one, partition, item[partition])}
        text, given = "#n0 = :v0", self.models.python(one.attributes[partition], item[partition])
        least = given
        if sort:
            names["#n1"], values[":v1"] = sort, self.attribute(one, sort, item[sort])
            text += " AND #n1 >= :v1"
            given += f", AtLeast({self.models.python(one.attributes[sort], item[sort])})"
        sent = [
            f"TableName={code(one.name)}",
            f"KeyConditionExpression={code(text)}",
            f"ExpressionAttributeNames={code(names)}",
            f"ExpressionAttributeValues={code_of(values)}",
            "ScanIndexForward=True",
            f"IndexName={code(method.index)}" if method.index else "ConsistentRead=False",
        ]
        row, stored = self._row(method, name, kept)
        reply = '{"Items": [' + stored + "]}"
        told = {"given": given, "least": least, "reply": reply, "expected": f"[{row}]", "live": f"[{row}]"}
        return {"operation": "query", "sent": sent, **told}

    def _row(self, method: Method, name: str, kept: str) -> tuple[str, str]:
        """What a query gives of the example, and how it is stored."""
        one, place = method.table, method.place
        if "includes" not in place:
            return kept, f"{name}_STORED"
        item = self.item(one)
        version = one.told.get("version")
        item = {**item, **({version: 1} if version else {})}
        part = {key: item[key] for key in held(one.told, place) if key in item}
        return self.models.python(method.row, part), self._stored(one, part)

    def _scan(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        sent = [f"TableName={code(method.table.name)}", "ConsistentRead=False"]
        reply = '{"Items": [' + name + "_STORED]}"
        return {"operation": "scan", "given": "", "sent": sent, "reply": reply, "expected": f"[{kept}]"}

    def _get_many(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        place = code(method.table.name)
        sent = ["RequestItems={" + f'{place}: {{"Keys": [{name}_KEY]}}' + "}"]
        reply = '{"Responses": {' + f"{place}: [{name}_STORED]" + "}}"
        given = f"[({self._tuple(method.table)})]"
        return {
            "operation": "batch_get_item",
            "given": given,
            "sent": sent,
            "reply": reply,
            "expected": f"[{kept}]",
        }

    def _write(self, method: Method, name: str, kept: str) -> dict[str, Any]:
        place = code(method.table.name)
        put, gone = (
            f'{{"PutRequest": {{"Item": {name}_STORED}}}}',
            f'{{"DeleteRequest": {{"Key": {name}_KEY}}}}',
        )
        sent = ["RequestItems={" + f"{place}: [{put}, {gone}]" + "}"]
        given = f"put=[{kept}], delete=[({self._tuple(method.table)})]"
        return {
            "operation": "batch_write_item",
            "given": given,
            "sent": sent,
            "reply": "{}",
            "expected": "None",
        }

    def _tuple(self, one: Table) -> str:
        key = self.key(one)
        return f"{key}," if len(one.key) == 1 else key


def notation(value: Any, schema: Json, types: Json) -> dict[str, Any]:
    """A JSON value in DynamoDB's notation; times in UTC, with six digits of a second."""
    schema = without_null(schema)[0]
    if "$ref" in schema:
        return notation(value, types.get(str(schema["$ref"]).removeprefix(REF), {}), types)
    if isinstance(value, bool) or value is None:
        return {"NULL": True} if value is None else {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [notation(one, schema.get("items", {}), types) for one in value]}
    if isinstance(value, Mapping):
        return {
            "M": {k: notation(v, schema.get("properties", {}).get(k, {}), types) for k, v in value.items()}
        }
    if schema.get("format") == "date-time":
        time = dt.datetime.fromisoformat(value).astimezone(dt.UTC)
        return {"S": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    return {"B": base64.b64decode(value)} if schema.get("format") == "byte" else {"S": value}


def code_of(value: Any) -> str:
    """Plain data with bytes as Python."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{code(key)}: {code_of(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(code_of, value))}]"
    return repr(value) if isinstance(value, bytes) else code(value)
