"""A period of days, and the figures of one, which add up over days, classes and stations."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from mobility.payments.rules.refusals import PeriodWrong

DAYS_MAX = 184

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Days:
    """From the instant `since` on, before `until`: whole days on the clocks of `zone`."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


def days_of(first: date, last: date, zone: ZoneInfo) -> Days:
    """Raises `PeriodWrong`."""
    if not 0 <= (last - first).days < DAYS_MAX:
        raise PeriodWrong(days_max=DAYS_MAX)
    return Days(first, last, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Figures of a day, a class or a station, or of several together.

    Attributes
    ----------
    trips, ride_minutes, distance_m, fares_cents
        Of rides that ended; fares as first priced, tax included.
    refunds_cents
        On their way back to riders or there, tax included.
    unserved
        Searches that found no vehicle.
    alerts
        Raised about vehicles or the city.
    fleet_minutes, free_minutes, ridden_minutes, broken_minutes
        Of vehicles in service; of them free, on a trip, out of service.
    """

    trips: int = 0
    ride_minutes: int = 0
    distance_m: int = 0
    fares_cents: int = 0
    refunds_cents: int = 0
    unserved: int = 0
    alerts: int = 0
    fleet_minutes: int = 0
    free_minutes: int = 0
    ridden_minutes: int = 0
    broken_minutes: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})


NAMES = tuple(field.name for field in fields(Sums))


@dataclass(frozen=True, slots=True)
class Cell:
    """Part of the figures of one day; `type_code` empty: of no class, `station` None: of no station."""

    day: date
    type_code: str
    station: str | None
    sums: Sums


def summed(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, Sums]:
    """The cells of each key together, the keys in the order they first came."""
    found: dict[Key, Sums] = {}
    for cell in cells:
        found[key(cell)] = found.get(key(cell), Sums()) + cell.sums
    return found


def every_day(days: Days) -> list[date]:
    return [days.first + timedelta(days=number) for number in range((days.last - days.first).days + 1)]
