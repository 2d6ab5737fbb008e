"""What travels over HTTP of a fleet."""

from mobility.fleet.schemas.alerts import (
    AlertEventList,
    AlertEventView,
    AlertList,
    AlertView,
    ClosingNote,
    Snooze,
)
from mobility.fleet.schemas.commands import CommandList, CommandRequest, CommandView
from mobility.fleet.schemas.tasks import (
    Assignee,
    CrewList,
    CrewMember,
    TaskChange,
    TaskList,
    TaskOrder,
    TaskView,
)
from mobility.fleet.schemas.vehicles import (
    FleetSnapshot,
    FleetSummary,
    FleetVehicleList,
    Reason,
    VehicleEventList,
    VehicleEventReport,
    VehicleEventView,
)

__all__ = [
    "AlertEventList",
    "AlertEventView",
    "AlertList",
    "AlertView",
    "Assignee",
    "ClosingNote",
    "CommandList",
    "CommandRequest",
    "CommandView",
    "CrewList",
    "CrewMember",
    "FleetSnapshot",
    "FleetSummary",
    "FleetVehicleList",
    "Reason",
    "Snooze",
    "TaskChange",
    "TaskList",
    "TaskOrder",
    "TaskView",
    "VehicleEventList",
    "VehicleEventReport",
    "VehicleEventView",
]
