"""The morning after: what a night's plan promised against what was there and what came."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mobility.rebalancing.rules.plan_document import CarCharge, Handled, PlanDocument, PlannedTask

QUARTERS_PER_HOUR = 4


class Spot(NamedTuple):
    """A place and a class, by their codes."""

    place: str
    type_code: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides whether a vehicle of a class can be rented."""

    type_code: str
    charge_percent_min: float
    battery_wh: int


@dataclass(frozen=True, slots=True)
class Stock:
    """Vehicles at a spot, and what is in the batteries of all of them [Wh]."""

    usable: int
    unusable: int
    charge_wh: int


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of a task of the published plan; times by the crew's phone."""

    crew: str
    state: str
    started_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking of the day, of the spot where it begins."""

    spot: Spot
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """One spot: promise and fact. None: it was not counted, forecast or planned."""

    spot: Spot
    promised_usable: int | None
    usable: int | None
    unusable: int | None
    bookings: int
    bookings_kept: int
    rides_expected: float | None
    rides: int
    searches_unserved: float


@dataclass(frozen=True, slots=True)
class Effort:
    """What the night took: minutes of crews, energy at the wall, cents of both."""

    tasks: int
    crew_minutes: int
    energy_kwh: float
    energy_cents: int
    crew_cents: int

    @property
    def cents(self) -> int:
        return self.energy_cents + self.crew_cents


KEPT = frozenset({"started", "completed", "no_show"})
"""States of a booking whose vehicle was there; a rider who did not come found it too."""


def promised_usable(
    evening: Mapping[Spot, Stock], document: PlanDocument, kinds: Mapping[UUID, Kind]
) -> dict[Spot, int]:
    """Vehicles that can be rented in the morning if every task is done and nothing else happens.

    Parameters
    ----------
    kinds : by id of the vehicles that the plan names
    """
    promised = Counter({spot: stock.usable for spot, stock in evening.items()})
    gained = {each.vehicle.id: _gained_wh(each) for site in document.charging.sites for each in site.cars}
    for vehicle_id, work in _by_vehicle(document).items():
        if vehicle_id in kinds:
            for spot, change in _effects(work, kinds[vehicle_id], gained.get(vehicle_id, 0)):
                promised[spot] += change
    return {spot: max(count, 0) for spot, count in promised.items()}


def planned_effort(document: PlanDocument) -> Effort:
    watts = [(each.watts, document.charging.cents_per_kwh) for site in document.charging.sites for each in site.cars]
    energy = sum(sum(drawn) for drawn, _ in watts) / QUARTERS_PER_HOUR / 1000
    cents = sum(
        draw / QUARTERS_PER_HOUR / 1000 * price
        for drawn, prices in watts
        for draw, price in zip(drawn, prices, strict=False)
    )
    tasks = sum(task.kind != "break" for _, task in document.tasks())
    minutes = sum(tour.travel_min + tour.service_min for tour in document.tours)
    return Effort(tasks, minutes, round(energy, 2), round(cents), document.totals.parts.crew)


def found_effort(
    work: Sequence[Worked], *, gained_wh: int, efficiency: float, cents_per_kwh: float, crew_cents_per_minute: int
) -> Effort:
    """What crews did, from their first start to their last close, and what the cars drew for what they gained."""
    minutes = sum(minutes_of(each for each in work if each.crew == crew) for crew in {each.crew for each in work})
    kwh = max(gained_wh, 0) / 1000 / efficiency
    done = sum(each.state == "done" for each in work)
    return Effort(done, minutes, round(kwh, 2), round(kwh * cents_per_kwh), minutes * crew_cents_per_minute)


def minutes_of(work: Iterable[Worked]) -> int:
    """Of one crew, from the first task begun to the last one closed."""
    timed = [each for each in work if each.closed_at is not None]
    begun = [each.started_at or each.closed_at for each in timed]
    if not begun:
        return 0
    first = min(at for at in begun if at is not None)
    last = max(each.closed_at for each in timed if each.closed_at is not None)
    return round((last - first).total_seconds() / 60)


def lines(
    *,
    promised: Mapping[Spot, int] | None,
    morning: Mapping[Spot, Stock] | None,
    bookings: Sequence[Booked],
    expected: Mapping[Spot, float] | None,
    rides: Mapping[Spot, int],
    searches: Mapping[Spot, float],
) -> list[Line]:
    """Every spot at which anything was promised, found or asked for, by place and class."""
    booked = Counter(each.spot for each in bookings)
    kept = Counter(each.spot for each in bookings if each.state in KEPT)
    named = [promised or {}, morning or {}, booked, rides, {spot: n for spot, n in searches.items() if n > 0}]
    spots = sorted({spot for each in named for spot in each})
    return [
        Line(
            spot=spot,
            promised_usable=None if promised is None else promised.get(spot, 0),
            usable=None if morning is None else _stock(morning, spot).usable,
            unusable=None if morning is None else _stock(morning, spot).unusable,
            bookings=booked[spot],
            bookings_kept=kept[spot],
            rides_expected=None if expected is None else round(expected.get(spot, 0.0), 2),
            rides=rides.get(spot, 0),
            searches_unserved=round(searches.get(spot, 0.0), 1),
        )
        for spot in spots
    ]


def _stock(stocks: Mapping[Spot, Stock], spot: Spot) -> Stock:
    return stocks.get(spot, Stock(0, 0, 0))


def _gained_wh(charge: CarCharge) -> float:
    return sum(charge.watts) / QUARTERS_PER_HOUR


def _by_vehicle(document: PlanDocument) -> dict[UUID, list[tuple[PlannedTask, Handled]]]:
    """What is done to each vehicle, in time."""
    found: dict[UUID, list[tuple[PlannedTask, Handled]]] = {}
    for _, task in sorted(document.tasks(), key=lambda each: each[1].starts_at):
        for vehicle in task.vehicles:
            found.setdefault(vehicle.id, []).append((task, vehicle))
    return found


def _effects(work: Sequence[tuple[PlannedTask, Handled]], kind: Kind, gained_wh: float) -> Iterator[tuple[Spot, int]]:
    """What the work on one vehicle does to the usable stock of spots: a car is driven and plugged, a moped swapped."""
    (first, vehicle), *_ = work
    was_usable = vehicle.charge_percent >= kind.charge_percent_min
    if any(task.kind in ("drive", "plug") for task, _ in work):
        gained_percent = 100 * gained_wh / kind.battery_wh
        last = [task.to_place for task, _ in work if task.to_place is not None] or [first.place]
        yield Spot(first.place.code, kind.type_code), -int(was_usable)
        is_usable = vehicle.charge_percent + gained_percent >= kind.charge_percent_min
        yield Spot(last[-1].code, kind.type_code), int(is_usable)
        return
    for task, _ in work:
        change = {"swap": int(not was_usable), "load": -1, "unload": 1}.get(task.kind, 0)
        yield Spot(task.place.code, kind.type_code), change
