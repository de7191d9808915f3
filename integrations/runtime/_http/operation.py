"""What one operation of a service is: data, declared once, as a constant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

import msgspec

from .._errors import InvalidArgumentError
from .encode import expand, split_template
from .oneof import decoded
from .paging import Pages

if TYPE_CHECKING:
    from .styles import Styles

T = TypeVar("T")
Body = Literal["json", "form", "multipart", "binary"]
_MEDIA: Final = re.compile(r"[\x20-\x7e]*")
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})  # RFC 9110 §9.2.2


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[T]):
    """One operation of a service.

        GET_REPO: Operation[Repo] = Operation("get_repo", "GET", "/repos/{owner}/{repo}", returns=Repo)

    Args:
        name: as metrics and errors call it.
        method: the HTTP method.
        path: an RFC 6570 level 1 template, below the base URL.
        returns: the type of the answer: None for nothing, bytes for a raw body, else any type that msgspec
            decodes. An empty answer (204) is None where the type admits None, and an
            `UnexpectedResponseError` where it does not.
        body: how a body is written.
        idempotent: whether repeating is safe; None means by method.
        idempotency_header: a header that carries a key, the same on every attempt, which makes repeating
            safe.
        pages: how the list goes on; *returns* is then the type of one page's items.
        errors: declared meanings by status, for error texts.
        accept: the Accept header.
        styles: how values are written that are not written in the usual way, by wire name, or by
            "place:name" (path, query, header, cookie; always "body:name" for a field of a form or
            multipart body): form, space, pipe, deepObject, simple, label, matrix or json, as OpenAPI 3.1
            defines them; form*, simple*, label* and matrix* are the exploded ones.
        media: the Content-Type of the body, instead of the usual one of *body*.
        anonymous: whether the adapter's credential stays at home.
    """

    name: str
    method: str
    path: str
    returns: Any = None
    body: Body = "json"
    idempotent: bool | None = None
    idempotency_header: str = ""
    pages: Pages | None = None
    errors: Mapping[int, str] = field(default_factory=dict)
    accept: str = "application/json"
    styles: Mapping[str, str] = field(default_factory=dict)
    media: str = ""
    anonymous: bool = False
    _literals: tuple[str, ...] = field(init=False, repr=False)
    _names: tuple[str, ...] = field(init=False, repr=False)
    _decoder: Any = field(init=False, repr=False, default=None)
    styled: Styles | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.path and not self.path.startswith("/"):
            raise InvalidArgumentError(f"the path of {self.name} must start with /, unlike {self.path!r}")
        if self.media and not _MEDIA.fullmatch(self.media):
            raise InvalidArgumentError(f"{self.media!r} cannot be the media type of {self.name}")
        if self.styles:
            from .styles import Styles  # most operations declare none

            object.__setattr__(self, "styled", Styles(self.styles, self.name))
        literals, names = split_template(self.path)
        object.__setattr__(self, "_literals", literals)
        object.__setattr__(self, "_names", names)

    @property
    def repeatable(self) -> bool:
        """Whether the operation may be sent twice without an idempotency key."""
        return self.method.upper() in IDEMPOTENT if self.idempotent is None else self.idempotent

    def target(self, values: Mapping[str, Any]) -> str:
        """Fill the path template with *values*, percent-encoded."""
        if self.styled is not None:
            return expand(self._literals, self._names, values, self.styled.segment)
        return expand(self._literals, self._names, values)

    def decoder(self) -> Any:
        """Return the decoder of the declared type; made on first use, then kept."""
        decoder = self._decoder
        if decoder is None:
            decoder = msgspec.json.Decoder(self.returns, dec_hook=decoded)
            object.__setattr__(self, "_decoder", decoder)
        return decoder
