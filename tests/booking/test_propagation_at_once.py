"""Others book while an outage is planned, or the server dies on the way: real commits, nothing half done."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.booking.optimiser.plan import Reassignment
from mobility.booking.rules.outages import BookingsChanging, Change, Outage
from mobility.booking.service import propagation
from mobility.booking.service.outages import Found
from mobility.booking.service.reserving import Ask, book
from mobility.booking.tables import Booking
from mobility.booking.tasks import relieve_outages
from mobility.city.tables import Station
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle, report_event
from mobility.fleet.tables import Vehicle
from mobility.riders.tables import OutgoingMessage
from tests.booking.conftest import Riders

FOR_GOOD = Outage(for_good=True)
HOUR = timedelta(hours=1)
CROWD = 6


class Town:
    """Lakeport with a fleet of pebbles at the wharf, and what people book there."""

    def __init__(self, sessions: Sessions, clock: FixedClock, riders: Riders) -> None:
        self.sessions, self.clock, self.riders = sessions, clock, riders

    async def book(self, plate: str | None = None, *, after_h: float = 12.0, hours: float = 1.0) -> UUID:
        (person,) = await self.riders(1)
        async with transaction(self.sessions) as session:
            vehicle_id = await self.id_of(session, plate) if plate else None
            station = await session.scalar(select(Station.id).where(Station.code == "wharf"))
            starts_at = self.clock.now() + after_h * HOUR
            ask = Ask(
                account_id=person.account_id,
                booked_by=person.account_id,
                city_id="lakeport",
                starts_at=starts_at,
                ends_at=starts_at + hours * HOUR,
                vehicle_id=vehicle_id,
                type_code=None if plate else "pebble",
                station_id=None if plate else station,
            )
            return (await book(session, self.clock, ask)).id

    async def breaks(self, plate: str) -> None:
        async with transaction(self.sessions) as session:
            vehicle_id = await self.id_of(session, plate)
            await report_event(session, self.clock, vehicle_id, "service_end", operator_id=vehicle_id, reason="broken")

    async def propagate(self, plate: str) -> propagation.Propagation:
        async with transaction(self.sessions) as session:
            return await propagation.propagate(session, self.clock, await self.id_of(session, plate), FOR_GOOD)

    async def where(self) -> dict[UUID, tuple[str, str]]:
        """By booking, its state and its vehicle's plate."""
        async with self.sessions() as session:
            found = select(Booking.id, Booking.state, Vehicle.plate).join(Vehicle, Vehicle.id == Booking.vehicle_id)
            return {row.id: (row.state, row.plate) for row in await session.execute(found)}

    async def id_of(self, session: AsyncSession, plate: str) -> UUID:
        return (await session.scalars(select(Vehicle.id).where(Vehicle.plate == plate))).one()


@pytest.fixture
def lakeport(sessions: Sessions, clock: FixedClock, riders: Riders, town: list[NewVehicle]) -> Town:
    return Town(sessions, clock, riders)


async def test_what_somebody_books_while_it_is_planned_is_planned_around(
    lakeport: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurt, solve = await lakeport.book("P-001"), propagation._solve
    await lakeport.breaks("P-001")
    taken: list[UUID] = []

    async def slow(found: Found) -> Reassignment:
        plan = await solve(found)
        if not taken:
            taken.append(await lakeport.book("P-002"))
        return plan

    monkeypatch.setattr(propagation, "_solve", slow)
    done = await lakeport.propagate("P-001")
    assert [move.change for move in done.moves] == [Change.UNSERVED]
    assert await lakeport.where() == {hurt: ("unserved", "P-001"), taken[0]: ("confirmed", "P-002")}


async def test_a_plan_that_never_holds_is_given_up_and_nothing_has_changed(
    lakeport: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurt = await lakeport.book("P-001")
    await lakeport.breaks("P-001")
    monkeypatch.setattr(propagation, "_still_fits", lambda *_: False)
    with pytest.raises(BookingsChanging) as refused:
        await lakeport.propagate("P-001")
    assert refused.value.code == "bookings_changing"
    assert await lakeport.where() == {hurt: ("confirmed", "P-001")}


async def test_a_crowd_books_while_bookings_move_and_no_two_of_a_vehicle_meet(lakeport: Town) -> None:
    hurt = {await lakeport.book("P-001", after_h=12 + 2 * number) for number in range(CROWD)}
    await lakeport.breaks("P-001")
    wanted = [lakeport.book(after_h=12 + 2 * (number % CROWD)) for number in range(2 * CROWD)]
    done, *booked = await asyncio.gather(lakeport.propagate("P-001"), *wanted, return_exceptions=True)
    assert isinstance(done, propagation.Propagation)
    assert {type(each) for each in booked if isinstance(each, BaseException)} <= {
        type(each) for each in booked if isinstance(each, Problem)
    }
    now = await lakeport.where()
    assert {now[each][1] for each in now if now[each][0] == "confirmed"} == {"P-002"}
    assert sum(state == "confirmed" for state, _ in now.values()) == CROWD
    assert {move.booking.id for move in done.moves} == hurt


@pytest.mark.parametrize("dies_in", ["_move", "_tell"])
async def test_a_death_on_the_way_leaves_every_booking_as_it_was(
    lakeport: Town, monkeypatch: pytest.MonkeyPatch, sessions: Sessions, dies_in: str
) -> None:
    booked = [await lakeport.book("P-001", after_h=hours) for hours in (12, 14, 16)]
    await lakeport.breaks("P-001")
    before, letters = await lakeport.where(), await count_letters(sessions)
    act = getattr(propagation, dies_in)

    async def killed(session: AsyncSession, *args: object) -> None:
        await act(session, *args)
        own = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        async with sessions() as other:
            await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})

    monkeypatch.setattr(propagation, dies_in, killed)
    with pytest.raises(DBAPIError):
        await lakeport.propagate("P-001")
    assert (await lakeport.where(), await count_letters(sessions)) == (before, letters)
    monkeypatch.undo()
    assert await relieve_outages(sessions, lakeport.clock) == 1
    assert await lakeport.where() == dict.fromkeys(booked, ("confirmed", "P-002"))


async def count_letters(sessions: Sessions) -> int:
    async with sessions() as session:
        return len((await session.scalars(select(OutgoingMessage.id))).all())
