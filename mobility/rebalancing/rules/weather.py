"""Weather by day, when somebody gives it: a small table that any service can be written out to."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mobility.base.errors import Invalid

COLUMNS = ("day", "rain_mm", "temperature_c")
RAIN_MM = 2.0
"""From so much rain in a day on, people stay dry."""
COLD_C, WARM_C = 5.0, 20.0

Sky = Literal["dry", "wet", "cold", "wet and cold", "warm"]


class WeatherUnreadable(Invalid):
    code = "weather_unreadable"
    fr = "La météo ne peut pas être lue, ligne {line} : {reason}."
    en = "The weather cannot be read, line {line}: {reason}."


@dataclass(frozen=True, slots=True)
class Weather:
    """A day's rain and its mean temperature between 6 and 22 o'clock."""

    rain_mm: float
    temperature_c: float

    @property
    def sky(self) -> Sky:
        if self.rain_mm >= RAIN_MM:
            return "wet and cold" if self.temperature_c < COLD_C else "wet"
        if self.temperature_c < COLD_C:
            return "cold"
        return "warm" if self.temperature_c >= WARM_C else "dry"


def read_weather(lines: Iterable[str]) -> Mapping[date, Weather]:
    """Weather by day from CSV with the columns `day` (2026-01-31), `rain_mm` and `temperature_c`.

    Raises
    ------
    WeatherUnreadable
        With the line: a column is missing, a value is no number or none that weather has.
    """
    rows = csv.DictReader(lines)
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise WeatherUnreadable(line=1, reason=f"the columns are {', '.join(COLUMNS)}")
    found: dict[date, Weather] = {}
    for row in rows:
        try:
            day = date.fromisoformat(row["day"])
            weather = Weather(float(row["rain_mm"]), float(row["temperature_c"]))
        except (TypeError, ValueError) as error:
            raise WeatherUnreadable(line=rows.line_num, reason=str(error)) from None
        if not (0 <= weather.rain_mm <= 2_000 and -60 <= weather.temperature_c <= 60):
            raise WeatherUnreadable(line=rows.line_num, reason=f"{weather.rain_mm} mm at {weather.temperature_c} °C")
        found[day] = weather
    return found
