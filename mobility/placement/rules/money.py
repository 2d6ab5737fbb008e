"""What stations and vehicles cost: to build, and each year."""

from dataclasses import dataclass

from mobility.placement.rules.document import Place
from mobility.placement.rules.study import Costs, Study

DAYS_OF_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Build:
    """So much of everything."""

    stations: int
    bays: int
    chargers: int
    vehicles: int


def vehicles_of(study: Study, bays: int) -> int:
    """Vehicles that a new station of so many bays brings."""
    return round(study.vehicles_per_bay * bays)


def build_cents(study: Study, build: Build) -> int:
    costs, buy = study.costs, _buy_cents(study.costs, study.vehicle_type)
    works = costs.station_cents * build.stations + costs.bay_cents * build.bays + costs.charger_cents * build.chargers
    return works + buy * build.vehicles


def daily_cents(study: Study, place: Place, fleet: dict[str, int]) -> float:
    """All of the service's stations and vehicles: written off evenly, and run; `fleet` is of every class."""
    costs = study.costs
    stations = len(place.stations)
    bays, chargers = sum(each.bays for each in place.stations), sum(each.chargers for each in place.stations)
    works = costs.station_cents * stations + costs.bay_cents * bays + costs.charger_cents * chargers
    runs = costs.station_yearly_cents * stations + costs.bay_yearly_cents * bays + costs.charger_yearly_cents * chargers
    bought = sum(_buy_cents(costs, each) * count for each, count in fleet.items())
    kept = sum(_yearly_cents(costs, each) * count for each, count in fleet.items())
    yearly = works / costs.written_off_years + bought / costs.vehicles_written_off_years + runs + kept
    return yearly / DAYS_OF_YEAR


def yearly_cents(study: Study, build: Build) -> int:
    """What running them adds each year, without what is written off."""
    costs = study.costs
    runs = costs.station_yearly_cents * build.stations + costs.bay_yearly_cents * build.bays
    runs += costs.charger_yearly_cents * build.chargers
    return runs + _yearly_cents(costs, study.vehicle_type) * build.vehicles


def _buy_cents(costs: Costs, vehicle_type: str) -> int:
    return next((each.buy_cents for each in costs.vehicles if each.vehicle_type == vehicle_type), 0)


def _yearly_cents(costs: Costs, vehicle_type: str) -> int:
    return next((each.yearly_cents for each in costs.vehicles if each.vehicle_type == vehicle_type), 0)
