WALKING_SPEED_KMH = 4.5  # a grown-up in a town, crossings included

# A walk follows streets: in European towns it is 1.2 to 1.4 times the straight line. The middle of that range is used
# until a city has its walking network.
DETOUR_FACTOR = 1.3

METRES_PER_MINUTE = 1000 / 60  # of each km/h


def walk_minutes(distance_m: float, *, speed_kmh: float = WALKING_SPEED_KMH) -> float:
    """Minutes on foot between two places `distance_m` metres apart in a straight line."""
    return distance_m * DETOUR_FACTOR / (speed_kmh * METRES_PER_MINUTE)


def reach_m(minutes: float, *, speed_kmh: float = WALKING_SPEED_KMH, detour_factor: float = DETOUR_FACTOR) -> float:
    """Straight-line metres that `minutes` on foot reach; the inverse of `walk_minutes`. A factor of 1: at the most."""
    return minutes * speed_kmh * METRES_PER_MINUTE / detour_factor
