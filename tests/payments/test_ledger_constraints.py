import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mobility.base.ids import new_id
from mobility.db.session import transaction
from mobility.payments.queries import ledger_imbalances
from mobility.payments.rules.ledger import Account, AccountKind, Entry, rider
from mobility.payments.service.books import Fact, post


async def post_unchecked(session, books, *cents):
    """Entries of these cents, past the rules' own check."""
    places = [rider(books.rider), Account(AccountKind.REVENUE, books.city)]
    entries = [Entry(place, amount) for place, amount in zip(places, cents, strict=False)]
    fact = Fact(f"rental:{new_id()}", "rental", books.city, new_id(), books.clock.now())
    await post(session, fact, entries, "EUR")


@pytest.mark.parametrize("cents", [(100, -99), (100,), (-5,)])
async def test_the_database_refuses_a_transaction_off_balance_at_its_commit(books, cents):
    async with books.sessions() as session:
        await post_unchecked(session, books, *cents)
        with pytest.raises(IntegrityError, match="off balance"):
            await session.commit()
    assert await books.ask(ledger_imbalances) == []


async def test_the_database_refuses_a_transaction_that_balances_only_across_currencies(books):
    async with books.sessions() as session:
        await post_unchecked(session, books, 100, -100)
        await session.execute(text("UPDATE ledger_account SET currency = 'CHF' WHERE kind = 'revenue'"))
        with pytest.raises(IntegrityError, match="off balance"):
            await session.commit()


async def test_a_balanced_transaction_is_kept(books):
    async with transaction(books.sessions) as session:
        await post_unchecked(session, books, 100, -100)
    assert await books.ask(ledger_imbalances) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_cents = 1",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transaction SET kind = 'gift'",
        "DELETE FROM ledger_transaction",
        "TRUNCATE ledger_transaction, ledger_entry",
    ],
)
async def test_the_ledger_is_append_only(books, statement):
    await books.charge()
    async with books.sessions() as session:
        with pytest.raises(IntegrityError, match="append-only"):
            await session.execute(text(statement))


async def test_the_doctor_finds_an_imbalance_that_slipped_past_the_database(books):
    async with books.sessions() as session:
        await session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_transaction_balances"))
        await post_unchecked(session, books, 100, -99)
        (imbalance,) = await ledger_imbalances(session)
        await session.rollback()
    assert imbalance.off_by.cents == 1
