"""Zones and stations from the draft to the street: published, announced, withdrawn, reloaded, drawn by two at once."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from mobility.base.clock import FixedClock
from mobility.city import service
from mobility.city.rules.faults import CityFileRefused
from mobility.city.tasks import begin_ground
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from tests.pricing.drafting import Office
from tests.support.fleets import lakeport, signed_in
from tests.support.rides import Phone, add_rider, refusal

Json = dict[str, Any]
# Midnight of 2026-06-17 in Lakeport.
WEDNESDAY = datetime(2026, 6, 16, 12, tzinfo=UTC)
SHUT = {
    "type": "Polygon",
    "coordinates": [[[174.9, -40.1], [175.05, -40.1], [175.05, -39.9], [174.9, -39.9], [174.9, -40.1]]],
}


@pytest.fixture
async def office(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Office:
    return Office(client, await signed_in(sessions, clock, city="lakeport"))


async def now(office: Office) -> Json:
    answer = await office.get("ground")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def draft(office: Office, ground: Json, version: int = 0, base: int = 1) -> Json:
    answer = await office.put("ground/draft", {"version": version, "base": base, "ground": ground})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def publish(office: Office, version: int = 1, **said: Any) -> httpx.Response:
    return await office.post("ground/draft/publish", {"version": version, "note": "Roadworks"} | said)


async def without_playground(office: Office) -> Json:
    """The ground in force, with rides that start at the playground."""
    ground: Json = (await now(office))["in_force"]["ground"]
    return ground | {"zones": [zone for zone in ground["zones"] if zone["code"] != "playground"]}


async def zones(client: httpx.AsyncClient) -> set[str]:
    drawn = (await client.get("/v1/cities/lakeport/map")).json()["features"]
    return {each["properties"]["code"] for each in drawn if each["properties"]["kind"] == "zone"}


async def states(office: Office) -> dict[int, str]:
    items = (await office.get("ground/editions")).json()["items"]
    return {each["number"]: each["state"] for each in items}


async def test_what_is_published_at_once_holds_for_everybody_with_their_next_question(office: Office) -> None:
    assert "playground" in await zones(office.client)
    await draft(office, await without_playground(office))
    published = (await publish(office)).json()
    assert (published["state"], published["number"], published["note"]) == ("in_force", 2, "Roadworks")
    assert published["changes"] == [{"thing": "zone", "code": "playground", "what": "removed"}]
    assert "playground" not in await zones(office.client)
    told = (await office.get("zones/at", lon=174.986, lat=-39.972, type="breeze")).json()["rules"][0]
    assert told["ride_start_allowed"]
    assert (await now(office))["draft"] is None
    assert await states(office) == {2: "in_force", 1: "replaced"}


async def test_an_edition_begins_at_midnight_of_its_day_and_by_whichever_worker(
    office: Office, sessions: Sessions, clock: FixedClock
) -> None:
    await draft(office, await without_playground(office))
    announced = (await publish(office, effective_from="2026-06-17")).json()
    assert (announced["state"], announced["effective_from"]) == ("announced", "2026-06-16T12:00:00Z")
    assert (await now(office))["announced"]["number"] == 2
    clock.instant = WEDNESDAY - timedelta(seconds=1)
    assert await _begin(sessions, clock) == 0
    assert "playground" in await zones(office.client)
    clock.instant = WEDNESDAY
    assert (await _begin(sessions, clock), await _begin(sessions, clock)) == (1, 0)
    assert "playground" not in await zones(office.client)


async def test_an_announced_edition_may_be_withdrawn_and_one_that_has_begun_may_not(
    office: Office, sessions: Sessions, clock: FixedClock
) -> None:
    await draft(office, await without_playground(office))
    announced = (await publish(office, effective_from="2026-06-17")).json()
    path = f"ground/editions/{announced['id']}/withdraw"
    for _ in range(2):
        assert (await office.post(path)).json()["state"] == "withdrawn"
    clock.instant = WEDNESDAY
    assert await _begin(sessions, clock) == 0
    first = (await office.get("ground/editions")).json()["items"][-1]["id"]
    assert refusal(await office.post(f"ground/editions/{first}/withdraw")) == (409, "ground_begun")
    assert refusal(await office.get(f"ground/editions/{uuid4()}")) == (404, "unknown_ground_edition")


async def test_the_history_gives_back_what_held_before(office: Office) -> None:
    before = (await now(office))["in_force"]
    await draft(office, await without_playground(office))
    await publish(office)
    old = (await office.get(f"ground/editions/{before['id']}")).json()["ground"]
    await draft(office, old, base=2)
    reverted = (await publish(office, note="Roadworks are over")).json()
    assert reverted["changes"] == [{"thing": "zone", "code": "playground", "what": "added"}]
    assert "playground" in await zones(office.client)
    page = (await office.get("ground/editions", limit=2)).json()
    assert ([each["number"] for each in page["items"]], page["next"]) == ([3, 2], 2)
    rest = (await office.get("ground/editions", limit=2, after=2)).json()
    assert ([each["number"] for each in rest["items"]], rest["next"]) == ([1], None)


async def test_two_who_draw_at_once_do_not_overwrite_each_other(
    office: Office, sessions: Sessions, clock: FixedClock
) -> None:
    other = Office(office.client, await signed_in(sessions, clock, "other@example.fr", city="lakeport"))
    ground = await without_playground(office)
    mine = await draft(office, ground)
    late = await other.put("ground/draft", {"version": 0, "base": 1, "ground": ground})
    assert (refusal(late), late.json()["version"]) == ((409, "ground_draft_changed"), 1)
    await draft(other, ground, version=mine["version"])
    assert refusal(await publish(office, version=mine["version"])) == (409, "ground_draft_changed")
    assert refusal(await office.delete("ground/draft?version=1")) == (409, "ground_draft_changed")
    assert (await office.delete("ground/draft?version=2")).status_code == 204
    assert refusal(await office.delete("ground/draft?version=2")) == (404, "unknown_ground_draft")
    assert refusal(await publish(office, version=2)) == (409, "ground_draft_changed")


async def test_a_draft_may_be_faulty_and_is_not_published_then(office: Office) -> None:
    ground = await without_playground(office)
    ground["stations"][0]["chargers"] = 99
    checked = (await office.post("ground/check", {"ground": ground})).json()
    assert [each["path"] for each in checked["faults"]] == ["stations[0].chargers"]
    await draft(office, ground)
    refused = await publish(office)
    assert (refusal(refused), refused.json()["errors"][0]["code"]) == ((422, "ground_refused"), "too_many_chargers")
    for preview in ("effect", "geofencing-zones"):
        assert refusal(await office.get(f"ground/draft/{preview}")) == (422, "ground_refused")


async def test_a_draft_that_cannot_follow_what_is_in_force_is_refused(office: Office) -> None:
    ground = (await now(office))["in_force"]["ground"]
    await draft(office, ground)
    assert refusal(await publish(office)) == (409, "ground_unchanged")
    assert refusal(await publish(office, effective_from="2026-06-15")) == (409, "ground_unchanged")
    opened = await without_playground(office)
    await draft(office, opened, version=1)
    too_early = (409, "ground_starts_too_early")
    for day in ("2026-06-15", "0001-01-01"):
        assert refusal(await publish(office, version=2, effective_from=day)) == too_early
        assert refusal(await office.get("ground/draft/effect", effective_from=day)) == too_early
    assert (await publish(office, version=2, effective_from="2026-06-17")).status_code == 201
    await draft(office, opened)
    again = await publish(office)
    assert (refusal(again), again.json()["number"]) == ((409, "ground_announced"), 2)
    beyond = await office.put("ground/draft", {"version": 1, "base": 7, "ground": opened})
    assert refusal(beyond) == (404, "unknown_ground_edition")


async def test_a_draft_drawn_on_an_edition_that_is_replaced_waits_for_its_editor(office: Office) -> None:
    opened = await without_playground(office)
    await draft(office, opened)
    await publish(office)
    await draft(office, opened | {"stations": opened["stations"]}, base=1)
    refused = await publish(office)
    assert (refusal(refused), refused.json()["in_force"]) == ((409, "ground_changed"), 2)


async def test_a_file_loaded_again_keeps_what_operators_published_until_it_says_something_new(
    office: Office, sessions: Sessions, clock: FixedClock
) -> None:
    await draft(office, await without_playground(office))
    await publish(office)
    file = lakeport()
    later = msgspec.structs.replace(file, public_holidays=())
    async with transaction(sessions) as session:
        assert (await service.load_city(session, clock, later)).changed
    assert "playground" not in await zones(office.client)
    async with transaction(sessions) as session:
        assert not (await service.load_city(session, clock, later)).changed
        fewer = msgspec.structs.replace(file, vehicle_types=file.vehicle_types[:1])
        with pytest.raises(CityFileRefused):
            await service.load_city(session, clock, fewer)
    await draft(office, (await now(office))["in_force"]["ground"] | {"stations": []}, base=2)
    renamed = msgspec.structs.replace(file, zones=tuple(each for each in file.zones if each.code != "school"))
    async with transaction(sessions) as session:
        await service.load_city(session, clock, renamed)
    assert "playground" in await zones(office.client)
    assert await states(office) == {3: "in_force", 2: "replaced", 1: "replaced"}


async def test_a_file_with_new_zones_withdraws_what_was_announced(
    office: Office, sessions: Sessions, clock: FixedClock
) -> None:
    await draft(office, await without_playground(office))
    await publish(office, effective_from="2026-06-17")
    file = lakeport()
    async with transaction(sessions) as session:
        kept = tuple(each for each in file.zones if each.code != "school")
        await service.load_city(session, clock, msgspec.structs.replace(file, zones=kept))
    assert await states(office) == {3: "in_force", 2: "withdrawn", 1: "replaced"}
    newest = (await office.get("ground/editions", limit=1)).json()["items"][0]  # beside the first, not the withdrawn
    assert newest["changes"] == [{"thing": "zone", "code": "school", "what": "removed"}]


async def test_the_effect_names_vehicles_stations_bookings_and_what_is_left_to_park_on(
    office: Office, town: list[NewVehicle]
) -> None:
    ground = (await now(office))["in_force"]["ground"]
    shut = {"code": "shut", "name": {"en": "Shut", "mi": "Kati"}, "kind": "no_parking", "source": "invented"}
    ground["zones"].insert(0, shut | {"geometry": SHUT, "vehicle_types": ["breeze"]})
    ground["stations"] = [each for each in ground["stations"] if each["code"] != "terminal"]
    ground["sites"] = [each for each in ground["sites"] if each["station"] != "terminal"]
    next(each for each in ground["stations"] if each["code"] == "wharf").update(bays=1, chargers=1)
    await draft(office, ground)
    effect = (await office.get("ground/draft/effect", effective_from="2026-06-17")).json()
    assert effect["at"] == "2026-06-17T00:00:00Z"
    assert {each["plate"]: each["what"] for each in effect["vehicles"]} == {
        f"B-00{n}": "no_parking" for n in range(1, 6)
    }
    assert effect["vehicles_touched"] == 5
    assert {each["code"]: (each["what"], each["vehicles"]) for each in effect["stations"]} == {
        "terminal": ("removed", 1),
        "wharf": ("too_small", 2),
    }
    rooms = {room["type"]: room for room in effect["rooms"]}
    assert rooms["breeze"]["before_km2"] > 0 == rooms["breeze"]["after_km2"]
    assert (rooms["pebble"]["stations_before"], rooms["pebble"]["stations_after"]) == (3, 2)


async def test_bookings_at_a_station_that_goes_are_named(office: Office, clock: FixedClock, sessions: Sessions) -> None:
    station = next(each for each in (await office.get("stations")).json()["items"] if each["code"] == "terminal")
    slot = {"starts_at": "2026-06-18T10:00:00+12:00", "ends_at": "2026-06-18T12:00:00+12:00"}
    booked = await _book(office, sessions, clock, {"type": "pebble", "station_id": station["id"], **slot})
    ground = (await now(office))["in_force"]["ground"]
    ground["stations"] = [each for each in ground["stations"] if each["code"] != "terminal"]
    ground["sites"] = [each for each in ground["sites"] if each["station"] != "terminal"]
    await draft(office, ground)
    for day, touched in (("2026-06-17", [booked]), ("2026-06-20", [])):
        effect = (await office.get("ground/draft/effect", effective_from=day)).json()
        assert [each["id"] for each in effect["bookings"]] == touched


async def test_the_geofencing_preview_is_the_file_that_gbfs_would_give(office: Office) -> None:
    await draft(office, await without_playground(office))
    preview = (await office.get("ground/draft/geofencing-zones")).json()
    names = [each["properties"]["name"]["en"] for each in preview["geofencing_zones"]["features"]]
    assert "Playground" not in names
    assert "Town" in names
    assert not preview["global_rules"][0]["ride_end_allowed"]
    await office.delete("ground/draft?version=1")
    assert refusal(await office.get("ground/draft/geofencing-zones")) == (404, "unknown_ground_draft")


async def _begin(sessions: Sessions, clock: FixedClock) -> int:
    async with transaction(sessions) as session:
        return await begin_ground(session, clock)


async def _book(office: Office, sessions: Sessions, clock: FixedClock, wish: Mapping[str, Any]) -> str:
    async with transaction(sessions) as session:
        rider = add_rider(session, clock)
    answer = await Phone(office.client, rider).post("/v1/bookings", dict(wish))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
