"""The city file's `night`: who works on the fleet while the city sleeps, with what, and what it costs."""

from typing import Annotated, Literal

from msgspec import Meta

from mobility.city.rules.words import Code, Count, Names, Positive, Record, TimeOfDay
from mobility.geo import LonLat

DEPOTS_MAX, VANS_MAX, CREWS_MAX, PRICES_MAX = 20, 100, 200, 96

Skill = Literal["swap", "move", "plug", "drive"]
"""Swap a battery, load and unload vehicles, plug one in, drive one to another station."""

SpeedKmh = Annotated[int, Meta(gt=0, le=130)]
Minutes = Annotated[int, Meta(ge=0, le=240)]
Watts = Annotated[int, Meta(ge=0, le=1_000_000)]


class ServiceMinutes(Record, frozen=True, kw_only=True):
    """What a crew needs at a place: to reach it from the road, then for each piece of work."""

    access: Minutes = 2
    swap: Minutes = 3
    load: Minutes = 2
    unload: Minutes = 2
    plug: Minutes = 4
    move: Minutes = 6
    """To take a car over and to hand it back; the drive comes on top."""


class QuietHours(Record, frozen=True, kw_only=True):
    """When nobody loads or unloads a van at the stations named, or anywhere if none is named."""

    begins: TimeOfDay
    ends: TimeOfDay
    stations: tuple[Code, ...] = ()


class Depot(Record, frozen=True, kw_only=True):
    """Where tours begin and end."""

    code: Code
    name: Names
    position: LonLat


class Van(Record, frozen=True, kw_only=True):
    code: Code
    name: Names
    depot: Code
    places: Count
    batteries: Count
    speed_kmh: SpeedKmh = 30


class Crew(Record, frozen=True, kw_only=True):
    """A shift of the night. Without a van it goes by bicycle, and folds it into the cars that it drives."""

    code: Code
    name: Names
    depot: Code
    van: Code | None = None
    begins: TimeOfDay
    ends: TimeOfDay
    break_minutes: Minutes = 0
    skills: Annotated[tuple[Skill, ...], Meta(min_length=1)]
    speed_kmh: SpeedKmh = 12
    """By bicycle; a van has its own."""


class EnergyPrice(Record, frozen=True, kw_only=True):
    """What a kilowatt-hour costs from `begins` to `ends`; one that ends at or before it begins goes past midnight."""

    begins: TimeOfDay
    ends: TimeOfDay
    cents_per_kwh: Annotated[float, Meta(ge=0, le=1_000)]


class Chargers(Record, frozen=True, kw_only=True):
    """What stations have unless `sites` says otherwise: power of one charger, and of all of a station together."""

    charger_w: Watts
    power_w: Watts
    efficiency_percent: Annotated[int, Meta(gt=0, le=100)] = 90


class Site(Record, frozen=True, kw_only=True):
    """What is otherwise at one station: its power, and when crews get in."""

    station: Code
    charger_w: Watts | None = None
    power_w: Watts | None = None
    opens: TimeOfDay | None = None
    closes: TimeOfDay | None = None


class Night(Record, frozen=True, kw_only=True):
    """The work of a night, from `begins` to `ends` of the next morning; planned by itself at `plans_at`."""

    plans_at: TimeOfDay
    begins: TimeOfDay
    ends: TimeOfDay
    solve_seconds: Annotated[int, Meta(gt=0, le=600)] = 20
    crew_cents_per_minute: Positive
    lost_trip_cents: Positive
    swap_below_percent: Annotated[int, Meta(gt=0, le=100)]
    detour_percent: Annotated[int, Meta(ge=100, le=300)] = 130
    """How long roads are, for each hundred metres as the crow flies."""
    service_minutes: ServiceMinutes = ServiceMinutes()
    quiet_hours: tuple[QuietHours, ...] = ()
    depots: Annotated[tuple[Depot, ...], Meta(min_length=1, max_length=DEPOTS_MAX)]
    vans: Annotated[tuple[Van, ...], Meta(max_length=VANS_MAX)] = ()
    crews: Annotated[tuple[Crew, ...], Meta(max_length=CREWS_MAX)] = ()
    energy: Annotated[tuple[EnergyPrice, ...], Meta(min_length=1, max_length=PRICES_MAX)]
    chargers: Chargers
    sites: tuple[Site, ...] = ()
