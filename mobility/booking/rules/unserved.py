"""What is kept of a search that found nothing: a count for a square of the town, never who searched nor from where."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mobility.booking.rules.quarters import QUARTER
from mobility.city.rules.prepared import PreparedCity
from mobility.geo import LonLat
from mobility.geo.lattice import cell_centre

CELL_M = 800
"""The square that a search is counted for: some hundred inhabitants in a town; rebalancing's cells nest in it."""
COUNT_MAX = 20
"""Of a square in a quarter-hour: more are a machine that asks, or a crowd that no fleet would serve."""
KEPT = timedelta(days=400)
"""A year and a season: as far back as a forecast compares."""
TOLD_FROM = 5
"""A smaller sum is told to nobody: whoever knows that one person was there would learn what they searched."""
ANY_CLASS = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asked for: a walk of None is the city's quarter-hour, a class of None is any."""

    origin: LonLat
    walk_minutes_max: float | None
    type_code: str | None


@dataclass(frozen=True, slots=True)
class Unserved:
    """A search that found nothing, as it is counted; `type_code` is `ANY_CLASS` when no class was asked for."""

    city_id: str
    quarter_at: datetime
    type_code: str
    lon: float
    lat: float


def unserved(city: PreparedCity, search: Search, now: datetime) -> Unserved | None:
    """The count that an empty search adds to; None where an empty answer says nothing about the fleet.

    That is outside the service area, out of hours, and within a shorter walk than what the city calls near.
    """
    near = city.file.quarter_hour.walk_minutes
    if (search.walk_minutes_max or near) < near or not city.is_open_at(now):
        return None
    classes = [search.type_code] if search.type_code else list(city.vehicle_types)
    if all(city.service_area(each).outside_m([search.origin])[0] > 0 for each in classes):
        return None
    cell = cell_centre(search.origin, size_m=CELL_M)
    begun = now.astimezone(UTC)
    quarter_at = begun - (begun - datetime.min.replace(tzinfo=UTC)) % QUARTER
    return Unserved(city.file.id, quarter_at, search.type_code or ANY_CLASS, round(cell.lon, 6), round(cell.lat, 6))
