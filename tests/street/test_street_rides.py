"""The street against the real service: API and worker as processes, real commits, Béthune."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import func, select

from mobility.base.clock import SystemClock
from mobility.booking.tables import Rental
from mobility.payments.queries import ledger_imbalances
from mobility.payments.tables import Payment
from mobility.street.memory import recall
from mobility.street.rider import persona
from mobility.street.street import Plan, read_keys, run
from mobility.street.tally import Tally
from mobility.telemetry.tables import TelemetryReport

OPERATOR = "operator@example.org"


@pytest.fixture
def plan(service):
    service.run("accounts", "grant", OPERATOR, "operator")
    return Plan(
        city=service.city,
        keys=read_keys(service.vehicles),
        mailbox=service.mailbox,
        memory=service.folder / "street.json",
        riders=4,
        seed=3,
        speed=500,
        rides_per_minute=600,
        operator_email=OPERATOR,
    )


@asynccontextmanager
async def open_street(plan, service, tally):
    """The street for the length of a block."""
    async with httpx.AsyncClient(base_url=service.url, timeout=15) as http:
        living = asyncio.create_task(run(plan, http, SystemClock(), tally))
        try:
            yield living
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)


async def until(reached, living):
    """Wait for the street to get so far; a street that fails fails the test at once."""
    async with asyncio.timeout(60):
        while not reached():
            if living.done():
                living.result()
            await asyncio.sleep(0.05)


async def test_riders_ride_and_pay_and_vehicles_are_heard(plan, service, service_sessions):
    tally = Tally()
    async with open_street(plan, service, tally) as living:
        await until(lambda: tally.rides_paid >= 6 and tally.reports >= len(plan.keys) / 4, living)
    assert tally.riders == plan.riders
    assert not tally.reports_refused
    async with service_sessions() as session:
        captured = select(func.sum(Payment.amount_cents)).where(Payment.state == "captured")
        assert await session.scalar(captured) >= tally.cents_paid > 0
        assert await ledger_imbalances(session) == []


async def test_a_killed_api_costs_no_ride_no_payment_and_no_report_it_acknowledged(plan, service, service_sessions):
    tally = Tally()
    async with open_street(plan, service, tally) as living:
        await until(lambda: tally.rides_ended >= 2, living)
        service.kill("serve")
        repeats, ended = tally.repeats, tally.rides_ended
        await until(lambda: tally.repeats > repeats, living)
        service.start("serve")
        await until(lambda: tally.rides_paid >= ended + 4, living)
    async with service_sessions() as session:
        ended = select(func.count()).select_from(Rental).where(Rental.state == "ended", Rental.total_cents > 0)
        assert await session.scalar(ended) == await session.scalar(select(func.count()).select_from(Payment))
        stored = await session.scalar(select(func.count()).select_from(TelemetryReport))
        assert stored >= tally.reports
        assert await ledger_imbalances(session) == []


async def test_a_street_that_opens_again_finds_riders_signed_in_and_vehicles_where_they_were(plan, service):
    tally = Tally()
    async with open_street(plan, service, tally) as living:
        await until(lambda: tally.rides_ended >= 1, living)
    left = recall(plan.memory)
    assert set(left.vehicles) == {key.plate for key in plan.keys}
    assert all(left.tokens[persona(plan.seed, number).email] for number in range(plan.riders))
    again = Tally()
    service.mailbox.unlink()
    async with open_street(plan, service, again) as living:
        await until(lambda: again.rides_ended >= 1, living)
    assert not service.mailbox.exists()
    assert again.refusals["not_signed_in"] == 0
