"""What could be done with each car tonight: nothing, plug it in where it stands, drive it somewhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import QUARTER_MIN, Lock, Night, Reals

TARGETS_MAX = 8  # places to which a car may be driven: those that gain most
NO_WAY_MIN = 10_000
BOOKING_CENTS = 10**6  # of one honoured: above all money of a night, below what an unbalanced load costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One way to work on a car; minutes are those of the crew there.

    `leaves` and `comes` count it out of and into the usable cars of its places, `cents` is what else it changes: the
    worth of charge less the energy, and a booking honoured.
    """

    car: int
    place: int
    to_place: int
    minutes: int
    plugs: bool
    drives: bool
    release_min: int
    due_min: int
    leaves: bool
    comes: bool
    takes_bay: bool
    cents: float


class Garage:
    """Cars by charge and time, each as if it had its site for itself."""

    def __init__(self, night: Night) -> None:
        self.night, self.cars = night, night.cars
        self.booking_of = {int(car): index for index, car in enumerate(night.bookings.car)}
        shifts = night.crews.shift_min
        self.middle_min = int(shifts.mean()) if shifts.size else 0

    @cached_property
    def stock(self) -> Integers:
        """Usable cars by place in the morning if nobody works tonight; those promised to bookings do not count."""
        usable = [self.counts_at_rest(car) for car in range(len(self.cars.names))]
        return np.asarray(np.bincount(self.cars.place[usable], minlength=len(self.night.places.names)), np.int64)

    @cached_property
    def free_bays(self) -> Integers:
        standing = np.bincount(self.cars.place, minlength=len(self.night.places.names))
        return np.asarray(np.maximum(self.night.places.car_bays - standing, 0))

    @cached_property
    def free_chargers(self) -> Integers:
        plugged = np.bincount(self.cars.place[self.cars.plugged], minlength=len(self.night.places.names))
        return np.asarray(self.night.places.chargers - plugged)

    def counts_at_rest(self, car: int) -> bool:
        if car in self.booking_of:
            return False
        charge = int(self.cars.charge_wh[car])
        return self.usable_by_morning(car, int(self.cars.place[car]), charge, 0 if self.cars.plugged[car] else None)

    def usable_by_morning(self, car: int, place: int, charge_wh: int, plugged_min: int | None) -> bool:
        if plugged_min is not None:
            charge_wh = self.charge_at(car, place, charge_wh, plugged_min, self.night.morning_min)
        return charge_wh >= int(self.cars.usable_wh[car])

    @cached_property
    def gained_wh(self) -> Reals:
        """By place and minute: what one car alone at the site has in its battery since the night's start."""
        places = self.night.places
        power = np.minimum(places.charger_w[:, None], places.site_cap_w) * self.night.efficiency / 60
        gained = np.cumsum(np.repeat(power, QUARTER_MIN, axis=1), axis=1)
        return np.column_stack([np.zeros(len(places.names)), gained])

    def charge_at(self, car: int, place: int, charge_wh: int, since_min: int, until_min: int) -> int:
        """After charging alone and at once in a window of minutes, [Wh]."""
        gained = self.gained_wh[place, until_min] - self.gained_wh[place, min(since_min, until_min)]
        return min(charge_wh + int(gained), int(self.cars.battery_wh[car]))

    def latest_min(self, car: int, place: int, charge_wh: int, wanted_wh: int, until_min: int) -> int:
        """Plugged in by when, the car has a charge in time; -1: never."""
        if wanted_wh > self.cars.battery_wh[car]:
            return -1
        gained = self.gained_wh[place]
        spare = gained[until_min] - (wanted_wh - charge_wh) - 1
        return min(int(np.searchsorted(gained, spare, side="right")) - 1, until_min)

    def net_worth(self, car: int, place: int, charge_wh: int, since_min: int, tariff: float | None = None) -> float:
        """What charging from then on is worth less its energy, alone and at one tariff (the mean), [cents]."""
        reached = self.charge_at(car, place, charge_wh, since_min, self.night.quarters * QUARTER_MIN)
        mean = float(self.night.tariff_cents_per_kwh.mean())
        return self.net_gain(car, charge_wh, reached, mean if tariff is None else tariff)

    def net_gain(self, car: int, before_wh: int, after_wh: int, tariff: float) -> float:
        """What so much more charge is worth less its energy, where that is worth it, [cents]."""
        ends = np.cumsum(self.cars.step_wh[car])
        before, after = (np.clip(at, ends - self.cars.step_wh[car], ends) for at in (before_wh, after_wh))
        per_kwh = self.cars.worth_cents_per_kwh[car] - tariff / self.night.efficiency
        return float(((after - before) * np.maximum(per_kwh, 0)).sum()) / 1000

    def charge_if_stays(self, car: int) -> int:
        """In the morning, [Wh]."""
        charge, place = int(self.cars.charge_wh[car]), int(self.cars.place[car])
        return self.charge_at(car, place, charge, 0, self.night.morning_min) if self.cars.plugged[car] else charge

    def best_worth(self, car: int, place: int) -> float:
        """No less than what charging there could be worth above its energy, [cents]."""
        charge = int(self.cars.charge_wh[car])
        return self.best_gain(car, charge, self.charge_at(car, place, charge, 0, self.night.quarters * QUARTER_MIN))

    def best_gain(self, car: int, before_wh: int, after_wh: int) -> float:
        """No less than what so much more charge could be worth above its energy, [cents]."""
        cheapest = float(self.night.tariff_cents_per_kwh.min(initial=np.inf))
        paid_to_draw = max(0.0, -cheapest) * int(self.cars.battery_wh[car]) / self.night.efficiency / 1000
        return self.net_gain(car, before_wh, after_wh, max(0.0, cheapest)) + paid_to_draw

    def drive_wh(self, car: int, to_place: int) -> int:
        return int(self.night.car_drive_min[self.cars.place[car], to_place] * self.cars.wh_per_min[car])


def jobs_of(night: Night, garage: Garage) -> list[list[Job]]:
    """By car, every job worth a thought; those of locks are made by `locked_job`."""
    return [list(jobs_of_car(night, garage, car)) for car in range(len(night.cars.names))]


def jobs_of_car(night: Night, garage: Garage, car: int) -> Iterator[Job]:
    if night.cars.excluded[car]:
        return
    if car in garage.booking_of:
        if not honoured_at_rest(night, garage, car):
            yield from booked_jobs(night, garage, car)
        return
    if (job := plug_job(night, garage, car)) is not None:
        yield job
    for target in targets(night, garage, car):
        for plugs in (False, True):
            job = drive_job(night, garage, car, target, plugs=plugs)
            if job is not None and (job.comes or job.cents > 0 or job.leaves):
                yield job


def honoured_at_rest(night: Night, garage: Garage, car: int) -> bool:
    """Whether a booked car has what it needs if nobody touches it."""
    index, cars = garage.booking_of[car], night.cars
    place, by = int(night.bookings.place[index]), int(night.bookings.by_min[index])
    if cars.place[car] != place:
        return False
    charge = int(cars.charge_wh[car])
    if cars.plugged[car]:
        charge = garage.charge_at(car, place, charge, 0, by)
    return bool(charge >= night.bookings.charge_wh[index])


def booked_jobs(night: Night, garage: Garage, car: int) -> Iterator[Job]:
    index = garage.booking_of[car]
    place = int(night.bookings.place[index])
    if night.cars.place[car] == place:
        job = plug_job(night, garage, car)
        if job is not None:
            yield job
        return
    for plugs in (False, True):
        job = drive_job(night, garage, car, place, plugs=plugs)
        if job is not None:
            yield job


def plug_job(night: Night, garage: Garage, car: int) -> Job | None:
    cars, place = night.cars, int(night.cars.place[car])
    if cars.plugged[car] or night.places.chargers[place] == 0:
        return None
    charge = int(cars.charge_wh[car])
    due, honoured, comes = deadline(night, garage, car, place, charge, plugs=True)
    if due < 0:
        return None
    worth = garage.net_worth(car, place, charge, garage.middle_min)
    return Job(
        car=car,
        place=place,
        to_place=place,
        minutes=night.service_min.plug,
        plugs=True,
        drives=False,
        release_min=0,
        due_min=due,
        leaves=garage.counts_at_rest(car),
        comes=comes,
        takes_bay=False,
        cents=-worth - BOOKING_CENTS * honoured,
    )


def drive_job(night: Night, garage: Garage, car: int, target: int, *, plugs: bool) -> Job | None:
    cars, place = night.cars, int(night.cars.place[car])
    drive = int(night.car_drive_min[place, target])
    charge = int(cars.charge_wh[car]) - garage.drive_wh(car, target)
    no_charger = plugs and night.places.chargers[target] == 0
    if drive >= NO_WAY_MIN or place == target or no_charger or charge < 0:
        return None
    release = charged_enough(night, garage, car, target, plugs=plugs)
    if cars.plugged[car]:
        charge += garage.charge_at(car, place, int(cars.charge_wh[car]), 0, release) - int(cars.charge_wh[car])
    due, honoured, comes = deadline(night, garage, car, target, charge, plugs=plugs)
    if due < release:
        return None
    worth = garage.net_worth(car, target, charge, garage.middle_min) if plugs else 0.0
    lost = garage.net_worth(car, place, int(cars.charge_wh[car]), 0) if cars.plugged[car] else 0.0
    used = worth_of_charge(night, car, int(cars.charge_wh[car])) - worth_of_charge(night, car, charge)
    return Job(
        car=car,
        place=place,
        to_place=target,
        minutes=night.service_min.drive + drive + (night.service_min.plug if plugs else 0),
        plugs=plugs,
        drives=True,
        release_min=release,
        due_min=due,
        leaves=garage.counts_at_rest(car),
        comes=comes,
        takes_bay=True,
        cents=lost + used - worth - BOOKING_CENTS * honoured,
    )


def charged_enough(night: Night, garage: Garage, car: int, target: int, *, plugs: bool) -> int:
    """When a plugged car has what the drive and then its booking need; 0 if that is never, or it charges there."""
    if car not in garage.booking_of or plugs or not night.cars.plugged[car]:
        return 0
    wanted = garage.drive_wh(car, target) + int(night.bookings.charge_wh[garage.booking_of[car]])
    place, charge = int(night.cars.place[car]), int(night.cars.charge_wh[car])
    times = range(0, night.morning_min + 1, QUARTER_MIN)
    return next((time for time in times if garage.charge_at(car, place, charge, 0, time) >= wanted), 0)


def deadline(night: Night, garage: Garage, car: int, place: int, charge: int, *, plugs: bool) -> tuple[int, bool, bool]:
    """By when the work is done (-1: too late already), whether it honours the booking, whether the car counts."""
    if car in garage.booking_of:
        index = garage.booking_of[car]
        by, wanted = int(night.bookings.by_min[index]), int(night.bookings.charge_wh[index])
        ready = garage.latest_min(car, place, charge, wanted, by) if plugs else (by if charge >= wanted else -1)
        return min(ready, night.morning_min), ready >= 0, False
    wanted = int(night.cars.usable_wh[car])
    if charge >= wanted:
        return night.morning_min, False, True
    ready = garage.latest_min(car, place, charge, wanted, night.morning_min) if plugs else -1
    return (ready, False, True) if ready >= 0 else (night.morning_min, False, False)


def worth_of_charge(night: Night, car: int, charge_wh: int) -> float:
    steps = night.cars.step_wh[car]
    filled = np.clip(charge_wh - (np.cumsum(steps) - steps), 0, steps)
    return float((filled * night.cars.worth_cents_per_kwh[car]).sum()) / 1000


def targets(night: Night, garage: Garage, car: int) -> list[int]:
    """Places where one car more gains most, the drive and a minute of the cheapest crew considered."""
    curves, stock, places = night.places.car_cents, garage.stock, len(night.places.names)
    more = np.minimum(stock + 1, curves.shape[1] - 1)
    gain = curves[np.arange(places), stock] - curves[np.arange(places), more]
    gain[(stock + 1 >= curves.shape[1]) | (garage.free_bays <= 0)] = -np.inf
    per_minute = float(night.crews.cents_per_min.min(initial=np.inf))
    drive = night.car_drive_min[night.cars.place[car]] * (per_minute if np.isfinite(per_minute) else 0.0)
    net = np.where(np.isfinite(gain), gain - drive, -np.inf)
    net[night.cars.place[car]] = -np.inf
    if night.cars.charge_wh[car] < night.cars.usable_wh[car]:
        net[garage.free_chargers <= 0] = -np.inf
    best = np.argsort(-net, kind="stable")[:TARGETS_MAX]
    return [int(place) for place in best if net[place] > 0]


def locked_job(night: Night, garage: Garage, locks: Sequence[Lock]) -> Job | None:
    """The job that a car's locks are together, or None when the car is not fit for it."""
    drive = next((lock for lock in locks if lock.kind == "drive"), None)
    [car] = locks[0].vehicles
    if drive is not None:
        plugs = any(lock.kind == "plug" and lock.place == drive.to_place for lock in locks)
        return drive_job(night, garage, car, drive.to_place, plugs=plugs)
    return plug_job(night, garage, car) if locks[0].place == night.cars.place[car] else None
