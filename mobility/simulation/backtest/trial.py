"""One evening, planned in every way, and the day after each: what a process of its own runs."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.solve import Limits, greedy, nothing, solve
from mobility.rebalancing.rules.worth import TRIPS_OF_A_TRIP
from mobility.simulation.backtest.expectation import (
    LAST_QUARTER,
    expected_losses,
    forecast_flows,
    foreseen_losses,
    true_flows,
)
from mobility.simulation.backtest.field import Field, field_of
from mobility.simulation.backtest.planning import crew_minutes, night_of, work_of
from mobility.simulation.backtest.reference import reference
from mobility.simulation.demand import draw_riders
from mobility.simulation.nights import OperatorsRule
from mobility.simulation.outcome import Evening, Outcome, Work
from mobility.simulation.run import NIGHT_BEGINS_S, NIGHT_ENDS_S, Simulation
from mobility.simulation.scenario import DAY_S, QUARTER_S, Floats

WAYS = ("none", "operators", "trips once", "greedy", "ours", "true rates", "foresight")
"""The ways of a night, the first being its absence and the last what no planner knows: the riders of the next day.

Planners count a trip as the product's do; "trips once" does not, and no cost in the report does."""
BEFORE_SHARE = 14
"""Until that evening the crews reached a fourteenth of the fleet a night: about half of the mopeds are low."""
MINUTES_A_TASK = 9
"""Of the operators' rule, whose tours nobody plans: three to swap, two to get there from the last, four on the road."""


@dataclass(frozen=True, slots=True)
class Evenings:
    """Which city (None for the reference), how many days it runs itself in, and how long a plan may take."""

    city: CityFile | None
    first_day: date
    warm_up: int
    nights: int
    seconds: float
    seed: int

    def field(self) -> Field:
        days = self.warm_up + self.nights + 1
        if self.city is None:
            return reference(days=days, seed=self.seed)
        city = PreparedCity(self.city, hash_of(self.city))
        return field_of(city, first_day=self.first_day, days=days, seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What came of one way of a night: from five in the morning to ten in the evening.

    `lost` are riders who found no vehicle that would do; `promised` are the trips that the plan thought to save, NaN
    where it did not think; `undone` are tasks whose vehicle had gone.
    """

    lost: int
    served: int
    revenue_cents: int
    crew_minutes: int
    cost_cents: float
    promised: float
    undone: int


@dataclass(frozen=True, eq=False)
class Plan:
    work: Work
    crew_minutes: int
    promised: float = float("nan")


def trial(task: tuple[Evenings, int]) -> dict[str, Day]:
    """The evening of a night, and what each way makes of the day after; always the same for the same evenings.

    Until that evening the crews followed the operators' rule. With foresight the day is tried in all ways, and the
    cheapest is taken.
    """
    evenings, number = task
    field = evenings.field()
    day = evenings.warm_up + number
    run = before(field, evenings.seed, day)
    plans = plans_of(field, run, day, evenings)
    days = {way: day_after(field, run.fork(), plan, day) for way, plan in plans.items()}
    return days | {WAYS[-1]: min(days.values(), key=lambda each: each.cost_cents)}


def before(field: Field, seed: int, day: int) -> Simulation:
    """The city on the evening before a day, as the operators' rule has left it."""
    run = Simulation(field.scenario, draw_riders(field.scenario, field.demand, seed))
    rule = OperatorsRule(field.scenario, len(field.scenario.fleet.place) // BEFORE_SHARE)
    for past in range(day):
        run.advance(max(0, past * DAY_S + NIGHT_BEGINS_S))
        work = rule(run.evening())
        run.advance(past * DAY_S + NIGHT_ENDS_S)
        run.work(work)
    run.advance(max(0, day * DAY_S + NIGHT_BEGINS_S))
    return run


def tasks_of(field: Field) -> int:
    """Vehicles that the crews reach in their shifts."""
    shifts = np.minimum(field.crews.shift_min, NIGHT_ENDS_S // 60 - NIGHT_BEGINS_S // 60)
    return int((shifts[:, 1] - shifts[:, 0] - field.crews.break_min).sum() // MINUTES_A_TASK)


def plans_of(field: Field, run: Simulation, day: int, evenings: Evenings) -> dict[str, Plan]:
    evening, past = run.evening(), run.outcome()
    limits = Limits(seconds=evenings.seconds, workers=1, seed=evenings.seed)
    expected = expected_losses(field, evening, forecast_flows(field, past, day))
    once, forecast = night_for(field, evening, expected, 1.0), night_for(field, evening, expected)
    truth = night_for(field, evening, expected_losses(field, evening, true_flows(field, past, day)))
    foresight = night_for(field, evening, foreseen_losses(field, evening, without_plan(run, day), day))
    rule = OperatorsRule(field.scenario, tasks_of(field))(evening)
    return {
        "none": Plan(Work.nothing(), 0),
        "operators": Plan(rule, MINUTES_A_TASK * len(rule.vehicle)),
        "trips once": planned(field, evening, once, solve(once, limits), 1.0),
        "greedy": planned(field, evening, forecast, greedy(forecast)),
        "ours": planned(field, evening, forecast, solve(forecast, limits)),
        "true rates": planned(field, evening, truth, solve(truth, limits)),
        "foresight": planned(field, evening, foresight, solve(foresight, limits)),
    }


def without_plan(run: Simulation, day: int) -> Outcome:
    """The day as it will be if nobody goes out tonight."""
    future = run.fork()
    future.advance(day * DAY_S + LAST_QUARTER * QUARTER_S)
    return future.outcome()


def night_for(field: Field, evening: Evening, losses: list[Floats], trips: float = TRIPS_OF_A_TRIP) -> Night:
    classes = field.scenario.classes.plugs_in
    return night_of(field, evening, *(trips * losses[int(pick(classes))] for pick in (np.argmin, np.argmax)))


def planned(field: Field, evening: Evening, night: Night, plan: NightPlan, trips: float = TRIPS_OF_A_TRIP) -> Plan:
    home = nothing(night).costs
    saved = home.moped_loss + home.car_loss - plan.costs.moped_loss - plan.costs.car_loss
    return Plan(work_of(field, evening, plan), crew_minutes(plan), saved / trips / field.crews.lost_trip_cents)


def day_after(field: Field, run: Simulation, plan: Plan, day: int) -> Day:
    begins_s, ends_s = day * DAY_S + NIGHT_ENDS_S, day * DAY_S + LAST_QUARTER * QUARTER_S
    run.advance(begins_s)
    undone = run.work(plan.work)
    run.advance(ends_s)
    outcome = run.outcome()
    asked = outcome.since(begins_s)
    lost = int((asked & outcome.unmet).sum())
    crew_cents = field.crews.cents_per_min * plan.crew_minutes
    return Day(
        lost=lost,
        served=int((asked & outcome.served).sum()),
        revenue_cents=int(outcome.cents[asked].sum()),
        crew_minutes=plan.crew_minutes,
        cost_cents=lost * field.crews.lost_trip_cents + crew_cents,
        promised=plan.promised,
        undone=len(undone),
    )
