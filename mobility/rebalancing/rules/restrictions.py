"""What a night's plan may be told to go around, and why."""

from typing import Final, Literal

RestrictionKind = Literal["vehicle", "station", "crew", "task"]
Cause = Literal["edit", "van_broken", "street_closed", "flood", "rented", "out_of_service", "absent"]

EDIT: Final = "edit"
"""Whoever edits asks for the next plan themselves; any other cause has the rest of the night planned anew at once."""

GONE: Final = {
    "reserved": "rented",
    "on_trip": "rented",
    "stopped": "rented",
    "missing": "out_of_service",
    "elsewhere": "out_of_service",
    "removed": "out_of_service",
}
"""States in which a crew looks for a vehicle in vain, and what is then said of it."""
