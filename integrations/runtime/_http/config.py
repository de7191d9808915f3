"""Read a package's config.yaml: every key checked, an environment laid over it, then the variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from .._errors import ConfigurationError
from .._secrets import SecretManager
from .._settings import Positive, Rate, RetryConfig, Variables, converted, parsed, unknown_environment
from .._settings import schema as settings_schema
from .auth import ApiKeyAuth, Auth, BasicAuth, BearerAuth

SecretName = Annotated[
    str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$", description="The variable that holds it.")
]


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


def schema() -> dict[str, Any]:
    """Return the JSON Schema of config.yaml, as checked in beside the runtime."""
    return settings_schema(HttpConfig, "config.yaml of an HTTP adapter")


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
    variables = Variables(package, os.environ if environ is None else environ)
    config = converted(path, parsed(path), HttpConfig)
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


def _laid_over(path: Path, config: HttpConfig, name: str) -> HttpConfig:
    chosen = config.environments.get(name)
    if chosen is None:
        raise unknown_environment(path, name, config.environments, config.service)
    fields = {field: getattr(chosen, field) for field in chosen.__struct_fields__}
    return msgspec.structs.replace(
        config, **{field: value for field, value in fields.items() if value is not msgspec.UNSET}
    )


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
