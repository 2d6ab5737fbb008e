"""Whether a vehicle stands where it was left; asked only while nobody rents it."""

from dataclasses import dataclass
from datetime import datetime

from mobility.fleet.rules.alerts.readings import OFF_THE_STREET, PARKED
from mobility.geo import LonLat, distance_m


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a vehicle was left, by the `phone` that ended the ride or by the `vehicle` itself; or not known."""

    position: LonLat | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    state: str
    state_since: datetime
    position: LonLat
    position_at: datetime
    parked: Anchor


@dataclass(frozen=True, slots=True)
class Stray:
    """How far it is from where it should be, and the new anchor if there is one; see `readings.Seen`."""

    moved_m: float | None = None
    elsewhere_m: float | None = None
    anchor: Anchor | None = None


def stray(at: Whereabouts) -> Stray:
    """Compare where a vehicle says to be with where it was left.

    The end of a ride is where the rider's phone was. The first position that the vehicle itself says after it is
    compared with that once, and is the anchor from then on: a receiver is compared with itself, not with a phone.
    """
    if at.state in OFF_THE_STREET:
        # A crew has it: wherever it is put down, there it will have been left.
        return Stray(anchor=Anchor() if at.parked.by else None)
    if at.state not in PARKED:
        return Stray()
    here = Anchor(at.position, "vehicle")
    if at.parked.position is None:
        return Stray(anchor=here if at.position_at >= at.state_since else None)
    away_m = distance_m(at.position, at.parked.position)
    if at.parked.by == "vehicle":
        return Stray(moved_m=away_m)
    # Still the phone's word: the vehicle has said nothing since.
    return Stray() if at.position == at.parked.position else Stray(elsewhere_m=away_m, anchor=here)
