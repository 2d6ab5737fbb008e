from collections.abc import Iterable
from datetime import datetime

from mobility.city.rules.city_file import CityFile, Day, OpeningHours

WEEKDAYS: tuple[Day, ...] = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def minute_of_day(time_of_day: str) -> int:
    """Minutes since midnight of "HH:MM"; "24:00" is 1440."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


def is_open(city: CityFile, local: datetime) -> bool:
    """Whether rides may start at `local`, an instant in the city's own time zone; closing time is outside."""
    minute = local.hour * 60 + local.minute
    return any(minute_of_day(h.opens) <= minute < minute_of_day(h.closes) for h in _hours_of(city, local))


def _hours_of(city: CityFile, local: datetime) -> Iterable[OpeningHours]:
    """The hours of that day; on a public holiday those of `PH`, if the file has any."""
    is_holiday = any(holiday.date == local.date() for holiday in city.public_holidays)
    holiday_hours = [hours for hours in city.opening_hours if "PH" in hours.days]
    if is_holiday and holiday_hours:
        return holiday_hours
    return [hours for hours in city.opening_hours if WEEKDAYS[local.weekday()] in hours.days]
