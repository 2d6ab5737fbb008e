"""A scenario ridden for some days by riders of one seed: the figures of a day."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mobility.city.rules.in_force import in_force
from mobility.placement.rules.document import Place
from mobility.placement.rules.money import daily_cents
from mobility.placement.rules.study import Crews, Factors
from mobility.placement.service.crews import Night, Shift, night_of
from mobility.placement.service.town import StudyTown, scenario_of
from mobility.simulation.demand import Demand, draw_riders
from mobility.simulation.outcome import Outcome
from mobility.simulation.run import NIGHT_BEGINS_S, NIGHT_ENDS_S, Simulation
from mobility.simulation.scenario import DAY_S

KWH_WH = 1_000


def play(
    town: StudyTown, place: Place, factors: Factors, *, seed: int, crews: Crews, demand_factor: float
) -> dict[str, float]:
    """Means over the days after the warm-up, by the names that `FIGURES` explains."""
    scenario, warm_up = scenario_of(town, place), town.ground.study.simulation.warm_up
    demand = scaled(town.demand, town.class_number, demand_factor)
    run = Simulation(scenario, draw_riders(scenario, demand, seed))
    night, shifts = night_of(town, scenario, crews), list[Shift]()
    for day in range(scenario.calendar.days):
        run.advance(max(0, day * DAY_S + NIGHT_BEGINS_S))
        shifts.append(night.shift(run, day))
        run.advance(day * DAY_S + NIGHT_ENDS_S)
        run.work(shifts[-1].work)
    run.advance(scenario.ends_s)
    rides = _rides(run.outcome(), warm_up) | _crews(shifts[warm_up:])
    money = _money(town, place, rides)
    return rides | money | _gases(scenario.classes.names, factors, rides)


def nights_before(run: Simulation, night: Night, day: int) -> Shift:
    """Days and nights up to the evening before a day; what is decided then for the night that it begins with."""
    for before in range(day):
        run.advance(max(0, before * DAY_S + NIGHT_BEGINS_S))
        shift = night.shift(run, before)
        run.advance(before * DAY_S + NIGHT_ENDS_S)
        run.work(shift.work)
    run.advance(max(0, day * DAY_S + NIGHT_BEGINS_S))
    return night.shift(run, day)


def scaled(demand: Demand, number: int, factor: float) -> Demand:
    rates = demand.rates.copy()
    rates[:, number] *= factor
    return replace(demand, rates=rates)


def _rides(outcome: Outcome, warm_up: int) -> dict[str, float]:
    scenario, days = outcome.scenario, outcome.scenario.calendar.days - warm_up
    asked = outcome.since(warm_up * DAY_S)
    served = asked & outcome.served
    klass = scenario.fleet.vehicle_class[outcome.vehicle[served]] if served.any() else np.zeros(0, np.int64)
    km = np.bincount(klass, outcome.distance_m[served] / 1_000, minlength=len(scenario.classes.names)) / days
    trips = np.bincount(klass, minlength=len(scenario.classes.names)) / days
    by_class = {
        f"{what}.{name}": float(values[number])
        for what, values in (("trips", trips), ("ride_km", km))
        for number, name in enumerate(scenario.classes.names)
    }
    unmet = float((asked & outcome.unmet).sum() / days)
    return by_class | {
        "asked": float(asked.sum() / days),
        "trips": float(trips.sum()),
        "unmet": unmet,
        "unmet_share": unmet / max(1e-9, float(asked.sum() / days)),
        "ride_km": float(km.sum()),
        "used_kwh": float((km * scenario.classes.wh_per_km).sum() / KWH_WH),
        "revenue_cents": float(outcome.cents[served].sum() / days),
    }


def _crews(shifts: list[Shift]) -> dict[str, float]:
    nights = max(1, len(shifts))
    return {
        "crew_tasks": sum(each.tasks for each in shifts) / nights,
        "crew_minutes": sum(each.minutes for each in shifts) / nights,
        "crew_km": sum(each.km for each in shifts) / nights,
    }


def _money(town: StudyTown, place: Place, rides: Mapping[str, float]) -> dict[str, float]:
    file, study = town.city.file, town.ground.study
    vat = float(in_force(file.vat, study.first_day).rate_percent)
    per_minute = 0 if file.night is None else file.night.crew_cents_per_minute
    costs = {
        "revenue_net_cents": rides["revenue_cents"] / (1 + vat / 100),
        "fixed_cents": daily_cents(study, place, _fleet(town, place)),
        "crew_cents": rides["crew_minutes"] * per_minute,
        "energy_cents": rides["used_kwh"] * study.costs.energy_cents_per_kwh,
    }
    subsidy = costs["fixed_cents"] + costs["crew_cents"] + costs["energy_cents"] - costs["revenue_net_cents"]
    per_trip = subsidy / rides["trips"] if rides["trips"] else 0.0
    return costs | {"subsidy_cents": subsidy, "subsidy_per_trip_cents": per_trip}


def _fleet(town: StudyTown, place: Place) -> dict[str, int]:
    """Vehicles of every class."""
    others = [each for each in town.city.file.fleet if each.vehicle_type != town.ground.study.vehicle_type]
    fleet = {town.ground.study.vehicle_type: sum(station.vehicles for station in place.stations)}
    for each in others:
        fleet[each.vehicle_type] = fleet.get(each.vehicle_type, 0) + each.count
    return fleet


def _gases(classes: tuple[str, ...], factors: Factors, rides: Mapping[str, float]) -> dict[str, float]:
    """Kilograms a day, of riding and crews, with and without the making of vehicles, and of what rides replace."""
    making = {each.vehicle_type: each.making_kg_per_km.value for each in factors.classes}
    use = rides["used_kwh"] * factors.electricity_kg_per_kwh.value + rides["crew_km"] * factors.van_kg_per_km.value
    made = sum(rides[f"ride_km.{name}"] * making.get(name, 0.0) for name in classes)
    made += rides["crew_km"] * factors.van_making_kg_per_km.value
    replaced: Any = rides["ride_km"] * factors.replaced_share.value
    spared = replaced * factors.replaced_kg_per_km.value
    return {
        "co2_kg": use,
        "co2_with_making_kg": use + made,
        "co2_spared_kg": spared,
        "co2_spared_with_making_kg": spared + replaced * factors.replaced_making_kg_per_km.value,
    }
