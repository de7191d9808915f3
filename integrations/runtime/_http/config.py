"""Read a package's config.yaml: every key checked, an environment laid over it, then the variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from .._errors import ConfigurationError
from .._limiter import RATE_PATTERN
from .._secrets import SecretManager
from .auth import ApiKeyAuth, Auth, BasicAuth, BearerAuth

Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
SecretName = Annotated[
    str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$", description="The variable that holds it.")
]
Rate = (
    Annotated[int, msgspec.Meta(ge=1, description="Calls a minute.")]
    | Annotated[str, msgspec.Meta(pattern=RATE_PATTERN, description="Like 100/minute or 5000/hour.")]
)


class BearerConfig(msgspec.Struct, tag_field="type", tag="bearer", forbid_unknown_fields=True, frozen=True):
    """Authorization: Bearer …"""

    secret: SecretName
    scheme: str = "Bearer"


class BasicConfig(msgspec.Struct, tag_field="type", tag="basic", forbid_unknown_fields=True, frozen=True):
    """Authorization: Basic …"""

    username_secret: SecretName
    password_secret: SecretName


class ApiKeyConfig(msgspec.Struct, tag_field="type", tag="api_key", forbid_unknown_fields=True, frozen=True):
    """A key in a header, query parameter or cookie."""

    secret: SecretName
    name: str = "X-API-Key"
    location: Literal["header", "query", "cookie"] = msgspec.field(name="in", default="header")


OneAuth = BearerConfig | BasicConfig | ApiKeyConfig
AuthConfig = (
    OneAuth | Annotated[list[OneAuth], msgspec.Meta(min_length=1, description="All are sent together.")]
)


class RetryConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How often and how far apart failed calls are repeated."""

    max_attempts: Annotated[int, msgspec.Meta(ge=1, description="All attempts together.")] = 3
    base_delay: Annotated[float, msgspec.Meta(ge=0, description="Seconds, upper end of the first wait.")] = (
        0.5
    )
    max_delay: Annotated[float, msgspec.Meta(ge=0, description="Seconds, the longest wait.")] = 30.0


class EnvironmentConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """What one environment changes."""

    base_url: str | msgspec.UnsetType | None = msgspec.UNSET
    auth: AuthConfig | msgspec.UnsetType | None = msgspec.UNSET
    headers: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    timeout: Positive | msgspec.UnsetType = msgspec.UNSET
    retry: RetryConfig | msgspec.UnsetType = msgspec.UNSET
    rate_limit: Rate | msgspec.UnsetType | None = msgspec.UNSET


class HttpConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Run-time configuration of an HTTP adapter."""

    service: Annotated[str, msgspec.Meta(description="The service's name, as errors show it.")]
    base_url: Annotated[
        str | None, msgspec.Meta(description="Where the service answers; null: set it yourself.")
    ]
    auth: AuthConfig | None = None
    headers: Annotated[dict[str, str], msgspec.Meta(description="Sent with every request.")] = {}
    timeout: Annotated[float, msgspec.Meta(gt=0, description="Seconds that one attempt may take.")] = 30.0
    retry: RetryConfig = RetryConfig()
    rate_limit: Rate | None = None
    environments: Annotated[
        dict[str, EnvironmentConfig],
        msgspec.Meta(description="Name of an environment: the keys it replaces."),
    ] = {}


SCHEMA_ID: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of config.yaml, as checked in beside the runtime."""
    return {
        "$schema": SCHEMA_ID,
        "title": "config.yaml of an HTTP adapter",
        **msgspec.json.schema(HttpConfig),
    }


def load(
    path: Path, package: str, environment: str | None, environ: Mapping[str, str] | None = None
) -> HttpConfig:
    """Read *path* for one environment.

    Args:
        path: config.yaml.
        package: the package's module name; its upper-case form starts the variables' names.
        environment: which of `environments`; None means `<PACKAGE>_ENVIRONMENT`, or none.
        environ: the environment variables; `os.environ` by default.

    Raises:
        ConfigurationError: the file cannot be read or a key is wrong; the text names file and key.
    """
    variables = _Variables(package, os.environ if environ is None else environ)
    config = _convert(path, _parsed(path))
    chosen = environment or variables.get("ENVIRONMENT")
    if chosen:
        config = _laid_over(path, config, chosen)
    changed = {
        "base_url": variables.get("BASE_URL") or config.base_url,
        "timeout": variables.number("TIMEOUT", config.timeout),
        "rate_limit": variables.rate("RATE_LIMIT", config.rate_limit),
        "retry": msgspec.structs.replace(
            config.retry, max_attempts=int(variables.number("MAX_ATTEMPTS", config.retry.max_attempts))
        ),
    }
    if not changed["base_url"]:
        raise ConfigurationError(
            f"{path.name} has no base_url; set {variables.name('BASE_URL')}", service=config.service
        )
    return msgspec.structs.replace(config, **changed)


def _parsed(path: Path) -> Any:
    import yaml

    # libyaml's loader is eight times as fast, where PyYAML was built with it
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return loader(path.read_text("utf-8")).get_single_data()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from None


def _convert(path: Path, data: Any) -> HttpConfig:
    try:
        return msgspec.convert(data, HttpConfig)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {str(error).replace('`$.', '`')}") from None


def _laid_over(path: Path, config: HttpConfig, name: str) -> HttpConfig:
    chosen = config.environments.get(name)
    if chosen is None:
        known = ", ".join(config.environments) or "none"
        raise ConfigurationError(
            f"{path} has no environment {name!r}; it has {known}", service=config.service
        )
    fields = {field: getattr(chosen, field) for field in chosen.__struct_fields__}
    return msgspec.structs.replace(
        config, **{field: value for field, value in fields.items() if value is not msgspec.UNSET}
    )


class _Variables:
    """The environment variables of one package."""

    def __init__(self, package: str, environ: Mapping[str, str]) -> None:
        self._prefix, self._environ = package.upper(), environ

    def name(self, key: str) -> str:
        return f"{self._prefix}_{key}"

    def get(self, key: str) -> str:
        return self._environ.get(self.name(key), "") if self._prefix else ""

    def number(self, key: str, default: float) -> float:
        text = self.get(key)
        try:
            number = float(text) if text else default
        except ValueError:
            number = -1.0
        if not 0 < number < float("inf") or (key == "MAX_ATTEMPTS" and number != int(number)):
            raise ConfigurationError(f"{self.name(key)} must be a number above 0, not {text!r}")
        return number

    def rate(self, key: str, default: int | str | None) -> int | str | None:
        text = self.get(key)
        if text and not text.isdigit() and not re.search(RATE_PATTERN, text):
            raise ConfigurationError(f"{self.name(key)} is not a rate like 100/minute or 5000/hour: {text!r}")
        return int(text) if text.isdigit() else text or default


def auth_of(config: AuthConfig | None, secrets: SecretManager) -> tuple[Auth, ...]:
    """Fetch the secrets that *config* names.

    Raises:
        MissingSecretError: one is not set.
    """
    if config is None:
        return ()
    return tuple(_auth(one, secrets) for one in (config if isinstance(config, list) else [config]))


def _auth(config: OneAuth, secrets: SecretManager) -> Auth:
    match config:
        case BearerConfig(secret=secret, scheme=scheme):
            return BearerAuth(secrets.get(secret, required=True), scheme)
        case BasicConfig(username_secret=username, password_secret=password):
            return BasicAuth(secrets.get(username, required=True), secrets.get(password, required=True))
        case ApiKeyConfig(secret=secret, name=name, location=location):
            return ApiKeyAuth(secrets.get(secret, required=True), name, location)
