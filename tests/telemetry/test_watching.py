"""Rides through zones, from a vehicle's report to its speed limit, its rider's notice and the desk's alert."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.consumer import Consumer
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.commands import Command, Kind, Reply
from mobility.fleet.rules.topics import Channel, topic
from mobility.fleet.service import riding
from mobility.fleet.service.commands import BY_RADIO, confirm, send
from mobility.fleet.service.states import Actor
from mobility.fleet.tables import Alert, RideNotice, Vehicle, VehicleCommand
from mobility.geo import LonLat
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.rules.messages import InRide
from mobility.telemetry.service.watching import watch, watch_apart
from mobility.telemetry.valkey import ValkeyTally
from tests.support.rides import LIGHTHOUSE, Phone, add_rider
from tests.telemetry.conftest import Device
from tests.telemetry.test_no_trail import everything_kept

TOWN, OLD_TOWN, WETLAND = (175.0312345, -40.0312345), (175.0054321, -40.0054321), (174.9723456, -39.9723456)
BORDER, AWAY = (175.0100234, -40.0043211), (175.0612345, -40.0112345)
SCHOOL = (174.9643219, -40.0023219)


class Rider:
    """Someone on a moped whose box tells where it is."""

    def __init__(self, device: Device, phone: Phone, rental: dict[str, Any]) -> None:
        self.device, self.phone, self.rental = device, phone, rental

    async def is_at(self, place: tuple[float, float], **said: Any) -> None:
        """Come to a place and say twice that one is there."""
        self.device.clock.advance(timedelta(minutes=3))
        await self.says(place, ago=timedelta(seconds=10), **said)
        await self.says(place, **said)

    async def says(self, place: tuple[float, float], *, ago: timedelta = timedelta(0), **said: Any) -> None:
        lon, lat = place
        outcome = await self.device.send(self.device.report(ago=ago, position={"lon": lon, "lat": lat, **said}))
        assert outcome["accepted"] == 1

    async def limits(self) -> Sequence[int | None]:
        """The speed limits that the vehicle was told, in order."""
        told = select(VehicleCommand.arguments).where(VehicleCommand.kind == "set_speed_limit")
        async with self.device.sessions() as session:
            return [each["speed_limit_kmh"] for each in await session.scalars(told.order_by(VehicleCommand.id))]

    async def notices(self) -> list[tuple[str, str | None, bool]]:
        async with self.device.sessions() as session:
            kept = (await session.scalars(select(RideNotice).order_by(RideNotice.since))).all()
        return [(each.kind, each.zone_code, each.until is None) for each in kept]

    async def alerts(self) -> list[tuple[str, dict[str, Any], str]]:
        async with self.device.sessions() as session:
            kept = await session.scalars(select(Alert).where(Alert.kind.startswith("ride")).order_by(Alert.id))
            return [(each.kind, each.facts, each.state) for each in kept]


@pytest.fixture
async def rider(device_of: Callable[[str], Device], sessions: Sessions, clock: FixedClock) -> Rider:
    device = device_of("B-001")
    async with transaction(sessions) as session:
        person = add_rider(session, clock)
        public_id = (await session.get_one(Vehicle, device.vehicle.id)).public_id
    phone = Phone(device.client, person)
    return Rider(device, phone, await phone.ride(public_id))


def seen_twice(rider: Rider, place: tuple[float, float]) -> list[InRide]:
    now, vehicle_id = rider.device.clock.now(), rider.device.vehicle.id
    times = (now - timedelta(seconds=10), now)
    return [InRide(vehicle_id, None, "lakeport", "breeze", at, LonLat(*place), None, None) for at in times]


async def test_a_slow_zone_limits_the_speed_and_its_end_lifts_it(rider: Rider) -> None:
    for place in (TOWN, OLD_TOWN, OLD_TOWN, TOWN, TOWN):
        await rider.is_at(place)
    assert await rider.limits() == [25, None]
    assert (await rider.device.status()).speed_limit_kmh is None


async def test_one_position_far_off_moves_no_ride_into_a_zone(rider: Rider) -> None:
    await rider.is_at(TOWN)
    for place in (OLD_TOWN, TOWN, WETLAND, TOWN, AWAY, TOWN):
        rider.device.clock.advance(timedelta(seconds=10))
        await rider.says(place)
    assert (await rider.limits(), await rider.notices()) == ([], [])
    await rider.is_at(OLD_TOWN)
    assert await rider.limits() == [25]


async def test_a_ride_that_comes_to_a_zone_on_its_way_is_told_at_its_first_position_there(rider: Rider) -> None:
    await rider.is_at((175.0111234, -40.0012345))
    assert await rider.limits() == []
    rider.device.clock.advance(timedelta(seconds=15))
    await rider.says((175.0091234, -40.0012345))
    assert await rider.limits() == [25]


async def test_what_comes_over_the_broker_is_watched_too(
    rider: Rider, sessions: Sessions, clock: FixedClock, live: Live, valkey: Redis
) -> None:
    consumer = Consumer(sessions, clock, live, ValkeyTally(valkey), asyncio.Event())
    clock.advance(timedelta(minutes=1))
    lon, lat = OLD_TOWN
    reports = [rider.device.report(ago=timedelta(seconds=s), position={"lon": lon, "lat": lat}) for s in (10, 0)]
    consumer.hear(topic(rider.device.vehicle.id, Channel.TELEMETRY), json.dumps(reports).encode())
    await consumer.settle(consumer.inbox.take_now())
    assert await rider.limits() == [25]


async def test_the_vehicle_keeps_its_limit_while_it_is_at_the_border(rider: Rider) -> None:
    for place in (OLD_TOWN, BORDER, BORDER):
        await rider.is_at(place)
    assert await rider.limits() == [25]
    await rider.is_at(TOWN, accuracy_m=80)
    assert await rider.limits() == [25]


async def test_an_operator_s_limit_outlives_every_zone(rider: Rider, sessions: Sessions, clock: FixedClock) -> None:
    async with transaction(sessions) as session:
        command = Command(Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": 30})
        await send(session, clock, rider.device.vehicle.id, command, actor=Actor.OPERATOR)
    for place in (TOWN, OLD_TOWN, TOWN):
        await rider.is_at(place)
    assert await rider.limits() == [30, 25, 30]


async def test_a_zone_that_begins_limits_who_is_already_in_it(rider: Rider) -> None:
    await rider.is_at(SCHOOL)
    assert await rider.limits() == []
    rider.device.clock.advance(timedelta(hours=12, minutes=30))  # half past eight on Tuesday, by Lakeport's clocks
    await rider.is_at(SCHOOL)
    assert await rider.limits() == [20]


async def test_an_order_on_its_way_is_not_given_again_and_a_refused_one_only_later(
    rider: Rider, sessions: Sessions, clock: FixedClock
) -> None:
    followed = Followed()

    async def by_radio(place: tuple[float, float]) -> int:
        async with transaction(sessions) as session:
            session.info[BY_RADIO] = True
            return await watch(session, clock, followed, seen_twice(rider, place))

    assert [await by_radio(OLD_TOWN) for _ in range(3)] == [1, 0, 0]
    async with transaction(sessions) as session:
        command = (await session.scalars(select(VehicleCommand).where(VehicleCommand.state == "sent"))).one()
        reply = Reply(id=command.id, done=False, code="no", at=clock.now())
        await confirm(session, clock, rider.device.vehicle.id, reply)
    assert [await by_radio(OLD_TOWN) for _ in range(2)] == [0, 0]
    clock.advance(timedelta(minutes=1))
    assert await by_radio(OLD_TOWN) == 1


async def test_what_another_consumer_is_at_work_on_is_left_to_it(
    rider: Rider, sessions: Sessions, clock: FixedClock
) -> None:
    seen = seen_twice(rider, OLD_TOWN)
    async with transaction(sessions) as one:
        assert await watch(one, clock, Followed(), seen) == 1
        async with transaction(sessions) as other:
            assert await watch(other, clock, Followed(), seen) == 0
    await watch_apart(sessions, clock, Followed(), seen)
    assert await rider.limits() == [25]


async def test_leaving_the_service_area_is_told_until_the_ride_is_back(rider: Rider) -> None:
    await rider.is_at(AWAY)
    await rider.is_at(AWAY)
    assert await rider.notices() == [("outside_service_area", None, True)]
    assert await rider.alerts() == [("ride_outside_area", {}, "open")]
    await rider.is_at(TOWN)
    assert await rider.notices() == [("outside_service_area", None, False)]
    assert await rider.alerts() == [("ride_outside_area", {}, "cleared")]


async def test_a_no_ride_zone_is_named_to_rider_and_desk(rider: Rider) -> None:
    await rider.is_at(WETLAND)
    assert await rider.notices() == [("no_ride_zone", "wetland", True)]
    assert await rider.alerts() == [("ride_in_no_ride_zone", {"zone": "wetland"}, "open")]


@pytest.mark.parametrize(("language", "word"), [("fr", "interdite"), ("en", "may not be ridden")])
async def test_the_rider_s_page_says_what_holds_where_the_ride_is_and_since_when(
    rider: Rider, clock: FixedClock, language: str, word: str
) -> None:
    await rider.is_at(WETLAND)
    since = clock.now()
    await rider.is_at(WETLAND)
    headers = rider.phone.person.headers | {"Accept-Language": language}
    (notice,) = (await rider.device.client.get("/v1/me/ride", headers=headers)).json()["rental"]["notices"]
    assert (notice["kind"], notice["zone_code"], datetime.fromisoformat(notice["since"])) == (
        "no_ride_zone",
        "wetland",
        since,
    )
    assert word in notice["sentence"]
    await rider.is_at(TOWN)
    assert (await rider.phone.get("/v1/me/ride")).json()["rental"]["notices"] == []


async def test_the_end_of_a_ride_ends_what_its_rider_was_told(rider: Rider) -> None:
    await rider.is_at(AWAY)
    position = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
    ended = await rider.phone.post(f"/v1/rentals/{rider.rental['id']}/end", {"position": position})
    assert ended.status_code == 200, ended.text
    assert await rider.notices() == [("outside_service_area", None, False)]
    assert [state for *_, state in await rider.alerts()] == ["cleared"]


async def test_what_arrives_after_the_ride_changes_nothing(rider: Rider, clock: FixedClock) -> None:
    kept_aboard = rider.device.report(position={"lon": OLD_TOWN[0], "lat": OLD_TOWN[1]})
    position = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
    await rider.phone.post(f"/v1/rentals/{rider.rental['id']}/end", {"position": position})
    clock.advance(timedelta(seconds=30))
    await rider.device.send(kept_aboard)
    assert await rider.limits() == []


async def test_nothing_that_is_kept_of_a_watched_ride_holds_a_coordinate_of_it(
    rider: Rider, sessions: Sessions, valkey: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    places = (TOWN, OLD_TOWN, BORDER, AWAY, WETLAND, SCHOOL)
    for place in places:
        await rider.is_at(place)
    told = (await rider.phone.get("/v1/me/ride")).json()
    kept = await everything_kept(sessions, valkey) + json.dumps(told) + "".join(capfd.readouterr())
    assert [kind for kind, _, _ in await rider.notices()] == ["outside_service_area", "no_ride_zone"]
    assert await rider.limits() == [25, None]
    digits = [str(number).removeprefix("-") for place in places for number in place]
    assert [each for each in digits if each in kept] == []


async def test_a_week_after_the_ride_nobody_knows_which_zones_it_was_in(
    rider: Rider, sessions: Sessions, clock: FixedClock
) -> None:
    for place in (OLD_TOWN, WETLAND, TOWN):
        await rider.is_at(place)
    for days, notices, limits in ((7, 1, [25, None]), (1, 0, [])):
        clock.advance(timedelta(days=days) - timedelta(minutes=9))
        async with transaction(sessions) as session:
            await riding.forget(session, clock)
        assert (len(await rider.notices()), await rider.limits()) == (notices, limits)
