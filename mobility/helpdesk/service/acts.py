"""What is done for riders: at once by one person, above the city's limit by two; written down either way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking import service as booking
from mobility.city.queries import two_people_above_cents
from mobility.city.rules.city_file import CityFile
from mobility.city.service import get_city
from mobility.db.session import own_transaction
from mobility.geo import LonLat
from mobility.helpdesk import queries
from mobility.helpdesk.rules.acts import (
    COUNTS_TOGETHER,
    ActDecided,
    ActKind,
    ActState,
    OwnAccount,
    SecondPerson,
    UnknownAct,
    takes_two,
)
from mobility.helpdesk.service.prices import change_of_price, correct, payer_of_ride
from mobility.helpdesk.tables import SupportAct
from mobility.payments import service as payments
from mobility.riders.queries import lock_account

GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one of the staff wants done; `reference_id` is the ride or the payment it is about, or the account."""

    kind: ActKind
    city_id: str
    account_id: UUID
    reason: str
    asked_by: UUID
    reference_id: UUID
    cents: int = 0


async def timeline(
    session: AsyncSession, clock: Clock, wish: Wish, *, before: datetime | None, limit: int
) -> Sequence[queries.Entry]:
    """What happened with a rider, newest first; that somebody asked, and why, is kept even if nothing is told."""
    await note_reading(session, clock, wish)
    return await queries.list_entries(session, wish.account_id, wish.city_id, before=before, limit=limit)


async def note_reading(session: AsyncSession, clock: Clock, wish: Wish) -> None:
    """Keep that somebody looks at something of a rider's, and why, whatever becomes of the request."""
    async with own_transaction(session) as beside:
        beside.add(_act(clock, wish, ActState.DONE))


async def end_ride(
    session: AsyncSession, clock: Clock, wish: Wish, *, rental_id: UUID, at: LonLat, ended_at: datetime | None
) -> SupportAct:
    """End a rider's ride where the vehicle stands; priced until `ended_at`.

    Raises
    ------
    OwnAccount, and what `booking.end_for_rider` raises
    """
    _refuse_own(wish)
    if wish.asked_by == await payer_of_ride(session, rental_id):
        raise OwnAccount
    await booking.end_for_rider(session, clock, rental_id=rental_id, at=at, ended_at=ended_at)
    return await _write(session, clock, wish, ActState.DONE)


async def ask(session: AsyncSession, clock: Clock, wish: Wish) -> SupportAct:
    """Give back, grant or correct at once; above the city's limit wait for a second person.

    Raises
    ------
    OwnAccount, NothingToCorrect, and what `payments` raises
    """
    _refuse_own(wish)
    city = (await get_city(session, wish.city_id)).file
    alone_cents, moved_cents = await _moved_alone(session, clock, wish), await _moved(session, wish)
    limit_cents = await two_people_above_cents(session, wish.city_id)
    if takes_two(moved_cents, alone_cents=alone_cents, limit_cents=limit_cents):
        return await _write(session, clock, wish, ActState.WAITING, abs(moved_cents))
    act = await _write(session, clock, wish, ActState.DONE, abs(moved_cents))
    await _perform(session, clock, act, city)
    return act


async def decide(session: AsyncSession, clock: Clock, *, act_id: UUID, decided_by: UUID, agrees: bool) -> SupportAct:
    """A second person does what was asked, or refuses it.

    Raises
    ------
    UnknownAct, ActDecided, SecondPerson, OwnAccount, and what doing it raises
    """
    act = await session.get(SupportAct, act_id, with_for_update=True)
    if act is None:
        raise UnknownAct
    if act.state != ActState.WAITING:
        raise ActDecided
    if decided_by == act.asked_by:
        raise SecondPerson
    if decided_by == act.account_id:
        raise OwnAccount
    act.state = ActState.DONE if agrees else ActState.REFUSED
    act.decided_by, act.decided_at = decided_by, clock.now()
    if agrees:
        await _perform(session, clock, act, (await get_city(session, act.city_id)).file)
    await session.flush()
    return act


async def find_act(session: AsyncSession, act_id: UUID) -> SupportAct:
    """Raises `UnknownAct`."""
    act = await session.get(SupportAct, act_id)
    if act is None:
        raise UnknownAct
    return act


async def list_acts(
    session: AsyncSession, city_id: str, *, state: ActState | None, limit: int, after: UUID | None
) -> Sequence[SupportAct]:
    """A city's, newest first."""
    which = [SupportAct.city_id == city_id]
    if state is not None:
        which.append(SupportAct.state == state)
    if after is not None:
        which.append(SupportAct.id < after)
    return (await session.scalars(select(SupportAct).where(*which).order_by(SupportAct.id.desc()).limit(limit))).all()


async def _perform(session: AsyncSession, clock: Clock, act: SupportAct, city: CityFile) -> None:
    match ActKind(act.kind):
        case ActKind.REFUND:
            await payments.refund(
                session,
                clock,
                payment_id=act.reference_id,
                cents=act.cents,
                reason=act.reason,
                operator_id=act.asked_by,
            )
        case ActKind.CREDIT:
            await payments.grant_credit(
                session,
                clock,
                account_id=act.account_id,
                city_id=act.city_id,
                amount=Money(act.cents, city.currency),
                reason_code=GOODWILL,
                key=f"goodwill:{act.id}",
            )
        case ActKind.PRICE:
            await correct(session, clock, act, city)
        case ActKind.TIMELINE | ActKind.DOCUMENT | ActKind.RIDE_END:
            raise ValueError(f"{act.kind} waits for nobody")
        case never:
            assert_never(never)


def _refuse_own(wish: Wish) -> None:
    if wish.asked_by == wish.account_id:
        raise OwnAccount


async def _moved(session: AsyncSession, wish: Wish) -> int:
    """How much money a wish moves; negative towards the rider for a price."""
    if wish.kind is not ActKind.PRICE:
        return wish.cents
    return await change_of_price(session, wish.reference_id, cents=wish.cents, asked_by=wish.asked_by)


async def _moved_alone(session: AsyncSession, clock: Clock, wish: Wish) -> int:
    """What the same person has moved for the same rider lately without a second one; waits for their other wishes."""
    await lock_account(session, wish.asked_by)
    act, since = SupportAct, clock.now() - COUNTS_TOGETHER
    theirs = act.asked_by == wish.asked_by, act.account_id == wish.account_id, act.asked_at > since
    alone = act.state == ActState.DONE, act.decided_by.is_(None)
    return int(await session.scalar(select(func.coalesce(func.sum(act.moved_cents), 0)).where(*theirs, *alone)) or 0)


async def _write(session: AsyncSession, clock: Clock, wish: Wish, state: ActState, moved_cents: int = 0) -> SupportAct:
    act = _act(clock, wish, state)
    act.moved_cents = moved_cents
    session.add(act)
    await session.flush()
    return act


def _act(clock: Clock, wish: Wish, state: ActState) -> SupportAct:
    return SupportAct(
        city_id=wish.city_id,
        account_id=wish.account_id,
        kind=wish.kind,
        reference_id=wish.reference_id,
        cents=wish.cents,
        reason=wish.reason,
        asked_by=wish.asked_by,
        asked_at=clock.now(),
        state=state,
    )
