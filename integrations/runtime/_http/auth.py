"""How an adapter proves who it is. Each class puts its credential in exactly one place."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .._errors import ConfigurationError
from .._secrets import Secret

Location = Literal["header", "query", "cookie"]


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential, ready to be placed: header, query parameter or cookie *name*."""

    location: Location
    name: str
    value: Secret


@dataclass(frozen=True, slots=True)
class BearerAuth:
    """`Authorization: Bearer …`; *scheme* replaces the word Bearer."""

    token: Secret
    scheme: str = "Bearer"

    def credential(self) -> Credential:
        """Return where the token goes."""
        words = f"{self.scheme} {self.token.reveal()}" if self.scheme else self.token.reveal()
        return Credential("header", "Authorization", Secret(words))


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """`Authorization: Basic …` (RFC 7617, UTF-8)."""

    username: str | Secret
    password: Secret

    def credential(self) -> Credential:
        """Return where user name and password go."""
        user = self.username.reveal() if isinstance(self.username, Secret) else self.username
        if ":" in user:
            raise ConfigurationError("a user name for basic auth must not hold a colon")
        packed = base64.b64encode(f"{user}:{self.password.reveal()}".encode()).decode("ascii")
        return Credential("header", "Authorization", Secret(f"Basic {packed}"))


@dataclass(frozen=True, slots=True)
class ApiKeyAuth:
    """A key in a header, a query parameter or a cookie."""

    key: Secret
    name: str = "X-API-Key"
    location: Location = field(default="header")

    def credential(self) -> Credential:
        """Return where the key goes."""
        return Credential(self.location, self.name, self.key)


Auth = BearerAuth | BasicAuth | ApiKeyAuth


def credentials_of(auth: Auth | Sequence[Auth] | None) -> tuple[Credential, ...]:
    """Return the credentials that are sent together.

    Raises:
        ConfigurationError: two of them would stand in the same place.
    """
    given = () if auth is None else auth if isinstance(auth, Sequence) else (auth,)
    found: dict[tuple[str, str], Credential] = {}
    for one in given:
        credential = one.credential()
        name = credential.name.lower() if credential.location == "header" else credential.name
        if found.setdefault((credential.location, name), credential) is not credential:
            raise ConfigurationError(f"two credentials are to be sent as {credential.location} {name}")
    return tuple(found.values())
