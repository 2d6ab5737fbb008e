"""What our books say of the things that a gateway's books name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from mobility.base.money import Money
from mobility.payments.rules.reconciliation import Matter, Name
from mobility.payments.rules.refusals import UnknownDifference
from mobility.payments.tables import BookDifference, Dispute, Movement, Payment, Reconciliation, Refund

OPEN_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Ours:
    """A thing as our books have it."""

    amount: Money
    city_id: str
    reference_id: UUID


async def find_last_reconciliation(session: AsyncSession, gateway: str) -> Reconciliation | None:
    last = select(Reconciliation).where(Reconciliation.gateway == gateway).order_by(Reconciliation.until.desc())
    return await session.scalar(last.limit(1))


async def first_movement_at(session: AsyncSession, gateway: str) -> datetime | None:
    return await session.scalar(select(func.min(Movement.at)).where(Movement.gateway == gateway))


async def list_expected(session: AsyncSession, gateway: str, *, since: datetime, until: datetime) -> list[Name]:
    """What was written down here in a span and must stand there too, and whatever differed when last looked at."""
    of_gateway = select(Movement.reference).where(Movement.gateway == gateway)
    written: tuple[tuple[Matter, Any, InstrumentedAttribute[Any], list[ColumnElement[bool]]], ...] = (
        (Matter.CHARGE, Movement.reference, Movement.at, [Movement.gateway == gateway]),
        (Matter.REFUND, Refund.gateway_reference, Refund.settled_at, [Refund.movement.in_(of_gateway)]),
        (Matter.DISPUTE, Dispute.reference, Dispute.opened_at, []),
    )
    within: CompoundSelect[*tuple[Any, ...]] = union_all(
        *(
            select(literal(matter.value), name).where(name.is_not(None), at >= since, at < until, *more)
            for matter, name, at, more in written
        ),
        select(BookDifference.matter, BookDifference.reference).where(*_open(gateway)),
    )
    return [(Matter(matter), name) for matter, name in await session.execute(within)]


async def find_ours(session: AsyncSession, names: Iterable[Name]) -> dict[Name, Ours]:
    """What our books say of each of these, if anything."""
    by_matter: dict[Matter, list[str]] = {matter: [] for matter in Matter}
    for matter, name in names:
        by_matter[matter].append(name)
    charges, refunds, disputes = (by_matter[each] for each in (Matter.CHARGE, Matter.REFUND, Matter.DISPUTE))
    rows = await session.execute(
        union_all(
            _ours(Matter.CHARGE, Movement, Movement.reference, charges),
            # What came twice and was sent back stands there, and here only as a refund.
            _ours(Matter.CHARGE, Refund, Refund.movement, charges).where(
                ~select(Movement).where(Movement.reference == Refund.movement).exists()
            ),
            _ours(Matter.REFUND, Refund, Refund.gateway_reference, refunds),
            _ours(Matter.DISPUTE, Dispute, Dispute.reference, disputes),
        )
    )
    return {
        (Matter(matter), name): Ours(Money(cents, currency), city, reference)
        for matter, name, cents, currency, city, reference in rows
    }


async def list_differences(
    session: AsyncSession, *, gateway: str | None = None, open_only: bool = True, limit: int = OPEN_MAX
) -> Sequence[BookDifference]:
    """The oldest first."""
    wanted = _open(gateway) if open_only else []
    found = select(BookDifference).where(*wanted).order_by(BookDifference.found_at, BookDifference.id)
    return (await session.scalars(found.limit(limit))).all()


async def list_reconciliations(session: AsyncSession, *, limit: int) -> Sequence[Reconciliation]:
    """The newest first."""
    found = select(Reconciliation).order_by(Reconciliation.until.desc(), Reconciliation.gateway)
    return (await session.scalars(found.limit(limit))).all()


async def lock_difference(session: AsyncSession, difference_id: UUID) -> BookDifference:
    """Raises `UnknownDifference`."""
    found = select(BookDifference).where(BookDifference.id == difference_id).with_for_update()
    difference = await session.scalar(found)
    if difference is None:
        raise UnknownDifference
    return difference


async def lock_open(session: AsyncSession, gateway: str, names: Iterable[Name]) -> Sequence[BookDifference]:
    """The open differences about these things."""
    about = tuple_(BookDifference.matter, BookDifference.reference).in_([tuple(map(str, name)) for name in names])
    found = select(BookDifference).where(*_open(gateway), about).order_by(BookDifference.id)
    return (await session.scalars(found.with_for_update())).all()


def _open(gateway: str | None) -> list[ColumnElement[bool]]:
    ours: list[ColumnElement[bool]] = [BookDifference.settled_at.is_(None)]
    return ours if gateway is None else [*ours, BookDifference.gateway == gateway]


def _ours(
    matter: Matter,
    table: type[Movement | Refund | Dispute],
    name: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    names: list[str],
) -> Select[*tuple[Any, ...]]:
    what = literal(matter.value), name, table.amount_cents
    payment = Payment.currency, Payment.city_id, Payment.reference_id
    return select(*what, *payment).join(Payment, Payment.id == table.payment_id).where(name.in_(names))
