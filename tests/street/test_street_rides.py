"""The street against the real service: API and worker as processes, real commits, Béthune."""

import asyncio
import shutil
import tempfile
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from mobility.base.clock import SystemClock
from mobility.booking.tables import Rental
from mobility.db.embedded import EmbeddedBroker
from mobility.db.session import transaction
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER
from mobility.fleet.service.keys import broker_passwords
from mobility.fleet.tables import VehicleCommand
from mobility.payments.queries import ledger_imbalances
from mobility.payments.tables import Payment
from mobility.street.faults import ROUGH
from mobility.street.memory import recall
from mobility.street.mqtt import read_broker
from mobility.street.rider import persona
from mobility.street.street import Plan, read_keys, run
from mobility.street.tally import Tally
from mobility.telemetry.tables import TelemetryReport
from tests.support.service import Service

OPERATOR = "operator@example.org"


@pytest.fixture
def plan(service):
    return plan_of(service)


def plan_of(service, **more):
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
        **more,
    )


@pytest.fixture
async def at_broker(running_servers, loaded_template, loaded_database_url, service_sessions):
    """API, worker and consumer as processes, with Béthune loaded, and its vehicles let in at a broker."""
    async with transaction(service_sessions) as session:
        passwords = await broker_passwords(session, {SERVICE_USER: "service"})
    with tempfile.TemporaryDirectory(prefix="mobility-street-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        broker = stack.enter_context(EmbeddedBroker(Path(folder), access=ACCESS, passwords=passwords, durable=False))
        url = broker.url.replace("://", f"://{SERVICE_USER}:service@")
        service = Service(loaded_database_url, running_servers.redis_url, Path(folder), "bethune", mqtt_url=url)
        shutil.copy(loaded_template[1], service.vehicles)
        stack.callback(service.stop)
        service.start("serve", "worker", "consumer")
        yield service, read_broker(broker.url)


async def test_riders_ride_and_pay_while_vehicles_report_and_obey_over_a_rough_network(at_broker, service_sessions):
    service, broker = at_broker
    tally = Tally()
    faults = replace(ROUGH, unanswered=0.0, answered_late=0.0)
    async with open_street(plan_of(service, broker=broker, faults=faults), service, tally) as living:
        await until(lambda: tally.rides_paid >= 2 and tally.commands["done"] >= 2, living)
    async with service_sessions() as session:
        unlocked = select(VehicleCommand.vehicle_id).where(VehicleCommand.state == "confirmed")
        ridden = await session.scalars(select(Rental.vehicle_id).where(Rental.state == "ended"))
        assert set(ridden) <= set(await session.scalars(unlocked))
        assert await session.scalar(select(func.count()).select_from(TelemetryReport)) > 0
        assert await ledger_imbalances(session) == []


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
    async with asyncio.timeout(90):
        while not reached():
            if living.done():
                living.result()
            await asyncio.sleep(0.05)


async def test_a_killed_api_costs_no_ride_no_payment_and_no_report_it_acknowledged(plan, service, service_sessions):
    tally = Tally()
    async with open_street(plan, service, tally) as living:
        await until(lambda: tally.rides_ended >= 2, living)
        service.kill("serve")
        repeats, ended = tally.repeats, tally.rides_ended
        await until(lambda: tally.repeats > repeats, living)
        service.start("serve")
        heard = len(plan.keys) / 4
        await until(lambda: tally.rides_paid >= ended + 4 and tally.reports >= heard, living)
    assert tally.riders == plan.riders
    assert not tally.reports_refused
    async with service_sessions() as session:
        ended = select(func.count()).select_from(Rental).where(Rental.state == "ended", Rental.total_cents > 0)
        assert await session.scalar(ended) == await session.scalar(select(func.count()).select_from(Payment))
        stored = await session.scalar(select(func.count()).select_from(TelemetryReport))
        assert stored >= tally.reports
        captured = select(func.sum(Payment.amount_cents)).where(Payment.state == "captured")
        assert await session.scalar(captured) >= tally.cents_paid > 0
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
