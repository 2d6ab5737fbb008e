from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.city.service import load_city
from mobility.db import outbox
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.invoicing import service
from mobility.invoicing.rules.documents import DocumentLine, Kind, priced
from mobility.invoicing.rules.numbers import written
from mobility.invoicing.subscribers import subscriptions
from mobility.invoicing.tables import Document
from mobility.invoicing.typst import TypstTypesetter
from mobility.riders.queries import list_attachments
from mobility.riders.tables import Account, OutgoingAttachment, OutgoingMessage
from tests.support.fleets import lakeport
from tests.support.rides import Phone, add_rider

CITY = "lakeport"


def line(cents: int = 520, *, vat_percent: str = "15") -> DocumentLine:
    return priced({"fr": "Conduite", "en": "Riding"}, 1, {"fr": "trajet", "en": "ride"}, cents, Decimal(vat_percent))


@dataclass(frozen=True)
class Letter:
    message: OutgoingMessage
    attachments: list[OutgoingAttachment]


@dataclass
class Till:
    """A city that sells to one rider, in a database with real commits."""

    sessions: Sessions
    clock: FixedClock
    rider: UUID
    heard: outbox.Subscriptions = field(default_factory=lambda: subscriptions(TypstTypesetter()))

    async def sell(self, cents: int = 520, *, session: AsyncSession | None = None, **given: object) -> Document:
        if session is None:
            async with transaction(self.sessions) as own:
                return await self.sell(cents, session=own, **given)
        sold = {
            "account_id": self.rider,
            "city_id": CITY,
            "reference_id": new_id(),
            "lines": [line(cents)],
            "served_from": self.clock.now() - timedelta(minutes=10),
            "served_until": self.clock.now(),
            "place": {"en": "Lakeport", "mi": "Te Roto"},
        }
        return await service.issue(session, self.clock, **(sold | given))

    async def number(self) -> int:
        """What the worker does once everything has settled."""
        self.clock.advance(timedelta(seconds=2))
        async with transaction(self.sessions) as session:
            return await service.number_documents(session, self.clock)

    async def tell(self) -> None:
        """What the worker does with facts, as far as documents go."""
        while await outbox.deliver_one(self.sessions, self.clock, self.heard):
            pass

    async def letters(self) -> list[Letter]:
        """What is on its way to people, oldest first."""
        async with self.sessions() as session:
            messages = await session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))
            return [Letter(each, list(await list_attachments(session, each.id))) for each in messages]

    async def documents(self) -> Sequence[Document]:
        async with self.sessions() as session:
            return (await session.scalars(select(Document).order_by(Document.issued_at, Document.id))).all()

    async def numbers(self) -> list[str | None]:
        """As written, in the order of issue; None where there is none yet."""
        return [
            None if each.number is None else written(Kind(each.kind), each.year, each.number)
            for each in await self.documents()
        ]


@pytest.fixture
async def till(sessions: Sessions, clock: FixedClock) -> Till:
    rider = Account(email="ada@example.org", name="Ada Lovelace", locale="en", created_at=clock.now())
    async with transaction(sessions) as session:
        await load_city(session, clock, lakeport())
        session.add(rider)
    return Till(sessions, clock, rider.id)


@pytest.fixture
async def phone(client: httpx.AsyncClient, town: list[NewVehicle], sessions: Sessions, clock: FixedClock) -> Phone:
    async with transaction(sessions) as session:
        return Phone(client, add_rider(session, clock))


@pytest.fixture
async def other(client: httpx.AsyncClient, town: list[NewVehicle], sessions: Sessions, clock: FixedClock) -> Phone:
    async with transaction(sessions) as session:
        return Phone(client, add_rider(session, clock))
