"""Our books compared with a gateway's own, once a day: every difference has a name, every fee is posted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.payments import queries
from mobility.payments.queries.reconciliation import Ours
from mobility.payments.rules.ledger import Entry, fee_postings, payout_postings
from mobility.payments.rules.reconciliation import BalanceLine, Difference, Matter, Name, differences
from mobility.payments.rules.refusals import DifferenceSettled
from mobility.payments.service.books import Fact, post
from mobility.payments.tables import BookDifference, Reconciliation

OVERLAP = timedelta(days=1)
"""Days are compared twice: what was under way at midnight the first time is settled the second time."""
FIRST_LOOK = timedelta(days=30)
SETTLES_AFTER = timedelta(hours=1)
"""What moved this last hour may not be in both books yet."""


@dataclass(frozen=True, slots=True)
class Span:
    since: datetime
    until: datetime


async def span_due(session: AsyncSession, clock: Clock, *, gateway: str, at_once: bool = False) -> Span | None:
    """What is to be compared now: up to last midnight (UTC), once; `at_once`: up to an hour ago, whenever asked."""
    now = clock.now()
    until = now - SETTLES_AFTER if at_once else now.replace(hour=0, minute=0, second=0, microsecond=0)
    last = await queries.find_last_reconciliation(session, gateway)
    if last is not None:
        return Span(last.until - OVERLAP, until) if last.until < until else None
    first = await queries.first_movement_at(session, gateway)
    return Span(first - OVERLAP, until) if first is not None else Span(until - FIRST_LOOK, until)


async def record_reconciliation(
    session: AsyncSession,
    clock: Clock,
    span: Span,
    lines: Sequence[BalanceLine],
    expected: Sequence[Name],
    *,
    gateway: str,
) -> Reconciliation | None:
    """Post fees and payouts, name the differences, and settle those that are none any more; None if done before."""
    id_, told = new_id(), {"since": span.since, "until": span.until, "at": clock.now(), "lines": len(lines)}
    row = upsert(Reconciliation).values(id=id_, gateway=gateway, differences=0, **told)
    if await session.scalar(row.on_conflict_do_nothing().returning(Reconciliation.id)) is None:
        return None
    names = {(line.matter, line.about) for line in lines} | set(expected)
    ours = await queries.find_ours(session, names)
    for line in lines:
        await _post(session, clock, line, ours.get((line.matter, line.about)), gateway)
    found = differences(lines, {name: each.amount for name, each in ours.items()}, expected)
    await _note(session, clock, found, gateway)
    await _settle(session, clock, names, found, gateway)
    done = await session.get_one(Reconciliation, id_)
    done.differences = len(found)
    await session.flush()
    return done


async def _post(session: AsyncSession, clock: Clock, line: BalanceLine, ours: Ours | None, gateway: str) -> None:
    """What only the gateway decides: its fees, and what it sent to our bank account."""
    city_id, reference_id = (ours.city_id, ours.reference_id) if ours else (None, None)
    entries: dict[str, tuple[Entry, ...]] = {"fee": fee_postings(line.fee_cents, gateway=gateway)}
    if line.matter is Matter.FEE:
        entries["fee"] = fee_postings(line.fee_cents - line.amount.cents, gateway=gateway)
    if line.matter is Matter.PAYOUT:
        entries["payout"] = payout_postings(-line.amount.cents, gateway=gateway)
    for kind, postings in entries.items():
        if postings:
            fact = Fact(f"{kind}:{line.reference}", kind, city_id, reference_id, clock.now())
            await post(session, fact, postings, line.amount.currency)


async def _note(session: AsyncSession, clock: Clock, found: Iterable[Difference], gateway: str) -> None:
    """Each difference once by its name; one that a person explained stays explained."""
    for each in found:
        now = clock.now()
        seen = {
            "ours_cents": each.ours.cents if each.ours else None,
            "ours_currency": each.ours.currency if each.ours else None,
            "theirs_cents": each.theirs.cents if each.theirs else None,
            "theirs_currency": each.theirs.currency if each.theirs else None,
            "seen_at": now,
        }
        name = {"gateway": gateway, "kind": each.kind, "matter": each.matter, "reference": each.reference}
        row = upsert(BookDifference).values(id=new_id(), found_at=now, **name, **seen)
        again = {**seen, "settled_at": None}
        kept = BookDifference.settled_by.is_(None)
        await session.execute(row.on_conflict_do_update(index_elements=list(name), set_=again, where=kept))


async def _settle(
    session: AsyncSession, clock: Clock, names: Iterable[Name], found: Iterable[Difference], gateway: str
) -> None:
    still = {(each.kind, each.matter, each.reference) for each in found}
    for each in await queries.lock_open(session, gateway, names):
        if (each.kind, each.matter, each.reference) not in still:
            each.settled_at = clock.now()


async def explain_difference(
    session: AsyncSession, clock: Clock, *, difference_id: UUID, account_id: UUID, note: str
) -> BookDifference:
    """A person says why the books differ; it is listed as open no more.

    Raises
    ------
    UnknownDifference, DifferenceSettled
    """
    difference = await queries.lock_difference(session, difference_id)
    if difference.settled_at is not None:
        raise DifferenceSettled
    difference.settled_at, difference.settled_by, difference.note = clock.now(), account_id, note
    await session.flush()
    return difference
