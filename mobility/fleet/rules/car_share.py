"""Cars: the state machine of MDS 2.0, mode `car-share`.

A car never goes from `on_trip` to `available` directly: it stops first. A booking for later is no state.

Left out of the specification's table: `fueling_start` and `fueling_end`, because every vehicle here is electric.

References
----------
.. [1] Open Mobility Foundation, Mobility Data Specification 2.0, modes/car-share.md, "Vehicle States Events".
"""

from enum import StrEnum
from typing import Final

from mobility.fleet.rules.machine import BACK, Machine, Return


class State(StrEnum):
    REMOVED = "removed"
    AVAILABLE = "available"
    NON_OPERATIONAL = "non_operational"
    RESERVED = "reserved"
    ON_TRIP = "on_trip"
    STOPPED = "stopped"
    NON_CONTACTABLE = "non_contactable"
    ELSEWHERE = "elsewhere"


class Event(StrEnum):
    CHARGING_END = "charging_end"
    CHARGING_START = "charging_start"
    COMMS_LOST = "comms_lost"
    COMMS_RESTORED = "comms_restored"
    CUSTOMER_CANCELLATION = "customer_cancellation"
    DECOMMISSIONED = "decommissioned"
    DRIVER_CANCELLATION = "driver_cancellation"
    MAINTENANCE = "maintenance"
    MAINTENANCE_END = "maintenance_end"
    MAINTENANCE_PICK_UP = "maintenance_pick_up"
    PROVIDER_CANCELLATION = "provider_cancellation"
    RECOMMISSIONED = "recommissioned"
    REMOTE_END = "remote_end"
    REMOTE_START = "remote_start"
    RESERVATION_START = "reservation_start"
    RESERVATION_STOP = "reservation_stop"
    SERVICE_END = "service_end"
    SERVICE_START = "service_start"
    TRIP_END = "trip_end"
    TRIP_ENTER_JURISDICTION = "trip_enter_jurisdiction"
    TRIP_LEAVE_JURISDICTION = "trip_leave_jurisdiction"
    TRIP_RESUME = "trip_resume"
    TRIP_START = "trip_start"
    TRIP_STOP = "trip_stop"


S, E = State, Event

TRANSITIONS: Final[dict[tuple[State, Event], State | Return]] = {
    (S.AVAILABLE, E.RESERVATION_START): S.RESERVED,
    (S.RESERVED, E.CUSTOMER_CANCELLATION): S.AVAILABLE,
    (S.RESERVED, E.PROVIDER_CANCELLATION): S.AVAILABLE,
    (S.RESERVED, E.DRIVER_CANCELLATION): S.AVAILABLE,
    (S.RESERVED, E.RESERVATION_STOP): S.STOPPED,
    (S.STOPPED, E.TRIP_START): S.ON_TRIP,
    (S.STOPPED, E.TRIP_RESUME): S.ON_TRIP,
    (S.ON_TRIP, E.TRIP_STOP): S.STOPPED,
    (S.STOPPED, E.TRIP_END): S.AVAILABLE,
    (S.STOPPED, E.CUSTOMER_CANCELLATION): S.AVAILABLE,
    (S.STOPPED, E.PROVIDER_CANCELLATION): S.AVAILABLE,
    (S.STOPPED, E.DRIVER_CANCELLATION): S.AVAILABLE,
    (S.STOPPED, E.CHARGING_START): S.STOPPED,
    (S.STOPPED, E.CHARGING_END): S.STOPPED,
    (S.STOPPED, E.REMOTE_START): S.STOPPED,
    (S.STOPPED, E.REMOTE_END): S.STOPPED,
    (S.AVAILABLE, E.SERVICE_END): S.NON_OPERATIONAL,
    (S.NON_OPERATIONAL, E.SERVICE_START): S.AVAILABLE,
    (S.NON_OPERATIONAL, E.MAINTENANCE): S.REMOVED,
    (S.NON_OPERATIONAL, E.MAINTENANCE_PICK_UP): S.REMOVED,
    (S.NON_OPERATIONAL, E.DECOMMISSIONED): S.REMOVED,
    (S.REMOVED, E.MAINTENANCE_END): S.NON_OPERATIONAL,
    (S.REMOVED, E.RECOMMISSIONED): S.NON_OPERATIONAL,
    (S.AVAILABLE, E.TRIP_LEAVE_JURISDICTION): S.ELSEWHERE,
    (S.NON_OPERATIONAL, E.TRIP_LEAVE_JURISDICTION): S.ELSEWHERE,
    (S.RESERVED, E.TRIP_LEAVE_JURISDICTION): S.ELSEWHERE,
    (S.ON_TRIP, E.TRIP_LEAVE_JURISDICTION): S.ELSEWHERE,
    (S.ELSEWHERE, E.TRIP_ENTER_JURISDICTION): BACK,
    (S.REMOVED, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.AVAILABLE, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.NON_OPERATIONAL, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.RESERVED, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.ON_TRIP, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.STOPPED, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.ELSEWHERE, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.NON_CONTACTABLE, E.COMMS_RESTORED): BACK,
}

MACHINE: Final = Machine(
    State,
    Event,
    TRANSITIONS,
    absences={
        E.COMMS_RESTORED: frozenset({S.NON_CONTACTABLE}),
        E.TRIP_ENTER_JURISDICTION: frozenset({S.NON_CONTACTABLE, S.ELSEWHERE, S.REMOVED, S.STOPPED}),
    },
    # A reservation does not outlast an absence: the hold is withdrawn, so nobody would ever release the vehicle.
    returns_as={S.RESERVED: S.AVAILABLE},
)
