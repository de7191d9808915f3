"""Judges what a suite published and consumed against the entry itself.

A request is a call of the scripted broker: ``operation`` (the method's name), ``address``, ``key``, ``body``;
of a consumed message also ``outcome`` ("processed", "retried", "dead_lettered"), ``dead_letter``, ``attempt``
and ``reason``. Operations are ``publish NAME``, ``batch NAME`` and ``consume NAME``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Requests = Sequence[Mapping[str, Any]]


def judge(entry: Mapping[str, Any], requests: Requests, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the operations, those that conform, and what is wrong."""
    channels = entry["requirements"].get("channels", {})
    types = entry["requirements"].get("types", {})
    operations: list[str] = []
    conforming: list[str] = []
    violations: list[str] = []
    for name, channel in channels.items():
        for kind in _kinds(channel):
            operation = f"{kind} {name}"
            operations.append(operation)
            said = names.get(operation, "").removesuffix("_batch")
            mine = [call for call in requests if call.get("operation") == said]
            faults = _faults(kind, name, channel, entry["variant"], types, mine)
            violations += [f"{operation}: {fault}" for fault in faults]
            if mine and not faults and _is_complete(kind, channel, mine):
                conforming.append(operation)
    known = {method.removesuffix("_batch") for method in names.values()}
    violations += [
        f"{call.get('operation')}: no channel declares it"
        for call in requests
        if call.get("operation") not in known
    ]
    return {"operations": operations, "conforming": conforming, "violations": violations}


def _kinds(channel: Mapping[str, Any]) -> list[str]:
    publishes = ["publish", "batch"] if channel.get("publish") is not False else []
    return publishes + (["consume"] if channel.get("consume") is not False else [])


def _is_complete(kind: str, channel: Mapping[str, Any], calls: Requests) -> bool:
    """A channel is proved when a message was processed, and one went to the dead letters with its reason."""
    if kind != "consume":
        return True
    outcomes = {call.get("outcome") for call in calls}
    return {"processed", "dead_lettered"} <= outcomes


def _faults(
    kind: str,
    name: str,
    channel: Mapping[str, Any],
    variant: str,
    types: Mapping[str, Any],
    calls: Requests,
) -> list[str]:
    found = []
    for call in calls:
        fault = _address_fault(name, channel, variant, call)
        fault = fault or (_consumed(channel, call) if kind == "consume" else _published(channel, types, call))
        if fault and fault not in found:
            found.append(fault)
    return found


def _address_fault(name: str, channel: Mapping[str, Any], variant: str, call: Mapping[str, Any]) -> str:
    wanted = channel.get("address") or name
    if variant == "sqs" and "address" not in channel:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in name)
        wanted = plain + (".fifo" if channel.get("ordered") else "")
    if str(call.get("address", "")).endswith(wanted):
        return ""
    return f"sent to {call.get('address')!r}, and the entry says {wanted!r}"


def _published(channel: Mapping[str, Any], types: Mapping[str, Any], call: Mapping[str, Any]) -> str:
    body = call.get("body")
    schema = _resolved(channel.get("message", {}), types)
    required = schema.get("required", [])
    if required and isinstance(body, Mapping):
        missing = [field for field in required if field not in body]
        if missing:
            return f"the message lacks {missing[0]!r}, which is required"
    elif required:
        return "the message is no object, as its schema says"
    key = channel.get("key")
    if key and isinstance(body, Mapping) and body.get(key) is not None:
        wanted = body[key] if isinstance(body[key], str) else str(body[key])
        if call.get("key") not in (wanted, "another-key"):
            return f"the key is {call.get('key')!r}, and the field {key!r} holds {wanted!r}"
    return "" if call.get("traced") else "it belongs to no trace"


def _consumed(channel: Mapping[str, Any], call: Mapping[str, Any]) -> str:
    told = channel.get("consume") or {}
    outcome, attempt = call.get("outcome"), int(call.get("attempt", 0))
    most = told.get("max_attempts", 5)
    if outcome == "retried" and attempt >= most:
        return f"attempt {attempt} is tried again, and the entry allows {most}"
    if outcome != "dead_lettered":
        return ""
    wanted = told.get("dead_letter")
    if wanted and not str(call.get("dead_letter", "")).endswith(wanted):
        return f"dead letters go to {call.get('dead_letter')!r}, and the entry says {wanted!r}"
    return "" if call.get("reason") else "a dead letter has no reason"


def _resolved(schema: Any, types: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(8):
        if not isinstance(schema, Mapping):
            return {}
        target = schema.get("$ref")
        if not isinstance(target, str):
            return schema
        schema = types.get(target.removeprefix("#/types/"), {})
    return {}
