"""What becomes of one car when options are put into its gaps: a chain of places, and a charge that lasts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from mobility.booking.optimiser.instance import Car, Gap, Instance, Option
from mobility.booking.optimiser.plan import Reassignment, Served
from mobility.booking.rules.availability import Promise
from mobility.booking.rules.charge import lasts

Chosen = Mapping[int, Sequence[Option]]
"""By number of the gap, in the order of time."""


@dataclass(frozen=True, slots=True)
class Garage:
    """The cars of an instance, each with the numbers of its gaps in order."""

    instance: Instance
    gaps: tuple[Gap, ...]
    of_car: Mapping[UUID, tuple[int, ...]]

    def car(self, gap: int) -> Car:
        return self.gaps[gap].car

    def promises(self, car: Car, chosen: Chosen) -> list[Promise]:
        """All that the car would have promised, in the order of time."""
        own = [option.promise for gap in self.of_car[car.id] for option in chosen.get(gap, ())]
        return sorted([*car.kept, *own], key=lambda promise: promise.starts_at)

    def is_chained(self, gap: int, options: Sequence[Option]) -> bool:
        """Whether a car can serve them one after the other and be where it is due next."""
        found = self.gaps[gap]
        places = [found.place, *(option.promise.end_station_id for option in options)]
        starts = [option.promise.start_station_id for option in options]
        in_time = all(a.promise.blocked_until <= b.promise.starts_at for a, b in pairwise(options))
        ends_well = found.ends is None or places[-1] == found.next_place
        return in_time and ends_well and places[:-1] == starts

    def flat_at(self, car: Car, promises: Sequence[Promise]) -> int | None:
        """The first of the promises at whose start the charge is expected to be too low."""
        if self._lasts(car, promises):
            return None
        return next(n for n in range(len(promises)) if not self._lasts(car, promises[: n + 1]))

    def _lasts(self, car: Car, promises: Sequence[Promise]) -> bool:
        battery = self.instance.batteries[car.type_code]
        return lasts(
            car.charge_percent,
            promises,
            now=max(car.free_from, self.instance.now),
            station_id=car.place,
            rates=battery.rates,
            charge_percent_min=battery.charge_percent_min,
        )

    def is_possible(self, gap: int, chosen: Chosen) -> bool:
        """Whether the car of the gap can do what is chosen for it."""
        car = self.car(gap)
        chained = all(self.is_chained(each, chosen.get(each, ())) for each in self.of_car[car.id])
        return chained and self.flat_at(car, self.promises(car, chosen)) is None


def plan_of(garage: Garage, options: Iterable[Option], *, is_proven: bool = False) -> Reassignment:
    served = {
        garage.instance.wishes[each.wish].id: Served(garage.car(each.gap).id, each.promise, each.cost)
        for each in sorted(options, key=lambda each: each.wish)
    }
    return Reassignment(served, is_proven)


def in_order(options: Iterable[Option]) -> dict[int, list[Option]]:
    chosen = defaultdict(list)
    for option in sorted(options, key=lambda each: each.promise.starts_at):
        chosen[option.gap].append(option)
    return dict(chosen)
