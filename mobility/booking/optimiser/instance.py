"""What is to be re-assigned: bookings without a vehicle, vehicles with what they have promised, what a change costs.

A place is a station, or a free-floating vehicle itself, for it is booked where it stands.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import structs

from mobility.booking.rules.availability import Promise
from mobility.booking.rules.charge import Rates

LONG_AGO = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
# What a change weighs against another: whole classes apart, so that the order stays that of the words.
OTHER_VEHICLE = 1
"""Of a class that was booked: the rider notices little."""
BROKEN_PROMISE = 3
"""The very vehicle that was promised is another one."""
MOVED_UNHURT = 5
"""A booking whose own vehicle is well gives way to somebody else's."""
BETTER_CLASS = 10
NEARBY = 30
"""And a point for each minute of the walk."""
SHIFTED = 100
"""And a point for each minute earlier or later."""


@dataclass(frozen=True, slots=True)
class Nearby:
    place: UUID
    walk_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A live booking whose vehicle may change.

    Attributes
    ----------
    vehicle_id
        Its vehicle of now; when that is one of the instance's cars, staying is free.
    classes
        What its rider may drive, its own class first, then better ones.
    is_hurt
        Its vehicle is not to be had as promised. Otherwise it may only be moved to help others, and stays served, of
        its class, at its place and time.
    nearby
        Other places where the rider could begin.
    shifts
        By how much earlier or later the rider would come.
    """

    id: UUID
    vehicle_id: UUID
    classes: tuple[str, ...]
    by_class: bool
    promise: Promise
    is_hurt: bool = True
    nearby: tuple[Nearby, ...] = ()
    shifts: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """A vehicle to be had from `free_from` on, then at `place`; `kept` are its promises that do not move, in order."""

    id: UUID
    type_code: str
    place: UUID
    free_from: datetime
    charge_percent: float
    kept: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Battery:
    """What a class of vehicles asks of its charge, and what a time does to it."""

    rates: Rates
    charge_percent_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    now: datetime
    wishes: tuple[Wish, ...]
    cars: tuple[Car, ...]
    batteries: Mapping[str, Battery]


@dataclass(frozen=True, slots=True)
class Gap:
    """The time of a car between two promises that do not move; after the last one `ends` and `next_place` are None."""

    car: Car
    begins: datetime
    place: UUID | None
    ends: datetime | None
    next_place: UUID | None

    @property
    def may_stay_empty(self) -> bool:
        return self.ends is None or self.place == self.next_place

    def holds(self, promise: Promise) -> bool:
        return self.begins <= promise.starts_at and (self.ends is None or promise.blocked_until <= self.ends)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to serve a wish: its promise as it would be, in a gap; `cost` says how much of a change that is."""

    wish: int
    gap: int
    promise: Promise
    cost: int


def gaps_of(car: Car, now: datetime) -> Iterator[Gap]:
    begins = max(car.free_from, now)
    place: UUID | None = car.place
    for kept in car.kept:
        yield Gap(car, begins, place, kept.starts_at, kept.start_station_id)
        begins, place = kept.blocked_until, kept.end_station_id
    yield Gap(car, begins, place, None, None)


def options_of(instance: Instance, gaps: Sequence[Gap]) -> list[Option]:
    """Every way to serve every wish; whether ways fit beside each other is the model's to say."""
    by_class: dict[str, dict[UUID, list[int]]] = {}
    for number, gap in enumerate(gaps):
        by_class.setdefault(gap.car.type_code, {}).setdefault(gap.car.id, []).append(number)
    found: dict[int, list[Option]] = {}
    for number, wish in enumerate(instance.wishes):
        for rank, code in enumerate(wish.classes if wish.is_hurt else wish.classes[:1]):
            for promise, cost in variants(wish, BETTER_CLASS * rank):
                for car_id, numbers in by_class.get(code, {}).items():
                    if (at := _gap_at(gaps, numbers, promise)) is not None:
                        option = Option(number, at, promise, cost + _of_vehicle(wish, car_id))
                        found.setdefault(at, []).append(option)
    return [option for at, options in sorted(found.items()) for option in _connected(gaps[at], options)]


def _gap_at(gaps: Sequence[Gap], of_car: Sequence[int], promise: Promise) -> int | None:
    at = bisect_right(of_car, promise.starts_at, key=lambda number: gaps[number].begins) - 1
    return of_car[at] if at >= 0 and gaps[of_car[at]].holds(promise) else None


def _connected(gap: Gap, options: Sequence[Option]) -> list[Option]:
    """Those that some chain of them leads to from the place where the gap begins, and on to where it has to end."""
    reached = _reached(gap, options)
    return reached if gap.ends is None else _leading(gap.ends, gap.next_place, reached)


def _reached(gap: Gap, options: Sequence[Option]) -> list[Option]:
    since: dict[UUID | None, datetime] = {gap.place: gap.begins}
    found = []
    for option in sorted(options, key=lambda each: each.promise.starts_at):
        promise = option.promise
        if promise.starts_at >= since.get(promise.start_station_id, NEVER):
            found.append(option)
            end = promise.end_station_id
            since[end] = min(since.get(end, NEVER), promise.blocked_until)
    return found


def _leading(ends: datetime, next_place: UUID | None, options: Sequence[Option]) -> list[Option]:
    until: dict[UUID | None, datetime] = {next_place: ends}
    found = []
    for option in sorted(options, key=lambda each: each.promise.blocked_until, reverse=True):
        promise = option.promise
        if promise.blocked_until <= until.get(promise.end_station_id, LONG_AGO):
            found.append(option)
            start = promise.start_station_id
            until[start] = max(until.get(start, LONG_AGO), promise.starts_at)
    return found[::-1]


def variants(wish: Wish, cost: int) -> Iterator[tuple[Promise, int]]:
    """The promise as booked, then from nearby places, then at other times, with what that costs."""
    for start, walk_cost in _starts(wish):
        for shift in (timedelta(0), *(wish.shifts if wish.is_hurt else ())):
            shift_cost = SHIFTED + int(abs(shift) / timedelta(minutes=1)) if shift else 0
            yield _moved(wish.promise, start, shift), cost + walk_cost + shift_cost


def _starts(wish: Wish) -> Iterator[tuple[UUID | None, int]]:
    yield wish.promise.start_station_id, 0
    for near in wish.nearby if wish.is_hurt else ():
        yield near.place, NEARBY + near.walk_minutes


def _moved(promise: Promise, start: UUID | None, shift: timedelta) -> Promise:
    """A round trip ends where it then begins."""
    is_round = promise.end_station_id == promise.start_station_id
    return structs.replace(
        promise,
        starts_at=promise.starts_at + shift,
        ends_at=promise.ends_at + shift,
        blocked_until=promise.blocked_until + shift,
        start_station_id=start,
        end_station_id=start if is_round else promise.end_station_id,
    )


def _of_vehicle(wish: Wish, car_id: UUID) -> int:
    if car_id == wish.vehicle_id:
        return 0
    if not wish.is_hurt:
        return MOVED_UNHURT
    return OTHER_VEHICLE if wish.by_class else BROKEN_PROMISE
