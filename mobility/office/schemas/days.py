from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self

from msgspec import Meta, Struct

from mobility.city.rules.words import Names
from mobility.office.rules.days import NAMES, Sums

PLACELESS = NAMES[NAMES.index("unserved") :]
Placeless = Annotated[int | None, Meta(description="null: not told by station")]


class InFigures(Struct, kw_only=True):
    """Add up over days, classes and stations; shares are made of the minutes."""

    trips: Annotated[int, Meta(description="Rides that ended")]
    ride_minutes: int
    distance_m: Annotated[int, Meta(description="Metres, by odometer")]
    fares_cents: Annotated[int, Meta(description="Of these rides as first priced, tax included")]
    refunds_cents: Annotated[int, Meta(description="Given back to riders, tax included")]
    unserved: Annotated[int | None, Meta(description="Searches without a vehicle; null: not told by station")]
    alerts: Annotated[int | None, Meta(description="Raised, and not forgotten since; null: not told by station")]
    fleet_minutes: Annotated[int | None, Meta(description="Of vehicles in service; null: not told by station")]
    free_minutes: Placeless
    ridden_minutes: Placeless
    broken_minutes: Annotated[int | None, Meta(description="Out of service; null: not told by station")]


class ServiceDay(InFigures, kw_only=True):
    day: Annotated[date, Meta(description="On the city's calendar")]
    takings_cents: Annotated[
        int | None,
        Meta(description="Charged on the day less given back, by the books; null: not told by class or station"),
    ]


class ClassInFigures(InFigures, kw_only=True):
    type_code: Annotated[str, Meta(description="Empty: what belongs to no class")]


def told(sums: Sums, *, at_station: bool) -> dict[str, Any]:
    """The figures; of a station only those of what has a place."""
    figures = {name: getattr(sums, name) for name in NAMES}
    return figures | dict.fromkeys(PLACELESS if at_station else ())


class StationInFigures(Struct, kw_only=True):
    station: Annotated[str | None, Meta(description="Code; null: rides that began at no station")]
    name: Names | None
    trips: int
    ride_minutes: int
    fares_cents: int
    refunds_cents: int

    @classmethod
    def of(cls, station: str | None, name: Names | None, sums: Sums) -> Self:
        figures = {each: getattr(sums, each) for each in ("trips", "ride_minutes", "fares_cents", "refunds_cents")}
        return cls(station=station, name=name, **figures)


class DaysReport(Struct, kw_only=True):
    """A city's service day by day, and the same rides by class and by station they began at."""

    first: date
    last: date
    currency: str
    days: Sequence[ServiceDay]
    classes: Sequence[ClassInFigures]
    stations: Sequence[StationInFigures]
