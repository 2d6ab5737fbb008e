from datetime import timedelta

import httpx

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from tests.booking.conftest import PublicIds
from tests.support.fleets import signed_in
from tests.support.rides import MARKET, Phone

HERE = {"position": {"lon": MARKET.lon, "lat": MARKET.lat}}


async def test_an_operator_reads_the_day_of_the_city_by_its_own_clocks(
    client: httpx.AsyncClient, phone: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock
) -> None:
    operator = await signed_in(sessions, clock, city="lakeport")
    today = "/v1/cities/lakeport/today"
    (vehicle,) = await public_ids("B-001")
    hold = (await phone.post("/v1/holds", {"vehicle_id": str(vehicle)})).json()
    rental = (await phone.post("/v1/rentals", {"hold_id": hold["id"]})).json()
    running = (await client.get(today, headers=operator)).json()
    assert (running["rides_running"], running["rides_ended"], running["takings"]["cents"]) == (1, 0, 0)

    clock.advance(timedelta(minutes=10))
    ended = (await phone.post(f"/v1/rentals/{rental['id']}/end", HERE)).json()
    after = (await client.get(today, headers=operator)).json()
    assert (after["rides_running"], after["rides_ended"]) == (0, 1)
    assert after["takings"] == ended["price_so_far"]["total"]
    # It is Monday evening in Lakeport, New Zealand, when it is Monday morning in London.
    assert after["date"] == "2026-06-15"
    clock.advance(timedelta(hours=5))
    tomorrow = (await client.get(today, headers=operator)).json()
    assert (tomorrow["date"], tomorrow["rides_ended"], tomorrow["takings"]["cents"]) == ("2026-06-16", 0, 0)


async def test_the_day_is_for_the_city_s_operators(
    client: httpx.AsyncClient, town: list[NewVehicle], phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    elsewhere = await signed_in(sessions, clock, "other@example.fr", city="elsewhere")
    assert (await client.get("/v1/cities/lakeport/today")).json()["code"] == "not_signed_in"
    assert (await phone.get("/v1/cities/lakeport/today")).json()["code"] == "role_missing"
    assert (await client.get("/v1/cities/lakeport/today", headers=elsewhere)).json()["code"] == "role_missing"
