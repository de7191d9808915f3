"""What a document says of a service, as plain frozen facts. Nothing here knows how an adapter looks.

Schemas are JSON Schema 2020-12 in one form, whatever version the document has: null as
``{"anyOf": [T, {"type": "null"}]}``, a reference as ``{"$ref": "#/types/<name>"}`` into ``Contents.types``,
numeric exclusive bounds, ``format: binary`` for a file. ``discriminator`` keeps OpenAPI's form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
Key = tuple[str, str]  # (METHOD, path as the document writes it)


@dataclass(frozen=True, slots=True)
class Finding:
    """What could not be modelled, and what stands in for it; *pointer* is a JSON pointer."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Server:
    """One base URL, its variables filled with their defaults. It may be relative, like ``/api/v3``."""

    url: str
    description: str = ""
    template: str = ""  # the URL as written, where it has variables
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name → default, then the others


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to sign in: bearer, basic, api_key (with *place* and *key*), oauth2 or other."""

    name: str
    kind: str
    place: str = ""  # header, query or cookie
    key: str = ""  # the header, parameter or cookie of an api_key
    description: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. *style* and *explode* are OpenAPI's, defaults filled in; ``json`` is JSON content."""

    name: str
    place: str  # path, query, header or cookie
    schema: Schema
    required: bool = False
    style: str = ""  # form spaceDelimited pipeDelimited deepObject simple label matrix json
    explode: bool = False
    description: str = ""
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """One media type of a body or an answer. *styles* is how the fields of a form travel, where declared:
    field → (style, explode, content type). *examples* are whole values: shown, not trusted."""

    type: str
    schema: Schema
    styles: Mapping[str, tuple[str, bool, str]] = field(default_factory=dict)
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries, the document's order kept."""

    media: tuple[Media, ...]
    required: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: *status* is ``200``, ``4XX`` or ``default``; *headers* are names to schemas."""

    status: str
    description: str = ""
    media: tuple[Media, ...] = ()
    headers: Mapping[str, Schema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """One operation as an index shows it: cheap to make for a thousand of them."""

    method: str
    path: str
    id: str = ""  # operationId
    tags: tuple[str, ...] = ()
    summary: str = ""
    deprecated: bool = False

    @property
    def key(self) -> Key:
        """Return what identifies it: operationIds may be missing or come twice."""
        return self.method, self.path


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation in full. *security* holds alternatives, each the schemes that it needs together; an empty
    alternative is a call without credential, and None is the document's own."""

    listed: Listed
    pointer: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: tuple[Response, ...] = ()
    security: tuple[tuple[str, ...], ...] | None = None
    servers: tuple[Server, ...] = ()  # its own, where it does not use the document's


@dataclass(frozen=True, slots=True)
class Outline:
    """The document without its operations' details. *version* is ``3.1.0``, ``2.0`` …"""

    path: str
    version: str
    title: str
    description: str
    servers: tuple[Server, ...]
    schemes: Mapping[str, Scheme]
    security: tuple[tuple[str, ...], ...]
    tags: Mapping[str, str]  # name → description, in the document's order
    operations: tuple[Listed, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """The chosen operations, in the document's order, and every type that they reach: nothing else."""

    operations: tuple[Operation, ...]
    types: Mapping[str, Schema]
    findings: tuple[Finding, ...] = ()
