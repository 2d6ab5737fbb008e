"""What travels over HTTP of a fleet."""

from mobility.fleet.schemas.alerts import (
    AlertEventList,
    AlertEventView,
    AlertList,
    AlertView,
    ClosingNote,
    TaskList,
    TaskView,
)
from mobility.fleet.schemas.commands import CommandList, CommandRequest, CommandView
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
    "ClosingNote",
    "CommandList",
    "CommandRequest",
    "CommandView",
    "FleetSnapshot",
    "FleetSummary",
    "FleetVehicleList",
    "Reason",
    "TaskList",
    "TaskView",
    "VehicleEventList",
    "VehicleEventReport",
    "VehicleEventView",
]
