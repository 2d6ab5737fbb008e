"""What charge is worth in the morning, beyond the trips that the value curves count."""

from typing import Final

from mobility.city.rules.city_file import VehicleType

TRIP_KM: Final = 8.0
"""An ordinary ride of a shared car in a town and its surroundings."""
CHANCES: Final = (0.5, 0.25, 0.1)
"""That the first, second and last third of a battery is what decides whether a trip of the day can be made."""


def steps_of(vehicle_type: VehicleType, *, lost_trip_cents: int) -> tuple[list[int], list[float]]:
    """Thirds of the battery [Wh], and what a kilowatt-hour of each is worth [cents]: no more than of the one before."""
    third_wh = vehicle_type.battery_wh // len(CHANCES)
    steps = [third_wh] * (len(CHANCES) - 1)
    trips_per_kwh = vehicle_type.max_range_m / vehicle_type.battery_wh / TRIP_KM
    return (
        [*steps, vehicle_type.battery_wh - sum(steps)],
        [round(chance * trips_per_kwh * lost_trip_cents, 2) for chance in CHANCES],
    )
