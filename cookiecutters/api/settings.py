"""How the service is reached, in canonical form: base URL, credential, limits, environments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.names import snake
from generator.shapes import Complaint

from .services import known

VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\Z")
_BASE_URL = re.compile(r"https?://[^\s/{}?#@]+(?:/[^\s{}?#]*)?\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\Z")
_RATE = re.compile(r"(\d+)\s*(?:/|per)\s*([a-z]+)\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_UNITS = {"second": "s sec second", "minute": "m min minute", "hour": "h hr hour", "day": "d day"}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
AUTH_KEYS = (
    "secret",
    "scheme",
    "username_secret",
    "password_secret",
    "name",
    "in",
    "api_key_header",
    "api_key_query",
)
AUTH_TYPES = ("bearer", "basic", "api_key", "none")
SELECTION = ("include", "exclude", "tags")  # which operations of a document
LAYOUTS = ("flat", "grouped")
ENVIRONMENT_KEYS = ("base_url", "auth", "headers", "timeout", "retry", "rate_limit")


@dataclass(frozen=True, slots=True)
class Settings:
    """The canonical settings of one entry."""

    requirements: dict[str, Any]
    environments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Reader:
    prefix: str  # GITHUB: what the entry's variables begin with
    complaints: list[Complaint]

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(pointer, message))

    def settings(self, raw: Mapping[str, Any], *at: str | int) -> dict[str, Any]:
        """What an entry and each of its environments can say."""
        found = {
            "base_url": self._base_url(raw.get("base_url"), *at, "base_url"),
            "auth": self._auth(raw, *at),
            "headers": {str(k): str(v) for k, v in _mapping(raw.get("headers")).items()},
            "rate_limit": self._rate(raw.get("rate_limit"), *at, "rate_limit"),
            "timeout": self._seconds(raw.get("timeout"), *at, "timeout"),
            "retry": self._retry(raw.get("retry"), *at, "retry"),
        }
        return {key: value for key, value in found.items() if value not in (None, "", {})}

    def _base_url(self, value: Any, *at: str | int) -> str | None:
        if not isinstance(value, str) or not value.strip():
            return None
        text = value.strip().rstrip("/")
        variable = VARIABLE.match(text)
        own = f"{self.prefix}_BASE_URL"
        if variable and variable[1] != own:
            self.complain(f"the adapter reads its base URL from {own}. Write ${{{own}}}.", *at)
        elif not variable and not _BASE_URL.match(text):
            hint = "Give one per environment" if "{" in text else "Write https://host/path"
            self.complain(
                f"it is not a plain http(s) URL. {hint}, or ${{{own}}} to read it when it runs.", *at
            )
        return text

    def _auth(self, raw: Mapping[str, Any], *at: str | int) -> Any:
        told = raw.get("auth", raw.get("auth_type"))
        if isinstance(told, list):
            return self._several(told, *at, "auth")
        if "auth" in raw and "auth_type" in raw:
            self.complain("auth says it already. Remove auth_type.", *at, "auth_type")
        if told is None and not any(key in raw for key in ("secret", "api_key_header", "api_key_query")):
            return None
        short = {key: raw[key] for key in AUTH_KEYS if key in raw and key not in ("name", "in")}
        options = {**short, **(told if isinstance(told, Mapping) else {"type": told})}
        kind = options.get("type") or (
            "api_key" if {"api_key_header", "api_key_query"} & set(options) else "bearer"
        )
        where = (*at, "auth" if "auth" in raw else "auth_type")
        return self._auth_of(str(kind).lower().replace("-", "_"), options, *where)

    def _several(self, told: list[Any], *at: str | int) -> list[dict[str, Any]]:
        """Credentials that are sent together; two keys have two variables."""
        found: list[dict[str, Any]] = []
        for index, item in enumerate(told):
            options = dict(item) if isinstance(item, Mapping) else {"type": item}
            kind = str(options.get("type") or "api_key").lower()
            taken = {value for one in found for value in one.values()}
            if kind == "api_key" and "secret" not in options and f"{self.prefix}_API_KEY" in taken:
                options["secret"] = f"{self.prefix}_{snake(str(options.get('name', 'key'))).upper()}"
            auth = self._auth_of(kind, options, *at, index)
            found += [auth] if auth and auth["type"] != "none" else []
        return found

    def _auth_of(self, kind: str, options: Mapping[str, Any], *at: str | int) -> dict[str, Any] | None:
        if kind == "bearer":
            scheme = {"scheme": str(options["scheme"])} if options.get("scheme", "Bearer") != "Bearer" else {}
            return {"type": "bearer", "secret": self._secret(options, "secret", "TOKEN", *at), **scheme}
        if kind == "basic":
            password = "password_secret" if "password_secret" in options else "secret"
            return {
                "type": "basic",
                "username_secret": self._secret(options, "username_secret", "USERNAME", *at),
                "password_secret": self._secret(options, password, "PASSWORD", *at),
            }
        if kind == "api_key":
            place = "query" if "api_key_query" in options else str(options.get("in", "header"))
            name = (
                options.get("api_key_header")
                or options.get("api_key_query")
                or options.get("name")
                or "X-API-Key"
            )
            secret = self._secret(options, "secret", "API_KEY", *at)
            return {"type": "api_key", "secret": secret, "name": str(name), "in": place}
        return {"type": "none"} if kind == "none" else None

    def _secret(self, options: Mapping[str, Any], key: str, default: str, *at: str | int) -> str:
        value = options.get(key)
        if value is None:
            return f"{self.prefix}_{default}"
        text = str(value).strip()
        variable = VARIABLE.match(text)
        name = variable[1] if variable else text
        if not _NAME.match(name):
            self.complain(
                f"{key} is the name of an environment variable. Write {self.prefix}_{default}.", *at, key
            )
            return f"{self.prefix}_{default}"
        return name

    def _rate(self, value: Any, *at: str | int) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return f"{value}/minute"
        if value is None:
            return None
        found = _RATE.match(str(value).strip().lower())
        unit = _UNIT.get(found[2]) or _UNIT.get(found[2].removesuffix("s")) if found else None
        if not found or not unit or not int(found[1]):
            self.complain(
                f"{str(value)[:40]!r} is not a rate. Write 5000/hour, 10/second or a number a minute.", *at
            )
            return None
        return f"{int(found[1])}/{unit}"

    def _seconds(self, value: Any, *at: str | int) -> float | None:
        found = _DURATION.match(str(value).strip().lower()) if value is not None else None
        if value is None or (found and float(found[1]) > 0 and not isinstance(value, bool)):
            return None if found is None else _whole(float(found[1]) * _SECONDS[found[2] or "s"])
        self.complain(f"{str(value)[:40]!r} is not a time. Write seconds, or 30s, 5m, 500ms.", *at)
        return None

    def _retry(self, value: Any, *at: str | int) -> dict[str, Any]:
        raw = _mapping(value)
        found: dict[str, Any] = {
            key: self._seconds(raw.get(key), *at, key) for key in ("base_delay", "max_delay")
        }
        attempts = raw.get("max_attempts", value if isinstance(value, int) else None)
        if isinstance(attempts, int) and not isinstance(attempts, bool):
            found["max_attempts"] = attempts
        return {key: value for key, value in found.items() if value is not None}


def read_settings(
    entry: Mapping[str, Any],
    raw: Mapping[str, Any],
    documented: Mapping[str, Any],
    complaints: list[Complaint],
) -> Settings:
    """The settings of an entry; a well-known service, or a document, says where it is and how to sign in."""
    reader = _Reader(prefix(entry), complaints)
    facts = {**known(str(entry.get("service", ""))), **documented}
    found = reader.settings(raw, "requirements")
    if "base_url" not in found and facts.get("base_url"):
        found["base_url"] = facts["base_url"]
    if "auth" not in found and facts.get("auth"):
        found |= reader.settings({"auth": facts["auth"]}, "requirements")
    pagination = raw.get("pagination")
    idempotency = raw.get("idempotency")
    found |= {key: _listed(raw[key]) for key in SELECTION if key in raw}
    found |= {"layout": raw["layout"]} if raw.get("layout") in LAYOUTS else {}
    found["pagination"] = {"style": pagination} if isinstance(pagination, str) else dict(_mapping(pagination))
    found["idempotency"] = idempotency if isinstance(idempotency, str) else None
    environments = {
        str(name): _environment(reader, told, found, "environments", str(name))
        for name, told in _mapping(entry.get("environments")).items()
    }
    return Settings(found, environments)


def prefix(entry: Mapping[str, Any]) -> str:
    """What the names of an entry's environment variables begin with."""
    return str(entry.get("name", "")).replace("-", "_").upper()


def _environment(reader: _Reader, raw: Any, base: Mapping[str, Any], *at: str | int) -> dict[str, Any]:
    """What one environment changes; ``secret`` alone keeps the kind of auth and names another variable."""
    facts: dict[str, Any] = {"base_url": raw} if isinstance(raw, str) else dict(_mapping(raw))
    for key in facts:
        if key not in (*ENVIRONMENT_KEYS, *AUTH_KEYS, "auth_type"):
            reader.complain(
                f"an environment of an API has no {key!r}. Use {', '.join(ENVIRONMENT_KEYS)}.", *at, key
            )
    if "auth" not in facts and "auth_type" not in facts and any(key in facts for key in AUTH_KEYS):
        shared = base.get("auth")
        inherited = dict(_mapping(shared[0] if isinstance(shared, list) and shared else shared))
        if inherited.get("type") == "basic" and "secret" in facts:
            inherited["password_secret"] = facts["secret"]
        given = {key: facts.pop(key) for key in AUTH_KEYS if key in facts}
        facts["auth"] = {**inherited, **given}
    return reader.settings(facts, *at)


def _listed(value: Any) -> list[str]:
    return [str(item).strip() for item in (value if isinstance(value, list) else [value])]


def _whole(number: float) -> float:
    return int(number) if number == int(number) else round(number, 6)


def _mapping(value: Any) -> Mapping[str, Any]:
    # Almost all are plain dicts, and asking an abstract class takes ten times as long.
    return value if value.__class__ is dict or isinstance(value, Mapping) else {}
