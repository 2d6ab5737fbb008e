"""Spontaneous use and bookings of the same vehicle."""

import pytest

from mobility.booking.rules.bookings import BookedSoon, VehicleElsewhere
from mobility.booking.service.search import nearby
from mobility.geo.streets.shelf import Streets
from tests.support.diaries import TUESDAY, Diary, told
from tests.support.rides import WHARF, Story


@pytest.fixture
def diary(story: Story) -> Diary:
    return Diary(story)


async def another(diary: Diary) -> Diary:
    return Diary(await diary.story.someone_else())


async def offered(diary: Diary) -> dict[str, str | None]:
    """Until when the cars at the wharf are offered, by the town's clocks."""
    story = diary.story
    found = await nearby(
        story.session, story.clock, Streets(None), "lakeport", origin=WHARF, type_code="pebble", limit=10
    )
    plates = {(await story.vehicle(plate)).public_id: plate for plate in ("P-001", "P-002", "P-003")}
    zone = told(f"{TUESDAY}T00:00+12:00").tzinfo
    return {
        plates[o.walk.vehicle.public_id]: o.walk.vehicle.free_until
        and f"{o.walk.vehicle.free_until.astimezone(zone):%H:%M}"
        for o in found
    }


async def test_the_search_says_until_when_a_vehicle_is_free_and_hides_it_a_quarter_hour_before(diary: Diary) -> None:
    await diary.book("2026-06-15T20:45", "2026-06-15T21:45", plate="P-001")
    assert await offered(diary) == {"P-001": "20:25", "P-002": None}
    diary.now_is("2026-06-15T20:10")
    assert await offered(diary) == {"P-001": "20:25", "P-002": None}
    diary.now_is("2026-06-15T20:11")
    assert await offered(diary) == {"P-002": None}


async def test_a_hold_ends_when_the_vehicle_s_next_booking_needs_it(diary: Diary) -> None:
    await diary.book("2026-06-15T21:00", "2026-06-15T22:00", plate="P-001")
    rider = await another(diary)
    diary.now_is("2026-06-15T20:25")
    held = await rider.story.hold("P-001")
    assert held.hold.expires_at == told("2026-06-15T20:40+12:00")


async def test_a_vehicle_that_is_booked_soon_is_not_held(diary: Diary) -> None:
    await diary.book("2026-06-15T21:00", "2026-06-15T22:00", plate="P-001")
    rider = await another(diary)
    diary.now_is("2026-06-15T20:26")
    with pytest.raises(BookedSoon) as refused:
        await rider.story.hold("P-001")
    assert refused.value.facts["free_until"] == told("2026-06-15T20:40+12:00")


async def test_a_vehicle_that_somebody_holds_now_is_not_booked_from_where_it_stands(diary: Diary) -> None:
    await diary.story.hold("P-001")
    with pytest.raises(VehicleElsewhere):
        await (await another(diary)).book(plate="P-001")
