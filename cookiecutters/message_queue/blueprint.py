"""Entry and answers to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.connection import prefix, secrets, variables, whole
from generator.modelling.examples import Examples
from generator.modelling.kinds import Kind, code
from generator.modelling.models import Models
from generator.modelling.names import constant, identifier, pascal, phrase

from .brokers import BROKERS, Broker, address_of, dead_letter
from .checks import methods, properties
from .settings import configuration

# Names that modules of the package import or define, so that no message is called so.
_IMPORTED = (
    "Channel Consumed QueueAdapter AsyncQueueAdapter StopEvent Path Mapping Iterable Callable Iterator"
    " ScriptedBroker LiveQueue IntegrationError RejectMessage RetryLater Idempotent MemoryStore Delivery"
)
_RESERVED = frozenset(_IMPORTED.split())
# Names that test and example modules use, so that no adapter is called so there.
_LOCAL = "broker pytest request form error name dt main examples example message queue live url server"
_VARIABLES = frozenset(_LOCAL.split())
USUAL = {"concurrency": 1, "prefetch": 32, "max_attempts": 5, "retry_delay": 10, "group": ""}


@dataclass(frozen=True, slots=True)
class Worked:
    """One channel, worked out."""

    name: str
    told: Mapping[str, Any]
    kind: Kind
    value: Any  # an example message, as JSON; bytes where messages are raw

    @property
    def raw(self) -> bool:
        """Whether its messages are bytes, sent as they are."""
        return self.kind.form in ("bytes", "file")


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    requirements, broker = entry["requirements"], BROKERS[entry["variant"]]
    classes = _classes(entry)
    types = requirements.get("types", {})
    models = Models(types, _RESERVED | set(classes.values()), open=bool(entry.get("spec")))
    examples = Examples(types)
    worked = [
        _worked(name, told, models, examples) for name, told in requirements.get("channels", {}).items()
    ]
    facts = models.facts()
    channels = [_channel(one, entry["variant"], broker, models, types, answers, facts) for one in worked]
    config = configuration(entry)
    instance = _instance(entry["name"])
    return {
        "name": entry["name"],
        "module": entry["name"].replace("-", "_"),
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": instance,
        **classes,
        "is_async": broker.is_async,
        "forms": ["sync", "async"] if broker.is_async else ["sync"],
        "variant": entry["variant"],
        "broker": _about(broker),
        "public": sorted([*_public(classes, broker), *facts["names"]], key=_in_order),
        "incomplete": False,
        "operations": sum(len(channel["methods"]) for channel in channels),
        "names": {key: name for channel in channels for key, name in channel["names"].items()},
        "findings": _findings(entry, models),
        "channels": channels,
        "models": facts,
        "message_types": sorted({name for one in worked for name in _named(one.kind.text, facts["names"])}),
        "shown_types": sorted({n for c in channels for n in _named(c["made"], facts["names"])}),
        "config": config,
        "secrets": secrets(config),
        "overview": answers.get("overview", {}).get("overview") or _overview(entry, channels),
        "headline": f"{entry['service']}: {_count(len(channels), 'channel')}, typed, {_forms(broker)}.",
        "test": _tested(entry, config),
    }


def _worked(name: str, told: Mapping[str, Any], models: Models, examples: Examples) -> Worked:
    schema = told.get("message", {})
    kind = models.result(schema, _noun(name), f"channels.{name}.message")
    kind = Kind("bytes", "str", "bytes") if kind.form == "file" else kind
    return Worked(name, told, kind, examples.of(schema, name))


def _channel(
    one: Worked,
    variant: str,
    broker: Broker,
    models: Models,
    types: Mapping[str, Any],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    named = methods(one.name, one.told)
    word = identifier(one.name, "message").rstrip("_")
    address = address_of(variant, one.name, one.told)
    consume = one.told.get("consume")
    said = {**USUAL, **(consume if isinstance(consume, Mapping) else {})}
    route = _route(one, variant, said, address, broker)
    name = constant(word)
    fields = properties(one.told.get("message", {}), types) or {}
    key = one.told.get("key")
    attribute = _attribute(key, one.kind, facts)
    if attribute:
        route["key"] = attribute
    summary = answers.get("summaries", {}).get(one.name) or one.told.get("summary") or _told_by(one)
    return {
        "name": one.name,
        "word": word,
        "sample": f"{name}_MESSAGE",
        "constant": f"{name}_CHANNEL" if name in facts["names"] else name,
        "annotation": one.kind.text,
        "declaration": [{"name": k, "value": v} for k, v in route.items()],
        "methods": named,
        **{kind: named.get(kind, "") for kind in ("publish", "batch", "consume")},
        "names": {f"{kind} {one.name}": method for kind, method in named.items()},
        "address": address,
        "prefixed": f"t1-{address}",
        "dead_letter": route["dead_letter"],
        "max_attempts": said["max_attempts"],
        "retry_delay": said["retry_delay"],
        "delays": _delays(said),
        "concurrency": said["concurrency"],
        "ordered": bool(one.told.get("ordered")),
        "declares": one.told.get("declare") is not False,
        "delay": broker.delays and not address.endswith(".fifo"),
        "key": key or "",
        "key_value": _key_value(key, one.value),
        "summary": _sentence(summary),
        "raw": one.raw,
        "json": None if one.raw else one.value,
        "made": code(b"\x00\x01 raw") if one.raw else models.python(one.kind, one.value),
        "wrong": _wrong(one, fields),
        "wild": bool(set(address) & set("+#*>")) if variant in ("mqtt", "nats") else False,
    }


def _route(
    one: Worked, variant: str, said: Mapping[str, Any], address: str, broker: Broker
) -> dict[str, Any]:
    """What the constant of a channel says; the runtime's defaults are left out."""
    told = said.get("dead_letter") or dead_letter(broker, address)
    found: dict[str, Any] = {"address": address, "dead_letter": told}
    if one.told.get("consume") is not False:
        changed = {key: said[key] for key, usual in USUAL.items() if said[key] != usual}
        found |= changed
    for key, usual in (("ordered", False), ("declare", True)):
        if one.told.get(key, usual) != usual:
            found[key] = one.told[key]
    if one.told.get("options"):
        found["options"] = one.told["options"]
    return found


def _attribute(key: str | None, kind: Kind, facts: Mapping[str, Any]) -> str:
    """What Python calls the field that is a message's key."""
    for struct in facts["structs"]:
        if struct["name"] == kind.text:
            return next((f["name"] for f in struct["fields"] if f["wire"] == key), "")
    return ""


def _key_value(key: str | None, value: Any) -> str | None:
    found = value.get(key) if key and isinstance(value, Mapping) else None
    return None if found is None else found if isinstance(found, str) else str(found)


def _delays(said: Mapping[str, Any]) -> list[float]:
    """The seconds between attempts."""
    return [whole(min(900.0, said["retry_delay"] * 2.0**n)) for n in range(min(said["max_attempts"] - 1, 12))]


def _wrong(one: Worked, fields: Mapping[str, Any]) -> str:
    """Bytes that are no such message, as Python text; "" where all bytes are one."""
    return "" if one.raw else code(b"{not JSON")


def _noun(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "message"


def _told_by(one: Worked) -> str:
    schema = one.told.get("message", {})
    described = schema.get("description") if isinstance(schema, Mapping) else ""
    if isinstance(described, str) and described.strip():
        return described.strip().partition("\n")[0]
    return f"{phrase(_noun(one.name)).capitalize()}: one message for each"


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if line[-1:] in ".!?" else f"{line}."


def _overview(entry: Mapping[str, Any], channels: list[dict[str, Any]]) -> str:
    if entry.get("description"):
        return _sentence(str(entry["description"]))
    named = [channel["name"] for channel in channels]
    listed = (
        named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}" if named else "nothing"
    )
    return f"Messages of {listed} over {entry['service']}."


def _public(classes: Mapping[str, str], broker: Broker) -> list[str]:
    return list(classes.values()) if broker.is_async else [classes["class_name"]]


def _forms(broker: Broker) -> str:
    return "blocking and async" if broker.is_async else "blocking"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _classes(entry: Mapping[str, Any]) -> dict[str, str]:
    name = pascal(str(entry["service"]))
    if not re.fullmatch(r"[A-Z][A-Za-z0-9_]*", name):
        name = pascal(entry["name"])
    return {"class_name": f"{name}Adapter", "async_name": f"Async{name}Adapter"}


def _instance(name: str) -> str:
    word = identifier(name, "queue")
    return f"{word}_queue" if word in _VARIABLES else word


def _about(broker: Broker) -> dict[str, Any]:
    return {
        "title": broker.title,
        "place": broker.places,
        "delays": broker.delays,
        "notes": list(broker.notes),
    }


def _named(text: str, names: list[str]) -> set[str]:
    return set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text)) & set(names)


def _findings(entry: Mapping[str, Any], models: Models) -> list[dict[str, str]]:
    document = entry.get("document")
    read = document.get("findings", ()) if isinstance(document, Mapping) else ()
    told = [*read, *models.findings]
    return [dict(pair) for pair in dict.fromkeys(tuple(sorted(finding.items())) for finding in told)]


def _in_order(name: str) -> tuple[Any, ...]:
    """How ``__all__`` is sorted: constants, classes, the rest; numbers by their value."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, [
        (part.isdigit(), int(part) if part.isdigit() else part) for part in re.split(r"(\d+)", name)
    ]


def _tested(entry: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """What tests say besides the channels."""
    own = variables(config["connection_string"])
    made_up = {name: f"secret-of-{name.lower().replace('_', '-')}" for name in secrets(config)}
    broker = BROKERS[entry["variant"]]
    return {
        "secrets": made_up,
        "missing": "|".join(own),
        "given": None if config["connection_string"] else f"{broker.schemes[0]}://broker.example",
        "attempts": max(2, int(config["retry"]["max_attempts"])),
        "once": int(config["retry"]["max_attempts"]) == 1,
        "environments": sorted(entry["environments"]),
    }
