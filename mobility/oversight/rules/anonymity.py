"""Which cells of rides may be published: k-anonymity that no comparison of two publications undoes (docs/city-page.md).

References
----------
.. [1] Sweeney (2002), k-anonymity: a model for protecting privacy. 10.1142/S0218488502001648
.. [2] Cox (1980), Suppression methodology and statistical disclosure control. 10.1080/01621459.1980.10477481
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = 10
"""So many different riders stand behind every number that is published."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Ride(Generic[Key]):
    """A ride as the cells count it; `rider` is compared and never published."""

    cell: Key
    rider: Hashable
    minutes: int
    distance_m: int
    energy_wh: int


@dataclass(frozen=True, slots=True)
class Sums:
    trips: int
    minutes: int
    distance_m: int
    energy_wh: int


@dataclass(frozen=True, slots=True)
class Published(Generic[Key]):
    """The cells that may be told, how many may not, and all rides together, None where they may not."""

    cells: Mapping[Key, Sums]
    suppressed: int
    total: Sums | None


def publish(rides: Iterable[Ride[Key]]) -> Published[Key]:
    """What of a period's rides is told.

    A cell of fewer than `K` riders is suppressed. What is suppressed would still be known as the difference between
    the total and the cells: if fewer than `K` riders are in it, the smallest cells are suppressed too, until it holds
    so many or nothing is left to tell.
    """
    cells: dict[Key, list[Ride[Key]]] = {}
    for ride in rides:
        cells.setdefault(ride.cell, []).append(ride)
    told = {key: each for key, each in cells.items() if _riders(each) >= K}
    hidden = [ride for key, each in cells.items() if key not in told for ride in each]
    for key in sorted(told, key=lambda key: (len(told[key]), str(key))):
        if not hidden or _riders(hidden) >= K:
            break
        hidden += told.pop(key)
    every = [ride for each in cells.values() for ride in each]
    total = _sums(every) if _riders(every) >= K else None
    return Published({key: _sums(each) for key, each in told.items()}, len(cells) - len(told), total)


def at_least_k(count: int) -> int | None:
    """A count of people or searches that may be told."""
    return count if count == 0 or count >= K else None


def _riders(rides: Iterable[Ride[Key]]) -> int:
    return len({ride.rider for ride in rides})


def _sums(rides: list[Ride[Key]]) -> Sums:
    return Sums(
        trips=len(rides),
        minutes=sum(ride.minutes for ride in rides),
        distance_m=sum(ride.distance_m for ride in rides),
        energy_wh=sum(ride.energy_wh for ride in rides),
    )
