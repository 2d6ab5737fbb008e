"""The city file's words: one city as neutral data. `docs/city-file.md` explains every key to who writes one."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from mobility.city.rules.alert_rules import AlertKind, Severity, TakesOut, TaskKind
from mobility.city.rules.benefits import (
    PASSES_MAX,
    REDUCED_FARES_MAX,
    REWARDS_MAX,
    ChargingReward,
    PassPlan,
    ReducedFare,
)
from mobility.city.rules.demand import ExpectedDemand
from mobility.city.rules.night import Night
from mobility.city.rules.permit import Permit
from mobility.city.rules.tariffs import Tariff
from mobility.city.rules.words import Code, Count, Day, Names, Positive, Record, TimeOfDay
from mobility.geo import LonLat
from mobility.riders.rules.licences import LicenceCategory

FORMAT = 1

# Far above the largest shared fleets' numbers; they keep a broken generator's file from filling the memory.
STATIONS_MAX = 1_000
ZONES_MAX = 1_000
FLEET_MAX = 5_000
MAP_FEATURES_MAX = 5_000
ALERT_RULES_MAX = 500
MAINTENANCE_RULES_MAX = 100

# Years of a life.
Years = Annotated[int, Meta(ge=0, le=120)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Minutes = Annotated[int, Meta(ge=0, le=43_200)]
Percent = Annotated[int, Meta(ge=0, le=100)]
SpeedKmh = Annotated[int, Meta(gt=0, le=130)]
# Slower than a walk no vehicle is made to go: it would fall over, or block the street.
SpeedLimitKmh = Annotated[int, Meta(ge=5, le=130)]
StationKind = Literal[
    "rail_station", "town_hall", "carpool_car_park", "square", "street", "shopping", "hospital", "school", "leisure"
]
ZoneKind = Literal["service", "no_ride", "slow", "no_parking", "no_start", "bays", "bays_only"]
Ring = tuple[tuple[float, float], ...]


class Polygon(Record, frozen=True, kw_only=True, tag_field="type", tag="Polygon"):
    coordinates: tuple[Ring, ...]


class MultiPolygon(Record, frozen=True, kw_only=True, tag_field="type", tag="MultiPolygon"):
    coordinates: tuple[tuple[Ring, ...], ...]


Area = Polygon | MultiPolygon
"""A GeoJSON geometry, WGS 84, longitude first."""


class Source(Record, frozen=True, kw_only=True):
    """Where facts of the file come from, and under which licence."""

    code: Code
    name: str
    licence: str
    as_of: date
    note: str = ""


class QuarterHour(Record, frozen=True, kw_only=True):
    """How far "near" is: a walk of so many minutes at such a speed."""

    walk_minutes: Positive = 15
    walking_speed_kmh: Annotated[float, Meta(gt=0, le=10)] = 4.5


class Vat(Record, frozen=True, kw_only=True):
    effective_from: date
    rate_percent: Decimal


TWO_PEOPLE_ABOVE_CENTS = 5_000
"""Above it two people of the staff decide about money for a rider; what a city says otherwise counts."""


class Operator(Record, frozen=True, kw_only=True):
    """Who sells the rides, as documents have to name them; from `note_from_cents` on they are sent by themselves."""

    legal_name: Annotated[str, Meta(min_length=1, max_length=100)]
    address: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(min_length=1, max_length=5)]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    siret: str | None = None
    vat_number: str | None = None
    note_from_cents: Count | None = None
    two_people_above_cents: Count = TWO_PEOPLE_ABOVE_CENTS


class OpeningHours(Record, frozen=True, kw_only=True):
    """Times of the city's time zone between which rides start; `PH` replaces the weekday on public holidays."""

    days: Annotated[tuple[Day, ...], Meta(min_length=1)]
    opens: TimeOfDay
    closes: TimeOfDay


class PublicHoliday(Record, frozen=True, kw_only=True):
    date: date
    name: Names


class LicenceInclusions(Record, frozen=True, kw_only=True):
    """Which driving title includes which others, by law from a date on; what those include comes with them."""

    effective_from: date
    includes: dict[LicenceCategory, tuple[LicenceCategory, ...]]


class Eligibility(Record, frozen=True, kw_only=True):
    """Who may drive a class from a date on: old enough, and with one of the licences or born before the exemption."""

    effective_from: date
    minimum_age: Years
    licences_any_of: tuple[LicenceCategory, ...] = ()
    licence_held_years: Years = 0
    exempt_born_before: date | None = None
    declared_is_enough: bool = False
    helmet: bool = False


class BookableAhead(Record, frozen=True, kw_only=True):
    """How a class is booked ahead: how soon and how long, and what it costs not to keep to it.

    A vehicle is left alone for the buffer before and after each booking. `use_km_per_hour` is what a booked hour is
    expected to take off the range; `charge_percent_per_hour` is what a charger adds.
    """

    lead_minutes: Minutes = 0
    ahead_hours_max: Annotated[int, Meta(gt=0, le=8_760)] = 720
    length_minutes_max: Annotated[int, Meta(ge=15, le=20_160)] = 1_440
    buffer_minutes: Annotated[int, Meta(ge=0, le=1_440)] = 15
    start_early_minutes: Annotated[int, Meta(ge=0, le=120)] = 5
    no_show_minutes: Annotated[int, Meta(gt=0, le=1_440)] = 30
    cancel_free_hours: Annotated[int, Meta(ge=0, le=720)] = 0
    cancel_fee_cents: Count = 0
    late_grace_minutes: Annotated[int, Meta(ge=0, le=1_440)] = 0
    late_fee_cents: Count = 0
    use_km_per_hour: Positive = 15
    charge_percent_per_hour: Percent = 0


class Holding(Record, frozen=True, kw_only=True):
    """How long a class is kept for a rider who walks to it, what keeping it longer costs, and who has to wait.

    Who gives a vehicle back unused, or lets the hold run out, may not hold it again for `lockout_minutes`, nor another
    one within `lockout_radius_m` of it; giving it back within `regret_minutes` is a slip of the thumb. With
    `walk_minutes_max` a vehicle is held from no farther away than that.
    """

    free_minutes: Annotated[int, Meta(gt=0, le=120)] = 15  # other services give 10 to 15
    extension_minutes_max: Annotated[int, Meta(ge=0, le=240)] = 0
    extension_rate_cents: Count = 0
    lockout_minutes: Annotated[int, Meta(ge=0, le=1_440)] = 0
    lockout_radius_m: Annotated[int, Meta(ge=0, le=5_000)] = 0
    regret_minutes: Annotated[int, Meta(ge=0, le=15)] = 1
    walk_minutes_max: Annotated[int, Meta(gt=0, le=60)] | None = None


class VehicleType(Record, frozen=True, kw_only=True):
    code: Code
    name: Names
    mode: Literal["micromobility", "car-share"]
    form_factor: Literal["moped", "car"]
    propulsion_type: Literal["electric"]
    plate_prefix: Annotated[str, Meta(pattern="^[A-Z]{1,3}$")]
    seats: Positive
    max_range_m: Positive
    max_speed_kmh: SpeedKmh
    battery_wh: Positive
    charge_percent_min: Percent
    return_constraint: Literal["free_floating", "any_station"]
    station_reach_m: Positive = 50
    end_photo: Literal["never", "outside_stations", "always"] = "never"
    eligibility: Annotated[tuple[Eligibility, ...], Meta(min_length=1)]
    hold: Holding = Holding()
    bookable_ahead: BookableAhead | None = None


class ZoneHours(Record, frozen=True, kw_only=True):
    """Times of the city's time zone between which a zone holds; `PH` replaces the weekday on public holidays."""

    days: Annotated[tuple[Day, ...], Meta(min_length=1)]
    begins: TimeOfDay
    ends: TimeOfDay


class Zone(Record, frozen=True, kw_only=True):
    """An area with a rule (`geofences.SAYS`); it binds the classes named, or every class when none is named.

    Without `hours` it always holds.
    """

    code: Code
    name: Names
    kind: ZoneKind
    vehicle_types: tuple[Code, ...] = ()
    max_speed_kmh: SpeedLimitKmh | None = None
    hours: tuple[ZoneHours, ...] = ()
    source: Code
    geometry: Area

    def binds(self, vehicle_type: str) -> bool:
        return not self.vehicle_types or vehicle_type in self.vehicle_types


class Station(Record, frozen=True, kw_only=True):
    code: Code
    name: Names
    kind: StationKind
    position: LonLat
    bays: Positive
    chargers: Count
    vehicle_types: Annotated[tuple[Code, ...], Meta(min_length=1)]
    source: Code


class Deployment(Record, frozen=True, kw_only=True):
    """Vehicles of one class that start at a station, free-floating ones within `within_m` metres of it."""

    vehicle_type: Code
    station: Code
    count: Positive
    within_m: Count = 0


class AlertRule(Record, frozen=True, kw_only=True):
    """What a city wants otherwise of one kind of alert than `alert_rules.DEFAULTS`; what is left out stays as there.

    It holds for the classes named, or for those that no other rule of the kind names.
    """

    kind: AlertKind
    vehicle_types: tuple[Code, ...] = ()
    enabled: bool | None = None
    severity: Severity | None = None
    raise_at: float | None = None
    clear_at: float | None = None
    raise_after_s: Seconds | None = None
    clear_after_s: Seconds | None = None
    escalate_after_min: Minutes | None = None
    takes_out: TakesOut | Literal["nothing"] | None = None
    task: TaskKind | Literal["nothing"] | None = None
    task_due_min: Minutes | None = None

    def binds(self, vehicle_type: str) -> bool:
        return not self.vehicle_types or vehicle_type in self.vehicle_types


class MaintenanceRule(Record, frozen=True, kw_only=True):
    """Work that comes round on every vehicle of the classes named: after so many km or months, whichever is first.

    A vehicle that `holds_when_due` is not for rent from that point on; any other, only while it is worked on.
    """

    code: Code
    name: Names
    vehicle_types: Annotated[tuple[Code, ...], Meta(min_length=1)]
    every_km: Positive | None = None
    every_months: Annotated[int, Meta(gt=0, le=240)] | None = None
    holds_when_due: bool = False


class Commune(Record, frozen=True, kw_only=True):
    """A municipality of the map: its official code, inhabitants and outline."""

    code: Annotated[str, Meta(min_length=1)]
    name: str
    population: Count
    source: Code
    geometry: Area


class Place(Record, frozen=True, kw_only=True):
    """A landmark of the map."""

    name: str
    category: str
    position: LonLat
    source: Code


class CityFile(Record, frozen=True, kw_only=True):
    format: Literal[1]
    id: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{1,39}$")]
    name: Names
    time_zone: str
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    languages: Annotated[tuple[Annotated[str, Meta(pattern="^[a-z]{2}$")], ...], Meta(min_length=1)]
    centre: LonLat
    quarter_hour: QuarterHour
    # A city loaded before documents had one has none until its file is loaded again.
    operator: Operator | None = None
    vat: Annotated[tuple[Vat, ...], Meta(min_length=1)]
    opening_hours: Annotated[tuple[OpeningHours, ...], Meta(min_length=1)]
    public_holidays: tuple[PublicHoliday, ...] = ()
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    licence_inclusions: tuple[LicenceInclusions, ...] = ()
    vehicle_types: Annotated[tuple[VehicleType, ...], Meta(min_length=1)]
    tariffs: tuple[Tariff, ...]
    passes: Annotated[tuple[PassPlan, ...], Meta(max_length=PASSES_MAX)] = ()
    reduced_fares: Annotated[tuple[ReducedFare, ...], Meta(max_length=REDUCED_FARES_MAX)] = ()
    charging_rewards: Annotated[tuple[ChargingReward, ...], Meta(max_length=REWARDS_MAX)] = ()
    zones: Annotated[tuple[Zone, ...], Meta(max_length=ZONES_MAX)]
    stations: Annotated[tuple[Station, ...], Meta(max_length=STATIONS_MAX)]
    fleet: Annotated[tuple[Deployment, ...], Meta(max_length=FLEET_MAX)] = ()
    alerts: Annotated[tuple[AlertRule, ...], Meta(max_length=ALERT_RULES_MAX)] = ()
    maintenance: Annotated[tuple[MaintenanceRule, ...], Meta(max_length=MAINTENANCE_RULES_MAX)] = ()
    night: Night | None = None
    demand: ExpectedDemand | None = None
    permit: Permit | None = None
    communes: Annotated[tuple[Commune, ...], Meta(max_length=MAP_FEATURES_MAX)] = ()
    places: Annotated[tuple[Place, ...], Meta(max_length=MAP_FEATURES_MAX)] = ()
