"""The simulated city of a study: every site is a place, so that all scenarios have the same riders.

A site without a station is a place where people wish to ride and no vehicle ever stands: they walk to one that is open.
"""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np

from mobility.city.rules.city_file import CityFile, Station
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.placement.rules.document import Place
from mobility.placement.rules.ground import Ground
from mobility.placement.rules.sites import Site
from mobility.placement.rules.wishes import wishes_of
from mobility.simulation.calibration import BATTERY_PERCENT
from mobility.simulation.chance import Purpose, keys, uniform
from mobility.simulation.city import town_of
from mobility.simulation.demand import Demand
from mobility.simulation.gravity import gravity
from mobility.simulation.network import crow_m, neighbours
from mobility.simulation.scenario import Fleet, Floats, Ints, Scenario

VEHICLES_MAX = 1_000  # at one station: keeps the random numbers of stations apart


@dataclass(frozen=True, eq=False)
class StudyTown:
    """`scenario` has a station at every site and the fleet of today; `sites` are the places of the ground's sites."""

    ground: Ground
    city: PreparedCity
    scenario: Scenario
    demand: Demand
    sites: Ints
    class_number: int


def study_town(ground: Ground) -> StudyTown:
    """Built once; what a scenario changes is `scenario_of`'s."""
    simulation, study = ground.study.simulation, ground.study
    file = with_every_site(ground)
    city = PreparedCity(file, hash_of(file))
    town = town_of(city, first_day=study.first_day, days=simulation.days, seed=simulation.seed)
    number = town.scenario.classes.names.index(study.vehicle_type)
    at = {code: place for place, code in enumerate(town.stations) if code is not None}
    sites = np.array([at[site.code] for site in ground.sites], np.int64)
    demand = wished(ground, town.scenario, town.demand, sites, number)
    return StudyTown(ground, city, town.scenario, demand, sites, number)


def with_every_site(ground: Ground) -> CityFile:
    file = ground.city.file
    new = [_station(ground, site) for site in ground.sites if site.station is None]
    return msgspec.structs.replace(file, stations=(*file.stations, *new))


def _station(ground: Ground, site: Site) -> Station:
    largest = ground.study.aims.sizes[-1]
    return Station(
        code=site.code,
        name=dict.fromkeys(ground.city.file.languages, site.name),
        kind="street",
        position=site.position,
        bays=largest.bays,
        chargers=largest.chargers,
        vehicle_types=(ground.study.vehicle_type,),
        source=ground.city.file.sources[0].code,
    )


def wished(ground: Ground, scenario: Scenario, demand: Demand, sites: Ints, number: int) -> Demand:
    """The studied class's riders come up where people live and go, as many whatever stands there; others stay."""
    wishes, rates = wishes_of(ground), demand.rates.copy()
    hours = rates[:, number].sum(axis=1)  # by kind of day and quarter-hour
    mean = hours.sum(axis=1)[scenario.calendar.kind_of_day].mean()
    share = np.zeros(len(scenario.places.names))
    share[sites] = wishes.share
    rates[:, number] = wishes.per_day / max(mean, 1e-300) * hours[:, None, :] * share[None, :, None]
    leaving = wishes.per_day * share
    to, cumulated = gravity(crow_m(scenario.places.position), leaving, leaving, demand.lengths[number])
    goes_to, goes_share = _with_class(demand, number, to, cumulated)
    return replace(demand, rates=rates, goes_to=goes_to, goes_share=goes_share)


def _with_class(demand: Demand, number: int, to: Ints, cumulated: Floats) -> tuple[Ints, Floats]:
    """The destinations of one class in place of its old ones, whichever are more."""
    width = max(demand.goes_to.shape[2], to.shape[1])
    wide = [(0, 0), (0, 0), (0, width - demand.goes_to.shape[2])]
    goes_to = np.pad(demand.goes_to, wide, mode="edge")
    goes_share = np.pad(demand.goes_share, [(0, 0), *wide], constant_values=1.0)
    goes_to[number] = np.pad(to, [(0, 0), (0, width - to.shape[1])], mode="edge")
    goes_share[:, number] = np.pad(cumulated, [(0, 0), (0, width - to.shape[1])], constant_values=1.0)
    return goes_to, goes_share


def scenario_of(town: StudyTown, place: Place) -> Scenario:
    """The same city with the scenario's stations and vehicles."""
    ground, base = town.ground, town.scenario
    opened = {station.code: station for station in place.stations}
    bays, chargers, accepts = base.places.bays.copy(), base.places.chargers.copy(), base.places.accepts.copy()
    bays[town.sites] = [opened[s.code].bays if s.code in opened else 0 for s in ground.sites]
    chargers[town.sites] = [opened[s.code].chargers if s.code in opened else 0 for s in ground.sites]
    accepts[town.class_number, town.sites] = [site.code in opened for site in ground.sites]
    walking = ground.city.file.quarter_hour
    near: dict[str, Any] = neighbours(
        base.places.position,
        accepts,
        walk_minutes_max=ground.study.aims.walk_minutes,
        speed_kmh=walking.walking_speed_kmh,
    )
    places = replace(base.places, bays=bays, chargers=chargers, accepts=accepts, **near)
    return replace(base, places=places, fleet=_fleet(town, place))


def _fleet(town: StudyTown, place: Place) -> Fleet:
    """Today's vehicles of other classes, and the scenario's of the studied one; a vehicle's first charge is its own."""
    fleet, number = town.scenario.fleet, town.class_number
    others = fleet.vehicle_class != number
    site = {each.code: index for index, each in enumerate(town.ground.sites)}
    rows = [(site[station.code], one) for station in place.stations for one in range(station.vehicles)]
    where = np.array([index for index, _ in rows], np.int64)
    name = np.array([VEHICLES_MAX * index + one for index, one in rows], np.int64)
    chance = uniform(keys(town.ground.study.simulation.seed, name), Purpose.CHARGE)
    percent = np.clip(BATTERY_PERCENT.at(chance), 0, 100)
    charge = town.scenario.classes.battery_mwh[number] * percent / 100
    return Fleet(
        vehicle_class=np.concatenate([fleet.vehicle_class[others], np.full(len(rows), number)]),
        place=np.concatenate([fleet.place[others], town.sites[where]]),
        charge_mwh=np.concatenate([fleet.charge_mwh[others], charge.astype(np.int64)]),
    )
