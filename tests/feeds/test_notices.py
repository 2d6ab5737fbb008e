"""What operators tell everybody: written, said in other words, ended; read in the feeds and by residents."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.city.rules.city_file import CityFile
from mobility.db.session import Sessions
from tests.support.desks import Desk
from tests.support.fleets import signed_in
from tests.support.rides import refusal

NOTICES = "/v1/cities/lakeport/notices"
WORDS = {"en": "The wharf is closed", "mi": "Kua kati te wapu"}
CLOSURE = {
    "kind": "station_closure",
    "summary": WORDS,
    "description": {"en": "Take the lighthouse's.", "mi": "Haere ki te whare."},
    "url": "https://lakeport.example/wharf",
    "stations": ["wharf"],
    "starts_at": "2026-06-16T06:00:00Z",
    "ends_at": "2026-06-16T18:00:00Z",
}


@pytest.fixture
async def ida(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: Any) -> Desk:
    return Desk(client, await signed_in(sessions, clock, "ida@example.org", city="lakeport"))


async def alerts(client: httpx.AsyncClient, clock: FixedClock, path: str) -> Any:
    clock.advance(timedelta(seconds=2))
    return (await client.get(path)).json()


async def end(ida: Desk, path: str) -> httpx.Response:
    return await ida.client.delete(path, headers=ida.headers)


async def test_a_notice_stands_in_every_version_of_the_feed_in_its_words(
    client: httpx.AsyncClient, ida: Desk, clock: FixedClock
) -> None:
    written = await ida.post(NOTICES, CLOSURE)
    assert written.status_code == 201, written.text
    id_ = written.json()["notice"]["id"]
    for version in ("v3", "v3.1-rc"):
        document = await alerts(client, clock, f"/gbfs/{version}/system_alerts.json")
        (alert,) = document["data"]["alerts"]
        assert (alert["alert_id"], alert["type"], alert["station_ids"]) == (id_, "station_closure", ["wharf"])
        assert alert["times"] == [{"start": CLOSURE["starts_at"], "end": CLOSURE["ends_at"]}]
        assert {each["language"]: each["text"] for each in alert["summary"]} == WORDS
        assert document["last_updated"] == alert["last_updated"] == "2026-06-15T08:00:00Z"
    (older,) = (await alerts(client, clock, "/gbfs/v2/mi/system_alerts.json"))["data"]["alerts"]
    assert (older["summary"], older["url"]) == (WORDS["mi"], CLOSURE["url"])
    assert older["times"][0]["start"] == int(datetime.fromisoformat(str(CLOSURE["starts_at"])).timestamp())


async def test_residents_are_told_what_is_in_force_or_near(
    client: httpx.AsyncClient, ida: Desk, clock: FixedClock
) -> None:
    far = CLOSURE | {"starts_at": "2026-07-15T06:00:00Z", "ends_at": None, "description": {}, "url": None}
    await ida.post(NOTICES, far)
    near = (await ida.post(NOTICES, CLOSURE)).json()["notice"]
    assert (await client.get(NOTICES)).json()["items"] == [near]
    clock.advance(timedelta(days=20))
    (told,) = (await client.get(NOTICES)).json()["items"]
    assert (told["starts_at"], told["ends_at"]) == (far["starts_at"], None)
    assert len((await ida.get(f"{NOTICES}/written")).json()["items"]) == 2
    page = (await ida.get(f"{NOTICES}/written", limit=1)).json()
    (older,) = (await ida.get(f"{NOTICES}/written", limit=1, after=page["next"])).json()["items"]
    assert older["notice"]["starts_at"] == far["starts_at"]


async def test_a_notice_is_said_in_other_words_and_ended(
    client: httpx.AsyncClient, ida: Desk, clock: FixedClock
) -> None:
    path = "/gbfs/v3/system_alerts.json"
    notice = (await ida.post(NOTICES, CLOSURE)).json()["notice"]
    clock.advance(timedelta(minutes=5))
    said = await ida.client.put(
        f"{NOTICES}/{notice['id']}", json=CLOSURE | {"kind": "station_move"}, headers=ida.headers
    )
    assert (said.json()["notice"]["id"], said.json()["notice"]["kind"]) == (notice["id"], "station_move")
    (alert,) = (await alerts(client, clock, path))["data"]["alerts"]
    assert (alert["type"], alert["last_updated"]) == ("station_move", "2026-06-15T08:05:00Z")
    ended = await end(ida, f"{NOTICES}/{notice['id']}")
    assert ended.json()["ended_at"] == "2026-06-15T08:05:02Z"
    after = await alerts(client, clock, path)
    assert (after["data"], after["last_updated"]) == ({"alerts": []}, "2026-06-15T08:05:02Z")
    assert (await client.get(NOTICES)).json()["items"] == []
    assert refusal(await end(ida, f"{NOTICES}/{notice['id']}")) == (409, "notice_over")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_at": "2026-06-16T05:00:00Z"}, "notice_period_empty"),
        ({"starts_at": "2026-06-01T00:00:00Z", "ends_at": "2026-06-02T00:00:00Z"}, "notice_period_empty"),
        ({"summary": {"en": "Closed"}}, "notice_language_missing"),
        ({"description": WORDS | {"fr": "Fermé"}}, "notice_language_missing"),
        ({"stations": ["nowhere"]}, "unknown_notice_place"),
        ({"regions": ["nowhere"]}, "unknown_notice_place"),
        ({"stations": []}, "notice_station_missing"),
    ],
)
async def test_a_notice_that_readers_could_not_read_is_refused(ida: Desk, change: Any, code: str) -> None:
    assert refusal(await ida.post(NOTICES, CLOSURE | change)) == (422, code)


async def test_a_notice_of_elsewhere_is_none_of_this_city(ida: Desk, town_file: CityFile) -> None:
    assert refusal(await end(ida, f"{NOTICES}/{uuid4()}")) == (404, "unknown_notice")
