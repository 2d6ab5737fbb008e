"""A city simulated some days, several times over: the figures of each replication and what they mean together."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mobility.simulation.demand import Demand, draw_riders
from mobility.simulation.nights import POLICIES
from mobility.simulation.outcome import End, Outcome
from mobility.simulation.run import simulate
from mobility.simulation.scenario import DAY_S, Scenario
from mobility.simulation.statistics import Mean, mean_of

KWH_MWH = 1_000_000


@dataclass(frozen=True, eq=False)
class Replication:
    """One run: a city, the seed of its riders, the crews' rule by name, and the days that only warm up."""

    scenario: Scenario
    demand: Demand
    seed: int
    crews: str = "none"
    warm_up_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a day is like, as a mean over the days after the warm-up; shares are of the riders who asked."""

    asked: float
    served: float
    served_share: float
    no_vehicle: float
    too_little_charge: float
    not_eligible: float
    closed: float
    given_up: float
    revenue_cents: float
    ride_minutes: float
    ride_km: float
    used_kwh: float
    refused_parking: float


@dataclass(frozen=True, eq=False)
class Result:
    """The figures of a run, who asked and who was not served by the hour, and by place."""

    figures: Figures
    events: int
    asked_by_hour: Sequence[int]
    unmet_by_hour: Sequence[int]
    asked_by_place: Sequence[int]
    unmet_by_place: Sequence[int]


def replicate(replication: Replication) -> Result:
    """Simulate once; what a process of its own runs."""
    riders = draw_riders(replication.scenario, replication.demand, replication.seed)
    policy = POLICIES[replication.crews](replication.scenario)
    return result_of(simulate(replication.scenario, riders, policy=policy), replication.warm_up_days)


def result_of(outcome: Outcome, warm_up_days: int = 0) -> Result:
    asked = outcome.since(warm_up_days * DAY_S)
    unmet = asked & outcome.unmet
    return Result(
        figures_of(outcome, asked, outcome.scenario.calendar.days - warm_up_days),
        outcome.events,
        *(outcome.by_hour(which).tolist() for which in (asked, unmet)),
        *(outcome.by_place(which).tolist() for which in (asked, unmet)),
    )


def figures_of(outcome: Outcome, asked: Any, days: int) -> Figures:
    served = asked & outcome.served
    rides = max(1, int(served.sum()))

    def a_day(*ends: End) -> float:
        return float((asked & np.isin(outcome.end, ends)).sum() / days)

    klass = outcome.scenario.fleet.vehicle_class[outcome.vehicle[served]]
    used_mwh = (outcome.distance_m[served] * outcome.scenario.classes.wh_per_km[klass]).sum()
    return Figures(
        asked=float(asked.sum() / days),
        served=a_day(End.SERVED),
        served_share=float(served.sum() / max(1, asked.sum())),
        no_vehicle=a_day(End.NO_VEHICLE, End.DID_NOT_UNLOCK),
        too_little_charge=a_day(End.TOO_LITTLE_CHARGE),
        not_eligible=a_day(End.NOT_ELIGIBLE),
        closed=a_day(End.CLOSED),
        given_up=a_day(End.GAVE_BACK, End.TOO_FAR),
        revenue_cents=float(outcome.cents[served].sum() / days),
        ride_minutes=float((outcome.ended_s - outcome.started_s)[served].sum() / 60 / rides),
        ride_km=float(outcome.distance_m[served].sum() / 1_000 / rides),
        used_kwh=float(used_mwh / KWH_MWH / days),
        refused_parking=float((outcome.end_place != outcome.riders.destination)[served].sum() / days),
    )


def means(results: Sequence[Result]) -> dict[str, Mean]:
    """Of each figure over the replications, with its interval of confidence."""
    rows = [asdict(result.figures) for result in results]
    return {name: mean_of([row[name] for row in rows]) for name in rows[0]}
