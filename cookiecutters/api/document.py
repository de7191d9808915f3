"""What an entry takes from its document: the chosen operations as endpoints, their types, how to sign in.

The manifest's own ``endpoints`` win: one that the document has too changes what it says, key by key; one that
it has not is an operation of its own. What is stored in a lock is a digest of each operation, not its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from generator.lock import canonical, digest
from generator.shapes import REF, Complaint
from generator.specs.facts import Contents, Finding, Key, Listed, Operation, Outline

from .convert import Converter
from .inference import Inference
from .selection import chosen, nearest
from .signing import alternatives, places, scheme_places, signing


class Document(Protocol):
    """What ``generator.specs.documents`` opens."""

    @property
    def path(self) -> str: ...

    @property
    def outline(self) -> Outline: ...

    def contents(self, keys: Iterable[Key] | None = None) -> Contents: ...


@dataclass(frozen=True, slots=True)
class Documented:
    """The document's part of an entry: what was chosen, and the settings that it shows."""

    outline: Outline
    contents: Contents
    settings: Mapping[str, Any]  # base_url and auth, as a manifest would say them

    def endpoints(self, auth: Any) -> tuple[dict[Key, dict[str, Any]], list[Finding]]:
        """The chosen operations in canonical form, and what could not be said in it.

        *auth* is how the adapter signs in.
        """
        converter = Converter(self.contents.types, places(auth))
        found = dict(_endpoints(self.contents, self.outline, converter))
        return found, [*self.outline.findings, *self.contents.findings, *converter.findings]


def digests(endpoints: Mapping[Key, Any], types: Mapping[str, Any]) -> dict[str, str]:
    """One digest for each operation, with everything that it reaches."""
    shas = {name: digest(canonical(schema)) for name, schema in types.items()}
    inner = {name: frozenset(_references(schema)) & shas.keys() for name, schema in types.items()}
    return {
        " ".join(key): digest([canonical(told), sorted((n, shas[n]) for n in _reach(told, inner))])[:16]
        for key, told in endpoints.items()
    }


def read_document(entry: Mapping[str, Any], complaints: list[Complaint]) -> Documented | None:
    """Choose from the document that *entry* brings along; None where it brings none."""
    document: Document | None = entry.get("document")
    if document is None:
        return None
    requirements, outline = _mapping(entry.get("requirements")), document.outline
    own = [key for raw in _list(requirements.get("endpoints")) if (key := key_of(raw)) is not None]
    before = len(complaints)
    picked = chosen(requirements, outline.operations, own, complaints)
    if not picked and len(complaints) == before and not own:
        said = "no operation of the document is chosen. Say include, tags or endpoints, or mend exclude."
        complaints.append(Complaint(("spec",), said))
    contents = document.contents([operation.key for operation in picked])
    auth = signing(entry, outline, contents.operations)
    settings = {**({"auth": auth} if auth is not None else {}), **_base_url(outline)}
    return Documented(outline, contents, settings)


def _endpoints(
    contents: Contents, outline: Outline, converter: Converter
) -> Iterator[tuple[Key, dict[str, Any]]]:
    inference = Inference(contents.types)
    for operation in contents.operations:
        endpoint = converter.endpoint(operation)
        headers = {n: s for r in operation.responses if r.status[:1] == "2" for n, s in r.headers.items()}
        found = {**endpoint, **inference.added(endpoint, headers)}
        yield operation.listed.key, {**found, **_signed(operation, outline, converter)}


def _signed(operation: Operation, outline: Outline, converter: Converter) -> dict[str, Any]:
    """Whether the operation goes without the adapter's credential; another one that it asks for is told."""
    options = alternatives(operation, outline)
    bare = operation.security is not None and not any(options)
    if bare and converter.credential:
        return {"anonymous": True}
    asked = [scheme_places(option, outline) for option in options if option]
    if asked and () not in options and not any(option <= converter.credential for option in asked):
        names = " or ".join(" with ".join(option) for option in options)
        converter.find(operation.pointer, f"it asks for {names}, and the adapter signs in otherwise")
    return {}


def _base_url(outline: Outline) -> dict[str, str]:
    found = next((s.url for s in outline.servers if s.url.startswith(("https://", "http://"))), "")
    return {"base_url": found.partition("?")[0].rstrip("/")} if found else {}


def key_of(raw: Any) -> Key | None:
    """The operation that an entry's endpoint means, in short form or in full."""
    if isinstance(raw, str):
        method, _, path = raw.strip().partition(" ")
        return method.upper(), path.strip()
    if not isinstance(raw, Mapping) or not isinstance(raw.get("path"), str):
        return None
    return str(raw.get("method", "GET")).upper(), raw["path"].strip()


def united(
    endpoints: Mapping[Key, Mapping[str, Any]], own: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The document's endpoints, changed and followed by the manifest's own."""
    changes = {(endpoint["method"], endpoint["path"]): endpoint for endpoint in own if endpoint}
    merged = [_changed(found, changes.get(key, {})) for key, found in endpoints.items()]
    return [*merged, *(dict(endpoint) for key, endpoint in changes.items() if key not in endpoints)]


def _changed(found: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {**found.get("parameters", {}), **said.get("parameters", {})}
    both = {**found, **said, **({"parameters": parameters} if parameters else {})}
    if said.get("paginate") is False:
        both.pop("paginate")
    because = {key: why for key, why in found.get("because", {}).items() if key not in said}
    return {key: value for key, value in {**both, "because": because}.items() if value != {} or key in said}


def unknown(listed: Sequence[Listed], written: Sequence[Any]) -> Iterator[Complaint]:
    """Endpoints in short form that the document does not have: nothing says what they return."""
    known = {operation.key for operation in listed}
    for index, raw in enumerate(written):
        key = key_of(raw)
        bare = isinstance(raw, str) or not {"returns", "body", "parameters"} & set(_mapping(raw))
        if key is not None and key not in known and bare:
            said = f"the document has no {' '.join(key)[:80]}. {nearest(key, listed)}"
            yield Complaint(("requirements", "endpoints", index), said)


def _reach(endpoint: Mapping[str, Any], inner: Mapping[str, frozenset[str]]) -> set[str]:
    """The names of every type that a value of the endpoint can hold."""
    found: set[str] = set()
    waiting = [name for name in _references(endpoint) if name in inner]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(inner[name] - found)
    return found


def _references(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            ref = item.get("$ref")
            if isinstance(ref, str):
                yield ref.removeprefix(REF)
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
        elif isinstance(item, str) and item.startswith(REF):
            yield item.removeprefix(REF)  # of a discriminator's mapping


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
