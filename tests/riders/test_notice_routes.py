from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.riders.rules.devices import DEVICES_MAX
from mobility.riders.rules.saved_places import PLACES_MAX
from tests.support.pushes import BrowserWithPush
from tests.support.rides import Person, add_rider

HOME = {"kind": "home", "name": "Maison", "position": {"lon": 175.0, "lat": -40.0}}


@pytest.fixture
async def two(sessions: Sessions, clock: FixedClock) -> list[Person]:
    async with transaction(sessions) as session:
        return [add_rider(session, clock), add_rider(session, clock)]


async def test_a_resident_keeps_places_that_nobody_else_sees(client: httpx.AsyncClient, two: list[Person]) -> None:
    mine, theirs = two
    path = f"/v1/me/places/{uuid4()}"
    for name in ("Maison", "Chez moi"):
        saved = await client.put(path, json=HOME | {"name": name}, headers=mine.headers)
        assert saved.status_code == 200, saved.text
    listed = (await client.get("/v1/me/places", headers=mine.headers)).json()["items"]
    assert [(place["name"], place["kind"]) for place in listed] == [("Chez moi", "home")]
    assert (await client.delete(path, headers=theirs.headers)).status_code == 204
    assert (await client.get("/v1/me/places", headers=theirs.headers)).json()["items"] == []
    assert len((await client.get("/v1/me/places", headers=mine.headers)).json()["items"]) == 1
    assert (await client.delete(path, headers=mine.headers)).status_code == 204
    assert (await client.get("/v1/me/places", headers=mine.headers)).json()["items"] == []

    for _ in range(PLACES_MAX):
        await client.put(f"/v1/me/places/{uuid4()}", json=HOME, headers=mine.headers)
    refused = await client.put(f"/v1/me/places/{uuid4()}", json=HOME, headers=mine.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "saved_places_too_many")


async def test_a_browser_shows_messages_of_who_agreed_last_and_of_the_latest_five_only(
    client: httpx.AsyncClient, two: list[Person]
) -> None:
    mine, theirs = two
    assert (await client.get("/v1/app-config")).json()["push_key"]
    browser = BrowserWithPush(address="https://push.example/1").body
    path = f"/v1/me/devices/{uuid4()}"
    assert (await client.put(path, json=browser, headers=mine.headers)).status_code == 200
    assert len((await client.put(path, json=browser, headers=theirs.headers)).json()["devices"]) == 1
    assert (await client.get("/v1/me/notices", headers=mine.headers)).json()["devices"] == []

    for nth in range(DEVICES_MAX + 1):
        other = browser | {"endpoint": f"https://push.example/{nth}"}
        answer = await client.put(f"/v1/me/devices/{uuid4()}", json=other, headers=mine.headers)
    assert len(answer.json()["devices"]) == DEVICES_MAX
    gone = answer.json()["devices"][0]["id"]
    assert (await client.delete(f"/v1/me/devices/{gone}", headers=mine.headers)).status_code == 204
    chosen = {"letters": "essential", "first": "phone"}
    told = (await client.put("/v1/me/notices", json=chosen, headers=mine.headers)).json()
    assert len(told["devices"]) == DEVICES_MAX - 1
    assert {"letters": told["letters"], "first": told["first"]} == chosen

    elsewhere = browser | {"endpoint": "https://10.0.0.1/"}
    refused = await client.put(path, json=elsewhere, headers=mine.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "push_service_unknown")
