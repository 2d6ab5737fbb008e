"""From a night to the arrays of the compiled kernel; who drives which van."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night import kernel
from mobility.rebalancing.optimiser.night.instance import NONE, Flags, Lock, Night, Reals
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN, Garage, Job, jobs_of

MOPED_KINDS = ("swap", "load", "unload")
STOPS_MAX = 120  # of one tour: a night's minutes allow fewer
ROOM_MAX = 40  # mopeds in a van that the tables of loads are made for


@dataclass(frozen=True, eq=False)
class Model:
    """`problem` for the kernel; `jobs` by its numbers; `van_of` by crew, -1: none."""

    night: Night
    garage: Garage
    van_of: Integers
    jobs: tuple[Job, ...]
    problem: kernel.Problem

    @property
    def stops_max(self) -> int:
        return min(STOPS_MAX, len(self.night.places.names) + len(self.night.cars.names)) + 1


def allot_vans(night: Night) -> Integers:
    """One van for each crew while there are any, those with most room first; -1 for a crew without."""
    vans, crews = night.vans, len(night.crews.names)
    van_of = np.full(crews, NONE, np.int64)
    if crews and len(vans.names):
        size = 1 + vans.moped_places + vans.battery_places
        gain = np.where(night.crews.may_drive, size, 0)
        for crew, van in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            if night.crews.may_drive[crew, van]:
                van_of[crew] = van
    return van_of


def model_of(night: Night, locks: Sequence[Lock] = (), jobs_locked: Sequence[Job | None] = ()) -> Model:
    """The kernel's problem; of a locked car only the locked job is left."""
    garage, van_of = Garage(night), allot_vans(night)
    by_car = jobs_of(night, garage)
    for lock, job in zip(locks, jobs_locked, strict=True):
        if job is not None:
            by_car[lock.vehicles[0]] = [job]
    jobs = tuple(job for jobs in by_car for job in jobs)
    problem = problem_of(night, garage, van_of, by_car, locks)
    return Model(night, garage, van_of, jobs, problem)


def problem_of(
    night: Night, garage: Garage, van_of: Integers, by_car: list[list[Job]], locks: Sequence[Lock]
) -> kernel.Problem:
    crews, jobs = night.crews, [job for jobs in by_car for job in jobs]
    stocks = Stocks(night, locks)
    only = np.full(len(night.places.names) + len(night.cars.names), NONE, np.int64)
    for lock in locks:
        entity = lock.place if lock.kind in MOPED_KINDS else len(night.places.names) + lock.vehicles[0]
        only[entity] = lock.crew
    worth = np.concatenate([stocks.worth_visit, [bool(of_car) for of_car in by_car]]).astype(np.bool_)
    return kernel.Problem(
        travel=travel_of(night),
        mode=crews.mode,
        start=crews.start,
        end=crews.end,
        rate=crews.cents_per_min,
        begin=crews.shift_min[:, 0].copy(),
        limit=np.minimum(crews.shift_min[:, 1], night.morning_min),
        rest=np.column_stack([crews.break_min, crews.break_window_min]),
        room=np.minimum(of_van(night.vans.moped_places, van_of), ROOM_MAX),
        batteries=np.maximum(of_van(night.vans.battery_places, van_of) - crews.batteries_used, 0),
        on_board=np.array([len(board) for board in crews.on_board], np.int64),
        skill=np.column_stack([crews.skills[:, :2] & (van_of >= 0)[:, None], crews.skills[:, 2:]]),
        group=groups_of(night, van_of),
        hours=(van_of >= 0).astype(np.int64),
        closed=closed_of(night),
        minutes=np.array([night.service_min.swap, night.service_min.load, night.service_min.unload]),
        value=curves(night.places.moped_cents),
        top=np.isfinite(night.places.moped_cents).sum(axis=1) - 1,
        good=stocks.good,
        swap_low=stocks.swap_low,
        swap_high=stocks.swap_high,
        swap_cents=stocks.swap_cents,
        move_low=stocks.move_low,
        move_high=stocks.move_high,
        worth_visit=worth,
        only=only,
        car_jobs=numbered(by_car),
        job=job_table(jobs),
        job_cents=np.array([job.cents for job in jobs], np.float64),
        car_value=curves(night.places.car_cents),
        car_stock=garage.stock,
        bays=garage.free_bays,
        chargers=garage.free_chargers,
        near=nearest(night),
        cars_at=by_place(night.cars.place, len(night.places.names)),
    )


class Stocks:
    """Mopeds by place, and what may be done to them; a place with locked work gets that and nothing else."""

    def __init__(self, night: Night, locks: Sequence[Lock]) -> None:
        mopeds, places = night.mopeds, len(night.places.names)
        self.night = night
        self.good = self.count(mopeds.usable)
        self.swap_low = np.zeros(places, np.int64)
        self.swap_high = self.count(~mopeds.usable & ~mopeds.excluded)
        self.move_high = self.count(mopeds.usable & ~mopeds.excluded)
        standing = self.count(np.ones(len(mopeds.names), np.bool_))
        self.move_low = -np.maximum(night.places.moped_docks - standing, 0)
        for lock in locks:
            if lock.kind in MOPED_KINDS:
                self.swap_high[lock.place] = self.move_low[lock.place] = self.move_high[lock.place] = 0
        self.locked_swaps: dict[int, list[int]] = {}
        for lock in locks:
            self.lock(lock)
        self.move_high = self.move_high - np.where(self.swap_low > 0, self.swap_low, 0)

    def count(self, chosen: Flags) -> Integers:
        at = self.night.mopeds.place[chosen & (self.night.mopeds.place >= 0)]
        return np.bincount(at, minlength=len(self.night.places.names)).astype(np.int64)

    def lock(self, lock: Lock) -> None:
        count = len(lock.vehicles)
        if lock.kind == "swap":
            self.locked_swaps.setdefault(lock.place, []).extend(lock.vehicles)
            self.swap_low[lock.place] += count
            self.swap_high[lock.place] += count
        elif lock.kind in MOPED_KINDS:
            moved = count if lock.kind == "load" else -count
            self.move_low[lock.place] += moved
            self.move_high[lock.place] += moved

    @property
    def swap_cents(self) -> Reals:
        """By place and number of swaps: what the batteries are worth, the locked mopeds or the lowest charges first."""
        mopeds, locked = self.night.mopeds, self.locked_swaps
        found = np.zeros((len(self.good), int(self.swap_high.max(initial=0)) + 1))
        for place in np.flatnonzero(self.swap_high).tolist():
            flat = np.flatnonzero((mopeds.place == place) & ~mopeds.usable & ~mopeds.excluded)
            worth = np.sort(mopeds.swap_cents[locked.get(place, flat)])[::-1]
            found[place, 1 : len(worth) + 1] = worth.cumsum()
        return found

    @property
    def worth_visit(self) -> Flags:
        return np.asarray((self.swap_high > 0) | (self.move_high > 0) | (self.move_low < 0))


def of_van(by_van: Integers, van_of: Integers) -> Integers:
    return np.append(by_van, 0)[van_of].astype(np.int64)  # -1, no van, is the last


def groups_of(night: Night, van_of: Integers) -> Integers:
    """Crews to whom a visit costs the same, whatever its quantities."""
    facts = (
        of_van(night.vans.moped_places, van_of),
        night.crews.cents_per_min,
        *night.crews.skills[:, :2].T,
        van_of >= 0,
    )
    return np.unique(np.column_stack(facts), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def travel_of(night: Night) -> NDArray[np.int32]:
    """Access on each arrival at another place; depots need none."""
    places = len(night.places.names)
    travel = np.minimum(night.travel_min, NO_WAY_MIN).astype(np.int32)
    travel[:, :, :places] += night.service_min.access
    for layer in travel:
        np.fill_diagonal(layer, 0)
    return travel


def closed_of(night: Night) -> Integers:
    """By whether the crew has a van."""
    closed, quiet = night.places.closed_min, night.places.quiet_min
    return np.stack([np.concatenate([closed, np.zeros_like(quiet)], axis=1), np.concatenate([closed, quiet], axis=1)])


def curves(cents: Reals) -> Reals:
    """Without infinities, which the kernel would have to ask about."""
    return np.where(np.isfinite(cents), cents, kernel.FAR)


def numbered(by_car: list[list[Job]]) -> Integers:
    most, number = max((len(jobs) for jobs in by_car), default=0), 0
    table = np.full((len(by_car), max(most, 1)), NONE, np.int64)
    for car, jobs in enumerate(by_car):
        table[car, : len(jobs)] = np.arange(number, number + len(jobs))
        number += len(jobs)
    return table


def job_table(jobs: Sequence[Job]) -> Integers:
    rows = [
        (j.place, j.to_place, j.minutes, j.plugs, j.drives, j.release_min, j.due_min, j.leaves, j.comes, j.takes_bay)
        for j in jobs
    ]
    return np.array(rows, np.int64).reshape(len(rows), 10)


def nearest(night: Night) -> Integers:
    """By place, all places by the way there and back."""
    places = len(night.places.names)
    layer = night.travel_min[0] if len(night.travel_min) else np.zeros((night.locations, night.locations), np.int64)
    both = (layer + layer.T)[:places, :places].astype(np.int64)
    np.fill_diagonal(both, -1)
    return np.argsort(both, axis=1, kind="stable").astype(np.int64)


def by_place(at: Integers, places: int) -> Integers:
    most = int(np.bincount(at, minlength=1).max()) if len(at) else 0
    table = np.full((places, max(most, 1)), NONE, np.int64)
    filled = np.zeros(places, np.int64)
    for index, place in enumerate(at.tolist()):
        table[place, filled[place]] = index
        filled[place] += 1
    return table
