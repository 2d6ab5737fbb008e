"""What keeps a vehicle off the road, and the events by which it leaves and comes back."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from mobility.base.errors import Conflict
from mobility.fleet.rules import car_share, micromobility
from mobility.fleet.rules.modes import Mode, VehicleEvent

Reason = Literal["damage", "work_order"]
"""A dangerous damage that nobody has closed, or an order that holds the vehicle; the reason its log gives."""
REASONS: Final[frozenset[str]] = frozenset({"damage", "work_order"})

_M, _C = micromobility, car_share

# A hold does not keep a dangerous vehicle on the road: its rider is told, and has not set off. From where it is not
# named here the vehicle leaves later: at the end of its ride, or when it is seen again.
LEAVING: Final[Mapping[tuple[Mode, str], Sequence[VehicleEvent]]] = {
    (Mode.MICROMOBILITY, _M.State.AVAILABLE): (_M.Event.MAINTENANCE,),
    (Mode.MICROMOBILITY, _M.State.RESERVED): (_M.Event.RESERVATION_CANCEL, _M.Event.MAINTENANCE),
    (Mode.CAR_SHARE, _C.State.AVAILABLE): (_C.Event.SERVICE_END,),
    (Mode.CAR_SHARE, _C.State.RESERVED): (_C.Event.PROVIDER_CANCELLATION, _C.Event.SERVICE_END),
}
COMING_BACK: Final[Mapping[Mode, VehicleEvent]] = {
    Mode.MICROMOBILITY: _M.Event.MAINTENANCE,
    Mode.CAR_SHARE: _C.Event.SERVICE_START,
}
IN_USE: Final = frozenset({"on_trip", "stopped"})
OUT_OF_SERVICE: Final = frozenset({"non_operational", "removed"})


class VehicleHeldBack(Conflict):
    code = "vehicle_held_back"
    fr = "Un dommage grave ou un ordre de travail retient ce véhicule : réglez-le d'abord."
    en = "A dangerous damage or a work order holds this vehicle: settle that first."


class VehicleInUse(Conflict):
    code = "vehicle_in_use"
    fr = "Quelqu'un roule avec ce véhicule : attendez la fin du trajet."
    en = "Somebody is riding this vehicle: wait for the end of the ride."


def leaving(mode: Mode, state: str) -> Sequence[str]:
    """The events that take a vehicle in `state` off the road at once; none when it has to wait, or is off already."""
    return LEAVING.get((mode, state), ())


def comes_back(state: str, *, left_because: str | None, left_by_itself: bool) -> bool:
    """Whether a vehicle that nothing holds any more comes back: only one that left for these reasons alone.

    Parameters
    ----------
    left_because, left_by_itself
        The reason of the event by which it last left the service, and whether the service itself had it leave: what an
        operator or an alert took out, they bring back.
    """
    return state == "non_operational" and left_by_itself and left_because in REASONS
