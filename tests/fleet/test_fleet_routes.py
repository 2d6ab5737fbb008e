from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from tests.support.fleets import signed_in

FLEET = "/v1/cities/lakeport/fleet/vehicles"


@pytest.fixture
async def operator(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> dict[str, str]:
    return await signed_in(sessions, clock, city="lakeport")


@pytest.fixture
async def twin(sessions: Sessions, clock: FixedClock, town_file: CityFile) -> None:
    """A second city."""
    async with transaction(sessions) as session:
        await load_city(session, clock, msgspec.structs.replace(town_file, id="twin"))


@pytest.fixture
def moped(town: list[NewVehicle]) -> UUID:
    return next(new.id for new in town if new.plate == "B-001")


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


def events(vehicle_id: UUID) -> str:
    return f"/v1/fleet/vehicles/{vehicle_id}/events"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


async def test_operators_page_through_their_vehicles_by_plate(
    client: httpx.AsyncClient, operator: dict[str, str]
) -> None:
    first = (await client.get(FLEET, params={"limit": 5}, headers=operator)).json()
    assert [vehicle["plate"] for vehicle in first["items"]] == ["B-001", "B-002", "B-003", "B-004", "B-005"]
    assert first["next"] == "B-005"
    second = (await client.get(FLEET, params={"limit": 5, "after": first["next"]}, headers=operator)).json()
    assert [vehicle["plate"] for vehicle in second["items"]] == ["P-001", "P-002", "P-003"]
    assert second["next"] is None


async def test_operators_filter_by_state_and_type(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    await client.post(events(moped), json={"event": "maintenance", "reason": "tyre"}, headers=operator | key())
    out = (await client.get(FLEET, params={"state": "non_operational"}, headers=operator)).json()["items"]
    assert [(vehicle["plate"], vehicle["state"]) for vehicle in out] == [("B-001", "non_operational")]
    cars = (await client.get(FLEET, params={"type": "pebble"}, headers=operator)).json()["items"]
    assert {vehicle["type"] for vehicle in cars} == {"pebble"}


async def test_operators_see_how_many_vehicles_are_in_each_state(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    await client.post(events(moped), json={"event": "maintenance", "reason": "tyre"}, headers=operator | key())
    summary = (await client.get("/v1/cities/lakeport/fleet/summary", headers=operator)).json()
    assert summary == {"states": {"available": 7, "non_operational": 1}}


async def test_a_vehicle_shows_its_state_and_what_it_last_said_and_not_its_public_name(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    vehicle = (await client.get(f"/v1/fleet/vehicles/{moped}", headers=operator)).json()
    assert set(vehicle) == {
        *("id", "plate", "type", "state", "state_since", "seq", "position", "station_id"),
        *("charge_percent", "range_m", "odometer_m", "locked", "reported_at", "heard_at"),
    }
    assert (vehicle["id"], vehicle["charge_percent"], vehicle["range_m"]) == (str(moped), 100, 40_000)


async def test_an_event_is_logged_with_its_reason_and_told_newest_first(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    answer = await client.post(events(moped), json={"event": "maintenance", "reason": "tyre"}, headers=operator | key())
    assert (answer.status_code, answer.json()["state"]) == (201, "non_operational")
    page = (await client.get(events(moped), params={"limit": 1}, headers=operator)).json()
    assert [(event["event"], event["reason"], event["actor"]) for event in page["items"]] == [
        ("maintenance", "tyre", "operator")
    ]
    assert page["next"] == 2
    rest = (await client.get(events(moped), params={"after": page["next"]}, headers=operator)).json()
    assert [event["event"] for event in rest["items"]] == ["provider_drop_off"]
    assert rest["next"] is None


async def test_an_event_sent_twice_with_one_key_happens_once(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    headers = operator | key()
    for _ in range(2):
        answer = await client.post(events(moped), json={"event": "maintenance", "reason": "tyre"}, headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (201, "non_operational")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"event": "battery_charged", "reason": "x"}, (409, "transition_refused")),
        ({"event": "no_such_event", "reason": "x"}, (409, "transition_refused")),
        ({"event": "trip_end", "reason": "x"}, (422, "event_not_for_operators")),
        ({"event": "maintenance", "reason": ""}, (400, "invalid_request")),
        ({"event": "maintenance"}, (400, "invalid_request")),
        ({"event": "maintenance", "reason": "x", "state": "available"}, (400, "unknown_field")),
    ],
)
async def test_an_event_that_does_not_fit_is_refused(
    client: httpx.AsyncClient,
    operator: dict[str, str],
    moped: UUID,
    body: dict[str, str],
    refusal: tuple[int, str],
) -> None:
    assert code_of(await client.post(events(moped), json=body, headers=operator | key())) == refusal
    assert len((await client.get(events(moped), headers=operator)).json()["items"]) == 1


async def test_an_event_without_a_key_is_refused(
    client: httpx.AsyncClient, operator: dict[str, str], moped: UUID
) -> None:
    answer = await client.post(events(moped), json={"event": "maintenance", "reason": "x"}, headers=operator)
    assert code_of(answer) == (400, "idempotency_key_missing")


async def test_an_unknown_vehicle_or_city_is_refused(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    everywhere = await signed_in(sessions, clock, city=None)
    nobody = uuid4()
    for path in (f"/v1/fleet/vehicles/{nobody}", events(nobody)):
        assert code_of(await client.get(path, headers=everywhere)) == (404, "unknown_vehicle")
    posted = await client.post(events(nobody), json={"event": "maintenance", "reason": "x"}, headers=everywhere | key())
    assert code_of(posted) == (404, "unknown_vehicle")
    for path in ("vehicles", "summary", "live"):
        answer = await client.get(f"/v1/cities/atlantis/fleet/{path}", headers=everywhere)
        assert code_of(answer) == (404, "unknown_city")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"state": "flying"}, {"after": "x" * 41}])
async def test_a_list_asked_for_wrongly_is_refused(
    client: httpx.AsyncClient, operator: dict[str, str], query: dict[str, str]
) -> None:
    assert code_of(await client.get(FLEET, params=query, headers=operator)) == (400, "invalid_request")


async def test_the_fleet_is_shown_to_operators_of_the_city_only(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, moped: UUID
) -> None:
    crew = await signed_in(sessions, clock, "crew@example.fr", role="crew", city="lakeport")
    reading = [
        FLEET,
        "/v1/cities/lakeport/fleet/summary",
        f"/v1/fleet/vehicles/{moped}",
        events(moped),
        "/v1/cities/lakeport/fleet/live",
    ]
    for path in reading:
        assert code_of(await client.get(path)) == (401, "not_signed_in")
        assert code_of(await client.get(path, headers=crew)) == (403, "role_missing")
    event = {"event": "maintenance", "reason": "x"}
    assert code_of(await client.post(events(moped), json=event, headers=crew | key())) == (403, "role_missing")


async def test_an_operator_of_another_city_is_refused(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, moped: UUID, twin: None
) -> None:
    stranger = await signed_in(sessions, clock, "stranger@example.fr", city="twin")
    for path in (FLEET, f"/v1/fleet/vehicles/{moped}", events(moped), "/v1/cities/lakeport/fleet/live"):
        assert code_of(await client.get(path, headers=stranger)) == (403, "role_missing")
    event = {"event": "maintenance", "reason": "x"}
    assert code_of(await client.post(events(moped), json=event, headers=stranger | key())) == (403, "role_missing")
