"""A number that no plan undercuts: crews as a flow through the city, visits and drives in fractions.

Whatever the plan, its crews come to a place as often as they leave it; a visit, a plug-in or a drive that begins at a
place needs a crew to come there; mopeds unloaded have been loaded; batteries and minutes are those of all crews
together, at the rate of the cheapest and by the fastest way of any. So the cheapest fractional mixture of ways, of
quantities at each place and of jobs costs no more than any plan. Mixtures whose crews go round in circles away from the
depots are cut off: a set of places is entered at least as much as any of its members is visited, found by minimum cuts.
Where cars and places are many, a drive to one of a car's less promising targets is cut in halves that may be combined.
Hours of places, breaks, the order of loads and the site's power are left out. Of bookings, those are required that the
plan at hand honours.
"""

from collections.abc import Callable, Collection

import numpy as np
from ortools.linear_solver import pywraplp

from mobility.rebalancing.optimiser.night.flow import BIG, Flow, Programme
from mobility.rebalancing.optimiser.night.instance import NONE
from mobility.rebalancing.optimiser.night.model import Model
from mobility.rebalancing.optimiser.night.optimistic import drives_of, fixed_cents, room_for_cars
from mobility.rebalancing.optimiser.night.ways import alike

PROGRESS_MIN = 1e-4
ROUNDS_MAX = 40
ROUNDING = 1e-6  # the linear solver's own tolerance, kept on the safe side


class LowerBound:
    """What every plan costs at least that honours the bookings `honoured`: `cents`.

    The first optimum, without which there is no bound, has `first_seconds`; each that follows what `seconds_left` says.
    """

    def __init__(
        self, model: Model, honoured: Collection[int], *, first_seconds: float, seconds_left: Callable[[], float]
    ) -> None:
        self.relaxation = Relaxation(model, honoured)
        self.last: tuple[float, dict[int, float]] = (float("-inf"), {})
        self.cents = self.solve(first_seconds)
        for _ in range(ROUNDS_MAX):
            if not np.isfinite(self.cents) or seconds_left() <= 0 or not self.relaxation.tighten():
                break
            before, value = self.cents, self.solve(seconds_left())
            self.cents = max(before, value)
            if value - before < PROGRESS_MIN * abs(before):
                break

    def solve(self, seconds: float) -> float:
        cents = self.relaxation.solve(seconds)
        if np.isfinite(cents):
            self.last = cents - ROUNDING * max(1.0, abs(cents)), self.relaxation.honouring()
            return self.last[0]
        return cents

    def without(self, cars: Collection[int], seconds: float) -> float:
        """The same where the bookings of these cars need not be honoured; by duality never less than what they cost."""
        cents, prices = self.last
        least = cents - sum(prices.get(car, 0.0) for car in cars)
        self.relaxation.release(cars)
        return max(least, self.solve(seconds))


class Relaxation:
    """The growing linear model; rows and columns as the module says."""

    def __init__(self, model: Model, honoured: Collection[int]) -> None:
        self.model, self.night = model, model.night
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_dual_simplex: true")
        self.places = len(self.night.places.names)
        self.objective = self.solver.Objective()
        self.objective.SetOffset(fixed_cents(model))
        self.once = [self.solver.Constraint(0, 1) for _ in range(self.places)]
        self.drives = list(drives_of(model))
        cars = {drive.car for drive in self.drives} - {NONE}
        self.by_car = {car: self.solver.Constraint(int(car in honoured), 1) for car in sorted(cars)}
        programme = Programme(model, self.solver, self.once, self.by_car, self.drives)
        self.flows = [Flow(programme, crews) for crews in alike(model)]
        self.value_cars()

    def value_cars(self) -> None:
        """The convex loss by cars at a place, from below by its tangents; bays hold what stands there."""
        curves, stock, infinity = self.night.places.car_cents, self.model.garage.stock, self.solver.infinity()
        changes: list[dict[int, int]] = [{} for _ in range(self.places)]
        for k, drive in enumerate(self.drives):
            for place, change in ((drive.place, -drive.leaves), (drive.to_place, drive.comes)):
                if place < self.places and change:
                    changes[place][k] = changes[place].get(k, 0) + change
        for place in range(self.places):
            curve = curves[place][np.isfinite(curves[place])]
            loss = self.solver.NumVar(-infinity, infinity, "")
            self.objective.SetCoefficient(loss, 1)
            slopes = np.minimum.accumulate(np.diff(curve)[::-1])[::-1] if len(curve) > 1 else np.zeros(1)
            for k, slope in enumerate(slopes.tolist()):
                tangent = self.solver.Constraint(float(curve[k] + slope * (stock[place] - k)), infinity)
                tangent.SetCoefficient(loss, 1)
                for job, change in changes[place].items():
                    self.of_all(tangent, job, -slope * change)
        self.keep_bays()

    def keep_bays(self) -> None:
        rows = [self.solver.Constraint(-BIG, float(room)) for room in room_for_cars(self.model)]
        for k, drive in enumerate(self.drives):
            for place, change in ((drive.place, -1), (drive.to_place, 1)):
                if drive.place != drive.to_place and place < self.places:
                    self.of_all(rows[place], k, change)

    def of_all(self, row: pywraplp.Constraint, job: int, coefficient: float) -> None:
        for flow in self.flows:
            if (variable := flow.done[job]) is not None:
                row.SetCoefficient(variable, coefficient)

    def solve(self, seconds: float) -> float:
        self.solver.SetTimeLimit(max(1, int(1000 * seconds)))
        status = self.solver.Solve()
        return float(self.objective.Value()) if status == pywraplp.Solver.OPTIMAL else float("-inf")

    def honouring(self) -> dict[int, float]:
        """By car, what it costs at most that its booking is honoured: the price of its row in the last optimum."""
        return {car: max(0.0, row.dual_value()) for car, row in self.by_car.items()}

    def release(self, cars: Collection[int]) -> None:
        for car in cars:
            if car in self.by_car:
                self.by_car[car].SetLb(0)

    def tighten(self) -> bool:
        """Cut off circles away from the depots; whether there was any."""
        broken = [(flow, *cut) for flow in self.flows for cut in flow.broken_cuts()]
        for flow, members, place in broken:
            flow.enter(members, place)
        return bool(broken)
