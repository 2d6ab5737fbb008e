"""What a gateway tells by itself: kept once, then looked into until that succeeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.payments import queries
from mobility.payments.ports import CardSaved, DisputeSeen, HoldSeen, IntentSeen, Seen, Told
from mobility.payments.rules.ledger import dispute_postings
from mobility.payments.rules.retries import retry_at
from mobility.payments.service.authorisations import hold_seen
from mobility.payments.service.books import Fact, post
from mobility.payments.service.cards import save_card
from mobility.payments.service.collecting import take, take_held
from mobility.payments.service.refunds import settle_disputed
from mobility.payments.tables import Dispute, GatewayEvent, Payment

log = structlog.get_logger()


async def receive(session: AsyncSession, clock: Clock, told: Told) -> bool:
    """Keep an event; False if it came before."""
    now = clock.now()
    row = upsert(GatewayEvent).values(id=told.id, type=told.type, object_id=told.object_id, received_at=now, due_at=now)
    kept = await session.scalar(row.on_conflict_do_nothing(index_elements=["id"]).returning(GatewayEvent.id))
    return kept is not None


async def lease_event(session: AsyncSession, clock: Clock) -> Told | None:
    event = await queries.lock_next_event(session, clock.now())
    if event is None:
        return None
    event.attempts += 1
    event.due_at = retry_at(clock.now(), attempts=event.attempts)
    return Told(event.id, event.type, event.object_id)


async def record_seen(session: AsyncSession, clock: Clock, told: Told, seen: Sequence[Seen], *, gateway: str) -> bool:
    """Bring the books in line with how things stand at the gateway; False if the event was looked into before."""
    event = await queries.lock_event(session, told.id)
    if event.settled_at is not None:
        return False
    for each in seen:
        match each:
            case IntentSeen():
                await _record_intent(session, clock, each, gateway)
            case HoldSeen():
                await _record_hold(session, clock, each)
            case CardSaved(card):
                await save_card(session, clock, card, gateway=gateway)
            case DisputeSeen():
                await _record_dispute(session, clock, each, gateway)
    event.settled_at = clock.now()
    await session.flush()
    return True


@dataclass(frozen=True, slots=True)
class _Key:
    """What a movement was asked with; see `collecting.Due.key` and `authorisations.HoldDue.key`."""

    kind: str
    id: UUID

    @classmethod
    def read(cls, text: str) -> "_Key | None":
        kind, _, rest = text.partition(":")
        try:
            return cls(kind, UUID(rest.partition(":")[0])) if kind in ("payment", "authorisation") else None
        except ValueError:
            return None


async def _record_intent(session: AsyncSession, clock: Clock, seen: IntentSeen, gateway: str) -> None:
    match _Key.read(seen.key) if seen.captured else None:
        case _Key("payment", payment_id):
            payment = await queries.find_payment_to_lock(session, payment_id)
            if payment is not None and await _is_due(session, payment, seen):
                await take(session, clock, payment, seen.reference, seen.amount, gateway=gateway)
        case _Key("authorisation", authorisation_id):
            payment = await queries.lock_payment_of_hold(session, authorisation_id)
            if payment is not None:
                await take_held(session, clock, payment, seen.reference, seen.amount, gateway=gateway)


async def _is_due(session: AsyncSession, payment: Payment, seen: IntentSeen) -> bool:
    """Whether the amount is what is left to collect, or came though nothing was."""
    left = Money(await queries.outstanding_cents(session, payment), payment.currency)
    if payment.state == "captured" or seen.amount == left:
        return True
    # Never booked blindly: somebody changed it at the gateway by hand.
    log.error("payment_amount_differs", payment_id=str(payment.id))
    return False


async def _record_hold(session: AsyncSession, clock: Clock, seen: HoldSeen) -> None:
    key = _Key.read(seen.key)
    held = await queries.find_authorisation_to_lock(session, key.id) if key else None
    if held is not None:
        await hold_seen(session, clock, held, seen)


async def _record_dispute(session: AsyncSession, clock: Clock, seen: DisputeSeen, gateway: str) -> None:
    payment = await queries.find_payment_by_movement(session, seen.movement)
    if payment is None:
        return
    await queries.lock_payment(session, payment.id)
    dispute = await queries.lock_dispute(session, seen.reference)
    if dispute is None:
        dispute = Dispute(
            reference=seen.reference,
            payment_id=payment.id,
            amount_cents=seen.amount.cents,
            state="open",
            opened_at=clock.now(),
        )
        session.add(dispute)
        await _post_dispute(session, payment, seen, "open", gateway, dispute.opened_at)
    if dispute.state == "open" and seen.state != "open":
        dispute.state, dispute.closed_at = seen.state, clock.now()
        await _post_dispute(session, payment, seen, seen.state, gateway, dispute.closed_at)
        await session.flush()
        await settle_disputed(session, clock, payment.id)
    await session.flush()


async def _post_dispute(
    session: AsyncSession, payment: Payment, seen: DisputeSeen, state: str, gateway: str, at: datetime
) -> None:
    fact = Fact(f"dispute:{seen.reference}:{state}", "dispute", payment.city_id, payment.reference_id, at)
    entries = dispute_postings(seen.amount, gateway=gateway, city_id=payment.city_id, state=state)
    await post(session, fact, entries, seen.amount.currency)
