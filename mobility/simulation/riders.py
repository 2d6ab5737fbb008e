"""Who wants to ride, when, from where to where, and how patient they are: one row for each wish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from mobility.simulation.scenario import Frozen, Ints, Scenario, require

NOBODY = -1
RIDERS_MAX = 2**31 - 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Riders(Frozen):
    """Wishes in the order in which they come up, (N,) each.

    Attributes
    ----------
    at_s : when the rider looks for a vehicle
    place, destination
    wanted, second : classes; `second` is taken where `wanted` is not to be had, `NOBODY` for never
    profile : of the rider, for who may drive what
    walk_s_max : the longest walk accepted
    ride_s, distance_m : of the ride wished for, pauses included, without what looking for a bay adds
    pause_from_s, pause_s : one pause; 0 s long for none
    cancels_s : the rider gives the vehicle back so long after reserving it; `NOBODY` for not
    fails : whether the first vehicle does not unlock
    """

    at_s: Ints
    place: Ints
    destination: Ints
    wanted: Ints
    second: Ints
    profile: Ints
    walk_s_max: Ints
    ride_s: Ints
    distance_m: Ints
    pause_from_s: Ints
    pause_s: Ints
    cancels_s: Ints
    fails: Ints

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(self.at_s)
        require(count <= RIDERS_MAX, "there are too many riders for one run")
        require(
            all(getattr(self, each.name).shape == (count,) for each in fields(self)), "riders are rows of one table"
        )
        if not count:
            return
        require(self.at_s[0] >= 0 and np.all(np.diff(self.at_s) >= 0), "riders come in the order of time")
        for each in (self.walk_s_max, self.distance_m, self.pause_from_s, self.pause_s):
            require(each.min() >= 0, "walks, distances and pauses are not negative")
        require(self.ride_s.min() > 0, "a ride takes time")
        require(np.all(self.pause_from_s + self.pause_s <= self.ride_s), "a pause is within its ride")
        require(np.all((self.pause_from_s > 0) | (self.pause_s == 0)), "a pause begins after its ride")
        require(min(self.cancels_s.min(), self.second.min()) >= NOBODY, "what never happens is -1")

    def __len__(self) -> int:
        return len(self.at_s)

    def fits(self, scenario: Scenario) -> "Riders":
        """These riders, if the city has what they name; raises `ScenarioInvalid` otherwise."""
        bounds = {
            "place": len(scenario.places.names),
            "destination": len(scenario.places.names),
            "wanted": len(scenario.classes.names),
            "profile": len(scenario.eligible),
        }
        for name, bound in bounds.items():
            column = getattr(self, name)
            require(not len(self) or (column.min() >= 0 and column.max() < bound), f"a rider names an unknown {name}")
        require(not len(self) or self.second.max() < bounds["wanted"], "a rider names an unknown second class")
        return self

    def only(self, which: Any) -> "Riders":
        """Some of them, by a mask or their rows in ascending order."""
        return Riders(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


def replayed(trips: Sequence[Mapping[str, int]], *, walk_s_max: int, profile: int = 0) -> Riders:
    """Riders who repeat given trips: rows with at_s, place, destination, class, ride_s and distance_m.

    They come to the place itself, walk at most `walk_s_max` to another one when it has no vehicle, and do not cancel.
    """
    rows = sorted(trips, key=lambda trip: trip["at_s"])

    def column(name: str) -> Any:
        return np.array([trip[name] for trip in rows], np.int64)

    none = np.zeros(len(rows), np.int64)
    return Riders(
        at_s=column("at_s"),
        place=column("place"),
        destination=column("destination"),
        wanted=column("class"),
        second=none + NOBODY,
        profile=none + profile,
        walk_s_max=none + walk_s_max,
        ride_s=column("ride_s"),
        distance_m=column("distance_m"),
        pause_from_s=none,
        pause_s=none,
        cancels_s=none + NOBODY,
        fails=none,
    )
