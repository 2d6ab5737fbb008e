"""What partners do with their webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.partners import queries
from mobility.partners.rules.addresses import check_url
from mobility.partners.rules.news import EventType
from mobility.partners.rules.refusals import TooManyWebhooks, UnclearReplay, UnknownMessage, UnknownWebhook
from mobility.partners.rules.signing import BOTH_SECRETS, new_secret, shown
from mobility.partners.tables import Partner, Webhook, WebhookAttempt, WebhookDelivery, WebhookMessage

WEBHOOKS_MAX = 10


@dataclass(frozen=True, slots=True)
class Logged:
    """A message, how it stands, and what came of each attempt."""

    delivery: WebhookDelivery
    message: WebhookMessage
    attempts: list[WebhookAttempt]


async def subscribe(
    session: AsyncSession, clock: Clock, partner: Partner, *, url: str, events: Sequence[EventType], private: bool
) -> tuple[Webhook, str]:
    """A new webhook and its secret, readable this once. Raises `WebhookAddressRefused`, `TooManyWebhooks`."""
    check_url(url, private=private)
    if len(await queries.list_webhooks(session, [partner.id])) >= WEBHOOKS_MAX:
        raise TooManyWebhooks(most=WEBHOOKS_MAX)
    now = clock.now()
    webhook = Webhook(
        partner_id=partner.id,
        city_id=partner.city_id,
        url=url,
        events=list(events),
        secret=new_secret(),
        state="active",
        made_at=now,
        changed_at=now,
    )
    session.add(webhook)
    await session.flush()
    return webhook, shown(webhook.secret)


async def change(
    session: AsyncSession,
    clock: Clock,
    webhook: Webhook,
    *,
    url: str | None,
    events: Sequence[EventType] | None,
    active: bool | None,
    private: bool,
) -> Webhook:
    """Another address, other events, a pause or its end; None leaves a thing as it is."""
    if url is not None:
        check_url(url, private=private)
        webhook.url = url
    if events is not None:
        webhook.events = list(events)
    if active is not None:
        await set_active(session, clock, webhook, active=active)
    webhook.changed_at = clock.now()
    await session.flush()
    return webhook


async def set_active(session: AsyncSession, clock: Clock, webhook: Webhook, *, active: bool) -> None:
    """Paused, messages wait; active again, all that wait are due at once."""
    if active and webhook.state == "paused":
        again = update(WebhookDelivery).where(
            WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.delivered_at.is_(None)
        )
        await session.execute(again.values(attempts=0, due_at=clock.now()))
    if active != (webhook.state == "active"):
        webhook.state, webhook.because = ("active", None) if active else ("paused", "asked")
        webhook.changed_at = clock.now()


async def rotate(session: AsyncSession, clock: Clock, webhook: Webhook) -> str:
    """A new secret, readable this once; for a day messages are signed with the former one too."""
    webhook.former_secret, webhook.former_until = webhook.secret, clock.now() + BOTH_SECRETS
    webhook.secret, webhook.changed_at = new_secret(), clock.now()
    await session.flush()
    return shown(webhook.secret)


async def unsubscribe(session: AsyncSession, clock: Clock, webhook: Webhook) -> None:
    webhook.state, webhook.because, webhook.changed_at = "ended", "asked", clock.now()
    await session.flush()


async def replay(
    session: AsyncSession, clock: Clock, webhook: Webhook, *, since: datetime | None, message_id: UUID | None
) -> int:
    """Send again, in order and under the same ids, what was sent since an instant or from a message on; how many.

    Raises
    ------
    UnclearReplay, UnknownMessage
    """
    first = await _first_number(session, webhook, since, message_id)
    again = update(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.number >= first)
    due = again.values(delivered_at=None, attempts=0, due_at=clock.now()).returning(WebhookDelivery.number)
    return len((await session.scalars(due)).all())


async def get_webhook(session: AsyncSession, partner: Partner, webhook_id: UUID) -> Webhook:
    """The partner's own, locked for a change. Raises `UnknownWebhook`."""
    webhook = await session.get(Webhook, webhook_id, with_for_update=True)
    if webhook is None or webhook.partner_id != partner.id or webhook.state == "ended":
        raise UnknownWebhook
    return webhook


async def read_log(
    session: AsyncSession, webhook: Webhook, *, waiting: bool | None, limit: int, before: int | None
) -> list[Logged]:
    """Newest first."""
    sent = await queries.list_deliveries(session, webhook.id, waiting=waiting, limit=limit, before=before)
    attempts: dict[int, list[WebhookAttempt]] = {message.number: [] for _, message in sent}
    for attempt in await queries.list_attempts(session, webhook.id, list(attempts)):
        attempts[attempt.number].append(attempt)
    return [Logged(delivery, message, attempts[message.number]) for delivery, message in sent]


async def _first_number(
    session: AsyncSession, webhook: Webhook, since: datetime | None, message_id: UUID | None
) -> int:
    if (since is None) == (message_id is None):
        raise UnclearReplay
    theirs = select(WebhookMessage.number).join(WebhookDelivery, WebhookDelivery.number == WebhookMessage.number)
    which = WebhookMessage.at >= since if message_id is None else WebhookMessage.id == message_id
    found = theirs.where(WebhookDelivery.webhook_id == webhook.id, which).order_by(WebhookMessage.number).limit(1)
    number = await session.scalar(found)
    if number is None:
        raise UnknownMessage
    return number
