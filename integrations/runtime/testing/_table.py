"""Which error every HTTP error status becomes."""

from __future__ import annotations

from .._errors import (
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServiceError,
    UnavailableError,
)

_TABLE: tuple[tuple[int, type[ServiceError]], ...] = (
    (400, InvalidRequestError),
    (401, AuthenticationError),
    (402, InvalidRequestError),
    (403, PermissionDeniedError),
    (404, NotFoundError),
    (405, InvalidRequestError),
    (408, UnavailableError),
    (409, ConflictError),
    (410, NotFoundError),
    (412, ConflictError),
    (413, InvalidRequestError),
    (415, InvalidRequestError),
    (418, InvalidRequestError),
    (422, InvalidRequestError),
    (429, RateLimitedError),
    (499, InvalidRequestError),
    (500, UnavailableError),
    (501, UnavailableError),
    (502, UnavailableError),
    (503, UnavailableError),
    (504, UnavailableError),
    (599, UnavailableError),
)


def error_table() -> tuple[tuple[int, type[ServiceError]], ...]:
    """Return (status, error class) pairs, for `pytest.mark.parametrize`. Written out, not computed."""
    return _TABLE
