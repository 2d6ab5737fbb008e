"""What becomes of a task by what its crew's phone says, and how its vehicles go through their MDS states."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from mobility.fleet.rules.car_share import Event as Car
from mobility.fleet.rules.micromobility import Event as Moped
from mobility.fleet.rules.off_road import VehicleInUse
from mobility.rebalancing.rules.plan_document import TaskKind
from mobility.rebalancing.rules.refusals import StepFromTheFuture, WorkClosed

StepKind = Literal["start", "scan", "done", "cannot"]
Reason = Literal[
    "vehicle_gone", "vehicle_in_use", "damaged", "no_access", "no_bay", "charger_broken", "no_time", "other"
]
WorkStateName = Literal["planned", "started", "done", "cannot", "withdrawn"]

CLOCK_AHEAD_MAX = timedelta(minutes=5)
"""Phones keep time to seconds; a clock farther ahead would put work before what caused it."""

NIGHT_PLAN: Final = "night_plan"
"""The reason that a vehicle's log gives."""


class WorkState(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    CANNOT = "cannot"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset({WorkState.PLANNED, WorkState.STARTED})

P, S, D, C, W = WorkState
STEPS: Final[Mapping[tuple[WorkState, StepKind], WorkState]] = {
    (P, "start"): S,
    (P, "scan"): P,
    (P, "done"): D,
    (P, "cannot"): C,
    (S, "start"): S,
    (S, "scan"): S,
    (S, "done"): D,
    (S, "cannot"): C,
    (D, "start"): D,
    (D, "scan"): D,
    (D, "done"): D,
    (C, "start"): C,
    (C, "scan"): C,
    (C, "cannot"): C,
    (W, "start"): S,
    (W, "scan"): W,
    (W, "done"): D,
    (W, "cannot"): C,
}
"""Everything else is refused: what is done cannot be impossible. What comes late changes nothing."""


def decide(state: WorkState, step: StepKind, *, at: datetime, closed_at: datetime | None, now: datetime) -> WorkState:
    """Where a step leads; `at` is the phone's time, for a step that was kept while there was no network.

    A task that a newer plan withdrew is taken up again by a crew that set to it before it could know.

    Raises
    ------
    WorkClosed, StepFromTheFuture
    """
    if at > now + CLOCK_AHEAD_MAX:
        raise StepFromTheFuture
    after = STEPS.get((state, step))
    if after is None or (state == WorkState.WITHDRAWN and closed_at is not None and at >= closed_at):
        raise WorkClosed
    return after


IN_USE: Final = frozenset({"reserved", "on_trip", "stopped"})

# What holds a vehicle for its crew, and what it is afterwards; by its mode, in the state it is found in.
HELD: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "micromobility": {"available": (Moped.MAINTENANCE,)},
    "car-share": {"available": (Car.SERVICE_END,)},
}
GIVEN_BACK: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "micromobility": {"non_operational": (Moped.MAINTENANCE,)},
    "car-share": {"non_operational": (Car.SERVICE_START,)},
}
FINISHED: Final[Mapping[TaskKind, Mapping[str, tuple[str, ...]]]] = {
    "swap": {"non_operational": (Moped.BATTERY_CHARGED,)},
    "load": {"available": (Moped.REBALANCE_PICK_UP,), "non_operational": (Moped.REBALANCE_PICK_UP,)},
    "unload": {"removed": (Moped.PROVIDER_DROP_OFF,)},
    "plug": {"non_operational": (Car.SERVICE_START,)},
    "drive": {"non_operational": (Car.SERVICE_START,)},
}


def events_at(step: StepKind, kind: TaskKind, *, mode: str, state: str, is_held: bool) -> tuple[str, ...]:
    """The MDS events that a step takes a vehicle through; none where nothing changes.

    Parameters
    ----------
    is_held
        Whether this night's work is what took it out of service: only then is it given back when the work cannot be
        done.

    Raises
    ------
    VehicleInUse
    """
    if step == "scan":
        return ()
    if state in IN_USE:
        raise VehicleInUse
    if step == "start":
        return () if kind == "unload" else HELD[mode].get(state, ())
    if step == "done":
        return FINISHED.get(kind, {}).get(state, ())
    return GIVEN_BACK[mode].get(state, ()) if is_held else ()
