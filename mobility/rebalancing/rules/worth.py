"""What trips and charge are worth to the planner of a night."""

from typing import Final

from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.night import Night

TRIPS_OF_A_TRIP: Final = 1.5
"""A vehicle that serves a trip stands where it ends for the next one, and riders walk to the next place, which curves
of single places cannot know: in the simulated reference city a plan saved 1.3 to 1.5 trips for each that its curves
promised, and with this factor days came out cheaper than with 1 or 2. What people are told counts a trip once."""
TRIP_KM: Final = 8.0
"""An ordinary ride of a shared car in a town and its surroundings."""
CHANCES: Final = (0.5, 0.25, 0.1)
"""That the first, second and last third of a battery is what decides whether a trip of the day can be made."""
CHANGE_MIN: Final = 10
"""Of a crew whose list changes: it reads it anew, turns round, and trusts it less."""
WAY_MIN: Final = 4
"""From one swap to the next on an ordinary round."""


def trip_cents(night: Night) -> int:
    """What a trip of the value curves is worth to a planner."""
    return round(TRIPS_OF_A_TRIP * night.lost_trip_cents)


def change_cents(night: Night) -> int:
    """What it costs to have a crew do something else, or at another time, than it was told."""
    return CHANGE_MIN * night.crew_cents_per_minute


def battery_cents(night: Night) -> int:
    """Of a full battery in a moped: what its swap would cost some other night, on an ordinary round.

    A flat moped needs its swap once, tonight or later: what tonight's costs is lost only as far as the old battery was
    still charged.
    """
    minutes = night.service_minutes.access + night.service_minutes.swap + WAY_MIN
    return minutes * night.crew_cents_per_minute


def steps_of(vehicle_type: VehicleType, *, lost_trip_cents: int) -> tuple[list[int], list[float]]:
    """Thirds of the battery [Wh], and what a kilowatt-hour of each is worth [cents]: no more than of the one before."""
    third_wh = vehicle_type.battery_wh // len(CHANCES)
    steps = [third_wh] * (len(CHANCES) - 1)
    trips_per_kwh = vehicle_type.max_range_m / vehicle_type.battery_wh / TRIP_KM
    return (
        [*steps, vehicle_type.battery_wh - sum(steps)],
        [round(chance * trips_per_kwh * lost_trip_cents, 2) for chance in CHANCES],
    )
