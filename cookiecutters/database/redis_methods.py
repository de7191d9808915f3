"""The methods of one key: signature, body, words and what their tests send, all as plain facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.templating import py

from . import redis_hashes, redis_members, redis_sorted, redis_streams, redis_verbs
from .redis_facts import TIMEOUT, KeyFacts, Made
from .redis_names import plural, spelled, verbs


def of_key(key: KeyFacts, types: Mapping[str, Any], kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facts of every method of one key."""
    families = (redis_verbs, redis_hashes, redis_members, redis_sorted, redis_streams)
    makers = {pair: maker for family in families for pair, maker in family.MAKERS.items()}
    found = []
    for verb, pattern in verbs(key.told, types).items():
        maker = makers.get((key.kind, verb)) or makers.get(("", verb)) or redis_hashes.of_field(verb)
        name = kept.get(f"{key.name}.{verb}") or spelled(pattern, key.name, key.kind)
        found.append(facts(key, verb, name, maker(key)))
    return found


def facts(key: KeyFacts, verb: str, name: str, made: Made) -> dict[str, Any]:
    """What the skeleton prints of one method."""
    positional = ["self", *key.parameters()]
    options = [*made.optional, *([] if made.form == "lock" else [TIMEOUT])]
    if made.form in ("scan", "many"):
        positional = ["self"]
    starred = any(one.startswith("*") for one in made.required)
    star = ["*"] if options and not starred else []
    return {
        "key": f"{key.name}.{verb}",
        "name": name,
        "constant": key.constant,
        "signature": ", ".join([*positional, *made.required, *star, *options]),
        "result": made.result,
        "body": _body(key, name, made),
        "form_of": {"scan": "iterated", "lock": "locked"}.get(made.form, "awaited"),
        "queued": made.form in ("do", "many") and verb != "wait",
        "safe": made.safe,
        "doc": {
            "summary": key.told.get("summary") if verb == "get" and key.told.get("summary") else made.summary,
            "args": made.args,
            "returns": made.returns,
            "yields": made.form == "scan",
            "raises": made.raises,
        },
        "cases": [case.facts() for case in made.cases],
        "form": made.form,
        "sample": made.cases[0].arguments,
        "shown": _shown(key, verb, made),
    }


def _shown(key: KeyFacts, verb: str, made: Made) -> str:
    """The arguments in an example, where a value is written as people write it."""
    if verb != "set":
        return made.cases[0].arguments
    return key.arguments(key.values.models.python(key.value.kind, key.value.example))


def _body(key: KeyFacts, name: str, made: Made) -> str:
    if made.form == "many":
        parameter = next(iter(key.told["parameters"]))
        several = plural(parameter)
        keys = f"[{{{py(parameter)}: one}} for one in {several}]"
        return f"self._do({py(name)}, {key.constant}.many({keys}), timeout)"
    if made.form == "scan":
        kinds = ["int" if k == "integer" else "str" for k in key.told["parameters"].values()]
        parse = f"({', '.join(kinds)}{',' if len(kinds) == 1 else ''})"
        return f"self._scan({py(name)}, {key.constant}, {parse}, timeout)"
    if made.form == "lock":
        return f"self._lock({py(name)}, {key.at}, ttl, wait)"
    return f"self._{made.form}({py(name)}, {key.at}.{made.call}, timeout)"
