"""The one canonical form of a Redis entry: what is wrong becomes a complaint, never a crash.

    keys: {session: {key: "session:{user_id}", type: string, value: Session, ttl: 1h, sliding: true}}
        type: string counter hash set zset list stream lock    parameters: {user_id: integer}
        list, stream: maxlen    stream: group, max_deliveries, claim_after, dead_letter
        any: ttl, replica, summary    string, counter: sliding
    scripts: {take: {lua, keys: [{stock: "stock:{sku}"}, session], arguments: [{amount: integer}],
                     returns: integer, repeatable: true}}

A key of a script is the name of one of ``keys``, or a template; a mapping will do where there is only one.
Canonical: times are seconds, values JSON Schema, ``parameters`` name every parameter with its type, and keys
and arguments of scripts are lists, since their order counts.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any

from generator.modelling.connection import Reader, mapping
from generator.shapes import REF, Complaint, named_types, to_schema, without_null

from . import redis_templates as templates
from .redis_settings import read_settings

TYPES = ("string", "counter", "hash", "set", "zset", "list", "stream", "lock")
_OTHER_NAMES = {
    "sorted_set": "zset",
    "sorted-set": "zset",
    "sortedset": "zset",
    "json": "string",
    "value": "string",
}
COMMON = ("key", "type", "parameters", "ttl", "replica", "summary")
OWN: Mapping[str, tuple[str, ...]] = {
    "string": ("value", "sliding"),
    "counter": ("sliding",),
    "hash": ("value",),
    "set": ("value",),
    "zset": ("value",),
    "list": ("value", "maxlen"),
    "stream": ("value", "maxlen", "group", "max_deliveries", "claim_after", "dead_letter"),
    "lock": (),
}
SCRIPT = ("lua", "keys", "arguments", "returns", "repeatable", "summary")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*\Z")
# What methods of adapters take besides the parameters of a key.
_ARGUMENTS = (
    "self timeout ttl value values wait by change member members score count start stop lowest highest limit"
    " message after consumer idle ids id reason only_if_absent field"
)
ARGUMENTS = frozenset(_ARGUMENTS.split())
_FLAGS = ("sliding", "replica")


def read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The entry in canonical form, and everything in it that cannot be understood."""
    complaints: list[Complaint] = []
    raw = mapping(entry.get("requirements"))
    settings, environments = read_settings(entry, complaints)
    types = named_types(raw.get("types"), complaints, ("requirements", "types"))
    keys = {}
    for name, told in mapping(raw.get("keys")).items():
        found = _Key(str(name), types, complaints).read(told)
        if found:
            keys[str(name)] = found
    scripts = {}
    for name, told in mapping(raw.get("scripts")).items():
        scripts[str(name)] = _Script(str(name), types, complaints).script(told, keys)
    named = {"types": types} if types else {}
    found = {**settings, **named, "keys": keys, **({"scripts": scripts} if scripts else {})}
    return {**entry, "requirements": found, "environments": environments}, complaints


class _Part:
    """Reads one thing with a name."""

    place = "keys"

    def __init__(self, name: str, types: Mapping[str, Any], complaints: list[Complaint]) -> None:
        self.name, self.types, self.complaints = name, types, complaints
        self.reader = Reader("", complaints)

    def complain(self, message: str, *at: str | int) -> None:
        self.complaints.append(Complaint(("requirements", self.place, self.name, *at), message))

    def at(self, *at: str | int) -> tuple[str | int, ...]:
        return ("requirements", self.place, self.name, *at)

    def check_name(self) -> bool:
        if _NAME.match(self.name) and not keyword.iskeyword(self.name):
            return True
        mend = f"Write {self.name}_value" if keyword.iskeyword(self.name) else "Write user_session"
        self.complain(f"{self.name[:40]!r} cannot be part of a method's name. {mend}.")
        return False

    def only(self, told: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
        for key in told:
            if key not in known:
                self.complain(f"{what} has no {key!r}. Use {', '.join(known)}.", key)

    def shape(self, shape: Any, *at: str | int) -> dict[str, Any]:
        return to_schema(shape, self.types, self.complaints, self.at(*at))


class _Key(_Part):
    """Reads one kind of key."""

    def read(self, raw: Any) -> dict[str, Any]:
        told = {"key": raw} if isinstance(raw, str) else mapping(raw)
        kind = str(told.get("type", "string"))
        kind = _OTHER_NAMES.get(kind, kind)
        named = self.check_name()
        if kind not in TYPES:
            self.complain(
                f"{str(told.get('type'))[:40]!r} is no type of key. Use {', '.join(TYPES)}.", "type"
            )
            return {}
        self.only(told, (*COMMON, *OWN[kind]), f"a {kind}")
        template = told.get("key")
        parameters = self.template(template, told.get("parameters"), "key")
        if parameters is None or not named:
            return {}
        found = {"key": template, "type": kind, "parameters": parameters, **self._times(told, kind)}
        if "value" in OWN[kind]:
            found["value"] = self._value(told.get("value", "string"), kind)
        found |= {flag: True for flag in _FLAGS if told.get(flag) is True}
        if told.get("sliding") is True and "ttl" not in told:
            self.complain("sliding begins a time anew, and there is none. Write ttl: 1h.", "sliding")
        if isinstance(told.get("summary"), str):
            found["summary"] = " ".join(told["summary"].split())
        return {**found, **(self._stream(told, parameters) if kind == "stream" else {})}

    def template(self, text: Any, typed: Any, *at: str) -> dict[str, str] | None:
        """The parameters of a template and their types; None where it is none."""
        try:
            names = templates.names(text) if isinstance(text, str) and text else []
        except ValueError as error:
            self.complain(
                f"{str(error)[:40]!r} is no parameter. Write session:{{user_id}}; {{{{ is a brace.", *at
            )
            return None
        if not isinstance(text, str) or not text or " " in text or not text.isprintable():
            self.complain("a key has a template. Write key: session:{user_id}.", *at)
            return None
        return self._parameters(text, names, mapping(typed), *at)

    def _parameters(
        self, text: str, names: list[str], typed: Mapping[str, Any], *at: str
    ) -> dict[str, str] | None:
        for name in names:
            if keyword.iskeyword(name) or name in ARGUMENTS or name.startswith("_") or not name.islower():
                self.complain(f"{name[:40]!r} cannot be a parameter. Call it {self.name}_id, say.", *at)
                return None
        if len(set(names)) < len(names):
            self.complain("a parameter stands in the key twice. Give each its own name.", *at)
            return None
        if pair := templates.crowded(text):
            self.complain(f"nothing keeps {{{pair[0]}}} and {{{pair[1]}}} apart. Put : between them.", *at)
            return None
        for name, kind in typed.items():
            if name not in names:
                self.complain(
                    f"the key has no {{{name}}}. Put it into the key, or remove it.", "parameters", name
                )
            elif kind not in ("string", "integer"):
                self.complain("a parameter is a string or an integer. Say which.", "parameters", name)
        return {name: "integer" if typed.get(name) == "integer" else "string" for name in names}

    def _times(self, told: Mapping[str, Any], kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in ("ttl", "claim_after"):
            if told.get(key) is not None and key in (*COMMON, *OWN[kind]):
                found[key] = self.reader.seconds(told[key], *self.at(key))
        for key in ("maxlen", "max_deliveries"):
            if told.get(key) is not None and key in OWN[kind]:
                found[key] = self.reader.count(told[key], *self.at(key))
        return {key: value for key, value in found.items() if value is not None}

    def _value(self, shape: Any, kind: str) -> dict[str, Any]:
        before = len(self.complaints)
        schema, nullable = without_null(self.shape(shape, "value"))
        if nullable:
            self.complain("what is not there is no value. Write it without the question mark.", "value")
        if kind in ("hash", "stream") and len(self.complaints) == before and not self._has_fields(schema):
            self.complain(f"a {kind} has fields. Write value: {{name: string}}.", "value")
        return schema

    def _has_fields(self, schema: Mapping[str, Any]) -> bool:
        for _ in range(8):
            if "$ref" not in schema:
                break
            schema = self.types.get(str(schema["$ref"]).removeprefix(REF), {})
        return bool(schema.get("properties"))

    def _stream(self, told: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        group = told.get("group")
        if group is not None:
            found["group"] = str(group)
            if not isinstance(group, str) or not group or " " in group:
                self.complain("a group has a name. Write group: workers.", "group")
        for key in ("max_deliveries", "claim_after", "dead_letter"):
            if key in told and group is None:
                self.complain(f"{key} is of a group of consumers. Write group: workers, or remove it.", key)
        dead = told.get("dead_letter")
        if dead is False:
            self.complain(
                "messages would be lost. Remove it for <key>:dead, or name a stream.", "dead_letter"
            )
        elif dead is not None:
            found["dead_letter"] = str(dead)
            inside = self.template(dead, None, "dead_letter") or {}
            for name in set(inside) - set(parameters):
                self.complain(f"the stream has no {{{name}}}. Use parameters of the key.", "dead_letter")
        return found


class _Script(_Key):
    """Reads one Lua script."""

    place = "scripts"

    def script(self, raw: Any, keys: Mapping[str, Any]) -> dict[str, Any]:
        told = {"lua": raw} if isinstance(raw, str) else mapping(raw)
        self.check_name()
        self.only(told, SCRIPT, "a script")
        lua = told.get("lua")
        if not isinstance(lua, str) or not lua.strip():
            self.complain("a script has its text. Write lua: |, and the text below.", "lua")
            lua = ""
        pairs = self._pairs(told.get("keys"), "keys")
        named = [{"called": name, **self._key_of(name, text, keys)} for name, text in pairs]
        arguments = [
            {"called": name, "shape": self.shape(shape, "arguments", name)}
            for name, shape in self._pairs(told.get("arguments"), "arguments")
        ]
        self._used(lua, named, "KEYS", "keys")
        self._used(lua, arguments, "ARGV", "arguments")
        self._argument_names(named, arguments)
        found: dict[str, Any] = {"lua": lua, "keys": named, "arguments": arguments}
        if told.get("returns") is not None:
            found["returns"] = self.shape(told["returns"], "returns")
        if told.get("repeatable") is True:
            found["repeatable"] = True
        if isinstance(told.get("summary"), str):
            found["summary"] = " ".join(told["summary"].split())
        return found

    def _pairs(self, told: Any, what: str) -> list[tuple[str, Any]]:
        """Names and what each is, in the order that the script numbers them by."""
        if isinstance(told, Mapping) and len(told) > 1:
            first, second = list(map(str, told))[:2]
            self.complain(f"which is number 1? Write a list: [{{{first}: …}}, {{{second}: …}}].", what)
        listed = told if isinstance(told, list) else [{name: one} for name, one in mapping(told).items()]
        found: list[tuple[str, Any]] = []
        for number, one in enumerate(listed):
            pair = {one: one} if isinstance(one, str) and what == "keys" else mapping(one)
            if len(pair) == 1:
                found += [(str(name), value) for name, value in pair.items()]
            else:
                self.complain("it has one name and what that is. Write {amount: integer}.", what, number)
        return found

    def _key_of(self, name: str, text: Any, keys: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(text, str) and text in keys:
            return {"key": keys[text]["key"], "parameters": keys[text]["parameters"]}
        if isinstance(text, str) and "{" not in text and ":" not in text:
            self.complain(
                f"there is no key {text[:40]!r}. Name one of keys, or write a template.", "keys", name
            )
            return {"key": text, "parameters": {}}
        return {"key": text, "parameters": self.template(text, None, "keys", name) or {}}

    def _used(self, lua: str, declared: list[dict[str, Any]], table: str, key: str) -> None:
        plain = re.sub(r"--\[\[.*?\]\]|--[^\n]*", "", lua, flags=re.DOTALL)
        used = {int(number) for number in re.findall(rf"\b{table}\[(\d{{1,4}})\]", plain)}
        if len(re.findall(rf"\b{table}\b", plain)) > len(re.findall(rf"\b{table}\[\d", plain)):
            return  # the script walks over them
        for number in sorted(used):
            if not 1 <= number <= len(declared):
                self.complain(f"{table}[{number}] is not declared. Add it to {key}.", key)
        for number, one in enumerate(declared, 1):
            name = one["called"]
            if number not in used:
                self.complain(f"{name!r} is {table}[{number}], which is never used. Remove it.", key, name)

    def _argument_names(self, named: list[dict[str, Any]], arguments: list[dict[str, Any]]) -> None:
        taken = {name for one in named for name in one["parameters"]} | {"self", "timeout"}
        for name in [one["called"] for one in arguments]:
            if not name.isidentifier() or keyword.iskeyword(name) or name in taken or not name.islower():
                self.complain(
                    f"{name[:40]!r} cannot be an argument here. Give it another name.", "arguments", name
                )
