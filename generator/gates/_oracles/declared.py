"""The oracle of an entry that declares its endpoints itself: its own word is all there is, hence "self"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.gates import Batch, Subject
from generator.gates._oracles._endpoint import Endpoint
from generator.gates._oracles._schemas import Types
from generator.gates.conformance import Judgement

FIDELITY = "self"
RANK = 0

RAW = "request"  # the adapter's raw access: what it sends is its caller's word, not an operation's


def applies(subject: Subject, batch: Batch) -> bool:
    """Return whether the entry lists endpoints."""
    endpoints = subject.entry.get("requirements", {}).get("endpoints")
    return isinstance(endpoints, list) and bool(endpoints) and all(isinstance(e, Mapping) for e in endpoints)


def judge(subject: Subject, batch: Batch, requests: Sequence[Mapping[str, Any]]) -> Judgement:
    """Judge each request by the endpoint that it meets; an endpoint conforms when all of at least one do."""
    requirements = subject.entry["requirements"]
    types = Types(requirements.get("types", {}))
    endpoints = [Endpoint(raw, requirements, types) for raw in requirements["endpoints"]]
    made = [request for request in requests if request["operation"] != RAW]
    met: dict[str, bool] = {}
    violations: set[str] = set()
    for request, before in zip(made, [None, *made], strict=False):
        name, problems = _verdict(endpoints, request, before)
        met[name] = met.get(name, True) and not problems
        violations |= {f"{name} ({request['operation']}): {problem}" for problem in problems}
    names = tuple(endpoint.name for endpoint in endpoints)
    conforming = frozenset(name for name in names if met.get(name))
    return Judgement(names, conforming, len(made), tuple(sorted(violations)))


def _verdict(
    endpoints: Sequence[Endpoint], request: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[str, tuple[str, ...]]:
    """Return the endpoint that a request means, and what is wrong with it.

    ``/users/me`` meets ``/users/{id}`` too: the most literal path that finds nothing wrong is meant.
    """
    verdicts = [
        (endpoint.name, endpoint.problems(request, before)) for endpoint in _meeting(endpoints, request)
    ]
    if not verdicts:
        return f"{request['method']} {request['path']}", (
            "no endpoint of the entry has this method and path",
        )
    return next((verdict for verdict in verdicts if not verdict[1]), verdicts[0])


def _meeting(endpoints: Sequence[Endpoint], request: Mapping[str, Any]) -> list[Endpoint]:
    """Return the endpoints whose method and path a request meets, the most literal path first."""
    found = [e for e in endpoints if e.method == request["method"] and e.values(request["path"]) is not None]
    return sorted(found, key=lambda e: (e.path.count("{"), e.path))
