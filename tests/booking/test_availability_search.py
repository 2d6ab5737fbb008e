from datetime import timedelta

import pytest
from sqlalchemy import update

from mobility.booking.rules.bookings import BookingTooFar, DestinationFull, UnknownStation
from mobility.booking.rules.openings import openings
from mobility.booking.rules.quarters import TimeMissing, TimeRepeated, quarters_of
from mobility.booking.rules.refusals import ServiceClosed
from mobility.booking.service.calendars import list_planned
from mobility.booking.service.days import day_of
from mobility.booking.service.towns import get_town
from mobility.city.rules.prepared import TimeTooFar
from mobility.fleet.tables import Vehicle, VehicleStatus
from tests.support.diaries import TUESDAY, Diary, told
from tests.support.rides import MARKET, WHARF, Story


@pytest.fixture
def diary(story: Story) -> Diary:
    return Diary(story)


async def another(diary: Diary) -> Diary:
    return Diary(await diary.story.someone_else())


async def free_at(diary: Diary, station: str, day: str = TUESDAY) -> dict[str, int]:
    """Vehicles free by quarter-hour, as the town's clocks show it."""
    story = diary.story
    found = await day_of(
        story.session,
        story.clock,
        "lakeport",
        day=told(day).date(),
        station_id=await story.station(station),
        type_code="pebble",
    )
    return {f"{s.opening.starts_at.astimezone(found.zone):%H:%M}": s.opening.free for s in found.slots}


async def test_what_can_be_booked_is_found_station_by_station(diary: Diary) -> None:
    found = await diary.places()
    assert {station: sorted(plates) for station, plates in found.items()} == {
        "terminal": ["P-003"],
        "wharf": ["P-001", "P-002"],
    }


async def test_near_me_is_within_the_town_s_walk_and_the_nearest_comes_first(diary: Diary) -> None:
    found = await diary.search(origin=WHARF)
    assert [each.place.station.code for each in found if each.place.station] == ["wharf"]
    assert found[0].distance_m == found[0].walk_minutes == 0
    assert await diary.search(origin=MARKET, walk_minutes_max=1) == []


async def test_what_is_booked_is_not_found_while_it_is_booked_or_due_elsewhere(diary: Diary) -> None:
    await diary.book(plate="P-001", to="market")
    assert (await diary.places())["wharf"] == ["P-002"]
    later = f"{TUESDAY}T14:00", f"{TUESDAY}T16:00"
    assert (await diary.places(*later))["market"] == ["P-001"]
    earlier = f"{TUESDAY}T08:00", f"{TUESDAY}T09:30"
    assert sorted((await diary.places(*earlier))["wharf"]) == ["P-001", "P-002"]
    to_market = {"to_station_id": await diary.story.station("market")}
    assert "P-001" not in (await diary.places(*earlier, **to_market))["wharf"]


async def test_everything_found_can_be_booked(diary: Diary) -> None:
    await diary.book(f"{TUESDAY}T08:00", f"{TUESDAY}T09:30", plate="P-001", to="market")
    await (await another(diary)).book(f"{TUESDAY}T13:00", f"{TUESDAY}T14:00", plate="P-002")
    found = await diary.places()
    assert found == {"market": ["P-001"], "terminal": ["P-003"], "wharf": ["P-002"]}
    for plates in found.values():
        for plate in plates:
            await (await another(diary)).book(plate=plate)


async def test_a_search_asks_for_the_charge_that_is_to_be_expected_then(diary: Diary) -> None:
    await diary.story.session.execute(update(VehicleStatus).values(charge_percent=50))
    # 50 % and 14 hours at a charger for a third of the bays: 20 % an hour, so 143 %, which is full.
    found = {f.place.station.code: f.place.choices[0] for f in await diary.search() if f.place.station}
    assert round(found["wharf"].charge_percent) == 100
    assert found["terminal"].range_m == 200_000
    in_an_hour = await diary.search("2026-06-15T21:00", "2026-06-15T22:00")
    assert {f.place.station.code: round(f.place.choices[0].charge_percent) for f in in_an_hour if f.place.station} == {
        "terminal": 70,
        "wharf": 57,
    }
    assert list(await diary.places("2026-06-15T21:00", "2026-06-15T22:00", range_m_min=120_000)) == ["terminal"]


async def test_a_station_whose_bays_will_be_full_is_no_place_to_go_to(diary: Diary) -> None:
    market = await diary.story.station("market")
    await diary.book(plate="P-001", to="market")
    await (await another(diary)).book(plate="P-002", to="market")
    with pytest.raises(DestinationFull):
        await diary.search(to_station_id=market)


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        ("2026-09-27T02:30", "2026-09-27T04:00", TimeMissing),
        ("2027-04-04T02:30", "2027-04-04T04:00", TimeRepeated),
        ("2026-07-20T10:00", "2026-07-20T11:00", BookingTooFar),
        ("2030-07-20T10:00", "2030-07-20T11:00", TimeTooFar),
        (f"{TUESDAY}T23:00", f"{TUESDAY}T23:30", ServiceClosed),
    ],
)
async def test_a_search_at_a_time_that_cannot_be_is_refused(
    diary: Diary, starts: str, ends: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await diary.search(starts, ends)


async def test_a_search_at_no_station_of_the_town_is_refused(diary: Diary) -> None:
    with pytest.raises(UnknownStation):
        await diary.search(station_id=diary.story.rider.account_id)


async def test_a_day_at_a_station_shows_how_many_are_free_in_each_quarter_hour(diary: Diary) -> None:
    await diary.book(plate="P-001")
    await (await another(diary)).book(f"{TUESDAY}T14:00", f"{TUESDAY}T15:00", plate="P-002", to="market")
    free = await free_at(diary, "wharf")
    assert len(free) == 96
    # A booking must end the buffer of 20 minutes before 10:00, and may begin that much after 12:00.
    assert [free[at] for at in ("09:15", "09:30", "10:00", "12:15", "12:30", "13:30", "14:00")] == [2, 1, 1, 1, 2, 1, 1]
    market = await free_at(diary, "market")
    assert [market[at] for at in ("14:45", "15:15", "15:30")] == [0, 0, 1]


async def test_what_is_past_or_too_far_ahead_is_free_for_nobody(diary: Diary) -> None:
    today = await free_at(diary, "wharf", "2026-06-15")
    assert [today[at] for at in ("19:45", "20:00", "20:15")] == [0, 0, 2]
    assert set((await free_at(diary, "wharf", "2026-08-15")).values()) == {0}


async def test_a_day_shows_what_whole_calendars_would(diary: Diary) -> None:
    """Though only the bookings around it are read."""
    days = TUESDAY, "2026-06-17", "2026-06-18"
    for day in days:
        await (await another(diary)).book(f"{day}T13:00", f"{day}T14:00", plate="P-001", to="market")
        await (await another(diary)).book(f"{day}T17:00", f"{day}T18:00", at="market", to="wharf")
    await diary.book(f"{TUESDAY}T21:00", "2026-06-17T09:00", plate="P-002")
    for day in days:
        for station in ("wharf", "market", "terminal"):
            assert await free_at(diary, station, day) == await free_by_whole_calendars(diary, station, day)


async def free_by_whole_calendars(diary: Diary, station: str, day: str) -> dict[str, int]:
    session, now = diary.story.session, diary.story.clock.now()
    town = await get_town(session, "lakeport")
    of = town.bookable("pebble")
    found = openings(
        [each.idle for each in await list_planned(session, Vehicle.type_code == of.code, since=now)],
        await diary.story.station(station),
        quarters_of(told(day).date(), town.zone),
        since=now + timedelta(minutes=of.terms.lead_minutes),
        until=now + timedelta(hours=of.terms.ahead_hours_max),
        buffer=of.buffer,
    )
    return {f"{each.starts_at.astimezone(town.zone):%H:%M}": each.free for each in found}
