from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.feeds.rules.system import Publication
from mobility.partners import queries
from mobility.partners.ports import Sender
from mobility.partners.service import sending, telling
from mobility.partners.tables import WebhookMessage

MESSAGES_KEPT = timedelta(days=7)


async def tell_partners(sessions: Sessions, clock: Clock, publication: Publication) -> int:
    """Write down what has changed in the feeds of every city that somebody follows; each city by itself."""
    async with transaction(sessions) as session:
        cities = await queries.list_cities_followed(session)
        await telling.forget_told(session, cities)
    told = 0
    for city_id in cities:
        async with transaction(sessions) as session:
            told += await telling.tell(session, clock, publication, city_id)
    return told


async def send_webhooks(sessions: Sessions, clock: Clock, sender: Sender) -> int:
    """Send until nothing is due."""
    sent = 0
    while await sending.send_next(sessions, clock, sender):
        sent += 1
    return sent


async def forget_messages(session: AsyncSession, clock: Clock) -> int:
    """Messages, their deliveries and their log are kept for a week."""
    old = delete(WebhookMessage).where(WebhookMessage.at < clock.now() - MESSAGES_KEPT).returning(WebhookMessage.number)
    return len((await session.scalars(old)).all())
