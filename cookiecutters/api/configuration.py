"""What config.yaml of a package says, and the secrets that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .settings import ENVIRONMENT_KEYS, VARIABLE, prefix

RETRY = {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30}


def configuration(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The file's content, defaults filled in."""
    found = configured(entry["requirements"])
    return {
        "service": entry["service"],
        "base_url": found.get("base_url"),
        "auth": found.get("auth"),
        "headers": found.get("headers", {}),
        "timeout": found.get("timeout", 30),
        "retry": {**RETRY, **found.get("retry", {})},
        "rate_limit": found.get("rate_limit"),
        "environments": {name: configured(told) for name, told in sorted(entry["environments"].items())},
    }


def configured(told: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that an entry or an environment says, as the runtime reads them."""
    found = {key: told[key] for key in ENVIRONMENT_KEYS if key in told}
    if VARIABLE.match(str(found.get("base_url", ""))):
        found["base_url"] = None
    if found.get("auth") == {"type": "none"}:
        found["auth"] = None
    return found


def comments(entry: Mapping[str, Any]) -> dict[str, str]:
    """What stands beside the file's keys."""
    missing = (
        {}
        if configured(entry["requirements"]).get("base_url")
        else {"base_url": f"set {prefix(entry)}_BASE_URL"}
    )
    return {**missing, "timeout": "seconds"}


def secrets(entry: Mapping[str, Any]) -> list[str]:
    """Every variable that the adapter or one of its environments reads."""
    places = [entry["requirements"], *entry["environments"].values()]
    return list(dict.fromkeys(name for place in places for name in secrets_of(place.get("auth"))))


def secrets_of(auth: Any) -> list[str]:
    """The variables that signing in reads: with one credential, or with several together."""
    several = auth if isinstance(auth, list) else [auth or {}]
    return [value for one in several for key, value in sorted(one.items()) if key.endswith("secret")]
