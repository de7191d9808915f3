"""Read a package's config.yaml: every key checked, an environment laid over it, then the variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote

import msgspec

from ._clock import Clock
from ._errors import ConfigurationError
from ._guard import Guard, Translate
from ._limiter import RATE_PATTERN, RateLimiter
from ._metrics import MetricsCollector
from ._retry import Retry
from ._secrets import Secret, SecretManager

Positive = Annotated[float, msgspec.Meta(gt=0)]
Rate = (
    Annotated[int, msgspec.Meta(ge=1, description="Calls a minute.")]
    | Annotated[str, msgspec.Meta(pattern=RATE_PATTERN, description="Like 100/minute or 5000/hour.")]
)
SCHEMA_ID: Final = "https://json-schema.org/draft/2020-12/schema"
_USER: Final = re.compile(r"://([^/?#@]*)@")
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class RetryConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How often and how far apart failed calls are repeated."""

    max_attempts: Annotated[int, msgspec.Meta(ge=1, description="All attempts together.")] = 3
    base_delay: Annotated[float, msgspec.Meta(ge=0, description="Seconds, upper end of the first wait.")] = (
        0.5
    )
    max_delay: Annotated[float, msgspec.Meta(ge=0, description="Seconds, the longest wait.")] = 30.0


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What the config.yaml of every adapter with a driver says; each family adds its own keys."""

    service: Annotated[str, msgspec.Meta(description="The service's name, as errors show it.")]
    timeout: Annotated[float, msgspec.Meta(gt=0, description="Seconds that one call may take.")] = 30.0
    retry: RetryConfig = RetryConfig()
    rate_limit: Rate | None = None
    environments: Annotated[
        dict[str, dict[str, Any]], msgspec.Meta(description="Name of an environment: the keys it replaces.")
    ] = {}


S = TypeVar("S", bound=Settings)


def load(
    kind: type[S],
    path: Path,
    package: str,
    environment: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> S:
    """Read *path* for one environment.

    Args:
        kind: the family's settings.
        path: config.yaml.
        package: the package's module name; its upper-case form starts the variables' names.
        environment: which of `environments`; None means `<PACKAGE>_ENVIRONMENT`, or none.
        environ: the environment variables; `os.environ` by default.

    Raises:
        ConfigurationError: the file cannot be read or a key is wrong; the text names file and key.
    """
    variables = Variables(package, os.environ if environ is None else environ)
    written = parsed(path)
    if isinstance(written, dict):
        written = _laid_over(path, written, environment or variables.get("ENVIRONMENT"))
    config = converted(path, written, kind)
    changed = {
        "timeout": variables.number("TIMEOUT", config.timeout),
        "rate_limit": variables.rate("RATE_LIMIT", config.rate_limit),
        "retry": msgspec.structs.replace(
            config.retry, max_attempts=int(variables.number("MAX_ATTEMPTS", config.retry.max_attempts))
        ),
    }
    if address := variables.get("CONNECTION_STRING"):
        changed |= {"connection_string": address} if hasattr(config, "connection_string") else {}
    return msgspec.structs.replace(config, **changed)


def filled(text: str, secrets: SecretManager) -> Secret:
    """Return *text* with every `${NAME}` replaced by the secret of that name.

    Where it stands for a user or a password of a URL, it is percent-encoded (RFC 3986, 3.2.1), so that a `/`
    or `@` in it stays part of it.

    Raises:
        MissingSecretError: one is not set.
    """
    found = _USER.search(text)
    begin, end = found.span(1) if found else (0, 0)

    def value(reference: re.Match[str]) -> str:
        secret = secrets.get(reference[1], required=True).reveal()
        return quote(secret, safe="") if begin <= reference.start() < end else secret

    return Secret(_REFERENCE.sub(value, text))


def guard_of(settings: Settings, translate: Translate, *, metrics: MetricsCollector, clock: Clock) -> Guard:
    """Return the guard that *settings* ask for."""
    said = settings.retry
    limit = settings.rate_limit
    return Guard(
        settings.service,
        Retry(said.max_attempts, said.base_delay, said.max_delay),
        None if limit is None else RateLimiter.parse(limit, clock=clock),
        metrics,
        clock,
        translate,
    )


def schema(kind: type[msgspec.Struct], title: str) -> dict[str, Any]:
    """Return the JSON Schema of a config.yaml, as checked in beside the runtime."""
    return {"$schema": SCHEMA_ID, "title": title, **msgspec.json.schema(kind)}


def parsed(path: Path) -> Any:
    """Return what the YAML file holds.

    Raises:
        ConfigurationError: it cannot be read, or is not YAML.
    """
    import yaml

    # libyaml's loader is eight times as fast, where PyYAML was built with it
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return loader(path.read_text("utf-8")).get_single_data()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from None


K = TypeVar("K", bound=msgspec.Struct)


def converted(path: Path, data: Any, kind: type[K]) -> K:
    """Return *data* as settings.

    Raises:
        ConfigurationError: a key is unknown, missing or wrong.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {str(error).replace('`$.', '`')}") from None


def unknown_environment(path: Path, name: str, known: Mapping[str, Any], service: str) -> ConfigurationError:
    """Return the error that says which environments there are."""
    listed = ", ".join(map(str, known)) or "none"
    return ConfigurationError(f"{path} has no environment {name!r}; it has {listed}", service=service)


def _laid_over(path: Path, written: dict[str, Any], name: str | None) -> dict[str, Any]:
    """Replace keys by those of the environment; what is wrong with either, the conversion says."""
    if not name:
        return written
    environments = written.get("environments")
    environments = environments if isinstance(environments, dict) else {}
    chosen = environments.get(name)
    if not isinstance(chosen, dict):
        raise unknown_environment(path, name, environments, str(written.get("service", "")))
    return {**written, **chosen}


class Variables:
    """The environment variables of one package."""

    def __init__(self, package: str, environ: Mapping[str, str]) -> None:
        self._prefix, self._environ = package.upper(), environ

    def name(self, key: str) -> str:
        """Return the variable's name."""
        return f"{self._prefix}_{key}"

    def get(self, key: str) -> str:
        """Return its text, or "" where it is not set."""
        return self._environ.get(self.name(key), "") if self._prefix else ""

    def number(self, key: str, default: float) -> float:
        """Return its number.

        Raises:
            ConfigurationError: it is none above 0.
        """
        text = self.get(key)
        try:
            number = float(text) if text else default
        except ValueError:
            number = -1.0
        if not 0 < number < float("inf") or (key == "MAX_ATTEMPTS" and number != int(number)):
            raise ConfigurationError(f"{self.name(key)} must be a number above 0, not {text!r}")
        return number

    def rate(self, key: str, default: int | str | None) -> int | str | None:
        """Return its rate.

        Raises:
            ConfigurationError: it is none.
        """
        text = self.get(key)
        if text and not text.isdigit() and not re.search(RATE_PATTERN, text):
            raise ConfigurationError(f"{self.name(key)} is not a rate like 100/minute or 5000/hour: {text!r}")
        return int(text) if text.isdigit() else text or default
