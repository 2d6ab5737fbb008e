"""A vehicle of Lakeport goes out of service: who gets another one, who waits, who is let go."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import select

from mobility.booking.rules.outages import Change, Outage
from mobility.booking.service import outages, propagation
from mobility.booking.service.propagation import Move
from mobility.booking.service.towns import get_town
from mobility.booking.subscribers import propagate_outage
from mobility.booking.tables import Booking
from mobility.city.rules.prepared import PreparedCity
from mobility.fleet.events import VehicleTakenOutOfService
from mobility.payments.tables import Authorisation
from mobility.riders.tables import OutgoingMessage
from tests.support.diaries import TUESDAY, Diary, told
from tests.support.rides import Story

FOR_GOOD = Outage(for_good=True)


@pytest.fixture
def diary(story: Story) -> Diary:
    return Diary(story)


async def another(diary: Diary) -> Diary:
    return Diary(await diary.story.someone_else())


async def breaks(diary: Diary, plate: str, outage: Outage = FOR_GOOD) -> dict[UUID, Move]:
    """The vehicle goes out of service, and its bookings to others."""
    story = diary.story
    await story.report(plate, "service_end")
    done = await propagation.propagate(story.session, story.clock, story.id(plate), outage)
    return {move.booking.id: move for move in done.moves}


async def test_a_booking_of_a_class_gets_the_other_vehicle_at_the_station_and_nobody_is_bothered(diary: Diary) -> None:
    booking = await diary.book()
    plate = await diary.plate_of(booking)
    moves = await breaks(diary, plate)
    assert moves[booking.id].change is Change.VEHICLE
    assert await diary.plate_of(booking) == {"P-001": "P-002", "P-002": "P-001"}[plate]
    assert (booking.state, booking.quoted_cents) == ("confirmed", 200 + 2 * 1_200)
    assert await diary.letters() == ["Votre véhicule est réservé"]


async def test_who_was_promised_that_very_vehicle_is_told_of_the_other_one(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    await breaks(diary, "P-001")
    assert await diary.plate_of(booking) == "P-002"
    assert await diary.letters() == ["Votre véhicule est réservé", "Un autre véhicule vous attend"]
    body = await diary.story.session.scalar(select(OutgoingMessage.body).order_by(OutgoingMessage.id.desc()).limit(1))
    assert body is not None
    assert "P-002 prend sa place le 16/06 à 10 h 00" in body


async def test_who_cannot_be_served_is_let_go_free_of_charge_and_told_what_is_free(diary: Diary) -> None:
    await (await another(diary)).book(plate="P-002")
    booking = await diary.book(plate="P-001")
    moves = await breaks(diary, "P-001")
    assert moves[booking.id].change is Change.UNSERVED
    await diary.story.session.refresh(booking)
    assert (booking.state, booking.closed_because, booking.fee_cents) == ("unserved", "vehicle", 0)
    held = select(Authorisation).where(Authorisation.reference_id == booking.id)
    authorisation = await diary.story.session.scalar(held)
    assert authorisation is not None
    assert authorisation.state in ("released", "releasing")
    assert (await diary.letters())[-1] == "Nous n'avons pas de véhicule pour vous"


async def test_while_there_is_hope_a_booking_waits_for_its_vehicle(diary: Diary) -> None:
    await (await another(diary)).book(plate="P-002")
    booking = await diary.book(plate="P-001")
    moves = await breaks(diary, "P-001", Outage())
    assert moves[booking.id].change is Change.WAITING
    assert (booking.state, await diary.plate_of(booking)) == ("confirmed", "P-001")
    diary.now_is(f"{TUESDAY}T08:30")
    done = await propagation.propagate(diary.story.session, diary.story.clock, diary.story.id("P-001"), Outage())
    assert [move.change for move in done.moves] == [Change.UNSERVED]


async def test_bookings_after_the_outage_stay(diary: Diary) -> None:
    soon, later = (
        await diary.book(plate="P-001"),
        await diary.book("2026-06-18T10:00", "2026-06-18T12:00", plate="P-001"),
    )
    moves = await breaks(diary, "P-001", Outage(until=told("2026-06-17T00:00+12:00")))
    assert set(moves) == {soon.id}
    assert (await diary.plate_of(soon), await diary.plate_of(later)) == ("P-002", "P-001")


async def test_what_follows_a_one_way_booking_that_moves_away_moves_too(diary: Diary) -> None:
    there = await diary.book(plate="P-001", to="market")
    back = await diary.book("2026-06-18T10:00", "2026-06-18T12:00", plate="P-001", at="market", to="wharf")
    moves = await breaks(diary, "P-001", Outage(until=told("2026-06-17T00:00+12:00")))
    assert set(moves) == {there.id, back.id}
    assert await diary.plate_of(there) == await diary.plate_of(back) == "P-002"


async def test_two_vehicles_change_places(diary: Diary) -> None:
    """The long booking fits only where the short one is, which may go: in one step they would collide."""
    short = await diary.book(f"{TUESDAY}T10:00", f"{TUESDAY}T11:00")
    free = {"P-001": "P-002", "P-002": "P-001"}[await diary.plate_of(short)]
    story = diary.story
    moves = [
        Move(short, short.vehicle_id, Change.VEHICLE, None),
    ]
    other = await (await another(diary)).book(f"{TUESDAY}T10:00", f"{TUESDAY}T11:00")
    assert await diary.plate_of(other) == free
    swap = [
        replace(moves[0], served=_served(short, story.id(free))),
        Move(other, other.vehicle_id, Change.VEHICLE, _served(other, short.vehicle_id)),
    ]
    await propagation._move(story.session, story.clock, swap)
    assert await diary.plate_of(short) == free
    assert await diary.plate_of(other) != free


def _served(booking: Booking, vehicle_id: UUID) -> propagation.Served:
    return propagation.Served(vehicle_id, propagation.calendars.promise_of(booking), 1)


async def test_a_preview_says_the_same_and_changes_nothing(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    await diary.story.report("P-001", "service_end")
    args = (diary.story.session, diary.story.clock, diary.story.id("P-001"), FOR_GOOD)
    foreseen = await propagation.preview(*args)
    assert foreseen.is_proven
    assert await diary.plate_of(booking) == "P-001"
    done = await propagation.propagate(*args)
    assert [(m.booking.id, m.change, m.served) for m in foreseen.moves] == [
        (m.booking.id, m.change, m.served) for m in done.moves
    ]


async def test_the_fleet_s_word_is_enough_and_a_vehicle_that_is_back_keeps_its_bookings(diary: Diary) -> None:
    booking, story = await diary.book(plate="P-001"), diary.story
    event = VehicleTakenOutOfService(
        vehicle_id=story.id("P-001"), city_id="lakeport", at=story.clock.now(), reason="decommissioned"
    )
    await propagate_outage(story.session, story.clock, event)
    assert await diary.plate_of(booking) == "P-001"
    await story.report("P-001", "service_end")
    await propagate_outage(story.session, story.clock, event)
    assert await diary.plate_of(booking) == "P-002"


async def test_nothing_happens_to_a_vehicle_without_bookings_or_of_a_class_not_booked_ahead(diary: Diary) -> None:
    assert await breaks(diary, "P-001") == {}
    story = diary.story
    done = await propagation.propagate(story.session, story.clock, story.id("B-001"), FOR_GOOD)
    assert (done.moves, done.is_proven) == ([], True)


async def test_out_and_late_vehicles_are_looked_at_again(diary: Diary) -> None:
    story = diary.story
    booking = await diary.book(plate="P-001")
    assert await propagation.list_out(story.session, story.clock.now()) == []
    await story.report("P-001", "service_end")
    assert await propagation.list_out(story.session, story.clock.now()) == [(story.id("P-001"), False)]
    story.passes(hours=-11)
    assert await propagation.list_out(story.session, story.clock.now()) == []
    story.passes(hours=11)
    await story.report("P-001", "service_start")
    booking.by_class, booking.at_risk_at = True, story.clock.now()
    await story.reserve("P-001")
    assert await propagation.list_out(story.session, story.clock.now()) == [(story.id("P-001"), True)]


async def test_a_late_vehicle_is_planned_without_for_two_hours_and_only_for_who_booked_a_class(diary: Diary) -> None:
    named = await diary.book(plate="P-001")
    any_ = await (await another(diary)).book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00")
    assert await diary.plate_of(any_) == "P-001"
    diary.now_is(f"{TUESDAY}T12:30")
    story = diary.story
    done = await propagation.propagate(story.session, story.clock, story.id("P-001"), Outage(is_late=True))
    assert [(move.booking.id, move.change) for move in done.moves] == [(any_.id, Change.VEHICLE)]
    assert (await diary.plate_of(named), await diary.plate_of(any_)) == ("P-001", "P-002")


@pytest.mark.parametrize(("minimum_age", "classes"), [(18, ("pebble", "boulder")), (40, ("pebble",))])
async def test_a_better_class_is_offered_to_whom_the_law_lets_drive_it(
    diary: Diary, minimum_age: int, classes: tuple[str, ...]
) -> None:
    """Of a Lakeport that had boulders too, with a seat more than a pebble."""
    booking, story = await diary.book(plate="P-001"), diary.story
    town = await get_town(story.session, "lakeport")
    pebble = town.city.vehicle_type("pebble")
    asked = (structs.replace(pebble.eligibility[0], minimum_age=minimum_age),)
    boulder = structs.replace(pebble, code="boulder", seats=pebble.seats + 1, eligibility=asked)
    file = structs.replace(town.city.file, vehicle_types=(*town.city.file.vehicle_types, boulder))
    bigger = replace(town, city=PreparedCity(file, document_hash="bigger"))
    vehicle = await story.vehicle("P-001")
    found = await outages.find(story.session, bigger, vehicle, FOR_GOOD, story.clock.now(), [booking])
    assert [wish.classes for wish in found.instance.wishes] == [classes]


async def test_every_change_is_at_the_quoted_price_on_the_same_terms(diary: Diary) -> None:
    booking = await diary.book(plate="P-001")
    before = (booking.tariff_id, booking.quoted_cents, booking.terms, booking.starts_at, booking.start_station_id)
    await breaks(diary, "P-001")
    await diary.story.session.refresh(booking)
    after = (booking.tariff_id, booking.quoted_cents, booking.terms, booking.starts_at, booking.start_station_id)
    assert before == after
    assert booking.blocked_until - booking.ends_at == timedelta(minutes=20)
