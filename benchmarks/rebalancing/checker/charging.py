"""Power and charge, quarter by quarter."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from .state import NOWHERE, QUARTER_MIN, Car, State

WH_TOLERANCE = 1.0


def charge(state: State, power_w: np.ndarray) -> Iterator[str]:
    """What is found while all cars charge; afterwards their levels are known."""
    drawn: dict[tuple[int, int], int] = defaultdict(int)
    for index, car in enumerate(state.cars):
        yield from battery(state, index, power_w[index].tolist())
        for quarter in np.flatnonzero(power_w[index]).tolist():
            drawn[stay_in(car, quarter)[0], quarter] += int(power_w[index, quarter])
    for (place, quarter), watts in sorted(drawn.items()):
        cap = state.night["places"]["site_cap_w"][place][quarter] if place != NOWHERE else 0
        if watts > cap:
            yield f"place {place} draws {watts} W of {cap} W in quarter {quarter}"


def battery(state: State, index: int, power_w: list[int]) -> Iterator[str]:
    """Each quarter charges first, then drives that begin in it use what they need."""
    car, night = state.cars[index], state.night
    level, drives = float(car.charge_wh), list(car.drives)
    for quarter, watts in enumerate(power_w):
        place, minutes = stay_in(car, quarter)
        most_wh = minutes * night["places"]["charger_w"][place] / 60 if place != NOWHERE else 0
        if watts < 0 or watts / 4 > most_wh:
            yield f"car {index} draws {watts / 4:.0f} Wh of {most_wh:.0f} Wh in quarter {quarter}"
        level += watts / 4 * night["efficiency"]
        while drives and drives[0][0] < QUARTER_MIN * (quarter + 1):
            level -= drives.pop(0)[2]
        if not -WH_TOLERANCE <= level <= night["cars"]["battery_wh"][index] + WH_TOLERANCE:
            yield f"car {index} holds {level:.0f} Wh at the end of quarter {quarter}"
        car.level.append(level)


def stay_in(car: Car, quarter: int) -> tuple[int, int]:
    """The place of the charger that a car is on in a quarter, and for how many minutes of it."""
    low, high = QUARTER_MIN * quarter, QUARTER_MIN * (quarter + 1)
    for place, since, until in car.stays:
        if min(until, high) > max(since, low):
            return place, min(until, high) - max(since, low)
    return NOWHERE, 0
