from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city
from mobility.db.live import Live
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions, transaction
from mobility.fleet import subscribers
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.service import Actor, NewVehicle
from mobility.fleet.service.commands import BY_RADIO, send
from tests.support.fleets import signed_in
from tests.support.rides import refusal
from tests.support.streams import open_stream

HORN = {"command": "horn", "reason": "A rider looks for it"}


@pytest.fixture
async def operator(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> dict[str, str]:
    return await signed_in(sessions, clock, city="lakeport")


@pytest.fixture
def moped(town: list[NewVehicle]) -> UUID:
    return next(new.id for new in town if new.plate == "B-001")


def path(vehicle_id: UUID, command_id: object = "") -> str:
    return f"/v1/fleet/vehicles/{vehicle_id}/commands{command_id and f'/{command_id}'}"


async def post(
    client: httpx.AsyncClient, headers: dict[str, str], vehicle_id: UUID, body: Any = HORN, key: str | None = None
) -> httpx.Response:
    given = {"Idempotency-Key": key or str(new_id())}
    return await client.post(path(vehicle_id), json=body, headers=headers | given)


async def test_an_operator_sees_the_final_answer_of_a_command(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    sent = await post(client, operator, moped)
    assert sent.status_code == 201, sent.text
    command = sent.json()
    assert (command["command"], command["state"], command["actor"]) == ("horn", "confirmed", "operator")
    assert (command["reason"], command["issued_at"]) == ("A rider looks for it", "2026-06-15T08:00:00Z")
    again = await client.get(path(moped, command["id"]), headers=operator)
    assert (again.status_code, again.json()) == (200, command)


async def test_two_taps_with_one_key_blow_the_horn_once(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    first, second = [await post(client, operator, moped, key="one tap") for _ in range(2)]
    assert first.json() == second.json()
    assert len((await client.get(path(moped), headers=operator)).json()["items"]) == 1


async def test_commands_are_listed_the_latest_first_whoever_sent_them(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID, sessions: Sessions, clock: FixedClock
) -> None:
    await post(client, operator, moped)
    async with transaction(sessions) as session:
        for kind in (Kind.LOCK, Kind.LOCATE):
            await send(session, clock, moped, Command(kind), actor=Actor.SYSTEM, reason="round")
    first = (await client.get(path(moped), params={"limit": 2}, headers=operator)).json()
    assert [(item["command"], item["actor"]) for item in first["items"]] == [("locate", "system"), ("lock", "system")]
    rest = (await client.get(path(moped), params={"limit": 2, "after": first["next"]}, headers=operator)).json()
    assert ([item["command"] for item in rest["items"]], rest["next"]) == (["horn"], None)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (HORN | {"arguments": {"seconds": 3}}, (422, "command_arguments")),
        ({"command": "set_speed_limit", "reason": "fog"}, (422, "command_arguments")),
        ({"command": "explode", "reason": "why not"}, (400, "invalid_request")),
        ({"command": "horn"}, (400, "invalid_request")),
        (HORN | {"vehicle": "another"}, (400, "unknown_field")),
    ],
)
async def test_what_is_no_command_is_refused(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID, body: Any, told: tuple[int, str]
) -> None:
    assert refusal(await post(client, operator, moped, body)) == told


async def test_a_horn_blown_twice_is_refused_with_the_time_to_wait(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    await post(client, operator, moped)
    refused = await post(client, operator, moped)
    assert refusal(refused) == (429, "command_too_soon")
    assert refused.headers["retry-after"] == "10"


async def test_a_vehicle_that_may_move_and_one_that_a_rider_unlocks_are_left_alone(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID, sessions: Sessions, clock: FixedClock
) -> None:
    sessions.configure(info={BY_RADIO: True})
    clock.advance(timedelta(minutes=1))
    async with transaction(sessions) as session:
        await send(session, clock, moped, Command(Kind.UNLOCK), actor=Actor.RIDER, rental_id=new_id())
    unlock = {"command": "unlock", "reason": "on the phone"}
    assert refusal(await post(client, operator, moped, unlock)) == (409, "command_under_way")
    assert refusal(await post(client, operator, moped, unlock | {"command": "reboot"})) == (409, "vehicle_moving")


async def test_unknown_vehicles_and_commands_are_not_found(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID, town: list[NewVehicle]
) -> None:
    assert refusal(await post(client, operator, new_id())) == (404, "unknown_vehicle")
    sent = (await post(client, operator, moped)).json()["id"]
    elsewhere = next(new.id for new in town if new.plate == "B-002")
    for address in (path(moped, new_id()), path(elsewhere, sent)):
        assert refusal(await client.get(address, headers=operator)) == (404, "unknown_command")


async def test_only_operators_of_the_city_send_and_read_commands(
    client: httpx.AsyncClient, moped: UUID, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    async with transaction(sessions) as session:
        await load_city(session, clock, msgspec.structs.replace(town_file, id="twin"))
    twin = await signed_in(sessions, clock, "twin@example.fr", city="twin")
    crew = await signed_in(sessions, clock, "crew@example.fr", role="crew", city="lakeport")
    for headers, told in ((twin, (403, "role_missing")), (crew, (403, "role_missing")), ({}, (401, "not_signed_in"))):
        assert refusal(await post(client, headers, moped)) == told
        assert refusal(await client.get(path(moped), headers=headers)) == told
        assert refusal(await client.get(path(moped, new_id()), headers=headers)) == told


async def test_consoles_see_a_command_and_its_answer(
    app: Litestar,
    client: httpx.AsyncClient,
    operator: dict[str, str],
    moped: UUID,
    sessions: Sessions,
    clock: FixedClock,
    live: Live,
) -> None:
    async def tell() -> None:
        while await deliver_one(sessions, clock, subscribers.subscriptions(live)):
            pass

    await tell()
    async with open_stream(app, "/v1/cities/lakeport/fleet/live", operator) as console:
        await console.next()
        clock.advance(timedelta(seconds=5))
        command = (await post(client, operator, moped)).json()
        await tell()
        name, _, news = await console.next() or pytest.fail("ended")
    assert (name, news["id"], news["vehicle_id"]) == ("command", command["id"], str(moped))
    assert (news["command"], news["state"]) == ("horn", "confirmed")
