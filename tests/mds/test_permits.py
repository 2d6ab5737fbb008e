"""The permit of a city's file as documents that stay, and who keeps to it."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from mobility.base.clock import FixedClock
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.service import Actor, NewVehicle, commands
from mobility.fleet.tables import Vehicle, VehicleCommand, VehicleStatus
from mobility.mds.queries import compliance
from mobility.mds.queries.keeping import list_broken
from mobility.mds.service.compliance import evaluate, report_days
from mobility.mds.service.publishing import publish
from mobility.mds.tables import PublishedDocument
from tests.booking.conftest import PublicIds
from tests.mds.conftest import Agency
from tests.support.fleets import signed_in
from tests.support.rides import Phone

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PIER = {"lon": 175.0, "lat": -40.0}


def changed(town_file: CityFile, **rules: dict[str, Any] | None) -> CityFile:
    """The file with some rules of its permit otherwise, or without them."""
    permit = town_file.permit
    assert permit is not None
    kept = [each for each in permit.rules if rules.get(each.code, {}) is not None]
    changed_rules = tuple(msgspec.structs.replace(each, **(rules.get(each.code) or {})) for each in kept)
    return msgspec.structs.replace(town_file, permit=msgspec.structs.replace(permit, rules=changed_rules))


async def load(sessions: Sessions, clock: FixedClock, city_file: CityFile) -> int:
    async with transaction(sessions) as session:
        await load_city(session, clock, city_file)
        return await publish(session, clock, "lakeport")


async def policies(agency: Agency, **params: int) -> dict[str, list[Any]]:
    """The policies told, by name, oldest first."""
    told: dict[str, list[Any]] = {}
    for policy in (await agency.get("policies", **params)).json()["policies"]:
        told.setdefault(policy["name"], []).append(policy)
    return told


async def test_a_permit_is_published_once_and_a_change_is_a_new_version(
    agency: Agency, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    assert await load(sessions, clock, town_file) == 0
    (before,) = (await policies(agency))["At most 5 mopeds"]
    assert before["start_date"] == before["published_date"] + 20 * 60_000
    clock.advance(DAY)
    assert await load(sessions, clock, changed(town_file, **{"breeze-cap": {"maximum": 4}})) == 1
    old, new = (await policies(agency))["At most 5 mopeds"]
    assert old == before
    assert new["prev_policies"] == [before["policy_id"]]
    assert (new["rules"][0]["maximum"], new["rules"][0]["minimum"]) == (4, 2)
    assert new["start_date"] == new["published_date"] + 20 * 60_000
    clock.advance(20 * MINUTE)
    assert (await policies(agency))["At most 5 mopeds"] == [new]
    one = await agency.get(f"policies/{before['policy_id']}")
    assert one.json()["policies"] == [before]  # it stays where it is, for whoever looks back
    was = await policies(agency, start_date=before["start_date"], end_date=before["start_date"] + 1)
    assert was["At most 5 mopeds"] == [before]


async def test_a_rule_that_is_taken_back_is_over_twenty_minutes_later(
    agency: Agency, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    without = changed(town_file, **{"pier-clear": None})
    clock.advance(DAY)
    assert await load(sessions, clock, without) == 1
    assert "No mopeds on the pier" in await policies(agency)
    clock.advance(20 * MINUTE)
    assert "No mopeds on the pier" not in await policies(agency)
    assert await load(sessions, clock, without) == 0


async def test_what_is_published_cannot_be_changed_or_deleted(agency: Agency, sessions: Sessions) -> None:
    for statement in (update(PublishedDocument).values(code="other"), delete(PublishedDocument)):
        with pytest.raises(IntegrityError, match="is published: it stays as it is"):
            async with transaction(sessions) as session:
                await session.execute(statement)


async def test_jurisdictions_and_requirements_are_told_as_of_then(
    agency: Agency, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    (before,) = (await agency.get("jurisdictions")).json()["jurisdictions"]
    permit = msgspec.structs.replace(town_file.permit, agency="Lakeport City")  # type: ignore[type-var]
    clock.advance(DAY)
    await load(sessions, clock, msgspec.structs.replace(town_file, permit=permit))
    (after,) = (await agency.get("jurisdictions")).json()["jurisdictions"]
    assert (before["jurisdiction_id"], after["agency_name"]) == (after["jurisdiction_id"], "Lakeport City")
    path = f"jurisdictions/{before['jurisdiction_id']}"
    assert (await agency.get(path, effective=before["timestamp"])).json()["jurisdictions"] == [before]
    assert (await agency.get(path, effective=before["timestamp"] - 1)).status_code == 404
    assert (await agency.get("jurisdictions", effective=before["timestamp"] - 1)).json()["jurisdictions"] == []
    requirements = (await agency.get("requirements")).json()["requirements"]
    assert requirements["metadata"]["file_version"] == 2
    assert {each["vehicle_type"][0] for each in requirements["programs"]} == {"moped", "car"}


@pytest.fixture
async def watched(agency: Agency, sessions: Sessions, clock: FixedClock) -> "Watch":
    """The permit is in force; it is nine in the evening of a Monday."""
    clock.advance(timedelta(hours=1))
    return Watch(sessions, clock)


class Watch:
    def __init__(self, sessions: Sessions, clock: FixedClock) -> None:
        self.sessions, self.clock = sessions, clock

    async def look(self) -> dict[str, tuple[int, int]]:
        """Look a minute later; how many breaches of each rule there are so far, and how many last."""
        self.clock.advance(MINUTE)
        async with transaction(self.sessions) as session:
            await evaluate(session, self.clock, "lakeport")
        async with self.sessions() as session:
            since = self.clock.now() - timedelta(days=30)
            broken = await list_broken(session, "lakeport", since, self.clock.now() + DAY)
        told: dict[str, tuple[int, int]] = {}
        for each in broken:
            total, open_ = told.get(each.breach.rule_code, (0, 0))
            told[each.breach.rule_code] = total + 1, open_ + (each.breach.ended_at is None)
        return told

    async def put(self, vehicle: NewVehicle, lon: float, lat: float) -> None:
        async with transaction(self.sessions) as session:
            place = update(VehicleStatus).where(VehicleStatus.vehicle_id == vehicle.id)
            await session.execute(place.values(lon=lon, lat=lat))

    async def set_state(self, vehicle: NewVehicle, state: str) -> None:
        async with transaction(self.sessions) as session:
            await session.execute(update(Vehicle).where(Vehicle.id == vehicle.id).values(state=state))


async def test_standing_vehicles_break_rules_by_place_number_and_time_while_they_stand(
    watched: Watch, town: list[NewVehicle]
) -> None:
    assert await watched.look() == {}
    await watched.put(town[0], **PIER)
    assert await watched.look() == {"pier-clear": (1, 1)}
    assert await watched.look() == {"pier-clear": (1, 1)}
    await watched.put(town[0], 175.02, -39.98)
    assert await watched.look() == {"pier-clear": (1, 0)}
    for vehicle in town[:4]:
        await watched.set_state(vehicle, "removed")
    assert await watched.look() == {"pier-clear": (1, 0), "breeze-cap": (1, 1)}
    now = watched.clock.now()
    async with watched.sessions() as session:
        (kept, *_) = await compliance(session, "lakeport", now - DAY, now + MINUTE)
    assert (kept.code, kept.breaches, kept.vehicles, kept.worst, kept.allowed) == ("breeze-cap", 1, 0, 1, 2)
    for vehicle in town[:4]:
        await watched.set_state(vehicle, "available")
    seen = {"pier-clear": (1, 0), "breeze-cap": (1, 0)}
    assert await watched.look() == seen
    watched.clock.advance(timedelta(hours=70))
    assert await watched.look() == seen
    watched.clock.advance(timedelta(hours=2))
    assert await watched.look() == {**seen, "breeze-idle": (5, 5)}


async def test_a_ride_at_night_breaks_the_rule_and_by_day_does_not(
    watched: Watch, phone: Phone, public_ids: PublicIds
) -> None:
    (public_id,) = await public_ids("B-001")
    await phone.ride(public_id)
    assert await watched.look() == {}  # 21:01 in Lakeport
    watched.clock.advance(timedelta(hours=2))
    assert await watched.look() == {"night-rest": (1, 1)}
    watched.clock.advance(timedelta(hours=6))
    assert await watched.look() == {"night-rest": (1, 0)}


async def test_a_speed_limit_that_a_ridden_vehicle_did_not_take_breaks_the_rule(
    watched: Watch, phone: Phone, public_ids: PublicIds, town: list[NewVehicle]
) -> None:
    (public_id,) = await public_ids("B-001")
    await phone.ride(public_id)
    async with transaction(watched.sessions) as session:
        sent = await commands.send(
            session,
            watched.clock,
            town[0].id,
            Command(Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": 25}),
            actor=Actor.SYSTEM,
        )
    assert await watched.look() == {}
    async with transaction(watched.sessions) as session:
        refused = update(VehicleCommand).where(VehicleCommand.id == sent.id)
        await session.execute(refused.values(state="refused", settled_at=watched.clock.now()))
    assert await watched.look() == {"old-town-slow": (1, 1)}
    async with transaction(watched.sessions) as session:
        await session.execute(refused.values(state="confirmed", settled_at=watched.clock.now()))

    async def say(speed_kmh: float) -> None:
        async with transaction(watched.sessions) as session:
            said = update(VehicleStatus).where(VehicleStatus.vehicle_id == town[0].id)
            await session.execute(said.values(speed_kmh=speed_kmh, heard_at=watched.clock.now()))

    for speed_kmh, seen in ((40.0, (1, 0)), (25.0, (1, 0)), (31.0, (2, 1)), (24.0, (2, 0))):
        await say(speed_kmh)  # the first is of the moment in which it took the limit: it may still be slowing down
        assert await watched.look() == {"old-town-slow": seen}, speed_kmh


async def test_the_day_after_a_report_says_who_broke_what(
    watched: Watch, town: list[NewVehicle], client: httpx.AsyncClient
) -> None:
    await watched.put(town[0], **PIER)
    await watched.look()
    watched.clock.advance(timedelta(hours=1))
    await watched.put(town[0], 175.02, -39.98)
    await watched.look()
    headers = await signed_in(watched.sessions, watched.clock, "hall@example.org", role="city", city="lakeport")
    path = "/v1/cities/lakeport/compliance"
    days = {"from": "2026-06-15", "to": "2026-06-15"}
    rules = {each["code"]: each for each in (await client.get(path, params=days, headers=headers)).json()["rules"]}
    assert (rules["pier-clear"]["breaches"], rules["pier-clear"]["seconds"]) == (1, 3660)
    assert rules["breeze-idle"]["breaches"] == 0
    (breach,) = (await client.get(f"{path}/breaches", params=days, headers=headers)).json()["items"]
    assert (breach["plate"], breach["code"], breach["measured"], breach["allowed"]) == ("B-001", "pier-clear", 1, 0)
    backwards = await client.get(path, params={"from": "2026-06-15", "to": "2026-06-14"}, headers=headers)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "days_unreadable")

    async def make() -> int:
        async with transaction(watched.sessions) as session:
            return await report_days(session, watched.clock, "lakeport")

    assert await make() == 0  # the day is not over
    watched.clock.advance(timedelta(hours=3))
    assert (await make(), await make()) == (1, 0)
    report = (await client.get(f"{path}/reports/2026-06-15", headers=headers)).json()
    assert {each["code"]: each["breaches"] for each in report["rules"]} == {
        **dict.fromkeys(("breeze-cap", "breeze-idle", "night-rest", "old-town-slow"), 0),
        "pier-clear": 1,
    }
    table = await client.get(f"{path}/reports/2026-06-15/breaches.csv", headers=headers)
    (line,) = csv.DictReader(io.StringIO(table.text))
    assert (line["rule"], line["vehicle"], line["day"]) == ("pier-clear", "B-001", "2026-06-15")
    assert line["provider_id"] == "6f0b9a5e-8f1d-4c58-9f3e-2f6a0c8f7a11"
