"""A Redis entry to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.connection import prefix, secrets
from generator.modelling.examples import Examples
from generator.modelling.models import Models
from generator.modelling.names import identifier, pascal
from generator.templating import py

from . import redis_live, redis_settings
from .redis_facts import KeyFacts
from .redis_methods import of_key
from .redis_scripts import of_script
from .redis_values import Values

# Names that modules of the package import or define, so that no model has them.
_NAMES = (
    "ANYTHING ATTEMPTS Any AsyncKeyValueAdapter AsyncLock AsyncPipeline CALLS Callable "
    "ConnectionFailedError CounterKey DeadLetter Entry Fields HashKey IntegrationError "
    "InvalidArgumentError Iterator Key KeyValueAdapter ListKey Literal Lock LockKey LockLostError "
    "LockTakenError Mapping MissingSecretError OK Path Pipeline Queued READING RequestTimeoutError "
    "RunningRedis SECRETS Scored Script ScriptedRedis SecretManager Sequence SetKey SortedSetKey "
    "StreamKey StringKey Struct TIMEOUT TransactionConflictError TypeAlias UnavailableError "
    "UnexpectedResponseError"
)
_TAKEN_WORDS = "redis live pytest examples example script form main dt yaml server found name call self"
_TAKEN = frozenset(_TAKEN_WORDS.split())
_CLASSES = {
    "string": "StringKey",
    "counter": "CounterKey",
    "hash": "HashKey",
    "set": "SetKey",
    "zset": "SortedSetKey",
    "list": "ListKey",
    "stream": "StreamKey",
    "lock": "LockKey",
}
_OPTIONS = (
    *("ttl", "sliding", "replica", "maxlen", "group", "max_deliveries", "claim_after", "dead_letter"),
)


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    requirements = entry["requirements"]
    stem = pascal(entry["name"])
    stem += "Redis" if f"{stem}Adapter" in _NAMES.split() else ""
    classes = {"class_name": f"{stem}Adapter", "async_name": f"Async{stem}Adapter"}
    pipelines = {"pipeline_name": f"{stem}Pipeline", "async_pipeline_name": f"Async{stem}Pipeline"}
    queued = {"queued_name": f"{stem}Queue"}
    types = requirements.get("types", {})
    named = [*classes.values(), *pipelines.values(), *queued.values()]
    constants = {identifier(name).upper() for name in requirements["keys"]}
    models = Models(types, frozenset({*_NAMES.split(), *named, *constants}))
    values = Values(models, Examples(types), {})
    kept = answers.get("kept") or {}
    facts = [KeyFacts(name, told, values) for name, told in requirements["keys"].items()]
    made = [(key, of_key(key, types, kept)) for key in facts]
    scripts = [of_script(n, told, values, kept) for n, told in requirements.get("scripts", {}).items()]
    methods = _worded([*(m for _, some in made for m in some), *scripts], answers.get("summaries") or {})
    config = redis_settings.configuration(entry)
    instance = _instance(entry["name"])
    listed = models.facts()
    return {
        "name": entry["name"],
        "module": str(entry["name"]).replace("-", "_"),
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": instance,
        **classes,
        **pipelines,
        **queued,
        "public": sorted([*classes.values(), *listed["names"]], key=_in_order),
        "incomplete": not methods,
        "operations": len(methods),
        "names": {method["key"]: method["name"] for method in methods},
        "findings": models.findings,
        "overview": _overview(entry, answers),
        "headline": _headline(entry, methods),
        "kinds": [_key(key) for key in facts],
        "scripts": scripts,
        "methods": methods,
        "models": listed,
        "config": config,
        "secrets": secrets(config),
        "examples": _examples(methods),
        "test": _tested(config, values, made, methods),
    }


def _worded(methods: Sequence[dict[str, Any]], summaries: Mapping[str, str]) -> list[dict[str, Any]]:
    """The methods, with the words that somebody found for them."""
    return [
        {**m, "doc": {**m["doc"], "summary": summaries[m["name"]]}} if m["name"] in summaries else m
        for m in methods
    ]


def _key(key: KeyFacts) -> dict[str, Any]:
    """A constant of the adapter's module, and a row of the documentation."""
    told = key.told
    kind = [key.value.kind.text] if "value" in told else []
    options = [f"{name}={py(told[name])}" for name in _OPTIONS if name in told]
    lives = "for ever" if "ttl" not in told else f"{told['ttl']:g} s"
    return {
        "name": key.name,
        "constant": key.constant,
        "annotation": f": {_CLASSES[key.kind]}[{kind[0]}]" if kind else "",
        "made": f"{_CLASSES[key.kind]}({', '.join([py(told['key']), *kind, *options])})",
        "template": told["key"],
        "type": key.kind,
        "value": kind[0] if kind else "",
        "lives": "30 s" if key.kind == "lock" and "ttl" not in told else lives,
        "group": told.get("group", ""),
    }


def _headline(entry: Mapping[str, Any], methods: Sequence[Mapping[str, Any]]) -> str:
    if not methods:
        return f"{entry['service']}: its keys are not described yet."
    return f"{entry['service']}: {len(methods)} operations on typed keys, blocking and async."


def _overview(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    said = (answers.get("overview") or {}).get("overview") or entry.get("description")
    if said:
        return str(said)
    names = list(entry["requirements"]["keys"])
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"The keys {listed} of {entry['service']}." if names else f"An adapter for {entry['service']}."


def _in_order(name: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """How ``__all__`` is sorted: constants, then classes; numbers by their value."""
    parts = re.split(r"(\d+)", name)
    told = [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]
    return not (name.isupper() and len(name) > 1), told


def _instance(name: str) -> str:
    word = identifier(name, "cache")
    return "cache" if word == "redis" else f"{word}_adapter" if word in _TAKEN else word


def _examples(methods: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One of each: a value, a write, a lock, a walk; those that only read are marked."""
    chosen: dict[str, Mapping[str, Any]] = {}
    for method in methods:
        verb = str(method["key"]).rpartition(".")[2]
        kind = {
            "get": "get",
            "set": "set",
            "increment": "set",
            "lock": "lock",
            "scan": "scan",
            "top": "top",
        }.get(verb)
        if kind and kind not in chosen and "lambda" not in method["sample"]:
            chosen[kind] = method
    order = [chosen[kind] for kind in ("get", "top", "scan", "set", "lock") if kind in chosen] or list(
        methods[:1]
    )
    return [{**m, "reads": str(m["key"]).rpartition(".")[2] in ("get", "top", "scan")} for m in order]


def _tested(
    config: Mapping[str, Any],
    values: Values,
    made: Sequence[tuple[KeyFacts, Sequence[Mapping[str, Any]]]],
    methods: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    names = secrets(config)
    queued = [m for m in methods if m["queued"] and len(m["cases"][0]["sent"]) == 1][:2]
    return {
        "secrets": {
            name: f"redis://:secret-of-{name.lower().replace('_', '-')}@localhost:6379/0" for name in names
        },
        "missing": names[0] if names else "",
        "attempts": int(config["retry"]["max_attempts"]),
        "timeout": config["timeout"],
        "environments": list(config["environments"]),
        "constants": dict(sorted(values.constants.items())),
        "queued": queued,
        "probe": next((m for m in methods if m["form"] == "do"), None),
        "unreadable": [
            {"name": m["name"], "arguments": m["sample"], "template": key.told["key"]}
            for key, some in made
            for m in some
            if key.kind == "string" and m["key"].endswith(".get") and key.value.form == "json"
        ],
        "live": [{"name": identifier(key.name), "steps": redis_live.steps(key, some)} for key, some in made],
    }
