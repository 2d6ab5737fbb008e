"""From waiting messages to the partners' addresses: no network within a transaction, one worker a webhook."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.partners import queries
from mobility.partners.ports import Sender
from mobility.partners.rules.letters import paused
from mobility.partners.rules.signing import headers, message_name
from mobility.partners.rules.trying import ATTEMPTS_MAX, Outcome, wait_after
from mobility.partners.tables import Partner, Webhook, WebhookAttempt, WebhookDelivery
from mobility.riders.service import notices

# Longer than a batch takes at the very most: it ends early unless the worker has died.
LEASE = timedelta(seconds=60)
# At once, each of another subject: what a modest server bears.
BATCH = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to be sent."""

    number: int
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    webhook_id: UUID
    url: str
    keys: tuple[bytes, ...]
    parcels: tuple[Parcel, ...]


async def send_next(sessions: Sessions, clock: Clock, sender: Sender) -> bool:
    """Send what is due to one webhook, the first message of each subject; False when nothing is due.

    Whatever is not written down of a batch is sent again when its lease is over, under the same ids.
    """
    async with transaction(sessions) as session:
        batch = await _lease(session, clock.now())
    if batch is None:
        return False
    outcomes = await asyncio.gather(*(_send(clock, sender, batch, parcel) for parcel in batch.parcels))
    async with transaction(sessions) as session:
        await _note(session, clock, batch, outcomes)
    return True


async def _lease(session: AsyncSession, now: datetime) -> Batch | None:
    webhook = await queries.lock_next_webhook(session, now)
    if webhook is None:
        return None
    webhook.leased_until = now + LEASE
    former = webhook.former_until is not None and now < webhook.former_until
    keys = (webhook.secret, webhook.former_secret) if former else (webhook.secret,)
    heads = await queries.list_heads(session, webhook.id, now, BATCH)
    parcels = tuple(Parcel(message.number, message_name(message.id), message.body) for _, message in heads)
    return Batch(webhook.id, webhook.url, tuple(key for key in keys if key is not None), parcels)


async def _send(clock: Clock, sender: Sender, batch: Batch, parcel: Parcel) -> Outcome:
    return await sender.send(batch.url, headers(parcel.name, clock.now(), parcel.body, batch.keys), parcel.body)


async def _note(session: AsyncSession, clock: Clock, batch: Batch, outcomes: Sequence[Outcome]) -> None:
    webhook = await session.get_one(Webhook, batch.webhook_id, with_for_update=True)
    webhook.leased_until = clock.now()
    worst = 0
    for parcel, outcome in zip(batch.parcels, outcomes, strict=True):
        worst = max(worst, await _note_one(session, clock, webhook, parcel, outcome))
    if webhook.state == "active" and any(outcome.failure == "gone" for outcome in outcomes):
        webhook.state, webhook.because, webhook.changed_at = "ended", "gone", clock.now()
    elif webhook.state == "active" and worst >= ATTEMPTS_MAX:
        await _pause(session, clock, webhook)


async def _note_one(session: AsyncSession, clock: Clock, webhook: Webhook, parcel: Parcel, outcome: Outcome) -> int:
    """How often the message has failed by now."""
    now = clock.now()
    made = {"webhook_id": webhook.id, "number": parcel.number, "at": now, "status": outcome.status}
    told = {"failure": outcome.failure, "excerpt": outcome.excerpt, "duration_ms": outcome.duration_ms}
    await session.execute(insert(WebhookAttempt).values(**made, **told))
    delivery = await session.get_one(WebhookDelivery, (webhook.id, parcel.number), with_for_update=True)
    delivery.attempts += 1
    if outcome.failure is None:
        delivery.delivered_at = now
        return 0
    delivery.due_at = now + wait_after(delivery.attempts, random.random())  # noqa: S311 — spreads, hides nothing
    return delivery.attempts


async def _pause(session: AsyncSession, clock: Clock, webhook: Webhook) -> None:
    """Somebody has to look: the operator who made the partner is written to."""
    webhook.state, webhook.because, webhook.changed_at = "paused", "failing", clock.now()
    partner = (await session.scalars(select(Partner).where(Partner.id == webhook.partner_id))).one()
    letter = paused(partner.name, webhook.url)
    await notices.notify(session, clock, partner.made_by, letter, key=f"webhook:{webhook.id}:{clock.now().isoformat()}")
    log.warning("webhook_paused", webhook_id=str(webhook.id))
