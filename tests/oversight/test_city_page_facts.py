"""From rides of a week to what a city reads and takes away."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pyarrow.parquet
import pytest
from sqlalchemy import delete, select, update

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.booking.tables import Hold, Rental, UnservedSearch
from mobility.db.session import Sessions, transaction
from mobility.fleet.tables import Vehicle, VehicleEvent
from mobility.oversight.tasks import publish_weeks
from mobility.pricing.tables import Tariff
from tests.support.desks import Desk
from tests.support.fleets import signed_in
from tests.support.rides import LIGHTHOUSE, add_rider, refusal

BASE = "/v1/cities/lakeport"
# Lakeport's clocks are those of Auckland, twelve hours before ours.
WEEK = date(2026, 6, 15)
WEEKS = {"from": "2026-06-15", "to": "2026-06-21"}
TUESDAY = datetime.fromisoformat("2026-06-15T21:00:00+00:00")
"""Nine in the morning of Tuesday in Lakeport."""


@pytest.fixture
async def mayor(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: Any) -> Desk:
    """Eight days after the town was opened: its first week is over."""
    clock.advance(timedelta(days=8))
    return Desk(client, await signed_in(sessions, clock, "mayor@example.org", city="lakeport", role="city"))


async def ridden(
    sessions: Sessions, clock: FixedClock, riders: int, plate: str = "B-001", *, at: datetime = TUESDAY
) -> list[UUID]:
    """Rides of so many people with a vehicle, twenty minutes and three kilometres each; who rode."""
    async with transaction(sessions) as session:
        vehicle = (await session.scalars(select(Vehicle).where(Vehicle.plate == plate))).one()
        tariff_id = await session.scalar(select(Tariff.id).where(Tariff.type_code == vehicle.type_code).limit(1))
        people = [add_rider(session, clock) for _ in range(riders)]
        await session.flush()
        for number, person in enumerate(people):
            began = at + timedelta(minutes=30 * number % 120, seconds=number)
            shared = {
                "account_id": person.account_id,
                "vehicle_id": vehicle.id,
                "city_id": "lakeport",
                "tariff_id": tariff_id,
                "vehicle_public_id": new_id(),
            }
            hold = Hold(
                **shared,
                id=new_id(),
                state="used",
                created_at=began,
                free_until=began,
                expires_at=began,
                released_at=began,
            )
            session.add(hold)
            await session.flush()
            session.add(
                Rental(
                    **shared,
                    hold_id=hold.id,
                    state="ended",
                    requested_at=began,
                    started_at=began,
                    ended_at=began + timedelta(minutes=20),
                    distance_m=3_000,
                    start_lon=LIGHTHOUSE.lon,
                    start_lat=LIGHTHOUSE.lat,
                    end_lon=LIGHTHOUSE.lon,
                    end_lat=LIGHTHOUSE.lat,
                    total_cents=100,
                    vat_percent=Decimal(20),
                    lines=[],
                )
            )
        return [person.account_id for person in people]


async def table(mayor: Desk, name: str, **params: str) -> list[dict[str, str]]:
    answer = await mayor.get(f"{BASE}/facts/{name}/csv", **(WEEKS | params))
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_a_week_is_published_once_and_shown_with_its_cells(
    mayor: Desk, sessions: Sessions, clock: FixedClock
) -> None:
    await ridden(sessions, clock, 25)
    await ridden(sessions, clock, 12, at=TUESDAY + timedelta(hours=5))
    async with transaction(sessions) as session:
        nothing = {"city_id": "lakeport", "type_code": "", "lon": 175.0, "lat": -40.0, "searches": 13}
        session.add(UnservedSearch(**nothing, quarter_at=TUESDAY))
    assert await publish_weeks(sessions, clock) == 8
    assert await publish_weeks(sessions, clock) == 0
    shown = (await mayor.get(f"{BASE}/figures", **WEEKS)).json()
    (week,) = shown["weeks"]
    assert (week["week"], week["trips"], week["minutes"], week["distance_m"]) == ("2026-06-15", 37, 740, 111_000)
    assert (week["unserved"], week["answered"]) == (13, 0.74)
    assert (week["cells"], week["suppressed"], week["energy_wh"] > 0) == (2, 0, True)
    assert sum(each["trips"] for each in shown["places"]) == 37
    cells = await table(mayor, "trips")
    assert [(each["part"], each["type_code"], each["trips"]) for each in cells] == [
        ("afternoon", "breeze", "12"),
        ("morning", "breeze", "25"),
    ]
    packed = await mayor.get(f"{BASE}/facts/trips/parquet", **WEEKS)
    read = pyarrow.parquet.read_table(io.BytesIO(packed.content))
    assert read.column("trips").to_pylist() == [12, 25]
    assert read.column("week").to_pylist() == [WEEK, WEEK]
    assert read.schema.field("trips").metadata[b"meaning"].startswith(b"rides")


async def test_nobody_is_found_by_comparing_exports_the_page_and_what_is_erased(
    mayor: Desk, sessions: Sessions, clock: FixedClock
) -> None:
    """Three riders of the afternoon: neither their cell nor what is left when the others are taken away is told."""
    people = await ridden(sessions, clock, 25)
    await ridden(sessions, clock, 3, at=TUESDAY + timedelta(hours=5))
    await ridden(sessions, clock, 4, "P-001")
    await publish_weeks(sessions, clock)
    (before,) = await table(mayor, "weeks")
    assert (before["trips"], before["cells"], before["suppressed"]) == ("32", "0", "3")
    assert await table(mayor, "trips") == []
    async with transaction(sessions) as session:
        await session.execute(delete(Rental).where(Rental.account_id == people[0]))
        await session.execute(update(Rental).values(start_lon=0.0))
    await ridden(sessions, clock, 1)
    await publish_weeks(sessions, clock)
    assert await table(mayor, "weeks") == [before]
    longer = {"from": "2026-05-25", "to": "2026-06-28"}
    assert [each for each in await table(mayor, "weeks", **longer) if each["week"] == str(WEEK)] == [before]
    nearly = {"from": "2026-06-16", "to": "2026-06-17"}
    assert await table(mayor, "weeks", **nearly) == [before]


async def test_a_week_of_a_few_riders_says_nothing_of_them(mayor: Desk, sessions: Sessions, clock: FixedClock) -> None:
    await ridden(sessions, clock, 9)
    await publish_weeks(sessions, clock)
    (week,) = (await mayor.get(f"{BASE}/figures", **WEEKS)).json()["weeks"]
    assert [week[name] for name in ("trips", "minutes", "distance_m", "energy_wh", "answered")] == [None] * 5
    assert (week["unserved"], week["suppressed"]) == (0, 1)


async def test_hours_say_how_long_vehicles_were_free_and_broken(
    mayor: Desk, sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        vehicles = (await session.scalars(select(Vehicle.id).where(Vehicle.type_code == "breeze"))).all()
        seq = max((await session.scalars(select(VehicleEvent.seq))).all())
        steps = [
            ("maintenance", "available", "non_operational", 0),
            ("maintenance", "non_operational", "available", 45),
        ]
        for number, (event, before, after, minutes) in enumerate(steps, start=1):
            at = TUESDAY + timedelta(minutes=minutes)
            step = {"event": event, "from_state": before, "to_state": after, "at": at, "actor": "operator"}
            session.add(VehicleEvent(vehicle_id=vehicles[0], seq=seq + number, **step))
    await publish_weeks(sessions, clock)
    hours = {(each["hour"], each["type_code"]): each for each in await table(mayor, "hours")}
    nine = hours["9", "breeze"]
    week_of_an_hour = 6 * 60 * len(vehicles)  # on Monday at nine the town was not open yet
    assert (int(nine["fleet_minutes"]), int(nine["broken_minutes"])) == (week_of_an_hour, 45)
    assert int(nine["available_minutes"]) == week_of_an_hour - 45
    shown = (await mayor.get(f"{BASE}/figures", **WEEKS)).json()["hours"]
    assert (len(shown), shown[9]["broken"] > 0, shown[10]["broken"]) == (24, True, 0)


async def test_coverage_and_definitions_are_read(mayor: Desk, client: httpx.AsyncClient) -> None:
    found = (await mayor.get(f"{BASE}/coverage")).json()
    assert (found["minutes"], found["basis"]) == (15, "straight_line")
    assert all(0 <= each["by_station"] <= each["residents"] for each in found["communes"])
    assert any(each["by_vehicle"] for each in found["communes"])
    told = (await client.get("/v1/figures/definitions")).json()
    assert (told["k"], "published_week" in told["figures"][0]["query"]) == (10, True)
    assert [each["name"] for each in told["tables"]["trips"]][:2] == ["city", "week"]


async def test_weeks_that_are_none_are_refused(mayor: Desk) -> None:
    for days in ({"from": "2026-06-15", "to": "2026-06-08"}, {"from": "2024-01-01", "to": "2026-06-08"}):
        assert refusal(await mayor.get(f"{BASE}/figures", **days)) == (422, "weeks_unreadable")
