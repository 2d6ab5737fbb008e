from datetime import datetime

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.hours import is_within, lines_of


def is_open(city: CityFile, local: datetime) -> bool:
    """Whether rides may start at `local`, an instant in the city's own time zone; closing time is outside."""
    holidays = {holiday.date for holiday in city.public_holidays}
    return any(
        is_within(line.opens, line.closes, local) for line in lines_of(city.opening_hours, local.date(), holidays)
    )
