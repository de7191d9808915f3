"""
AsyncAPI 2.x and 3.0 as channels, whatever state the document is in.

A document describes an application: what it receives is consumed here, what it sends is published. In 2.x
``publish`` is what others may publish to the application, so it receives that; 3.0 says ``receive`` and
``send``. Nothing in a document makes this fail: what cannot be modelled is a finding. Only a document that is
none raises SpecError. Of servers, protocol and host are told, never a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.errors import SpecError
from generator.specs.asyncapi_bindings import bound
from generator.specs.facts import Finding, Schema
from generator.specs.lenient import Notes, below, described, listing, mapping, place, text
from generator.specs.references import References
from generator.specs.schemas import Schemas
from generator.specs.source import Source

MOST = 2_000  # channels of one document
JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\b|^$")
SCHEMAS = re.compile(r"(?i)asyncapi|schema\+(?:json|yaml)|openapi|^$")
RAW: Schema = {"type": "string", "format": "binary"}
_ROLES = {"publish": "consume", "subscribe": "publish"}  # 2.x: what others do → what the application does
_ACTIONS = {"receive": "consume", "send": "publish"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: its address as written, what the application does there, its messages and bindings."""

    name: str
    address: str
    pointer: str
    roles: frozenset[str]  # "publish", "consume"
    message: Schema
    summary: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # see ``asyncapi_bindings``


@dataclass(frozen=True, slots=True)
class Channels:
    """Every channel, the types that their messages reach, where the brokers are, and what stays open."""

    channels: tuple[Channel, ...]
    types: Mapping[str, Schema]
    servers: tuple[tuple[str, str], ...]  # protocol, host
    findings: tuple[Finding, ...]


@dataclass
class Reading:
    """One document while it is being read."""

    document: Mapping[str, Any]
    variant: str
    notes: Notes
    references: References
    schemas: Schemas
    made: dict[str, Schema] = field(default_factory=dict)  # types of messages whose payload has no name

    def follow(self, node: Any, at: str) -> tuple[Mapping[str, Any], str]:
        """What a node stands for, and where that is."""
        found, there = self.references.follow(node, at)
        return mapping(found), there


def channels(source: Source, variant: str) -> Channels:
    """Read every channel; *variant* says whose bindings count.

    Raises:
        SpecError: the document is no AsyncAPI document.
    """
    document = mapping(source.document)
    version = text(document.get("asyncapi"))
    if not version:
        raise SpecError(f"{source.path}:1:1  is no AsyncAPI document. Name one that has 'asyncapi'.")
    notes = Notes()
    references = References(source, notes)
    reading = Reading(document, variant, notes, references, Schemas(document, references, notes, "3.1"))
    read = _version_3 if version.startswith("3") else _version_2
    found = tuple(_named(read(reading), reading))
    types = {**reading.schemas.types([c.message for c in found] + list(reading.made.values()))}
    for name, schema in reading.made.items():
        types.setdefault(name, schema)
    for file, pointer, message in source.notes:
        notes.add(place("" if file == source.path else file, pointer), message)
    return Channels(found, types, tuple(_servers(reading)), notes.findings)


def _named(found: Iterator[Channel], reading: Reading) -> Iterator[Channel]:
    """Those that can be used, each with a name of its own."""
    seen: set[str] = set()
    for number, channel in enumerate(found):
        if number >= MOST:
            reading.notes.add("#/channels", f"there are over {MOST} channels; the others are left out.")
            return
        if re.search(r"[{}]", channel.address):
            said = "its address has parameters; it is left out. Describe the addresses in the entry."
            reading.notes.add(channel.pointer, said)
        elif channel.name in seen:
            reading.notes.add(
                channel.pointer, f"a channel is called {channel.name[:60]!r} already; left out."
            )
        else:
            seen.add(channel.name)
            yield channel


def _version_2(reading: Reading) -> Iterator[Channel]:
    for address, raw in mapping(reading.document.get("channels")).items():
        at = below("#/channels", address)
        node, there = reading.follow(raw, at)
        operations = {
            role: reading.follow(node[word], below(there, word))
            for word, role in _ROLES.items()
            if word in node
        }
        messages = [
            (mapping(operation).get("message"), below(place_, "message"))
            for operation, place_ in operations.values()
        ]
        yield _channel(
            reading, _name(address), address, at, node, there, operations, list(_several(messages, reading))
        )


def _version_3(reading: Reading) -> Iterator[Channel]:
    by_channel = _operations(reading)
    for name, raw in mapping(reading.document.get("channels")).items():
        at = below("#/channels", name)
        node, there = reading.follow(raw, at)
        listed = mapping(node.get("messages"))
        messages = [(message, below(there, "messages", key)) for key, message in listed.items()]
        address = text(node.get("address")) or name
        operations = by_channel.get(there, {})
        yield _channel(reading, _name(name), address, at, node, there, operations, messages)


def _operations(reading: Reading) -> dict[str, dict[str, tuple[Mapping[str, Any], str]]]:
    """The operations of 3.0 by the place of their channel, then by role."""
    found: dict[str, dict[str, tuple[Mapping[str, Any], str]]] = {}
    for name, raw in mapping(reading.document.get("operations")).items():
        node, at = reading.follow(raw, below("#/operations", name))
        role = _ACTIONS.get(text(node.get("action")))
        _, place_ = reading.follow(node.get("channel"), below(at, "channel"))
        if role is None:
            reading.notes.add(at, "'action' is neither send nor receive; the operation is left out.")
            continue
        found.setdefault(place_, {})[role] = (node, at)
    return found


def _several(messages: list[tuple[Any, str]], reading: Reading) -> Iterator[tuple[Any, str]]:
    """Each message once; 2.x lists several in ``oneOf``."""
    seen: set[str] = set()
    for raw, at in messages:
        node, there = reading.follow(raw, at)
        options = listing(node.get("oneOf"))
        for one, where in [(o, below(there, "oneOf", i)) for i, o in enumerate(options)] or [(raw, at)]:
            _, target = reading.follow(one, where)
            if one is not None and target not in seen:
                seen.add(target)
                yield one, where


def _channel(
    reading: Reading,
    name: str,
    address: str,
    at: str,
    node: Mapping[str, Any],
    there: str,
    operations: Mapping[str, tuple[Mapping[str, Any], str]],
    messages: list[tuple[Any, str]],
) -> Channel:
    read = [_message(message, where, name, reading) for message, where in messages]
    unique = list({repr(schema): schema for schema in read}.values())
    if not unique:
        reading.notes.add(at, "it has no messages; anything travels there.")
    schema: Schema = {} if not unique else unique[0] if len(unique) == 1 else {"oneOf": unique}
    texts = [node, *(operation for operation, _ in operations.values())]
    said = (described(one, key, there, reading.notes) for one in texts for key in ("summary", "description"))
    roles = frozenset(operations) or frozenset(_ACTIONS.values())
    options = bound(reading.variant, node, [operation for operation, _ in operations.values()])
    summary = next((line for line in said if line.strip()), "")
    return Channel(name, address, at, roles, schema, summary.strip().partition("\n")[0], options)


def _message(raw: Any, at: str, channel: str, reading: Reading) -> Schema:
    """The schema of one message; a payload without a name of its own gets that of the message."""
    node, there = reading.follow(raw, at)
    for index, trait in enumerate(listing(node.get("traits"))):
        node = {**reading.follow(trait, below(there, "traits", index))[0], **node}
    payload, where = node.get("payload"), below(there, "payload")
    form = text(node.get("schemaFormat"))
    several = mapping(payload)
    if "schemaFormat" in several:
        form, payload, where = text(several["schemaFormat"]), several.get("schema"), below(where, "schema")
    media = text(node.get("contentType")) or text(reading.document.get("defaultContentType"))
    if not SCHEMAS.search(form) or not JSON.search(media):
        reading.notes.add(
            there, f"its bytes are {(form or media)[:60]}, which is not read; they are passed as they are."
        )
        return RAW
    if node.get("headers") is not None:
        reading.notes.add(below(there, "headers"), "headers are given and read as plain text: headers=….")
    if payload is None:
        return {}
    schema = reading.schemas.read(payload, where)
    if "$ref" in schema or "properties" not in schema:
        return schema
    wanted = text(node.get("name")) or text(node.get("title")) or there.rpartition("/")[2]
    name = re.sub(r"[^A-Za-z0-9_]+", "_", wanted).strip("_")
    if not re.match(r"[A-Za-z]", name) or name in mapping(
        mapping(reading.document.get("components")).get("schemas")
    ):
        return schema
    if reading.made.setdefault(name, schema) != schema:
        return schema
    return {"$ref": f"#/types/{name}"}


def _servers(reading: Reading) -> Iterator[tuple[str, str]]:
    for name, raw in mapping(reading.document.get("servers")).items():
        node, _ = reading.follow(raw, below("#/servers", name))
        protocol = text(node.get("protocol")).lower()
        host = text(node.get("host")) or text(node.get("url")).partition("://")[2] or text(node.get("url"))
        if protocol and re.fullmatch(r"[A-Za-z0-9.:,/_-]{1,200}", host):
            yield protocol, host.rstrip("/")


def _name(text_: str) -> str:
    """What a channel is called: the words of its id or address."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text_).strip("-._")[:100]
    return name if re.match(r"[A-Za-z]", name) else f"channel-{name}".rstrip("-")
