"""What a fleet keeps of its vehicles."""

from mobility.fleet.tables.alerts import Alert, AlertEvent, Task
from mobility.fleet.tables.commands import RideNotice, Sighting, VehicleCommand
from mobility.fleet.tables.damages import Damage, DamagePhoto, DamageReport, WorkOrder
from mobility.fleet.tables.parking_photos import ParkingPhoto
from mobility.fleet.tables.vehicles import Vehicle, VehicleEvent, VehicleStatus, VehicleType

__all__ = [
    "Alert",
    "AlertEvent",
    "Damage",
    "DamagePhoto",
    "DamageReport",
    "ParkingPhoto",
    "RideNotice",
    "Sighting",
    "Task",
    "Vehicle",
    "VehicleCommand",
    "VehicleEvent",
    "VehicleStatus",
    "VehicleType",
    "WorkOrder",
]
