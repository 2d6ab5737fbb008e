"""What riders' banks keep ready."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.payments.rules.refusals import UnknownAuthorisation
from mobility.payments.tables import (
    Authorisation,
    Payment,
)

# One turn leaves room for the worker's other jobs; the next one comes a moment later.
TURN_MAX = 100


async def get_authorisation(session: AsyncSession, reference_id: UUID) -> Authorisation:
    found = select(Authorisation).where(Authorisation.reference_id == reference_id)
    return (await session.scalars(found)).one()


async def find_authorisation(session: AsyncSession, reference_id: UUID) -> Authorisation | None:
    """What is kept ready, or is to be, for a reference."""
    return await session.scalar(select(Authorisation).where(Authorisation.reference_id == reference_id))


async def list_authorisations(session: AsyncSession, account_id: UUID, *, limit: int) -> Sequence[Authorisation]:
    """An account's authorisations that are not over, newest first."""
    mine = Authorisation.account_id == account_id, Authorisation.settled_at.is_(None)
    newest_first = select(Authorisation).where(*mine).order_by(Authorisation.id.desc())
    return (await session.scalars(newest_first.limit(limit))).all()


async def find_authorisation_to_capture(session: AsyncSession, payment: Payment) -> Authorisation | None:
    theirs = Authorisation.id == payment.authorisation_id, Authorisation.state == "capturing"
    return await session.scalar(select(Authorisation).where(*theirs))


async def lock_capturing(session: AsyncSession, payment: Payment, reference: str | None = None) -> Authorisation | None:
    """The authorisation that is being captured for a payment, by its gateway's name if one is given."""
    theirs = [Authorisation.id == payment.authorisation_id, Authorisation.state == "capturing"]
    if reference is not None:
        theirs.append(Authorisation.gateway_reference == reference)
    return await session.scalar(select(Authorisation).where(*theirs).with_for_update())


async def lock_authorisation(session: AsyncSession, authorisation_id: UUID) -> Authorisation:
    return (await session.scalars(_authorisation(Authorisation.id == authorisation_id))).one()


async def find_authorisation_to_lock(session: AsyncSession, authorisation_id: UUID) -> Authorisation | None:
    return await session.scalar(_authorisation(Authorisation.id == authorisation_id))


async def lock_authorisation_of(session: AsyncSession, reference_id: UUID) -> Authorisation | None:
    return await session.scalar(_authorisation(Authorisation.reference_id == reference_id))


async def lock_own_authorisation(session: AsyncSession, authorisation_id: UUID, account_id: UUID) -> Authorisation:
    """An authorisation of this account. Raises `UnknownAuthorisation`, for another's too."""
    mine = Authorisation.id == authorisation_id, Authorisation.account_id == account_id
    found = await session.scalar(_authorisation(*mine))
    if found is None:
        raise UnknownAuthorisation
    return found


async def lock_next_hold(session: AsyncSession, now: datetime) -> Authorisation | None:
    """The authorisation that waits longest to be placed or released."""
    due = Authorisation.state.in_(("waiting", "releasing")), Authorisation.due_at <= now
    waiting = select(Authorisation).where(*due).order_by(Authorisation.due_at).limit(1)
    return await session.scalar(waiting.with_for_update(skip_locked=True))


async def lock_ending_holds(session: AsyncSession, now: datetime) -> Sequence[Authorisation]:
    """Holds that are to be looked after, and wishes for holds whose time is over."""
    ending = and_(Authorisation.state == "placed", Authorisation.renew_at <= now)
    needless = and_(Authorisation.state.in_(("waiting", "declined")), Authorisation.wanted, Authorisation.until <= now)
    found = select(Authorisation).where(or_(ending, needless)).order_by(Authorisation.id).limit(TURN_MAX)
    return (await session.scalars(found.with_for_update(skip_locked=True))).all()


async def lock_declined_holds(session: AsyncSession, account_id: UUID) -> Sequence[Authorisation]:
    declined = Authorisation.account_id == account_id, Authorisation.state == "declined"
    return (await session.scalars(_authorisation(*declined))).all()


def _authorisation(*where: ColumnElement[bool]) -> Select[Authorisation]:
    locked = select(Authorisation).where(*where).with_for_update()
    return locked.execution_options(populate_existing=True)
