from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.city.tables import City
from mobility.db.session import transaction
from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.ports import Captured, Declined, GatewayUnavailable
from mobility.payments.queries import balance_of
from mobility.payments.rules.ledger import Account
from mobility.payments.service import authorise, charge, grant_credit
from mobility.payments.service.exports import period_of
from mobility.payments.stripe import StripeGateway
from mobility.payments.tasks import collect_due, send_refunds
from mobility.riders.tables import Account as Person
from tests.support.paying import SECRET
from tests.support.stripe import emulated

CITY = "arcy"


@dataclass
class Books:
    """A city and a rider in a database with real commits, ready to be charged."""

    sessions: object
    clock: object
    rider: UUID
    city: str = CITY

    async def charge(self, cents=1990, *, reference_id=None, vat_percent="20", **more):
        async with transaction(self.sessions) as session:
            return await charge(
                session,
                self.clock,
                account_id=self.rider,
                city_id=self.city,
                reference_id=reference_id or new_id(),
                total=Money(cents, "EUR"),
                vat_percent=Decimal(vat_percent),
                **more,
            )

    async def grant(self, cents, *, key="welcome", reason_code="welcome"):
        async with transaction(self.sessions) as session:
            return await grant_credit(
                session,
                self.clock,
                account_id=self.rider,
                city_id=self.city,
                amount=Money(cents, "EUR"),
                reason_code=reason_code,
                key=key,
            )

    async def authorise(self, cents=10_000, *, in_=timedelta(0), lasting=timedelta(days=1)):
        """The reference of an amount that is to be kept ready."""
        place_at, reference_id = self.clock.now() + in_, new_id()
        async with transaction(self.sessions) as session:
            await authorise(
                session,
                self.clock,
                account_id=self.rider,
                city_id=self.city,
                reference_id=reference_id,
                amount=Money(cents, "EUR"),
                place_at=place_at,
                until=place_at + lasting,
            )
        return reference_id

    async def act(self, use_case, *arguments, **named):
        """A use case in a transaction of its own."""
        async with transaction(self.sessions) as session:
            return await use_case(session, self.clock, *arguments, **named)

    async def balance(self, kind, owner):
        return (await self.ask(balance_of, Account(kind, str(owner)), "EUR")).cents

    async def ask(self, query, *arguments):
        async with self.sessions() as session:
            return await query(session, *arguments)


@pytest.fixture
async def books(sessions, clock):
    rider = Person(email="ada@example.org", created_at=clock.now())
    async with transaction(sessions) as session:
        session.add_all([_city(clock.now()), rider])
    return Books(sessions, clock, rider.id)


@pytest.fixture
async def month(books):
    """A few days of everything that is ever written."""
    await books.grant(500, key="=cmd|' /C calc'!A0", reason_code="welcome")
    for cents in (1990, 333, 1, 7):
        await books.charge(cents, vat_percent="5.5" if cents == 333 else "20")
        books.clock.advance(timedelta(hours=20))
    await collect_due(books.sessions, books.clock, LocalGateway())
    due = await books.charge(1200)
    await collect_due(books.sessions, books.clock, LocalGateway())
    await books.act(service.refund, payment_id=due.id, cents=700, reason="rain", operator_id=None)
    await send_refunds(books.sessions, books.clock, LocalGateway())
    return period_of(date(2026, 6, 1), date(2026, 6, 30), zone=ZoneInfo("Europe/Paris"), city_id=books.city)


@pytest.fixture(scope="module")
def emulator():
    with emulated() as running:
        yield running


@pytest.fixture
def gateway(emulator):
    emulator.http.delete("/emulator/faults").raise_for_status()
    return StripeGateway("sk_test_any", secret=SECRET, base_url=emulator.url)


def _city(now: datetime) -> City:
    return City(
        id=CITY,
        name={"fr": "Arcy"},
        time_zone="Europe/Paris",
        currency="EUR",
        document={},
        document_hash="",
        file_hash="",
        version=1,
        loaded_at=now,
    )


class RehearsedGateway:
    """Collects once per key, as the port asks; `script` says what goes wrong, attempt by attempt."""

    name = "local"
    minimum_cents: ClassVar = {}

    def __init__(self, *script):
        self._script = list(script)
        self.collected = {}
        self.asked = []

    async def capture(self, *, key, amount, account_id, means=None, present_at=None, again=False):
        self.asked.append(key)
        match self._script.pop(0) if self._script else None:
            case "down":
                raise GatewayUnavailable
            case "bug":
                raise KeyError(key)
            case "answer lost":
                self.collected[key] = amount
                raise TimeoutError
            case "declined":
                return Declined("card_declined")
        self.collected[key] = amount
        return Captured(f"ref_{key}")


@pytest.fixture
def rehearsed():
    return RehearsedGateway
