from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.tables import Booking, Rental
from mobility.console.rules.words import document_number, ids_from, person
from mobility.fleet.tables import Vehicle
from mobility.invoicing.rules.documents import Kind
from mobility.invoicing.rules.numbers import written
from mobility.invoicing.tables import Document
from mobility.riders import queries as riders
from mobility.riders.tables import Account

FoundKind = Literal["vehicle", "rider", "booking", "ride", "receipt", "credit_note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that fits what was typed. Who rode is not said of a ride: that is asked for with a reason."""

    kind: FoundKind
    id: UUID
    name: str
    state: str | None = None
    at: datetime | None = None
    vehicle_id: UUID | None = None
    account_id: UUID | None = None
    contact: str | None = None


async def find(session: AsyncSession, city_id: str, words: str, *, limit: int) -> Sequence[Found]:
    """What fits in a city, at most `limit` of each kind: vehicles, riders, then what has a number."""
    return [
        *await _vehicles(session, city_id, words, limit),
        *await _riders(session, city_id, words, limit),
        *await _bookings(session, city_id, words, limit),
        *await _rides(session, city_id, words, limit),
        *await _documents(session, city_id, words, limit),
    ]


async def _vehicles(session: AsyncSession, city_id: str, words: str, limit: int) -> list[Found]:
    plate = Vehicle.plate.icontains(words.strip(), autoescape=True)
    found = select(Vehicle).where(Vehicle.city_id == city_id, plate).order_by(Vehicle.plate).limit(limit)
    return [
        Found(kind="vehicle", id=each.id, name=each.plate, state=each.state, vehicle_id=each.id)
        for each in await session.scalars(found)
    ]


async def _riders(session: AsyncSession, city_id: str, words: str, limit: int) -> list[Found]:
    people = await riders.list_accounts(session, text=person(words), limit=limit, after=None, cities=[city_id])
    return [
        Found(
            kind="rider",
            id=each.id,
            name=each.name or each.email or each.phone or "",
            account_id=each.id,
            contact=each.email or each.phone,
        )
        for each in people
    ]


async def _bookings(session: AsyncSession, city_id: str, words: str, limit: int) -> list[Found]:
    ids = ids_from(words)
    if ids is None:
        return []
    found = (
        select(Booking, Vehicle.plate)
        .join(Vehicle, Vehicle.id == Booking.vehicle_id)
        .where(Booking.city_id == city_id, Booking.id.between(*ids))
        .order_by(Booking.id.desc())
        .limit(limit)
    )
    return [
        Found(kind="booking", id=each.id, name=plate, state=each.state, at=each.starts_at, vehicle_id=each.vehicle_id)
        for each, plate in await session.execute(found)
    ]


async def _rides(session: AsyncSession, city_id: str, words: str, limit: int) -> list[Found]:
    ids = ids_from(words)
    if ids is None:
        return []
    found = (
        select(Rental, Vehicle.plate)
        .join(Vehicle, Vehicle.id == Rental.vehicle_id)
        .where(Rental.city_id == city_id, Rental.id.between(*ids))
        .order_by(Rental.id.desc())
        .limit(limit)
    )
    return [
        Found(
            kind="ride",
            id=each.id,
            name=plate,
            state=each.state,
            at=each.started_at or each.requested_at,
            vehicle_id=each.vehicle_id,
        )
        for each, plate in await session.execute(found)
    ]


async def _documents(session: AsyncSession, city_id: str, words: str, limit: int) -> list[Found]:
    asked = document_number(words)
    if asked is None:
        return []
    of_city = Document.city_id == city_id, Document.kind == asked.kind
    number = Document.year == asked.year, Document.number == asked.number
    contact = func.coalesce(Account.email, Account.phone)
    documents = select(Document, contact).join(Account, Account.id == Document.account_id).where(*of_city, *number)
    return [
        Found(
            kind=Kind(each.kind).value,
            id=each.id,
            name=written(Kind(each.kind), each.year, each.number or 0),
            at=each.issued_at,
            account_id=each.account_id,
            contact=address,
        )
        for each, address in await session.execute(documents.limit(limit))
    ]
