"""One run of a city: the compiled events day by day, and between two days whatever the crews do."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from mobility.simulation import kernel
from mobility.simulation.outcome import Evening, Outcome, Work, outcome_of
from mobility.simulation.riders import Riders
from mobility.simulation.scenario import DAY_S, Ints, Scenario
from mobility.simulation.tariff import TariffTable

LOG_ROWS = 4_096
NOBODY = kernel.NOBODY
NIGHT_BEGINS_S, NIGHT_ENDS_S = -2 * 3_600, 5 * 3_600
"""Crews are sent out at ten in the evening; what they did is there at five in the morning, all at once."""


class NightPolicy(Protocol):
    """Decides in the evening what crews do until the morning."""

    def __call__(self, evening: Evening) -> Work: ...


def at_home(evening: Evening) -> Work:
    """No crew goes out."""
    return Work.nothing()


def silent(_: int) -> None:
    pass


def never() -> bool:
    return False


@dataclass(eq=False)
class Simulation:
    """A city under way: `advance` lets time pass, `work` lets crews act."""

    scenario: Scenario
    riders: Riders
    logs: bool = False

    def __post_init__(self) -> None:
        self.riders.fits(self.scenario)
        self.tables = tables_of(self.scenario)
        self.wishes = kernel.Wishes(*(getattr(self.riders, each.name).copy() for each in fields(self.riders)))
        self.street = street_of(self.scenario)
        self.journeys = journeys_of(len(self.riders))
        self.course = course_of(self.scenario, self.logs)
        self.now_s = 0

    def advance(self, until_s: int) -> None:
        """Everything that happens before `until_s`."""
        while not kernel.run(self.tables, self.wishes, self.street, self.journeys, self.course, until_s):
            self.course = self.course._replace(log=np.concatenate([self.course.log, np.zeros_like(self.course.log)]))
        self.now_s = until_s

    def work(self, work: Work) -> Ints:
        """Crews' work, now; the rows of it that could not be done."""
        columns = work.vehicle, work.place, work.to_place, work.charge_mwh, work.plugs_in
        done = np.zeros(len(work.vehicle), np.bool_)
        kernel.work(self.tables, self.street, self.course, columns, done, self.now_s)
        return np.flatnonzero(~done)

    def evening(self) -> Evening:
        """What a crew's dispatcher sees now."""
        street = self.street
        charge = [kernel.charge_at(self.tables, street, v, self.now_s) for v in range(len(street.at))]
        is_free = (street.at >= 0) & ~street.is_held
        return Evening(self.now_s, street.at.copy(), np.array(charge, np.int64), is_free, street.plugged_s >= 0)

    def fork(self) -> "Simulation":
        """The same city at the same instant, to go on in another way."""
        other = copy(self)
        for name in ("street", "journeys", "course"):
            part = getattr(self, name)
            setattr(other, name, type(part)(*(column.copy() for column in part)))
        return other

    def outcome(self) -> Outcome:
        """What has happened so far; who is still on the way counts as such."""
        log = self.course.log[: self.course.marks[2]].copy()
        return outcome_of(self.scenario, self.riders, self.street, self.journeys, self.course.counts, log, self.now_s)


def simulate(
    scenario: Scenario,
    riders: Riders,
    *,
    policy: NightPolicy = at_home,
    logs: bool = False,
    progress: Callable[[int], None] = silent,
    cancelled: Callable[[], bool] = never,
) -> Outcome:
    """The whole of a scenario; with the same riders and policy always the same.

    The policy is asked when the night begins; the first one begins at midnight. `progress` is told the days that are
    over; a cancelled run is what has happened so far.
    """
    run = Simulation(scenario, riders, logs)
    if policy is at_home and progress is silent and cancelled is never:
        run.advance(scenario.ends_s)
        return run.outcome()
    for day in range(scenario.calendar.days):
        run.advance(max(0, day * DAY_S + NIGHT_BEGINS_S))
        work = policy(run.evening())
        run.advance(day * DAY_S + NIGHT_ENDS_S)
        run.work(work)
        progress(day + 1)
        if cancelled():
            return run.outcome()
    run.advance(scenario.ends_s)
    return run.outcome()


def tables_of(scenario: Scenario) -> kernel.Tables:
    """The scenario as the kernel reads it."""
    of_scenario = {
        name: getattr(part, name).copy()  # what may not be written to would be compiled for once more
        for part in (scenario, scenario.calendar, scenario.places, scenario.classes)
        for name in kernel.Tables._fields
        if hasattr(part, name)
    }
    return kernel.Tables(**of_scenario, **_stacked(scenario.classes.tariffs))


def _stacked(tariffs: tuple[TariffTable, ...]) -> dict[str, Ints]:
    flat = [(t.start_cents, t.minimum_cents, t.free_s, t.pause_cents) for t in tariffs]
    stacked = {
        "flat_cents": np.array(flat, np.int64),
        "package_count": np.array([len(t.packages) for t in tariffs], np.int64),
        **{name: _padded([getattr(t, name) for t in tariffs]) for name in ("time", "distance", "packages")},
    }
    whole = ("caps_cents", "percent", "fees_cents", "rebates_cents")
    return stacked | {name: np.stack([getattr(t, name) for t in tariffs]).astype(np.int64) for name in whole}


def _padded(tables: list[Ints]) -> Ints:
    """Of one length, by rows of a segment that never begins."""
    longest = max(len(table) for table in tables)
    padded = np.zeros((len(tables), longest, tables[0].shape[1]), np.int64)
    padded[:, :, -1] = 1  # an interval of 0 would never end
    for row, table in zip(padded, tables, strict=True):
        row[: len(table)] = table
    return padded


def street_of(scenario: Scenario) -> kernel.Street:
    """The first midnight: every vehicle stands free; riders who ended at a free charger had plugged in."""
    fleet, vehicles = scenario.fleet, len(scenario.fleet.place)
    shape = scenario.places.accepts.shape
    street = kernel.Street(
        vehicle_class=fleet.vehicle_class.copy(),
        at=fleet.place.copy(),
        is_held=np.zeros(vehicles, np.bool_),
        charge_mwh=fleet.charge_mwh.copy(),
        plugged_s=np.full(vehicles, NOBODY, np.int64),
        following=np.full(vehicles, NOBODY, np.int64),
        first=np.full(shape, NOBODY, np.int64),
        free=np.zeros(shape, np.int64),
        empty_since_s=np.zeros(shape, np.int64),
        empty_s=np.zeros(shape, np.int64),
        taken=np.zeros(shape[1], np.int64),
        plugged=np.zeros(shape[1], np.int64),
        energy_mwh=np.zeros(3, np.int64),
    )
    tables = tables_of(scenario)
    for vehicle, place in enumerate(fleet.place.tolist()):
        plugs_in = scenario.classes.plugs_in[fleet.vehicle_class[vehicle]]
        kernel.put_down(tables, street, vehicle, place, 0, plugs_in)
    return street


def journeys_of(riders: int) -> kernel.Journeys:
    columns = [np.full(riders, NOBODY, np.int64) for _ in kernel.Journeys._fields]
    journeys = kernel.Journeys(*columns)
    for column in (journeys.outcome, journeys.distance_m, journeys.cents, journeys.failures):
        column[:] = 0
    return journeys


def course_of(scenario: Scenario, logs: bool) -> kernel.Course:
    return kernel.Course(
        np.zeros(len(scenario.fleet.place) + 1, np.int64),
        np.array([0, 0, 0, int(logs)], np.int64),
        np.zeros(kernel.MOVED + 1, np.int64),
        np.zeros((LOG_ROWS if logs else 0, 5), np.int64),
        np.zeros(24 * (scenario.calendar.days + 1), np.int64),
    )
