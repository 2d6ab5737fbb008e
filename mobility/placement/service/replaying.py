"""One simulated day of a scenario, kept instant by instant for who wants to watch it."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from mobility.placement.rules.document import Place, Replay, ReplayLoss, ReplayPlace, ReplayRide
from mobility.placement.rules.study import Crews
from mobility.placement.service.crews import night_of
from mobility.placement.service.playing import nights_before, scaled
from mobility.placement.service.town import StudyTown, scenario_of
from mobility.simulation.demand import draw_riders
from mobility.simulation.outcome import End, Outcome
from mobility.simulation.run import NIGHT_ENDS_S, Simulation
from mobility.simulation.scenario import DAY_S, Ints

STEP_S = 600


def replay(town: StudyTown, place: Place, *, code: str, seed: int, crews: Crews, demand_factor: float) -> Replay:
    """The first day after the warm-up, with the night's work before it."""
    study, scenario = town.ground.study, scenario_of(town, place)
    run = Simulation(scenario, draw_riders(scenario, scaled(town.demand, town.class_number, demand_factor), seed))
    day = study.simulation.warm_up
    night = nights_before(run, night_of(town, scenario, crews), day)
    mine = np.flatnonzero(scenario.fleet.vehicle_class == town.class_number)
    battery = int(scenario.classes.battery_mwh[town.class_number])
    begins, stands, charge = day * DAY_S, list[list[int]](), list[list[int]]()
    for at_s in range(begins, begins + DAY_S, STEP_S):
        run.advance(at_s)
        if at_s == begins + NIGHT_ENDS_S:
            run.work(night.work)
        evening = run.evening()
        stands.append(evening.place[mine].tolist())
        charge.append((100 * evening.charge_mwh[mine] // battery).tolist())
    run.advance(begins + DAY_S)
    outcome = run.outcome()
    return Replay(
        code=code,
        seed=seed,
        day=study.first_day + timedelta(days=day),
        step_s=STEP_S,
        charge_percent_min=int(scenario.classes.charge_percent_min[town.class_number]),
        places=tuple(
            ReplayPlace(name=name, lon=lon, lat=lat)
            for name, (lon, lat) in zip(scenario.places.names, scenario.places.position.round(5).tolist(), strict=True)
        ),
        stands=stands,
        charge_percent=charge,
        rides=tuple(_rides(outcome, mine, begins)),
        losses=tuple(_losses(outcome, town.class_number, begins)),
    )


def _rides(outcome: Outcome, mine: Ints, begins: int) -> Iterator[ReplayRide]:
    """Of the day's riders and of who was still on the way at midnight."""
    number = {vehicle: index for index, vehicle in enumerate(mine.tolist())}
    is_over = outcome.ended_s >= 0
    today = (outcome.started_s >= 0) & (~is_over | (outcome.ended_s > begins))
    for rider in np.flatnonzero(today & np.isin(outcome.vehicle, mine)).tolist():
        yield ReplayRide(
            vehicle=number[int(outcome.vehicle[rider])],
            from_place=int(outcome.place[rider]),
            to_place=int((outcome.end_place if is_over[rider] else outcome.riders.destination)[rider]),
            from_s=int(outcome.started_s[rider]) - begins,
            until_s=int(outcome.ended_s[rider]) - begins if is_over[rider] else None,
        )


def _losses(outcome: Outcome, class_number: int, begins: int) -> Iterator[ReplayLoss]:
    lost = outcome.since(begins) & outcome.unmet & (outcome.riders.wanted == class_number)
    for rider in np.flatnonzero(lost).tolist():
        at_s = int(outcome.riders.at_s[rider]) - begins
        yield ReplayLoss(at_s=at_s, place=int(outcome.riders.place[rider]), why=End(outcome.end[rider]).name.lower())
