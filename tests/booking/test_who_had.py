"""Who had a vehicle at an instant, for a reason that is written down."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.telemetry.tables import TelemetryReport
from tests.support.desks import MINUTE, Desk, Scene
from tests.support.fleets import signed_in
from tests.support.rides import refusal


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
