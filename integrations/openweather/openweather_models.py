# Generated from integrations.yaml, entry "openweather"; see openweather_adapter.py for how to change it.
"""What OpenWeather sends and takes, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class AirQuality(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An air quality."""

    aqi: int


class AirSample(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An air sample."""

    components: dict[str, Any]
    dt: int
    main: AirQuality


class AirPollution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An air pollution."""

    list_: list[AirSample] = field(name="list")


class Measurements(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Measurements."""

    feels_like: float
    humidity: int
    pressure: int
    temp: float


class Condition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A condition."""

    id: int
    description: str
    main: str


class Wind(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A wind."""

    speed: float
    deg: int | None = None
    gust: float | None = None


class ForecastStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A forecast step."""

    dt: int
    dt_txt: str
    main: Measurements
    weather: list[Condition]
    wind: Wind
    pop: float | None = None


class Forecast(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A forecast."""

    cnt: int
    list_: list[ForecastStep] = field(name="list")


class CurrentWeather(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A current weather."""

    name: str
    dt: int
    main: Measurements
    weather: list[Condition]
    wind: Wind
    visibility: int | None = None


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place."""

    name: str
    country: str
    lat: float
    lon: float
    state: str | None = None
