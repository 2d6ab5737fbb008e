"""What differs between the modes of MDS: the table, and the events that each step of a ride is told as."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Literal

from mobility.fleet.rules import car_share, micromobility
from mobility.fleet.rules.machine import Machine, TransitionRefused

VehicleEvent = micromobility.Event | car_share.Event
AnyMachine = Machine[micromobility.State, micromobility.Event] | Machine[car_share.State, car_share.Event]


StateName = Literal[
    "removed",
    "available",
    "non_operational",
    "reserved",
    "on_trip",
    "stopped",
    "non_contactable",
    "missing",
    "elsewhere",
]
"""The vehicle states of MDS 2.0, of whichever mode."""


class Mode(StrEnum):
    MICROMOBILITY = "micromobility"
    CAR_SHARE = "car-share"


class Step(StrEnum):
    """What a vehicle goes through with a rider, in words that fit every mode; `DEPLOY` puts a new one on the street."""

    DEPLOY = "deploy"
    RESERVE = "reserve"
    RELEASE = "release"
    FAIL = "fail"
    """It was reserved and did not unlock."""
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


MACHINES: Final[Mapping[Mode, AnyMachine]] = {
    Mode.MICROMOBILITY: micromobility.MACHINE,
    Mode.CAR_SHARE: car_share.MACHINE,
}

FIRST_STATE: Final = "removed"

_M, _C = micromobility, car_share

# By the state the step is taken from. A paused moped stays on its trip; a car stops.
SEQUENCES: Final[Mapping[tuple[Mode, Step], Mapping[str, tuple[VehicleEvent, ...]]]] = {
    (Mode.MICROMOBILITY, Step.DEPLOY): {_M.State.REMOVED: (_M.Event.PROVIDER_DROP_OFF,)},
    (Mode.MICROMOBILITY, Step.RESERVE): {_M.State.AVAILABLE: (_M.Event.RESERVATION_START,)},
    (Mode.MICROMOBILITY, Step.RELEASE): {_M.State.RESERVED: (_M.Event.RESERVATION_CANCEL,)},
    (Mode.MICROMOBILITY, Step.FAIL): {_M.State.RESERVED: (_M.Event.RESERVATION_CANCEL,)},
    (Mode.MICROMOBILITY, Step.START): {_M.State.RESERVED: (_M.Event.TRIP_START,)},
    (Mode.MICROMOBILITY, Step.PAUSE): {_M.State.ON_TRIP: ()},
    (Mode.MICROMOBILITY, Step.RESUME): {_M.State.ON_TRIP: ()},
    (Mode.MICROMOBILITY, Step.END): {_M.State.ON_TRIP: (_M.Event.TRIP_END,)},
    (Mode.CAR_SHARE, Step.DEPLOY): {_C.State.REMOVED: (_C.Event.RECOMMISSIONED, _C.Event.SERVICE_START)},
    (Mode.CAR_SHARE, Step.RESERVE): {_C.State.AVAILABLE: (_C.Event.RESERVATION_START,)},
    (Mode.CAR_SHARE, Step.RELEASE): {_C.State.RESERVED: (_C.Event.CUSTOMER_CANCELLATION,)},
    (Mode.CAR_SHARE, Step.FAIL): {_C.State.RESERVED: (_C.Event.PROVIDER_CANCELLATION,)},
    (Mode.CAR_SHARE, Step.START): {_C.State.RESERVED: (_C.Event.RESERVATION_STOP, _C.Event.TRIP_START)},
    (Mode.CAR_SHARE, Step.PAUSE): {_C.State.ON_TRIP: (_C.Event.TRIP_STOP,)},
    (Mode.CAR_SHARE, Step.RESUME): {_C.State.STOPPED: (_C.Event.TRIP_RESUME,)},
    (Mode.CAR_SHARE, Step.END): {
        _C.State.ON_TRIP: (_C.Event.TRIP_STOP, _C.Event.TRIP_END),
        _C.State.STOPPED: (_C.Event.TRIP_END,),
    },
}

# What only a reservation or a rental may say of a vehicle; operators say the rest.
RIDE_EVENTS: Final = frozenset(
    {
        "changed_geographies",
        "customer_cancellation",
        "driver_cancellation",
        "provider_cancellation",
        "remote_end",
        "remote_start",
        "reservation_cancel",
        "reservation_start",
        "reservation_stop",
        "trip_cancel",
        "trip_end",
        "trip_enter_jurisdiction",
        "trip_leave_jurisdiction",
        "trip_resume",
        "trip_start",
        "trip_stop",
    }
)

# A rider who pauses or ends stands at the vehicle: that is what brings it back into sight.
RETURNS: Final[Mapping[str, str]] = {
    "non_contactable": "comms_restored",
    "missing": "located",
    "elsewhere": "trip_enter_jurisdiction",
}

# A ride or a hold can always be closed: a vehicle that was meanwhile taken off the street keeps the state it has.
CLOSING: Final = frozenset({Step.RELEASE, Step.FAIL, Step.END})


def events_of(mode: Mode, step: Step, state: str, *, left: Sequence[str] = ()) -> tuple[str, ...]:
    """The events that take a vehicle in `state` through `step`; none when the step changes nothing.

    Parameters
    ----------
    left
        The states this vehicle has left before, the latest first.

    Raises
    ------
    TransitionRefused
        The step cannot be taken from this state.
    """
    sequence = SEQUENCES[mode, step].get(state)
    if sequence is not None:
        return sequence
    if state in RETURNS and step in (Step.PAUSE, Step.RESUME, Step.END):
        event = RETURNS[state]
        return (event, *events_of(mode, step, MACHINES[mode].move(state, event, left=left), left=left))
    if step in CLOSING:
        return ()
    raise TransitionRefused(state=state, event=step.value, allowed=[])
