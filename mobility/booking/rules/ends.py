"""When a ride is over that its rider asked to end without a network, and whether it may end somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from mobility.base.errors import Problem
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.parking import NoParkingHere, OutOfServiceZone

FORGIVEN_MAX: Final = timedelta(minutes=30)
"""Longer than nearly all gaps in a network last; what is longer support looks at."""
LATE_FROM: Final = timedelta(minutes=1)
"""What comes sooner only travelled slowly, and is no late wish."""
FORGIVEN_TIMES: Final = 3
FORGIVEN_WITHIN: Final = timedelta(days=30)
"""So often in so long: a telephone without a network is bad luck, not a tariff."""

CheckName = Literal["zone", "parking", "bay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A wish to end a ride that comes late.

    Attributes
    ----------
    at
        When the rider tapped, by the service's clock as their phone knew it.
    changed_at
        When the rider last did something with the ride that came through: it began, was paused, went on.
    stood_since
        From when on the vehicle itself says that it stood, at `at` at the earliest; None: it says nothing of the kind.
    forgiven
        How many of the rider's rides of the last days ended so.
    """

    at: datetime
    changed_at: datetime
    stood_since: datetime | None
    forgiven: int


def is_late(asked_at: datetime, *, changed_at: datetime, now: datetime) -> bool:
    """Whether a wish to end comes late, and its rider has not ridden on since."""
    return changed_at <= asked_at <= now - LATE_FROM


def fair_end(asked: Asked, now: datetime) -> datetime:
    """When the ride is over: as asked where the vehicle's own word stands for it, else now.

    A phone can say what it likes; that nobody rode on only the vehicle can. It is never earlier than `FORGIVEN_MAX`
    ago, nor than the rider's last act that came through.
    """
    counts = is_late(asked.at, changed_at=asked.changed_at, now=now) and asked.forgiven < FORGIVEN_TIMES
    if not counts or asked.stood_since is None:
        return now
    return min(now, max(asked.at, asked.stood_since, now - FORGIVEN_MAX))


def asks_photo(vehicle_type: VehicleType, *, in_bay: bool) -> bool:
    """Whether the rider is asked for a photo of how they left the vehicle. It is never a condition of the end."""
    return vehicle_type.end_photo == "always" or (vehicle_type.end_photo == "outside_stations" and not in_bay)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so where a ride ends; None: it is not known while another is not so."""

    name: CheckName
    passed: bool | None


def checks(refusal: Problem | None, *, needs_bay: bool) -> Sequence[Check]:
    """What of `may_end` passed, in the order in which riders can do something about it."""
    if isinstance(refusal, OutOfServiceZone):
        told: tuple[bool | None, ...] = (False, None, None)
    elif isinstance(refusal, NoParkingHere):
        told = (True, False, None)
    else:
        told = (True, True, refusal is None)
    names: tuple[CheckName, ...] = ("zone", "parking", "bay") if needs_bay else ("zone", "parking")
    return [Check(name, passed) for name, passed in zip(names, told, strict=False)]
