from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.partners.rules.addresses import URL_MAX
from mobility.partners.rules.news import EventType
from mobility.partners.rules.signing import message_name
from mobility.partners.rules.trying import Failure
from mobility.partners.service.webhooks import Logged
from mobility.partners.tables import Partner, Webhook, WebhookAttempt

Url = Annotated[
    str, Meta(min_length=1, max_length=URL_MAX, description="https", examples=["https://app.example.org/mobility"])
]
Events = Annotated[
    list[EventType], Meta(min_length=1, max_length=6, description="What it is told", examples=[["vehicle.gone"]])
]
Secret = Annotated[
    str,
    Meta(
        description="`whsec_…` of Standard Webhooks; shown this once",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ),
]
State = Literal["active", "paused", "ended"]


class PartnerRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=80, examples=["Trip planner of the region"])]
    contact_email: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254, description="Who looks after it")]


class WebhookView(Struct, frozen=True, kw_only=True):
    id: UUID
    url: Url
    events: Events
    state: State
    because: Annotated[str | None, Meta(description="Why it is not active: `asked`, `failing` or `gone`")]
    waiting: Annotated[int, Meta(description="Messages not delivered yet")]
    made_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, webhook: Webhook, waiting: int) -> Self:
        return cls(
            id=webhook.id,
            url=webhook.url,
            events=webhook.events,
            state=webhook.state,  # type: ignore[arg-type]
            because=webhook.because,
            waiting=waiting,
            made_at=webhook.made_at,
            changed_at=webhook.changed_at,
        )


class WebhookList(Struct, frozen=True, kw_only=True):
    items: list[WebhookView]
    next: None = None


class PartnerView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    contact_email: str
    made_at: datetime
    ended_at: datetime | None
    webhooks: list[WebhookView]

    @classmethod
    def of(cls, partner: Partner, webhooks: list[WebhookView]) -> Self:
        return cls(
            id=partner.id,
            name=partner.name,
            contact_email=partner.contact_email,
            made_at=partner.made_at,
            ended_at=partner.ended_at,
            webhooks=webhooks,
        )


class PartnerList(Struct, frozen=True, kw_only=True):
    """Newest first."""

    items: list[PartnerView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class WelcomedPartner(Struct, frozen=True, kw_only=True):
    partner: PartnerView
    token: Annotated[str, Meta(description="What the partner proves itself by; shown this once")]


class WebhookRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Url
    events: Events


class WebhookChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    url: Url | None = None
    events: Events | None = None
    active: Annotated[bool | None, Meta(description="false: messages wait, for seven days at most")] = None


class MadeWebhook(Struct, frozen=True, kw_only=True):
    webhook: WebhookView
    secret: Secret


class NewSecret(Struct, frozen=True, kw_only=True):
    """For a day messages carry a signature of the former secret too."""

    secret: Secret


class ReplayRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the two."""

    since: Annotated[datetime, Meta(tz=True)] | None = None
    message: Annotated[UUID, Meta(description="`message` of the log: from it on")] | None = None


class Replayed(Struct, frozen=True, kw_only=True):
    messages: Annotated[int, Meta(description="How many are sent again")]


class AttemptView(Struct, frozen=True, kw_only=True):
    at: datetime
    status: Annotated[int | None, Meta(description="What was answered; null: nothing")]
    failure: Annotated[Failure | None, Meta(description="null: received")]
    excerpt: Annotated[str, Meta(description="How the answer begins")]
    duration_ms: int

    @classmethod
    def of(cls, row: WebhookAttempt) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


class DeliveryView(Struct, frozen=True, kw_only=True):
    message: UUID
    webhook_id: Annotated[str, Meta(description="The header `webhook-id`", examples=["msg_0199a2c4"])]
    type: EventType
    subject: Annotated[str, Meta(examples=["station:wharf"])]
    at: datetime
    delivered_at: datetime | None
    due_at: Annotated[datetime | None, Meta(description="When it is tried next; null: delivered")]
    attempts: list[AttemptView]

    @classmethod
    def of(cls, logged: Logged) -> Self:
        message, delivery = logged.message, logged.delivery
        return cls(
            message=message.id,
            webhook_id=message_name(message.id),
            type=message.type,  # type: ignore[arg-type]
            subject=message.subject,
            at=message.at,
            delivered_at=delivery.delivered_at,
            due_at=None if delivery.delivered_at else delivery.due_at,
            attempts=[AttemptView.of(row) for row in logged.attempts],
        )


class DeliveryList(Struct, frozen=True, kw_only=True):
    """Newest first."""

    items: list[DeliveryView]
    next: Annotated[int | None, Meta(description="Give it as `before` for the next page")]
