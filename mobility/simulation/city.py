"""From a city file to a scenario and its demand: the service's places, zones, hours, tariffs and expectations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.geofences import in_force
from mobility.city.rules.geometry import CityZones
from mobility.city.rules.in_force import in_force as rule_in_force
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.tariffs import Tariff
from mobility.geo import LonLat
from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.streets.times import Times
from mobility.geo.walking import DETOUR_FACTOR
from mobility.rebalancing.rules import places as product_places
from mobility.rebalancing.rules.history import HOURS, Pairs
from mobility.rebalancing.rules.prior import prior_rates
from mobility.simulation.calibration import BATTERY_PERCENT, CROW_KM, DURATION_MIN
from mobility.simulation.chance import Purpose, keys, uniform
from mobility.simulation.demand import Demand, Habits, Lengths
from mobility.simulation.gravity import gravity
from mobility.simulation.network import crow_m, neighbours
from mobility.simulation.people import ASSUMED, Profile, eligible
from mobility.simulation.riders import NOBODY
from mobility.simulation.scenario import (
    DAYS_MAX,
    QUARTER_S,
    QUARTERS,
    Calendar,
    Classes,
    Fleet,
    Ints,
    Places,
    Scenario,
    require,
)
from mobility.simulation.tariff import tariff_table

CHARGER_W = 2_300
"""A household socket, where the city file says nothing of its chargers."""
DURATION_FACTOR = {"moped": 1.0, "car": 2.0}
"""How much longer a class is out than the bicycles that durations were observed of; assumed."""


@dataclass(frozen=True, eq=False)
class Town:
    """A city as it is simulated: what `scenario` and `demand` were made from stays at hand.

    `walks_streets`: whether walks follow a network wherever places have streets.
    """

    city: PreparedCity
    scenario: Scenario
    demand: Demand
    profiles: tuple[Profile, ...]
    tariffs: tuple[Tariff, ...]
    stations: tuple[str | None, ...]
    walks_streets: bool


@dataclass(frozen=True, eq=False)
class Ground:
    """The kinds of days and the sets of zones in force that a run meets."""

    days: tuple[date, ...]
    kind_of_day: Ints
    zones: tuple[CityZones, ...]
    zones_at: Ints
    is_open: np.ndarray


def town_of(
    city: PreparedCity,
    *,
    first_day: date,
    days: int,
    seed: int,
    profiles: Sequence[Profile] = ASSUMED,
    walks: Times | None = None,
) -> Town:
    """The city from a day on; the seed scatters its mopeds and draws the first charges.

    `walks` is its walking network; without one walks are straight lines times the service's detour.
    """
    require(0 < days <= DAYS_MAX, f"days are between 1 and {DAYS_MAX}")
    places = product_places.places_of(city)
    ground = ground_of(city, first_day, days)
    tariffs = tuple(_tariff(city, each, first_day) for each in city.file.vehicle_types)
    stations = tuple(place.code if place.bays else None for place in places.places)
    scenario = Scenario(
        calendar=Calendar(
            first_day=first_day, kind_of_day=ground.kind_of_day, is_open=ground.is_open, zones_at=ground.zones_at
        ),
        places=_places(city, places, ground, walks),
        classes=_classes(city, ground, places, tariffs),
        fleet=_fleet(city, places, seed),
        eligible=eligible(city, profiles, first_day),
    )
    demand = _demand(city, places, scenario, ground, profiles)
    return Town(city, scenario, demand, tuple(profiles), tariffs, stations, walks is not None)


def ground_of(city: PreparedCity, first_day: date, days: int) -> Ground:
    """Days that follow the same rules are one kind; so are zones that are in force together one set."""
    dates = [first_day + timedelta(days=number) for number in range(days)]
    kinds: dict[tuple[int, bool], int] = {}
    first: list[date] = []
    for day in dates:
        if (day.weekday(), day in city.holidays) not in kinds:
            kinds[day.weekday(), day in city.holidays] = len(kinds)
            first.append(day)
    zone = ZoneInfo(city.file.time_zone)
    sets: dict[tuple[int, ...], int] = {}
    zones_at, is_open = np.zeros((len(first), QUARTERS), np.int64), np.zeros((len(first), QUARTERS), np.bool_)
    for kind, day in enumerate(first):
        for quarter in range(QUARTERS):
            local = (datetime.combine(day, time()) + timedelta(seconds=quarter * QUARTER_S)).replace(tzinfo=zone)
            is_open[kind, quarter] = city.is_open_at(local)
            zones_at[kind, quarter] = sets.setdefault(in_force(city.file.zones, local, city.holidays), len(sets))
    kind_of_day = np.array([kinds[day.weekday(), day in city.holidays] for day in dates])
    return Ground(tuple(first), kind_of_day, tuple(city.zones.only(each) for each in sets), zones_at, is_open)


def _places(city: PreparedCity, places: product_places.Places, ground: Ground, walks: Times | None) -> Places:
    at = [place.position for place in places.places]
    position = np.array([(each.lon, each.lat) for each in at])
    is_station = places.bays > 0
    starts = [[zones.may_start(at, [kind] * len(at)) for kind in places.classes] for zones in ground.zones]
    ends = [[_may_end(zones, at, kind, is_station) for kind in places.classes] for zones in ground.zones]
    chargers = {station.code: station.chargers for station in city.file.stations}
    walking = city.file.quarter_hour
    return Places(
        names=tuple(place.name[city.file.languages[0]] for place in places.places),
        position=position,
        bays=places.bays,
        chargers=np.array([chargers.get(place.code, 0) for place in places.places]),
        charger_w=np.array([_charger_w(city, place.code) for place in places.places]),
        accepts=places.serves.T,
        starts=np.array(starts),
        ends=np.array(ends),
        **neighbours(
            position,
            places.serves.T,
            walk_minutes_max=walking.walk_minutes,
            speed_kmh=walking.walking_speed_kmh,
            times=walks,
        ),
    )


def _may_end(zones: CityZones, at: Sequence[LonLat], kind: VehicleType, is_station: np.ndarray) -> list[bool]:
    """Whether rides of a class end at each place, bays aside."""
    rules = [ruling.rule for ruling in zones.rulings(at, [kind] * len(at))]
    return [
        rule.ride_end_allowed and (here or not rule.station_parking)
        for rule, here in zip(rules, is_station.tolist(), strict=True)
    ]


def _charger_w(city: PreparedCity, code: str) -> int:
    night = city.file.night
    if night is None:
        return CHARGER_W
    own = next((site.charger_w for site in night.sites if site.station == code), None)
    return own or night.chargers.charger_w


def _classes(city: PreparedCity, ground: Ground, places: product_places.Places, tariffs: Sequence[Tariff]) -> Classes:
    types = city.file.vehicle_types
    return Classes(
        names=tuple(each.code for each in types),
        modes=tuple(each.mode for each in types),
        battery_wh=np.array([each.battery_wh for each in types]),
        wh_per_km=np.array([max(1, round(1_000 * each.battery_wh / each.max_range_m)) for each in types]),
        speed_kmh=np.array([each.max_speed_kmh for each in types]),
        charge_percent_min=np.array([each.charge_percent_min for each in types]),
        hold_s=np.array([60 * each.hold.free_minutes for each in types]),
        takes_bay=np.array([each.return_constraint == "any_station" for each in types]),
        plugs_in=np.array([each.return_constraint == "any_station" for each in types]),
        tariffs=tuple(
            tariff_table(
                tariff,
                days=ground.days,
                holidays=city.holidays,
                end_zones=[_zone_codes(zones, places, tariff.vehicle_type) for zones in ground.zones],
                end_stations=[place.code if place.bays else None for place in places.places],
            )
            for tariff in tariffs
        ),
    )


def _tariff(city: PreparedCity, vehicle_type: VehicleType, on: date) -> Tariff:
    return rule_in_force([each for each in city.file.tariffs if each.vehicle_type == vehicle_type.code], on)


def _zone_codes(zones: CityZones, places: product_places.Places, vehicle_type: str) -> list[frozenset[str]]:
    at = [place.position for place in places.places]
    return [frozenset(zone.code for zone in zones.at(each, vehicle_type=vehicle_type)) for each in at]


def _fleet(city: PreparedCity, places: product_places.Places, seed: int) -> Fleet:
    """Where the city file puts vehicles, scattered as it says; charges are those of a real fleet at a random hour."""
    code = {each: number for number, each in enumerate(places.class_codes)}
    station = {each.code: each for each in city.file.stations}
    rows = [
        (code[d.vehicle_type], station[d.station].position, d.within_m) for d in city.file.fleet for _ in range(d.count)
    ]
    klass = np.array([row[0] for row in rows], np.int64)
    key = keys(seed, np.arange(len(rows)))
    away_m = np.array([row[2] for row in rows], np.float64) * np.sqrt(uniform(key, Purpose.TIME)) / METRES_PER_DEGREE
    turn = 2 * np.pi * uniform(key, Purpose.DESTINATION)
    lat = np.array([row[1].lat for row in rows]) + away_m * np.sin(turn)
    lon = np.array([row[1].lon for row in rows]) + away_m * np.cos(turn) / np.cos(np.radians(lat))
    place = places.places_at(lon, lat, klass)
    battery_mwh = 1_000 * np.array([places.classes[each].battery_wh for each in klass.tolist()], np.int64)
    percent = np.clip(BATTERY_PERCENT.at(uniform(key, Purpose.CHARGE)), 0, 100)
    known = place != product_places.NOWHERE
    charge = (battery_mwh * percent / 100).astype(np.int64)
    return Fleet(vehicle_class=klass[known], place=place[known], charge_mwh=charge[known])


def _demand(
    city: PreparedCity,
    places: product_places.Places,
    scenario: Scenario,
    ground: Ground,
    profiles: Sequence[Profile],
) -> Demand:
    """What the service itself expects before there are rides (`rebalancing.rules.prior`)."""
    pairs = Pairs(places)
    week = pairs.spread(prior_rates(city, pairs))  # places, classes, days of the week, hours
    # What a public holiday is like the prior says by its Sunday.
    weekdays = [6 if day in city.holidays else day.weekday() for day in ground.days]
    rates = np.repeat(week[:, :, weekdays].transpose(2, 1, 0, 3), QUARTERS // HOURS, axis=3) * HOURS / QUARTERS
    lengths = tuple(_lengths(city, each) for each in places.classes)
    per_day = rates.sum(axis=(0, 3))
    away = crow_m(scenario.places.position)
    goes = [gravity(away, leaving, leaving, each) for leaving, each in zip(per_day, lengths, strict=True)]
    width = max(to.shape[1] for to, _ in goes)
    return Demand(
        rates=rates,
        factor=np.ones((scenario.calendar.days, len(places))),
        goes_to=np.stack([np.pad(to, ((0, 0), (0, width - to.shape[1])), mode="edge") for to, _ in goes]),
        goes_share=np.stack([np.pad(s, ((0, 0), (0, width - s.shape[1])), constant_values=1) for _, s in goes])[None],
        goes_at=np.zeros(QUARTERS, np.int64),
        lengths=lengths,
        habits=Habits(walk_s_max=60 * city.file.quarter_hour.walk_minutes),
        profile_share=np.array([profile.share for profile in profiles]),
        second=np.array([len(lengths) - 1 - each if len(lengths) == 2 else NOBODY for each in range(len(lengths))]),
    )


def _lengths(city: PreparedCity, vehicle_type: VehicleType) -> Lengths:
    """The shape is that of a real system; the mean distance is the city file's, the mean duration longer for cars."""
    told = {each.vehicle_type: each.ride_km for each in city.file.demand.rides} if city.file.demand else {}
    km = told.get(vehicle_type.code, CROW_KM.mean * DETOUR_FACTOR)
    return Lengths(
        duration_min=DURATION_MIN.scaled(DURATION_FACTOR[vehicle_type.form_factor]),
        crow_km=CROW_KM.scaled(km / DETOUR_FACTOR / CROW_KM.mean),
    )
