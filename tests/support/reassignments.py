"""Small towns of cars and bookings for the optimiser: two stations, quarter-hours of one day, numbers for ids."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

from mobility.booking.optimiser.chains import in_order, plan_of
from mobility.booking.optimiser.instance import Battery, Car, Instance, Option, Wish, options_of
from mobility.booking.optimiser.plan import Reassignment
from mobility.booking.optimiser.reassignment import garage_of
from mobility.booking.rules.availability import Promise
from mobility.booking.rules.charge import Rates

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
A, B, C = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
BROKEN = UUID(int=0xDEAD)
HOUR = timedelta(hours=1)
EASY = Battery(Rates(use_percent=0.0, charging_percent={}), 15)


def hours(start: float, end: float, from_: UUID = A, to: UUID | None = A, *, buffer: float = 0.25) -> Promise:
    """A promise in hours after `NOW`."""
    return Promise(
        starts_at=NOW + start * HOUR,
        ends_at=NOW + end * HOUR,
        blocked_until=NOW + (end + buffer) * HOUR,
        start_station_id=from_,
        end_station_id=to,
    )


def wish(number: int, promise: Promise, **facts: object) -> Wish:
    """Hurt, of the class "car", by class, unless said otherwise."""
    given = {"vehicle_id": BROKEN, "classes": ("car",), "by_class": True} | facts
    return Wish(id=UUID(int=number), promise=promise, **given)  # type: ignore[arg-type]


def car(number: int, *kept: Promise, place: UUID = A, **facts: object) -> Car:
    given = {"type_code": "car", "free_from": NOW, "charge_percent": 100.0} | facts
    return Car(id=UUID(int=1000 + number), place=place, kept=kept, **given)  # type: ignore[arg-type]


def town(wishes: Sequence[Wish], cars: Sequence[Car], battery: Battery = EASY) -> Instance:
    return Instance(now=NOW, wishes=tuple(wishes), cars=tuple(cars), batteries={"car": battery, "van": battery})


def every_plan(instance: Instance) -> Iterator[Reassignment]:
    """All that could be done, by trying everything: for very small towns."""
    garage = garage_of(instance)
    options = options_of(instance, garage.gaps)
    ways: list[list[Option | None]] = []
    for number, each in enumerate(instance.wishes):
        mine: list[Option | None] = [option for option in options if option.wish == number]
        ways.append([*mine, None] if each.is_hurt else mine)
    for choice in product(*ways):
        taken = [option for option in choice if option is not None]
        chosen = in_order(taken)
        if all(garage.is_possible(gaps[0], chosen) for gaps in garage.of_car.values()):
            yield plan_of(garage, taken)


def hurt_value(instance: Instance, plan: Reassignment) -> tuple[int, int]:
    """How many of the hurt are served, then how little is changed."""
    hurt = {each.id for each in instance.wishes if each.is_hurt}
    return sum(each in hurt for each in plan.served), -sum(each.cost for each in plan.served.values())


def unhurt(each: Wish, vehicle: Car, **facts: object) -> Wish:
    return replace(each, vehicle_id=vehicle.id, is_hurt=False, **facts)  # type: ignore[arg-type]
