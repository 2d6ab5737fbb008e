from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.outbox import Subscriptions
from mobility.payments.events import AuthorisationDeclined, PaymentDeclined
from mobility.payments.rules import letters
from mobility.payments.rules.dunning import Remedy
from mobility.riders.service import notify


async def tell_payer(session: AsyncSession, clock: Clock, event: PaymentDeclined) -> None:
    """Each decline is told once, with the way back."""
    message = letters.payment_declined(event.amount, Remedy(event.remedy))
    key = f"payment_declined:{event.payment_id}:{event.at.isoformat()}"
    await notify(session, clock, event.account_id, message, key=key)


async def tell_booker(session: AsyncSession, clock: Clock, event: AuthorisationDeclined) -> None:
    """Each refusal of a hold is told once, with the way back."""
    message = letters.authorisation_declined(event.amount, Remedy(event.remedy))
    key = f"authorisation_declined:{event.authorisation_id}:{event.at.isoformat()}"
    await notify(session, clock, event.account_id, message, key=key)


def subscriptions() -> Subscriptions:
    return {PaymentDeclined: [tell_payer], AuthorisationDeclined: [tell_booker]}
