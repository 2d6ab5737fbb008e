"""What a calendar says about a day's demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.prepared import PreparedCity

WEEKDAYS = 7
SUNDAY = 6


@dataclass(frozen=True)
class Calendar:
    """A city's days off: public holidays are spent as Sundays are, school holidays as the day of the week they are."""

    public: frozenset[date]
    school: tuple[tuple[date, date], ...]

    def weekday(self, day: date) -> int:
        """0 for Monday to 6 for Sunday; 6 too on a public holiday."""
        return SUNDAY if day in self.public else day.weekday()

    def is_holiday(self, day: date) -> bool:
        return day in self.public

    def is_school_holiday(self, day: date) -> bool:
        return any(begins <= day <= ends for begins, ends in self.school)

    def weekdays(self, days: Sequence[date]) -> NDArray[np.int64]:
        return np.array([self.weekday(day) for day in days], np.int64)


def calendar_of(city: PreparedCity) -> Calendar:
    holidays = city.file.demand.school_holidays if city.file.demand else ()
    return Calendar(city.holidays, tuple((each.begins, each.ends) for each in holidays))
