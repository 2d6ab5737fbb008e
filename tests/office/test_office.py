"""The operator's office: days in figures, roles, and the journal of what the staff did."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.booking.tables import UnservedSearch
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import Vehicle
from mobility.payments.tables import Payment
from tests.booking.conftest import PublicIds
from tests.helpdesk.conftest import Agent, Settle
from tests.support.fleets import signed_in
from tests.support.rides import LIGHTHOUSE, Phone, refusal

CITY = "/v1/cities/lakeport"
# Eight in the evening of this day on Lakeport's clocks.
TODAY = {"from": "2026-06-15", "to": "2026-06-15"}
HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}


@pytest.fixture
async def admin(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: Any) -> Agent:
    return Agent(client, await signed_in(sessions, clock, "ada@example.org", city="lakeport", role="admin"))


async def ride(phone: Phone, clock: FixedClock, public_ids: PublicIds, plate: str = "B-001") -> str:
    (public_id,) = await public_ids(plate)
    rental_id = str((await phone.ride(public_id))["id"])
    clock.advance(timedelta(minutes=10))
    assert (await phone.post(f"/v1/rentals/{rental_id}/end", {"position": HERE})).status_code == 200
    return rental_id


async def table(agent: Agent, path: str, **params: str) -> list[dict[str, str]]:
    answer = await agent.get(f"{CITY}/{path}/csv", **(TODAY | params))
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_a_day_is_told_in_figures_that_add_up_over_classes_and_stations(
    agent: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    settle: Settle,
    sessions: Sessions,
    town: list[NewVehicle],
) -> None:
    await ride(phone, clock, public_ids)
    await settle()
    async with transaction(sessions) as session:
        payment = (await session.scalars(select(Payment))).one()
        quarter = clock.now().replace(minute=0)
        nothing = {"city_id": "lakeport", "type_code": "breeze", "lon": 175.0, "lat": -40.0}
        session.add(UnservedSearch(**nothing, quarter_at=quarter, searches=3))
        same = select(Vehicle.id).where(Vehicle.type_code == "breeze")
        vehicles = {"breeze": len((await session.scalars(same)).all()), "": len(town)}
    refund = {"cents": 50, "reason": "rain inside"}
    assert (await agent.post(f"/v1/support/payments/{payment.id}/refunds", refund)).status_code == 201
    shown = (await agent.get(f"{CITY}/days", **TODAY)).json()
    (day,) = shown["days"]
    price = payment.amount_cents
    assert (day["trips"], day["ride_minutes"], day["fares_cents"], day["takings_cents"]) == (1, 10, price, price - 50)
    assert (day["refunds_cents"], day["unserved"], day["alerts"]) == (50, 3, 0)
    assert (day["fleet_minutes"], day["ridden_minutes"]) == (10 * vehicles[""], 10)
    classes = {each["type_code"]: each for each in shown["classes"]}
    assert {name: each["trips"] for name, each in classes.items()} == {"breeze": 1, "pebble": 0}
    assert classes["breeze"]["fleet_minutes"] == 10 * vehicles["breeze"]
    assert [(each["trips"], each["refunds_cents"]) for each in shown["stations"]] == [(1, 50)]
    lines = {line["type"]: line for line in await table(agent, "days")}
    assert (lines["breeze"]["trips"], lines["breeze"]["unserved"], lines["pebble"]["trips"]) == ("1", "3", "0")


async def test_a_class_or_a_station_is_told_alone_and_what_has_no_place_is_not_told_by_station(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds
) -> None:
    await ride(phone, clock, public_ids)
    other = (await agent.get(f"{CITY}/days", **TODAY, type="pebble")).json()
    assert (other["days"][0]["trips"], other["days"][0]["takings_cents"], other["stations"]) == (0, None, [])
    there = (await agent.get(f"{CITY}/days", **TODAY, station="wharf")).json()["days"][0]
    assert (there["trips"], there["fleet_minutes"], there["unserved"]) == (0, None, None)


async def test_a_vehicle_that_is_out_for_two_days_is_out_on_both_and_tomorrow_is_not_told(
    agent: Agent, clock: FixedClock, town: list[NewVehicle]
) -> None:
    event = {"event": "maintenance", "reason": "Flat tyre"}
    assert (await agent.post(f"/v1/fleet/vehicles/{town[0].id}/events", event)).status_code == 201
    clock.advance(timedelta(hours=10))
    days = (await agent.get(f"{CITY}/days", **{"from": "2026-06-14", "to": "2026-06-17"})).json()["days"]
    # Four hours until midnight, six after it.
    assert [each["broken_minutes"] for each in days] == [0, 240, 360, 0]
    assert [each["fleet_minutes"] // len(town) for each in days] == [0, 240, 360, 0]


@pytest.mark.parametrize("last", ["2026-06-14", "2027-06-15"])
async def test_a_period_is_from_one_day_to_a_later_one_half_a_year_at_most(agent: Agent, last: str) -> None:
    days = {"from": "2026-06-15", "to": last}
    for path in ("days", "days/csv", "journal", "journal/csv"):
        assert refusal(await agent.get(f"{CITY}/{path}", **days)) == (422, "period_wrong")


async def test_an_admin_gives_and_withdraws_roles_and_an_operator_only_reads_them(
    admin: Agent, agent: Agent, sessions: Sessions, clock: FixedClock
) -> None:
    given = {"email": " Eve@Example.org", "role": "operator", "reason": "starts today"}
    assert refusal(await agent.post(f"{CITY}/roles", given)) == (403, "role_missing")
    made = await admin.post(f"{CITY}/roles", given)
    assert made.status_code == 201, made.text
    role = made.json()
    assert (role["address"], role["role"], role["everywhere"]) == ("eve@example.org", "operator", False)
    assert (role["given_by"], role["reason"]) == ("ada@example.org", "starts today")
    page = (await agent.get(f"{CITY}/roles", limit=1)).json()
    rest = (await agent.get(f"{CITY}/roles", after=page["next"])).json()
    held = {each["address"]: each["role"] for each in page["items"] + rest["items"]}
    assert held == {"ada@example.org": "admin", "operator@example.fr": "operator", "eve@example.org": "operator"}
    path = f"{CITY}/roles/{role['id']}/withdraw"
    assert refusal(await agent.post(path, {"reason": "no reason"})) == (403, "role_missing")
    assert (await admin.post(path, {"reason": "has left"})).status_code == 204
    assert refusal(await admin.post(path, {"reason": "again"})) == (404, "unknown_role")
    told = (await agent.get(f"{CITY}/journal", **TODAY, kind="role")).json()["items"]
    assert [(each["what"], each["about"], each["colleague"], each["reason"]) for each in told[:2]] == [
        ("withdrawn", "operator", "eve@example.org", "has left"),
        ("given", "operator", "eve@example.org", "starts today"),
    ]
    assert told[0]["by"]["name"] == "ada@example.org"
    await signed_in(sessions, clock, "root@example.org", role="admin", city=None)
    told = (await agent.get(f"{CITY}/journal", **TODAY, kind="role")).json()["items"]
    assert ("given_everywhere", None) in [(each["what"], each["by"]) for each in told]


async def test_the_journal_tells_what_was_done_where_page_by_page_with_no_riders_name(
    agent: Agent,
    colleague: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    town: list[NewVehicle],
    settle: Settle,
) -> None:
    await ride(phone, clock, public_ids)
    await settle()
    vehicle, rider = town[0].id, phone.person.account_id
    credit = {"cents": 100, "reason": "a long wait"}
    done = [
        await agent.post(f"/v1/fleet/vehicles/{vehicle}/commands", {"command": "locate", "reason": "=a caller"}),
        await colleague.post(f"/v1/fleet/vehicles/{vehicle}/events", {"event": "maintenance", "reason": "Flat tyre"}),
        await agent.post(f"{CITY}/accounts/{rider}/credit", credit),
        await agent.post(f"/v1/accounts/{rider}/block", {"reason": "lent to a friend"}),
        await agent.post(f"{CITY}/vouchers", {"count": 3, "cents": 500, "good_until": "2026-09-01T00:00:00Z"}),
    ]
    assert [each.status_code for each in done] == [201, 201, 201, 200, 201], [each.text for each in done]
    acts = await journal(agent)
    told = {(each["kind"], each["what"], each["about"], each["reason"]) for each in acts}
    assert told >= {
        ("command", "locate", town[0].plate, "=a caller"),
        ("vehicle", "maintenance", town[0].plate, "Flat tyre"),
        ("support", "credit", "", "a long wait"),
        ("account", "blocked", "", "lent to a friend"),
        ("offer", "vouchers", "3", ""),
    }
    assert not any(str(rider) in str(each) for each in acts if each["kind"] in ("command", "vehicle", "offer"))
    assert f"{rider}@example.org" not in str(acts)
    mine = await agent.get("/v1/me")
    by_me = await journal(agent, person=mine.json()["id"])
    assert {each["kind"] for each in by_me} == {"command", "support", "account", "offer"}
    assert [each["kind"] for each in await journal(agent, kind="vehicle")] == ["vehicle"]
    lines = await table(agent, "journal")
    assert [line["reason"] for line in lines if line["kind"] == "command"] == ["'=a caller"]
    assert len(lines) == len(acts)
    elsewhere = await agent.get(f"{CITY}/journal", **TODAY, after="yesterday")
    assert refusal(elsewhere) == (422, "journal_place_unknown")


async def journal(agent: Agent, **params: str) -> list[dict[str, Any]]:
    """All of it, two at a time: all these acts are of one instant."""
    acts: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = await agent.get(f"{CITY}/journal", **TODAY, limit=2, **params, **after)
        assert answer.status_code == 200, answer.text
        acts += answer.json()["items"]
        if answer.json()["next"] is None:
            assert len({each["id"] for each in acts}) == len(acts)
            return acts
        after = {"after": answer.json()["next"]}
