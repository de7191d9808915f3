"""Secrets come from the environment or mounted files, and never print."""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, overload

from ._errors import ConfigurationError, MissingSecretError
from ._redact import MASK, remember

MOUNTS: Final = (Path("/run/secrets"),)
LARGEST: Final = 1 << 20
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE: Final = re.compile(
    r"""(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*?))\s*(?:\s#.*)?"""
)


class Secret:
    """A value that no log, error, repr, format, JSON encoder or pickle can show.

    It is deliberately not a `str`: a subclass of str would mask `print` and still leak through `+`, `join`,
    slicing, `json.dumps` and `sys.stdout.write`. Where the text itself is needed, say so:
    `secret.reveal()`. Comparing with a str works, in constant time.
    """

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        remember(self)

    def reveal(self) -> str:
        """Return the text. Give it to a driver; never to a message."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            other = other._value
        if not isinstance(other, str):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled: the bytes would hold its value")


class SecretManager:
    """Finds secrets by name.

    `SecretManager(prefix="APP_").get("API_KEY", required=True)` looks, in this order, at the environment
    variable `APP_API_KEY`, at the file named by `APP_API_KEY_FILE`, at `/run/secrets/APP_API_KEY` (and the
    lower-case name, as Docker and Kubernetes mount them), and at *env_file* if one was given. An empty
    value counts as not set. Nothing is remembered: a rotated secret is seen by the next `get`.

    Args:
        prefix: put before every name.
        environ: the environment; `os.environ` by default.
        mounts: directories of secret files, one file a secret.
        env_file: a `.env` file, read only when given.
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        environ: Mapping[str, str] | None = None,
        mounts: Sequence[Path | str] = MOUNTS,
        env_file: Path | str | None = None,
    ) -> None:
        self.prefix = prefix
        self._environ = os.environ if environ is None else environ
        self._mounts = tuple(Path(mount) for mount in mounts)
        self._env_file = None if env_file is None else Path(env_file)

    def __repr__(self) -> str:
        return f"SecretManager(prefix={self.prefix!r})"

    @overload
    def get(self, name: str, *, required: Literal[True]) -> Secret: ...

    @overload
    def get(self, name: str, *, required: bool = False) -> Secret | None: ...

    def get(self, name: str, *, required: bool = False) -> Secret | None:
        """Return the secret *name*, or None.

        Raises:
            MissingSecretError: it is *required* and not set; the text names every place that was looked at.
            ConfigurationError: the name is not a variable name, or a file that should hold it cannot be read.
        """
        full = self.prefix + name
        if not _NAME.fullmatch(full):
            raise ConfigurationError(f"{full!r} cannot be the name of an environment variable")
        value = self._environ.get(full) or self._from_files(full) or self._from_env_file(full)
        if value:
            return Secret(value)
        if required:
            raise MissingSecretError(f"{full} is not set (looked at {self._places(full)})")
        return None

    def _from_files(self, full: str) -> str:
        named = self._environ.get(f"{full}_FILE")
        if named:
            return _read(Path(named)).rstrip("\r\n")
        for mount in self._mounts:
            for path in (mount / full, mount / full.lower()):
                if path.is_file():
                    return _read(path).rstrip("\r\n")
        return ""

    def _from_env_file(self, full: str) -> str:
        return parse_env(_read(self._env_file)).get(full, "") if self._env_file is not None else ""

    def _places(self, full: str) -> str:
        files = [f"{mount}/{full}" for mount in self._mounts]
        env_file = [] if self._env_file is None else [str(self._env_file)]
        return ", ".join(["the environment", f"{full}_FILE", *files, *env_file])


def parse_env(text: str) -> dict[str, str]:
    """Read `NAME=value` lines; quotes, `export` and comments are understood, nothing is expanded."""
    found = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match:
            name, double, single, bare = match.groups()
            escaped = None if double is None else re.sub(r"\\(.)", _unescape, double)
            found[name] = next(value for value in (escaped, single, bare, "") if value is not None)
    return found


def _unescape(match: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "t": "\t"}.get(match[1], match[1])


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ConfigurationError(f"{path} is larger than {LARGEST} bytes; that is not a secret")
        return data.decode("utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot read the secret file {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"the secret file {path} is not UTF-8 text") from None
