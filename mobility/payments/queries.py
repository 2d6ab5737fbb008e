from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.payments.ports import Means
from mobility.payments.rules.ledger import Account, AccountKind
from mobility.payments.rules.refusals import UnknownAuthorisation, UnknownPayment
from mobility.payments.tables import (
    Authorisation,
    Card,
    Dispute,
    GatewayCustomer,
    GatewayEvent,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    Payment,
    Refund,
)

# One turn leaves room for the worker's other jobs; the next one comes a moment later.
TURN_MAX = 100


async def find_payment(session: AsyncSession, reference_id: UUID) -> Payment | None:
    """The payment of a rental, if it cost anything."""
    return await session.scalar(select(Payment).where(Payment.reference_id == reference_id))


async def lock_payment(session: AsyncSession, payment_id: UUID) -> Payment:
    """Raises `UnknownPayment`."""
    payment = await find_payment_to_lock(session, payment_id)
    if payment is None:
        raise UnknownPayment
    return payment


async def find_payment_to_lock(session: AsyncSession, payment_id: UUID) -> Payment | None:
    found = select(Payment).where(Payment.id == payment_id).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def lock_own_payment(session: AsyncSession, payment_id: UUID, account_id: UUID) -> Payment:
    """A payment of this account. Raises `UnknownPayment`, for another's too."""
    mine = select(Payment).where(Payment.id == payment_id, Payment.account_id == account_id)
    payment = await session.scalar(mine.with_for_update())
    if payment is None:
        raise UnknownPayment
    return payment


async def get_own_payment(session: AsyncSession, payment_id: UUID, account_id: UUID) -> Payment:
    """Raises `UnknownPayment`, for another account's too."""
    mine = select(Payment).where(Payment.id == payment_id, Payment.account_id == account_id)
    payment = await session.scalar(mine)
    if payment is None:
        raise UnknownPayment
    return payment


async def get_payment(session: AsyncSession, payment_id: UUID) -> Payment:
    """Raises `UnknownPayment`."""
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise UnknownPayment
    return payment


async def find_payment_by_movement(session: AsyncSession, reference: str) -> Payment | None:
    """The payment that a movement paid, locked."""
    found = select(Payment).join(Movement, Movement.payment_id == Payment.id).where(Movement.reference == reference)
    return await session.scalar(found.with_for_update(of=Payment))


async def lock_payment_of_hold(session: AsyncSession, authorisation_id: UUID) -> Payment | None:
    """The payment that takes what an authorisation keeps ready."""
    found = select(Payment).where(Payment.authorisation_id == authorisation_id).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def outstanding_cents(session: AsyncSession, payment: Payment) -> int:
    """What is left to collect of a payment and of the small ones that it carries."""
    carried = select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(Payment.carried_by == payment.id)
    came = select(func.coalesce(func.sum(Movement.amount_cents), 0)).where(Movement.payment_id == payment.id)
    sums = (await session.execute(select(carried.scalar_subquery(), came.scalar_subquery()))).one()
    return payment.amount_cents + int(sums[0]) - int(sums[1])


async def lock_small_payments(session: AsyncSession, payment: Payment) -> Sequence[Payment]:
    """The rider's amounts that wait to be carried by a payment, those that another worker looks at left aside."""
    small = select(Payment).where(
        Payment.account_id == payment.account_id,
        Payment.currency == payment.currency,
        Payment.id != payment.id,
        Payment.state == "pending",
        Payment.too_small,
        Payment.carried_by.is_(None),
    )
    return (await session.scalars(small.limit(TURN_MAX).with_for_update(skip_locked=True))).all()


async def lock_carried(session: AsyncSession, payment: Payment) -> Sequence[Payment]:
    carried = select(Payment).where(Payment.carried_by == payment.id).order_by(Payment.id)
    return (await session.scalars(carried.with_for_update())).all()


async def is_known(session: AsyncSession, reference: str) -> bool:
    """Whether a movement is in the books, or on its way back."""
    booked = select(Movement.reference).where(Movement.reference == reference)
    sent_back = select(Refund.movement).where(Refund.movement == reference)
    return await session.scalar(booked.union_all(sent_back).limit(1)) is not None


async def find_movement(session: AsyncSession, reference: str) -> Movement | None:
    return await session.get(Movement, reference)


async def list_movements(session: AsyncSession, payment: Payment) -> Sequence[Movement]:
    """What came in for a payment, by itself or with the one that carried it."""
    of_payment = Movement.payment_id.in_([each for each in (payment.id, payment.carried_by) if each])
    return (await session.scalars(select(Movement).where(of_payment).order_by(Movement.at, Movement.reference))).all()


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


async def lock_next_tries(session: AsyncSession, now: datetime) -> Sequence[Payment]:
    """Declined payments that are to be tried again by themselves."""
    due = select(Payment).where(Payment.next_try_at <= now).order_by(Payment.next_try_at).limit(TURN_MAX)
    return (await session.scalars(due.with_for_update(skip_locked=True))).all()


async def owes(session: AsyncSession, account_id: UUID) -> bool:
    """Whether a ride of this account was declined and is still not paid."""
    declined = select(Payment.id).where(Payment.account_id == account_id, Payment.state == "declined")
    return await session.scalar(declined.limit(1)) is not None


async def find_customer(session: AsyncSession, account_id: UUID, *, gateway: str) -> str | None:
    ours = GatewayCustomer.account_id == account_id, GatewayCustomer.gateway == gateway
    return await session.scalar(select(GatewayCustomer.reference).where(*ours))


async def find_account_of(session: AsyncSession, customer: str, *, gateway: str) -> UUID | None:
    theirs = GatewayCustomer.reference == customer, GatewayCustomer.gateway == gateway
    return await session.scalar(select(GatewayCustomer.account_id).where(*theirs))


async def list_cards(session: AsyncSession, account_id: UUID, *, limit: int) -> Sequence[Card]:
    """An account's cards that were not removed, the one that is charged first."""
    mine = select(Card).where(Card.account_id == account_id, Card.removed_at.is_(None))
    return (await session.scalars(mine.order_by(Card.saved_at.desc(), Card.id.desc()).limit(limit))).all()


async def find_card(session: AsyncSession, card_id: UUID, account_id: UUID) -> Card | None:
    return await session.scalar(select(Card).where(Card.id == card_id, Card.account_id == account_id).with_for_update())


async def find_card_to_charge(session: AsyncSession, account_id: UUID, *, gateway: str) -> Card | None:
    """The card saved last."""
    cards = await list_cards(session, account_id, limit=1)
    return next((card for card in cards if card.gateway == gateway), None)


async def find_means(session: AsyncSession, account_id: UUID, *, gateway: str) -> Means | None:
    customer = await find_customer(session, account_id, gateway=gateway)
    card = await find_card_to_charge(session, account_id, gateway=gateway)
    return Means(customer, card.reference) if customer and card else None


async def list_given_back(session: AsyncSession, payment: Payment, movements: Sequence[str]) -> Sequence[Refund]:
    """What is back with riders, or on its way, of a payment's credit and of its movements."""
    from_credit = and_(Refund.payment_id == payment.id, Refund.movement.is_(None))
    theirs = or_(from_credit, Refund.movement.in_(movements)), Refund.state != "refused"
    return (await session.scalars(select(Refund).where(*theirs))).all()


async def lock_next_refund(session: AsyncSession, now: datetime) -> Refund | None:
    due = select(Refund).where(Refund.state == "pending", Refund.due_at <= now)
    return await session.scalar(due.order_by(Refund.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_refund(session: AsyncSession, refund_id: UUID) -> Refund:
    return (await session.scalars(select(Refund).where(Refund.id == refund_id).with_for_update())).one()


async def list_refunds(session: AsyncSession, payment_id: UUID, *, limit: int) -> Sequence[Refund]:
    """Newest first."""
    of_payment = select(Refund).where(Refund.payment_id == payment_id)
    return (await session.scalars(of_payment.order_by(Refund.id.desc()).limit(limit))).all()


async def lock_dispute(session: AsyncSession, reference: str) -> Dispute | None:
    return await session.scalar(select(Dispute).where(Dispute.reference == reference).with_for_update())


async def lock_next_event(session: AsyncSession, now: datetime) -> GatewayEvent | None:
    due = select(GatewayEvent).where(GatewayEvent.settled_at.is_(None), GatewayEvent.due_at <= now)
    return await session.scalar(due.order_by(GatewayEvent.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_event(session: AsyncSession, event_id: str) -> GatewayEvent:
    return (await session.scalars(select(GatewayEvent).where(GatewayEvent.id == event_id).with_for_update())).one()


async def lock_next_due(session: AsyncSession, now: datetime) -> Payment | None:
    """The payment that waits longest, passing over those another worker is about to lease."""
    due = select(Payment).where(Payment.state == "pending", Payment.due_at <= now, Payment.carried_by.is_(None))
    return await session.scalar(due.order_by(Payment.due_at).limit(1).with_for_update(skip_locked=True))


async def list_payments(
    session: AsyncSession, account_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[Payment]:
    """An account's payments, newest first, those older than the payment `after`."""
    mine = select(Payment).where(Payment.account_id == account_id)
    if after is not None:
        mine = mine.where(Payment.id < after)
    return (await session.scalars(mine.order_by(Payment.id.desc()).limit(limit))).all()


async def lock_ledger_account(session: AsyncSession, account: Account, currency: str) -> None:
    """Let nobody else take this lock until the transaction ends; lines may still be added to the account."""
    named = LedgerAccount.kind == account.kind, LedgerAccount.owner == account.owner
    row = select(LedgerAccount.id).where(*named, LedgerAccount.currency == currency)
    await session.execute(row.with_for_update(key_share=True))


async def balance_of(session: AsyncSession, account: Account, currency: str) -> Money:
    """Debits less credits: positive is a rider's debt or a gateway's till, negative is revenue or VAT owed."""
    cents = await session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.kind == account.kind, LedgerAccount.owner == account.owner)
        .where(LedgerAccount.currency == currency)
    )
    return Money(int(cents or 0), currency)


async def takings_since(session: AsyncSession, city_id: str, currency: str, since: datetime) -> Money:
    """What riders were charged in a city from the instant `since` on, VAT included."""
    cents = await session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerTransaction.city_id == city_id, LedgerTransaction.at >= since)
        .where(LedgerAccount.kind.in_((AccountKind.REVENUE, AccountKind.VAT)), LedgerAccount.currency == currency)
    )
    return Money(-int(cents or 0), currency)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A ledger transaction whose lines do not sum to zero in one currency; there must be none."""

    transaction_id: UUID
    off_by: Money


async def ledger_imbalances(session: AsyncSession, *, limit: int = 20) -> list[Imbalance]:
    """The first transactions that the database's own check should have refused."""
    off = func.sum(LedgerEntry.amount_cents)
    rows = await session.execute(
        select(LedgerEntry.transaction_id, LedgerAccount.currency, off)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .group_by(LedgerEntry.transaction_id, LedgerAccount.currency)
        .having(off != 0)
        .order_by(LedgerEntry.transaction_id)
        .limit(limit)
    )
    return [Imbalance(transaction_id, Money(int(cents), currency)) for transaction_id, currency, cents in rows]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Payments of one state and currency that brought no money."""

    state: str
    payments: int
    total: Money
    oldest_at: datetime


async def unsettled(session: AsyncSession, before: datetime) -> list[Unsettled]:
    """What was charged before an instant and is still pending, or was declined; small amounts may wait."""
    rows = await session.execute(
        select(
            Payment.state,
            Payment.currency,
            func.count(),
            func.sum(Payment.amount_cents),
            func.min(Payment.created_at),
        )
        .where(Payment.state.in_(("pending", "declined")), ~Payment.too_small, Payment.created_at < before)
        .group_by(Payment.state, Payment.currency)
        .order_by(Payment.state, Payment.currency)
    )
    return [
        Unsettled(state, count, Money(int(cents), currency), oldest) for state, currency, count, cents, oldest in rows
    ]
