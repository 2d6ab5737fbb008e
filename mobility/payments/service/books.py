"""The ledger: facts in money, each posted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.ids import new_id
from mobility.payments.rules.ledger import Account, Entry
from mobility.payments.tables import LedgerAccount, LedgerEntry, LedgerTransaction


@dataclass(frozen=True, slots=True)
class Fact:
    """One business fact in money; `key` makes it happen once. What a gateway does by itself may belong to no city."""

    key: str
    kind: str
    city_id: str | None
    reference_id: UUID | None
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
