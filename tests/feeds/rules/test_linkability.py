"""Somebody reads the feed every minute and tries to follow vehicles from ride to ride.

Two hundred rides of forty mopeds, about eight under way at a time. Reading `vehicle_status` gives the vehicles that
vanished and those that appeared; an attack is a way to say which of the vanished an appeared one was. The reader knows
how fast rides go, and is told the truth after each guess: it always knows how many are under way, and since when.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import pytest

from mobility.feeds.rules.fleet import StandingVehicle
from tests.feeds.editions import MOPED, document, edition, system

LAKEPORT = system()
FLEET, RIDES, STEP_MINUTES = 40, 200, 1
METRES_PER_MINUTE = 300  # 18 km/h from door to door

# Who left first is likelier back first (0.39), and that nobody can hide; whatever else is told must add nothing to it.
LINKED_AT_MOST = 0.40


@dataclass
class Vanished:
    """What the reader last saw of a vehicle; `index` is its place in the list, `truth` what the reader is after."""

    truth: int
    minute: int
    index: int
    seen: dict[str, Any]


@dataclass
class Town:
    """The truth: where each vehicle stands and how far it can go; `back_at` is the minute that a ride ends."""

    dice: random.Random
    vehicles: list[StandingVehicle] = field(default_factory=list)
    back_at: dict[int, int] = field(default_factory=dict)
    started: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.vehicles = [self._somewhere(self.dice.randint(12_000, 40_000)) for _ in range(FLEET)]

    def _somewhere(self, range_m: int) -> StandingVehicle:
        return msgspec.structs.replace(
            MOPED,
            public_id=str(UUID(int=self.dice.getrandbits(128))),
            lon=self.dice.uniform(174.97, 175.03),
            lat=self.dice.uniform(-40.03, -39.97),
            range_m=range_m,
        )

    def passes(self, minute: int) -> int:
        """One minute: rides end, others begin; how many began."""
        for at in [at for at, back_at in self.back_at.items() if back_at <= minute]:
            used_m = int((minute - self.started[at]) * METRES_PER_MINUTE * self.dice.uniform(0.7, 1.3))
            left_m = self.vehicles[at].range_m - used_m
            self.vehicles[at] = self._somewhere(left_m if left_m > 8_000 else 40_000)
            del self.back_at[at]
        if self.dice.random() > 0.45:
            return 0
        at = self.dice.choice([at for at in range(FLEET) if at not in self.back_at])
        self.back_at[at], self.started[at] = minute + self.dice.randint(6, 30), minute
        return 1

    def read(self) -> dict[str, tuple[int, int, dict[str, Any]]]:
        """The feed as anybody reads it: by id the truth behind it, its place in the list, what is said of it."""
        truth = {each.public_id: at for at, each in enumerate(self.vehicles) if at not in self.back_at}
        standing = edition(*(self.vehicles[at] for at in truth.values()), of=LAKEPORT)
        listed = enumerate(document(standing, "v3", "vehicle_status")["data"]["vehicles"])
        return {each["vehicle_id"]: (truth[each["vehicle_id"]], index, each) for index, each in listed}


Attack = Callable[[list[Vanished], int, int, dict[str, Any]], Vanished | None]


def linked(attack: Attack) -> float:
    """The share of returned vehicles that the attack names rightly."""
    town, gone, right, returned = Town(random.Random(7)), list[Vanished](), 0, 0
    before, began, minute = town.read(), 0, 0
    while began < RIDES:
        minute += STEP_MINUTES
        began += town.passes(minute)
        now = town.read()
        gone += [Vanished(before[id_][0], minute, *before[id_][1:]) for id_ in before.keys() - now.keys()]
        for id_ in sorted(now.keys() - before.keys()):
            truth, index, seen = now[id_]
            returned += 1
            guess = attack(gone, minute, index, seen)
            right += guess is not None and guess.truth == truth
            gone = [each for each in gone if each.truth != truth]
        before = now
    assert returned > RIDES * 0.8
    return right / returned


def by_id(gone: list[Vanished], _: int, __: int, seen: dict[str, Any]) -> Vanished | None:
    return next((each for each in gone if each.seen["vehicle_id"] == seen["vehicle_id"]), None)


def by_position(gone: list[Vanished], _: int, __: int, seen: dict[str, Any]) -> Vanished | None:
    where = (seen["lon"], seen["lat"])
    return next((each for each in gone if (each.seen["lon"], each.seen["lat"]) == where), None)


def by_order(gone: list[Vanished], _: int, index: int, __: dict[str, Any]) -> Vanished | None:
    return min(gone, key=lambda each: abs(each.index - index), default=None)


def by_range(gone: list[Vanished], minute: int, _: int, seen: dict[str, Any]) -> Vanished | None:
    """The vehicle that would by now have used up just the range that is missing."""

    def surprise(each: Vanished) -> float:
        used_m = each.seen["current_range_meters"] - seen["current_range_meters"]
        return abs(used_m - (minute - each.minute) * METRES_PER_MINUTE)

    return min(gone, key=surprise, default=None)


def longest_away(gone: list[Vanished], _: int, __: int, ___: dict[str, Any]) -> Vanished | None:
    return min(gone, key=lambda each: each.minute, default=None)


@pytest.mark.parametrize("attack", [by_id, by_position])
def test_no_id_and_no_position_outlives_a_ride(attack: Attack) -> None:
    assert linked(attack) == 0


@pytest.mark.parametrize("attack", [by_order, by_range, longest_away])
def test_no_attack_follows_vehicles_more_often_than_stated(attack: Attack) -> None:
    assert linked(attack) <= LINKED_AT_MOST
