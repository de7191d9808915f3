"""Entry and answers to the blueprint: every fact that the skeleton prints, as plain JSON data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.examples import Examples
from generator.models import Models
from generator.names import identifier, pascal, phrase

from . import naming
from .checks import TAKEN
from .entry import operations
from .operation import Operation, read_operation
from .settings import VARIABLE, prefix
from .suite import Suite, representatives

DEPENDENCIES = ["httpx2>=2.16,<3", "msgspec>=0.20,<1", "pyyaml>=6.0.2,<7"]
RAW_VERBS = ("get", "post", "put", "patch", "delete")
_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_IMPORTED = (
    "AsyncHttpAdapter AsyncIterator AsyncDownload CursorPages Download HttpAdapter Iterator LinkPages"
    " OffsetPages Operation PageNumberPages RawResponse Path ScriptedService SecretManager Callable"
    " AuthenticationError ConflictError InvalidRequestError MissingSecretError NotFoundError ServiceError"
    " PermissionDeniedError RateLimitedError UnavailableError UnexpectedResponseError IntegrationError"
)
_RUNTIME = frozenset(_IMPORTED.split())
# Names that test and example modules use themselves, so that no adapter is called so there.
_LOCAL = frozenset({"service", "pytest", "request", "form", "error", "result", "name", "dt", "call", "main"})


def resolve(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The blueprint of one canonical entry."""
    requirements = entry["requirements"]
    classes = _classes(entry)
    models = Models(requirements.get("types", {}), _RUNTIME | set(classes.values()))
    found = _operations(requirements, models, answers)
    suite = Suite(
        models, Examples(models_types(requirements), answers.get("examples", {})), _attempts(requirements)
    )
    tests = [suite.operation(operation) for operation in found]
    facts = models.facts()
    examples = _examples(found, tests)
    return {
        "name": entry["name"],
        "module": entry["name"].replace("-", "_"),
        "prefix": prefix(entry),
        "service": entry["service"],
        "instance": _instance(entry["name"]),
        **classes,
        "public": sorted([classes["class_name"], classes["async_name"], *facts["names"]]),
        "incomplete": not found,
        "operations": len(found),
        "dependencies": DEPENDENCIES,
        "description": entry.get("description", ""),
        "overview": answers.get("overview", {}).get("overview") or f"An adapter for {entry['service']}.",
        "headline": _headline(entry["service"], len(found)),
        "showcase": _showcase(_instance(entry["name"]), examples),
        "verbs": RAW_VERBS,
        "with_body": RAW_VERBS[1:4],
        "troubleshooting": [{"sign": k, "remedy": v} for k, v in answers.get("troubleshooting", {}).items()],
        "methods": [_method(operation, facts["names"]) for operation in found],
        "models": facts,
        "findings": models.findings,
        "config": _config(entry),
        "comments": _comments(entry),
        "secrets": _secrets(entry),
        "test": _test_facts(entry, found, tests, suite),
        "examples": examples,
        "paged": [f"`{o.name}`" for o in found if o.form == "pages"],
        "max_pages": max((o.pages["max_pages"] for o in found if o.pages), default=0),
        "once": [o.name for o in found if not o.repeatable],
        "keyed": [o.name for o in found if o.key_header],
        "reading": _tuple(
            [e["name"] for e in examples if e["reads"]] or ([] if found else ["read_anything"])
        ),
        "docs": [_documented(operation, test) for operation, test in zip(found, tests, strict=True)],
    }


def _method(operation: Operation, classes: Sequence[str]) -> dict[str, Any]:
    """The facts of a method; its constant gives way to a class of the same name."""
    facts = operation.facts()
    name = facts["constant"]
    return {**facts, "constant": f"{name}_OPERATION" if name in classes else name}


def models_types(requirements: Mapping[str, Any]) -> Mapping[str, Any]:
    types: Mapping[str, Any] = requirements.get("types", {})
    return types


def _classes(entry: Mapping[str, Any]) -> dict[str, str]:
    name = pascal(str(entry["service"]))
    if not re.fullmatch(r"[A-Z][A-Za-z0-9_]*", name):
        name = pascal(entry["name"])
    return {"class_name": f"{name}Adapter", "async_name": f"Async{name}Adapter"}


def _instance(name: str) -> str:
    """What examples call the adapter: the entry's own name, if that is free."""
    word = identifier(name, "adapter")
    return f"{word}_adapter" if word in _LOCAL else word


def _operations(
    requirements: Mapping[str, Any], models: Models, answers: Mapping[str, Any]
) -> list[Operation]:
    endpoints = sorted(requirements.get("endpoints", ()), key=_reading_order)
    names = _names(requirements, answers.get("naming", {}))
    return [
        read_operation(e, names[f"{e['method']} {e['path']}"], requirements, models, answers)
        for e in endpoints
    ]


def _reading_order(endpoint: Mapping[str, Any]) -> tuple[Any, ...]:
    """Resource by resource, shorter paths first, reading before writing."""
    route = naming.read_route(endpoint["method"], endpoint["path"])
    return route.nouns[:1], tuple(route.parts), _VERBS.index(endpoint["method"]), endpoint["path"]


def _names(requirements: Mapping[str, Any], answered: Mapping[str, str]) -> dict[str, str]:
    """Names by operation: declared, else answered where usable, else by rule."""
    used = {name for _, _, name in operations(requirements) if name}
    chosen = []
    for method, path, declared in sorted(operations(requirements)):
        name = declared or answered.get(f"{method} {path}", "")
        if not declared:
            name = name if _is_usable(name) and name not in used else ""
            used.add(name)
        chosen.append((method, path, name))
    return naming.names(chosen, TAKEN)


def _is_usable(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z0-9_]*", name)) and identifier(name) == name and name not in TAKEN


def _attempts(requirements: Mapping[str, Any]) -> int:
    return int(requirements.get("retry", {}).get("max_attempts", 3))


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _headline(service: str, count: int) -> str:
    if not count:
        return f"{service}, reached path by path: its operations are not described yet."
    return f"{service}: {count} operation{'s' if count > 1 else ''}, each a typed method, blocking and async."


def _showcase(instance: str, examples: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines that show the package at work."""
    if not examples:
        return [f'print({instance}.get("/").json())']
    first = examples[0]
    call = f"{instance}.{first['name']}({first['least']['arguments']})"
    if first["form"] == "pages":
        return [f"for {first['item']} in {call}:", f"    print({first['item']})"]
    return [call if first["form"] in ("nothing", "download") else f"print({call})"]


def _comments(entry: Mapping[str, Any]) -> dict[str, str]:
    """What config.yaml says beside its keys."""
    own = entry["requirements"].get("base_url")
    return {
        **({} if own and not VARIABLE.match(own) else {"base_url": f"set {prefix(entry)}_BASE_URL"}),
        "timeout": "seconds",
    }


def _config(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What config.yaml says, defaults filled in."""
    requirements = entry["requirements"]
    found = _configured(requirements)
    return {
        "service": entry["service"],
        "base_url": found.get("base_url"),
        "auth": found.get("auth"),
        "headers": found.get("headers", {}),
        "timeout": found.get("timeout", 30),
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30, **found.get("retry", {})},
        "rate_limit": found.get("rate_limit"),
        "environments": {name: _configured(told) for name, told in sorted(entry["environments"].items())},
    }


def _configured(told: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        key: told[key]
        for key in ("base_url", "auth", "headers", "timeout", "retry", "rate_limit")
        if key in told
    }
    if VARIABLE.match(str(found.get("base_url", ""))):
        found["base_url"] = None
    if found.get("auth", {}).get("type") == "none":
        found["auth"] = None
    return found


def _secrets(entry: Mapping[str, Any]) -> list[str]:
    """Every variable that the adapter or one of its environments reads."""
    places = [entry["requirements"], *entry["environments"].values()]
    found = [v for place in places for k, v in sorted(place.get("auth", {}).items()) if k.endswith("secret")]
    return list(dict.fromkeys(found))


def _test_facts(
    entry: Mapping[str, Any], found: Sequence[Operation], tests: Sequence[Mapping[str, Any]], suite: Suite
) -> dict[str, Any]:
    own = _configured(entry["requirements"])
    chosen = representatives(found)
    reading = [t for o, t in zip(found, tests, strict=True) if o.repeatable and o.form == "value"]
    keyed = [t for t in tests if t["keyed"]]
    return {
        "operations": tests,
        "constants": suite.constants,
        "secrets": {name: f"secret-of-{name.lower().replace('_', '-')}" for name in _secrets(entry)},
        "base_url": None if own.get("base_url") else f"https://{entry['name']}.example.com",
        "missing": "|".join(v for k, v in sorted((own.get("auth") or {}).items()) if k.endswith("secret")),
        "probe": next(iter([*reading, *tests]), None),
        "keyed": keyed[0] if keyed else None,
        "unexpected": [t for t in tests if t["wrong"] and t["name"] in chosen],
        "extra": [t for t in tests if t["extra"] and t["name"] in chosen],
        "environments": sorted(entry["environments"]),
        "variable": f"{prefix(entry)}_BASE_URL",
    }


def _examples(found: Sequence[Operation], tests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A few operations worth showing: a list, one thing, a change; all of them when there are few."""
    pairs = list(zip(found, tests, strict=True))
    wanted = [
        [p for p in pairs if p[0].form == "pages"][:1],
        [p for p in pairs if p[0].form == "value" and p[0].endpoint["method"] == "GET"][:1],
        [p for p in pairs if p[0].endpoint["method"] == "POST"][:1],
        [p for p in pairs if p[0].form == "download"][:1],
    ]
    chosen = [pair for some in wanted for pair in some] or pairs[:2]
    return [
        {
            **test,
            "summary": operation.summary,
            "reads": operation.endpoint["method"] in ("GET", "HEAD"),
            "item": phrase(operation.answer.text).replace(" ", "_")
            if operation.answer.form == "struct"
            else "item",
        }
        for operation, test in chosen
    ]


def _documented(operation: Operation, test: Mapping[str, Any]) -> dict[str, Any]:
    facts = operation.facts()
    return {
        **{key: facts[key] for key in ("name", "method", "path", "doc", "result", "form")},
        "arguments": test["least"]["arguments"],
        "meanings": [{"status": s, "text": t} for s, t in sorted(operation.meanings.items())],
    }
