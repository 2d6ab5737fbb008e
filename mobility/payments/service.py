from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.payments import queries
from mobility.payments.ports import Captured, Declined
from mobility.payments.rules.ledger import Account, Entry, capture_postings, charge_postings
from mobility.payments.rules.retries import retry_at
from mobility.payments.tables import LedgerAccount, LedgerEntry, LedgerTransaction, Payment


async def charge(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    city_id: str,
    reference_id: UUID,
    total: Money,
    vat_percent: Decimal,
) -> Payment | None:
    """Write down what a rental costs and that it is to be collected; None when it costs nothing.

    A rental is charged once: charging it again answers with the same payment, another amount is a ValueError.
    """
    if not total.cents:
        return None
    entries = charge_postings(total, vat_percent, account_id=account_id, city_id=city_id)
    fact = Fact(f"rental:{reference_id}", "rental", city_id, reference_id, clock.now())
    if not await post(session, fact, entries, total.currency):
        return await _charged(session, reference_id, total)
    payment = Payment(
        account_id=account_id,
        city_id=city_id,
        reference_id=reference_id,
        amount_cents=total.cents,
        currency=total.currency,
        due_at=fact.at,
        created_at=fact.at,
    )
    session.add(payment)
    await session.flush()
    return payment


@dataclass(frozen=True, slots=True)
class Due:
    """A payment leased to one worker: nobody else asks the gateway until the lease is over."""

    payment_id: UUID
    account_id: UUID
    amount: Money

    @property
    def key(self) -> str:
        """What the gateway knows the payment by, at every attempt."""
        return f"payment:{self.payment_id}"


async def lease_due(session: AsyncSession, clock: Clock) -> Due | None:
    """Take the payment that is due longest; if no answer is written down, it is due again when the lease ends."""
    payment = await queries.lock_next_due(session, clock.now())
    if payment is None:
        return None
    payment.attempts += 1
    payment.due_at = retry_at(clock.now(), attempts=payment.attempts)
    return Due(payment.id, payment.account_id, Money(payment.amount_cents, payment.currency))


async def record_answer(
    session: AsyncSession, clock: Clock, payment_id: UUID, answer: Captured | Declined, *, gateway: str
) -> bool:
    """Write down the gateway's answer and, for money that came, its ledger lines; False if that was done before.

    After a decline the rider's debt stays in the ledger.
    """
    payment = await queries.lock_payment(session, payment_id)
    if payment.state != "pending":
        return False
    payment.settled_at = clock.now()
    match answer:
        case Declined(code):
            payment.state, payment.decline_code = "declined", code
        case Captured(reference):
            payment.state, payment.gateway_reference = "captured", reference
            await _post_capture(session, payment, payment.settled_at, gateway)
    await session.flush()
    return True


@dataclass(frozen=True, slots=True)
class Fact:
    """One business fact in money; `key` makes it happen once."""

    key: str
    kind: str
    city_id: str
    reference_id: UUID
    at: datetime


async def post(session: AsyncSession, fact: Fact, entries: Iterable[Entry], currency: str) -> bool:
    """Append a fact's lines to the ledger; False, and nothing written, if its key was posted before."""
    transaction_id = await session.scalar(
        upsert(LedgerTransaction)
        .values(
            id=new_id(),
            key=fact.key,
            kind=fact.kind,
            city_id=fact.city_id,
            reference_id=fact.reference_id,
            at=fact.at,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(LedgerTransaction.id)
    )
    if transaction_id is None:
        return False
    lines = list(entries)
    ids = await _account_ids(session, {line.account for line in lines}, currency)
    await session.execute(
        insert(LedgerEntry),
        [
            {"transaction_id": transaction_id, "account_id": ids[line.account], "amount_cents": line.cents}
            for line in lines
        ],
    )
    return True


async def _post_capture(session: AsyncSession, payment: Payment, at: datetime, gateway: str) -> None:
    amount = Money(payment.amount_cents, payment.currency)
    fact = Fact(f"payment:{payment.id}", "capture", payment.city_id, payment.reference_id, at)
    entries = capture_postings(amount, account_id=payment.account_id, gateway=gateway)
    await post(session, fact, entries, amount.currency)


async def _charged(session: AsyncSession, reference_id: UUID, total: Money) -> Payment | None:
    payment = await queries.find_payment(session, reference_id)
    if payment is not None and Money(payment.amount_cents, payment.currency) != total:
        raise ValueError(f"the rental {reference_id} was charged {payment.amount_cents} cents, not {total.cents}")
    return payment


async def _account_ids(session: AsyncSession, accounts: set[Account], currency: str) -> dict[Account, UUID]:
    """Ids of ledger accounts, opened where they do not exist yet."""
    # In one order everywhere, so that two first charges of a city do not wait for each other in a circle.
    wanted = sorted(accounts)
    rows = [{"id": new_id(), "kind": a.kind, "owner": a.owner, "currency": currency} for a in wanted]
    await session.execute(upsert(LedgerAccount).values(rows).on_conflict_do_nothing())
    found = await session.execute(
        select(LedgerAccount.kind, LedgerAccount.owner, LedgerAccount.id)
        .where(tuple_(LedgerAccount.kind, LedgerAccount.owner).in_([(a.kind, a.owner) for a in wanted]))
        .where(LedgerAccount.currency == currency)
    )
    ids = {(kind, owner): id_ for kind, owner, id_ in found}
    return {account: ids[account.kind, account.owner] for account in wanted}
