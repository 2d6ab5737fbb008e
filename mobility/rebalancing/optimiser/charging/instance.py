"""The cars on chargers, as arrays; and the same in what is drawn at the wall, as the solver and the rule count."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.optimiser.instance import InstanceInvalid, whole

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

QUARTER_MIN = 15
QUARTERS_PER_HOUR = 4
AWAY = -1
"""The site of a car that is on no charger tonight."""
NEVER = 2**31 - 1
"""Minutes after which no night begins: the end of a stay on the charger that nothing ends."""
MICRO = 10**6
"""Of a cent per kWh, in the cost of one Wh that the solver minimises in whole numbers."""
CHARGE_MAX_WH = 10**6
PRICE_MAX = 10**4


class Wall(NamedTuple):
    """What is drawn at the wall, in whole Wh; costs in millionths of a cent per kWh (a cent per Wh is 1e9).

    `tariff` (quarters,), with a millionth more in each later quarter: at one price the earlier is better. `cap` (sites,
    quarters). By car: `site`; `limit` (cars, quarters), what its charger gives; `room`, until its battery is full;
    `need` (cars, quarters), to be drawn by the end of the quarter; `step` and `worth` (cars, steps), the first so many
    Wh and what each is worth, then the next.
    """

    tariff: np.ndarray
    cap: np.ndarray
    site: np.ndarray
    limit: np.ndarray
    room: np.ndarray
    need: np.ndarray
    step: np.ndarray
    worth: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class PluggedCars:
    """Cars on chargers in a night of quarter-hours, of which the first begins at minute 0.

    Parameters
    ----------
    site : int array, shape (cars,)
        The row of `site_cap_w` that the car charges from; `AWAY` when it is on no charger tonight.
    from_min, until_min : int arrays, shape (cars,), [min]
        On the charger from when (negative: already) until when (exclusive; `NEVER` when nothing ends it).
    charger_w, battery_wh, charge_wh : int arrays, shape (cars,)
        What its charger gives at most; what its battery holds; what is in it when it is plugged in.
    need_wh : int array, shape (cars, quarters), [Wh]
        At least so much is in the battery at the end of the quarter: a confirmed booking. 0: nothing is asked.
    step_wh, worth_cents_per_kwh : arrays, shape (cars, steps)
        The first `step_wh[c, 0]` Wh in the battery at the night's end are worth `worth_cents_per_kwh[c, 0]`, the next
        `step_wh[c, 1]` are worth no more than that, and so on; what is above all steps is worth nothing.
    site_cap_w : int array, shape (sites, quarters), [W]
        All chargers of a site together, as a mean of the quarter-hour.
    tariff_cents_per_kwh : array, shape (quarters,)
        May be negative.
    efficiency : float, above 0, at most 1
        Of what is drawn at the wall, so much reaches the battery.

    Raises
    ------
    InstanceInvalid
    """

    site: Integers
    from_min: Integers
    until_min: Integers
    charger_w: Integers
    battery_wh: Integers
    charge_wh: Integers
    need_wh: Integers
    step_wh: Integers
    worth_cents_per_kwh: Reals
    site_cap_w: Integers
    tariff_cents_per_kwh: Reals
    efficiency: float = 0.9

    def __post_init__(self) -> None:
        for name in WHOLE:
            object.__setattr__(self, name, whole(getattr(self, name), name))
        for name in ("worth_cents_per_kwh", "tariff_cents_per_kwh"):
            object.__setattr__(self, name, prices(getattr(self, name), name))
        check_shapes(self)
        check_values(self)

    @property
    def cars(self) -> int:
        return len(self.site)

    @property
    def quarters(self) -> int:
        return len(self.tariff_cents_per_kwh)

    @property
    def sites(self) -> int:
        return len(self.site_cap_w)

    @cached_property
    def wall(self) -> Wall:
        room = self._drawn_for(self.battery_wh - self.charge_wh, np.floor)
        need = self._drawn_for((self.need_wh.T - self.charge_wh).T, np.ceil)
        reached = self._drawn_for((np.cumsum(self.step_wh, axis=1).T - self.charge_wh).T, np.floor)
        reached = np.minimum(reached, room[:, None])
        return Wall(
            tariff=np.rint(self.tariff_cents_per_kwh * MICRO).astype(np.int64) + np.arange(self.quarters),
            cap=self.site_cap_w // QUARTERS_PER_HOUR,
            site=self.site,
            limit=self._limit(),
            room=room,
            need=np.minimum(need, room[:, None]),
            step=np.diff(reached, axis=1, prepend=0),
            worth=np.rint(self.worth_cents_per_kwh * self.efficiency * MICRO).astype(np.int64),
        )

    def _drawn_for(self, gained_wh: Integers, rounded: np.ufunc) -> Integers:
        drawn = rounded(np.round(np.maximum(gained_wh, 0) / self.efficiency, 6))
        return np.asarray(drawn).astype(np.int64)

    def _limit(self) -> Integers:
        """Of a quarter that is only begun when the car is plugged in, the rest counts."""
        begins = QUARTER_MIN * np.arange(self.quarters)
        since = np.maximum(begins, self.from_min[:, None])
        until = np.minimum(begins + QUARTER_MIN, self.until_min[:, None])
        minutes = np.where(self.site[:, None] == AWAY, 0, np.maximum(until - since, 0))
        return minutes * self.charger_w[:, None] // 60


WHOLE = (
    *("site", "from_min", "until_min", "charger_w", "battery_wh", "charge_wh"),
    *("need_wh", "step_wh", "site_cap_w"),
)


def prices(values: Any, name: str) -> Reals:
    """A frozen copy in 64-bit floats."""
    given = np.asarray(values)
    if given.dtype.kind not in "biuf" or not np.all(np.abs(given) <= PRICE_MAX):
        raise InstanceInvalid(reason=f"{name} must be numbers of at most {PRICE_MAX}")
    copy = given.astype(np.float64)
    copy.flags.writeable = False
    return copy


def check_shapes(cars: PluggedCars) -> None:
    if cars.site.ndim != 1 or cars.tariff_cents_per_kwh.ndim != 1 or cars.site_cap_w.ndim != 2:
        raise InstanceInvalid(reason="cars and tariff have one axis, the sites' power two")
    steps = cars.step_wh.shape[-1] if cars.step_wh.ndim == 2 else 0
    by_car = dict.fromkeys(("from_min", "until_min", "charger_w", "battery_wh", "charge_wh"), (cars.cars,))
    by_step = dict.fromkeys(("step_wh", "worth_cents_per_kwh"), (cars.cars, steps))
    wanted = {**by_car, **by_step, "need_wh": (cars.cars, cars.quarters), "site_cap_w": (cars.sites, cars.quarters)}
    for name, shape in wanted.items():
        if getattr(cars, name).shape != shape:
            raise InstanceInvalid(reason=f"{name} has the shape {getattr(cars, name).shape} instead of {shape}")


def check_values(cars: PluggedCars) -> None:
    for name in ("charger_w", "battery_wh", "charge_wh", "need_wh", "step_wh", "site_cap_w"):
        values = getattr(cars, name)
        if np.any(values < 0) or np.any(values > CHARGE_MAX_WH):
            raise InstanceInvalid(reason=f"{name} is not between 0 and {CHARGE_MAX_WH}")
    if np.any(cars.site < AWAY) or np.any(cars.site >= cars.sites):
        raise InstanceInvalid(reason=f"a car's site is not one of {cars.sites}")
    if np.any(cars.charge_wh > cars.battery_wh):
        raise InstanceInvalid(reason="a battery holds more than it can")
    if np.any(cars.worth_cents_per_kwh < 0) or np.any(np.diff(cars.worth_cents_per_kwh, axis=1) > 0):
        raise InstanceInvalid(reason="a later step of charge is worth more than an earlier one, or less than nothing")
    if not 0 < cars.efficiency <= 1:
        raise InstanceInvalid(reason=f"an efficiency of {cars.efficiency}")
