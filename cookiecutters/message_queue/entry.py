"""The one canonical form of a message queue's entry, read leniently: what is wrong becomes a complaint.

Requirements keep the manifest's words and hold only what was said, so that a default that changes here is a
re-render and not a changed entry:

    connection_string, publish_timeout, … (see ``settings``), types {Name: schema},
    channels: {name: message (schema), address?, key?, summary?, publish? (false), ordered?, declare?,
        options?, consume? (false, or concurrency, prefetch, max_attempts, retry_delay in seconds,
            dead_letter, group)}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from generator.modelling.connection import Readers, mapping, prefix, settings
from generator.shapes import Complaint, named_types, to_schema

from .brokers import BROKERS
from .document import documented
from .schemas import opened
from .settings import Reader, options, read_settings

USUAL = "rabbitmq"
_FLAGS = ("ordered", "declare")


@dataclass(slots=True)
class Reading:
    """One entry being read."""

    variant: str
    types: Mapping[str, Any]
    files: Mapping[str, str]
    settings: Reader
    complaints: list[Complaint]
    found_types: dict[str, Any] = field(default_factory=dict)  # of files that messages name

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(("requirements", *pointer), message))


def read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The entry in canonical form, and everything in it that cannot be understood."""
    raw = mapping(entry.get("requirements"))
    complaints: list[Complaint] = []
    variant = str(entry.get("variant") or USUAL)
    told, environments = read_settings(entry, variant, complaints)
    found = documented(entry.get("document"), variant, raw, complaints)
    types = named_types(raw.get("types"), complaints, ("requirements", "types"))
    reading = Reading(
        variant,
        {**found.types, **mapping(raw.get("types"))},
        mapping(entry.get("files")),
        Reader(prefix(entry), complaints, BROKERS[variant]),
        complaints,
    )
    written = mapping(raw.get("channels"))
    own = {str(name): _channel(str(name), value, reading, found.channels) for name, value in written.items()}
    channels = {**{n: c for n, c in found.channels.items() if n not in own}, **own}
    requirements = {
        **({"connection_string": found.address} if found.address else {}),
        **told,
        "channels": {name: channel for name, channel in channels.items() if channel},
        "types": {**found.types, **reading.found_types, **types},
    }
    kept = {key: value for key, value in requirements.items() if value not in (None, "", {}, [])}
    normal = {**entry, "variant": variant, "requirements": kept, "environments": environments}
    return ({**normal, "document": found.facts} if found.facts else normal), complaints


def stored(normal: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores of a canonical entry: of files and documents their digests."""
    from .schemas import digest

    kept = {key: value for key, value in normal.items() if key not in ("files", "document")}
    if normal.get("files"):
        kept["files"] = {path: digest(text) for path, text in sorted(normal["files"].items())}
    document = normal.get("document")
    if not isinstance(document, Mapping):
        return kept
    requirements = dict(kept["requirements"])
    theirs = document["channels"]
    requirements["channels"] = {
        name: channel
        for name, channel in requirements.get("channels", {}).items()
        if theirs.get(name) != digest(channel)
    }
    requirements["types"] = {
        name: schema
        for name, schema in requirements.get("types", {}).items()
        if document["types"].get(name) != digest(schema)
    }
    kept["requirements"] = {key: value for key, value in requirements.items() if value != {}}
    return {**kept, "documented": {"channels": theirs, "types": document["types"]}}


def _channel(name: str, raw: Any, reading: Reading, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """One channel; what a document says of it stands where the entry is silent."""
    at = ("channels", name)
    known = theirs.get(name)
    told = dict(mapping(raw)) if isinstance(raw, Mapping) else {} if raw is None else {"message": raw}
    found: dict[str, Any] = dict(known or {})
    message = _message(told.get("message"), name, reading)
    if message is None and known is None:
        reading.complain("what are its messages? Write message: {id: string}, or a name from types.", *at)
        return {}
    if message is not None:
        found["message"] = message
    for key in ("address", "key", "summary"):
        if isinstance(told.get(key), str) and told[key].strip():
            found[key] = told[key].strip()
    for key in _FLAGS:
        if isinstance(told.get(key), bool):
            found[key] = told[key]
    if told.get("publish") is False:
        found["publish"] = False
    elif told.get("publish") is True:
        found.pop("publish", None)
    found["consume"] = _consume(told, reading, found.get("consume"), *at)
    if given := options(
        told.get("options"),
        reading.settings.broker.options,
        reading.settings.broker,
        reading.complaints,
        "requirements",
        *at,
        "options",
    ):
        found["options"] = {**mapping(found.get("options")), **given}
    return {key: value for key, value in found.items() if key == "message" or value not in ({}, None)}


def _message(raw: Any, name: str, reading: Reading) -> dict[str, Any] | None:
    """The schema of a channel's messages."""
    at = ("channels", name, "message")
    if raw is None:
        return None
    if isinstance(raw, Mapping) and set(raw) == {"schema"}:
        raw, at = raw["schema"], (*at, "schema")
    if isinstance(raw, str) and raw.strip().endswith(".json"):
        return opened(raw.strip(), reading.files, reading.found_types, reading.complain, *at)
    return to_schema(raw, reading.types, reading.complaints, ("requirements", *at))


def _consume(told: Mapping[str, Any], reading: Reading, known: Any, *at: str | int) -> Any:
    """How the channel is consumed: False, or what was said."""
    raw = told.get("consume")
    if raw is False or (raw is None and known is False):
        return False
    said = {**({"dead_letter": told["dead_letter"]} if "dead_letter" in told else {}), **mapping(raw)}
    reader, here = reading.settings, ("requirements", *at, "consume")
    readers: Readers = {
        **dict.fromkeys(("concurrency", "prefetch", "max_attempts"), reader.count),
        "retry_delay": partial(reader.seconds, zero=True),
        "group": reader.text,
    }
    found = {**mapping(known), **settings(said, readers, *here)}
    where = said.get("dead_letter")
    if where is False or (where is not None and not isinstance(where, str)):
        place = reader.broker.places
        reading.complain(
            f"without a {place} for dead letters, messages that cannot be processed would be lost."
            f" Remove dead_letter, or name a {place}.",
            *((*at, "dead_letter") if "dead_letter" in told else (*at, "consume", "dead_letter")),
        )
    elif where:
        found["dead_letter"] = where.strip()
    return {key: value for key, value in found.items() if value is not None}
