"""What we owe riders in rides: granted once, spent before any card is asked."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.payments import queries
from mobility.payments.rules import ledger
from mobility.payments.service.books import Fact, post


async def grant_credit(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    city_id: str,
    amount: Money,
    reason_code: str,
    key: str,
) -> bool:
    """Owe a rider `amount` in rides; False if that was done before under this key.

    The city's promotions bear it, or its vouchers when `reason_code` is `rules.ledger.VOUCHER`.
    """
    if amount.cents <= 0:
        raise ValueError(f"a credit of {amount.cents} cents")
    fact = Fact(f"credit:{key}", f"credit_{reason_code}", city_id, account_id, clock.now())
    entries = ledger.grant_postings(amount, account_id=account_id, city_id=city_id, reason_code=reason_code)
    return await post(session, fact, entries, amount.currency)


async def credit_of(session: AsyncSession, account_id: UUID, currency: str = "EUR") -> Money:
    """What a rider can spend."""
    return -await queries.balance_of(session, ledger.credit_of(account_id), currency)


async def lock_credit(session: AsyncSession, account_id: UUID, *, up_to: Money) -> Money:
    """What a rider's credit pays of an amount; nobody else spends it until the transaction ends."""
    await queries.lock_ledger_account(session, ledger.credit_of(account_id), up_to.currency)
    return min(await credit_of(session, account_id, up_to.currency), up_to)
