"""Where a back-test is played: a city, its demand, and who works there at night."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mobility.base.errors import Invalid
from mobility.city.rules.city_file import Eligibility, VehicleType
from mobility.city.rules.hours import minute_of_day
from mobility.city.rules.night import Night as NightWords
from mobility.city.rules.prepared import PreparedCity
from mobility.geo import LonLat
from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.rebalancing.optimiser.night.instance import SKILLS
from mobility.rebalancing.rules import places as product_places
from mobility.rebalancing.rules.calendar import Calendar, calendar_of
from mobility.rebalancing.rules.forecasting import Situation
from mobility.rebalancing.rules.history import HOURS, Pairs
from mobility.rebalancing.rules.prior import prior_rates
from mobility.simulation.city import town_of
from mobility.simulation.demand import Demand
from mobility.simulation.scenario import Flags, Floats, Ints, Scenario

MINUTES_OF_DAY = 1_440
EVENING = "22:00"


class NoNightWork(Invalid):
    code = "simulation_no_night_work"
    fr = "Le fichier de la ville ne dit pas qui travaille la nuit."
    en = "The city file does not say who works at night."


@dataclass(frozen=True, eq=False, kw_only=True)
class Crews:
    """Who works: shifts in minutes from the evening on, speeds in km/h, vans of so many mopeds and batteries.

    `van` is -1 for a crew without one; `depot` is a position.
    """

    depot: LonLat
    shift_min: Ints
    break_min: Ints
    skills: Flags
    van: Ints
    speed_kmh: Ints
    moped_places: Ints
    battery_places: Ints
    cents_per_min: float
    lost_trip_cents: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Field:
    """`places` and `situation` are the forecast's view of the same places, in the same order."""

    scenario: Scenario
    demand: Demand
    places: product_places.Places
    situation: Situation
    crews: Crews


def field_of(city: PreparedCity, *, first_day: date, days: int, seed: int) -> Field:
    """A city by its file; raises `NoNightWork` where the file has no `[night]`."""
    if city.file.night is None:
        raise NoNightWork
    town = town_of(city, first_day=first_day, days=days, seed=seed)
    places = product_places.places_of(city)
    pairs = Pairs(places)
    situation = Situation(pairs, prior_rates(city, pairs), calendar_of(city))
    crews = crews_of(city.file.night)
    return Field(scenario=town.scenario, demand=town.demand, places=places, situation=situation, crews=crews)


def crews_of(night: NightWords) -> Crews:
    vans = {van.code: number for number, van in enumerate(night.vans)}
    shifts = [_shift(crew.begins, crew.ends) for crew in night.crews]
    speeds = [night.vans[vans[c.van]].speed_kmh if c.van else c.speed_kmh for c in night.crews]
    return Crews(
        depot=night.depots[0].position,
        shift_min=np.array(shifts, np.int64).reshape(-1, 2),
        break_min=np.array([crew.break_minutes for crew in night.crews], np.int64),
        skills=np.array([[skill in crew.skills for skill in SKILLS] for crew in night.crews]).reshape(-1, len(SKILLS)),
        van=np.array([vans[crew.van] if crew.van else -1 for crew in night.crews], np.int64),
        speed_kmh=np.array(speeds, np.int64),
        moped_places=np.array([van.places for van in night.vans], np.int64),
        battery_places=np.array([van.batteries for van in night.vans], np.int64),
        cents_per_min=float(night.crew_cents_per_minute),
        lost_trip_cents=float(night.lost_trip_cents),
    )


def _shift(begins: str, ends: str) -> list[int]:
    """Minutes after the evening; who has begun before it is there then."""
    begin, end = _after_evening(begins), _after_evening(ends)
    return [begin if begin <= end else 0, end]


def _after_evening(at: str) -> int:
    return (minute_of_day(at) - minute_of_day(EVENING)) % MINUTES_OF_DAY


def plain_situation(places: product_places.Places, rides_per_day: Floats) -> Situation:
    """Nothing is expected but the number of rides of each class: all places and hours are alike."""
    pairs = Pairs(places)
    share = 1 / np.bincount(pairs.type, minlength=len(rides_per_day))
    prior = np.repeat((rides_per_day * share)[pairs.type], 7 * HOURS).reshape(-1, 7, HOURS) / HOURS
    return Situation(pairs, prior, Calendar(frozenset(), ()))


def vehicle_type(code: str, mode: str, form: str, battery_wh: int, range_m: int, percent_min: int) -> VehicleType:
    """A class as the forecast knows it; who may drive it plays no part there."""
    return VehicleType(
        code=code,
        name={"en": code},
        mode="car-share" if mode == "car-share" else "micromobility",
        form_factor="car" if form == "car" else "moped",
        propulsion_type="electric",
        plate_prefix="R",
        seats=2,
        max_range_m=range_m,
        max_speed_kmh=45,
        battery_wh=battery_wh,
        charge_percent_min=percent_min,
        return_constraint="any_station" if form == "car" else "free_floating",
        eligibility=(Eligibility(effective_from=date(2020, 1, 1), minimum_age=18),),
    )


def position_at(km: Floats) -> Floats:
    """Kilometres east and north of a corner as degrees on the equator, where both are alike: (P, 2)."""
    return np.asarray(km * 1_000 / METRES_PER_DEGREE)
