"""What an operator reads of one vehicle: everything that happened, page by page, and what it earned."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from tests.booking.conftest import PublicIds
from tests.helpdesk.conftest import Agent, Settle
from tests.support.fleets import signed_in
from tests.support.rides import LIGHTHOUSE, Phone, refusal
from tests.telemetry.conftest import Device

HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}


@pytest.fixture
def path(town: list[NewVehicle]) -> str:
    vehicle = next(new for new in town if new.plate == "B-001")
    return f"/v1/fleet/vehicles/{vehicle.id}"


@pytest.fixture
async def ridden(phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle) -> str:
    """A ride of twelve minutes, 480 cents; its id."""
    (public_id,) = await public_ids("B-001")
    rental_id = str((await phone.ride(public_id))["id"])
    clock.advance(timedelta(minutes=12))
    assert (await phone.post(f"/v1/rentals/{rental_id}/end", {"position": HERE})).status_code == 200
    await settle()
    return rental_id


async def told(agent: Agent, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = await agent.get(f"{path}/story", **params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_all_that_happened_with_a_vehicle_is_one_story_without_places_and_riders(
    agent: Agent, phone: Phone, path: str, ridden: str, clock: FixedClock, settle: Settle
) -> None:
    clock.advance(timedelta(minutes=1))
    refunded = {"cents": 100, "reason": "the helmet was wet"}
    paid = (await agent.get(f"{path}/figures")).json()
    assert paid["charged"] == {"cents": 480, "currency": paid["charged"]["currency"]}
    timeline = f"/v1/cities/lakeport/accounts/{phone.person.account_id}/timeline"
    entries = (await agent.get(timeline, reason="the rider called")).json()["items"]
    payment = next(entry["id"] for entry in entries if entry["kind"] == "payment")
    assert (await agent.post(f"/v1/support/payments/{payment}/refunds", refunded)).status_code == 201
    damage = await agent.post(f"{path}/damage-reports", {"kind": "light", "severity": "minor"})
    assert damage.status_code == 201, damage.text
    task = {"vehicle_id": path.rpartition("/")[2], "kind": "check"}
    assert (await agent.post("/v1/cities/lakeport/tasks", task)).status_code == 201
    assert (await agent.post(f"{path}/commands", {"command": "horn", "reason": "where is it"})).status_code == 201
    story = await told(agent, path)
    assert {"event", "hold", "ride", "refund", "command", "alert", "task", "damage"} == {each["kind"] for each in story}
    (ride,) = (each["facts"] for each in story if each["kind"] == "ride")
    assert (ride["state"], ride["cents"], ride["payment"]) == ("ended", 480, "captured")
    assert "175." not in str(story)
    assert str(phone.person.account_id) not in str(story)
    assert [each["at"] for each in story] == sorted((each["at"] for each in story), reverse=True)


async def test_a_story_is_read_page_by_page_though_several_things_happen_at_once(
    agent: Agent, path: str, ridden: str
) -> None:
    whole = await told(agent, path)
    read: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while len(read) < len(whole):
        page = (await agent.get(f"{path}/story", limit=2, **after)).json()
        read += page["items"]
        after = {"after": page["next"]}
    assert read == whole
    assert page["next"] is None
    assert {each["kind"] for each in await told(agent, path, chapter="state")} == {"event"}
    assert {each["kind"] for each in await told(agent, path, chapter="rent")} == {"hold", "ride"}


async def test_what_a_vehicle_earned_and_how_full_it_was_is_told_of_a_stretch_of_time(
    agent: Agent, path: str, ridden: str, device_of: Callable[[str], Device], clock: FixedClock, phone: Phone
) -> None:
    device = device_of("B-001")
    hours = timedelta(hours=1)
    said = [(20, 90), (10, 80), (1.9, 61), (1.89, 5), (1.88, 60), (0, 55)]
    await device.send(*(device.report(ago=ago * hours, charge_percent=charge) for ago, charge in said))
    clock.advance(timedelta(seconds=1))
    day = (await agent.get(f"{path}/figures", days=1)).json()
    # Of three readings within a quarter of an hour the middle one counts.
    assert [each["charge_percent"] for each in day["charge"]] == [90, 80, 60, 55]
    assert (day["rides"], day["ridden_s"], day["earned"]["cents"], day["returned"]["cents"]) == (1, 720, 480, 0)
    assert (day["tasks_done"], day["works_done"], day["damages"]) == (0, 0, 0)
    clock.advance(timedelta(days=2))
    later = (await agent.get(f"{path}/figures", days=1)).json()
    assert (later["rides"], later["charged"]["cents"], later["charge"]) == (0, 0, [])
    week = (await agent.get(f"{path}/figures", days=7)).json()
    assert (week["rides"], week["charge"][0]["charge_percent"]) == (1, 90)


async def test_a_vehicle_s_story_and_figures_are_for_operators_of_its_city(
    agent: Agent, phone: Phone, path: str, sessions: Sessions, clock: FixedClock
) -> None:
    elsewhere = Agent(agent.client, await signed_in(sessions, clock, "stranger@example.fr", city="elsewhere"))
    for what in ("story", "figures"):
        assert refusal(await agent.client.get(f"{path}/{what}")) == (401, "not_signed_in")
        assert refusal(await phone.get(f"{path}/{what}")) == (403, "role_missing")
        assert refusal(await elsewhere.get(f"{path}/{what}")) == (403, "role_missing")
        assert refusal(await agent.get(f"/v1/fleet/vehicles/{uuid4()}/{what}")) == (404, "unknown_vehicle")
    for wrong in ({"after": "yesterday"}, {"chapter": "verse"}, {"limit": 101}):
        assert (await agent.get(f"{path}/story", **wrong)).status_code in (400, 422)
    assert (await agent.get(f"{path}/figures", days=32)).status_code in (400, 422)
    assert await told(agent, path, after="99999999999999999.work.f") != []
