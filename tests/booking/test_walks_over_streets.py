"""Where a city's streets are known, what is near follows them; without them the same answers are straight lines."""

from pathlib import Path

import pytest

from mobility.booking import service
from mobility.booking.rules.holds import TooFarToHold
from mobility.booking.service.availability import Search, search
from mobility.booking.service.crowds import Around
from mobility.booking.service.holding import Wish
from mobility.geo import LonLat, walk_minutes
from mobility.geo.streets.network import save
from mobility.geo.streets.shelf import Streets, file_of
from tests.booking.test_hold_terms import terms
from tests.support.diaries import TUESDAY, told
from tests.support.osm import Sheet
from tests.support.rides import MARKET, Story

SPEED_KMH = 5.0  # of the city's file
WAY_ROUND_M = 1_300  # 850 m to the east, and twice 220 m down to the shore and up


@pytest.fixture
def streets(tmp_path: Path) -> Streets:
    """From the wharf one goes 2 steps south, along the shore and up again to the market, 10 steps to the east."""
    shore = Sheet(175.0, -40.0).node(1, 0, 0).node(2, 0, -2).node(3, 10, -2).node(4, 10, 0)
    save(shore.way(10, [1, 2, 3, 4]).network(tmp_path), file_of(tmp_path, "lakeport", "walk"))
    return Streets(tmp_path)


async def test_a_vehicle_across_the_water_is_as_far_as_the_way_round(story: Story, streets: Streets) -> None:
    asked = {"origin": MARKET, "type_code": "pebble", "walk_minutes_max": 60, "limit": 10}
    round_the_shore, *_ = await service.nearby(story.session, story.clock, streets, "lakeport", **asked)
    straight, *_ = await service.nearby(story.session, story.clock, Streets(None), "lakeport", **asked)
    assert (round_the_shore.walk.basis, straight.walk.basis) == ("streets", "straight_line")
    assert straight.walk.walk_minutes == pytest.approx(walk_minutes(straight.walk.distance_m, speed_kmh=SPEED_KMH))
    assert round_the_shore.walk.walk_minutes == pytest.approx(WAY_ROUND_M / 75, abs=1.5)  # 4.5 km/h
    assert round_the_shore.walk.distance_m == straight.walk.distance_m


async def test_who_stands_far_from_every_street_is_answered_by_straight_line(story: Story, streets: Streets) -> None:
    north = LonLat(175.0, -39.99)
    asked = {"origin": north, "walk_minutes_max": 60, "limit": 100}
    found = await service.nearby(story.session, story.clock, streets, "lakeport", **asked)
    assert {offer.walk.basis for offer in found} == {"straight_line"}


async def test_what_can_be_booked_is_as_far_as_its_streets(story: Story, streets: Streets) -> None:
    wanted = Search(
        starts_at=told(f"{TUESDAY}T10:00"), ends_at=told(f"{TUESDAY}T12:00"), origin=MARKET, walk_minutes_max=60
    )
    (over, *_), (straight, *_) = [
        await search(story.session, story.clock, "lakeport", wanted, each) for each in (streets, None)
    ]
    assert (over.basis, straight.basis) == ("streets", "straight_line")
    assert (over.distance_m, over.walk_minutes > straight.walk_minutes) == (straight.distance_m, True)


async def test_a_hold_counts_the_walk_that_the_search_told(story: Story, streets: Streets) -> None:
    await terms(story, walk_minutes_max=14)
    near = await service.nearby(
        story.session, story.clock, streets, "lakeport", origin=MARKET, type_code="pebble", walk_minutes_max=60, limit=1
    )
    wish = Wish(account_id=story.rider.account_id, public_id=near[0].walk.vehicle.public_id, position=MARKET)
    with pytest.raises(TooFarToHold) as refused:
        await service.hold(story.session, story.clock, wish, around=Around(streets))
    assert refused.value.facts["walk_minutes"] == pytest.approx(near[0].walk.walk_minutes, abs=1)
    assert await service.hold(story.session, story.clock, wish)


async def test_a_spoilt_network_does_not_keep_anybody_from_a_vehicle(story: Story, tmp_path: Path) -> None:
    file_of(tmp_path, "lakeport", "walk").write_text("no network")
    found = await service.nearby(story.session, story.clock, Streets(tmp_path), "lakeport", origin=MARKET, limit=5)
    assert {offer.walk.basis for offer in found} == {"straight_line"}
