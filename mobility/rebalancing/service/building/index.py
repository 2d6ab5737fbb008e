"""Who is who in a night's arrays: the order of its places, vehicles, crews and locks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from mobility.city.rules.city_file import Station, VehicleType
from mobility.city.rules.night import Crew, Depot, Site, Van
from mobility.city.rules.night import Night as Words
from mobility.geo.streets.travel import Mixed
from mobility.rebalancing.rules.nights import instant, minutes_between
from mobility.rebalancing.rules.places import Place
from mobility.rebalancing.rules.plan_document import PlannedTask, Stop
from mobility.rebalancing.service.nights import described, zone_of
from mobility.rebalancing.service.picture import BookingAhead, Picture, Standing

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """A task of an earlier version, and the crew that had it; nobody fixed what that was only told."""

    crew: str
    task: PlannedTask
    is_told: bool = False


@dataclass(frozen=True)
class Index:
    """The rows of a night's arrays. `locks` are in the order of the night's own; `ways_follow` says what times do."""

    picture: Picture
    places: tuple[Place, ...]
    mopeds: tuple[Standing, ...]
    cars: tuple[Standing, ...]
    bookings: tuple[BookingAhead, ...]
    crews: tuple[Crew, ...]
    locks: tuple[Known, ...] = field(default=())
    ways_follow: Mixed = "straight_line"

    @cached_property
    def words(self) -> Words:
        return described(self.picture.city)

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        return {place.code: at for at, place in enumerate(self.places)}

    @cached_property
    def depots(self) -> tuple[Depot, ...]:
        return self.words.depots

    @cached_property
    def vans(self) -> tuple[Van, ...]:
        """Those of the crews that work, so that a van whose crew is out goes nowhere."""
        driven = {crew.van for crew in self.crews}
        return tuple(van for van in self.words.vans if van.code in driven)

    @cached_property
    def crew_of(self) -> Mapping[str, int]:
        return {crew.code: at for at, crew in enumerate(self.crews)}

    @cached_property
    def stations(self) -> Mapping[str, Station]:
        return {station.code: station for station in self.picture.city.file.stations}

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        return {site.station: site for site in self.words.sites}

    @cached_property
    def vehicle_row(self) -> Mapping[str, int]:
        """The row of a moped or car among its own, by id."""
        return {str(each.id): at for rows in (self.mopeds, self.cars) for at, each in enumerate(rows)}

    def vehicle_type(self, vehicle: Standing) -> VehicleType:
        return self.picture.city.vehicle_type(vehicle.type_code)

    def stop(self, place: int) -> Stop:
        found = self.places[place]
        return Stop(code=found.code, name=found.name, position=found.position)

    def minute(self, at: datetime) -> int:
        return minutes_between(self.picture.plan.starts_at, at)

    @cached_property
    def morning_min(self) -> int:
        return self.minute(self.picture.night.ends_at)

    def spans(self, begins: str, ends: str) -> list[tuple[int, int]]:
        """When the clocks show a time between the two, in minutes of the plan, from the evening before on."""
        day, zone = self.picture.night.day, zone_of(self.picture.city)
        found = []
        for evening in (day - DAY, day, day + DAY):
            first, last = instant(evening, begins, zone), instant(evening, ends, zone)
            last = last if last > first else instant(evening + DAY, ends, zone)
            low, high = max(0, self.minute(first)), min(self.morning_min, self.minute(last))
            if low < high:
                found.append((low, high))
        return found

    def shift(self, crew: Crew) -> tuple[int, int]:
        """Minutes of the plan, not cut off at its beginning."""
        zone, night = zone_of(self.picture.city), self.picture.night
        first = instant(night.day, crew.begins, zone)
        first = first if first >= night.begins_at else instant(night.day + DAY, crew.begins, zone)
        last = instant(zone_day(first, zone), crew.ends, zone)
        last = last if last > first else instant(zone_day(first, zone) + DAY, crew.ends, zone)
        return self.minute(first), self.minute(last)


def zone_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
