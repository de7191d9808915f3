"""Where a service is: ``servers`` with their variables filled in; in Swagger 2.0 schemes, host and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.specs.facts import Server
from generator.specs.lenient import below, described, listing, mapping, text, texts
from generator.specs.reading import Reading

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[^\s/?#@]+\Z")


def servers(node: Mapping[str, Any], at: str, reading: Reading) -> tuple[Server, ...]:
    """The servers that a document, a path or an operation declares, in their order."""
    said = node.get("servers")
    if said is not None and not isinstance(said, list):
        reading.notes.add(below(at, "servers"), "'servers' is no list; it is passed over.")
    places = [(item, below(at, "servers", index)) for index, item in enumerate(listing(said))]
    return tuple(server for item, place in places if (server := _server(item, place, reading)))


def _server(node: Any, at: str, reading: Reading) -> Server | None:
    url = text(mapping(node).get("url")).strip()
    if not url:
        reading.notes.add(at, "this server has no URL; it is passed over.")
        return None
    description = described(node, "description", at, reading.notes)
    names = dict.fromkeys(_VARIABLE.findall(url))
    if not names:
        return Server(url, description)
    declared = mapping(node.get("variables"))
    values = {name: _values(declared.get(name), below(at, "variables", name), reading) for name in names}
    filled = _VARIABLE.sub(lambda match: values[match[1]][0] if values[match[1]] else match[0], url)
    return Server(filled, description, url, {name: found for name, found in values.items() if found})


def _values(node: Any, at: str, reading: Reading) -> tuple[str, ...]:
    """The default of a variable, then its other values."""
    others = texts(mapping(node).get("enum"))
    default = mapping(node).get("default")
    if text(default) or default == "":
        return text(default), *(value for value in others if value != text(default))
    taken = "its first value is taken" if others else "it stays in the URL"
    reading.notes.add(at, f"this variable has no default; {taken}.")
    return others


def swagger_servers(reading: Reading) -> tuple[Server, ...]:
    """Swagger 2.0: one server for each scheme, https first; a relative one where there is no host."""
    document = reading.document
    base = "/" + text(document.get("basePath")).strip().strip("/")
    host = text(document.get("host")).strip().strip("/").removeprefix("https://").removeprefix("http://")
    base = "" if base == "/" else base
    if not host or not _HOST.match(host):
        if host:
            reading.notes.add("#/host", "this is no host; the server stays unknown.")
        return (Server(base),) if base else ()
    schemes = [scheme.lower() for scheme in texts(document.get("schemes"))]
    known = sorted({scheme for scheme in schemes if scheme in ("http", "https")}, reverse=True) or ["https"]
    return tuple(Server(f"{scheme}://{host}{base}") for scheme in known)
