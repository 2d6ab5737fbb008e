"""From a debt to the money: leased by a worker, asked of the gateway, written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.db import outbox
from mobility.payments import queries
from mobility.payments.events import PaymentDeclined
from mobility.payments.ports import Captured, Declined, HoldCaptured, HolderAsked, HoldGone, Means
from mobility.payments.rules import dunning
from mobility.payments.rules.holds import WRITTEN_OFF_AFTER, split_hold
from mobility.payments.rules.ledger import capture_postings, write_off_postings
from mobility.payments.rules.refusals import PaymentNotDue
from mobility.payments.rules.retries import retry_at
from mobility.payments.service.authorisations import let_go
from mobility.payments.service.books import Fact, post
from mobility.payments.service.charges import settle
from mobility.payments.tables import Movement, Payment, Refund

Answer = Captured | Declined | HolderAsked | HoldCaptured | HoldGone


@dataclass(frozen=True, slots=True)
class Due:
    """A payment leased to one worker: nobody else asks the gateway until the lease is over.

    `amount` is taken from the hold `hold` if there is one. `present_at` is set when the rider is there to answer their
    bank; `open_reference` is a movement of an earlier try that must be given up first. `again`: this question was asked
    before, and nobody wrote down the answer.
    """

    payment_id: UUID
    account_id: UUID
    amount: Money
    declines: int
    means: Means | None
    present_at: str | None
    open_reference: str | None
    hold: str | None
    again: bool

    @property
    def key(self) -> str:
        """What the gateway knows this try by, however often it is asked."""
        return f"capture:{self.payment_id}" if self.hold else f"payment:{self.payment_id}:{self.declines}"


async def lease_due(
    session: AsyncSession, clock: Clock, *, gateway: str, minimum_cents: Mapping[str, int]
) -> Due | None:
    """Take the payment that is due longest; if no answer is written down, it is due again when the lease ends.

    What is below the gateway's minimum even with the rider's other small amounts waits for their next payment.
    """
    while payment := await queries.lock_next_due(session, clock.now()):
        minimum = minimum_cents.get(payment.currency, 0)
        total_cents = await _gather(session, payment, minimum)
        if total_cents >= minimum:
            return await _lease(session, clock, payment, total_cents, minimum, gateway)
        await _set_aside(session, clock, payment, total_cents)
    return None


async def _lease(
    session: AsyncSession, clock: Clock, payment: Payment, total_cents: int, minimum: int, gateway: str
) -> Due:
    payment.attempts += 1
    payment.due_at = retry_at(clock.now(), attempts=payment.attempts)
    held = await queries.find_authorisation_to_capture(session, payment)
    split = split_hold(total_cents, held_cents=held.amount_cents if held else 0, minimum_cents=minimum)
    from_hold = held if split.held_cents else None
    return Due(
        payment.id,
        payment.account_id,
        Money(split.held_cents or split.rest_cents, payment.currency),
        payment.declines,
        await queries.find_means(session, payment.account_id, gateway=gateway),
        payment.present_at,
        payment.open_reference,
        from_hold.gateway_reference if from_hold else None,
        again=payment.attempts > 1,
    )


async def _gather(session: AsyncSession, payment: Payment, minimum: int) -> int:
    """What is left to collect of a payment, with the rider's small amounts that it carries; in cents.

    What it carries is settled before its first question: the same key must ask for the same amount.
    """
    left = await queries.outstanding_cents(session, payment)
    if payment.attempts and not payment.too_small:
        return left
    small = await queries.lock_small_payments(session, payment)
    if small and left + sum(each.amount_cents for each in small) >= minimum:
        for each in small:
            each.carried_by = payment.id
        await session.flush()
        left += sum(each.amount_cents for each in small)
    payment.too_small = left < minimum
    return left


async def _set_aside(session: AsyncSession, clock: Clock, payment: Payment, left_cents: int) -> None:
    """Let an amount that cannot be collected alone wait for the rider's next payment, but not for ever."""
    now, payment.attempts = clock.now(), 0
    payment.due_at = payment.created_at + WRITTEN_OFF_AFTER
    if held := await queries.lock_capturing(session, payment):
        let_go(held, now)
    if payment.due_at <= now:
        payment.state, payment.settled_at = "written_off", now
        amount = Money(left_cents, payment.currency)
        fact = Fact(f"write_off:{payment.id}", "write_off", payment.city_id, payment.reference_id, now)
        entries = write_off_postings(amount, account_id=payment.account_id, city_id=payment.city_id)
        await post(session, fact, entries, amount.currency)
    await session.flush()


async def record_answer(session: AsyncSession, clock: Clock, due: Due, answer: Answer, *, gateway: str) -> bool:
    """Write down the gateway's answer and, for money that came, its ledger lines; False if that was done before.

    After a decline the rider's debt stays in the ledger, and the payment is tried again as `dunning` says.
    """
    payment = await queries.lock_payment(session, due.payment_id)
    match answer:
        case Captured(reference):
            return await take(session, clock, payment, reference, due.amount, gateway=gateway)
        case HoldCaptured(reference, amount):
            return await take_held(session, clock, payment, reference, amount, gateway=gateway)
        case HoldGone():
            return await _go_on_without_hold(session, clock, payment)
    if payment.state != "pending" or payment.declines != due.declines:
        return False
    if isinstance(answer, HolderAsked):
        payment.open_reference, payment.action_url = answer.reference, answer.url
        await _decline(session, clock, payment, dunning.AUTHENTICATION_REQUIRED)
    else:
        payment.open_reference = payment.action_url = None
        await _decline(session, clock, payment, answer.code)
    await session.flush()
    return True


async def take(
    session: AsyncSession, clock: Clock, payment: Payment, reference: str, amount: Money, *, gateway: str
) -> bool:
    """Write down that money came; False if it is known. The caller holds the payment's lock.

    Money that comes when nothing is left to collect is sent back.
    """
    if await queries.is_known(session, reference):
        return False
    if payment.state == "captured":
        await _send_back(session, clock, payment, reference, amount)
        return False
    await _book(session, clock, payment, Movement(reference=reference, amount_cents=amount.cents), gateway)
    return True


async def take_held(
    session: AsyncSession, clock: Clock, payment: Payment, reference: str, amount: Money, *, gateway: str
) -> bool:
    """As `take`, for money that was taken from the payment's authorisation."""
    held = await queries.lock_capturing(session, payment, reference)
    if held is None:
        return False
    held.state, held.settled_at = "captured", clock.now()
    return await take(session, clock, payment, reference, amount, gateway=gateway)


async def _go_on_without_hold(session: AsyncSession, clock: Clock, payment: Payment) -> bool:
    """The whole amount is collected as if nothing had been kept ready."""
    held = await queries.lock_capturing(session, payment)
    if held is None:
        return False
    held.state, held.settled_at = "released", clock.now()
    payment.due_at, payment.attempts = clock.now(), 0
    await session.flush()
    return True


async def _book(session: AsyncSession, clock: Clock, payment: Payment, movement: Movement, gateway: str) -> None:
    movement.gateway, movement.payment_id = gateway, payment.id
    movement.currency, movement.at = payment.currency, clock.now()
    session.add(movement)
    fact = Fact(f"movement:{movement.reference}", "capture", payment.city_id, payment.reference_id, movement.at)
    amount = Money(movement.amount_cents, movement.currency)
    await post(session, fact, capture_postings(amount, account_id=payment.account_id, gateway=gateway), amount.currency)
    await session.flush()
    if await queries.outstanding_cents(session, payment) > 0:
        # A hold brought a part: the rest is collected at once, by a question of its own.
        payment.due_at, payment.attempts = clock.now(), 0
        return
    for each in (payment, *await queries.lock_carried(session, payment)):
        await settle(session, clock, each)


async def pay_again(
    session: AsyncSession, clock: Clock, *, account_id: UUID, payment_id: UUID, present_at: str
) -> Payment:
    """The rider is there and wants a declined payment tried again now, with the card they saved last.

    Raises
    ------
    UnknownPayment, PaymentNotDue
    """
    payment = await queries.lock_own_payment(session, payment_id, account_id)
    if payment.state in ("captured", "written_off"):
        raise PaymentNotDue(state=payment.state)
    if payment.state == "declined":
        _due_again(payment, clock.now())
        payment.present_at = present_at
    await session.flush()
    return payment


async def retry_declined(session: AsyncSession, clock: Clock) -> int:
    """Make due again what is tried again by itself; how many."""
    payments = await queries.lock_next_tries(session, clock.now())
    for payment in payments:
        _due_again(payment, clock.now())
    await session.flush()
    return len(payments)


def _due_again(payment: Payment, now: datetime) -> None:
    payment.state, payment.due_at, payment.attempts = "pending", now, 0
    payment.settled_at = payment.decline_code = payment.next_try_at = payment.present_at = None
    payment.action_url = None


async def _decline(session: AsyncSession, clock: Clock, payment: Payment, code: str) -> None:
    now = clock.now()
    payment.declines += 1
    payment.state, payment.decline_code, payment.settled_at = "declined", code, now
    payment.next_try_at = dunning.next_try(code, declines=payment.declines, now=now)
    told = PaymentDeclined(
        payment_id=payment.id,
        account_id=payment.account_id,
        city_id=payment.city_id,
        amount=Money(payment.amount_cents, payment.currency),
        remedy=dunning.remedy(code),
        at=now,
    )
    await outbox.record(session, clock, told)


async def _send_back(session: AsyncSession, clock: Clock, payment: Payment, reference: str, amount: Money) -> None:
    now = clock.now()
    session.add(
        Refund(
            payment_id=payment.id,
            movement=reference,
            amount_cents=amount.cents,
            reason="collected twice",
            due_at=now,
            created_at=now,
        )
    )
    await session.flush()
