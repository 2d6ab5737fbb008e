"""The price of a ride corrected: what was too much goes back, what was too little is charged beside it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Conflict
from mobility.base.money import Money
from mobility.booking import queries as booking
from mobility.booking.rules.refusals import RideFailed, RideNotEnded
from mobility.booking.rules.rides import RentalState
from mobility.booking.tables import Rental
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.in_force import vat_in_force
from mobility.city.service import get_city
from mobility.helpdesk.rules.acts import ActKind, NothingToCorrect, OwnAccount
from mobility.helpdesk.tables import SupportAct
from mobility.invoicing import queries as documents
from mobility.invoicing import service as invoicing
from mobility.invoicing.rules.documents import priced
from mobility.payments import service as payments
from mobility.payments.tables import Payment, Refund
from mobility.riders.service import payer_of

WHY_NOT_PRICED: dict[str, type[Conflict]] = {
    RentalState.UNLOCKING: RideNotEnded,
    RentalState.RIDING: RideNotEnded,
    RentalState.PAUSED: RideNotEnded,
    RentalState.FAILED: RideFailed,
}
CORRECTION = "correction"
CORRECTED = {"fr": "Correction du prix", "en": "Correction of the price"}
ONCE = {"fr": "fois", "en": "time"}


async def correct(session: AsyncSession, clock: Clock, act: SupportAct, city: CityFile) -> None:
    """Reverse what was too much, charge what was too little; the first price stays in the books beside it."""
    await booking.lock_rental(session, act.reference_id, None)
    charged = await _charged(session, act.reference_id)
    _refuse_payer(charged, act.asked_by, act.decided_by)
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


async def change_of_price(session: AsyncSession, rental_id: UUID, *, cents: int, asked_by: UUID) -> int:
    """What a new total adds to what a ride was charged for; negative towards the rider.

    Other corrections of the ride wait until the transaction ends.

    Raises
    ------
    UnknownRental, RideNotEnded, RideFailed, OwnAccount
    """
    rental = await booking.lock_rental(session, rental_id, None)
    if rental.state in WHY_NOT_PRICED:
        raise WHY_NOT_PRICED[rental.state]
    charged = await _charged(session, rental.id)
    _refuse_payer(charged, asked_by)
    return cents - sum(left for _, left in charged)


async def payer_of_ride(session: AsyncSession, rental_id: UUID) -> UUID:
    """Whose card pays for a ride: a parent's for a minor's."""
    rental = await session.get_one(Rental, rental_id)
    city = await get_city(session, rental.city_id)
    return await payer_of(session, rental.account_id, city.local(rental.started_at or rental.requested_at))


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
    payer_id = await payer_of_ride(session, rental.id)
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
    rows = await session.execute(owed.execution_options(populate_existing=True))
    return [(payment, payment.amount_cents + payment.credit_cents - gone) for payment, gone in rows]


def _refuse_payer(charged: Sequence[tuple[Payment, int]], *people: UUID | None) -> None:
    """A parent pays for the ride that is another account's."""
    if any(payment.account_id in people for payment, _ in charged):
        raise OwnAccount
