import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from mobility.base.ids import new_id
from mobility.db.session import transaction
from mobility.payments.queries import ledger_imbalances
from mobility.payments.rules.ledger import Account, AccountKind, Entry, rider
from mobility.payments.service.books import Fact, post
from mobility.payments.tables import LedgerAccount, LedgerEntry, LedgerTransaction


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
        fact = Fact("both", "rental", books.city, new_id(), books.clock.now())
        await post(session, fact, [Entry(rider(books.rider), 100)], "EUR")
        in_francs = LedgerAccount(kind="revenue", owner=books.city, currency="CHF")
        session.add(in_francs)
        await session.flush()
        of_both = select(LedgerTransaction.id).where(LedgerTransaction.key == "both").scalar_subquery()
        line = {"transaction_id": of_both, "account_id": in_francs.id, "amount_cents": -100}
        await session.execute(insert(LedgerEntry).values(line))
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
        "TRUNCATE ledger_account CASCADE",
        "UPDATE ledger_account SET currency = 'CHF'",
        "DELETE FROM ledger_account",
        "WITH gone AS (DELETE FROM ledger_entry RETURNING *) SELECT count(*) FROM gone",
        "INSERT INTO ledger_transaction SELECT * FROM ledger_transaction ON CONFLICT (id) DO UPDATE SET kind = 'gift'",
        "MERGE INTO ledger_entry USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    ],
)
async def test_the_ledger_is_append_only(books, statement):
    await books.charge()
    async with books.sessions() as session:
        with pytest.raises(IntegrityError, match="append-only"):
            await session.execute(text(statement))


@pytest.mark.parametrize("deferred", ["SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS ALL IMMEDIATE"])
async def test_lines_added_by_hand_to_what_was_posted_are_judged_too(books, deferred):
    await books.charge()
    async with books.sessions() as session:
        await session.execute(text(deferred))
        with pytest.raises(IntegrityError, match="off balance"):
            await session.execute(
                text(
                    "INSERT INTO ledger_entry (transaction_id, account_id, amount_cents)"
                    " SELECT transaction_id, account_id, 1 FROM ledger_entry LIMIT 1"
                )
            )
            await session.commit()
    assert await books.ask(ledger_imbalances) == []


async def test_a_line_of_nothing_is_no_line(books):
    async with books.sessions() as session:
        with pytest.raises(IntegrityError, match="ck_ledger_entry_amount"):
            await post_unchecked(session, books, 0, 0)


async def test_the_doctor_finds_an_imbalance_that_slipped_past_the_database(books):
    async with books.sessions() as session:
        await session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_transaction_balances"))
        await post_unchecked(session, books, 100, -99)
        (imbalance,) = await ledger_imbalances(session)
        await session.rollback()
    assert imbalance.off_by.cents == 1
