"""Bookings in Lakeport, told by the town's clocks: 20:00 of Monday, 15 June 2026, is when the tests begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from mobility.booking.service import availability, booked, departures, rebooking, reserving, watching
from mobility.booking.service.availability import Found, Search
from mobility.booking.tables import Booking, Rental
from mobility.riders.tables import OutgoingMessage
from tests.support.rides import Story

told = datetime.fromisoformat
TUESDAY = "2026-06-16"


@dataclass(frozen=True)
class Diary:
    """What one rider books."""

    story: Story

    async def book(
        self,
        starts: str = f"{TUESDAY}T10:00",
        ends: str = f"{TUESDAY}T12:00",
        *,
        plate: str | None = None,
        type_code: str = "pebble",
        at: str | None = None,
        to: str | None = None,
        range_m_min: int = 0,
    ) -> Booking:
        """A class at a station, by default the wharf, or, with `plate`, that vehicle."""
        at = at or (None if plate else "wharf")
        story, account_id = self.story, self.story.rider.account_id
        ask = reserving.Ask(
            account_id=account_id,
            booked_by=account_id,
            city_id="lakeport",
            starts_at=told(starts),
            ends_at=told(ends),
            vehicle_id=story.id(plate) if plate else None,
            type_code=None if plate else type_code,
            station_id=await story.station(at) if at else None,
            to_station_id=await story.station(to) if to else None,
            range_m_min=range_m_min,
        )
        return await reserving.book(story.session, story.clock, ask)

    async def end_at(self, booking: Booking, ends: str) -> Booking:
        return await rebooking.change_end(self.story.session, self.story.clock, **self._of(booking), ends_at=told(ends))

    async def cancel(self, booking: Booking) -> Booking:
        return await rebooking.cancel(self.story.session, self.story.clock, **self._of(booking))

    async def substitute(self, booking: Booking) -> Booking:
        return await rebooking.substitute(self.story.session, self.story.clock, **self._of(booking))

    async def start(self, booking: Booking) -> Rental:
        return await departures.depart(self.story.session, self.story.clock, **self._of(booking))

    async def search(
        self, starts: str = f"{TUESDAY}T10:00", ends: str = f"{TUESDAY}T12:00", **wanted: object
    ) -> list[Found]:
        asked = Search(starts_at=told(starts), ends_at=told(ends), **wanted)  # type: ignore[arg-type]
        return await availability.search(self.story.session, self.story.clock, "lakeport", asked)

    async def places(
        self, starts: str = f"{TUESDAY}T10:00", ends: str = f"{TUESDAY}T12:00", **wanted: object
    ) -> dict[str, list[str]]:
        """Plates of what can be booked, by station."""
        found = await self.search(starts, ends, **wanted)
        return {
            each.place.station.code if each.place.station else "street": [c.planned.plate for c in each.place.choices]
            for each in found
        }

    async def letters(self) -> Sequence[str]:
        """What the rider was written, the first first."""
        mine = select(OutgoingMessage.subject).where(OutgoingMessage.account_id == self.story.rider.account_id)
        return (await self.story.session.scalars(mine.order_by(OutgoingMessage.id))).all()

    def now_is(self, local: str) -> None:
        """The town's clocks show so much."""
        clock = self.story.clock
        clock.instant = told(f"{local}+12:00").astimezone(clock.instant.tzinfo)

    async def plate_of(self, booking: Booking) -> str:
        await self.story.session.refresh(booking)
        return next(plate for plate, new in self.story.vehicles.items() if new.id == booking.vehicle_id)

    def _of(self, booking: Booking) -> dict[str, UUID]:
        return {"account_id": self.story.rider.account_id, "booking_id": booking.id}


async def watch(story: Story) -> None:
    """What the worker does every few seconds."""
    for due, act in watching.WATCHES:
        for booking_id in await watching.list_due(story.session, due(story.clock.now())):
            booking = await booked.lock_if(story.session, booking_id, due(story.clock.now()))
            if booking is not None:
                await act(story.session, story.clock, booking)
                await story.session.flush()
