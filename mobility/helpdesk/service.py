"""What is done for riders: at once by one person, above the city's limit by two; written down either way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Conflict
from mobility.base.money import Money
from mobility.booking import queries as booking_queries
from mobility.booking import service as booking
from mobility.booking.rules.refusals import RideFailed, RideNotEnded
from mobility.booking.rules.rides import RentalState
from mobility.booking.tables import Rental
from mobility.city.queries import two_people_above_cents
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.in_force import vat_in_force
from mobility.city.service import get_city
from mobility.db.session import own_transaction
from mobility.geo import LonLat
from mobility.helpdesk import queries
from mobility.helpdesk.rules.acts import (
    ActDecided,
    ActKind,
    ActState,
    NothingToCorrect,
    OwnAccount,
    SecondPerson,
    UnknownAct,
    takes_two,
)
from mobility.helpdesk.tables import SupportAct
from mobility.invoicing import queries as documents
from mobility.invoicing import service as invoicing
from mobility.invoicing.rules.documents import priced
from mobility.payments import service as payments
from mobility.payments.tables import Payment, Refund
from mobility.riders.service import payer_of

GOODWILL = "goodwill"
WHY_NOT_PRICED: dict[str, type[Conflict]] = {
    RentalState.UNLOCKING: RideNotEnded,
    RentalState.RIDING: RideNotEnded,
    RentalState.PAUSED: RideNotEnded,
    RentalState.FAILED: RideFailed,
}
CORRECTION = "correction"
CORRECTED = {"fr": "Correction du prix", "en": "Correction of the price"}
ONCE = {"fr": "fois", "en": "time"}


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
    moved_cents = await _moved(session, wish)
    if takes_two(moved_cents, limit_cents=await two_people_above_cents(session, wish.city_id)):
        return await _write(session, clock, wish, ActState.WAITING)
    act = await _write(session, clock, wish, ActState.DONE)
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
            await _correct(session, clock, act, city)
        case ActKind.TIMELINE | ActKind.DOCUMENT | ActKind.RIDE_END:
            raise ValueError(f"{act.kind} waits for nobody")
        case never:
            assert_never(never)


async def _correct(session: AsyncSession, clock: Clock, act: SupportAct, city: CityFile) -> None:
    """Reverse what was too much, charge what was too little; the first price stays in the books beside it."""
    charged = await _charged(session, act.reference_id)
    more_cents = act.cents - sum(left for _, left in charged)
    if more_cents == 0:
        raise NothingToCorrect
    if more_cents > 0:
        await _charge_more(session, clock, act, city, more_cents)
    for payment, left in charged:
        part_cents = min(left, -more_cents)
        if part_cents > 0:
            await _take_back(session, clock, act, payment, part_cents)
            more_cents += part_cents


async def _take_back(session: AsyncSession, clock: Clock, act: SupportAct, payment: Payment, cents: int) -> None:
    """Send back what was paid; ask no more for what was not."""
    if payment.state == "captured":
        await payments.refund(
            session, clock, payment_id=payment.id, cents=cents, reason=act.reason, operator_id=act.asked_by
        )
        return
    await payments.waive(session, clock, payment_id=payment.id, cents=cents)
    receipt = await documents.find_receipt_to_credit(session, payment.reference_id)
    if receipt is not None:
        left_cents = await documents.left_to_credit(session, receipt)
        await invoicing.credit(session, clock, receipt.id, cents=min(cents, left_cents))


async def _charge_more(session: AsyncSession, clock: Clock, act: SupportAct, city: CityFile, cents: int) -> None:
    rental = await session.get_one(Rental, act.reference_id)
    prepared = await get_city(session, act.city_id)
    began = rental.started_at or rental.requested_at
    payer_id = await payer_of(session, rental.account_id, prepared.local(began))
    vat_percent = vat_in_force(city, prepared.date_of(clock.now())).rate_percent
    await payments.charge(
        session,
        clock,
        account_id=payer_id,
        city_id=act.city_id,
        reference_id=act.id,
        total=Money(cents, city.currency),
        vat_percent=vat_percent,
        kind=CORRECTION,
    )
    await invoicing.issue(
        session,
        clock,
        account_id=payer_id,
        city_id=act.city_id,
        reference_id=act.id,
        lines=[priced(CORRECTED, 1, ONCE, cents, vat_percent)],
        served_from=began,
        served_until=rental.ended_at or began,
        place=city.name,
    )


async def _moved(session: AsyncSession, wish: Wish) -> int:
    """How much money a wish moves; negative towards the rider for a price."""
    if wish.kind is not ActKind.PRICE:
        return wish.cents
    rental = (await booking_queries.get_ride(session, wish.reference_id, wish.account_id)).rental
    if rental.state in WHY_NOT_PRICED:
        raise WHY_NOT_PRICED[rental.state]
    return wish.cents - sum(left for _, left in await _charged(session, rental.id))


async def _charged(session: AsyncSession, rental_id: UUID) -> list[tuple[Payment, int]]:
    """What a ride was charged for, corrections first, and what of each payment is not on its way back."""
    corrections = select(SupportAct.id).where(SupportAct.reference_id == rental_id, SupportAct.kind == ActKind.PRICE)
    of_ride = or_(Payment.reference_id == rental_id, Payment.reference_id.in_(corrections))
    back = (
        select(func.coalesce(func.sum(Refund.amount_cents), 0))
        .where(Refund.payment_id == Payment.id, Refund.state != "refused", Refund.operator_id.is_not(None))
        .scalar_subquery()
    )
    owed = select(Payment, back).where(of_ride, Payment.state != "written_off").order_by(Payment.id.desc())
    return [
        (payment, payment.amount_cents + payment.credit_cents - gone) for payment, gone in await session.execute(owed)
    ]


def _refuse_own(wish: Wish) -> None:
    if wish.asked_by == wish.account_id:
        raise OwnAccount


async def _write(session: AsyncSession, clock: Clock, wish: Wish, state: ActState) -> SupportAct:
    act = _act(clock, wish, state)
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
