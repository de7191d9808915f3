"""Who can be asked: providers by name, their models with tier and price, and where each key is found.

Prices stand in ``prices.yaml``, with source and date. A manifest names providers of its own in
``defaults.providers``, or gives a known one another address (a proxy): it keeps its models and prices.
Nobody is asked whose price is unknown, and only a model that answers on this machine costs nothing.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from generator.errors import AnswerError, PriceError, UnavailableError
from generator.subtasks.exchange import Model, Tier

OWN_CONTEXT = 131_072  # tokens: what a model of one's own is taken to read, as only its owner knows
OWN_CONCURRENCY = 4
NO_KEY = "none"  # what a server gets that wants none
_NONE: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


def models(names: Sequence[str], own: Mapping[str, Mapping[str, Any]] = _NONE) -> tuple[Model, ...]:
    """Return the models of the providers *names*: cheap before strong, in the order of the names.

    *own* is the manifest's ``defaults.providers``.

    Raises:
        AnswerError: nobody knows such a provider, or its address is not safe.
        PriceError: nobody knows what it costs.
    """
    found = [model for name in dict.fromkeys(names) for model in _of(name, own.get(name) or {})]
    return tuple(sorted(found, key=lambda model: model.tier is Tier.STRONG))


def key(model: Model, environ: Mapping[str, str] = os.environ) -> str:
    """Return the key to ask *model* with.

    Raises:
        UnavailableError: the environment variable that must hold it is not set.
    """
    found = environ.get(model.secret or "", "").strip()
    if found or not model.secret:
        return found or NO_KEY
    raise UnavailableError(
        f"{model.provider} cannot be asked: the environment variable {model.secret} is not set. Set it to "
        f"your key, or answer without models: --answers offline"
    )


def priced(model: Model) -> None:
    """Refuse a model that would be asked for an unknown price.

    Raises:
        PriceError: it seems to cost nothing, and is not on this machine.
    """
    free = model.local and model.base_url is not None and loopback(model.base_url)
    prices = (model.input_price, model.output_price)
    if not free and not all(price.is_finite() and price > 0 for price in prices):
        raise PriceError(_unknown_price(model.provider, model.name))


def retired(model: Model, today: datetime.date) -> bool:
    """Whether the provider has *model* no more."""
    return model.retires is not None and datetime.date.fromisoformat(model.retires) <= today


def current(provider: str, today: datetime.date) -> tuple[str, ...]:
    """Return the names of the models of a known provider that are not retired."""
    return tuple(model.name for model in _listed(provider) if not retired(model, today))


def concurrency(provider: str) -> int:
    """Return how many calls a provider may get at a time."""
    return int(_table()["providers"].get(provider, {}).get("concurrency", OWN_CONCURRENCY))


def loopback(base_url: str) -> bool:
    """Whether an address is on this machine by its text alone: 127.0.0.0/8, ::1 or localhost."""
    host = urlsplit(base_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback


@cache
def _table() -> dict[str, Any]:
    import yaml

    text = (Path(__file__).parent / "prices.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return table


@cache
def _listed(provider: str) -> tuple[Model, ...]:
    return tuple(_row(row) for row in _table()["models"] if row["provider"] == provider)


def _row(row: Mapping[str, Any]) -> Model:
    facts = _table()["providers"][row["provider"]]
    peak = Decimal(row.get("peak", "1"))
    return Model(
        provider=row["provider"],
        name=f"{row['provider']}/{row['name']}",
        route=f"{facts['route']}/{row['name']}",
        tier=Tier(row["tier"]),
        input_price=Decimal(row["input"]) * peak,
        output_price=Decimal(row["output"]) * peak,
        cached_price=Decimal(row["cached"]) * peak,
        context=row["context"],
        json_mode=row["json_mode"],
        base_url=facts["base_url"],
        secret=facts["secret"],
        retires=str(row["retires"]) if "retires" in row else None,
        sampling=row["sampling"],
        effort=row.get("effort", ""),
    )


def _of(name: str, own: Mapping[str, Any]) -> Iterator[Model]:
    facts = _table()["providers"].get(name)
    if facts is None and not own:
        raise AnswerError(
            f"there is no provider {name!r}. Known are {', '.join(_table()['providers'])}; for another one, "
            f"write its address and model in integrations.yaml: "
            f"defaults.providers.{name}: {{base_url: https://…/v1, model: …}}"
        )
    base_url = _safe(name, own["base_url"]) if own.get("base_url") else None
    if own.get("model"):
        yield from _own(name, {**own, "base_url": base_url or (facts or {}).get("base_url")})
        return
    listed = _listed(name)
    if not listed:
        raise AnswerError(
            f"nobody says which model of {name} to ask. Write in integrations.yaml: "
            f"defaults.providers.{name}: {{base_url: {base_url or 'http://127.0.0.1:8080/v1'}, model: …}}"
        )
    yield from (_elsewhere(model, base_url, own.get("secret")) for model in listed)


def _elsewhere(model: Model, base_url: str | None, secret: str | None) -> Model:
    return replace(model, base_url=base_url or model.base_url, secret=secret or model.secret)


def _own(name: str, own: Mapping[str, Any]) -> Iterator[Model]:
    yield _one(name, str(own["model"]), Tier.CHEAP, own)
    if own.get("strong"):
        yield _one(name, str(own["strong"]), Tier.STRONG, own)


def _one(name: str, called: str, tier: Tier, own: Mapping[str, Any]) -> Model:
    """Return a model that the manifest names, at its own price, else at the listed one."""
    listed = next((model for model in _listed(name) if model.name == f"{name}/{called}"), None)
    if listed is not None and not _asks_money(own):
        return replace(_elsewhere(listed, own["base_url"], own.get("secret")), tier=tier)
    facts = _table()["providers"].get(name, {})
    if own["base_url"] is None and "route" not in facts:
        raise AnswerError(f"provider {name} has no address. Write defaults.providers.{name}.base_url")
    local = own["base_url"] is not None and loopback(own["base_url"]) and not _asks_money(own)
    reads, writes = _prices(name, called, own, local)
    return Model(
        provider=name,
        name=f"{name}/{called}",
        route=f"{facts.get('route', 'openai')}/{called}",
        tier=tier,
        input_price=reads,
        output_price=writes,
        cached_price=reads,
        context=OWN_CONTEXT,
        json_mode=facts.get("json_mode", "schema"),
        base_url=own["base_url"],
        secret=own.get("secret") or facts.get("secret") or _variable(name, local),
        local=local,
    )


def _asks_money(own: Mapping[str, Any]) -> bool:
    return bool(own.get("input_usd") or own.get("output_usd"))


def _variable(name: str, local: bool) -> str | None:
    return None if local else f"{name.upper().replace('-', '_')}_API_KEY"


def _prices(name: str, called: str, own: Mapping[str, Any], local: bool) -> tuple[Decimal, Decimal]:
    reads, writes = (Decimal(str(own.get(key) or 0)) for key in ("input_usd", "output_usd"))
    if not local and not all(price.is_finite() and price > 0 for price in (reads, writes)):
        raise PriceError(_unknown_price(name, f"{name}/{called}"))
    return reads, writes


def _unknown_price(provider: str, model: str) -> str:
    return (
        f"nobody knows what {model} costs, so it is not asked. Write the dollars for a million tokens: "
        f"defaults.providers.{provider}: {{input_usd: …, output_usd: …}}; only a model on this machine "
        f"(http://127.0.0.1:…) is free"
    )


def _safe(name: str, base_url: str) -> str:
    """Return an address that a key and a prompt may be sent to."""
    place = f"defaults.providers.{name}.base_url"
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError:
        raise AnswerError(f"{place} is no address. Write it like https://llm.example.com/v1") from None
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise AnswerError(
            f"{place} may hold no credential and no query. Write the address alone, and the name of the "
            f"environment variable that holds the key as defaults.providers.{name}.secret"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback(base_url)):
        raise AnswerError(
            f"{place} would send prompts and keys unencrypted. Write https://; "
            f"http:// is for this machine alone"
        )
    if not parts.hostname:
        raise AnswerError(f"{place} names no host. Write it like https://llm.example.com/v1")
    return base_url.rstrip("/")
