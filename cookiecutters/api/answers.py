"""Offline answers to the API pattern's questions: rules of thumb, deterministic, good enough to ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.names import article, is_plural, phrase, singular

from .checks import TAKEN
from .configuration import secrets_of
from .grouping import settle
from .naming import ACTIONS, SELVES, Route, method_name, read_route

Inputs = Mapping[str, Any]
LONGEST = 120  # characters of a summary, and of what an error means
_VERBS = {
    "create": "Create",
    "update": "Change",
    "replace": "Replace",
    "delete": "Delete",
    "check": "Check for",
}


def operations(inputs: Inputs) -> dict[str, Any]:
    """None: a name alone says nothing of paths, so the adapter gives raw access."""
    return {"endpoints": []}


def further_cases(inputs: Inputs) -> dict[str, Any]:
    """None: the suite that is derived from the entry stands by itself."""
    return {"cases": []}


def naming(inputs: Inputs) -> dict[str, str]:
    """Operation → method name."""
    found = settle(_endpoints(inputs), str(inputs.get("requirements.layout") or ""), {}, {}, TAKEN)
    return {key: name for key, (_, name) in found.items()}


def summaries(inputs: Inputs) -> dict[str, str]:
    """Operation → one line, where none is declared."""
    routes = {
        _key(endpoint): read_route(endpoint["method"], endpoint["path"])
        for endpoint in _endpoints(inputs)
        if not endpoint.get("summary")
    }
    found = {key: _summary(route) for key, route in routes.items()}
    return {key: text for key, text in found.items() if len(text) <= LONGEST}


def _summary(route: Route) -> str:
    name = method_name(route)
    verb, _, noun = name.partition("_")
    thing = phrase(noun)
    owner = _owner(route)
    if verb == "list":
        return f"List the {thing}{owner}."
    if verb == "get" and noun:
        return f"Get {article(thing) if route.is_item and not is_plural(noun) else f'the {thing}'}{owner}."
    if verb in _VERBS and noun:
        return f"{_VERBS[verb]} {thing if is_plural(noun) else article(thing)}{owner}."
    if not noun:
        return f"{verb.capitalize()}."
    return f"{verb.capitalize()} {thing if is_plural(noun) else article(thing)}."


def _owner(route: Route) -> str:
    """`` of a repo`` for what belongs to an item; the last noun itself is no owner."""
    nouns = [words for words, parameter in route.parts[:-1] if not parameter]
    last_is_own = route.is_item and nouns
    owners = nouns[:-1] if last_is_own else nouns
    belongs = any(parameter for _, parameter in route.parts[:-1]) and owners
    return f" of {article(phrase(singular(owners[-1])))}" if belongs and _is_owned(route) else ""


def _is_owned(route: Route) -> bool:
    """Does the last noun stand behind an item's parameter?"""
    where = [i for i, (_, parameter) in enumerate(route.parts) if not parameter]
    return len(where) > 1 and where[-1] > 0 and route.parts[where[-1] - 1][1]


def examples(inputs: Inputs) -> dict[str, Any]:
    """Name of a parameter or field → example; only plain values, the first meaning of a name wins."""
    types = inputs.get("requirements.types") or {}
    maker = Examples(types)
    found: dict[str, Any] = {}
    for name, schema in _named_schemas(inputs, types):
        value = maker.of(schema, name)
        if isinstance(value, str | int | float) and name not in found:
            found[name] = value
    return found


def _named_schemas(inputs: Inputs, types: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for endpoint in _endpoints(inputs):
        for words, parameter in read_route("GET", endpoint.get("path", "")).parts:
            if parameter:
                yield words, {"type": "string"}
        for key, parameter in sorted((endpoint.get("parameters") or {}).items()):
            yield key, parameter["schema"]
        yield from sorted(((endpoint.get("body") or {}).get("properties") or {}).items())
    for _, schema in sorted(types.items()):
        yield from sorted((schema.get("properties") or {}).items())


def errors(inputs: Inputs) -> dict[str, str]:
    """Operation and status → meaning: 404 where one thing is asked for, if it is not declared."""
    found = {}
    for endpoint in _endpoints(inputs):
        route = read_route(endpoint["method"], endpoint["path"])
        if route.is_item and route.nouns and "404" not in (endpoint.get("errors") or {}):
            found[f"{_key(endpoint)} 404"] = f"There is no such {phrase(singular(route.nouns[-1]))}."
    return {key: text for key, text in found.items() if len(text) <= LONGEST}


def overview(inputs: Inputs) -> dict[str, str]:
    """What the service is to its users, and what the adapter covers of it, where paths name things well."""
    service = inputs.get("service") or "The service"
    routes = [read_route(e["method"], e["path"]) for e in _endpoints(inputs)]
    things = [noun for noun in map(_thing, routes) if noun]
    described = (inputs.get("description") or "").strip()
    if not routes:
        general = described or f"An adapter for {service}."
        return {"overview": f"{general}\n\nAny path can be reached by a typed raw call."}
    if described:
        return {"overview": described}
    named = bool(things) and all(map(is_plural, things))
    return {"overview": f"{service}: {_listed(things)}." if named else f"An adapter for {service}."}


def _thing(route: Route) -> str:
    """What a path is about: its last noun that stands for several, else its last one that is no verb."""
    several = [noun for noun in route.nouns if is_plural(noun)]
    nouns = several or [noun for noun in route.nouns if noun not in ACTIONS | SELVES]
    return phrase(nouns[-1]) if nouns else ""


def _listed(nouns: list[str]) -> str:
    distinct = list(dict.fromkeys(nouns))
    shown = distinct[:5] if len(distinct) <= 6 else [*distinct[:5], f"{len(distinct) - 5} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def troubleshooting(inputs: Inputs) -> dict[str, str]:
    """Symptom → remedy."""
    secrets = " and ".join(secrets_of(inputs.get("requirements.auth")))
    rate = inputs.get("requirements.rate_limit")
    kept = f"The adapter already keeps to {rate}; other programs share the account's limit."
    unknown = "Set rate_limit in config.yaml to what the service allows."
    return {
        **(_signing_in(secrets) if secrets else {}),
        "RateLimitedError": f"{kept if rate else unknown} The error says how long to wait.",
        "RequestTimeoutError": "Pass timeout= to the call, or raise timeout in config.yaml.",
        "UnexpectedResponseError": (
            "The service answered in another shape than the manifest describes. The error carries status,"
            " headers and body: correct the type in integrations.yaml and generate again."
        ),
    }


def _signing_in(secrets: str) -> dict[str, str]:
    return {
        "MissingSecretError": f"Set {secrets} in the environment, or mount it as a file under /run/secrets.",
        "AuthenticationError on every call": (
            f"{secrets} has expired, was revoked or belongs to another environment. Make a new one."
        ),
        "PermissionDeniedError": "The credential is valid but may not do this. Grant it the scope or role.",
    }


def _endpoints(inputs: Inputs) -> list[dict[str, Any]]:
    """The endpoints of a slice, whichever of their fields it shows."""
    return next(
        (value or [] for key, value in inputs.items() if key.startswith("requirements.endpoints[]")), []
    )


def _key(endpoint: Mapping[str, Any]) -> str:
    return f"{endpoint['method']} {endpoint['path']}"


ANSWERERS: Mapping[str, Callable[[Inputs], Any]] = {
    "operations": operations,
    "naming": naming,
    "summaries": summaries,
    "examples": examples,
    "errors": errors,
    "test_cases": further_cases,
    "overview": overview,
    "troubleshooting": troubleshooting,
}
