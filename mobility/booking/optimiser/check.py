"""Can the plan be kept? Recomputed from the instance and the plan alone: the solver's word is not enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from mobility.booking.optimiser.instance import Car, Instance, Wish
from mobility.booking.optimiser.plan import Reassignment, Served
from mobility.booking.rules.availability import Promise
from mobility.booking.rules.charge import forecast


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    about: UUID


def violations(instance: Instance, plan: Reassignment) -> list[Violation]:
    """Everything that keeps the plan from being kept; bookings that are not hurt and not in it stay as they are."""
    wishes, cars = {wish.id: wish for wish in instance.wishes}, {car.id: car for car in instance.cars}
    unknown = [Violation("unknown", each) for each in plan.served if each not in wishes]
    unknown += [Violation("unknown_vehicle", i) for i, each in plan.served.items() if each.vehicle_id not in cars]
    if unknown:
        return unknown
    found = [each for i, served in plan.served.items() for each in _of_wish(wishes[i], served, cars)]
    return [*found, *(each for car in instance.cars for each in _of_car(instance, plan, car))]


def _of_wish(wish: Wish, served: Served, cars: dict[UUID, Car]) -> Iterator[Violation]:
    was, is_ = wish.promise, served.promise
    code, shift = cars[served.vehicle_id].type_code, is_.starts_at - was.starts_at
    walks = {near.place for near in wish.nearby}
    if code not in wish.classes:
        yield Violation("class", wish.id)
    if shift and shift not in wish.shifts:
        yield Violation("time", wish.id)
    if is_.ends_at - is_.starts_at != was.ends_at - was.starts_at or is_.blocked_until - is_.ends_at != (
        was.blocked_until - was.ends_at
    ):
        yield Violation("length", wish.id)
    if is_.start_station_id != was.start_station_id and is_.start_station_id not in walks:
        yield Violation("start", wish.id)
    is_round = was.start_station_id == was.end_station_id
    if is_.end_station_id != (is_.start_station_id if is_round else was.end_station_id):
        yield Violation("end", wish.id)
    if not wish.is_hurt and (is_ != was or code != wish.classes[0]):
        yield Violation("not_hurt", wish.id)
    if not wish.is_hurt and not wish.by_class and served.vehicle_id != wish.vehicle_id:
        yield Violation("promised_vehicle", wish.id)


def _of_car(instance: Instance, plan: Reassignment, car: Car) -> Iterator[Violation]:
    before = _ordered([*car.kept, *_resting(instance, car, None)])
    after = _ordered([*car.kept, *_resting(instance, car, plan), *_given(plan, car)])
    given = set(map(id, _given(plan, car)))
    if any(promise.starts_at < max(car.free_from, instance.now) for promise in after if id(promise) in given):
        yield Violation("not_free_yet", car.id)
    if after != before and any(a.blocked_until > b.starts_at for a, b in pairwise(after)):
        yield Violation("overlap", car.id)
    if after != before and not _is_chained(car, after):
        yield Violation("chain", car.id)
    if after != before and _is_charged(instance, car, before) and not _is_charged(instance, car, after):
        yield Violation("charge", car.id)


def _resting(instance: Instance, car: Car, plan: Reassignment | None) -> list[Promise]:
    """Of bookings that are not hurt, those that the plan leaves with their car."""
    mine = (wish for wish in instance.wishes if not wish.is_hurt and wish.vehicle_id == car.id)
    return [wish.promise for wish in mine if plan is None or wish.id not in plan.served]


def _given(plan: Reassignment, car: Car) -> list[Promise]:
    return [each.promise for each in plan.served.values() if each.vehicle_id == car.id]


def _ordered(promises: list[Promise]) -> list[Promise]:
    return sorted(promises, key=lambda promise: promise.starts_at)


def _is_chained(car: Car, promises: list[Promise]) -> bool:
    place: UUID | None = car.place
    for promise in promises:
        if promise.start_station_id != place:
            return False
        place = promise.end_station_id
    return True


def _is_charged(instance: Instance, car: Car, promises: list[Promise]) -> bool:
    """By the forecast at each start, not by the rule that the plan was made with."""
    battery, since = instance.batteries[car.type_code], max(car.free_from, instance.now)
    for number, promise in enumerate(promises):
        if promise.starts_at <= since:
            continue
        expected = forecast(
            car.charge_percent,
            promises[:number],
            now=since,
            at=promise.starts_at,
            station_id=car.place,
            rates=battery.rates,
        )
        if expected < battery.charge_percent_min - 1e-9:
            return False
    return True
