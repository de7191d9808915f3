# Generated from integrations.yaml, entry "openweather"; see openweather_adapter.py for how to change it.
"""How OpenWeather is used. `python -m integrations.openweather.examples` runs those that only read."""

from __future__ import annotations

from integrations.openweather import OpenWeatherAdapter


def get_air_pollution(openweather: OpenWeatherAdapter) -> None:
    """Fetch the air quality at a place now."""
    print(openweather.get_air_pollution(lat=52.09, lon=5.12))


READING = (get_air_pollution,)


def main() -> None:
    """Run the examples that only read."""
    with OpenWeatherAdapter.from_config() as openweather:
        for example in READING:
            example(openweather)


if __name__ == "__main__":
    main()
