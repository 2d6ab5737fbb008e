"""Vans, crews and the work that is fixed for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from msgspec import structs

from mobility.city.rules.night import Crew
from mobility.rebalancing.optimiser.night.instance import NONE, SKILLS, Crews, Lock, Vans
from mobility.rebalancing.rules import plan_document
from mobility.rebalancing.rules.work import WorkState
from mobility.rebalancing.service.building.index import Index, Known
from mobility.rebalancing.tables import NightTask


def vans_of(index: Index) -> Vans:
    return Vans(
        names=tuple(van.code for van in index.vans),
        moped_places=np.array([van.places for van in index.vans], np.int64),
        battery_places=np.array([van.batteries for van in index.vans], np.int64),
    )


def crews_of(index: Index, modes: Sequence[int]) -> Crews:
    """Who works from the plan's first minute on; a crew at work goes on from where it will be done."""
    begun = {crew.code: [task for task in index.picture.tasks if _counts(task, crew)] for crew in index.crews}
    shifts = [_rest_of_shift(index, crew, begun[crew.code]) for crew in index.crews]
    breaks = [_break(index, crew, shift, begun[crew.code]) for crew, shift in zip(index.crews, shifts, strict=True)]
    depots = {depot.code: len(index.places) + at for at, depot in enumerate(index.depots)}
    vans = [van.code for van in index.vans]
    on_board = {crew.code: [at for at, m in enumerate(index.mopeds) if m.crew == crew.code] for crew in index.crews}
    return Crews(
        names=tuple(crew.code for crew in index.crews),
        shift_min=np.array(shifts, np.int64).reshape(-1, 2),
        break_min=np.array([minutes for minutes, _ in breaks], np.int64),
        break_window_min=np.array([window for _, window in breaks], np.int64).reshape(-1, 2),
        skills=np.array([[skill in crew.skills for skill in SKILLS] for crew in index.crews], np.bool_).reshape(-1, 4),
        may_drive=np.array([[van == crew.van for van in vans] for crew in index.crews], np.bool_).reshape(
            len(index.crews), len(vans)
        ),
        mode=np.array(modes, np.int64),
        start=np.array([_start(index, begun[crew.code], depots[crew.depot]) for crew in index.crews], np.int64),
        end=np.array([depots[crew.depot] for crew in index.crews], np.int64),
        cents_per_min=np.full(len(index.crews), float(index.words.crew_cents_per_minute)),
        batteries_used=np.array([_swapped(begun[crew.code]) for crew in index.crews], np.int64),
        on_board=tuple(tuple(on_board[crew.code]) for crew in index.crews),
    )


def locks_of(index: Index, locked: Sequence[Known]) -> list[tuple[Known, Lock]]:
    """Those whose crew, place and vehicles the night knows, in the order given."""
    found = []
    for known in locked:
        task = known.task
        rows = [index.vehicle_row.get(str(each.id)) for each in task.vehicles]
        places = index.place_of.get(task.place.code), index.place_of.get(task.to_place.code if task.to_place else "")
        crew = index.crew_of.get(known.crew)
        if crew is None or places[0] is None or None in rows or (task.to_place and places[1] is None):
            continue
        to_place = NONE if places[1] is None else places[1]
        lock = Lock(
            crew=crew,
            kind=task.kind,
            place=places[0],
            vehicles=tuple(row for row in rows if row is not None),
            to_place=to_place,
            told_min=max(0, index.minute(task.starts_at)) if known.is_told else NONE,
        )
        found.append((known, lock))
    return found


def fixed(
    known: Mapping[UUID, Known],
    picture_locks: Mapping[UUID, tuple[str | None, int | None]],
    told: Collection[UUID] = (),
) -> list[Known]:
    """Tasks that operators fixed, by crew and order; a crew that one was moved to keeps its whole order.

    Parameters
    ----------
    known
        The tasks of the latest version, in the order of its tours.
    picture_locks
        Of each fixed task the crew that it was moved to and how many others come before it, None where it stayed.
    told
        Tasks that crews count on, besides.
    """
    tours: dict[str, list[UUID]] = {}
    for task_id, each in known.items():
        if picture_locks.get(task_id, (None, None))[0] is None and each.task.kind != "break":
            tours.setdefault(each.crew, []).append(task_id)
    moved = set()
    for task_id, (crew, position) in picture_locks.items():
        if crew is not None and task_id in known:
            tour = tours.setdefault(crew, [])
            tour.insert(len(tour) if position is None else position, task_id)
            moved.add(crew)
    return [
        Known(crew, known[task_id].task, is_told=crew not in moved and task_id not in picture_locks)
        for crew, tour in tours.items()
        for task_id in tour
        if crew in moved or task_id in picture_locks or task_id in told
    ]


def without(known: Known, excluded: set[str], night_id: UUID) -> Known | None:
    """The task with the vehicles that are left of it: what happens to one changes nothing for those beside it."""
    task, left = known.task, [each for each in known.task.vehicles if str(each.id) not in excluded]
    if not left or len(left) == len(task.vehicles):
        return known if left else None
    to_place = task.to_place.code if task.to_place else ""
    names = {"kind": task.kind, "place": task.place.code, "to_place": to_place}
    own = plan_document.task_id(night_id, crew=known.crew, vehicles=[str(each.id) for each in left], **names)
    return replace(known, task=structs.replace(task, id=own, vehicles=left))


def _counts(task: NightTask, crew: Crew) -> bool:
    return task.crew_code == crew.code and task.state in (WorkState.STARTED, WorkState.DONE)


def _rest_of_shift(index: Index, crew: Crew, begun: Sequence[NightTask]) -> tuple[int, int]:
    first, last = index.shift(crew)
    busy = [index.minute(task.ends_at) for task in begun if task.state == WorkState.STARTED]
    begins = max(0, first, *busy)
    return min(begins, max(0, last)), max(0, last)


def _break(index: Index, crew: Crew, shift: tuple[int, int], begun: Sequence[NightTask]) -> tuple[int, tuple[int, int]]:
    """In the middle third of the whole shift, or as soon as there is time for it; not twice."""
    first, last = index.shift(crew)
    third = (last - first) // 3
    begins = min(max(shift[0], first + third), shift[1])
    taken = any(task.kind == "break" for task in begun)
    return 0 if taken else crew.break_minutes, (begins, max(begins, min(last - third, shift[1])))


def _start(index: Index, begun: Sequence[NightTask], depot: int) -> int:
    """Where its last task leaves it."""
    if not begun:
        return depot
    last = max(begun, key=lambda task: task.started_at or task.starts_at).content
    return index.place_of.get((last["to_place"] or last["place"])["code"], depot)


def _swapped(begun: Sequence[NightTask]) -> int:
    return sum(len(task.content["vehicles"]) for task in begun if task.kind == "swap")
