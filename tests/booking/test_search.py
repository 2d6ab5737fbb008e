from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from mobility.base.money import Money
from mobility.booking import service
from mobility.booking.service.search import Offer
from mobility.city.rules.prepared import UnknownVehicleType
from mobility.city.service import UnknownCity
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat
from mobility.geo.streets.shelf import Streets
from tests.booking.conftest import PublicIds
from tests.support.rides import MARKET, WHARF, Phone, Story


async def around(story: Story, origin: LonLat = MARKET, **asked: Any) -> list[Offer]:
    return await service.nearby(
        story.session,
        story.clock,
        Streets(None),
        "lakeport",
        origin=origin,
        **{"limit": 100, "walk_minutes_max": 30, **asked},
    )


async def plates(story: Story, offers: list[Offer]) -> list[str]:
    """Which vehicles are offered: residents see only their public ids."""
    known = dict((await story.session.execute(select(Vehicle.public_id, Vehicle.plate))).all())
    return [known[offer.walk.vehicle.public_id] for offer in offers]


async def test_vehicles_within_the_walk_are_found_nearest_first(story: Story) -> None:
    offers = await around(story)
    assert sorted(await plates(story, offers)) == ["B-001", "B-002", "B-003", "B-004", "B-005", "P-001", "P-002"]
    assert [offer.walk.distance_m for offer in offers] == sorted(offer.walk.distance_m for offer in offers)
    assert (await plates(story, offers))[0] == "B-001"  # the first of a sunflower lies at its heart


async def test_the_walk_is_the_citys_quarter_hour_unless_told(story: Story) -> None:
    # Ten minutes at 5 km/h; the cars at the wharf are 850 m away, which is 13 minutes.
    assert set(await plates(story, await around(story, walk_minutes_max=None))) == {
        f"B-00{number}" for number in range(1, 6)
    }


async def test_offers_say_what_a_quarter_and_a_whole_hour_cost(story: Story) -> None:
    (moped,) = await around(story, type_code="breeze", limit=1)
    (car,) = await around(story, type_code="pebble", limit=1)
    assert (moped.price_15_min, moped.price_60_min) == (Money(600, "NZD"), Money(2400, "NZD"))
    assert (car.price_15_min, car.price_60_min) == (Money(1400, "NZD"), Money(1400, "NZD"))


async def test_class_and_range_may_be_asked_for(story: Story) -> None:
    assert sorted(await plates(story, await around(story, type_code="pebble"))) == ["P-001", "P-002"]
    assert sorted(await plates(story, await around(story, range_m_min=40_001))) == ["P-001", "P-002"]


async def test_no_more_are_given_than_asked_for(story: Story) -> None:
    assert len(await around(story, limit=2)) == 2


@pytest.mark.parametrize("state", ["reserved", "on_trip", "non_operational"])
async def test_a_vehicle_that_is_not_available_is_not_found(story: Story, state: str) -> None:
    if state == "non_operational":
        await story.report("B-001", "maintenance")
    else:
        kept = (await story.hold("B-001")).hold
        if state == "on_trip":
            await story.start(kept)
    assert (await story.vehicle("B-001")).state == state
    assert "B-001" not in await plates(story, await around(story))


async def test_a_vehicle_is_found_from_the_least_charge_of_its_class_on(story: Story) -> None:
    await story.set_charge("B-001", 9.9)
    await story.set_charge("B-002", 10)
    found = await plates(story, await around(story))
    assert "B-001" not in found
    assert "B-002" in found


async def test_a_vehicle_that_said_nothing_for_20_minutes_is_not_found(story: Story) -> None:
    just = story.clock.now() - timedelta(minutes=20)
    for plate, heard_at in {"B-001": just, "B-002": just + timedelta(seconds=1)}.items():
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id == story.id(plate))
        await story.session.execute(status.values(heard_at=heard_at))
    found = await plates(story, await around(story))
    assert "B-001" not in found
    assert "B-002" in found


async def test_a_place_far_away_has_no_vehicles(story: Story) -> None:
    assert await around(story, LonLat(2.64, 50.53)) == []


async def test_unknown_cities_and_classes_are_refused(story: Story) -> None:
    with pytest.raises(UnknownCity):
        await service.nearby(story.session, story.clock, Streets(None), "atlantis", origin=WHARF, limit=1)
    with pytest.raises(UnknownVehicleType):
        await around(story, type_code="zeppelin")


async def test_a_quote_is_the_price_of_a_ride_without_pause(story: Story) -> None:
    car = await story.vehicle("P-001")
    quote = await service.quote(story.session, story.clock, car.public_id, service.Asked(minutes=61))
    assert quote.tariff_code == "pebble-hour-2025"
    assert [(line.quantity, line.unit, line.cents) for line in quote.bill.lines] == [
        (1, "ride", 200),
        (2, "60 min", 2400),
    ]
    assert quote.bill.total == Money(2600, "NZD")


async def test_a_vehicle_that_does_not_exist_has_no_quote(story: Story) -> None:
    with pytest.raises(UnknownVehicle):
        await service.quote(story.session, story.clock, uuid4(), service.Asked(minutes=1))


async def test_what_anybody_may_read_of_a_vehicle_does_not_tell_it_from_another(
    phone: Phone, public_ids: PublicIds, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        await session.execute(update(VehicleStatus).values(charge_percent=87.3, range_m=57_777))
    found = await phone.client.get("/v1/cities/lakeport/vehicles/nearby", params={"lon": MARKET.lon, "lat": MARKET.lat})
    shown = found.json()["items"]
    assert {(each["charge_percent"], each["range_m"]) for each in shown} == {(80, 55_000)}
    assert "B-0" not in found.text
    assert "P-0" not in found.text
