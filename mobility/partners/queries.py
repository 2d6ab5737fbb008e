from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.partners.tables import Partner, Webhook, WebhookAttempt, WebhookDelivery, WebhookMessage, WebhookTold

Sent = tuple[WebhookDelivery, WebhookMessage]


async def list_cities_followed(session: AsyncSession) -> Sequence[str]:
    """Cities of which somebody is told something."""
    return (await session.scalars(select(Webhook.city_id).where(Webhook.state != "ended").distinct())).all()


async def read_told(session: AsyncSession, city_id: str) -> dict[str, bytes]:
    """Fingerprints of what was told last, by subject."""
    told = select(WebhookTold.subject, WebhookTold.fingerprint).where(WebhookTold.city_id == city_id)
    return dict((await session.execute(told)).all())


async def list_live_webhooks(session: AsyncSession, city_id: str) -> Sequence[Webhook]:
    return (await session.scalars(select(Webhook).where(Webhook.city_id == city_id, Webhook.state != "ended"))).all()


def _heads(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Deliveries that are due, of each subject the first that waits: a later one never goes before it."""
    earlier = aliased(WebhookDelivery)
    is_behind = exists().where(
        earlier.webhook_id == WebhookDelivery.webhook_id,
        earlier.subject == WebhookDelivery.subject,
        earlier.delivered_at.is_(None),
        earlier.number < WebhookDelivery.number,
    )
    return WebhookDelivery.delivered_at.is_(None), WebhookDelivery.due_at <= now, ~is_behind


async def lock_next_webhook(session: AsyncSession, now: datetime) -> Webhook | None:
    """The active webhook with something due that was served longest ago, and that no worker has."""
    has_due = exists().where(WebhookDelivery.webhook_id == Webhook.id, *_heads(now))
    free = (Webhook.leased_until.is_(None)) | (Webhook.leased_until <= now)
    due = select(Webhook).where(Webhook.state == "active", free, has_due)
    order = Webhook.leased_until.asc().nulls_first()
    return await session.scalar(due.order_by(order).limit(1).with_for_update(skip_locked=True))


async def list_heads(session: AsyncSession, webhook_id: UUID, now: datetime, limit: int) -> Sequence[Sent]:
    due = select(WebhookDelivery, WebhookMessage).join(WebhookMessage, WebhookMessage.number == WebhookDelivery.number)
    first = due.where(WebhookDelivery.webhook_id == webhook_id, *_heads(now)).order_by(WebhookDelivery.number)
    return [(delivery, message) for delivery, message in await session.execute(first.limit(limit))]


async def find_partner(session: AsyncSession, token_hash: bytes) -> Partner | None:
    return await session.scalar(select(Partner).where(Partner.token_hash == token_hash, Partner.ended_at.is_(None)))


async def list_partners(session: AsyncSession, city_id: str, *, limit: int, after: UUID | None) -> Sequence[Partner]:
    """Newest first: ids grow with time."""
    older = [] if after is None else [Partner.id < after]
    partners = select(Partner).where(Partner.city_id == city_id, *older)
    return (await session.scalars(partners.order_by(Partner.id.desc()).limit(limit))).all()


async def list_webhooks(session: AsyncSession, partner_ids: Sequence[UUID]) -> Sequence[Webhook]:
    """Those of the partners that have not ended, the oldest first."""
    theirs = select(Webhook).where(Webhook.partner_id.in_(partner_ids), Webhook.state != "ended")
    return (await session.scalars(theirs.order_by(Webhook.id))).all()


async def count_waiting(session: AsyncSession, webhook_ids: Sequence[UUID]) -> dict[UUID, int]:
    waiting = select(WebhookDelivery.webhook_id, func.count()).where(
        WebhookDelivery.webhook_id.in_(webhook_ids), WebhookDelivery.delivered_at.is_(None)
    )
    return dict((await session.execute(waiting.group_by(WebhookDelivery.webhook_id))).all())


async def list_deliveries(
    session: AsyncSession, webhook_id: UUID, *, waiting: bool | None, limit: int, before: int | None
) -> Sequence[Sent]:
    """Newest first."""
    found = select(WebhookDelivery, WebhookMessage).join(
        WebhookMessage, WebhookMessage.number == WebhookDelivery.number
    )
    found = found.where(WebhookDelivery.webhook_id == webhook_id)
    if waiting is not None:
        found = found.where(WebhookDelivery.delivered_at.is_(None) == waiting)
    if before is not None:
        found = found.where(WebhookDelivery.number < before)
    rows = await session.execute(found.order_by(WebhookDelivery.number.desc()).limit(limit))
    return [(delivery, message) for delivery, message in rows]


async def list_attempts(session: AsyncSession, webhook_id: UUID, numbers: Sequence[int]) -> Sequence[WebhookAttempt]:
    """Of these messages, in the order they were made."""
    made = select(WebhookAttempt).where(WebhookAttempt.webhook_id == webhook_id, WebhookAttempt.number.in_(numbers))
    return (await session.scalars(made.order_by(WebhookAttempt.id))).all()
