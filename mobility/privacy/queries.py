from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.tables import Booking, Hold, Rental
from mobility.db.tables import Base
from mobility.payments.tables import Dispute, Payment
from mobility.privacy.rules.erasure import Obstacle
from mobility.privacy.rules.register import HELD, Held
from mobility.riders.tables import Account, AccountRole, Guardianship

SWEEP_MAX = 20


def rows_of(table: Table, held: Held, account_id: UUID) -> ColumnElement[bool]:
    """Which rows of a table are a person's."""
    if held.through is None:
        return or_(*(table.c[column] == account_id for column in held.by))
    column, parent = held.through
    owner = Base.metadata.tables[parent]
    return table.c[column].in_(select(owner.c.id).where(rows_of(owner, HELD[parent], account_id)))


def tables_held() -> Mapping[Table, Held]:
    """Children before what they refer to: the order in which rows can be deleted."""
    return {table: HELD[table.name] for table in reversed(Base.metadata.sorted_tables) if table.name in HELD}


async def list_rows(session: AsyncSession, table: Table, held: Held, account_id: UUID) -> Sequence[Mapping[str, Any]]:
    columns = [column for column in table.c if column.name not in held.secret]
    found: Select[Any] = select(*columns).where(rows_of(table, held, account_id)).order_by(*table.primary_key)
    return [dict(row) for row in (await session.execute(found)).mappings()]


async def list_obstacles(session: AsyncSession, account_id: UUID) -> list[Obstacle]:
    """What keeps a person from being forgotten now."""
    payments = select(Payment.id).where(Payment.account_id == account_id)
    asked = {
        Obstacle.RIDING: or_(
            exists().where(Rental.account_id == account_id, Rental.ended_at.is_(None)),
            exists().where(Hold.account_id == account_id, Hold.released_at.is_(None)),
        ),
        Obstacle.BOOKED: exists().where(Booking.account_id == account_id, Booking.closed_at.is_(None)),
        Obstacle.OWING: exists().where(Payment.account_id == account_id, Payment.state.in_(("pending", "declined"))),
        Obstacle.DISPUTED: exists().where(Dispute.payment_id.in_(payments), Dispute.state == "open"),
        Obstacle.GUARDIAN: exists().where(Guardianship.guardian_id == account_id, Guardianship.state == "active"),
        Obstacle.STAFF: exists().where(AccountRole.account_id == account_id),
    }
    row = (await session.execute(select(*(is_so.label(each) for each, is_so in asked.items())))).one()
    return [obstacle for obstacle, is_so in zip(asked, row, strict=True) if is_so]


async def last_ride_ended_at(session: AsyncSession, account_id: UUID) -> datetime | None:
    """Of the account's own rides."""
    return await session.scalar(select(func.max(Rental.ended_at)).where(Rental.account_id == account_id))


async def lock_due(session: AsyncSession, now: datetime) -> Sequence[Account]:
    """Accounts whose erasure is due, passing over those that another worker erases."""
    due = select(Account).where(Account.erasure_due_at <= now, Account.erased_at.is_(None))
    locked = due.order_by(Account.erasure_due_at).limit(SWEEP_MAX).with_for_update(skip_locked=True)
    return (await session.scalars(locked)).all()
