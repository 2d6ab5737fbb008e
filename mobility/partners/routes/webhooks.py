"""Partners, by their token: their webhooks, and the log of what was sent."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.partners import queries
from mobility.partners.routes.given import BY_TOKEN, PAGE_DEFAULT, Asking, Clock, Limit, Session, WebhookId, partner_of
from mobility.partners.rules.addresses import WebhookAddressRefused
from mobility.partners.rules.refusals import (
    TooManyWebhooks,
    UnclearReplay,
    UnknownMessage,
    UnknownWebhook,
    WrongPartnerToken,
)
from mobility.partners.schemas import (
    DeliveryList,
    DeliveryView,
    MadeWebhook,
    NewSecret,
    Replayed,
    ReplayRequest,
    WebhookChange,
    WebhookList,
    WebhookRequest,
    WebhookView,
)
from mobility.partners.service import webhooks
from mobility.partners.tables import Webhook

OF_ONE = [WrongPartnerToken, UnknownWebhook]
Private = NamedDependency[bool]


@get(
    "/v1/partner/webhooks",
    summary="List my webhooks",
    tags=["partners"],
    operation_id="list_webhooks",
    opt={**BY_TOKEN, "problems": [WrongPartnerToken]},
)
async def list_webhooks(request: Asking, session: Session, limit: Limit = PAGE_DEFAULT) -> WebhookList:
    partner = await partner_of(request, session)
    mine = (await queries.list_webhooks(session, [partner.id]))[:limit]
    waiting = await queries.count_waiting(session, [webhook.id for webhook in mine])
    return WebhookList(items=[WebhookView.of(webhook, waiting.get(webhook.id, 0)) for webhook in mine])


@post(
    "/v1/partner/webhooks",
    summary="Be told of changes",
    tags=["partners"],
    operation_id="make_webhook",
    opt={**BY_TOKEN, "problems": [WrongPartnerToken, WebhookAddressRefused, TooManyWebhooks]},
)
async def make_webhook(
    data: JSONBody[WebhookRequest], request: Asking, session: Session, clock: Clock, private_webhooks: Private
) -> MadeWebhook:
    """Messages follow Standard Webhooks; their `data` is a record of GBFS 3.0, or the id of what is gone.

    Read the feeds first: only what changes from now on is told. Not repeatable under a key: the secret is shown once.
    """
    partner = await partner_of(request, session)
    webhook, secret = await webhooks.subscribe(
        session, clock, partner, url=data.url, events=data.events, private=private_webhooks
    )
    return MadeWebhook(webhook=WebhookView.of(webhook, 0), secret=secret)


@patch(
    "/v1/partner/webhooks/{webhook_id:uuid}",
    summary="Change, pause or resume a webhook",
    tags=["partners"],
    operation_id="change_webhook",
    opt={**BY_TOKEN, "problems": [*OF_ONE, WebhookAddressRefused]},
)
async def change_webhook(
    data: JSONBody[WebhookChange],
    request: Asking,
    session: Session,
    clock: Clock,
    private_webhooks: Private,
    webhook_id: WebhookId,
) -> WebhookView:
    webhook = await _mine(request, session, webhook_id)
    await webhooks.change(
        session, clock, webhook, url=data.url, events=data.events, active=data.active, private=private_webhooks
    )
    return WebhookView.of(webhook, (await queries.count_waiting(session, [webhook.id])).get(webhook.id, 0))


@delete(
    "/v1/partner/webhooks/{webhook_id:uuid}",
    summary="Be told no more",
    tags=["partners"],
    operation_id="end_webhook",
    opt={**BY_TOKEN, "problems": OF_ONE},
)
async def end_webhook(request: Asking, session: Session, clock: Clock, webhook_id: WebhookId) -> None:
    """An answer of 410 to any message does the same."""
    await webhooks.unsubscribe(session, clock, await _mine(request, session, webhook_id))


@post(
    "/v1/partner/webhooks/{webhook_id:uuid}/secret",
    status_code=HTTP_200_OK,
    summary="Get another secret",
    tags=["partners"],
    operation_id="rotate_webhook_secret",
    opt={**BY_TOKEN, "problems": OF_ONE},
)
async def rotate_webhook_secret(request: Asking, session: Session, clock: Clock, webhook_id: WebhookId) -> NewSecret:
    webhook = await _mine(request, session, webhook_id)
    return NewSecret(secret=await webhooks.rotate(session, clock, webhook))


@post(
    "/v1/partner/webhooks/{webhook_id:uuid}/replay",
    status_code=HTTP_200_OK,
    summary="Have messages sent again",
    tags=["partners"],
    operation_id="replay_webhook",
    opt={**BY_TOKEN, "problems": [*OF_ONE, UnclearReplay, UnknownMessage]},
)
async def replay_webhook(
    data: JSONBody[ReplayRequest], request: Asking, session: Session, clock: Clock, webhook_id: WebhookId
) -> Replayed:
    """In their order and under their ids, up to seven days back."""
    webhook = await _mine(request, session, webhook_id)
    count = await webhooks.replay(session, clock, webhook, since=data.since, message_id=data.message)
    return Replayed(messages=count)


@get(
    "/v1/partner/webhooks/{webhook_id:uuid}/deliveries",
    summary="Read the log of a webhook",
    tags=["partners"],
    operation_id="list_webhook_deliveries",
    opt={**BY_TOKEN, "problems": OF_ONE},
)
async def list_webhook_deliveries(
    request: Asking,
    session: Session,
    webhook_id: WebhookId,
    waiting: Annotated[bool | None, QueryParameter(description="Only what is, or is not, delivered yet")] = None,
    limit: Limit = PAGE_DEFAULT,
    before: Annotated[int | None, QueryParameter(ge=1, description="`next` of the page before")] = None,
) -> DeliveryList:
    """Each message of the last seven days with every attempt."""
    webhook = await _mine(request, session, webhook_id)
    found = await webhooks.read_log(session, webhook, waiting=waiting, limit=limit + 1, before=before)
    items = [DeliveryView.of(logged) for logged in found[:limit]]
    return DeliveryList(items=items, next=found[limit - 1].message.number if len(found) > limit else None)


async def _mine(request: Asking, session: AsyncSession, webhook_id: UUID) -> Webhook:
    return await webhooks.get_webhook(session, await partner_of(request, session), webhook_id)


ROUTES: list[ControllerRouterHandler] = [
    list_webhooks,
    make_webhook,
    change_webhook,
    end_webhook,
    rotate_webhook_secret,
    replay_webhook,
    list_webhook_deliveries,
]
