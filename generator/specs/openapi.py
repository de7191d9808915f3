"""
OpenAPI 3.0, 3.1 and Swagger 2.0 as facts, whatever state the document is in.

Nothing is validated up front, no operation is dropped, and nothing in a document makes this fail: what cannot
be modelled is a finding, and stands there as anything. Only a document that is none, or one that would cost
without end, raises SpecError.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from generator.specs import media, parameters, paths, security, servers, swagger
from generator.specs.facts import Contents, Key, Operation, Outline, Schema, Scheme, Server
from generator.specs.lenient import described, listing, mapping, text
from generator.specs.reading import Reading
from generator.specs.source import Source


def outline(source: Source) -> Outline:
    """Everything that an index needs; cheap, however many operations there are."""
    reading = Reading.of(source)
    document, notes = reading.document, reading.notes
    info = mapping(document.get("info"))
    schemes = security.schemes(reading)
    listed = tuple(paths.listed(found, reading) for found in paths.found(reading))
    old = reading.dialect == "2.0"
    return Outline(
        path=source.path,
        version=reading.version,
        title=described(info, "title", "#/info", notes).strip(),
        description=described(info, "description", "#/info", notes),
        servers=servers.swagger_servers(reading) if old else servers.servers(document, "#", reading),
        schemes=schemes,
        security=security.alternatives(document, "#", schemes, reading) or (),
        tags=_tags(reading, (tag for item in listed for tag in item.tags)),
        operations=listed,
        findings=reading.findings(),
    )


def contents(source: Source, keys: Collection[Key] | None = None) -> Contents:
    """The operations with these keys (all, where there are none) in full, and the types that they reach."""
    reading = Reading.of(source)
    schemes = security.schemes(reading)
    wanted = None if keys is None else frozenset(keys)
    chosen = [found for found in paths.found(reading) if wanted is None or found.key in wanted]
    operations = tuple(_operation(found, schemes, reading) for found in chosen)
    types = reading.schemas.types(schema for operation in operations for schema in _schemas(operation))
    return Contents(operations, types, reading.findings())


def _operation(found: paths.Found, schemes: dict[str, Scheme], reading: Reading) -> Operation:
    node, at = found.node, found.at
    if reading.dialect == "2.0":
        given, body = swagger.parts(found, reading)
        body = body or media.body(node, at, reading)
        own: tuple[Server, ...] = ()
    else:
        given = parameters.parameters(found, reading)
        body = media.body(node, at, reading) or swagger.stray_body(found, reading)
        own = servers.servers(node, at, reading) or servers.servers(found.item, found.item_at, reading)
    description = described(node, "description", at, reading.notes)
    return Operation(
        listed=paths.listed(found, reading),
        pointer=at.removeprefix("#"),
        description=description or described(found.item, "description", found.item_at, reading.notes),
        parameters=given,
        body=body,
        responses=media.responses(node, at, reading),
        security=security.alternatives(node, at, schemes, reading),
        servers=own,
    )


def _schemas(operation: Operation) -> Iterator[Schema]:
    """Every schema of an operation."""
    yield from (parameter.schema for parameter in operation.parameters)
    yield from (media.schema for media in (operation.body.media if operation.body else ()))
    for response in operation.responses:
        yield from response.headers.values()
        yield from (media.schema for media in response.media)


def _tags(reading: Reading, used: Iterable[str]) -> dict[str, str]:
    """The declared tags, then those that operations use besides."""
    found: dict[str, str] = {}
    for index, node in enumerate(listing(reading.document.get("tags"))):
        name = text(mapping(node).get("name")) or text(node)
        if name:
            found.setdefault(name, described(mapping(node), "description", f"#/tags/{index}", reading.notes))
    return {**found, **{tag: "" for tag in used if tag not in found}}
