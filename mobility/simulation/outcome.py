"""What a run came to: one row for each rider, counts, and the books that have to balance."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.simulation import kernel
from mobility.simulation.riders import Riders
from mobility.simulation.scenario import DAY_S, Flags, Floats, Ints, Scenario, require

HOUR_S, HOURS_OF_DAY = 3_600, 24
MWH_PER_KWH = 1_000_000


class Event(IntEnum):
    """What happens to riders and vehicles, as the kernel counts it."""

    ASKED = kernel.ASKED
    HELD = kernel.HELD
    LOST = kernel.LOST
    CANCELLED = kernel.CANCELLED
    EXPIRED = kernel.EXPIRED
    FAILED = kernel.FAILED
    STARTED = kernel.STARTED
    PAUSED = kernel.PAUSED
    RESUMED = kernel.RESUMED
    REFUSED = kernel.REFUSED
    ENDED = kernel.ENDED
    MOVED = kernel.MOVED


class End(IntEnum):
    """What became of a rider."""

    UNDER_WAY = kernel.UNDER_WAY
    SERVED = kernel.SERVED
    CLOSED = kernel.CLOSED
    NOT_ELIGIBLE = kernel.NOT_ELIGIBLE
    NO_VEHICLE = kernel.NO_VEHICLE
    TOO_LITTLE_CHARGE = kernel.TOO_LITTLE_CHARGE
    GAVE_BACK = kernel.GAVE_BACK
    TOO_FAR = kernel.TOO_FAR
    DID_NOT_UNLOCK = kernel.DID_NOT_UNLOCK


UNMET = (End.NO_VEHICLE, End.TOO_LITTLE_CHARGE, End.TOO_FAR, End.DID_NOT_UNLOCK)
"""Trips that a better placed or better charged fleet would have served."""


class Evening(NamedTuple):
    """What a dispatcher sees: when [s], and of each vehicle the place (-1 on a ride), charge [mWh] and whether it
    stands free and is plugged in."""

    at_s: int
    place: Ints
    charge_mwh: Ints
    is_free: Flags
    is_plugged: Flags


@dataclass(frozen=True, eq=False)
class Work:
    """What crews do in a night, vehicle by vehicle, in this order.

    A vehicle that does not stand free at `place` any more is left alone. `to_place` may be the same; `charge_mwh` is
    that of the battery put in, -1 to leave it.
    """

    vehicle: Ints
    place: Ints
    to_place: Ints
    charge_mwh: Ints
    plugs_in: Flags

    def __post_init__(self) -> None:
        columns = self.vehicle, self.place, self.to_place, self.charge_mwh, self.plugs_in
        require(len({len(column) for column in columns}) == 1, "each task of a crew names all five")

    @classmethod
    def nothing(cls) -> "Work":
        none = np.zeros(0, np.int64)
        return cls(none, none, none, none, np.zeros(0, np.bool_))


class Energy(NamedTuple):
    """[mWh]: what chargers gave, what other batteries brought, and what rides used."""

    charged: int
    swapped: int
    used: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcome:
    """A run that is over, or was stopped at `until_s`.

    Attributes
    ----------
    riders, end : who asked, and what became of each (N,)
    vehicle, place, end_place, started_s, ended_s, distance_m, cents : of each ride; -1 or 0 without one
    counts : by `Event`
    free, taken : vehicles that stand free (C, P); bays taken (P,)
    empty_s : (C, P) how long none stood free
    charge_mwh : (V,) at the end
    log : (events, 5) time [s], rider, event, vehicle or reason, place; empty unless it was kept
    """

    scenario: Scenario
    riders: Riders
    until_s: int
    end: Ints
    vehicle: Ints
    place: Ints
    end_place: Ints
    started_s: Ints
    ended_s: Ints
    distance_m: Ints
    cents: Ints
    counts: Ints
    free: Ints
    taken: Ints
    empty_s: Ints
    charge_mwh: Ints
    energy: Energy
    log: Ints

    @property
    def events(self) -> int:
        return int(self.counts.sum())

    @property
    def served(self) -> Flags:
        return np.asarray(self.end == End.SERVED)

    @property
    def unmet(self) -> Flags:
        return np.isin(self.end, UNMET)

    @property
    def ride_s(self) -> Ints:
        """Of the rides that are over."""
        return np.asarray((self.ended_s - self.started_s)[self.served])

    @property
    def empty_share(self) -> Floats:
        """(C, P) of the time in which no vehicle stood free."""
        return np.asarray(self.empty_s / max(1, self.until_s))

    def since(self, from_s: int) -> NDArray[np.bool_]:
        """Riders who asked after the warm-up."""
        return np.asarray((self.riders.at_s >= from_s) & (self.riders.at_s < self.until_s))

    def by_hour(self, which: Flags) -> Ints:
        """(24,) riders of a mask by the hour in which they asked."""
        return np.bincount(self.riders.at_s[which] % DAY_S // HOUR_S, minlength=HOURS_OF_DAY)

    def by_place(self, which: Flags) -> Ints:
        """(P,) riders of a mask by where they asked."""
        return np.bincount(self.riders.place[which], minlength=len(self.taken))


def outcome_of(
    scenario: Scenario,
    riders: Riders,
    street: kernel.Street,
    journeys: kernel.Journeys,
    counts: Ints,
    log: Ints,
    until_s: int,
) -> Outcome:
    """The arrays of a run as they stand at `until_s`: who rides stays on the way, who is plugged in is charged."""
    charge = np.array([_charge(scenario, street, vehicle, until_s) for vehicle in range(len(street.at))], np.int64)
    charged = int(street.energy_mwh[kernel.CHARGED] + (charge - street.charge_mwh).sum())
    columns = ("vehicle", "place", "end_place", "started_s", "ended_s", "distance_m", "cents")
    return Outcome(
        scenario=scenario,
        riders=riders,
        until_s=until_s,
        end=journeys.outcome.copy(),
        **{name: getattr(journeys, name).copy() for name in columns},
        counts=counts.copy(),
        free=street.free.copy(),
        taken=street.taken.copy(),
        empty_s=street.empty_s + np.where(street.free == 0, until_s - street.empty_since_s, 0),
        charge_mwh=charge,
        energy=Energy(charged, int(street.energy_mwh[kernel.SWAPPED]), int(street.energy_mwh[kernel.USED])),
        log=log,
    )


def _charge(scenario: Scenario, street: kernel.Street, vehicle: int, until_s: int) -> int:
    since, charge = street.plugged_s[vehicle], street.charge_mwh[vehicle]
    if since < 0:
        return int(charge)
    added = scenario.places.charger_w[street.at[vehicle]] * (until_s - since) * 5 // 18
    return int(min(charge + added, scenario.classes.battery_mwh[street.vehicle_class[vehicle]]))
