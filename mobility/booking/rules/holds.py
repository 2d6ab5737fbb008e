"""How long a vehicle is kept for its rider, what that costs, and who has to wait before the next one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from uuid import UUID

from mobility.base.errors import Conflict, Invalid
from mobility.city.rules.city_file import Holding
from mobility.geo import LonLat, distance_m
from mobility.geo.streets.travel import Walking

MINUTE = timedelta(minutes=1)
LOCKOUT_MAX = timedelta(days=1)
"""The longest that a city file can ask for: older holds need not be read."""


class HoldState(StrEnum):
    ACTIVE = "active"
    USED = "used"
    """The ride has started."""
    CANCELLED = "cancelled"
    """By the rider."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The vehicle was taken out of service."""


UNUSED = (HoldState.CANCELLED, HoldState.EXPIRED)
"""Kept, and not ridden, by the rider's own doing."""


class HoldNotExtendable(Conflict):
    code = "hold_not_extendable"
    fr = "Ce type de véhicule ne se garde pas plus longtemps."
    en = "Vehicles of this type cannot be kept for longer."


class ExtensionTooLong(Conflict):
    """Facts: `minutes_left`, how many minutes more the hold can be extended by."""

    code = "hold_extension_too_long"
    fr = "Cette réservation peut être prolongée de {minutes_left} minutes au plus."
    en = "This reservation can be extended by {minutes_left} minutes at most."


class HoldLockedOut(Conflict):
    """Facts: `until`, the first instant at which it is possible again; `until_local`, on the city's clocks."""

    code = "hold_locked_out"
    fr = "Vous venez de garder un véhicule ici sans l'utiliser : vous pourrez réserver de nouveau à {until_local}."
    en = "You have just kept a vehicle here without riding it: you can reserve again at {until_local}."


class PositionNeeded(Invalid):
    code = "hold_position_needed"
    fr = "Dites où vous êtes : ce véhicule ne se réserve qu'à proximité. Votre position n'est pas gardée."
    en = "Say where you are: this vehicle is reserved from nearby only. Your position is not kept."


class TooFarToHold(Conflict):
    """Facts: `walk_minutes` from the rider to the vehicle, and the longest, `walk_minutes_max`."""

    code = "too_far_to_hold"
    fr = "Ce véhicule est à {walk_minutes} minutes à pied : il se réserve à {walk_minutes_max} minutes au plus."
    en = "This vehicle is a walk of {walk_minutes} minutes away: it is reserved from {walk_minutes_max} at most."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A hold that its rider did not ride: of which vehicle, which stands at `position`, and from when to when."""

    vehicle_id: UUID
    position: LonLat
    created_at: datetime
    over_at: datetime


def free_until(created_at: datetime, terms: Holding) -> datetime:
    """The first instant at which a hold made at `created_at` is no longer free."""
    return created_at + timedelta(minutes=terms.free_minutes)


def is_over(*, expires_at: datetime, now: datetime) -> bool:
    """Whether a hold has run out: it is over at the instant it expires, swept or not."""
    return now >= expires_at


def extended(
    terms: Holding, *, free_until: datetime, expires_at: datetime, minutes: int, needed_at: datetime | None
) -> datetime:
    """When a hold that is extended by `minutes` expires.

    Parameters
    ----------
    needed_at
        When the vehicle has to be there for somebody who has booked it; None for never.

    Raises
    ------
    HoldNotExtendable, ExtensionTooLong
    """
    left = minutes_left(terms, free_until=free_until, expires_at=expires_at, needed_at=needed_at)
    if not terms.extension_minutes_max:
        raise HoldNotExtendable
    if minutes > left:
        raise ExtensionTooLong(minutes_left=left)
    return expires_at + minutes * MINUTE


def minutes_left(terms: Holding, *, free_until: datetime, expires_at: datetime, needed_at: datetime | None) -> int:
    """By how many whole minutes a hold can still be extended."""
    latest = free_until + timedelta(minutes=terms.extension_minutes_max)
    return max(0, (min(latest, needed_at or latest) - expires_at) // MINUTE)


def paid_minutes(*, free_until: datetime, over_at: datetime) -> int:
    """Minutes begun after the free ones, until the ride starts or the hold is over."""
    return max(0, -((free_until - over_at) // MINUTE))


def locked_out_until(
    terms: Holding, unused: Iterable[Unused], *, vehicle_id: UUID, position: LonLat, now: datetime
) -> datetime | None:
    """When a rider with these holds behind them may hold the vehicle at `position`; None for at once."""
    lockout, regret = timedelta(minutes=terms.lockout_minutes), timedelta(minutes=terms.regret_minutes)
    near = [
        hold.over_at + lockout
        for hold in unused
        if hold.over_at - hold.created_at > regret
        and (hold.vehicle_id == vehicle_id or distance_m(hold.position, position) <= terms.lockout_radius_m)
    ]
    until = max(near, default=now)
    return until if until > now else None


def refuse_too_far(terms: Holding, walking: Walking, *, rider: LonLat | None, vehicle: LonLat) -> None:
    """Raises `PositionNeeded`, `TooFarToHold`; asks nothing where the city sets no limit."""
    if terms.walk_minutes_max is None:
        return
    if rider is None:
        raise PositionNeeded
    minutes = walking.walk(rider, vehicle).minutes
    if minutes > terms.walk_minutes_max:
        raise TooFarToHold(walk_minutes=ceil(minutes), walk_minutes_max=terms.walk_minutes_max)
