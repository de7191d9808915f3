"""Mistakes in an API entry that no JSON Schema can say. Each complaint ends with its mend."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.shapes import REF, Complaint, without_null

from . import descriptions
from .entry import BODILESS, has_file, placeholders
from .flat import flattened
from .paging import item_schema, options
from .settings import AUTH_TYPES, SELECTION

# What the runtime's adapters have already, and what modules of a package need.
TAKEN = frozenset(
    {
        "request",
        "close",
        "aclose",
        "metrics",
        "from_config",
        "list",
        "dict",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
    }
    | {"get", "post", "put", "patch", "delete", "dt", "self", "print", "main", "sum", "len"}
)
_SET_BY_ADAPTER = frozenset(
    {"authorization", "host", "content-length", "transfer-encoding", "connection", "cookie"}
)
_BRACED = re.compile(r"\{[^{}/]+\}")
_PLACES = re.compile(r"{[^{}]*}")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def check(entry: Mapping[str, Any]) -> Iterator[Complaint]:
    """Everything wrong with a canonical entry. Pointers are into the entry as written."""
    requirements = _written(entry)
    yield from _unread(entry)
    yield from descriptions.complaints(entry, TAKEN)
    yield from _auth(requirements)
    yield from _endless(requirements.get("types", {}))
    yield from _pagination(requirements.get("pagination"), ("requirements", "pagination"))
    endpoints = requirements.get("endpoints", ())
    yield from _duplicates(endpoints)
    for index, endpoint in enumerate(endpoints):
        at = ("requirements", "endpoints", index)
        yield from _path(endpoint, at)
        yield from _body(endpoint, at)
        yield from _headers(endpoint, at)
        yield from _single_values(endpoint, requirements.get("types", {}), at)
        if not _is_change(endpoint, entry):
            yield from _paginated(endpoint, requirements, at)
        yield from _name(endpoint, at)


def _written(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The requirements as far as the manifest says them: of a document's mistakes its reader tells."""
    document = entry.get("document")
    if not isinstance(document, Mapping):
        if entry.get("spec"):  # it could not be read, so nothing is known of the endpoints
            return {**entry["requirements"], "endpoints": []}
        requirements: Mapping[str, Any] = entry["requirements"]
        return requirements
    return {**entry["requirements"], "endpoints": document["own"], "types": document["own_types"]}


def _is_change(endpoint: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Does it only change what the document says of the operation?"""
    known: Mapping[str, str] = (entry.get("document") or {}).get("operations", {})
    return f"{endpoint['method']} {endpoint['path']}" in known


def _unread(entry: Mapping[str, Any]) -> Iterator[Complaint]:
    """What an entry may say and this version does nothing about."""
    for key in () if entry.get("spec") else SELECTION:
        if key in entry["requirements"]:
            said = f"{key} chooses from a document. Say spec, the document's path, or remove it."
            yield Complaint(("requirements", key), said)


def _auth(requirements: Mapping[str, Any]) -> Iterator[Complaint]:
    auth = requirements.get("auth")
    if auth == []:
        yield Complaint(
            ("requirements", "auth"), "a list of credentials holds at least one. Write auth: none."
        )
    if isinstance(auth, Mapping) and auth.get("type") not in AUTH_TYPES:
        yield Complaint(("requirements", "auth"), f"auth has a type. Use {', '.join(AUTH_TYPES)}.")


def _pagination(pagination: Any, at: tuple[str | int, ...]) -> Iterator[Complaint]:
    if not isinstance(pagination, Mapping) or "style" not in pagination:
        return
    if pagination["style"] == "cursor" and not pagination.get("next") and not pagination.get("last"):
        yield Complaint(
            at,
            "a cursor comes from somewhere. Say next: meta.next_cursor (where it is in the body) or last: id"
            " (a field of the last item).",
        )


def _endless(types: Mapping[str, Any]) -> Iterator[Complaint]:
    """Types that no finite value has, because each value must hold another."""
    for name in types:
        if _must_hold(name, types[name], types, frozenset()):
            mend = f"Make one optional: '{name}?', or a list: [{name}]."
            yield Complaint(("requirements", "types", name), f"every {name} must hold another {name}. {mend}")


def _must_hold(target: str, schema: Any, types: Mapping[str, Any], seen: frozenset[str]) -> bool:
    if not isinstance(schema, Mapping) or without_null(schema)[1]:
        return False
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(REF)
        again = name not in seen and _must_hold(target, types.get(name), types, seen | {name})
        return name == target or again
    fields, must = schema.get("properties", {}), schema.get("required", ())
    parts = [*schema.get("allOf", ()), *(fields[name] for name in must if name in fields)]
    return any(_must_hold(target, part, types, seen) for part in parts)


def _duplicates(endpoints: Any) -> Iterator[Complaint]:
    operations: dict[str, int] = {}
    names: dict[str, int] = {}
    for index, endpoint in enumerate(endpoints):
        at = ("requirements", "endpoints", index)
        key = f"{endpoint['method']} {_PLACES.sub('{}', endpoint['path'])}"
        if key in operations:
            first = operations[key]
            yield Complaint(at, f"endpoints[{first}] is the same operation. Remove one of the two.")
        operations.setdefault(key, index)
        name = endpoint.get("name")
        if name and name in names:
            yield Complaint((*at, "name"), f"endpoints[{names[name]}] has the name {name!r} too. Change one.")
        if name:
            names.setdefault(name, index)


def _path(endpoint: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Complaint]:
    path = endpoint["path"]
    inside = placeholders(path)
    braced = _BRACED.findall(path)
    rest = _BRACED.sub("", path)
    if "{" in rest or "}" in rest:
        yield Complaint((*at, "path"), f"{path[:80]!r} has a brace without its partner. Write /users/{{id}}.")
    if "?" in rest or "#" in rest:
        yield Complaint((*at, "path"), "a query is no part of the path. Put it into parameters.")
    if "://" in rest or ".." in path.split("/"):
        yield Complaint((*at, "path"), "a path is below base_url. Write it as /users/{id}.")
    if len(inside) < len(braced):
        yield Complaint((*at, "path"), "a parameter stands in the path twice. Give each its own name.")
    yield from _path_parameters(endpoint, inside, at)


def _path_parameters(
    endpoint: Mapping[str, Any], inside: list[str], at: tuple[str | int, ...]
) -> Iterator[Complaint]:
    for key, parameter in endpoint.get("parameters", {}).items():
        wire, place = parameter.get("name", key), (*at, "parameters", key)
        if parameter["in"] == "path" and wire not in inside:
            near = difflib.get_close_matches(wire, inside, n=1)
            absent = f"Put {{{wire}}} into the path, or say in: query."
            mend = f"Did you mean {near[0]!r}?" if near else absent
            yield Complaint(place, f"the path has no {{{wire}}}. {mend}")
        elif parameter["in"] != "path" and wire in inside and key == wire:
            yield Complaint((*place, "in"), "it stands in the path. Remove 'in', or rename it.")


def _body(endpoint: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Complaint]:
    if "body" not in endpoint:
        return
    method, body = endpoint["method"], endpoint["body"]
    encoding = endpoint.get("encoding", "json")
    if method in BODILESS:
        yield Complaint((*at, "body"), f"a {method} has no body. Use parameters, or another method.")
    fields = without_null(body)[0].get("properties")
    if encoding in ("form", "multipart") and not isinstance(fields, Mapping) and "$ref" not in body:
        yield Complaint((*at, "body"), f"a {encoding} body has named fields. Write {{field: type}}.")
    if encoding not in ("multipart", "binary"):
        for name, schema in (fields or {}).items():
            if has_file(schema):
                yield Complaint(
                    (*at, "body", name), "a file needs encoding: multipart. Say so, or use bytes."
                )


def _headers(endpoint: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Complaint]:
    parameters = endpoint.get("parameters", {})
    dynamic = {key: p.get("name", key) for key, p in parameters.items() if p["in"] == "header"}
    for key, name in {**{name: name for name in endpoint.get("headers", {})}, **dynamic}.items():
        if name.lower() in _SET_BY_ADAPTER:
            where = "parameters" if key in dynamic else "headers"
            mend = "Remove it; auth sets it." if name.lower() == "authorization" else "Remove it."
            yield Complaint((*at, where, key), f"the adapter sets {name} itself. {mend}")


def _single_values(
    endpoint: Mapping[str, Any], types: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[Complaint]:
    """A path, a header and a cookie carry one text each."""
    for key, parameter in endpoint.get("parameters", {}).items():
        if parameter["in"] == "query":
            continue
        kind = flattened(parameter["schema"], types).get("type")
        if kind in ("array", "object"):
            where = f"a {parameter['in']} parameter holds one value, no {kind}"
            yield Complaint((*at, "parameters", key), f"{where}. Say in: query, or type: string.")


def _paginated(
    endpoint: Mapping[str, Any], requirements: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[Complaint]:
    if "paginate" not in endpoint:
        return
    found = options(endpoint, requirements)
    place = (*at, "paginate")
    if "style" not in found:
        yield Complaint(place, "how do its pages go on? Say pagination: link, page, offset or cursor.")
        return
    if isinstance(endpoint["paginate"], Mapping):
        yield from _pagination({**found, "style": found["style"]}, place)
    if endpoint["method"] not in ("GET", "POST"):
        yield Complaint(place, f"a {endpoint['method']} has no pages. Remove paginate.")
    types = requirements.get("types", {})
    if "returns" not in endpoint:
        yield Complaint(place, "what are its items? Say returns: [Type], or [any] to leave them untyped.")
    elif item_schema(endpoint["returns"], found, types) is None:
        listed = f"no list at {found['items'].removesuffix('?')!r}" if found.get("items") else "no list"
        yield Complaint((*at, "returns"), f"it describes {listed}. Write the items: [Type].")


def _name(endpoint: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Complaint]:
    name = endpoint.get("name", "")
    if not name:
        return
    place = (*at, "name")
    if not _NAME.match(name) or keyword.iskeyword(name):
        plain = re.sub(r"\W+|(?<=[a-z0-9])(?=[A-Z])", "_", name).strip("_").lower()
        mend = (
            f"Write {plain!r}."
            if _NAME.match(plain) and not keyword.iskeyword(plain)
            else "Write 'list_issues'."
        )
        yield Complaint(place, f"{name[:60]!r} is not a method's name. {mend}")
    elif name in TAKEN:
        yield Complaint(place, f"every package needs {name!r} itself. Add the thing: '{name}_users'.")
