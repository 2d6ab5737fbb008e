"""Vehicles put on the street, moved through their states, parked and heard."""

from mobility.fleet.service.hearing import begin_hearing, hear, lock_all
from mobility.fleet.service.loading import NewVehicle, add_vehicles, load_types
from mobility.fleet.service.states import Actor, advance, apply, report_event, reserve
from mobility.fleet.service.whereabouts import park, rotate_public_id

__all__ = [
    "Actor",
    "NewVehicle",
    "add_vehicles",
    "advance",
    "apply",
    "begin_hearing",
    "hear",
    "load_types",
    "lock_all",
    "park",
    "report_event",
    "reserve",
    "rotate_public_id",
]
