# Generated from integrations.yaml, entry "openweather"; see openweather_adapter.py for how to change it.
"""OpenWeather, as a typed adapter.

    from integrations.openweather import OpenWeatherAdapter

    with OpenWeatherAdapter.from_config() as openweather:
        print(openweather.get_air_pollution(lat=52.09, lon=5.12))

Set-up, errors and limits are in OPENWEATHER_INTEGRATION.md.
"""

from __future__ import annotations

from .openweather_custom import AsyncOpenWeatherAdapter, OpenWeatherAdapter
from .openweather_models import (
    AirPollution,
    AirQuality,
    AirSample,
    Condition,
    CurrentWeather,
    Forecast,
    ForecastStep,
    Measurements,
    Place,
    Wind,
)

__all__ = [
    "AirPollution",
    "AirQuality",
    "AirSample",
    "AsyncOpenWeatherAdapter",
    "Condition",
    "CurrentWeather",
    "Forecast",
    "ForecastStep",
    "Measurements",
    "OpenWeatherAdapter",
    "Place",
    "Wind",
]
