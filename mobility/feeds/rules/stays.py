"""From when until when a car may be booked at the station where it stands: whole hours of the next day, no more.

Two cars whose next bookings differ could be told apart after their rides, when their ids are new: whole hours and a
horizon keep that a guess (docs/feeds.md).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

HOUR = timedelta(hours=1)
HORIZON = timedelta(hours=24)


class Booked(Struct, frozen=True, array_like=True):
    """A live booking of a vehicle; `back` when it ends at the station where the vehicle stands now."""

    starts_at: datetime
    blocked_until: datetime
    back: bool


class Stay(NamedTuple):
    """A time that a booking at the station may lie in."""

    since: datetime
    until: datetime


def stays(booked: Iterable[Booked], *, buffer: timedelta, now: datetime) -> tuple[Stay, ...]:
    """When a vehicle that stands at a station can be booked there, by its live bookings in the order of time."""
    whole = ((_hour_up(since), _hour_down(until)) for since, until in _gaps(booked, buffer, _hour_down(now)))
    return tuple(Stay(since, until) for since, until in whole if since < until)


def _gaps(booked: Iterable[Booked], buffer: timedelta, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    end, is_here = since + HORIZON, True
    for each in booked:
        if is_here:
            yield since, min(each.starts_at - buffer, end)
        since, is_here = each.blocked_until, each.back
    if is_here:
        yield since, end


def _hour_down(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _hour_up(at: datetime) -> datetime:
    return -((-(at - _hour_down(at))) // HOUR) * HOUR + _hour_down(at)
