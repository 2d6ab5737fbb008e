"""Tasks that the operator has fixed: those that can be done stand in the tours from the beginning; the rest is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from mobility.rebalancing.optimiser.night import kernel
from mobility.rebalancing.optimiser.night.build import tours_of
from mobility.rebalancing.optimiser.night.instance import NONE, Lock, Night
from mobility.rebalancing.optimiser.night.jobs import Garage, Job, locked_job
from mobility.rebalancing.optimiser.night.model import MOPED_KINDS, Model, model_of
from mobility.rebalancing.optimiser.night.plan import Reason, Tour, Unserved


@dataclass(frozen=True, eq=False)
class Kept:
    """The model with the locks that are kept, and those that are not."""

    model: Model
    locks: tuple[Lock, ...]
    unserved: tuple[Unserved, ...]

    def state(self, seed: int) -> kernel.State:
        """Tours of what is locked and nothing else."""
        state = kernel.new_state(self.model.problem, self.model.stops_max, seed)
        kernel.prepare(self.model.problem, state)
        for crew, entity, job in stops(self.model, self.locks):
            kernel.plant(self.model.problem, state, entity, job, crew)
        return state

    def tours(self) -> tuple[Tour, ...]:
        state = self.state(seed=0)
        return tours_of(self.model, state, self.locks)


def keep_locks(night: Night) -> Kept:
    """As many of the locks as can be done together, earlier ones first."""
    kept: tuple[Lock, ...] = ()
    unserved = []
    for index, lock in enumerate(night.locks):
        reason = why_not(night, lock) or why_not_with(night, (*kept, lock))
        if reason is None:
            kept = (*kept, lock)
        else:
            unserved.append(Unserved(what="lock", index=index, reason=reason))
    return Kept(model_with(night, kept), kept, tuple(unserved))


def model_with(night: Night, locks: tuple[Lock, ...]) -> Model:
    return model_of(night, locks, [job_of(night, lock, locks) for lock in locks])


def job_of(night: Night, lock: Lock, locks: tuple[Lock, ...]) -> Job | None:
    """A drive and the plug that follows it are one job."""
    if lock.kind in MOPED_KINDS:
        return None
    of_car = [each for each in locks if each.vehicles == lock.vehicles and each.kind not in MOPED_KINDS]
    return locked_job(night, Garage(night), of_car)


def why_not(night: Night, lock: Lock) -> Reason | None:
    """What stands against a lock whatever else is done."""
    fleet = night.mopeds if lock.kind in MOPED_KINDS else night.cars
    vehicles = list(lock.vehicles)
    if fleet.excluded[vehicles].any():
        return "vehicle_excluded"
    if lock.kind == "swap" and ((night.mopeds.place[vehicles] != lock.place) | night.mopeds.usable[vehicles]).any():
        return "vehicle_elsewhere"
    if lock.kind in ("load", "drive") and (fleet.place[vehicles] != lock.place).any():
        return "vehicle_elsewhere"
    return None


def why_not_with(night: Night, locks: tuple[Lock, ...]) -> Reason | None:
    """What stands against the last of the locks when those before it are kept."""
    lock = locks[-1]
    if not is_prepared(night, locks):
        return "vehicle_elsewhere"
    jobs = [job_of(night, each, locks) for each in locks]
    if lock.kind not in MOPED_KINDS and jobs[-1] is None:
        return "no_charger" if lock.kind == "plug" else "no_way"
    model = model_of(night, locks, jobs)
    problem = model.problem
    column = {"swap": 0, "load": 1, "unload": 1, "plug": 2, "drive": 3}[lock.kind]
    if not problem.skill[lock.crew, column]:
        return "no_crew"
    state = Kept(model, locks, ()).state(seed=0)
    swapped = sum(len(each.vehicles) for each in locks if each.crew == lock.crew and each.kind == "swap")
    if state.tours.late[lock.crew] >= kernel.NEVER or swapped > problem.batteries[lock.crew]:
        return "no_room"
    if state.tours.late[lock.crew] > 0:
        return "too_late"
    return room_or_bay(state)


def is_prepared(night: Night, locks: tuple[Lock, ...]) -> bool:
    """Whether the last lock finds its mopeds on board to be unloaded, or usable to be loaded, by those before it."""
    *before, lock = locks
    if lock.kind == "unload":
        earlier, ready = "load", set(night.crews.on_board[lock.crew])
    elif lock.kind == "load":
        earlier, ready = "swap", {moped for moped in lock.vehicles if night.mopeds.usable[moped]}
    else:
        return True
    done = [each for each in before if (each.crew, each.kind) == (lock.crew, earlier)]
    return ready.union(*(each.vehicles for each in done)).issuperset(lock.vehicles)


def room_or_bay(state: kernel.State) -> Reason | None:
    if (state.stock[1] < 0).any():
        return "no_bay"
    if (state.stock[2] < 0).any():
        return "no_charger"
    return None


def stops(model: Model, locks: tuple[Lock, ...]) -> Iterator[tuple[int, int, int]]:
    """Crew, entity and job of each visit, once, in the order of its first lock."""
    places = len(model.night.places.names)
    seen: set[int] = set()
    for crew, of_crew in groupby(sorted(locks, key=lambda lock: lock.crew), key=lambda lock: lock.crew):
        for lock in of_crew:
            entity = lock.place if lock.kind in MOPED_KINDS else places + lock.vehicles[0]
            if entity not in seen:
                seen.add(entity)
                job = NONE if entity < places else int(model.problem.car_jobs[entity - places, 0])
                yield crew, entity, job
