"""What operators see of alerts and tasks, and every refusal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import update

from mobility.base.clock import FixedClock
from mobility.city.rules.alert_rules import AlertKind
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city
from mobility.db import outbox
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.fleet import subscribers
from mobility.fleet.service import NewVehicle, alerts
from mobility.fleet.tables import VehicleStatus
from tests.support.fleets import signed_in
from tests.support.streams import open_stream

ALERTS, TASKS = "/v1/cities/lakeport/alerts", "/v1/cities/lakeport/tasks"
NOTE = {"note": "Looked after on site"}


@pytest.fixture
async def operator(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> dict[str, str]:
    return await signed_in(sessions, clock, city="lakeport")


@pytest.fixture
def moped(town: list[NewVehicle]) -> UUID:
    return next(new.id for new in town if new.plate == "B-001")


@pytest.fixture
async def failed(sessions: Sessions, clock: FixedClock, moped: UUID) -> str:
    """An alert of an unlock that failed, with its task; its id."""
    return (await noted(sessions, clock, moped, ["unlock_failed"]))[0]


async def noted(sessions: Sessions, clock: FixedClock, vehicle_id: UUID, kinds: Sequence[AlertKind]) -> list[str]:
    async with transaction(sessions) as session:
        raised = [await alerts.note(session, clock, vehicle_id, kind, {"command": "unlock"}) for kind in kinds]
    return [str(alert.id) for alert in raised if alert]


async def alarm(sessions: Sessions, clock: FixedClock, vehicle_id: UUID, *codes: str) -> None:
    async with transaction(sessions) as session:
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id == vehicle_id)
        await session.execute(status.values(alarms=list(codes), heard_at=clock.now()))
        await alerts.evaluate(session, clock, "lakeport")


def snooze(now: datetime, hours: float = 1) -> dict[str, str]:
    return {"until": (now + timedelta(hours=hours)).isoformat(), "reason": "The crew comes tomorrow"}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


async def items(client: httpx.AsyncClient, path: str, who: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=query, headers=who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_an_alert_shows_what_is_wrong_with_which_vehicle_and_not_where(
    client: httpx.AsyncClient, operator: dict[str, str], failed: str, moped: UUID
) -> None:
    (alert,) = await items(client, ALERTS, operator)
    assert set(alert) == {
        *("id", "vehicle_id", "plate", "type", "kind", "state", "severity", "facts", "times_noted"),
        *("raised_at", "escalated_at", "acknowledged_at", "assigned_to", "snoozed_until", "cleared_at"),
    }
    assert (alert["id"], alert["vehicle_id"], alert["plate"]) == (failed, str(moped), "B-001")
    assert (alert["kind"], alert["state"], alert["severity"]) == ("unlock_failed", "open", "warning")
    assert alert["facts"] == {"command": "unlock"}


async def test_operators_page_through_alerts_the_latest_first_and_filter_them(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], moped: UUID
) -> None:
    ids = await noted(sessions, clock, moped, ["unlock_failed", "command_expired", "lock_unconfirmed"])
    first = (await client.get(ALERTS, params={"limit": 2}, headers=operator)).json()
    assert [alert["id"] for alert in first["items"]] == [ids[2], ids[1]]
    rest = (await client.get(ALERTS, params={"limit": 2, "after": first["next"]}, headers=operator)).json()
    assert ([alert["id"] for alert in rest["items"]], rest["next"]) == ([ids[0]], None)
    assert [alert["id"] for alert in await items(client, ALERTS, operator, kind="unlock_failed")] == [ids[0]]
    assert [alert["id"] for alert in await items(client, ALERTS, operator, severity="critical")] == [ids[2]]
    assert await items(client, ALERTS, operator, vehicle_id=str(uuid4())) == []
    await client.post(f"/v1/alerts/{ids[0]}/resolve", json=NOTE, headers=operator)
    await client.post(f"/v1/alerts/{ids[1]}/acknowledge", headers=operator)
    assert [alert["id"] for alert in await items(client, ALERTS, operator)] == [ids[2], ids[1]]
    for number, state in enumerate(["cleared", "acknowledged", "open"]):
        assert [alert["id"] for alert in await items(client, ALERTS, operator, state=state)] == [ids[number]]


async def test_an_alert_is_acknowledged_once_and_then_ended_with_a_note(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], failed: str
) -> None:
    colleague = await signed_in(sessions, clock, "colleague@example.fr", city="lakeport")
    for who in (operator, colleague):
        answer = await client.post(f"/v1/alerts/{failed}/acknowledge", headers=who)
        assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    for _ in range(2):
        answer = await client.post(f"/v1/alerts/{failed}/resolve", json=NOTE, headers=operator)
        assert (answer.status_code, answer.json()["state"]) == (200, "cleared")
    events = await items(client, f"/v1/alerts/{failed}/events", operator)
    assert [(event["change"], event["note"]) for event in events] == [
        ("cleared", NOTE["note"]),
        ("acknowledged", None),
        ("raised", None),
    ]
    assert [event["actor_id"] is None for event in events] == [False, False, True]
    page = (await client.get(f"/v1/alerts/{failed}/events", params={"limit": 1}, headers=operator)).json()
    later = await items(client, f"/v1/alerts/{failed}/events", operator, after=page["next"])
    assert [event["change"] for event in later] == ["acknowledged", "raised"]
    assert code_of(await client.post(f"/v1/alerts/{failed}/acknowledge", headers=operator)) == (409, "alert_over")


async def test_an_alert_is_given_to_a_colleague_of_the_desk_and_taken_back(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], failed: str
) -> None:
    await signed_in(sessions, clock, "crew@example.fr", role="crew", city="lakeport")
    path, desk = f"/v1/alerts/{failed}/assign", await items(client, "/v1/cities/lakeport/crew", operator, desk=True)
    crew = {each["account_id"] for each in await items(client, "/v1/cities/lakeport/crew", operator)}
    (colleague,) = (each["account_id"] for each in desk)
    for _ in range(2):
        given = await client.post(path, json={"assigned_to": colleague}, headers=operator)
        assert (given.status_code, given.json()["assigned_to"], given.json()["state"]) == (200, colleague, "open")
    for other in (crew - {colleague}) | {str(uuid4())}:
        refused = await client.post(path, json={"assigned_to": other}, headers=operator)
        assert code_of(refused) == (422, "assignee_not_operator")
    assert (await client.post(path, json={"assigned_to": None}, headers=operator)).json()["assigned_to"] is None
    events = await items(client, f"/v1/alerts/{failed}/events", operator)
    assert [(event["change"], event["assigned_to"]) for event in events] == [
        ("assigned", None),
        ("assigned", colleague),
        ("raised", None),
    ]
    await client.post(f"/v1/alerts/{failed}/resolve", json=NOTE, headers=operator)
    over = await client.post(path, json={"assigned_to": colleague}, headers=operator)
    assert code_of(over) == (409, "alert_over")


async def test_an_alert_whose_cause_is_still_there_is_not_ended(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], moped: UUID
) -> None:
    await alarm(sessions, clock, moped, "crash")
    (alert,) = await items(client, ALERTS, operator)
    resolve = f"/v1/alerts/{alert['id']}/resolve"
    assert code_of(await client.post(resolve, json=NOTE, headers=operator)) == (409, "alert_still_true")
    await alarm(sessions, clock, moped)
    assert (await client.post(resolve, json=NOTE, headers=operator)).json()["state"] == "cleared"


async def test_a_vehicle_that_was_moved_may_stay_where_it_is(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], moped: UUID
) -> None:
    await alarm(sessions, clock, moped)
    async with transaction(sessions) as session:
        raised = await alerts.note(session, clock, moped, "moved_without_rental", {"metres": 111})
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id == moped)
        await session.execute(status.values(lat=VehicleStatus.lat + 0.001))
    assert raised is not None
    answer = await client.post(f"/v1/alerts/{raised.id}/resolve", json=NOTE, headers=operator)
    assert answer.json()["state"] == "cleared"
    await alarm(sessions, clock, moped)
    assert await items(client, ALERTS, operator) == []


async def test_a_task_is_taken_done_with_a_note_and_ends_its_alert(
    client: httpx.AsyncClient, operator: dict[str, str], failed: str
) -> None:
    (task,) = await items(client, TASKS, operator)
    assert (task["kind"], task["state"], task["alert_id"], task["plate"]) == ("check", "open", failed, "B-001")
    for _ in range(2):
        taken = await client.post(f"/v1/tasks/{task['id']}/take", headers=operator)
        assert (taken.status_code, taken.json()["state"]) == (200, "assigned")
    mine = await items(client, TASKS, operator, assigned_to=taken.json()["assigned_to"])
    assert [each["id"] for each in mine] == [task["id"]]
    for _ in range(2):
        done = await client.post(f"/v1/tasks/{task['id']}/done", json=NOTE, headers=operator)
        assert (done.status_code, done.json()["state"], done.json()["note"]) == (200, "done", NOTE["note"])
    assert await items(client, TASKS, operator) == []
    assert [each["id"] for each in await items(client, TASKS, operator, state="done", kind="check")] == [task["id"]]
    assert [alert["id"] for alert in await items(client, ALERTS, operator, state="cleared")] == [failed]


async def test_a_task_done_does_not_end_what_the_vehicle_itself_must_take_back(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], moped: UUID
) -> None:
    await noted(sessions, clock, moped, ["tipped"])
    (task,) = await items(client, TASKS, operator)
    await client.post(f"/v1/tasks/{task['id']}/done", json=NOTE, headers=operator)
    assert [alert["kind"] for alert in await items(client, ALERTS, operator)] == ["tipped"]


async def test_a_task_of_somebody_else_or_closed_is_not_taken(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], failed: str
) -> None:
    colleague = await signed_in(sessions, clock, "colleague@example.fr", city="lakeport")
    (task,) = await items(client, TASKS, operator)
    take, done = f"/v1/tasks/{task['id']}/take", f"/v1/tasks/{task['id']}/done"
    await client.post(take, headers=operator)
    assert code_of(await client.post(take, headers=colleague)) == (409, "task_taken")
    await client.post(done, json=NOTE, headers=operator)
    assert code_of(await client.post(take, headers=colleague)) == (409, "task_closed")
    assert code_of(await client.post(done, json=NOTE, headers=colleague)) == (409, "task_closed")


async def test_a_snoozed_alert_is_told_with_its_reason_and_may_be_acknowledged_all_the_same(
    client: httpx.AsyncClient, clock: FixedClock, operator: dict[str, str], failed: str
) -> None:
    asked = snooze(clock.now())
    answer = await client.post(f"/v1/alerts/{failed}/snooze", json=asked, headers=operator)
    assert (answer.status_code, answer.json()["state"]) == (200, "snoozed")
    assert datetime.fromisoformat(answer.json()["snoozed_until"]) == datetime.fromisoformat(asked["until"])
    assert [each["id"] for each in await items(client, ALERTS, operator)] == [failed]
    assert [each["id"] for each in await items(client, ALERTS, operator, state="snoozed")] == [failed]
    (event, _) = await items(client, f"/v1/alerts/{failed}/events", operator)
    assert (event["change"], event["note"]) == ("snoozed", asked["reason"])
    answer = await client.post(f"/v1/alerts/{failed}/acknowledge", headers=operator)
    assert answer.json()["state"] == "acknowledged"


@pytest.mark.parametrize("hours", [-1, 0, 14 * 24 + 1])
async def test_an_alert_is_snoozed_for_at_most_two_weeks_from_now(
    client: httpx.AsyncClient, clock: FixedClock, operator: dict[str, str], failed: str, hours: int
) -> None:
    answer = await client.post(f"/v1/alerts/{failed}/snooze", json=snooze(clock.now(), hours), headers=operator)
    assert code_of(answer) == (422, "snooze_too_long")


async def test_an_alert_that_is_over_is_not_snoozed(
    client: httpx.AsyncClient, clock: FixedClock, operator: dict[str, str], failed: str
) -> None:
    await client.post(f"/v1/alerts/{failed}/resolve", json=NOTE, headers=operator)
    answer = await client.post(f"/v1/alerts/{failed}/snooze", json=snooze(clock.now()), headers=operator)
    assert code_of(answer) == (409, "alert_over")


async def test_what_does_not_exist_is_refused(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    everywhere = await signed_in(sessions, clock, city=None)
    alert, task = f"/v1/alerts/{uuid4()}", f"/v1/tasks/{uuid4()}"
    assert code_of(await client.get(f"{alert}/events", headers=everywhere)) == (404, "unknown_alert")
    assert code_of(await client.post(f"{alert}/acknowledge", headers=everywhere)) == (404, "unknown_alert")
    assert code_of(await client.post(f"{alert}/resolve", json=NOTE, headers=everywhere)) == (404, "unknown_alert")
    answer = await client.post(f"{alert}/snooze", json=snooze(clock.now()), headers=everywhere)
    assert code_of(answer) == (404, "unknown_alert")
    assert code_of(await client.post(f"{task}/take", headers=everywhere)) == (404, "unknown_task")
    assert code_of(await client.post(f"{task}/done", json=NOTE, headers=everywhere)) == (404, "unknown_task")
    for path in ("alerts", "tasks"):
        assert code_of(await client.get(f"/v1/cities/atlantis/{path}", headers=everywhere)) == (404, "unknown_city")


async def test_an_alert_that_waits_out_its_delay_is_not_known_yet(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, operator: dict[str, str], moped: UUID
) -> None:
    await alarm(sessions, clock, moped, "tipped")
    assert await items(client, ALERTS, operator) == []


async def test_lists_asked_for_wrongly_are_refused(client: httpx.AsyncClient, operator: dict[str, str]) -> None:
    wrong: dict[str, list[dict[str, Any]]] = {
        ALERTS: [
            *({"limit": 0}, {"limit": 101}, {"state": "pending"}, {"kind": "boredom"}, {"severity": "high"}),
            *({"after": "x"}, {"vehicle_id": "B-001"}),
        ],
        TASKS: [{"limit": 101}, {"state": "late"}, {"kind": "dance"}, {"assigned_to": "me"}, {"after": "x"}],
    }
    for path, queries in wrong.items():
        for query in queries:
            answer = await client.get(path, params=query, headers=operator)
            assert code_of(answer) == (400, "invalid_request"), query


async def test_an_end_without_a_note_is_refused(
    client: httpx.AsyncClient, operator: dict[str, str], failed: str
) -> None:
    (task,) = await items(client, TASKS, operator)
    for path in (f"/v1/alerts/{failed}/resolve", f"/v1/tasks/{task['id']}/done"):
        for body, code in (
            ({}, "invalid_request"),
            ({"note": ""}, "invalid_request"),
            (NOTE | {"x": "1"}, "unknown_field"),
        ):
            assert code_of(await client.post(path, json=body, headers=operator)) == (400, code)


async def test_alerts_and_tasks_are_for_operators_of_the_city_only(
    client: httpx.AsyncClient,
    sessions: Sessions,
    clock: FixedClock,
    operator: dict[str, str],
    failed: str,
    town_file: CityFile,
) -> None:
    async with transaction(sessions) as session:
        await load_city(session, clock, msgspec.structs.replace(town_file, id="twin"))
    (task,) = await items(client, TASKS, operator)
    stranger = await signed_in(sessions, clock, "stranger@example.fr", city="twin")
    planner = await signed_in(sessions, clock, "planner@example.fr", role="city", city="lakeport")
    crew = await signed_in(sessions, clock, "crew@example.fr", role="crew", city="lakeport")
    reading = [ALERTS, TASKS, f"/v1/alerts/{failed}/events"]
    changing: list[tuple[str, dict[str, str] | None]] = [
        (f"/v1/alerts/{failed}/acknowledge", None),
        (f"/v1/alerts/{failed}/resolve", NOTE),
        (f"/v1/alerts/{failed}/snooze", snooze(clock.now())),
        (f"/v1/tasks/{task['id']}/take", None),
        (f"/v1/tasks/{task['id']}/start", None),
        (f"/v1/tasks/{task['id']}/done", NOTE),
        (f"/v1/tasks/{task['id']}/give-up", NOTE),
    ]
    for who in (stranger, planner):
        for path in reading:
            assert code_of(await client.get(path, headers=who)) == (403, "role_missing")
        for path, body in changing:
            assert code_of(await client.post(path, json=body, headers=who)) == (403, "role_missing")
    assert code_of(await client.get(ALERTS, headers=crew)) == (403, "role_missing")
    for path, body in changing[:3]:
        assert code_of(await client.post(path, json=body, headers=crew)) == (403, "role_missing")
    for path in reading:
        assert code_of(await client.get(path)) == (401, "not_signed_in")
    assert [alert["state"] for alert in await items(client, ALERTS, operator)] == ["open"]


async def test_alerts_and_tasks_appear_on_the_live_stream(
    app: Litestar,
    client: httpx.AsyncClient,
    sessions: Sessions,
    clock: FixedClock,
    live: Live,
    operator: dict[str, str],
    failed: str,
) -> None:
    async with open_stream(app, "/v1/cities/lakeport/fleet/live", operator) as console:
        await console.next()
        await client.post(f"/v1/alerts/{failed}/acknowledge", headers=operator)
        while await outbox.deliver_one(sessions, clock, subscribers.subscriptions(live)):
            pass
        told = []
        while ("alert", "acknowledged") not in told:
            name, _, data = await console.next() or pytest.fail("ended")
            told.append((name, data.get("state")))
    assert {name for name, _ in told} == {"vehicle", "alert", "task"}
    assert [state for name, state in told if name == "alert"] == ["open", "acknowledged"]
