import hashlib
import secrets
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.partners import queries
from mobility.partners.rules.refusals import UnknownPartner, WrongPartnerToken
from mobility.partners.tables import Partner, Webhook
from mobility.riders.rules.access import bearer_token

# Found by those who look through code and logs for secrets.
TOKEN_PREFIX = "mobp_"  # noqa: S105 — a prefix


async def welcome(
    session: AsyncSession, clock: Clock, *, city_id: str, name: str, contact_email: str, operator_id: UUID
) -> tuple[Partner, str]:
    """A new partner of the city and its token, readable this once."""
    await get_city(session, city_id)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    partner = Partner(
        city_id=city_id,
        name=name,
        contact_email=contact_email,
        token_hash=_hash(token),
        made_by=operator_id,
        made_at=clock.now(),
    )
    session.add(partner)
    await session.flush()
    return partner, token


async def part(session: AsyncSession, clock: Clock, *, city_id: str, partner_id: UUID) -> Partner:
    """The partner is told nothing more and its token opens nothing. Raises `UnknownPartner`."""
    partner = await session.get(Partner, partner_id, with_for_update=True)
    if partner is None or partner.city_id != city_id or partner.ended_at is not None:
        raise UnknownPartner
    partner.ended_at = clock.now()
    ended = {"state": "ended", "because": "asked", "changed_at": clock.now()}
    await session.execute(update(Webhook).where(Webhook.partner_id == partner_id).values(**ended))
    await session.flush()
    return partner


async def authenticate(session: AsyncSession, authorization: str | None) -> Partner:
    """Whom the token of an `Authorization: Bearer` header belongs to. Raises `WrongPartnerToken`."""
    token = bearer_token(authorization)
    partner = await queries.find_partner(session, _hash(token)) if token else None
    if partner is None:
        raise WrongPartnerToken
    return partner


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
