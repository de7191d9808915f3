# Generated from integrations.yaml, entry "openweather". To change it, edit that entry (or cookiecutters/api/)
# and run `nox -s generate -- openweather`. Your own methods belong in openweather_custom.py.
"""OpenWeather: 4 operations, each a typed method, blocking and async."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from integrations.runtime.http import AsyncHttpAdapter, HttpAdapter, Operation, awaited

from .openweather_models import AirPollution, CurrentWeather, Forecast, Place

GET_AIR_POLLUTION: Operation[AirPollution] = Operation(
    "get_air_pollution", "GET", "/data/2.5/air_pollution", returns=AirPollution
)
GET_FORECAST: Operation[Forecast] = Operation("get_forecast", "GET", "/data/2.5/forecast", returns=Forecast)
GET_CURRENT_WEATHER: Operation[CurrentWeather] = Operation(
    "get_current_weather", "GET", "/data/2.5/weather", returns=CurrentWeather
)
FIND_PLACES: Operation[list[Place]] = Operation("find_places", "GET", "/geo/1.0/direct", returns=list[Place])


class OpenWeatherAdapter(HttpAdapter):
    """Current weather, forecasts and place names for the delivery planner.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """

    SERVICE = "OpenWeather"
    PACKAGE = "openweather"
    CONFIG = Path(__file__).with_name("config.yaml")

    def get_air_pollution(self, *, lat: float, lon: float, timeout: float | None = None) -> AirPollution:
        """Fetch the air quality at a place now."""
        return self._call(GET_AIR_POLLUTION, query={"lat": lat, "lon": lon}, timeout=timeout)

    def get_forecast(
        self,
        *,
        lat: float,
        lon: float,
        cnt: int | None = None,
        units: Literal["standard", "metric", "imperial"] = "metric",
        timeout: float | None = None,
    ) -> Forecast:
        """Fetch the forecast of the next five days in steps of three hours.

        Args:
            cnt: How many steps to return.
        """
        return self._call(
            GET_FORECAST, query={"lat": lat, "lon": lon, "cnt": cnt, "units": units}, timeout=timeout
        )

    def get_current_weather(
        self,
        *,
        lat: float,
        lon: float,
        lang: str | None = None,
        units: Literal["standard", "metric", "imperial"] = "metric",
        timeout: float | None = None,
    ) -> CurrentWeather:
        """Fetch the weather at a place now."""
        return self._call(
            GET_CURRENT_WEATHER, query={"lat": lat, "lon": lon, "lang": lang, "units": units}, timeout=timeout
        )

    def find_places(self, *, q: str, limit: int = 5, timeout: float | None = None) -> list[Place]:
        """Find coordinates for the name of a place.

        Args:
            q: City, state code and country code, separated by commas.
        """
        return self._call(FIND_PLACES, query={"q": q, "limit": limit}, timeout=timeout)


class AsyncOpenWeatherAdapter(AsyncHttpAdapter):
    """The same operations, to be awaited; `OpenWeatherAdapter` documents their arguments and errors."""

    SERVICE = "OpenWeather"
    PACKAGE = "openweather"
    CONFIG = Path(__file__).with_name("config.yaml")

    get_air_pollution = awaited(OpenWeatherAdapter.get_air_pollution)
    get_forecast = awaited(OpenWeatherAdapter.get_forecast)
    get_current_weather = awaited(OpenWeatherAdapter.get_current_weather)
    find_places = awaited(OpenWeatherAdapter.find_places)
