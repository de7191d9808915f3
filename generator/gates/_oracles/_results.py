"""What a method gave back, against the answer that it was given."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from generator.gates._oracles._driving.service import FOLLOWED, LINK
from generator.gates._oracles._plans import Call
from generator.gates._oracles._replies import Reply
from generator.gates._oracles._sameness import difference
from generator.gates._oracles._styles import ABSENT
from generator.gates._oracles._translate import Schema, Schemas
from generator.gates._oracles._wire import names_of

# The runtime's documented table, written down a second time on purpose.
CLASSES = {
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    410: "NotFoundError",
    408: "UnavailableError",
    409: "ConflictError",
    412: "ConflictError",
    429: "RateLimitedError",
}
Outcome = Mapping[str, Any]


def problems(call: Call, outcome: Outcome, paged: bool, answers: Schemas) -> Iterator[str]:
    """Say what is wrong with the outcome of one call."""
    if "refused" in outcome:
        yield str(outcome["refused"])
    elif not outcome["requests"]:
        yield f"nothing was sent: {_raised(outcome)}" if "raised" in outcome else "nothing was sent"
    elif call.error:
        yield from _error(call.replies[outcome["requests"][0]["picked"]], outcome)
    elif "raised" in outcome:
        if paged and _is_unlisted(call.replies[outcome["requests"][0]["picked"]].value):
            return  # an answer without the list that its pages are made of: an error is as good as an end
        reply = call.replies[outcome["requests"][0]["picked"]]
        yield f"a valid answer with status {reply.status} raises {_raised(outcome)}"
    else:
        if len(outcome["requests"]) > 1 and not paged:
            yield f"{len(outcome['requests'])} requests were sent for one call"
        reply = call.replies[outcome["requests"][0]["picked"]]
        yield from _result(reply, outcome, paged, answers)


def _is_unlisted(value: Any) -> bool:
    return isinstance(value, Mapping) and not any(isinstance(inner, list) for inner in value.values())


def _raised(outcome: Outcome) -> str:
    return f"{outcome['raised'][0]}: {outcome['message']}"


def _error(reply: Reply, outcome: Outcome) -> Iterator[str]:
    wanted = CLASSES.get(reply.status, "UnavailableError" if reply.status >= 500 else "InvalidRequestError")
    if wanted not in outcome.get("raised", ()):
        raised = _raised(outcome) if "raised" in outcome else "nothing"
        yield f"status {reply.status} should raise {wanted}, and raises {raised}"
    elif base64.b64decode(outcome["body"]) != reply.content:
        yield f"the error of status {reply.status} does not carry the answer's body"


def _result(reply: Reply, outcome: Outcome, paged: bool, answers: Schemas) -> Iterator[str]:
    found = outcome["result"]
    if isinstance(found, Mapping) and "b" in found:
        if base64.b64decode(found["b"]) != reply.content:
            yield "the bytes of the answer are not those that were sent"
    elif not reply.content:
        if found not in (None, "", {"l": []}):
            yield f"an empty answer gives {str(found)[:60]}"
    elif reply.value is ABSENT:
        if found != reply.content.decode():
            yield f"the answer ({reply.type}) is text, and {str(found)[:60]} is returned"
    else:
        link = outcome["requests"][0]["url"].partition("?")[0] + FOLLOWED
        value, schema = _linked(reply.value, link), reply.schema
        if schema is None:
            return
        said = _item_loss(value, found, schema, answers) if paged else lost(value, found, schema, answers)
        if said:
            yield f"answer {reply.status}: {said}"


def _linked(value: Any, link: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _linked(inner, link) for key, inner in value.items()}
    if isinstance(value, list):
        return [_linked(inner, link) for inner in value]
    return link if value == LINK.decode() else value


def _item_loss(value: Any, found: Any, schema: Schema, answers: Schemas) -> str:
    """Return what items lost; they are some list of the answer."""
    lists = list(_lists(value, schema, answers, 4))
    losses = [lost(items, found, inner, answers) for items, inner in lists]
    if found == {"l": []} and (not losses or _leaves_out(value, schema, answers)):
        return ""  # a page that leaves its list out is an empty one
    return min(losses, key=len) if losses else "the method gives pages, and the answer has no list"


def _leaves_out(value: Any, schema: Schema, answers: Schemas) -> bool:
    """Return whether the answer is without a list that it may have."""
    fields = answers.resolved(schema).get("properties", {})
    lists = [name for name, told in fields.items() if answers.resolved(told).get("type") == "array"]
    return isinstance(value, Mapping) and not set(lists) <= set(value)


def _lists(value: Any, schema: Schema, answers: Schemas, depth: int) -> Iterator[tuple[list[Any], Schema]]:
    if isinstance(value, list):
        yield value, schema
    elif isinstance(value, Mapping) and depth:
        for key, inner in value.items():
            yield from _lists(inner, field_schema(schema, key, answers), answers, depth - 1)


def field_schema(schema: Schema, name: str, answers: Schemas) -> Schema:
    """Return the schema of a field, where it is plain; an empty one where alternatives decide."""
    schema = answers.resolved(schema)
    found = schema.get("properties", {}).get(name)
    if found is None:
        parts = [field_schema(part, name, answers) for part in schema.get("allOf", ())]
        found = next((part for part in parts if part), {})
    return dict(found)


def lost(sent: Any, found: Any, schema: Schema, answers: Schemas, at: str = "") -> str:
    """Return the first thing that a result lost of what was sent, or ""."""
    if isinstance(sent, Mapping):
        return _lost_fields(sent, found, schema, answers, at)
    if isinstance(sent, list):
        items = found.get("l") if isinstance(found, Mapping) else None
        if items is None or len(items) != len(sent):
            return f"{at or 'it'} should be a list of {len(sent)}"
        inner = answers.resolved(schema).get("items", {})
        each = (lost(s, f, inner, answers, f"{at}[]") for s, f in zip(sent, items, strict=True))
        return next((said for said in each if said), "")
    if isinstance(found, Mapping):
        if "b" not in found:
            return f"{at or 'it'} should be {sent!r}, and is an object or a list"
        found = found["b"]
    return difference(sent, found, at=at)


def _lost_fields(sent: Mapping[str, Any], found: Any, schema: Schema, answers: Schemas, at: str) -> str:
    fields = found.get("s", found.get("d")) if isinstance(found, Mapping) else None
    if fields is None:
        return f"{at or 'it'} should be an object"
    for key, value in sent.items():
        inner = f"{at}.{key}" if at else key
        if key not in fields:
            # what is required and not declared has no place in a model: that is the document's fault
            if value is not None and ("d" in found or key in names_of(schema, answers)):
                return f"{inner} is lost"
            continue
        if said := lost(value, fields[key], field_schema(schema, key, answers), answers, inner):
            return said
    optional = sorted(set(found.get("optional", ())) & _needed(schema, answers))
    where = f"{at}." if at else ""
    return f"{where}{optional[0]} is required, and may be left out of the model" if optional else ""


def _needed(schema: Schema, answers: Schemas) -> set[str]:
    """Return the fields that every value must have, and that cannot be null."""
    schema = answers.resolved(schema)
    if "anyOf" in schema or "oneOf" in schema:
        return set()
    names = {name for name in schema.get("required", ()) if _is_firm(schema, name, answers)}
    for part in schema.get("allOf", ()):
        names |= _needed(part, answers)
    return names


def _is_firm(schema: Schema, name: str, answers: Schemas) -> bool:
    told = schema.get("properties", {}).get(name)
    if told is None:
        return False
    field = answers.resolved(told)
    types = field.get("type", ())
    nullable = "null" in (types if isinstance(types, list) else [types]) or field == {}
    return not nullable and not {"anyOf", "oneOf", "allOf", "default", "const", "enum"} & set(field)
