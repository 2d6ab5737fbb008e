"""From what the feeds say now to messages for those who follow them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.feeds.rules.system import Publication
from mobility.feeds.service import edition_of, read_city
from mobility.partners import queries
from mobility.partners.rules.news import News, Records, fingerprint, news_between, records_of
from mobility.partners.tables import WebhookDelivery, WebhookMessage, WebhookTold


async def tell(session: AsyncSession, clock: Clock, publication: Publication, city_id: str) -> int:
    """Write a message for each change since the last time, for every webhook that asks for it; how many messages.

    All of it is one transaction with what was told: a change is told once, whenever a worker dies. The first time
    nothing is told: whoever begins reads the feeds.
    """
    alone = select(func.pg_try_advisory_xact_lock(func.hashtext(f"partners:{city_id}")))
    if not await session.scalar(alone):
        return 0
    read = await read_city(session, publication, city_id, clock.now())
    records = await asyncio.to_thread(lambda: records_of(edition_of(read)))
    told = await queries.read_told(session, city_id)
    news = list(news_between(told, records))
    await _remember(session, city_id, news, records)
    return await _write(session, city_id, news, clock.now()) if told else 0


async def forget_told(session: AsyncSession, followed: Sequence[str]) -> None:
    """Whoever follows a city later begins with the feeds, not with a difference of weeks."""
    await session.execute(delete(WebhookTold).where(WebhookTold.city_id.not_in(followed)))


async def _remember(session: AsyncSession, city_id: str, news: list[News], records: Records) -> None:
    gone = [(city_id, each.subject) for each in news if each.subject not in records]
    if gone:
        key = tuple_(WebhookTold.city_id, WebhookTold.subject)
        await session.execute(delete(WebhookTold).where(key.in_(gone)))
    rows = [
        {"city_id": city_id, "subject": each.subject, "fingerprint": fingerprint(each.record)}
        for each in news
        if each.subject in records
    ]
    if rows:
        row = upsert(WebhookTold)
        keys = [WebhookTold.city_id, WebhookTold.subject]
        newer = row.on_conflict_do_update(index_elements=keys, set_={"fingerprint": row.excluded.fingerprint})
        await session.execute(newer, rows)


async def _write(session: AsyncSession, city_id: str, news: list[News], now: datetime) -> int:
    webhooks = await queries.list_live_webhooks(session, city_id)
    wanted = {event for webhook in webhooks for event in webhook.events}
    rows = [_row(city_id, each, now) for each in news if each.type in wanted]
    if not rows:
        return 0
    made = insert(WebhookMessage).returning(WebhookMessage, sort_by_parameter_order=True)
    messages = (await session.scalars(made, rows)).all()
    deliveries = [
        {"webhook_id": webhook.id, "number": message.number, "subject": message.subject, "due_at": now, "attempts": 0}
        for message in messages
        for webhook in webhooks
        if message.type in webhook.events
    ]
    await session.execute(insert(WebhookDelivery), deliveries)
    return len(messages)


def _row(city_id: str, news: News, now: datetime) -> dict[str, Any]:
    told = {"type": news.type, "timestamp": now, "data": {"system_id": city_id, **news.record}}
    body = msgspec.json.encode(told)
    return {"city_id": city_id, "type": news.type, "subject": news.subject, "body": body, "at": now}
