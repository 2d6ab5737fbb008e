import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import VehicleStatus
from mobility.rebalancing.rules.morning import (
    Booked,
    Kind,
    Spot,
    Stock,
    Worked,
    found_effort,
    lines,
    minutes_of,
    planned_effort,
    promised_usable,
)
from mobility.rebalancing.rules.plan_document import (
    CarCharge,
    Charging,
    CostParts,
    CrewTour,
    Handled,
    PlanDocument,
    PlannedTask,
    SiteCharging,
    Stop,
    TaskKind,
    Totals,
)
from mobility.rebalancing.service import plans
from mobility.rebalancing.service.forecast import get_kept
from mobility.rebalancing.service.nights import open_night
from mobility.rebalancing.service.report import report_of
from mobility.rebalancing.service.stock import find_stock
from mobility.rebalancing.tables import Night, NightStock, NightTask
from mobility.rebalancing.tasks import count_stock, forecast_tomorrow, forget_forecasts
from tests.support.fleets import signed_in
from tests.support.night_work import MARKET, SHED, WHARF, Piece, write_plan
from tests.support.pasts import Ridden, write_rides, write_searches
from tests.support.rides import MARKET as AT_MARKET
from tests.support.rides import add_rider

MINUTE = timedelta(minutes=1)
MOPED, CAR = Kind("breeze", 10, 1_500), Kind("pebble", 25, 30_000)
MARKET_MOPEDS, MARKET_CARS, WHARF_CARS = Spot("market", "breeze"), Spot("market", "pebble"), Spot("wharf", "pebble")


def planned(
    kind: TaskKind, vehicle: Handled, at: Stop = MARKET, to: Stop | None = None, minute: int = 0
) -> PlannedTask:
    starts = datetime(2026, 6, 15, 10, tzinfo=UTC) + minute * MINUTE
    return PlannedTask(
        id=uuid4(),
        kind=kind,
        place=at,
        to_place=to,
        vehicles=[vehicle],
        starts_at=starts,
        ends_at=starts + MINUTE,
        load=0,
        batteries=0,
        locked=False,
        reason={},
        worth_cents=None,
    )


def document(*tasks: PlannedTask, charges: tuple[CarCharge, ...] = ()) -> PlanDocument:
    at = datetime(2026, 6, 15, 9, tzinfo=UTC)
    tour = CrewTour(
        crew="early", name={}, van=None, depot=SHED, shift_begins_at=at, shift_ends_at=at, leaves_at=at, returns_at=at,
        travel_min=20, service_min=10, tasks=list(tasks),
    )  # fmt: skip
    site = SiteCharging(place=WHARF, cap_w=[7_000] * 4, cars=list(charges))
    parts = CostParts(moped_loss=0, car_loss=0, crew=1_800, energy=28, charge_worth=0)
    return PlanDocument(
        tours=[tour],
        charging=Charging(begins_at=at, cents_per_kwh=[20.0, 20.0, 10.0, 10.0], sites=[site]),
        not_done=[],
        totals=Totals(cost_cents=0, nothing_cents=None, bound_cents=None, parts=parts),
        changes=[],
        violations=[],
    )


def promise(evening: dict[Spot, Stock], plan: PlanDocument, **kinds: Kind) -> dict[Spot, int]:
    return promised_usable(evening, plan, {vehicle.id: kinds[vehicle.plate] for vehicle in vehicles(plan)})


def vehicles(plan: PlanDocument) -> list[Handled]:
    return [vehicle for _, task in plan.tasks() for vehicle in task.vehicles]


def moped(charge: int) -> Handled:
    return Handled(uuid4(), "b", charge)


def test_a_swap_makes_a_flat_moped_usable_and_a_good_one_no_better() -> None:
    plan = document(planned("swap", moped(5)), planned("swap", moped(30)))
    assert promise({MARKET_MOPEDS: Stock(2, 1, 0)}, plan, b=MOPED) == {MARKET_MOPEDS: 3}


def test_a_moped_that_is_swapped_and_taken_away_is_promised_where_it_is_left() -> None:
    one = moped(5)
    plan = document(planned("swap", one), planned("load", one, minute=2), planned("unload", one, at=WHARF, minute=9))
    assert promise({MARKET_MOPEDS: Stock(2, 1, 0)}, plan, b=MOPED) == {MARKET_MOPEDS: 2, Spot("wharf", "breeze"): 1}


def test_a_car_that_is_driven_to_a_charger_is_promised_there_once_it_is_charged() -> None:
    one, other = Handled(uuid4(), "p", 10), Handled(uuid4(), "p", 80)
    tasks = [
        planned("drive", one, to=WHARF),
        planned("plug", one, at=WHARF, minute=5),
        planned("drive", other, to=WHARF),
    ]
    charged = document(*tasks, charges=(CarCharge(one, [7_000] * 4),))
    left = document(*tasks)
    evening = {MARKET_CARS: Stock(1, 1, 0)}
    assert promise(evening, charged, p=CAR) == {MARKET_CARS: 0, WHARF_CARS: 2}
    assert promise(evening, left, p=CAR) == {MARKET_CARS: 0, WHARF_CARS: 1}


def test_a_vehicle_whose_class_is_gone_promises_nothing() -> None:
    assert promised_usable({MARKET_CARS: Stock(1, 0, 0)}, document(planned("swap", moped(5))), {}) == {MARKET_CARS: 1}


def test_the_planned_effort_is_that_of_the_plan() -> None:
    one = Handled(uuid4(), "p", 10)
    effort = planned_effort(document(planned("plug", one), charges=(CarCharge(one, [4_000] * 4),)))
    assert (effort.tasks, effort.crew_minutes, effort.energy_kwh) == (1, 30, 4.0)
    assert (effort.energy_cents, effort.crew_cents, effort.cents) == (60, 1_800, 1_860)


def test_the_effort_found_runs_from_a_crews_first_start_to_its_last_close() -> None:
    begun = datetime(2026, 6, 15, 10, tzinfo=UTC)
    work = [
        Worked("early", "done", begun, begun + 12 * MINUTE),
        Worked("early", "cannot", None, begun + 40 * MINUTE),
        Worked("late", "done", begun + 60 * MINUTE, begun + 65 * MINUTE),
        Worked("late", "planned", None, None),
    ]
    terms = {"efficiency": 0.9, "cents_per_kwh": 20.0, "crew_cents_per_minute": 60}
    effort = found_effort(work, gained_wh=9_000, **terms)
    assert (effort.tasks, effort.crew_minutes, effort.energy_kwh) == (2, 45, 10.0)
    assert (effort.energy_cents, effort.crew_cents) == (200, 2_700)
    assert found_effort([], gained_wh=-500, **terms).cents == 0
    assert minutes_of([]) == 0


def test_lines_say_what_is_not_known_and_count_a_rider_who_did_not_come_as_kept() -> None:
    bookings = [Booked(WHARF_CARS, state) for state in ("completed", "no_show", "unserved", "confirmed")]
    (line,) = lines(promised=None, morning=None, bookings=bookings, expected=None, rides={}, searches={})
    assert (line.spot, line.bookings, line.bookings_kept) == (WHARF_CARS, 4, 2)
    assert (line.promised_usable, line.usable, line.rides_expected) == (None, None, None)
    counted = lines(
        promised={MARKET_MOPEDS: 3}, morning={}, bookings=[], expected={}, rides={}, searches={WHARF_CARS: 0.0}
    )
    assert [(each.spot, each.promised_usable, each.usable) for each in counted] == [(MARKET_MOPEDS, 3, 0)]


@pytest.fixture
async def night(town: list[NewVehicle], sessions: Sessions, clock: FixedClock) -> Night:
    """Lakeport's, from 09:00 to 17:00 UTC, worked by one crew that swapped a battery as planned."""
    async with transaction(sessions) as session:
        found = await open_night(session, clock, "lakeport")
        await session.execute(
            update(VehicleStatus).where(VehicleStatus.vehicle_id == town[0].id).values(charge_percent=5)
        )
    clock.advance(found.begins_at - clock.now())
    await heard(sessions, clock)
    await count_stock(sessions, clock)
    async with transaction(sessions) as session:
        plan = await write_plan(session, clock, Piece("swap", ["B-001"]))
        await plans.publish(session, clock, plan.id, operator_id=None)
        done = {"state": "done", "started_at": clock.now(), "closed_at": clock.now() + 12 * MINUTE}
        await session.execute(update(NightTask).values(**done))
        await session.execute(
            update(VehicleStatus).where(VehicleStatus.vehicle_id == town[0].id).values(charge_percent=100)
        )
    clock.advance(found.ends_at - clock.now())
    await heard(sessions, clock)
    return found


async def heard(sessions: Sessions, clock: FixedClock) -> None:
    """Every vehicle has just been."""
    async with transaction(sessions) as session:
        await session.execute(update(VehicleStatus).values(heard_at=clock.now()))


async def test_what_stands_where_is_counted_once_in_the_evening_and_once_in_the_morning(
    night: Night, sessions: Sessions, clock: FixedClock
) -> None:
    assert [await count_stock(sessions, clock) for _ in range(2)] == [1, 0]
    async with sessions() as session:
        evening, morning = [await find_stock(session, night.id, moment) for moment in ("evening", "morning")]
        rows = await session.scalar(select(func.count()).select_from(NightStock))
    assert evening is not None
    assert morning is not None
    assert sum(stock.usable for stock in evening.values()) == sum(stock.usable for stock in morning.values()) - 1
    assert rows == len(evening) + len(morning)
    assert sum(stock.usable + stock.unusable for stock in morning.values()) == 8


async def test_a_morning_that_is_long_over_is_not_counted(night: Night, sessions: Sessions, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=2))
    assert await count_stock(sessions, clock) == 0
    async with sessions() as session:
        report = await report_of(session, await session.get_one(Night, night.id))
    assert {line.usable for line in report.lines} == {None}


async def test_a_report_compares_the_promise_with_the_day(
    night: Night, town: list[NewVehicle], sessions: Sessions, clock: FixedClock, client: httpx.AsyncClient
) -> None:
    await count_stock(sessions, clock)
    async with transaction(sessions) as session:
        rider, begins = add_rider(session, clock), clock.now() + timedelta(hours=3)
        await session.flush()
        ride = Ridden(town[0].id, begins, begins + 9 * MINUTE, AT_MARKET, AT_MARKET)
        await write_rides(session, rider.account_id, [ride])
        await write_searches(session, AT_MARKET, "breeze", begins, 2)
    desk = await signed_in(sessions, clock, "desk@example.fr", city="lakeport")
    told = (await client.get(f"/v1/nights/{night.id}/report", headers=desk)).json()
    assert (told["day"], told["version"], told["promised_usable"], told["usable"]) == ("2026-06-16", 1, 7, 8)
    assert told["planned"]["tasks"] == told["found"]["tasks"] == 1
    assert (told["found"]["crew_minutes"], told["found"]["crew_cents"]) == (12, 720)
    assert told["rides"] == 1
    market = next(each for each in told["places"] if (each["place"], each["type"]) == ("market", "breeze"))
    # Two searches are too few to be told.
    assert (market["rides"], market["searches_unserved"], market["name"]["en"]) == (1, None, "Market")
    everybody = await client.get("/v1/cities/lakeport/morning")
    fact = {"day": "2026-06-16", "ready": 8, "promised": 7}
    assert (everybody.json(), everybody.headers["cache-control"]) == (
        {"promise": None, "fact": fact},
        "max-age=60, public",
    )
    table = await client.get(f"/v1/nights/{night.id}/report.csv", headers=desk)
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["rides"] for row in rows if row["place"] == "market" and row["type"] == "breeze"] == ["1"]
    assert len(rows) == len(told["places"])


async def test_everybody_is_told_what_the_coming_night_promises(
    night: Night, clock: FixedClock, client: httpx.AsyncClient
) -> None:
    clock.advance(-MINUTE)  # it goes on
    told = (await client.get("/v1/cities/lakeport/morning")).json()
    assert told == {"promise": {"day": "2026-06-16", "tasks": 1, "ready": 7}, "fact": None}
    assert (await client.get("/v1/cities/nowhere/morning")).json()["code"] == "unknown_city"


async def test_a_night_without_a_plan_has_a_report_of_what_was_found(
    town: list[NewVehicle], sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        report = await report_of(session, await open_night(session, clock, "lakeport"))
    assert (report.version, report.planned, report.found.tasks) == (None, None, 0)


async def test_tomorrow_is_forecast_once_a_day_and_told_to_operators(
    town: list[NewVehicle], sessions: Sessions, clock: FixedClock, client: httpx.AsyncClient
) -> None:
    assert [await forecast_tomorrow(sessions, clock) for _ in range(2)] == [1, 0]
    desk = await signed_in(sessions, clock, "desk@example.fr", city="lakeport")
    path = "/v1/cities/lakeport/forecast"
    told = (await client.get(path, params={"day": "2026-06-16", "limit": 2}, headers=desk)).json()
    assert (told["version"], told["method"], len(told["items"])) == (1, "rates", 2)
    first = told["items"][0]
    assert first["departures_low"] < first["departures"] < first["departures_high"]
    assert sum(first["departures_by_hour"]) == pytest.approx(first["departures"], abs=0.02)
    missing = await client.get(path, params={"day": "2026-06-20"}, headers=desk)
    assert (missing.status_code, missing.json()["code"]) == (404, "no_forecast")
    async with transaction(sessions) as session:
        kept = await get_kept(session, "lakeport", date(2026, 6, 16))
        kept.document = {**kept.document, "places": []}
        assert await forget_forecasts(session, clock) == 0
    changed = await client.get(path, params={"day": "2026-06-16"}, headers=desk)
    assert changed.json()["code"] == "no_forecast"
