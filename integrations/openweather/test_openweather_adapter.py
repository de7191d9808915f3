# Generated from integrations.yaml, entry "openweather"; see openweather_adapter.py for how to change it.
"""OpenWeather without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
from msgspec import convert, to_builtins

from integrations.openweather import (
    AirPollution,
    AsyncOpenWeatherAdapter,
    CurrentWeather,
    Forecast,
    OpenWeatherAdapter,
    Place,
    examples,
)
from integrations.runtime import (
    MissingSecretError,
    RequestTimeoutError,
    SecretManager,
    UnexpectedResponseError,
)
from integrations.runtime.testing import ScriptedService, error_table

SECRETS = {"OPENWEATHER_API_KEY": "secret-of-openweather-api-key"}
BASE_URL = None
ATTEMPTS = 3  # of an operation that may be repeated
TIMEOUT = 30  # seconds, unless the caller says otherwise

AIR_POLLUTION: dict[str, Any] = {"list": [{"components": {"key": "value-1"}, "dt": 42, "main": {"aqi": 42}}]}
FORECAST: dict[str, Any] = {
    "cnt": 42,
    "list": [
        {
            "dt": 42,
            "dt_txt": "dt-txt-1",
            "main": {"feels_like": 12.5, "humidity": 42, "pressure": 42, "temp": 12.5},
            "pop": 12.5,
            "weather": [{"description": "A short text.", "id": 42, "main": "main-1"}],
            "wind": {"deg": 42, "gust": 12.5, "speed": 12.5},
        }
    ],
}
CURRENT_WEATHER: dict[str, Any] = {
    "dt": 42,
    "main": {"feels_like": 12.5, "humidity": 42, "pressure": 42, "temp": 12.5},
    "name": "name-1",
    "visibility": 42,
    "weather": [{"description": "A short text.", "id": 42, "main": "main-1"}],
    "wind": {"deg": 42, "gust": 12.5, "speed": 12.5},
}
PLACE: dict[str, Any] = {"country": "NL", "lat": 52.09, "lon": 5.12, "name": "name-1", "state": "Utrecht"}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running(
        OpenWeatherAdapter, AsyncOpenWeatherAdapter, request.param, secrets=SECRETS, base_url=BASE_URL
    ) as running:
        yield running


def test_get_air_pollution(service: ScriptedService) -> None:
    service.replies(json=AIR_POLLUTION)
    found = service.call(lambda openweather: openweather.get_air_pollution(lat=52.09, lon=5.12, timeout=7.5))
    service.sent("GET", "/data/2.5/air_pollution", query={"lat": "52.09", "lon": "5.12"}, timeout=7.5)
    assert found == convert(AIR_POLLUTION, AirPollution)
    assert to_builtins(found) == AIR_POLLUTION


def test_get_forecast(service: ScriptedService) -> None:
    service.replies(json=FORECAST)
    found = service.call(
        lambda openweather: openweather.get_forecast(
            lat=52.09, lon=5.12, cnt=42, units="standard", timeout=7.5
        )
    )
    service.sent(
        "GET",
        "/data/2.5/forecast",
        query={"units": "standard", "lat": "52.09", "lon": "5.12", "cnt": "42"},
        timeout=7.5,
    )
    assert found == convert(FORECAST, Forecast)
    assert to_builtins(found) == FORECAST


def test_get_forecast_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=FORECAST)
    service.call(lambda openweather: openweather.get_forecast(lat=52.09, lon=5.12))
    service.sent("GET", "/data/2.5/forecast", query={"units": "metric", "lat": "52.09", "lon": "5.12"})


def test_get_current_weather(service: ScriptedService) -> None:
    service.replies(json=CURRENT_WEATHER)
    found = service.call(
        lambda openweather: openweather.get_current_weather(
            lat=52.09, lon=5.12, lang="en", units="standard", timeout=7.5
        )
    )
    service.sent(
        "GET",
        "/data/2.5/weather",
        query={"units": "standard", "lat": "52.09", "lon": "5.12", "lang": "en"},
        timeout=7.5,
    )
    assert found == convert(CURRENT_WEATHER, CurrentWeather)
    assert to_builtins(found) == CURRENT_WEATHER


def test_get_current_weather_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=CURRENT_WEATHER)
    service.call(lambda openweather: openweather.get_current_weather(lat=52.09, lon=5.12))
    service.sent("GET", "/data/2.5/weather", query={"units": "metric", "lat": "52.09", "lon": "5.12"})


def test_find_places(service: ScriptedService) -> None:
    service.replies(json=[PLACE])
    found = service.call(lambda openweather: openweather.find_places(q="example", limit=20, timeout=7.5))
    service.sent("GET", "/geo/1.0/direct", query={"limit": "20", "q": "example"}, timeout=7.5)
    assert found == convert([PLACE], list[Place])
    assert to_builtins(found) == [PLACE]


def test_find_places_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=[PLACE])
    service.call(lambda openweather: openweather.find_places(q="example"))
    service.sent("GET", "/geo/1.0/direct", query={"limit": "5", "q": "example"})


# Every operation with the least it takes, and how often it is sent while the service is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "get_air_pollution": (ATTEMPTS, lambda openweather: openweather.get_air_pollution(lat=52.09, lon=5.12)),
    "get_forecast": (ATTEMPTS, lambda openweather: openweather.get_forecast(lat=52.09, lon=5.12)),
    "get_current_weather": (
        ATTEMPTS,
        lambda openweather: openweather.get_current_weather(lat=52.09, lon=5.12),
    ),
    "find_places": (ATTEMPTS, lambda openweather: openweather.find_places(q="example")),
    "request": (ATTEMPTS, lambda openweather: openweather.request("GET", "/anything")),
}
ONE_OF_EACH = {error: (status, error) for status, error in error_table()}.values()


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(
    service: ScriptedService, operation: str
) -> None:
    attempts, call = CALLS[operation]
    service.fails(httpx2.ReadTimeout("slow"), times=attempts)
    with pytest.raises(RequestTimeoutError):
        service.call(call)
    for status, error in error_table() if operation == "request" else ONE_OF_EACH:
        service.replies(status, times=attempts if error.retryable else 1)
        with pytest.raises(error) as raised:
            service.call(call)
        assert raised.value.status == status
        assert (raised.value.service, raised.value.operation) == ("OpenWeather", operation)
    assert {seen.timeout for seen in service.requests} == {TIMEOUT}
    service.forget()


@pytest.mark.parametrize(
    ("operation", "replies"),
    [
        ("get_air_pollution", [{**AIR_POLLUTION, "unforeseen": [{"new": True}]}]),
        ("get_forecast", [{**FORECAST, "unforeseen": [{"new": True}]}]),
        ("get_current_weather", [{**CURRENT_WEATHER, "unforeseen": [{"new": True}]}]),
        ("find_places", [[{**PLACE, "unforeseen": [{"new": True}]}]]),
    ],
)
def test_a_field_that_is_not_declared_does_no_harm(
    service: ScriptedService, operation: str, replies: list[Any]
) -> None:
    for reply in replies:
        service.replies(json=reply)
    assert service.call(CALLS[operation][1])
    service.forget()


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("get_air_pollution", "unforeseen"),
        ("get_forecast", "unforeseen"),
        ("get_current_weather", "unforeseen"),
        ("find_places", "unforeseen"),
    ],
)
def test_an_answer_of_another_type_is_an_error_that_carries_it(
    service: ScriptedService, operation: str, reply: Any
) -> None:
    service.replies(json=reply, headers={"X-Request-Id": "r-1"})
    with pytest.raises(UnexpectedResponseError) as raised:
        service.call(CALLS[operation][1])
    assert raised.value.status == 200
    assert raised.value.headers["x-request-id"] == "r-1"
    assert raised.value.body
    service.forget()


@pytest.mark.parametrize("adapter", [OpenWeatherAdapter, AsyncOpenWeatherAdapter])
def test_a_missing_secret_is_named(adapter: type[OpenWeatherAdapter | AsyncOpenWeatherAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="OPENWEATHER_API_KEY"):
        adapter.from_config(secrets=nothing, environ={})


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "OpenWeather",
        "base_url": "https://api.openweathermap.org",
        "auth": {"in": "query", "name": "appid", "secret": "OPENWEATHER_API_KEY", "type": "api_key"},
        "headers": {},
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": "60/minute",
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Literal["sync", "async"]) -> None:
    environ = {"OPENWEATHER_BASE_URL": "https://elsewhere.example"}
    with ScriptedService.running(
        OpenWeatherAdapter, AsyncOpenWeatherAdapter, form, secrets=SECRETS, environ=environ
    ) as service:
        assert "https://elsewhere.example" in repr(service.adapter)


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.get_air_pollution, [{"json": AIR_POLLUTION}]),
    ],
)
def test_the_example_runs(
    example: Callable[[OpenWeatherAdapter], None], replies: list[dict[str, Any]]
) -> None:
    with ScriptedService.running(
        OpenWeatherAdapter, AsyncOpenWeatherAdapter, "sync", secrets=SECRETS, base_url=BASE_URL
    ) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
