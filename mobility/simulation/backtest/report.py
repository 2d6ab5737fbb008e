"""Many nights together: what each way costs, how the ways differ on the same days, and the share of the gap closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobility.simulation.backtest.trial import WAYS, Day
from mobility.simulation.statistics import Mean, mean_of, paired

Nights = Sequence[Mapping[str, Day]]


@dataclass(frozen=True, slots=True)
class Row:
    """One way of a night over all nights: means a day, and the difference to no plan on the same riders.

    `closed` is the share of what foresight gains over no plan, in cost; None where foresight gains nothing.
    `promised` is what the plan thought to save, `saved` what it did, in trips; the plans see stations one by one, the
    riders walk to the next.
    """

    way: str
    lost: Mean
    served: Mean
    crew_minutes: Mean
    cost_cents: Mean
    saved: Mean
    gained_cents: Mean
    promised: Mean | None
    closed: float | None


def rows(nights: Nights) -> list[Row]:
    return [row(nights, way) for way in WAYS]


def row(nights: Nights, way: str) -> Row:
    mine, none = ([each[name] for each in nights] for name in (way, WAYS[0]))
    gained = paired([day.cost_cents for day in none], [day.cost_cents for day in mine])
    promised = [day.promised for day in mine]
    return Row(
        way=way,
        lost=mean_of([day.lost for day in mine]),
        served=mean_of([day.served for day in mine]),
        crew_minutes=mean_of([day.crew_minutes for day in mine]),
        cost_cents=mean_of([day.cost_cents for day in mine]),
        saved=paired([day.lost for day in none], [day.lost for day in mine]),
        gained_cents=gained,
        promised=None if np.isnan(promised).any() else mean_of(promised),
        closed=share(gained.mean, gain_of(nights, WAYS[-1])),
    )


def gain_of(nights: Nights, way: str) -> float:
    return float(np.mean([each[WAYS[0]].cost_cents - each[way].cost_cents for each in nights]))


def share(gained: float, of: float) -> float | None:
    return gained / of if of > 0 else None


def as_object(found: Sequence[Row], nights: int) -> dict[str, Any]:
    """For JSON: means with their half widths of 95 %."""
    return {"nights": nights, "ways": {each.way: _plain(each) for each in found}}


def _plain(found: Row) -> dict[str, Any]:
    means = {name: getattr(found, name) for name in Row.__slots__ if isinstance(getattr(found, name), Mean)}
    return {name: {"mean": each.mean, "half_width": each.half_width} for name, each in means.items()} | {
        "closed": found.closed
    }
