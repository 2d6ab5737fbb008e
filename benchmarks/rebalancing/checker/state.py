"""What stands where, while tasks are done one after the other."""

from dataclasses import dataclass, field
from typing import Any

QUARTER_MIN = 15
NOWHERE = -1

Document = dict[str, Any]


@dataclass
class Moped:
    place: int
    usable: bool
    excluded: bool
    on_van_of: int = NOWHERE


@dataclass
class Car:
    """`stays`: on a charger of a place, from and until when. `drives`: when it left and arrived, and the Wh used.
    `level`: Wh in the battery when each quarter ends."""

    place: int
    charge_wh: float
    excluded: bool
    stays: list[tuple[int, int, int]] = field(default_factory=list)
    drives: list[tuple[int, int, int]] = field(default_factory=list)
    level: list[float] = field(default_factory=list)


class State:
    def __init__(self, night: Document) -> None:
        self.night = night
        self.quarters = len(night["tariff_cents_per_kwh"])
        self.end_min = QUARTER_MIN * self.quarters
        self.mopeds = [
            Moped(place, charge >= night["mopeds"]["usable_percent"], excluded)
            for place, charge, excluded in columns(night["mopeds"], "place", "charge_percent", "excluded")
        ]
        for crew, board in enumerate(night["crews"]["on_board"]):
            for moped in board:
                self.mopeds[moped].on_van_of = crew
        self.cars = [Car(*row) for row in columns(night["cars"], "place", "charge_wh", "excluded")]
        for car, plugged in zip(self.cars, night["cars"]["plugged"], strict=True):
            if plugged:
                car.stays.append((car.place, 0, self.end_min))


def columns(part: Document, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(part[name] for name in names), strict=True))
