from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.invoicing.rules.documents import DocumentLine, Kind, Names, total_cents
from mobility.invoicing.tables import Document
from mobility.riders.queries import get_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What every document about one sale says."""

    city_id: str
    account_id: UUID
    reference_id: UUID
    time_zone: str
    served_from: datetime
    served_until: datetime
    place: dict[str, Any]
    provider: dict[str, Any]
    client: dict[str, Any]
    currency: str


async def issue(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    city_id: str,
    reference_id: UUID,
    lines: Sequence[DocumentLine],
    served_from: datetime,
    served_until: datetime,
    place: Names,
) -> Document | None:
    """Write down what was sold, as it stays; the worker gives the number.

    None where nothing was sold (a total of 0), and in a city whose file does not say who sells.

    Parameters
    ----------
    account_id
        Who pays; `reference_id` is what was sold.
    lines
        Prices with tax.
    place
        The name of a station or of the city, never a position.
    """
    city = await get_city(session, city_id)
    if total_cents(lines) == 0 or city.file.operator is None:
        return None
    sale = Sale(
        city_id=city_id,
        account_id=account_id,
        reference_id=reference_id,
        time_zone=city.file.time_zone,
        served_from=served_from,
        served_until=served_until,
        place=dict(place),
        provider=msgspec.to_builtins(city.file.operator),
        client=await _client(session, account_id),
        currency=city.file.currency,
    )
    return await write(session, clock, sale, Kind.RECEIPT, lines)


async def write(
    session: AsyncSession,
    clock: Clock,
    sale: Sale,
    kind: Kind,
    lines: Sequence[DocumentLine],
    *,
    corrects: UUID | None = None,
    cause_id: UUID | None = None,
) -> Document:
    """Put a document to the others, without a number yet; its day of issue is the city's."""
    now = clock.now()
    issued_on = now.astimezone(ZoneInfo(sale.time_zone)).date()
    document = Document(
        kind=kind,
        **{field: getattr(sale, field) for field in Sale.__slots__},
        corrects_id=corrects,
        cause_id=cause_id,
        issued_at=now,
        issued_on=issued_on,
        lines=[msgspec.to_builtins(line) for line in lines],
        total_cents=total_cents(lines),
        year=issued_on.year,
    )
    session.add(document)
    await session.flush()
    return document


async def _client(session: AsyncSession, account_id: UUID) -> dict[str, Any]:
    account = await get_account(session, account_id)
    return {"name": account.name, "contact": account.email or account.phone}
