"""Bookings of one vehicle as the rules see them, and strategies that make plans of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from mobility.booking.rules.availability import Promise, why_not

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
WHARF, MARKET, AIRPORT = (UUID(int=number) for number in (1, 2, 3))
STATIONS = [WHARF, MARKET, AIRPORT]
BUFFER = timedelta(minutes=15)


def booked(begins_h: float, ends_h: float, start: UUID | None = WHARF, end: UUID | None = WHARF) -> Promise:
    """A booking so many hours from now, by default there and back."""
    starts_at, ends_at = (NOW + timedelta(hours=hours) for hours in (begins_h, ends_h))
    return Promise(
        starts_at=starts_at,
        ends_at=ends_at,
        blocked_until=ends_at + BUFFER,
        start_station_id=start,
        end_station_id=end,
    )


@st.composite
def plans(draw: st.DrawFn) -> tuple[UUID, list[Promise]]:
    """Where a vehicle stands, and bookings that were each promised by the rule, in any order."""
    station_id = draw(st.sampled_from(STATIONS))
    promises: list[Promise] = []
    for _ in range(draw(st.integers(0, 12))):
        begins = draw(st.integers(0, 200))
        stations = [draw(st.sampled_from(STATIONS)) for _ in range(2)]
        wanted = booked(begins / 4, (begins + draw(st.integers(1, 24))) / 4, *stations)
        if why_not(promises, wanted, station_id=station_id) is None:
            promises = sorted([*promises, wanted], key=lambda promise: promise.starts_at)
    return station_id, promises
