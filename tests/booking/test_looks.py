"""Where a ride is, for two people and a time; who rode, for a reason; and nothing of it for anybody else, nor after."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from mobility.base.clock import FixedClock
from mobility.booking.service.looks import lock
from mobility.booking.tables import AccessLogEntry, Assistance
from mobility.booking.tasks import close_looks
from mobility.cli.doctor.findings import Finding, State
from mobility.cli.doctor.servers import database_findings
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import Sighting
from mobility.telemetry.tables import TelemetryReport
from tests.support.fleets import signed_in
from tests.support.rides import LIGHTHOUSE, Phone, refusal
from tests.support.strangers import rows

# Digits that appear nowhere else.
ON_THE_WAY = {"lon": 175.0123457, "lat": -39.9876543}
MARKS = ("175.0123457", "39.9876543")
WHY = "Rider calls from a ditch"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Desk:
    """One operator's way to the API, in English."""

    client: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self.headers | {"Accept-Language": "en"})

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        return await self.client.post(path, json=body, headers=headers)

    async def me(self) -> str:
        return str((await self.get("/v1/me")).json()["id"])


@dataclass
class Scene:
    """Alix rides B-001; Ida and Omar work at the desk of Lakeport."""

    rider: Phone
    ida: Desk
    omar: Desk
    vehicle: NewVehicle
    rental_id: str
    clock: FixedClock
    client: httpx.AsyncClient
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def ask(self, desk: Desk, **body: Any) -> httpx.Response:
        request = {"purpose": "assistance", "reason": WHY} | body
        return await desk.post(f"/v1/fleet/vehicles/{self.vehicle.id}/assistances", request)

    async def opened(self, **body: Any) -> str:
        """Asked for by Ida, opened by Omar."""
        asked = await self.ask(self.ida, **body)
        assert asked.status_code == 201, asked.text
        approved = await self.omar.post(f"/v1/assistances/{asked.json()['id']}/approve")
        assert approved.status_code == 200, approved.text
        return str(approved.json()["id"])

    async def drives(self, *, ago: timedelta = timedelta(0), position: Any = ON_THE_WAY) -> None:
        report = {"seq": next(self.numbers), "at": (self.clock.now() - ago).isoformat(), "position": position}
        key = {"Authorization": f"Bearer {self.vehicle.id}.{self.vehicle.secret}"}
        answer = await self.client.post("/v1/telemetry", json={"reports": [report]}, headers=key)
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text

    async def look(self, desk: Desk, assistance_id: str) -> httpx.Response:
        return await desk.get(f"/v1/assistances/{assistance_id}/position")

    async def end(self) -> None:
        answer = await self.rider.post(
            f"/v1/rentals/{self.rental_id}/end", {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
        )
        assert answer.status_code == 200, answer.text

    async def told(self) -> Any:
        return (await self.rider.get(f"/v1/rentals/{self.rental_id}")).json()["located"]


@pytest.fixture
async def scene(
    client: httpx.AsyncClient,
    sessions: Sessions,
    clock: FixedClock,
    town: list[NewVehicle],
    phone: Phone,
    public_ids: Callable[..., Awaitable[list[UUID]]],
) -> Scene:
    (public_id,) = await public_ids("B-001")
    rental = await phone.ride(public_id)
    clock.advance(5 * MINUTE)
    ida, omar = [
        Desk(client, await signed_in(sessions, clock, f"{name}@example.org", city="lakeport"))
        for name in ("ida", "omar")
    ]
    vehicle = next(each for each in town if each.plate == "B-001")
    return Scene(phone, ida, omar, vehicle, rental["id"], clock, client)


async def kept(sessions: Sessions, valkey: Redis) -> list[str]:
    """Tables and keys that hold a coordinate of the ride."""
    everything = {name: "\n".join(lines) for name, lines in (await rows(sessions)).items()}
    async for key in valkey.scan_iter():
        everything[str(key)] = str(await valkey.dump(key))
    return sorted(name for name, lines in everything.items() if any(mark in lines for mark in MARKS))


async def test_without_two_people_no_position_of_a_ride_is_kept_or_shown(
    scene: Scene, sessions: Sessions, valkey: Redis
) -> None:
    asked = (await scene.ask(scene.ida)).json()
    await scene.drives()
    assert asked["state"] == "asked"
    assert await kept(sessions, valkey) == []
    assert refusal(await scene.look(scene.ida, asked["id"])) == (409, "assistance_not_open")
    shown = await scene.ida.get(f"/v1/fleet/vehicles/{scene.vehicle.id}")
    assert not any(mark in shown.text for mark in MARKS)
    assert await scene.told() == []


async def test_two_people_see_the_latest_position_and_nobody_else_does(
    scene: Scene, sessions: Sessions, clock: FixedClock, valkey: Redis
) -> None:
    opened = await scene.opened()
    assert (await scene.look(scene.ida, opened)).json() == {"position": None, "at": None, "speed_kmh": None}
    await scene.drives(position={"lon": 175.011, "lat": -39.98})
    clock.advance(MINUTE)
    await scene.drives()
    for desk in (scene.ida, scene.omar):
        answer = await scene.look(desk, opened)
        assert answer.status_code == 200
        assert answer.json()["position"] == ON_THE_WAY
    other = Desk(scene.client, await signed_in(sessions, clock, "uma@example.org", city="lakeport"))
    assert refusal(await scene.look(other, opened)) == (403, "not_one_of_the_two")
    assert await kept(sessions, valkey) == ["sighting"]
    for answer in (
        await scene.ida.get(f"/v1/fleet/vehicles/{scene.vehicle.id}"),
        await scene.ida.get("/v1/cities/lakeport/assistances"),
        await scene.ida.get("/v1/cities/lakeport/access-log"),
        await scene.rider.get(f"/v1/rentals/{scene.rental_id}"),
    ):
        assert not any(mark in answer.text for mark in MARKS)


async def test_a_position_that_comes_late_does_not_replace_a_newer_one(scene: Scene) -> None:
    opened = await scene.opened()
    await scene.drives()
    await scene.drives(ago=2 * MINUTE, position={"lon": 175.011, "lat": -39.98})
    assert (await scene.look(scene.ida, opened)).json()["position"] == ON_THE_WAY


async def test_rides_that_nobody_may_look_at_leave_nothing_while_another_is_looked_at(
    scene: Scene, sessions: Sessions, valkey: Redis
) -> None:
    await scene.opened()
    async with transaction(sessions) as session:
        await session.execute(delete(Sighting))  # as another ride's: it has no row
    await scene.drives()
    assert await kept(sessions, valkey) == []


async def closes(scene: Scene, sessions: Sessions, opened: str) -> None:
    answer = await scene.omar.post(f"/v1/assistances/{opened}/close")
    assert (answer.status_code, answer.json()["state"]) == (200, "over")


async def time_is_up(scene: Scene, sessions: Sessions, opened: str) -> None:
    scene.clock.advance(30 * MINUTE)
    assert refusal(await scene.look(scene.ida, opened)) == (409, "assistance_over")  # before any worker comes
    async with transaction(sessions) as session:
        assert await close_looks(session, scene.clock) == 1


async def ride_ends(scene: Scene, sessions: Sessions, opened: str) -> None:
    await scene.end()


@pytest.mark.parametrize("is_over", [closes, time_is_up, ride_ends])
@pytest.mark.parametrize("purpose", ["assistance", "theft"])
async def test_afterwards_nothing_remains_of_where_the_ride_was(
    scene: Scene,
    sessions: Sessions,
    valkey: Redis,
    is_over: Callable[[Scene, Sessions, str], Awaitable[None]],
    purpose: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    opened = await scene.opened(purpose=purpose)
    await scene.drives()
    assert (await scene.look(scene.omar, opened)).json()["position"] == ON_THE_WAY
    await is_over(scene, sessions, opened)
    assert await kept(sessions, valkey) == []
    assert refusal(await scene.look(scene.ida, opened)) == (409, "assistance_over")
    await scene.drives(ago=2 * MINUTE)
    assert await kept(sessions, valkey) == []
    assert not any(mark in "".join(capfd.readouterr()) for mark in MARKS)


async def test_the_same_person_cannot_ask_and_open(scene: Scene) -> None:
    asked = (await scene.ask(scene.ida)).json()
    assert refusal(await scene.ida.post(f"/v1/assistances/{asked['id']}/approve")) == (403, "two_people_needed")


async def test_the_table_too_wants_two_people_and_two_hours_at_most(scene: Scene, sessions: Sessions) -> None:
    await scene.opened()
    for change in ("approved_by = asked_by", "until = opened_at + interval '121 minutes'"):
        with pytest.raises(IntegrityError):
            async with transaction(sessions) as session:
                await session.execute(text(f"UPDATE assistance SET {change}"))


async def test_opening_twice_changes_nothing_and_a_third_person_comes_too_late(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened(minutes=10)
    clock.advance(MINUTE)
    again = (await scene.omar.post(f"/v1/assistances/{opened}/approve")).json()
    assert datetime.fromisoformat(again["until"]) - datetime.fromisoformat(again["opened_at"]) == 10 * MINUTE
    third = Desk(scene.client, await signed_in(sessions, clock, "uma@example.org", city="lakeport"))
    assert refusal(await third.post(f"/v1/assistances/{opened}/approve")) == (409, "assistance_open")


async def test_a_request_that_nobody_opens_lapses_after_half_an_hour(scene: Scene, clock: FixedClock) -> None:
    asked = (await scene.ask(scene.ida)).json()
    clock.advance(30 * MINUTE)
    assert refusal(await scene.omar.post(f"/v1/assistances/{asked['id']}/approve")) == (409, "assistance_over")
    assert (await scene.ask(scene.ida)).status_code == 201
    assert await scene.told() == []


async def test_one_ride_has_one_request_at_a_time(scene: Scene) -> None:
    asked = (await scene.ask(scene.ida)).json()
    assert refusal(await scene.ask(scene.omar)) == (409, "assistance_exists")
    await scene.ida.post(f"/v1/assistances/{asked['id']}/close")
    assert (await scene.ask(scene.omar)).status_code == 201


async def test_a_vehicle_that_nobody_rides_has_its_position_on_the_map(scene: Scene) -> None:
    await scene.end()
    assert refusal(await scene.ask(scene.ida)) == (409, "vehicle_not_rented")


async def test_what_does_not_exist_is_refused(scene: Scene) -> None:
    for verb in ("approve", "close"):
        answer = await scene.ida.post(f"/v1/assistances/{uuid4()}/{verb}")
        assert refusal(answer) == (404, "unknown_assistance")
    assert refusal(await scene.look(scene.ida, str(uuid4()))) == (404, "unknown_assistance")


@pytest.mark.parametrize(
    "body", [{"reason": ""}, {"minutes": 0}, {"minutes": 121}, {"purpose": "curiosity"}, {"until": "2030-01-01"}]
)
async def test_a_request_without_reason_or_end_is_refused(scene: Scene, body: dict[str, Any]) -> None:
    assert (await scene.ask(scene.ida, **body)).status_code == 400


async def test_every_look_is_written_down_and_nobody_changes_what_is_written(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    clock.advance(MINUTE)
    await scene.look(scene.omar, opened)
    log = (await scene.ida.get("/v1/cities/lakeport/access-log")).json()["items"]
    assert [(each["account_id"], each["kind"], each["reason"]) for each in log] == [
        (await scene.omar.me(), "position", WHY),
        (await scene.ida.me(), "position", WHY),
    ]
    assert datetime.fromisoformat(log[0]["at"]) == clock.now()
    for change in (delete(AccessLogEntry), text("UPDATE access_log SET reason = 'none'")):
        with pytest.raises(IntegrityError):
            async with transaction(sessions) as session:
                await session.execute(change)


async def test_the_rider_sees_at_once_that_help_can_see_them_and_how_often_it_looked(
    scene: Scene, sessions: Sessions
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    (told,) = (await scene.rider.get("/v1/me/ride")).json()["rental"]["located"]
    assert (told["purpose"], told["is_open"], told["looks"]) == ("assistance", True, 1)
    assert await facts(sessions) == [opened]
    await scene.omar.post(f"/v1/assistances/{opened}/close")
    assert [each["is_open"] for each in await scene.told()] == [False]
    assert await facts(sessions) == [opened]


async def test_the_rider_learns_of_a_search_for_a_stolen_vehicle_when_it_is_over(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened(purpose="theft")
    assert (await scene.told(), await facts(sessions)) == ([], [])
    clock.advance(30 * MINUTE)
    assert [each["purpose"] for each in await scene.told()] == ["theft"]
    async with transaction(sessions) as session:
        await close_looks(session, clock)
    assert await facts(sessions) == [opened]


async def facts(sessions: Sessions) -> list[str]:
    """The looks of which the outbox tells the rider."""
    async with sessions() as session:
        told = await session.scalars(select(OutboxMessage.payload).where(OutboxMessage.topic == "booking.ride_located"))
        return [payload["assistance_id"] for payload in told]


async def test_looks_are_listed_for_the_second_person_to_find(scene: Scene) -> None:
    opened = await scene.opened()
    await scene.ida.post(f"/v1/assistances/{opened}/close")
    again = (await scene.ask(scene.ida)).json()
    page = (await scene.omar.get("/v1/cities/lakeport/assistances", limit=1)).json()
    assert [(each["id"], each["state"]) for each in page["items"]] == [(again["id"], "asked")]
    rest = (await scene.omar.get("/v1/cities/lakeport/assistances", after=page["next"])).json()
    assert [(each["id"], each["state"]) for each in rest["items"]] == [(opened, "over")]


async def test_a_fine_finds_its_driver_after_all_telemetry_is_gone(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    await scene.drives()
    at = clock.now()
    clock.advance(10 * MINUTE)
    await scene.end()
    clock.advance(timedelta(days=200))
    async with transaction(sessions) as session:
        await session.execute(delete(TelemetryReport))
    ida = Desk(scene.client, await signed_in(sessions, clock, "ida2@example.org", city="lakeport"))
    path = f"/v1/fleet/vehicles/{scene.vehicle.id}/driver"
    answer = await ida.get(path, at=at.isoformat(), reason="Fine 2026-1187")
    assert answer.status_code == 200
    assert answer.json()["account_id"] == str(scene.rider.person.account_id)
    assert answer.json()["rental_id"] == scene.rental_id
    log = (await ida.get("/v1/cities/lakeport/access-log")).json()["items"]
    assert [(each["kind"], each["reason"], each["rental_id"]) for each in log] == [
        ("driver", "Fine 2026-1187", scene.rental_id)
    ]
    assert datetime.fromisoformat(log[0]["about"]) == at


@pytest.mark.parametrize(("after_start", "drove"), [(-1, False), (0, True), (899, True), (900, False)])
async def test_who_had_a_vehicle_is_whoever_rode_from_the_start_until_before_the_end(
    scene: Scene, clock: FixedClock, after_start: int, drove: bool
) -> None:
    clock.advance(10 * MINUTE)
    await scene.end()
    rental = (await scene.rider.get(f"/v1/rentals/{scene.rental_id}")).json()
    at = datetime.fromisoformat(rental["started_at"]) + timedelta(seconds=after_start)
    answer = await scene.ida.get(
        f"/v1/fleet/vehicles/{scene.vehicle.id}/driver", at=at.isoformat(), reason="Fine 2026-1187"
    )
    assert answer.status_code == (200 if drove else 404)
    if not drove:
        assert refusal(answer) == (404, "nobody_drove")
        log = (await scene.ida.get("/v1/cities/lakeport/access-log")).json()["items"]
        assert [(each["rental_id"], each["kind"]) for each in log] == [(None, "driver")]


@pytest.mark.parametrize("at", ["2026-06-15T08:00:00", "2030-01-01T00:00:00Z"])
async def test_an_instant_ahead_or_without_a_zone_is_refused(scene: Scene, at: str) -> None:
    answer = await scene.ida.get(f"/v1/fleet/vehicles/{scene.vehicle.id}/driver", at=at, reason="Fine 2026-1187")
    assert refusal(answer) == (422, "instant_unclear")


async def test_who_asks_for_a_driver_says_why(scene: Scene, clock: FixedClock) -> None:
    path = f"/v1/fleet/vehicles/{scene.vehicle.id}/driver"
    assert refusal(await scene.ida.get(path, at=clock.now().isoformat())) == (400, "invalid_request")


async def test_the_city_that_the_service_works_for_reads_the_log_page_by_page(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened()
    for _ in range(3):
        await scene.look(scene.ida, opened)
    city = Desk(scene.client, await signed_in(sessions, clock, "town@example.org", role="city", city="lakeport"))
    page = (await city.get("/v1/cities/lakeport/access-log", limit=2)).json()
    rest = (await city.get("/v1/cities/lakeport/access-log", limit=2, after=page["next"])).json()
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert refusal(await city.get(f"/v1/assistances/{opened}/position")) == (403, "role_missing")


async def test_two_ask_at_once_and_one_is_refused(scene: Scene, sessions: Sessions) -> None:
    answers = await asyncio.gather(scene.ask(scene.ida), scene.ask(scene.omar))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    async with sessions() as session:
        assert len((await session.scalars(select(Assistance))).all()) == 1


async def test_a_ride_that_ends_during_a_look_is_closed_all_the_same(
    scene: Scene, sessions: Sessions, valkey: Redis
) -> None:
    opened = await scene.opened()
    await scene.drives()
    async with sessions() as looking:
        await lock(looking, UUID(opened))
        ending = asyncio.create_task(scene.end())
        await waits_for_a_lock(sessions)
        await looking.rollback()
    await ending
    assert await kept(sessions, valkey) == []


async def waits_for_a_lock(sessions: Sessions) -> None:
    async with asyncio.timeout(30), sessions() as session:
        waiting = text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
        while not await session.scalar(waiting):
            await session.rollback()


async def privacy(database_url: str) -> Finding:
    return next(each for each in await database_findings(database_url) if each.subject == "privacy")


async def test_the_doctor_counts_looks_and_finds_what_should_be_over(
    scene: Scene, sessions: Sessions, database_url: str
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    # The doctor goes by the clock of the machine, on which all of this was long ago.
    assert (await privacy(database_url)).state is State.WARN
    async with transaction(sessions) as session:
        await session.execute(delete(Sighting))
        await session.execute(text("UPDATE assistance SET closed_at = until"))
    assert (await privacy(database_url)).state is State.OK
    async with transaction(sessions) as session:
        session.add(Sighting(rental_id=UUID(scene.rental_id), until=scene.clock.now()))
    assert (await privacy(database_url)).state is State.BAD
