"""A simulated vehicle: what driving and standing do to it. Pure; time is given in seconds of the street."""

import math
from dataclasses import dataclass, replace

from mobility.geo import LonLat, distance_m

# Of the class's top speed, in a town with its lights and roundabouts.
TOWN_SPEED_SHARE = 0.6
# A two-seater's 6 kWh at a household plug: empty to full in three and a half hours.
CHARGER_PERCENT_PER_H = 28.0
# Nobody swaps batteries here before the night plan does. So that a long demo keeps its vehicles, one that stands with
# less than its class is rented out with gets its charge back slowly, wherever it is.
RECOVERS_UP_TO_PERCENT = 60.0
RECOVERY_PERCENT_PER_H = 20.0


@dataclass(frozen=True, slots=True)
class VehicleClass:
    code: str
    max_range_m: float
    max_speed_kmh: float
    charge_percent_min: float
    returned_at_stations: bool


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Where a vehicle is and how much charge it has; it drives in a straight line while it is `bound_for` somewhere."""

    plate: str
    kind: VehicleClass
    position: LonLat
    charge_percent: float
    odometer_m: float = 0.0
    bound_for: LonLat | None = None
    recovering: bool = False
    locked: bool = True
    immobilised: bool = False
    """Does not drive off; one that is driving comes to no sudden stop, it stops where it is bound for."""
    speed_limit_kmh: float | None = None

    @property
    def range_m(self) -> float:
        return self.kind.max_range_m * self.charge_percent / 100

    @property
    def drives_kmh(self) -> float:
        """How fast it goes when it goes: as the town and the limit in force allow."""
        return min(self.kind.max_speed_kmh * TOWN_SPEED_SHARE, self.speed_limit_kmh or math.inf)

    @property
    def speed_kmh(self) -> float:
        return self.drives_kmh if self.bound_for else 0.0

    @property
    def heading_deg(self) -> float | None:
        """Clockwise from north; None when standing."""
        if self.bound_for is None:
            return None
        east = (self.bound_for.lon - self.position.lon) * math.cos(math.radians(self.position.lat))
        return math.degrees(math.atan2(east, self.bound_for.lat - self.position.lat)) % 360

    @property
    def arrives_in_s(self) -> float:
        """Seconds of driving left; zero when standing."""
        return distance_m(self.position, self.bound_for) * 3.6 / self.drives_kmh if self.bound_for else 0.0

    def later(self, seconds: float, *, plugged_in: bool = False) -> "Vehicle":
        """The vehicle after so many seconds: nearer its goal and emptier, or standing and perhaps fuller."""
        if self.bound_for is None:
            return self._stood(seconds, plugged_in=plugged_in)
        return self._driven(self.bound_for, seconds)

    def _driven(self, goal: LonLat, seconds: float) -> "Vehicle":
        left_m = distance_m(self.position, goal)
        driven_m = min(left_m, self.drives_kmh / 3.6 * seconds)
        return replace(
            self,
            position=between(self.position, goal, driven_m / left_m if left_m else 1.0),
            bound_for=goal if driven_m < left_m else None,
            odometer_m=self.odometer_m + driven_m,
            charge_percent=max(0.0, self.charge_percent - 100 * driven_m / self.kind.max_range_m),
            recovering=False,
        )

    def _stood(self, seconds: float, *, plugged_in: bool) -> "Vehicle":
        recovers_below = RECOVERS_UP_TO_PERCENT if self.recovering else self.kind.charge_percent_min
        recovering = self.charge_percent < recovers_below
        if plugged_in:
            charge = min(100.0, self.charge_percent + CHARGER_PERCENT_PER_H * seconds / 3600)
        elif recovering:
            charge = min(RECOVERS_UP_TO_PERCENT, self.charge_percent + RECOVERY_PERCENT_PER_H * seconds / 3600)
        else:
            charge = self.charge_percent
        return replace(self, charge_percent=charge, recovering=recovering)


def between(start: LonLat, goal: LonLat, share: float) -> LonLat:
    """The position `share` (0 to 1) of the way along the straight line; good for a town, not for a continent."""
    return LonLat(start.lon + (goal.lon - start.lon) * share, start.lat + (goal.lat - start.lat) * share)
