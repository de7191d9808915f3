"""Who can be asked, for how much, and with which key."""

from __future__ import annotations

import datetime
import importlib.util
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.errors import AnswerError, PriceError, UnavailableError
from generator.subtasks import providers
from generator.subtasks.exchange import Tier
from tests.models.made import model

HOSTED = ("deepseek", "anthropic", "openai", "gemini", "mistral")
TABLE = yaml.safe_load((Path(providers.__file__).parent / "prices.yaml").read_text())
LOCAL = {"local": {"base_url": "http://127.0.0.1:8080/v1", "model": "qwen2.5-coder"}}


def recorded_prices() -> Mapping[str, Any]:
    """Read litellm's own map, without importing litellm."""
    found = importlib.util.find_spec("litellm")
    if found is None or not found.submodule_search_locations:
        pytest.skip("litellm is not installed, so its price map cannot be compared")
    folder = Path(next(iter(found.submodule_search_locations)))
    told: Mapping[str, Any] = json.loads((folder / "model_prices_and_context_window_backup.json").read_text())
    return told


@pytest.mark.parametrize("row", TABLE["models"], ids=lambda row: row["name"])
def test_a_listed_price_is_the_one_on_record_at_the_dearest_hour(row: Mapping[str, Any]) -> None:
    known = recorded_prices()
    found = known.get(f"{row['provider']}/{row['name']}") or known[row["name"]]
    listed = next(
        m for m in providers.models([row["provider"]]) if m.name == f"{row['provider']}/{row['name']}"
    )
    per_token = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost")
    expected = [Decimal(str(found[name])) * 1_000_000 for name in per_token]
    assert [listed.input_price, listed.output_price, listed.cached_price] == expected
    assert listed.context == found["max_input_tokens"]
    assert row["max_output"] == found["max_output_tokens"]
    assert listed.retires == found.get("deprecation_date")


@pytest.mark.parametrize("row", TABLE["models"], ids=lambda row: row["name"])
def test_a_listed_price_has_a_source_and_a_date(row: Mapping[str, Any]) -> None:
    assert row["source"].startswith("https://")
    assert isinstance(row["date"], datetime.date)
    assert not set(row) - {
        *("provider", "name", "tier", "input", "output", "cached", "peak", "context", "max_output"),
        *("json_mode", "sampling", "effort", "source", "date", "retires"),
    }


def test_no_listed_model_retires_within_a_month_of_its_price() -> None:
    soon = [
        row["name"]
        for row in TABLE["models"]
        if "retires" in row and row["retires"] - row["date"] < datetime.timedelta(days=31)
    ]
    assert soon == []


@pytest.mark.parametrize("name", HOSTED)
def test_a_hosted_provider_has_a_cheap_and_a_strong_model(name: str) -> None:
    cheap, strong = providers.models([name])
    assert (cheap.tier, strong.tier) == (Tier.CHEAP, Tier.STRONG)
    assert cheap.output_price < strong.output_price
    assert cheap.secret == f"{name.upper()}_API_KEY"


def test_cheap_models_come_before_strong_ones_in_the_order_of_the_names() -> None:
    found = [(m.tier.value, m.provider) for m in providers.models(["mistral", "deepseek", "mistral"])]
    assert found == [
        ("cheap", "mistral"),
        ("cheap", "deepseek"),
        ("strong", "mistral"),
        ("strong", "deepseek"),
    ]


def test_deepseek_is_counted_at_its_peak_price_and_told_json_object() -> None:
    flash = providers.models(["deepseek"])[0]
    assert (flash.input_price, flash.output_price) == (Decimal("0.30"), Decimal("1.20"))
    assert flash.json_mode == "object"


def test_gpt_5_is_told_no_temperature() -> None:
    assert [m.sampling for m in providers.models(["openai"])] == [False, False]


def test_a_model_on_this_machine_is_free_and_needs_no_key() -> None:
    (found,) = providers.models(["local"], LOCAL)
    assert (found.name, found.route, found.local) == ("local/qwen2.5-coder", "openai/qwen2.5-coder", True)
    assert found.cost(1_000_000, 1_000_000) == 0
    assert providers.key(found, {}) == providers.NO_KEY
    providers.priced(found)


def test_ollama_has_an_address_of_its_own() -> None:
    (found,) = providers.models(["ollama"], {"ollama": {"model": "qwen2.5-coder:7b"}})
    assert (found.base_url, found.local) == ("http://127.0.0.1:11434/v1", True)


def test_a_provider_of_ones_own_has_its_own_prices_and_key() -> None:
    own = {
        "acme": {
            "base_url": "https://llm.acme.example/v1/",
            "model": "m",
            "strong": "m2",
            "secret": "ACME_KEY",
            "input_usd": 0.5,
            "output_usd": 2.0,
        }
    }
    cheap, strong = providers.models(["acme"], own)
    assert (cheap.name, strong.name, strong.tier) == ("acme/m", "acme/m2", Tier.STRONG)
    assert cheap.cost(1_000_000, 1_000_000) == Decimal("2.5")
    assert cheap.base_url == "https://llm.acme.example/v1"
    assert not cheap.local
    assert providers.key(cheap, {"ACME_KEY": "k"}) == "k"


def test_a_proxy_keeps_a_known_providers_models_and_prices() -> None:
    usual = providers.models(["deepseek"])
    behind = providers.models(["deepseek"], {"deepseek": {"base_url": "http://127.0.0.1:4000/v1"}})
    assert [m.name for m in behind] == [m.name for m in usual]
    assert [m.input_price for m in behind] == [m.input_price for m in usual]
    assert {m.base_url for m in behind} == {"http://127.0.0.1:4000/v1"}
    assert not any(m.local for m in behind)


def test_a_listed_model_can_be_named_for_another_tier() -> None:
    (found,) = providers.models(["deepseek"], {"deepseek": {"model": "deepseek-v4-pro"}})
    assert (found.tier, found.input_price) == (Tier.CHEAP, Decimal("1.32"))


@pytest.mark.parametrize(
    "prices", [{}, {"input_usd": 0, "output_usd": 0}, {"input_usd": 1}, {"input_usd": 1, "output_usd": -1}]
)
def test_a_model_elsewhere_without_its_whole_price_is_refused(prices: dict[str, Any]) -> None:
    own = {"acme": {"base_url": "https://llm.acme.example/v1", "model": "m", **prices}}
    with pytest.raises(PriceError, match=r"acme/m costs.*defaults\.providers\.acme: \{input_usd"):
        providers.models(["acme"], own)


def test_a_model_that_only_says_it_is_local_is_refused() -> None:
    free = {"input_price": Decimal(0), "output_price": Decimal(0), "local": True}
    with pytest.raises(PriceError):
        providers.priced(model(**free, base_url="https://llm.acme.example/v1"))
    providers.priced(model(**free, base_url="http://[::1]:8080/v1"))


def test_an_unknown_provider_is_an_error_that_says_how_to_name_it() -> None:
    with pytest.raises(AnswerError, match=r"'deepsek'.*deepseek.*defaults\.providers\.deepsek: \{base_url"):
        providers.models(["deepsek"])


@pytest.mark.parametrize("name", ["local", "ollama"])
def test_a_local_provider_without_a_model_says_where_to_write_it(name: str) -> None:
    with pytest.raises(AnswerError, match=rf"defaults\.providers\.{name}: \{{base_url: .*model"):
        providers.models([name])


@pytest.mark.parametrize(
    "address",
    [
        "https://user:hunter2hunter2@llm.acme.example/v1",
        "https://hunter2hunter2@llm.acme.example/v1",
        "https://llm.acme.example/v1?key=hunter2hunter2",
        "http://llm.acme.example/v1",
        "http://127.0.0.1.acme.example/v1",
        "http://127.0.0.1@acme.example/v1",
        "http://localhost.acme.example/v1",
        "http://2130706433/v1",
        "http://10.0.0.7/v1",
        "ftp://127.0.0.1/v1",
        "https:///v1",
        "https://[::1/v1",
        "https://llm.acme.example:port/v1",
    ],
)
def test_an_unsafe_address_is_refused_and_no_credential_of_it_is_shown(address: str) -> None:
    own = {"acme": {"base_url": address, "model": "m", "input_usd": 1, "output_usd": 1}}
    with pytest.raises(AnswerError, match=r"defaults\.providers\.acme\.base_url") as refused:
        providers.models(["acme"], own)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "[::1]", "localhost"])
def test_this_machine_may_be_asked_unencrypted(host: str) -> None:
    (found,) = providers.models(["local"], {"local": {"base_url": f"http://{host}:8080/v1", "model": "m"}})
    assert found.local


def test_a_missing_key_names_the_variable_before_anything_is_asked() -> None:
    with pytest.raises(UnavailableError, match="DEEPSEEK_API_KEY is not set"):
        providers.key(providers.models(["deepseek"])[0], {"DEEPSEEK_API_KEY": " "})


def test_a_provider_elsewhere_needs_a_key_even_if_nobody_names_its_variable() -> None:
    own = {"acme-eu": {"base_url": "https://llm.acme.example", "model": "m", "input_usd": 1, "output_usd": 1}}
    with pytest.raises(UnavailableError, match="ACME_EU_API_KEY"):
        providers.key(providers.models(["acme-eu"], own)[0], {})


def test_a_model_is_retired_from_its_day_on() -> None:
    old = model(retires="2027-04-01")
    assert not providers.retired(old, datetime.date(2027, 3, 31))
    assert providers.retired(old, datetime.date(2027, 4, 1))
    assert not providers.retired(model(), datetime.date(2099, 1, 1))


def test_current_models_of_a_provider_are_those_not_retired() -> None:
    both = providers.current("openai", datetime.date(2026, 11, 24))
    assert both == ("openai/gpt-5.4-nano", "openai/gpt-5.4-mini")
    assert providers.current("openai", datetime.date(2027, 4, 1)) == ("openai/gpt-5.4-mini",)
    assert providers.current("acme", datetime.date(2026, 11, 24)) == ()
