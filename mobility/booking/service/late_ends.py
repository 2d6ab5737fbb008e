"""Ends that riders asked for without a network (decision 52)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.ports import Witness
from mobility.booking.rules.ends import FORGIVEN_WITHIN, Asked, fair_end, is_late
from mobility.booking.tables import Rental


@dataclass(frozen=True, slots=True)
class LateWish:
    """That a ride should have ended when its rider had no network: when, and who can tell whether it did."""

    asked_at: datetime
    witness: Witness


async def fair_end_of(session: AsyncSession, clock: Clock, rental: Rental, late: LateWish) -> datetime:
    """When a ride is over; the wish is written down with it where that is earlier than now."""
    now, changed_at = clock.now(), _changed_at(rental)
    # A phone says what it likes: what the vehicle said is not looked for from before the ride.
    if not is_late(late.asked_at, changed_at=changed_at, now=now):
        return now
    asked = Asked(
        at=late.asked_at,
        changed_at=changed_at,
        stood_since=await late.witness.stood_since(session, rental.vehicle_id, since=late.asked_at, until=now),
        forgiven=await _count_forgiven(session, rental.account_id, since=now - FORGIVEN_WITHIN),
    )
    ended_at = fair_end(asked, now)
    if ended_at < now:
        rental.end_asked_at = late.asked_at
    return ended_at


def _changed_at(rental: Rental) -> datetime:
    """When its rider last did something with a running ride."""
    acts = [rental.started_at, *(at for pause in rental.pauses for at in (pause.started_at, pause.ended_at))]
    return max(at for at in acts if at is not None)


async def _count_forgiven(session: AsyncSession, account_id: UUID, *, since: datetime) -> int:
    """How many of an account's rides since then were priced until a wish that came late."""
    forgiven = select(func.count()).where(Rental.account_id == account_id, Rental.end_asked_at >= since)
    return (await session.execute(forgiven)).scalar_one()
