"""Power and charge, quarter by quarter."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from .state import QUARTER_MIN, Car, State

WH_TOLERANCE = 1.0


def charge(state: State, power_w: np.ndarray) -> Iterator[str]:
    """What is found while all cars charge; afterwards their levels are known."""
    for index, _ in enumerate(state.cars):
        yield from battery(state, index, power_w[index].tolist())
    for (place, quarter), watts in sorted(drawn_at_places(state, power_w).items()):
        cap = state.night["places"]["site_cap_w"][place][quarter]
        if watts > cap:
            yield f"place {place} draws {watts} W of {cap} W in quarter {quarter}"


def drawn_at_places(state: State, power_w: np.ndarray) -> dict[tuple[int, int], int]:
    """Watts by place and quarter; what a car drew on two chargers in one quarter lies where there is room for it."""
    places, drawn = state.night["places"], defaultdict[tuple[int, int], int](int)
    cases = [(stays_in(state.cars[car], quarter), car, quarter) for car, quarter in np.argwhere(power_w).tolist()]
    for stays, car, quarter in sorted(cases, key=lambda case: len(case[0])):
        left = int(power_w[car, quarter])
        for place, minutes in stays[:-1]:
            room = places["site_cap_w"][place][quarter] - drawn[place, quarter]
            here = max(min(left, minutes * places["charger_w"][place] // QUARTER_MIN, room), 0)
            drawn[place, quarter] += here
            left -= here
        for place, _ in stays[-1:]:
            drawn[place, quarter] += left
    return drawn


def battery(state: State, index: int, power_w: list[int]) -> Iterator[str]:
    """Each quarter charges first, then drives that begin in it use what they need."""
    car, night = state.cars[index], state.night
    level, drives = float(car.charge_wh), list(car.drives)
    for quarter, watts in enumerate(power_w):
        chargers_w = night["places"]["charger_w"]
        most_wh = sum(minutes * chargers_w[place] / 60 for place, minutes in stays_in(car, quarter))
        if watts < 0 or watts / 4 > most_wh:
            yield f"car {index} draws {watts / 4:.0f} Wh of {most_wh:.0f} Wh in quarter {quarter}"
        level += watts / 4 * night["efficiency"]
        while drives and drives[0][0] < QUARTER_MIN * (quarter + 1):
            level -= drives.pop(0)[2]
        if not -WH_TOLERANCE <= level <= night["cars"]["battery_wh"][index] + WH_TOLERANCE:
            yield f"car {index} holds {level:.0f} Wh at the end of quarter {quarter}"
        car.level.append(level)


def stays_in(car: Car, quarter: int) -> list[tuple[int, int]]:
    """The places of the chargers that a car is on in a quarter, each with the minutes of it."""
    low, high = QUARTER_MIN * quarter, QUARTER_MIN * (quarter + 1)
    minutes = [(place, min(until, high) - max(since, low)) for place, since, until in car.stays]
    return [(place, each) for place, each in minutes if each > 0]
