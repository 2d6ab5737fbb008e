"""From the kernel's orders to tours of named tasks."""

from collections.abc import Iterator

import numpy as np

from mobility.rebalancing.optimiser.night import kernel
from mobility.rebalancing.optimiser.night.instance import NONE, Kind, Lock
from mobility.rebalancing.optimiser.night.model import Model
from mobility.rebalancing.optimiser.night.plan import Task, Tour


def tours_of(model: Model, state: kernel.State, locks: tuple[Lock, ...] = ()) -> tuple[Tour, ...]:
    """The tours on which the state stands; crews without any task stay at home."""
    crews = range(len(model.night.crews.names))
    return tuple(tour_of(model, state, crew, locks) for crew in crews if state.tours.length[crew])


def tour_of(model: Model, state: kernel.State, crew: int, locks: tuple[Lock, ...]) -> Tour:
    night, n = model.night, int(state.tours.length[crew])
    break_before = int(kernel.break_position(model.problem, state, crew))
    yard = Yard(model, crew, locks)
    tasks: list[Task] = []
    for pos in range(n + 1):
        if pos == break_before:
            tasks.append(yard.rest(int(state.stops[kernel.LEAVE, crew, pos]), int(state.stops[kernel.HERE, crew, pos])))
        if pos < n:
            begins = int(state.stops[kernel.ENDS, crew, pos] - state.stops[kernel.WORK, crew, pos])
            tasks.extend(yard.work(int(state.tours.order[crew, pos]), state, begins))
    way = [int(model.problem.travel[night.crews.mode[crew], a, b]) for a, b in legs(state, crew)]
    service = int(state.stops[kernel.WORK, crew, :n].sum())
    returns = int(state.stops[kernel.LEAVE, crew, n]) + way[-1]
    return Tour(
        crew=crew,
        van=int(model.van_of[crew]),
        leaves_min=int(night.crews.shift_min[crew, 0]),
        returns_min=returns,
        travel_min=sum(way),
        service_min=service,
        tasks=tuple(tasks),
    )


def legs(state: kernel.State, crew: int) -> Iterator[tuple[int, int]]:
    for pos in range(state.tours.length[crew] + 1):
        yield int(state.stops[kernel.HERE, crew, pos]), int(state.stops[kernel.THERE, crew, pos])


class Yard:
    """A crew at work: which vehicles it takes, and what is on board."""

    def __init__(self, model: Model, crew: int, locks: tuple[Lock, ...]) -> None:
        self.model, self.night, self.crew = model, model.night, crew
        self.locks = [lock for lock in locks if lock.crew == crew]
        self.on_board = list(self.night.crews.on_board[crew])
        self.batteries = int(model.problem.batteries[crew])
        promised = [moped for lock in self.locks if lock.kind == "unload" for moped in lock.vehicles]
        self.promised = np.isin(np.arange(len(self.night.mopeds.names)), promised)

    def rest(self, ends_min: int, location: int) -> Task:
        place = location if location < len(self.night.places.names) else NONE
        return self.task("break", place, (), ends_min - int(self.night.crews.break_min[self.crew]), ends_min)

    def work(self, entity: int, state: kernel.State, begins: int) -> Iterator[Task]:
        places = len(self.night.places.names)
        if entity >= places:
            yield from self.car(int(state.tours.job[entity - places]), begins)
            return
        yield from self.visit(entity, int(state.tours.swaps[entity]), int(state.tours.moves[entity]), begins)

    def car(self, number: int, begins: int) -> Iterator[Task]:
        job, plug = self.model.jobs[number], self.night.service_min.plug
        if job.drives:
            ends = begins + job.minutes - (plug if job.plugs else 0)
            yield self.task("drive", job.place, (job.car,), begins, ends, to_place=job.to_place)
            begins = ends
        if job.plugs:
            yield self.task("plug", job.to_place, (job.car,), begins, begins + plug)

    def visit(self, place: int, swaps: int, moves: int, begins: int) -> Iterator[Task]:
        mopeds, service = self.night.mopeds, self.night.service_min
        free = (mopeds.place == place) & ~mopeds.excluded
        charge = mopeds.charge_percent.copy()
        usable = mopeds.usable.copy()
        if swaps:
            swapped = self.chosen("swap", place, np.flatnonzero(free & ~usable), charge, swaps)
            self.batteries -= swaps
            yield self.task("swap", place, swapped, begins, begins := begins + swaps * service.swap)
            charge[list(swapped)], usable[list(swapped)] = 100, True
        if moves > 0:
            loaded = self.chosen("load", place, np.flatnonzero(free & usable), -charge, moves)
            self.on_board.extend(loaded)
            yield self.task("load", place, loaded, begins, begins + moves * service.load)
        elif moves < 0:
            left = self.chosen("unload", place, np.array(self.on_board), self.promised, -moves)
            self.on_board = [moped for moped in self.on_board if moped not in left]
            yield self.task("unload", place, left, begins, begins - moves * service.unload)

    def chosen(self, kind: Kind, place: int, among: np.ndarray, rank: np.ndarray, count: int) -> tuple[int, ...]:
        """Those that a lock names here, then those of the lowest rank: what is promised elsewhere comes last."""
        locked = [v for lock in self.locks if (lock.kind, lock.place) == (kind, place) for v in lock.vehicles]
        rest = [v for v in among[np.argsort(rank[among], kind="stable")].tolist() if v not in locked]
        return tuple((locked + rest)[:count])

    def task(
        self, kind: Kind, place: int, vehicles: tuple[int, ...], starts: int, ends: int, to_place: int = NONE
    ) -> Task:
        return Task(
            kind=kind,
            place=place,
            to_place=to_place,
            vehicles=vehicles,
            starts_min=starts,
            ends_min=ends,
            moped_load=len(self.on_board),
            batteries=self.batteries,
        )
