"""Tasks that the desk makes and crews do, and every refusal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle, alerts
from tests.support.fleets import signed_in

TASKS = "/v1/cities/lakeport/tasks"
DUE = "2026-06-15T12:00:00Z"
WHY = {"note": "Locked in a private yard"}


class Desk:
    """One person's way to the tasks."""

    def __init__(self, client: httpx.AsyncClient, headers: Mapping[str, str]) -> None:
        self.client, self.headers = client, headers

    async def ask(self, method: str, path: str, body: object = None, **query: Any) -> httpx.Response:
        key = {"Idempotency-Key": uuid4().hex}
        return await self.client.request(method, path, json=body, params=query, headers={**self.headers, **key})

    async def say(self, task_id: str, word: str, body: object = None) -> tuple[int, str]:
        """Status, then the state of the task or the code of the refusal."""
        answer = await self.ask("POST", f"/v1/tasks/{task_id}/{word}", body)
        return answer.status_code, answer.json().get("code") or answer.json()["state"]

    async def create(self, vehicle_id: UUID, **order: Any) -> httpx.Response:
        return await self.ask("POST", TASKS, {"vehicle_id": str(vehicle_id), "kind": "fetch"} | order)

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ask("GET", TASKS, **query)).json()["items"]
        return found


@pytest.fixture
async def desk(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Desk:
    return Desk(client, await signed_in(sessions, clock, city="lakeport"))


@pytest.fixture
async def crew(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Desk:
    return Desk(client, await signed_in(sessions, clock, "crew@example.fr", role="crew", city="lakeport"))


@pytest.fixture
def moped(town: list[NewVehicle]) -> UUID:
    return next(new.id for new in town if new.plate == "B-001")


@pytest.fixture
async def task(desk: Desk, moped: UUID) -> str:
    task_id: str = (await desk.create(moped)).json()["id"]
    return task_id


async def account_of(desk: Desk, name: str) -> str:
    members = (await desk.ask("GET", "/v1/cities/lakeport/crew")).json()["items"]
    return next(str(each["account_id"]) for each in members if each["name"] == name)


async def test_the_desk_asks_for_something_and_gives_it_to_somebody_who_does_it(
    desk: Desk, crew: Desk, moped: UUID
) -> None:
    order = {"kind": "repair", "priority": "high", "instructions": "Left mirror", "due_at": DUE}
    made = await desk.create(moped, **order)
    assert made.status_code == 201
    task = made.json()
    assert {name: task[name] for name in order} == order
    assert (task["state"], task["plate"], task["alert_id"]) == ("open", "B-001", None)
    member = await account_of(desk, "crew@example.fr")
    assert await desk.say(task["id"], "assign", {"assigned_to": member}) == (200, "assigned")
    assert [each["id"] for each in await crew.listed(assigned_to=member)] == [task["id"]]
    for _ in range(2):
        assert await crew.say(task["id"], "start") == (200, "in_progress")
    for _ in range(2):
        assert await crew.say(task["id"], "done", {"note": "New mirror"}) == (200, "done")
    (done,) = await desk.listed(state="done", vehicle_id=str(moped))
    assert (done["note"], done["closed_by"], done["started_at"] is not None) == ("New mirror", member, True)


async def test_a_crew_takes_an_open_task_and_says_when_it_cannot_be_done(desk: Desk, crew: Desk, task: str) -> None:
    assert await crew.say(task, "take") == (200, "assigned")
    for _ in range(2):
        assert await crew.say(task, "give-up", WHY) == (200, "failed")
    assert await desk.listed() == []
    assert [each["note"] for each in await desk.listed(state="failed")] == [WHY["note"]]


async def test_of_a_kind_there_is_one_task_to_be_done_to_a_vehicle(desk: Desk, task: str, moped: UUID) -> None:
    again = await desk.create(moped)
    assert (again.status_code, again.json()["code"]) == (409, "task_exists")
    assert (await desk.create(moped, kind="charge")).status_code == 201
    await desk.say(task, "cancel", WHY)
    assert (await desk.create(moped)).status_code == 201


async def test_an_alert_asks_for_nothing_that_the_desk_has_asked_for(
    desk: Desk, sessions: Sessions, clock: FixedClock, moped: UUID
) -> None:
    await desk.create(moped, kind="check")
    async with transaction(sessions) as session:
        await alerts.note(session, clock, moped, "unlock_failed", {})
    assert [each["alert_id"] for each in await desk.listed()] == [None]


async def test_what_a_task_says_can_be_changed_until_it_is_closed(desk: Desk, task: str) -> None:
    path = f"/v1/tasks/{task}"
    changed = (await desk.ask("PATCH", path, {"priority": "low", "due_at": DUE, "instructions": "By van"})).json()
    assert (changed["priority"], changed["due_at"], changed["instructions"]) == ("low", DUE, "By van")
    changed = (await desk.ask("PATCH", path, {"due_at": None})).json()
    assert (changed["priority"], changed["due_at"], changed["instructions"]) == ("low", None, "By van")
    for _ in range(2):
        assert await desk.say(task, "cancel", WHY) == (200, "cancelled")
    refused = await desk.ask("PATCH", path, {"priority": "high"})
    assert (refused.status_code, refused.json()["code"]) == (409, "task_closed")


async def test_a_task_goes_to_another_until_somebody_has_begun(
    desk: Desk, crew: Desk, client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, task: str
) -> None:
    other = Desk(client, await signed_in(sessions, clock, "other@example.fr", role="crew", city=None))
    assert await crew.say(task, "take") == (200, "assigned")
    for word in ("take", "start"):
        assert await other.say(task, word) == (409, "task_taken")
    to_other = {"assigned_to": await account_of(desk, "other@example.fr")}
    assert await desk.say(task, "assign", to_other) == (200, "assigned")
    assert await other.say(task, "start") == (200, "in_progress")
    assert await desk.say(task, "assign", {"assigned_to": await account_of(desk, "crew@example.fr")}) == (
        409,
        "task_taken",
    )
    assert await desk.say(task, "cancel", WHY) == (200, "cancelled")
    assert await other.say(task, "done", WHY) == (409, "task_closed")


async def test_a_task_is_given_to_people_of_the_city_only(
    desk: Desk, sessions: Sessions, clock: FixedClock, task: str
) -> None:
    await signed_in(sessions, clock, "planner@example.fr", role="city", city="lakeport")
    await signed_in(sessions, clock, "elsewhere@example.fr", role="crew", city="springfield")
    page = (await desk.ask("GET", "/v1/cities/lakeport/crew")).json()
    assert ([each["name"] for each in page["items"]], page["next"]) == (["operator@example.fr"], None)
    assert await desk.say(task, "assign", {"assigned_to": str(uuid4())}) == (422, "assignee_not_crew")


async def test_the_crew_is_listed_page_by_page(desk: Desk, crew: Desk) -> None:
    first = (await desk.ask("GET", "/v1/cities/lakeport/crew", limit=1)).json()
    rest = (await desk.ask("GET", "/v1/cities/lakeport/crew", limit=1, after=first["next"])).json()
    names = [each["name"] for page in (first, rest) for each in page["items"]]
    assert (names, rest["next"]) == (["operator@example.fr", "crew@example.fr"], None)


async def test_crews_do_tasks_and_do_not_make_them(desk: Desk, crew: Desk, task: str, moped: UUID) -> None:
    refused = [
        await crew.create(moped, kind="charge"),
        await crew.ask("PATCH", f"/v1/tasks/{task}", {"priority": "high"}),
        await crew.ask("POST", f"/v1/tasks/{task}/assign", {"assigned_to": str(uuid4())}),
        await crew.ask("POST", f"/v1/tasks/{task}/cancel", WHY),
        await crew.ask("GET", "/v1/cities/lakeport/crew"),
    ]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [(403, "role_missing")] * 5
    assert [each["id"] for each in await crew.listed()] == [task]


async def test_a_task_for_a_vehicle_of_nowhere_or_an_unknown_task_is_refused(desk: Desk) -> None:
    refused = await desk.create(uuid4())
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_vehicle")
    for word, body in (("start", None), ("give-up", WHY)):
        assert await desk.say(str(uuid4()), word, body) == (404, "unknown_task")
