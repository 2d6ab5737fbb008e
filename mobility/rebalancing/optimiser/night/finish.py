"""From tours to a plan: what stands where in the morning, who charges when, what it costs, what is missed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobility.rebalancing.optimiser.charging import AWAY, NEVER, Charging, PluggedCars, schedule
from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import NONE, QUARTER_MIN, SKILLS, Flags, Night
from mobility.rebalancing.optimiser.night.jobs import NO_WAY_MIN, worth_of_charge
from mobility.rebalancing.optimiser.night.plan import Costs, NightPlan, Reason, Task, Tour, Unserved

SWAPPED_PERCENT = 100


@dataclass(frozen=True, eq=False)
class Morning:
    """What stands where when the tours are done; `arrived_min` of a car that was driven, else 0."""

    moped_place: Integers
    moped_usable: Flags
    car_place: Integers
    arrived_min: Integers


def finished(
    night: Night,
    tours: Sequence[Tour],
    *,
    charge: Callable[[PluggedCars], Charging] = schedule,
    unserved: Sequence[Unserved] = (),
    bound_cents: float = float("-inf"),
) -> NightPlan:
    """The plan of these tours; charged by `charge`, with the bookings that it misses beside those not served."""
    tasks = sorted((task for tour in tours for task in tour.tasks), key=lambda task: task.starts_min)
    cars = plugged_cars(night, tasks)
    charging = charge(cars)
    morning = morning_of(night, tasks)
    stays = (cars.site != AWAY) & (cars.until_min >= NEVER)
    return NightPlan(
        tours=tuple(sorted(tours, key=lambda tour: tour.crew)),
        plugged_from_min=np.where(stays, np.maximum(cars.from_min, 0), NONE),
        power_w=charging.power_w,
        costs=costs_of(night, tours, morning, cars, charging),
        bound_cents=bound_cents,
        unserved=(*missed_bookings(night, morning, cars, charging), *unserved),
    )


def morning_of(night: Night, tasks: Sequence[Task]) -> Morning:
    """Tasks in the order of their beginning."""
    moped_place, usable = night.mopeds.place.copy(), night.mopeds.usable
    car_place, arrived = night.cars.place.copy(), np.zeros(len(night.cars.names), np.int64)
    for task in tasks:
        vehicles = list(task.vehicles)
        if task.kind == "swap":
            usable[vehicles] = True
        elif task.kind in ("load", "unload"):
            moped_place[vehicles] = NONE if task.kind == "load" else task.place
        elif task.kind == "drive":
            car_place[vehicles], arrived[vehicles] = task.to_place, task.ends_min
    return Morning(moped_place, usable, car_place, arrived)


def plugged_cars(night: Night, tasks: Sequence[Task]) -> PluggedCars:
    """The night's stays on chargers; what a car is driven with is out of its battery from the beginning.

    A car that could be usable by the morning needs to be, below what bookings need.
    """
    stays = Stays(night)
    for task in tasks:
        if task.kind == "drive":
            stays.drive(task)
        elif task.kind == "plug":
            stays.plug(task)
    for car, quarter, wanted_wh in booking_needs(night):
        stays.need_wh[car, quarter] = wanted_wh
    return with_usable_needs(night, stays.cars())


class Stays:
    """Where each car is on a charger, from when until when, and with what."""

    def __init__(self, night: Night) -> None:
        self.night, cars = night, night.cars
        self.site = np.where(cars.plugged, cars.place, AWAY)
        self.from_min = np.full(len(cars.names), -1, np.int64)
        self.until_min = np.full(len(cars.names), NEVER, np.int64)
        self.charge_wh, self.battery_wh = cars.charge_wh.copy(), cars.battery_wh.copy()
        self.need_wh = np.zeros((len(cars.names), night.quarters), np.int64)

    def drive(self, task: Task) -> None:
        [car] = task.vehicles
        driven = int(self.night.car_drive_min[task.place, task.to_place] * self.night.cars.wh_per_min[car])
        self.until_min[car] = task.starts_min
        self.charge_wh[car] = max(0, self.charge_wh[car] - driven)
        self.battery_wh[car] -= min(driven, self.battery_wh[car] - self.charge_wh[car])

    def plug(self, task: Task) -> None:
        [car] = task.vehicles
        self.site[car], self.from_min[car], self.until_min[car] = task.place, task.ends_min, NEVER
        self.battery_wh[car] = self.night.cars.battery_wh[car]

    def cars(self) -> PluggedCars:
        night = self.night
        return PluggedCars(
            site=self.site,
            from_min=self.from_min,
            until_min=self.until_min,
            charger_w=np.where(self.site == AWAY, 0, night.places.charger_w[self.site]),
            battery_wh=self.battery_wh,
            charge_wh=self.charge_wh,
            need_wh=self.need_wh,
            step_wh=night.cars.step_wh,
            worth_cents_per_kwh=night.cars.worth_cents_per_kwh,
            site_cap_w=night.places.site_cap_w,
            tariff_cents_per_kwh=night.tariff_cents_per_kwh,
            efficiency=night.efficiency,
        )


def booking_needs(night: Night) -> Iterator[tuple[int, int, int]]:
    """Car, quarter at whose end it has to have a charge, and that charge; nothing can charge before the first ends."""
    bookings = night.bookings
    for car, by, wanted in zip(bookings.car, bookings.by_min, bookings.charge_wh, strict=True):
        if by >= QUARTER_MIN:
            yield int(car), int(by) // QUARTER_MIN - 1, int(wanted)


def with_usable_needs(night: Night, cars: PluggedCars) -> PluggedCars:
    quarter = night.morning_min // QUARTER_MIN - 1
    if quarter < 0 or not cars.cars:
        return cars
    alone = np.minimum(cars.wall.limit, cars.wall.cap[cars.site])[:, : quarter + 1].sum(axis=1)
    reached = np.minimum(cars.charge_wh + (alone * cars.efficiency).astype(np.int64), cars.battery_wh)
    booked = np.isin(np.arange(cars.cars), night.bookings.car)
    wanted = np.where((reached >= night.cars.usable_wh) & ~booked & (cars.site != AWAY), night.cars.usable_wh, 0)
    need = cars.need_wh.copy()
    need[:, quarter] = np.maximum(need[:, quarter], wanted)
    values: dict[str, Any] = {name: getattr(cars, name) for name in cars.__dataclass_fields__}
    return PluggedCars(**values | {"need_wh": need})


def costs_of(night: Night, tours: Sequence[Tour], morning: Morning, cars: PluggedCars, charging: Charging) -> Costs:
    places, booked = len(night.places.names), np.isin(np.arange(len(night.cars.names)), night.bookings.car)
    standing = morning.moped_usable & (morning.moped_place >= 0)
    mopeds = np.bincount(morning.moped_place[standing], minlength=places)
    usable = charge_at(charging, cars, night.morning_min) >= night.cars.usable_wh
    parked = np.bincount(morning.car_place[usable & ~booked], minlength=places)
    driven = sum(
        worth_of_charge(night, car, int(before)) - worth_of_charge(night, car, int(after))
        for car, (before, after) in enumerate(zip(night.cars.charge_wh, cars.charge_wh, strict=True))
        if before != after
    )
    return Costs(
        moped_loss=float(night.places.moped_cents[np.arange(places), mopeds].sum()),
        car_loss=float(night.places.car_cents[np.arange(places), parked].sum()),
        crew=sum(float(night.crews.cents_per_min[t.crew]) * (t.travel_min + t.service_min) for t in tours),
        energy=charging.energy_cents,
        charge_worth=charging.worth_cents - driven + swapped_cents(night, tours),
    )


def swapped_cents(night: Night, tours: Sequence[Tour]) -> float:
    """What the batteries are worth that crews leave in mopeds."""
    swapped = [moped for tour in tours for task in tour.tasks if task.kind == "swap" for moped in task.vehicles]
    return float(night.mopeds.swap_cents[swapped].sum())


def charge_at(charging: Charging, cars: PluggedCars, minute: int) -> Integers:
    """By car, at the end of the last quarter that ends by then, [Wh]."""
    quarter = minute // QUARTER_MIN - 1
    return charging.charge_wh[:, quarter] if quarter >= 0 else cars.charge_wh


def missed_bookings(night: Night, morning: Morning, cars: PluggedCars, charging: Charging) -> Iterator[Unserved]:
    bookings, reasons = night.bookings, {short.car: short.reason for short in charging.shortfalls[::-1]}
    for index, (car, place, by, wanted) in enumerate(
        zip(bookings.car.tolist(), bookings.place.tolist(), bookings.by_min.tolist(), bookings.charge_wh, strict=True)
    ):
        if morning.car_place[car] != place or morning.arrived_min[car] > by:
            yield Unserved(what="booking", index=index, reason=why_not_there(night, index))
        elif charge_at(charging, cars, by)[car] < wanted:
            yield Unserved(what="booking", index=index, reason=reasons.get(car, "not_plugged"))


def why_not_there(night: Night, index: int) -> Reason:
    """Why a booked car was not driven to its place: the first of what stands against it."""
    car, place = int(night.bookings.car[index]), int(night.bookings.place[index])
    drive = int(night.car_drive_min[night.cars.place[car], place])
    if night.cars.excluded[car]:
        return "vehicle_excluded"
    if not night.crews.skills[:, SKILLS.index("drive")].any():
        return "no_crew"
    if drive >= NO_WAY_MIN or night.cars.charge_wh[car] < drive * night.cars.wh_per_min[car]:
        return "no_way"
    if np.count_nonzero(night.cars.place == place) >= night.places.car_bays[place]:
        return "no_bay"
    return "too_late"
