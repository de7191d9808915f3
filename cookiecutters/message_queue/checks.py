"""What is wrong with a canonical entry: names, addresses, dead letters, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling.composed import merged
from generator.modelling.names import identifier
from generator.shapes import REF, Complaint, without_null

from .brokers import BROKERS, WILD, address_fault, address_of, dead_letter

# What every adapter has already, as the words behind publish_ or consume_ would name it.
TAKEN = frozenset({"consume_dead_letters"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._/-]{0,99}\Z")
Channels = Mapping[str, Mapping[str, Any]]


def check(entry: Mapping[str, Any]) -> list[Complaint]:
    """Every mistake of a canonical entry."""
    requirements = entry["requirements"]
    channels: Channels = requirements.get("channels", {})
    if not channels and "document" not in entry:
        said = "what travels through it? Write channels: {order-created: {message: {id: string}}}."
        return [Complaint(("requirements",), said)]
    types, variant = requirements.get("types", {}), entry["variant"]
    found = [*_names(channels), *_addresses(variant, channels)]
    for name, channel in channels.items():
        at = ("requirements", "channels", name)
        found += [
            *_directions(channel, at),
            *_keyed(channel, types, at),
            *_ordered(variant, name, channel, at),
        ]
    return found


def methods(name: str, channel: Mapping[str, Any]) -> dict[str, str]:
    """The methods of a channel: "publish", "batch" and "consume", as far as it has them, to their names."""
    word = identifier(name, "message").rstrip("_")
    found = {}
    if channel.get("publish") is not False:
        found |= {"publish": f"publish_{word}", "batch": f"publish_{word}_batch"}
    if channel.get("consume") is not False:
        found["consume"] = f"consume_{word}"
    return found


def _names(channels: Channels) -> Iterator[Complaint]:
    seen: dict[str, str] = {}
    for name, channel in channels.items():
        at = ("requirements", "channels", name)
        if not _NAME.match(name):
            yield Complaint(
                at, f"{name[:60]!r} cannot name a channel. Write letters and digits: 'order-created'."
            )
            continue
        mine = methods(name, channel).values()
        if TAKEN & set(mine):
            yield Complaint(at, f"every adapter has {min(TAKEN)} already. Call the channel otherwise.")
        shared = next((method for method in mine if seen.setdefault(method, name) != name), None)
        if shared:
            yield Complaint(at, f"its {shared} is that of {seen[shared]!r} too. Rename one of them.")


def _addresses(variant: str, channels: Channels) -> Iterator[Complaint]:
    broker, seen = BROKERS[variant], {}
    for name, channel in channels.items():
        address = address_of(variant, name, channel)
        at = ("requirements", "channels", name, *(("address",) if "address" in channel else ()))
        fault = address_fault(variant, address, publishes=channel.get("publish") is not False)
        if fault:
            yield Complaint(at, fault)
        elif seen.setdefault(address, name) != name:
            said = f"{seen[address]!r} has the {broker.places} {address!r} too"
            yield Complaint(at, f"{said}. Give one of them another address.")
    for name, channel in channels.items():
        yield from _dead_letters(variant, name, channel, seen)


def _dead_letters(
    variant: str, name: str, channel: Mapping[str, Any], taken: Mapping[str, str]
) -> Iterator[Complaint]:
    consume = channel.get("consume")
    if consume is False:
        return
    told = (consume or {}).get("dead_letter", "")
    broker, address = BROKERS[variant], address_of(variant, name, channel)
    if not told and address_fault(variant, address, publishes=False):
        return  # the address is to be mended first
    at = ("requirements", "channels", name, *(("consume", "dead_letter") if told else ()))
    if not told and set(address) & set(WILD.get(variant, "")):
        example = f"dead_letter: orders{broker.joint}dead-letter"
        yield Complaint(at, f"its address stands for many, so where do its dead letters go? Write {example}.")
        return
    where = told or dead_letter(broker, address)
    if fault := address_fault(variant, where, publishes=True):
        yield Complaint(at, f"the dead letters' {broker.places}: {fault}")
    elif where in taken:
        whose = "its own" if taken[where] == name else f"that of {taken[where]!r}"
        yield Complaint(at, f"the {broker.places} of its dead letters is {whose}. Name another one.")
    elif variant == "sqs" and where.endswith(".fifo") != address.endswith(".fifo"):
        mend = f"{where}.fifo" if address.endswith(".fifo") else where.removesuffix(".fifo")
        yield Complaint(at, f"dead letters of a queue lie in one of the same kind. Write {mend!r}.")


def _directions(channel: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[Complaint]:
    if channel.get("publish") is False and channel.get("consume") is False:
        yield Complaint(
            at, "it is neither published to nor consumed. Remove publish: false or consume: false."
        )


def _keyed(channel: Mapping[str, Any], types: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[Complaint]:
    key = channel.get("key")
    if not key or "message" not in channel:
        return
    fields = properties(channel["message"], types)
    if fields is None:
        yield Complaint((*at, "key"), "its messages have no fields, so none is the key. Remove key.")
    elif key not in fields:
        known = ", ".join(sorted(map(str, fields))[:12])
        yield Complaint((*at, "key"), f"{key[:60]!r} is no field of the message. Use one of {known}.")


def _ordered(variant: str, name: str, channel: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[Complaint]:
    if channel.get("ordered") and not channel.get("key"):
        yield Complaint(
            (*at, "ordered"), "order is kept for messages of one key. Say which field is the key."
        )
    if variant != "sqs":
        return
    address = address_of(variant, name, channel)
    if channel.get("ordered") and not address.endswith(".fifo"):
        mend = f"Write address: {address}.fifo"
        yield Complaint((*at, "address"), f"only queues whose name ends with .fifo keep the order. {mend}.")
    elif address.endswith(".fifo") and not channel.get("ordered"):
        yield Complaint(
            (*at, "address"), "a .fifo queue keeps the order of a key. Say ordered: true and key."
        )


def properties(schema: Any, types: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The fields of an object, references followed; None where it is none."""

    def deref(part: Mapping[str, Any]) -> Mapping[str, Any]:
        name = str(part.get("$ref", "")).removeprefix(REF)
        found: Mapping[str, Any] = types.get(name, {})
        return found

    for _ in range(8):
        if not isinstance(schema, Mapping):
            return None
        schema = without_null(schema)[0]
        if "$ref" in schema:
            schema = deref(schema)
        elif "allOf" in schema:
            schema = merged(schema, deref)
        else:
            break
    fields = schema.get("properties")
    return fields if isinstance(fields, Mapping) and fields else None
