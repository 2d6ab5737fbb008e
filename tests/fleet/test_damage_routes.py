"""Damage over HTTP: by the ride, by who passes, by the fleet's people; photos; decisions; work orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.photos import PHOTOS_MAX, UPLOAD_BYTES_MAX
from mobility.fleet.service import NewVehicle
from mobility.fleet.service.reporting import REPORTS_PER_PERSON
from mobility.fleet.service.upkeep import open_due_orders
from mobility.fleet.tables import Vehicle, VehicleStatus
from tests.support.fleets import signed_in
from tests.support.photos import GPS_CANARY, animated, geotagged, photo
from tests.support.rides import LIGHTHOUSE, Phone, add_rider, refusal
from tests.support.strangers import rows

BRAKE = {"kind": "brake", "severity": "major", "words": "La poignée gauche ne freine plus"}
CITY = "/v1/cities/lakeport"


@dataclass
class Scene:
    """Lakeport with two riders, its desk, its crew and the desk of another city, each with a way to the API."""

    client: httpx.AsyncClient
    sessions: Sessions
    clock: FixedClock
    alix: Phone
    bo: Phone
    desk: dict[str, str]
    crew: dict[str, str]
    elsewhere: dict[str, str]
    vehicles: dict[str, NewVehicle]

    async def ask(self, who: dict[str, str], method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {**who, "Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        return await self.client.request(method, path, json=body, headers=headers)

    async def ride(self, plate: str = "B-001") -> str:
        """Alix's ride; its id."""
        async with self.sessions() as session:
            public_id = await session.scalar(select(Vehicle.public_id).where(Vehicle.plate == plate))
        return str((await self.alix.ride(public_id))["id"])

    async def report(self, rental_id: str, **changed: str) -> Any:
        answer = await self.alix.post(f"/v1/rentals/{rental_id}/damage-reports", BRAKE | changed)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def upload(self, phone: Phone, report_id: str, content: bytes, **headers: str) -> httpx.Response:
        given = {**phone.person.headers, "Idempotency-Key": uuid4().hex, "Content-Type": "image/jpeg", **headers}
        return await self.client.post(f"/v1/damage-reports/{report_id}/photos", content=content, headers=given)

    async def beside(self, phone: Phone, stands_by: str, **changed: Any) -> httpx.Response:
        async with self.sessions() as session:
            status = await session.get_one(VehicleStatus, self.vehicles[stands_by].id)
        body = {**BRAKE, "plate": stands_by, "position": {"lon": status.lon, "lat": status.lat}} | changed
        return await phone.post(f"{CITY}/damage-reports", {k: v for k, v in body.items() if v is not None})

    async def state(self, plate: str) -> str:
        async with self.sessions() as session:
            return (await session.get_one(Vehicle, self.vehicles[plate].id)).state

    async def damages(self, **params: str) -> list[Any]:
        answer = await self.client.get(f"{CITY}/damages", params=params, headers=self.desk)
        return list(answer.json()["items"])


@pytest.fixture
async def scene(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: Sequence[NewVehicle], valkey: Redis
) -> Scene:
    async with transaction(sessions) as session:
        alix, bo = add_rider(session, clock), add_rider(session, clock)
    return Scene(
        *(client, sessions, clock, Phone(client, alix), Phone(client, bo)),
        desk=await signed_in(sessions, clock, "desk@example.fr", city="lakeport"),
        crew=await signed_in(sessions, clock, "crew@example.fr", role="crew", city="lakeport"),
        elsewhere=await signed_in(sessions, clock, "far@example.fr", city="springfield"),
        vehicles={new.plate: new for new in town},
    )


async def test_a_rider_reports_in_the_ride_and_after_it_and_reads_what_became_of_it(scene: Scene) -> None:
    rental = await scene.ride()
    told = await scene.report(rental)
    assert told == {
        "id": told["id"],
        "kind": "brake",
        "severity": "major",
        "words": BRAKE["words"],
        "reported_at": "2026-06-15T08:00:00Z",
        "state": "open",
        "photos": [],
    }
    here = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
    assert (await scene.alix.post(f"/v1/rentals/{rental}/end", {"position": here})).status_code == 200
    scene.clock.advance(timedelta(days=7))
    await scene.report(rental, kind="mirror", severity="minor")
    (mirror, brake) = await scene.damages()
    await scene.ask(scene.desk, "POST", f"/v1/damages/{brake['id']}/repair", {"note": "new pads"})
    mine = (await scene.alix.get("/v1/me/damage-reports")).json()["items"]
    assert [(each["kind"], each["state"]) for each in mine] == [("mirror", "open"), ("brake", "repaired")]
    assert mirror["vehicle_id"] == brake["vehicle_id"] == str(scene.vehicles["B-001"].id)


async def test_a_week_after_the_ride_it_is_too_late(scene: Scene) -> None:
    rental = await scene.ride()
    here = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
    await scene.alix.post(f"/v1/rentals/{rental}/end", {"position": here})
    scene.clock.advance(timedelta(days=7, seconds=1))
    answer = await scene.alix.post(f"/v1/rentals/{rental}/damage-reports", BRAKE)
    assert refusal(answer) == (409, "rental_long_ago")


async def test_a_report_sent_twice_with_one_key_is_one_report(scene: Scene) -> None:
    rental, key = await scene.ride(), {"Idempotency-Key": "one"}
    first, again = [await scene.alix.post(f"/v1/rentals/{rental}/damage-reports", BRAKE, **key) for _ in range(2)]
    assert first.json() == again.json()
    assert len((await scene.damages())[0]["reports"]) == 1


async def test_who_stands_beside_a_vehicle_reports_it_by_its_plate_or_by_its_public_name(scene: Scene) -> None:
    async with scene.sessions() as session:
        public_id = await session.scalar(select(Vehicle.public_id).where(Vehicle.plate == "B-003"))
    assert (await scene.beside(scene.alix, "B-002", severity="critical")).status_code == 201
    assert (await scene.beside(scene.bo, "B-003", plate=None, vehicle_id=str(public_id))).status_code == 201
    assert (await scene.state("B-002"), await scene.state("B-003")) == ("non_operational", "available")


async def test_a_vehicle_elsewhere_unknown_or_ridden_is_refused_alike(scene: Scene) -> None:
    await scene.ride("B-001")
    refused = [
        await scene.beside(scene.bo, "B-002", position={"lon": 175.02, "lat": -39.98}),
        await scene.beside(scene.bo, "B-002", plate="B-999"),
        await scene.beside(scene.bo, "B-001"),
        await scene.beside(scene.bo, "B-002", plate=None, vehicle_id=str(uuid4())),
    ]
    told = [{k: v for k, v in each.json().items() if k != "request_id"} for each in refused]
    assert [refusal(each) for each in refused] == [(404, "not_beside_vehicle")] * 4
    assert told == told[:1] * 4


async def test_a_passer_by_names_one_vehicle(scene: Scene) -> None:
    for names in ({"plate": None}, {"vehicle_id": str(uuid4())}):
        assert refusal(await scene.beside(scene.bo, "B-002", **names)) == (422, "vehicle_not_named")


async def test_where_a_passer_by_stands_is_kept_nowhere(scene: Scene) -> None:
    async with scene.sessions() as session:
        status = await session.get_one(VehicleStatus, scene.vehicles["B-002"].id)
    position = {"lon": round(status.lon + 0.000123, 6), "lat": status.lat}
    assert (await scene.beside(scene.bo, "B-002", position=position)).status_code == 201
    kept = "\n".join(row for table in (await rows(scene.sessions)).values() for row in table)
    assert str(position["lon"]) not in kept
    assert str(position["lon"]).encode().hex() not in kept


async def test_who_reports_without_end_is_asked_to_wait(scene: Scene) -> None:
    for _ in range(REPORTS_PER_PERSON.amount):
        assert refusal(await scene.beside(scene.bo, "B-002", plate="B-999"))[1] == "not_beside_vehicle"
    answer = await scene.beside(scene.bo, "B-002")
    assert refusal(answer) == (429, "damage_reported_too_often")
    assert 0 < int(answer.headers["retry-after"]) <= 3_600
    assert (await scene.beside(scene.alix, "B-002")).status_code == 201, "another person may"


async def test_operators_and_crews_report_the_vehicles_of_their_city(scene: Scene) -> None:
    path = f"/v1/fleet/vehicles/{scene.vehicles['P-001'].id}/damage-reports"
    for who, role in ((scene.desk, "operator"), (scene.crew, "crew")):
        assert (await scene.ask(who, "POST", path, BRAKE)).status_code == 201
        assert (await scene.damages())[0]["reports"][-1]["role"] == role
    assert refusal(await scene.ask(scene.elsewhere, "POST", path, BRAKE)) == (403, "role_missing")
    assert refusal(await scene.ask(scene.alix.person.headers, "POST", path, BRAKE)) == (403, "role_missing")
    nothing = f"/v1/fleet/vehicles/{uuid4()}/damage-reports"
    assert refusal(await scene.ask(scene.desk, "POST", nothing, BRAKE)) == (404, "unknown_vehicle")


async def test_a_report_of_nonsense_is_refused(scene: Scene) -> None:
    rental = await scene.ride()
    for changed in ({"kind": "curse"}, {"severity": "awful"}, {"words": "x" * 1_001}, {"words": 3}, {"kind": None}):
        answer = await scene.alix.post(f"/v1/rentals/{rental}/damage-reports", BRAKE | changed)
        assert refusal(answer) == (400, "invalid_request"), changed


async def test_a_photo_is_shown_to_its_reporter_and_the_desk_as_a_picture_of_ours(scene: Scene, mailbox: Path) -> None:
    report = await scene.report(await scene.ride())
    added = await scene.upload(scene.alix, report["id"], geotagged("PNG", (300, 200)))
    assert (added.status_code, set(added.json())) == (201, {"id", "width_px", "height_px"})
    path = f"/v1/damage-photos/{added.json()['id']}"
    for who in (scene.alix.person.headers, scene.desk):
        answer = await scene.client.get(path, headers=who | {"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.content.startswith(b"\xff\xd8")
        assert GPS_CANARY.encode() not in answer.content
        told = {name: answer.headers[name] for name in ("content-type", "x-content-type-options", "cache-control")}
        assert told == {
            "content-type": "image/jpeg",
            "x-content-type-options": "nosniff",
            "cache-control": "private, max-age=3600",
        }
        assert "content-encoding" not in answer.headers
    for who in (scene.bo.person.headers, scene.elsewhere, scene.crew):
        assert refusal(await scene.client.get(path, headers=who)) == (404, "unknown_photo")
    assert refusal(await scene.client.get(path)) == (401, "not_signed_in")
    (damage,) = await scene.damages()
    assert [photo["id"] for photo in damage["reports"][0]["photos"]] == [added.json()["id"]]
    stored = [path.read_bytes() for path in mailbox.with_name("photos").rglob("*") if path.is_file()]
    assert [GPS_CANARY.encode() in each for each in stored] == [False]


PRETENDERS = [
    (b"", (422, "photo_unreadable")),
    (b"%PDF-1.7 called a photo", (422, "photo_unreadable")),
    (photo("GIF"), (422, "photo_unreadable")),
    (photo("JPEG", (400, 300))[:2_000], (422, "photo_unreadable")),
    (animated("WEBP"), (422, "photo_animated")),
    (photo("PNG", (6_000, 5_000)), (422, "photo_too_many_pixels")),
    (b"\xff\xd8" + b"\0" * UPLOAD_BYTES_MAX, (413, "body_too_large")),
]


async def test_what_only_calls_itself_a_photo_is_refused(scene: Scene) -> None:
    report = await scene.report(await scene.ride())
    for content, expected in PRETENDERS:
        assert refusal(await scene.upload(scene.alix, report["id"], content)) == expected, content[:20]


async def test_photos_are_added_by_the_reporter_once_a_key_five_at_most_and_until_it_is_closed(scene: Scene) -> None:
    report = await scene.report(await scene.ride())
    assert refusal(await scene.upload(scene.bo, report["id"], photo())) == (404, "unknown_damage_report")
    twice = [await scene.upload(scene.alix, report["id"], photo(), **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert twice[0].json() == twice[1].json()
    for _ in range(PHOTOS_MAX - 1):
        assert (await scene.upload(scene.alix, report["id"], photo())).status_code == 201
    assert refusal(await scene.upload(scene.alix, report["id"], photo())) == (409, "photos_too_many")
    (damage,) = await scene.damages()
    assert (await scene.ask(scene.desk, "POST", f"/v1/damages/{damage['id']}/dismiss", {})).status_code == 200
    assert refusal(await scene.upload(scene.alix, report["id"], photo())) == (409, "damage_closed")


async def test_a_photo_that_the_store_has_lost_is_told_as_no_longer_kept(scene: Scene, mailbox: Path) -> None:
    report = await scene.report(await scene.ride())
    added = await scene.upload(scene.alix, report["id"], photo())
    for path in mailbox.with_name("photos").rglob("*"):
        if path.is_file():
            path.unlink()
    answer = await scene.alix.get(f"/v1/damage-photos/{added.json()['id']}")
    assert refusal(answer) == (404, "unknown_photo")


async def test_a_store_out_of_reach_is_told_and_the_report_stands(scene: Scene, mailbox: Path) -> None:
    report = await scene.report(await scene.ride())
    mailbox.with_name("photos").write_bytes(b"no folder")
    answer = await scene.upload(scene.alix, report["id"], photo())
    assert refusal(answer) == (503, "photo_store_unavailable")
    mailbox.with_name("photos").unlink()
    assert (await scene.upload(scene.alix, report["id"], photo())).status_code == 201


async def test_operators_page_through_damage_of_a_state_and_of_a_vehicle(scene: Scene) -> None:
    for plate, kind in (("P-001", "body"), ("P-001", "tyre"), ("P-002", "light")):
        path = f"/v1/fleet/vehicles/{scene.vehicles[plate].id}/damage-reports"
        await scene.ask(scene.crew, "POST", path, BRAKE | {"kind": kind})
    first = (await scene.client.get(f"{CITY}/damages", params={"limit": 2}, headers=scene.desk)).json()
    assert [each["kind"] for each in first["items"]] == ["light", "tyre"]
    rest = await scene.client.get(f"{CITY}/damages", params={"after": first["next"]}, headers=scene.desk)
    assert ([each["kind"] for each in rest.json()["items"]], rest.json()["next"]) == (["body"], None)
    confirmed = first["items"][0]["id"]
    await scene.ask(scene.desk, "POST", f"/v1/damages/{confirmed}/confirm", {"severity": "minor", "note": "seen"})
    (light,) = await scene.damages(state="confirmed")
    assert (light["id"], light["severity"], light["note"]) == (confirmed, "minor", "seen")
    assert {each["kind"] for each in await scene.damages(vehicle_id=str(scene.vehicles["P-001"].id))} == {
        "body",
        "tyre",
    }


async def test_decisions_are_for_the_citys_desk_and_follow_the_states(scene: Scene) -> None:
    await scene.report(await scene.ride(), severity="critical")
    (damage,) = await scene.damages()
    for word in ("confirm", "dismiss", "repair"):
        path = f"/v1/damages/{damage['id']}/{word}"
        for who in (scene.crew, scene.elsewhere, scene.alix.person.headers):
            assert refusal(await scene.ask(who, "POST", path, {})) == (403, "role_missing")
        missing = await scene.ask(scene.desk, "POST", f"/v1/damages/{uuid4()}/{word}", {})
        assert refusal(missing) == (404, "unknown_damage")
    repaired = await scene.ask(scene.desk, "POST", f"/v1/damages/{damage['id']}/repair", {"note": "new pads"})
    assert (repaired.json()["state"], repaired.json()["note"]) == ("repaired", "new pads")
    again = await scene.ask(scene.desk, "POST", f"/v1/damages/{damage['id']}/confirm", {})
    assert refusal(again) == (409, "damage_closed")


async def test_a_dangerous_vehicle_is_not_put_back_by_an_event(scene: Scene) -> None:
    path = f"/v1/fleet/vehicles/{scene.vehicles['B-004'].id}"
    await scene.ask(scene.crew, "POST", f"{path}/damage-reports", BRAKE | {"severity": "critical"})
    answer = await scene.ask(scene.desk, "POST", f"{path}/events", {"event": "maintenance", "reason": "looks fine"})
    assert refusal(answer) == (409, "vehicle_held_back")
    assert await scene.state("B-004") == "non_operational"


async def test_a_crew_takes_an_order_works_and_finishes(scene: Scene) -> None:
    scene.clock.advance(timedelta(days=731))
    async with transaction(scene.sessions) as session:
        await open_due_orders(session, scene.clock, "lakeport")
    car = str(scene.vehicles["P-001"].id)
    answer = await scene.client.get(f"{CITY}/work-orders", params={"vehicle_id": car}, headers=await crew_again(scene))
    due = {each["rule"]: each for each in answer.json()["items"]}
    assert set(due) == {"service", "inspection"}
    order = due["inspection"]
    assert (order["cause"], order["due_on"], order["holds"], order["name"]["en"], order["state"]) == (
        *("date", "2028-06-15", True, "Inspection", "open"),
    )
    who, path = await crew_again(scene), f"/v1/work-orders/{order['id']}"
    started = await scene.ask(who, "POST", f"{path}/start")
    assert (started.json()["state"], await scene.state("P-001")) == ("in_progress", "non_operational")
    far = await scene.ask(who, "POST", f"{path}/finish", {"odometer_m": 900_000})
    assert refusal(far) == (422, "odometer_implausible")
    done = await scene.ask(who, "POST", f"{path}/finish", {"odometer_m": 12_000, "note": "passed"})
    assert (done.json()["state"], done.json()["odometer_m"], done.json()["holds"]) == ("done", 12_000, False)
    assert await scene.state("P-001") == "available"
    assert refusal(await scene.ask(who, "POST", f"{path}/start")) == (409, "work_order_closed")
    missing = await scene.ask(who, "POST", f"/v1/work-orders/{uuid4()}/start")
    assert refusal(missing) == (404, "unknown_work_order")


async def crew_again(scene: Scene) -> dict[str, str]:
    """The crew, signed in anew: no session lasts two years."""
    return await signed_in(scene.sessions, scene.clock, "crew@example.fr", role="crew", city="lakeport")


async def test_a_ridden_vehicle_is_not_worked_on(scene: Scene) -> None:
    await scene.report(await scene.ride())
    (damage,) = await scene.damages()
    await scene.ask(scene.desk, "POST", f"/v1/damages/{damage['id']}/confirm", {})
    orders = (await scene.client.get(f"{CITY}/work-orders", headers=scene.crew)).json()["items"]
    assert [(each["cause"], each["damage_kind"], each["plate"]) for each in orders] == [("damage", "brake", "B-001")]
    answer = await scene.ask(scene.crew, "POST", f"/v1/work-orders/{orders[0]['id']}/start")
    assert refusal(answer) == (409, "vehicle_in_use")
    assert refusal(await scene.ask(scene.elsewhere, "POST", f"/v1/work-orders/{orders[0]['id']}/start"))[0] == 403


def test_the_document_says_that_a_photos_body_is_a_picture(app: Litestar) -> None:
    told = app.openapi_schema.to_schema()["paths"]["/v1/damage-reports/{report_id}/photos"]["post"]
    assert set(told["requestBody"]["content"]) == {"image/jpeg", "image/png", "image/webp"}
    assert told["requestBody"]["content"]["image/png"]["schema"] == {"type": "string", "format": "binary"}
    assert {"404", "409", "413", "422", "503"} <= set(told["responses"])
    shown = app.openapi_schema.to_schema()["paths"]["/v1/damage-photos/{photo_id}"]["get"]["responses"]["200"]
    assert set(shown["content"]) == {"image/jpeg"}
