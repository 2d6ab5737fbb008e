"""A plan's tours with something left out, or put in; every other task stays where it is, and is not done earlier."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mobility.rebalancing.optimiser.night.instance import NONE, Night
from mobility.rebalancing.optimiser.night.model import closed_of, travel_of
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task, Tour

Dropped = Mapping[str, frozenset[int]]
"""By kind of task, the vehicles that it is not done to any more."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The tasks of one crew at one place, one after the other: their numbers in its tour."""

    tour: int
    first: int
    last: int


def visits(plan: NightPlan) -> Iterator[Visit]:
    """Breaks are no visits; a car that is driven away takes the crew along."""
    for number, tour in enumerate(plan.tours):
        first = 0
        for at, task in enumerate(tour.tasks):
            if at + 1 == len(tour.tasks) or not continues(task, tour.tasks[at + 1]):
                if task.kind != "break":
                    yield Visit(number, first, at)
                first = at + 1


def continues(task: Task, following: Task) -> bool:
    here = task.to_place if task.kind == "drive" else task.place
    return "break" not in (task.kind, following.kind) and following.place == here


def depending_on(night: Night, tasks: Sequence[Task]) -> Dropped:
    """What cannot be done without the tasks: a flat moped is not moved, a moped not taken is not brought."""
    dropped: dict[str, set[int]] = {kind: set() for kind in ("swap", "load", "unload", "plug", "drive")}
    for task in tasks:
        dropped[task.kind].update(task.vehicles)
        if task.kind == "swap":
            dropped["load"].update(each for each in task.vehicles if not night.mopeds.usable[each])
        if task.kind == "drive":
            dropped["plug"].update(task.vehicles)
    on_board = {moped for board in night.crews.on_board for moped in board}
    moved = (dropped["load"] | dropped["unload"]) - on_board
    return {kind: frozenset(moved if kind in ("load", "unload") else of_kind) for kind, of_kind in dropped.items()}


class Streets:
    """Ways and hours of a night, for tours that are timed anew."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.travel = travel_of(night).tolist()
        self.closed = closed_of(night).tolist()

    def without(self, plan: NightPlan, dropped: Dropped) -> tuple[Tour, ...] | None:
        """The tours without the vehicles; None when a way is so much longer without a stop that others are too late."""
        tours = []
        for tour in plan.tours:
            left = [each for task in tour.tasks if (each := lessened(task, dropped)) is not None]
            changed = tour if tuple(left) == tour.tasks else self.timed(tour, left)
            if changed is None:
                return None
            if changed.tasks:
                tours.append(changed)
        return tuple(tours)

    def timed(self, tour: Tour, tasks: Sequence[Task]) -> Tour | None:
        """The tour with these tasks; None when the hours of a place, the break or the shift do not allow it."""
        if all(task.kind == "break" for task in tasks):
            return replace(tour, tasks=(), travel_min=0, service_min=0)
        shift = self.night.crews.shift_min[tour.crew]
        is_as_before = bool(tour.tasks) and tasks[0] == tour.tasks[0]
        leaves, ways = tour.leaves_min if is_as_before else int(shift[0]), self.ways(tour.crew, tasks)
        done = self.worked(tour, tasks, ways, leaves)
        if done is None or done[-1].ends_min + ways[-1] > min(shift[1], self.night.morning_min):
            return None
        times = {"leaves_min": leaves, "returns_min": done[-1].ends_min + ways[-1], "travel_min": sum(ways)}
        service = sum(task.ends_min - task.starts_min for task in done if task.kind != "break")
        return replace(tour, **times, service_min=service, tasks=self.loaded(tour, done))

    def ways(self, crew: int, tasks: Sequence[Task]) -> list[int]:
        """Minutes to each task, and back from the last; a break is taken where the crew is."""
        way, here = self.travel[int(self.night.crews.mode[crew])], int(self.night.crews.start[crew])
        found = []
        for task in tasks:
            there = here if task.kind == "break" else task.place
            found.append(way[here][there])
            here = task.to_place if task.kind == "drive" else there
        return [*found, way[here][int(self.night.crews.end[crew])]]

    def worked(self, tour: Tour, tasks: Sequence[Task], ways: Sequence[int], leaves: int) -> list[Task] | None:
        """The tasks with their times, none earlier than it was; None when the break comes too late."""
        now, done = leaves, list[Task]()
        for task, way in zip(tasks, ways, strict=False):
            minutes = self.minutes(tour.crew, task)
            begins = self.opens(tour, task, max(now + way, task.starts_min), minutes)
            if task.kind == "break" and begins > self.night.crews.break_window_min[tour.crew, 1]:
                return None
            now = begins + minutes
            done.append(replace(task, starts_min=begins, ends_min=now))
        return done

    def minutes(self, crew: int, task: Task) -> int:
        if task.kind == "break":
            return int(self.night.crews.break_min[crew])
        each = int(getattr(self.night.service_min, task.kind)) * len(task.vehicles)
        return each + (int(self.night.car_drive_min[task.place, task.to_place]) if task.kind == "drive" else 0)

    def opens(self, tour: Tour, task: Task, at: int, minutes: int) -> int:
        """The first minute from then on at which the places are open for as long as the work takes."""
        if task.kind == "break":
            return max(at, int(self.night.crews.break_window_min[tour.crew, 0]))
        layer = self.closed[int(tour.van != NONE)]
        shut = [*layer[task.place], *(layer[task.to_place] if task.kind == "drive" else [])]
        while closing := [end for begin, end in shut if begin < end and at < end and at + max(minutes, 1) > begin]:
            at = max(closing)
        return at

    def loaded(self, tour: Tour, tasks: Sequence[Task]) -> tuple[Task, ...]:
        """With what is on the van after each."""
        load, found = len(self.night.crews.on_board[tour.crew]), []
        places = int(self.night.vans.battery_places[tour.van]) if tour.van != NONE else 0
        full = max(0, places - int(self.night.crews.batteries_used[tour.crew]))
        for task in tasks:
            count = len(task.vehicles)
            load += {"load": count, "unload": -count}.get(task.kind, 0)
            full -= count if task.kind == "swap" else 0
            found.append(replace(task, moped_load=load, batteries=full))
        return tuple(found)


def lessened(task: Task, dropped: Dropped) -> Task | None:
    gone = dropped.get(task.kind, frozenset())
    left = tuple(vehicle for vehicle in task.vehicles if vehicle not in gone)
    return task if left == task.vehicles else (replace(task, vehicles=left) if left else None)
