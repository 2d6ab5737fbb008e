"""Crews of a simulated night: what they do, for how many minutes and kilometres."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from mobility.placement.rules.study import Crews as CrewsWord
from mobility.placement.service.town import StudyTown
from mobility.rebalancing.optimiser.night.solve import greedy
from mobility.rebalancing.rules.forecast import Flows
from mobility.rebalancing.rules.places import places_of
from mobility.simulation.backtest.expectation import expected_losses, true_flows
from mobility.simulation.backtest.field import Field, NoNightWork, crews_of, plain_situation
from mobility.simulation.backtest.planning import crew_minutes, work_of
from mobility.simulation.backtest.trial import MINUTES_A_TASK, night_for, tasks_of
from mobility.simulation.nights import TASKS_MAX, OperatorsRule
from mobility.simulation.outcome import Work
from mobility.simulation.run import Simulation
from mobility.simulation.scenario import Scenario

ROAD_MINUTES_A_TASK, ROAD_KMH = 4, 25
"""Of the operators' rule, whose tours nobody plans: four of the nine minutes of a task, at a van's speed in town."""


@dataclass(frozen=True, eq=False)
class Shift:
    """A night's work; `tasks` are vehicles that somebody did something for."""

    work: Work
    minutes: float = 0.0
    km: float = 0.0

    @property
    def tasks(self) -> int:
        return len(self.work.vehicle)


class Night(Protocol):
    def shift(self, run: Simulation, day: int) -> Shift:
        """Decided on the evening before the day."""
        ...


class AtHome:
    def shift(self, run: Simulation, day: int) -> Shift:
        return Shift(Work.nothing())


@dataclass(frozen=True, eq=False)
class ByRule:
    rule: OperatorsRule

    def shift(self, run: Simulation, day: int) -> Shift:
        work = self.rule(run.evening())
        tasks = len(work.vehicle)
        return Shift(work, MINUTES_A_TASK * tasks, ROAD_MINUTES_A_TASK / 60 * ROAD_KMH * tasks)


@dataclass(frozen=True, eq=False)
class ByPlan:
    """The night's optimiser, greedy, which knows the rates that riders are drawn from."""

    on: Field
    flows: dict[int, Flows] = field(default_factory=dict)

    def shift(self, run: Simulation, day: int) -> Shift:
        evening = run.evening()
        kind = int(self.on.scenario.calendar.kind_of_day[day])
        if kind not in self.flows:
            self.flows[kind] = true_flows(self.on, run.outcome(), day)
        plan = greedy(night_for(self.on, evening, expected_losses(self.on, evening, self.flows[kind])))
        speed = self.on.crews.speed_kmh
        km = sum(tour.travel_min * int(speed[tour.crew]) / 60 for tour in plan.tours)
        return Shift(work_of(self.on, evening, plan), crew_minutes(plan), km)


def night_of(town: StudyTown, scenario: Scenario, crews: CrewsWord) -> Night:
    """Raises `NoNightWork` where a plan is asked for and the city file does not say who works."""
    if crews == "none":
        return AtHome()
    night = town.city.file.night
    if crews == "operators":
        return ByRule(OperatorsRule(scenario, TASKS_MAX if night is None else tasks_of(_field(town, scenario))))
    if night is None:
        raise NoNightWork
    return ByPlan(_field(town, scenario))


def _field(town: StudyTown, scenario: Scenario) -> Field:
    night = town.city.file.night
    if night is None:
        raise NoNightWork
    places = places_of(town.city)
    situation = plain_situation(places, np.ones(len(places.classes)))
    return Field(scenario=scenario, demand=town.demand, places=places, situation=situation, crews=crews_of(night))
