"""What the night would lose without a task, and without all that cannot be done then: by the cost of what is left.

Worths of tasks do not add up to the plan's: two tasks at one place share the way there, and of two mopeds for one place
the second is needed less than the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mobility.rebalancing.optimiser.charging import Charging, PluggedCars, reschedule, schedule
from mobility.rebalancing.optimiser.explain.edits import Streets, Visit, depending_on, visits
from mobility.rebalancing.optimiser.night.finish import finished, plugged_cars
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task, Tour
from mobility.rebalancing.rules.sentences import Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class TripCents:
    """What a trip lost is worth in the night's value curves; None: trips are not told."""

    moped: float | None = None
    car: float | None = None


class Explainer:
    """A night and its plan, with what an edit of the plan changes."""

    def __init__(self, night: Night, plan: NightPlan, trip_cents: TripCents | None = None) -> None:
        self.night, self.plan, self.streets = night, plan, Streets(night)
        self.trip_cents = trip_cents or TripCents()

    @cached_property
    def cheap_visits(self) -> list[Visit]:
        """Those that could be given up, the least worth first."""
        worths = worth_of_visits(self)
        told = {visit: worth for visit, worth in worths.items() if worth is not None and not worth.bookings}
        return sorted(told, key=lambda visit: (told[visit].cents, visit.tour, visit.first))

    @cached_property
    def baseline(self) -> NightPlan:
        """The plan charged as its edits are: one charged by the rule would make them all look better."""
        return self.planned(self.plan.tours)

    def planned(self, tours: Sequence[Tour]) -> NightPlan:
        return finished(self.night, tours, charge=self.charge)

    def charge(self, cars: PluggedCars) -> Charging:
        """Anew at the sites where an edit changes something."""
        return reschedule(cars, *self.charging)

    @cached_property
    def charging(self) -> tuple[PluggedCars, Charging]:
        """The plan's own."""
        tasks = sorted((task for _, task in self.plan.tasks()), key=lambda task: task.starts_min)
        cars = plugged_cars(self.night, tasks)
        return cars, schedule(cars)

    def worth(self, with_it: NightPlan, without: NightPlan) -> Worth:
        """Of what one plan has and the other has not."""
        cents = without.cost_cents - with_it.cost_cents
        saved = with_it.costs.crew - without.costs.crew
        return Worth(
            cents=cents,
            gain_cents=cents + saved,
            crew_min=crew_minutes(with_it) - crew_minutes(without),
            trips=self.trips(with_it, without),
            kwh=drawn_kwh(with_it) - drawn_kwh(without),
            bookings=tuple(self.night.bookings.names[index] for index in sorted(broken(without) - broken(with_it))),
        )

    def trips(self, with_it: NightPlan, without: NightPlan) -> float | None:
        """Served more tomorrow; None when a loss that changes has no price of a trip."""
        found = 0.0
        for name in ("moped", "car"):
            less = getattr(without.costs, f"{name}_loss") - getattr(with_it.costs, f"{name}_loss")
            price = getattr(self.trip_cents, name)
            if less and price is None:
                return None
            found += less / price if less else 0.0
        return found

    def worth_of(self, tasks: Sequence[Task]) -> Worth | None:
        """None when the rest of the plan could not be driven without them."""
        tours = self.streets.without(self.plan, depending_on(self.night, tasks))
        return None if tours is None else self.worth(self.baseline, self.planned(tours))


def worth_of_tasks(explainer: Explainer) -> dict[tuple[int, int], Worth | None]:
    """By number of the tour, and of the task in it; breaks have none."""
    return {
        (number, at): explainer.worth_of([task])
        for number, tour in enumerate(explainer.plan.tours)
        for at, task in enumerate(tour.tasks)
        if task.kind != "break"
    }


def worth_of_visits(explainer: Explainer) -> dict[Visit, Worth | None]:
    """Of all that a crew does at one place before it goes on."""
    tours = explainer.plan.tours
    return {
        visit: explainer.worth_of(tours[visit.tour].tasks[visit.first : visit.last + 1])
        for visit in visits(explainer.plan)
    }


def crew_minutes(plan: NightPlan) -> int:
    return sum(tour.travel_min + tour.service_min for tour in plan.tours)


def drawn_kwh(plan: NightPlan) -> float:
    return float(plan.power_w.sum()) / 4 / 1000


def broken(plan: NightPlan) -> set[int]:
    return {each.index for each in plan.unserved if each.what == "booking"}
