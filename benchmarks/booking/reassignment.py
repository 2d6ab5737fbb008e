"""A hundred bookings lose their vehicles among a thousand cars and a week of bookings: who is served, and how fast.

One after the other, and the plan; each with what it serves and changes, the plan beside the time of the first.
"""

import random
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

import rich_click as click

from mobility.booking.optimiser.chains import plan_of
from mobility.booking.optimiser.check import violations
from mobility.booking.optimiser.greedy import greedy
from mobility.booking.optimiser.instance import Battery, Car, Instance, Nearby, Wish, options_of
from mobility.booking.optimiser.plan import Reassignment
from mobility.booking.optimiser.reassignment import Limits, frozen, garage_of, reassign
from mobility.booking.rules.availability import Promise
from mobility.booking.rules.charge import Rates

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What a charger adds and a ride takes, in percent of the battery an hour: a car that is rarely idle lasts.
ADDED, USED = 20.0, 5.0


def town(seed: int, *, cars: int, hurt: int, stations: int, busy: float) -> Instance:
    """A synthetic city: cars in chains of bookings over a week, `busy` of their time; some cars are then gone."""
    random_ = random.Random(seed)
    places = [UUID(int=number) for number in range(1, stations + 1)]
    fleet = [_car(random_, number, places, busy) for number in range(cars)]
    wishes: list[Wish] = []
    while len(wishes) < hurt and fleet:
        broken = fleet.pop(random_.randrange(len(fleet)))
        wishes += [_wish(random_, broken, promise, places, len(wishes) + n) for n, promise in enumerate(broken.kept)]
    battery = Battery(Rates(use_percent=USED, charging_percent=dict.fromkeys(places, ADDED)), 20)
    moving = [_resting(car, promise) for car in fleet for promise in car.kept if random_.random() < 0.7]
    gone = {(wish.vehicle_id, wish.promise.starts_at) for wish in moving}
    kept = [_without(car, gone) for car in fleet]
    return Instance(now=NOW, wishes=(*wishes[:hurt], *moving), cars=tuple(kept), batteries={"car": battery})


def _car(random_: random.Random, number: int, places: list[UUID], busy: float) -> Car:
    place = first = random_.choice(places)
    at, kept = NOW + random_.random() * 8 * HOUR, []
    while at < NOW + 7 * 24 * HOUR:
        length = random_.choice([1, 2, 3, 8]) * HOUR
        to = place if random_.random() < 0.7 else random_.choice(places)
        ends = at + length
        promise = {"starts_at": at, "ends_at": ends, "blocked_until": ends + HOUR / 4}
        kept.append(Promise(**promise, start_station_id=place, end_station_id=to))
        at, place = ends + HOUR / 4 + random_.expovariate(busy / (1 - busy) / 3.5) * HOUR, to
    charge = random_.uniform(60, 100)
    return Car(
        id=UUID(int=10_000 + number),
        type_code="car",
        place=first,
        free_from=NOW,
        charge_percent=charge,
        kept=tuple(kept),
    )


def _wish(random_: random.Random, car: Car, promise: Promise, places: list[UUID], number: int) -> Wish:
    near = tuple(Nearby(place, 3 + n) for n, place in enumerate(random_.sample(places, 3)))
    return Wish(
        id=UUID(int=1_000_000 + number),
        vehicle_id=car.id,
        classes=("car",),
        by_class=random_.random() < 0.7,
        promise=promise,
        nearby=tuple(each for each in near if each.place != promise.start_station_id),
    )


def _resting(car: Car, promise: Promise) -> Wish:
    number = car.id.int * 1_000_000 + int((promise.starts_at - NOW).total_seconds())
    return Wish(id=UUID(int=number), vehicle_id=car.id, classes=("car",), by_class=True, promise=promise, is_hurt=False)


def _without(car: Car, gone: set[tuple[UUID, datetime]]) -> Car:
    kept = tuple(promise for promise in car.kept if (car.id, promise.starts_at) not in gone)
    return Car(
        id=car.id,
        type_code=car.type_code,
        place=car.place,
        free_from=car.free_from,
        charge_percent=car.charge_percent,
        kept=kept,
    )


def _one_after_the_other(instance: Instance) -> Reassignment:
    still = frozen(instance, ())
    garage = garage_of(still)
    return plan_of(garage, greedy(garage, options_of(still, garage.gaps)))


def _hurt(instance: Instance, plan: Reassignment) -> int:
    return sum(wish.is_hurt and wish.id in plan.served for wish in instance.wishes)


@click.command()
@click.option("--cars", default=1_000, show_default=True)
@click.option("--hurt", default=100, show_default=True, help="Bookings whose vehicle is gone.")
@click.option("--stations", default=60, show_default=True)
@click.option("--busy", default=0.6, show_default=True, help="Share of the time that cars are booked.")
@click.option("--seeds", default=2, show_default=True)
def main(cars: int, hurt: int, stations: int, busy: float, seeds: int) -> None:
    """Re-assign the bookings of vehicles that are gone."""
    for seed in range(seeds):
        instance = town(seed, cars=cars, hurt=hurt, stations=stations, busy=busy)
        begun = perf_counter()
        first = _one_after_the_other(instance)
        between = perf_counter()
        plan = reassign(instance, Limits(seed=seed))
        ended = perf_counter()
        assert violations(instance, plan) == []
        bookings = sum(len(car.kept) for car in instance.cars) + len(instance.wishes)
        moved = sum(each.cost > 0 for each in plan.served.values()) - _hurt(instance, plan)
        click.echo(
            f"seed {seed}: {hurt} of {bookings} bookings, {cars} cars: one after the other {_hurt(instance, first)} "
            f"served in {between - begun:.1f} s; plan {_hurt(instance, plan)} served, {max(moved, 0)} others moved"
            f"{', proven' if plan.is_proven else ''}, in {ended - between:.1f} s"
        )


if __name__ == "__main__":
    main()
