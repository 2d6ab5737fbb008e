"""Searches, holds and ends of rides go by the zones in force: Lakeport's market, playground and campus."""

import pytest
from sqlalchemy import update

from mobility.booking.service import nearby
from mobility.city.rules.parking import NoParkingHere, NotAtAStation, StartNotAllowedHere
from mobility.fleet.tables import VehicleStatus
from mobility.geo import LonLat
from mobility.geo.streets.shelf import Streets
from tests.support.rides import Story

PLAYGROUND, SQUARE, CAMPUS = LonLat(174.986, -39.972), LonLat(174.979, -40.005), LonLat(174.982, -40.028)


async def move(story: Story, plate: str, to: LonLat) -> None:
    status = update(VehicleStatus).where(VehicleStatus.vehicle_id == story.id(plate))
    await story.session.execute(status.values(lon=to.lon, lat=to.lat))


async def found(story: Story, origin: LonLat) -> int:
    return len(await nearby(story.session, story.clock, Streets(None), "lakeport", origin=origin, limit=50))


async def test_a_vehicle_that_stands_where_no_ride_starts_is_neither_found_nor_held(story: Story) -> None:
    await move(story, "B-001", LonLat(PLAYGROUND.lon + 0.005, PLAYGROUND.lat))
    assert await found(story, PLAYGROUND) == 1
    await move(story, "B-001", PLAYGROUND)
    assert await found(story, PLAYGROUND) == 0
    with pytest.raises(StartNotAllowedHere) as refusal:
        await story.hold("B-001")
    assert refusal.value.code == "no_start_zone"


async def test_a_class_that_the_zone_does_not_bind_starts_there(story: Story) -> None:
    await move(story, "P-001", PLAYGROUND)
    assert (await story.hold("P-001")).hold.state == "active"


async def test_on_a_market_day_a_ride_ends_in_the_square_only_after_the_market(story: Story) -> None:
    rental = await story.ride("B-001")  # on Monday evening
    story.passes(hours=38)
    with pytest.raises(NoParkingHere):
        await story.end(rental, SQUARE)
    story.passes(hours=3)
    assert (await story.end(rental, SQUARE)).state == "ended"


async def test_where_bays_are_compulsory_a_moped_does_not_end_beside_them(story: Story) -> None:
    rental = await story.ride("B-001")
    with pytest.raises(NotAtAStation):
        await story.end(rental, CAMPUS)
