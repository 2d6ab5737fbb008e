import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.payments.queries import balance_of, find_payment, list_payments, takings_since
from mobility.payments.rules.ledger import Account, AccountKind, rider
from mobility.payments.service import charge
from mobility.payments.tables import LedgerTransaction

REVENUE, VAT = Account(AccountKind.REVENUE, "arcy"), Account(AccountKind.VAT, "arcy")


async def test_a_charge_makes_a_pending_payment_and_a_debt(books):
    payment = await books.charge(1990)
    assert (payment.state, payment.amount_cents, payment.due_at) == ("pending", 1990, books.clock.now())
    assert await books.ask(balance_of, rider(books.rider), "EUR") == Money(1990, "EUR")
    assert await books.ask(balance_of, REVENUE, "EUR") == Money(-1658, "EUR")
    assert await books.ask(balance_of, VAT, "EUR") == Money(-332, "EUR")


async def test_a_free_ride_is_not_charged(books):
    rental_id = new_id()
    assert await books.charge(0, reference_id=rental_id) is None
    assert await books.ask(find_payment, rental_id) is None


async def test_a_rental_is_charged_once(books):
    rental_id = new_id()
    first = await books.charge(reference_id=rental_id)
    again = await books.charge(reference_id=rental_id)
    assert again.id == first.id
    assert await books.ask(balance_of, rider(books.rider), "EUR") == Money(1990, "EUR")


async def test_a_rental_charged_twice_at_once_is_charged_once(books):
    rental_id = new_id()
    payments = await asyncio.gather(*(books.charge(reference_id=rental_id) for _ in range(10)))
    assert len({payment.id for payment in payments}) == 1
    assert await books.ask(balance_of, rider(books.rider), "EUR") == Money(1990, "EUR")


async def test_first_charges_of_a_city_at_once_open_each_account_once(books):
    await asyncio.gather(*(books.charge(100) for _ in range(20)))
    assert await books.ask(balance_of, rider(books.rider), "EUR") == Money(2000, "EUR")


async def test_a_rental_charged_with_another_amount_is_an_error(books):
    rental_id = new_id()
    await books.charge(1990, reference_id=rental_id)
    with pytest.raises(ValueError, match="1990 cents, not 2000"):
        await books.charge(2000, reference_id=rental_id)


async def test_a_charge_rolled_back_leaves_nothing(books):
    rental_id = new_id()
    async with books.sessions() as session:
        await charge(
            session,
            books.clock,
            account_id=books.rider,
            city_id=books.city,
            reference_id=rental_id,
            total=Money(1990, "EUR"),
            vat_percent=Decimal(20),
        )
        await session.rollback()
    assert await books.ask(find_payment, rental_id) is None
    async with books.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(LedgerTransaction)) == 0


async def test_takings_are_what_riders_were_charged_since_an_instant_with_vat(books):
    await books.charge(500)
    books.clock.advance(timedelta(hours=1))
    noon = books.clock.now()
    await books.charge(1990)
    await books.charge(10, vat_percent="0")
    assert await books.ask(takings_since, "arcy", "EUR", noon) == Money(2000, "EUR")
    assert await books.ask(takings_since, "elsewhere", "EUR", noon) == Money(0, "EUR")


async def test_payments_are_listed_newest_first_page_by_page(books):
    ids = [(await books.charge(100 + n)).id for n in range(3)]
    async with books.sessions() as session:
        first = await list_payments(session, books.rider, limit=2)
        rest = await list_payments(session, books.rider, limit=2, after=first[-1].id)
    assert [payment.id for payment in [*first, *rest]] == ids[::-1]
