"""Mopeds: the state machine of MDS 2.0, mode `micromobility`.

Left out of the specification's table: `unspecified`, because this service always knows why a state changes. Wider than
it in one place: a vehicle may be found missing (`not_located`) though its radio still answers, as MDS 1.x allowed.

References
----------
.. [1] Open Mobility Foundation, Mobility Data Specification 2.0, modes/micromobility.md, "Vehicle State Events".
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
    NON_CONTACTABLE = "non_contactable"
    MISSING = "missing"
    ELSEWHERE = "elsewhere"


class Event(StrEnum):
    AGENCY_DROP_OFF = "agency_drop_off"
    AGENCY_PICK_UP = "agency_pick_up"
    BATTERY_CHARGED = "battery_charged"
    BATTERY_LOW = "battery_low"
    CHANGED_GEOGRAPHIES = "changed_geographies"
    COMMS_LOST = "comms_lost"
    COMMS_RESTORED = "comms_restored"
    COMPLIANCE_PICK_UP = "compliance_pick_up"
    DECOMMISSIONED = "decommissioned"
    LOCATED = "located"
    MAINTENANCE = "maintenance"
    MAINTENANCE_PICK_UP = "maintenance_pick_up"
    NOT_LOCATED = "not_located"
    OFF_HOURS = "off_hours"
    ON_HOURS = "on_hours"
    PROVIDER_DROP_OFF = "provider_drop_off"
    REBALANCE_PICK_UP = "rebalance_pick_up"
    RESERVATION_CANCEL = "reservation_cancel"
    RESERVATION_START = "reservation_start"
    SYSTEM_RESUME = "system_resume"
    SYSTEM_SUSPEND = "system_suspend"
    TRIP_CANCEL = "trip_cancel"
    TRIP_END = "trip_end"
    TRIP_ENTER_JURISDICTION = "trip_enter_jurisdiction"
    TRIP_LEAVE_JURISDICTION = "trip_leave_jurisdiction"
    TRIP_START = "trip_start"


S, E = State, Event

TRANSITIONS: Final[dict[tuple[State, Event], State | Return]] = {
    (S.AVAILABLE, E.RESERVATION_START): S.RESERVED,
    (S.RESERVED, E.RESERVATION_CANCEL): S.AVAILABLE,
    (S.AVAILABLE, E.TRIP_START): S.ON_TRIP,
    (S.RESERVED, E.TRIP_START): S.ON_TRIP,
    (S.ON_TRIP, E.TRIP_END): S.AVAILABLE,
    (S.ON_TRIP, E.TRIP_CANCEL): S.AVAILABLE,
    (S.ON_TRIP, E.CHANGED_GEOGRAPHIES): S.ON_TRIP,
    (S.ON_TRIP, E.TRIP_LEAVE_JURISDICTION): S.ELSEWHERE,
    (S.ELSEWHERE, E.TRIP_ENTER_JURISDICTION): S.ON_TRIP,
    (S.AVAILABLE, E.BATTERY_LOW): S.NON_OPERATIONAL,
    (S.AVAILABLE, E.MAINTENANCE): S.NON_OPERATIONAL,
    (S.AVAILABLE, E.OFF_HOURS): S.NON_OPERATIONAL,
    (S.AVAILABLE, E.SYSTEM_SUSPEND): S.NON_OPERATIONAL,
    (S.NON_OPERATIONAL, E.BATTERY_CHARGED): S.AVAILABLE,
    (S.NON_OPERATIONAL, E.MAINTENANCE): S.AVAILABLE,
    (S.NON_OPERATIONAL, E.ON_HOURS): S.AVAILABLE,
    (S.NON_OPERATIONAL, E.SYSTEM_RESUME): S.AVAILABLE,
    (S.AVAILABLE, E.REBALANCE_PICK_UP): S.REMOVED,
    (S.AVAILABLE, E.MAINTENANCE_PICK_UP): S.REMOVED,
    (S.AVAILABLE, E.COMPLIANCE_PICK_UP): S.REMOVED,
    (S.NON_OPERATIONAL, E.REBALANCE_PICK_UP): S.REMOVED,
    (S.NON_OPERATIONAL, E.MAINTENANCE_PICK_UP): S.REMOVED,
    (S.NON_OPERATIONAL, E.COMPLIANCE_PICK_UP): S.REMOVED,
    (S.ELSEWHERE, E.REBALANCE_PICK_UP): S.REMOVED,
    (S.ELSEWHERE, E.MAINTENANCE_PICK_UP): S.REMOVED,
    (S.ELSEWHERE, E.COMPLIANCE_PICK_UP): S.REMOVED,
    (S.AVAILABLE, E.AGENCY_PICK_UP): S.REMOVED,
    (S.NON_OPERATIONAL, E.AGENCY_PICK_UP): S.REMOVED,
    (S.ELSEWHERE, E.AGENCY_PICK_UP): S.REMOVED,
    (S.NON_CONTACTABLE, E.AGENCY_PICK_UP): S.REMOVED,
    (S.MISSING, E.AGENCY_PICK_UP): S.REMOVED,
    (S.AVAILABLE, E.DECOMMISSIONED): S.REMOVED,
    (S.NON_OPERATIONAL, E.DECOMMISSIONED): S.REMOVED,
    (S.ELSEWHERE, E.DECOMMISSIONED): S.REMOVED,
    (S.NON_CONTACTABLE, E.DECOMMISSIONED): S.REMOVED,
    (S.MISSING, E.DECOMMISSIONED): S.REMOVED,
    (S.REMOVED, E.PROVIDER_DROP_OFF): S.AVAILABLE,
    (S.NON_CONTACTABLE, E.PROVIDER_DROP_OFF): S.AVAILABLE,
    (S.MISSING, E.PROVIDER_DROP_OFF): S.AVAILABLE,
    (S.REMOVED, E.AGENCY_DROP_OFF): S.AVAILABLE,
    (S.NON_CONTACTABLE, E.AGENCY_DROP_OFF): S.AVAILABLE,
    (S.MISSING, E.AGENCY_DROP_OFF): S.AVAILABLE,
    (S.REMOVED, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.AVAILABLE, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.NON_OPERATIONAL, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.RESERVED, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.ON_TRIP, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.ELSEWHERE, E.COMMS_LOST): S.NON_CONTACTABLE,
    (S.NON_CONTACTABLE, E.COMMS_RESTORED): BACK,
    (S.REMOVED, E.NOT_LOCATED): S.MISSING,
    (S.AVAILABLE, E.NOT_LOCATED): S.MISSING,
    (S.NON_OPERATIONAL, E.NOT_LOCATED): S.MISSING,
    (S.RESERVED, E.NOT_LOCATED): S.MISSING,
    (S.ON_TRIP, E.NOT_LOCATED): S.MISSING,
    (S.ELSEWHERE, E.NOT_LOCATED): S.MISSING,
    (S.NON_CONTACTABLE, E.NOT_LOCATED): S.MISSING,
    (S.MISSING, E.LOCATED): BACK,
}

OUT_OF_SIGHT: Final = frozenset({S.NON_CONTACTABLE, S.MISSING})

MACHINE: Final = Machine(
    State,
    Event,
    TRANSITIONS,
    absences={E.COMMS_RESTORED: OUT_OF_SIGHT, E.LOCATED: OUT_OF_SIGHT},
    # A reservation does not outlast an absence: the hold is withdrawn, so nobody would ever release the vehicle.
    returns_as={S.RESERVED: S.AVAILABLE},
)
